// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvJitLink: options, inputs, results, errors. Codes and texts: nvJitLink manual, and what
// libnvJitLink 13.0 answers.
#include "../nvrtc/fixture.h"

#include <cstdio>
#include <fstream>
#include <nvJitLink.h>

using testing::HasSubstr;

namespace {

// k writes f(3); f is in another unit.
constexpr char kCaller[] = R"(.version 7.8
.target sm_80
.address_size 64
.extern .func (.param .b32 r) f(.param .b32 a);
.visible .entry k(.param .u64 p)
{
  .reg .u64 %rd<2>;
  .reg .u32 %r<3>;
  .param .b32 a;
  .param .b32 r;
  ld.param.u64 %rd1, [p];
  mov.u32 %r1, 3;
  st.param.b32 [a], %r1;
  call (r), f, (a);
  ld.param.b32 %r2, [r];
  st.u32 [%rd1], %r2;
  ret;
}
)";
constexpr char kCallee[] = R"(.version 7.8
.target sm_80
.address_size 64
.visible .func (.param .b32 r) f(.param .b32 a)
{
  .reg .u32 %r<3>;
  ld.param.b32 %r1, [a];
  add.u32 %r2, %r1, 4;
  st.param.b32 [r], %r2;
  ret;
}
)";

class Link {
public:
  explicit Link(std::vector<const char*> options) {
    created = nvJitLinkCreate(&handle, uint32_t(options.size()), options.data());
  }
  Link(const Link&) = delete;
  ~Link() { nvJitLinkDestroy(&handle); }
  nvJitLinkResult add(nvJitLinkInputType type, const std::string& bytes, const char* name) {
    return nvJitLinkAddData(handle, type, bytes.data(), bytes.size(), name);
  }
  std::string errors() const {
    size_t size = 99;
    EXPECT_EQ(nvJitLinkGetErrorLogSize(handle, &size), NVJITLINK_SUCCESS);
    std::string text(size, '?');
    EXPECT_EQ(nvJitLinkGetErrorLog(handle, text.data()), NVJITLINK_SUCCESS);
    return text.c_str();
  }
  std::string cubin() const {
    size_t size = 0;
    EXPECT_EQ(nvJitLinkGetLinkedCubinSize(handle, &size), NVJITLINK_SUCCESS);
    std::string bytes(size, '\0');
    EXPECT_EQ(nvJitLinkGetLinkedCubin(handle, bytes.data()), NVJITLINK_SUCCESS);
    return bytes;
  }
  nvJitLinkHandle handle = nullptr;
  nvJitLinkResult created;
};

TEST(nvJitLinkVersion, is_13_0) {
  unsigned major = 0, minor = 9;
  EXPECT_EQ(nvJitLinkVersion(&major, &minor), NVJITLINK_SUCCESS);
  EXPECT_EQ(major, 13u);
  EXPECT_EQ(minor, 0u);
  EXPECT_EQ(nvJitLinkVersion(nullptr, &minor), NVJITLINK_ERROR_NULL_INPUT);
}

TEST(nvJitLinkCreate, options) {
  EXPECT_EQ(Link({}).created, NVJITLINK_ERROR_MISSING_ARCH);
  EXPECT_EQ(Link({"-arch=sm_999"}).created, NVJITLINK_ERROR_UNRECOGNIZED_ARCH);
  EXPECT_EQ(Link({"-arch=compute_80"}).created, NVJITLINK_ERROR_INCOMPATIBLE_OPTIONS);
  EXPECT_EQ(Link({"-arch=sm_80", "-ptx"}).created, NVJITLINK_ERROR_INCOMPATIBLE_OPTIONS);
  for (const char* option : {"-lto", "-maxrregcount=32", "-verbose", "-g", "-lineinfo", "-ftz=1",
                             "-prec-div=0", "-fma=1", "-O3", "-O0", "-kernels-used=k", "-Xptxas=-v",
                             "-split-compile=2", "-no-cache", "-time"})
    EXPECT_EQ(Link({"-arch=sm_90a", option}).created, NVJITLINK_SUCCESS) << option;
  for (auto [option, text] : std::vector<std::pair<const char*, const char*>>{
           {"-foo", "unrecognized option: -foo\n"},
           {"-ftz", "unrecognized option: -ftz\n"},
           {"--lto", "unrecognized option: --lto\n"},
           {"-O2", "unsupported value of -O: 2. Only 0 and 3 are supported.\n"}}) {
    Link link({"-arch=sm_80", option});
    EXPECT_EQ(link.created, NVJITLINK_ERROR_UNRECOGNIZED_OPTION) << option;
    EXPECT_EQ(link.errors(), text);
  }
  EXPECT_EQ(nvJitLinkCreate(nullptr, 0, nullptr), NVJITLINK_ERROR_NULL_INPUT);
  nvJitLinkHandle none = nullptr;
  EXPECT_EQ(nvJitLinkCreate(&none, 1, nullptr), NVJITLINK_ERROR_NULL_INPUT);
  EXPECT_EQ(nvJitLinkDestroy(&none), NVJITLINK_ERROR_NULL_INPUT);
  EXPECT_EQ(nvJitLinkDestroy(nullptr), NVJITLINK_ERROR_NULL_INPUT);
}

TEST(nvJitLinkAddData, misuse) {
  Link link({"-arch=sm_80"});
  EXPECT_EQ(nvJitLinkAddData(link.handle, NVJITLINK_INPUT_PTX, nullptr, 5, "x"),
            NVJITLINK_ERROR_NULL_INPUT);
  EXPECT_EQ(nvJitLinkAddData(link.handle, NVJITLINK_INPUT_PTX, kCallee, 0, "x"),
            NVJITLINK_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvJitLinkAddData(nullptr, NVJITLINK_INPUT_PTX, kCallee, 5, "x"),
            NVJITLINK_ERROR_NULL_INPUT);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_NONE, kCallee, "x"), NVJITLINK_ERROR_INCORRECT_INPUT_TYPE);
  EXPECT_EQ(link.add(nvJitLinkInputType(99), kCallee, "x"), NVJITLINK_ERROR_INCORRECT_INPUT_TYPE);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_PTX, "hello", "x"), NVJITLINK_ERROR_INCORRECT_INPUT_TYPE);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_LTOIR, "hello", "x"), NVJITLINK_ERROR_INCORRECT_INPUT_TYPE);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_CUBIN, "hello", "x"), NVJITLINK_ERROR_INCORRECT_INPUT_TYPE);
  EXPECT_EQ(nvJitLinkAddFile(link.handle, NVJITLINK_INPUT_PTX, "/nonexistent"),
            NVJITLINK_ERROR_INVALID_INPUT);
  EXPECT_THAT(link.errors(), HasSubstr("no such file: /nonexistent\n"));
  EXPECT_EQ(nvJitLinkAddFile(link.handle, NVJITLINK_INPUT_PTX, nullptr),
            NVJITLINK_ERROR_NULL_INPUT);
  size_t size = 0;
  EXPECT_EQ(nvJitLinkGetLinkedCubinSize(link.handle, &size),
            NVJITLINK_ERROR_INTERNAL); // not complete
}

TEST(nvJitLinkComplete, missing_and_double_functions) {
  Link missing({"-arch=sm_80"});
  EXPECT_EQ(missing.add(NVJITLINK_INPUT_PTX, kCaller, "caller"), NVJITLINK_SUCCESS);
  EXPECT_EQ(nvJitLinkComplete(missing.handle), NVJITLINK_ERROR_INTERNAL);
  EXPECT_THAT(missing.errors(), HasSubstr("error   : Undefined reference to 'f' in 'caller'\n"));
  Link twice({"-arch=sm_80"});
  EXPECT_EQ(twice.add(NVJITLINK_INPUT_PTX, kCallee, "one"), NVJITLINK_SUCCESS);
  EXPECT_EQ(twice.add(NVJITLINK_INPUT_PTX, kCallee, "two"), NVJITLINK_SUCCESS);
  EXPECT_EQ(nvJitLinkComplete(twice.handle), NVJITLINK_ERROR_INTERNAL);
  EXPECT_THAT(twice.errors(),
              HasSubstr("Multiple definition of 'f' in 'two', first defined in 'one'"));
}

class nvJitLinkRun : public Run {};

TEST_F(nvJitLinkRun, ptx_units) {
  Link link({"-arch=sm_80"});
  EXPECT_EQ(link.add(NVJITLINK_INPUT_PTX, kCaller, "caller"), NVJITLINK_SUCCESS);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_ANY, kCallee, "callee"), NVJITLINK_SUCCESS);
  ASSERT_EQ(nvJitLinkComplete(link.handle), NVJITLINK_SUCCESS) << link.errors();
  EXPECT_EQ(run(link.cubin(), "k", 1, std::vector<int>(1)), std::vector<int>{7});
  EXPECT_EQ(nvJitLinkComplete(link.handle), NVJITLINK_ERROR_INTERNAL);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_PTX, kCallee, "late"), NVJITLINK_ERROR_INTERNAL);
  size_t size = 0;
  EXPECT_EQ(nvJitLinkGetLinkedPtxSize(link.handle, &size),
            NVJITLINK_ERROR_INVALID_INPUT); // not asked for
}

TEST_F(nvJitLinkRun, a_file_and_an_image_of_nvrtc) {
  std::string path = testing::TempDir() + "/callee.ptx";
  std::ofstream(path) << kCallee;
  Program program(
      "extern \"C\" __device__ int f(int); extern \"C\" __global__ void k(int* a) { *a = f(10); }");
  ASSERT_EQ(program.compile({"-arch=sm_80", "-rdc=true"}), NVRTC_SUCCESS) << program.log();
  Link link({"-arch=sm_80"});
  EXPECT_EQ(link.add(NVJITLINK_INPUT_CUBIN, program.cubin(), "image"), NVJITLINK_SUCCESS)
      << link.errors();
  EXPECT_EQ(nvJitLinkAddFile(link.handle, NVJITLINK_INPUT_PTX, path.c_str()), NVJITLINK_SUCCESS);
  ASSERT_EQ(nvJitLinkComplete(link.handle), NVJITLINK_SUCCESS) << link.errors();
  EXPECT_EQ(run(link.cubin(), "k", 1, std::vector<int>(1)), std::vector<int>{14});
  std::remove(path.c_str());
}

TEST_F(nvJitLinkRun, link_time_code) {
  Program kernel("__device__ int f(int); extern \"C\" __global__ void k(int* a) { *a = f(20); }");
  Program function("__device__ int f(int x) { return x * 2 + 1; }");
  ASSERT_EQ(kernel.compile({"-arch=sm_80", "-dlto", "-rdc=true"}), NVRTC_SUCCESS) << kernel.log();
  ASSERT_EQ(function.compile({"-arch=sm_80", "-dlto", "-rdc=true"}), NVRTC_SUCCESS)
      << function.log();
  Link refused({"-arch=sm_80"});
  EXPECT_EQ(refused.add(NVJITLINK_INPUT_LTOIR, kernel.lto(), "kernel"),
            NVJITLINK_ERROR_LTO_NOT_ENABLED);
  Link link({"-arch=sm_80", "-lto", "-ptx"});
  EXPECT_EQ(link.add(NVJITLINK_INPUT_LTOIR, kernel.lto(), "kernel"), NVJITLINK_SUCCESS);
  EXPECT_EQ(link.add(NVJITLINK_INPUT_LTOIR, function.lto(), "function"), NVJITLINK_SUCCESS);
  ASSERT_EQ(nvJitLinkComplete(link.handle), NVJITLINK_SUCCESS) << link.errors();
  EXPECT_EQ(run(link.cubin(), "k", 1, std::vector<int>(1)), std::vector<int>{41});
  size_t size = 0;
  ASSERT_EQ(nvJitLinkGetLinkedPtxSize(link.handle, &size), NVJITLINK_SUCCESS);
  std::string ptx(size, '?');
  ASSERT_EQ(nvJitLinkGetLinkedPtx(link.handle, ptx.data()), NVJITLINK_SUCCESS);
  EXPECT_EQ(ptx.back(), '\0');
  EXPECT_THAT(ptx, HasSubstr(".visible .entry k("));
  EXPECT_THAT(ptx, testing::Not(HasSubstr("call"))); // optimised as a whole
}

} // namespace
