// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links of several inputs of all types.
#include "../../unit/image/bytes_util.h"
#include "fixture.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <unistd.h>

namespace {

constexpr const char* kCallee = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .func (.param .b32 result) twice(.param .b32 value)
{
  .reg .b32 %r<3>;
  ld.param.b32 %r1, [value];
  add.s32 %r2, %r1, %r1;
  st.param.b32 [result], %r2;
  ret;
}
)";
constexpr const char* kCaller = R"(
.version 8.0
.target sm_70
.address_size 64
.extern .func (.param .b32 result) twice(.param .b32 value);
.visible .entry apply(.param .u64 data)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [data];
  cvta.to.global.u64 %rd2, %rd1;
  ld.global.b32 %r1, [%rd2];
  {
    .param .b32 in;
    .param .b32 out;
    st.param.b32 [in], %r1;
    call (out), twice, (in);
    ld.param.b32 %r2, [out];
  }
  st.global.b32 [%rd2], %r2;
  ret;
}
)";

using anywarp::image::Kind;

std::string fatbin(std::initializer_list<anywarp::image::NewImage> images) {
  return anywarp::image::toString(anywarp::image::writeFatbin({images.begin(), images.size()}));
}
anywarp::image::NewImage image(std::string_view bytes, Kind kind = Kind::Ptx, uint32_t arch = 70) {
  return {kind, arch, 8, 0, anywarp::image::Compression::None, bytes, {}, {}};
}
std::string fatbin(std::string_view ptx) {
  return fatbin({image(ptx)});
}
// An object file of the host's with these bytes in one section.
std::string object(const std::string& contents, const std::string& section) {
  return anywarp::image::makeElf(EM_X86_64, ET_REL, 0, 0, {{section, contents}});
}
using anywarp::image::makeArchive;

class cuLink : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &link));
  }
  void TearDown() override {
    EXPECT_CU(cuLinkDestroy(link));
    WithContext::TearDown();
  }
  CUresult add(CUjitInputType type, const char* text) {
    return cuLinkAddData(link, type, const_cast<char*>(text), strlen(text) + 1, "input", 0, nullptr,
                         nullptr);
  }
  CUresult addBytes(CUjitInputType type, std::string bytes) {
    return cuLinkAddData(link, type, bytes.data(), bytes.size(), "input", 0, nullptr, nullptr);
  }
  CUresult addFile(CUjitInputType type, const std::string& bytes) {
    char path[] = "/tmp/anywarp_link_XXXXXX";
    int file = mkstemp(path);
    EXPECT_EQ(ssize_t(bytes.size()), write(file, bytes.data(), bytes.size()));
    close(file);
    CUresult result = cuLinkAddFile(link, type, path, 0, nullptr, nullptr);
    unlink(path);
    return result;
  }
  std::string complete() {
    void* image = nullptr;
    size_t bytes = 0;
    EXPECT_CU(cuLinkComplete(link, &image, &bytes));
    return image ? std::string(static_cast<char*>(image), bytes) : "";
  }
  // What was added is apply() and twice().
  void expectWhole(const std::string& image) {
    CUmodule module = nullptr;
    CUfunction kernel = nullptr;
    ASSERT_CU(cuModuleLoadData(&module, image.data()));
    ASSERT_CU(cuModuleGetFunction(&kernel, module, "apply"));
    CUdeviceptr data = upload<int>({21});
    void* params[] = {&data};
    EXPECT_CU(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
    EXPECT_EQ(std::vector<int>{42}, download<int>(data, 1));
    EXPECT_CU(cuModuleUnload(module));
    EXPECT_CU(cuMemFree(data));
  }
  CUlinkState link = nullptr;
};

TEST_F(cuLink, fatbins) {
  EXPECT_CU(addBytes(CU_JIT_INPUT_FATBINARY, fatbin(kCaller)));
  EXPECT_CU(addFile(CU_JIT_INPUT_FATBINARY, fatbin(kCallee)));
  expectWhole(complete());
}

TEST_F(cuLink, objects) {
  // As nvcc -dc and nvcc -c make them.
  EXPECT_CU(addBytes(CU_JIT_INPUT_OBJECT, object(fatbin(kCaller), "__nv_relfatbin")));
  EXPECT_CU(addFile(CU_JIT_INPUT_OBJECT, object(fatbin(kCallee), ".nv_fatbin")));
  expectWhole(complete());
}

TEST_F(cuLink, libraries) {
  std::string host = object("text", ".text"); // no device code
  EXPECT_CU(addBytes(
      CU_JIT_INPUT_LIBRARY,
      makeArchive({{"host.o", host}, {"caller.o", object(fatbin(kCaller), "__nv_relfatbin")}})));
  EXPECT_CU(addFile(
      CU_JIT_INPUT_LIBRARY,
      makeArchive({{"callee.o", object(fatbin(kCallee), "__nv_relfatbin")}, {"odd.txt", "odd"}})));
  expectWhole(complete());
}

TEST_F(cuLink, the_newest_text_that_fits_is_taken) {
  // Text for a device of the far future, in front.
  EXPECT_CU(addBytes(CU_JIT_INPUT_FATBINARY,
                     fatbin({image("not looked at", Kind::Ptx, 990), image(kCallee)})));
  EXPECT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  expectWhole(complete());
}

TEST_F(cuLink, machine_code_cannot_be_linked) {
  std::string code = fatbin({image("machine code", Kind::Cubin)});
  EXPECT_EQ(CUDA_ERROR_NO_BINARY_FOR_GPU, addBytes(CU_JIT_INPUT_FATBINARY, code));
  EXPECT_EQ(CUDA_ERROR_NO_BINARY_FOR_GPU,
            addBytes(CU_JIT_INPUT_OBJECT, object(code, "__nv_relfatbin")));
  // A library of it may not be needed; what is missing is said when the link is completed.
  EXPECT_CU(addBytes(CU_JIT_INPUT_LIBRARY, makeArchive({{"a.o", object(code, "__nv_relfatbin")}})));
  EXPECT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  void* image = nullptr;
  EXPECT_NE(CUDA_SUCCESS, cuLinkComplete(link, &image, nullptr)); // no twice()
}

TEST_F(cuLink, cut_off_files_are_errors) {
  std::string whole[] = {fatbin(kCallee), object(fatbin(kCallee), "__nv_relfatbin"),
                         makeArchive({{"a.o", object(fatbin(kCallee), ".nv_fatbin")}})};
  CUjitInputType types[] = {CU_JIT_INPUT_FATBINARY, CU_JIT_INPUT_OBJECT, CU_JIT_INPUT_LIBRARY};
  for (int i = 0; i < 3; ++i)
    for (size_t size : {size_t(5), size_t(20), size_t(70), whole[i].size() / 2})
      EXPECT_NE(CUDA_SUCCESS, addBytes(types[i], whole[i].substr(0, size))) << i << " " << size;
}

TEST_F(cuLink, ptx_that_calls_other_ptx) {
  ASSERT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  ASSERT_CU(addFile(CU_JIT_INPUT_PTX, kCallee));
  // "cubinOut is owned by state": a copy lives on; it can be an input of another link, too.
  std::string copy = complete();
  expectWhole(copy);
  CUlinkState second = nullptr;
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &second));
  EXPECT_CU(cuLinkAddData(second, CU_JIT_INPUT_CUBIN, copy.data(), copy.size(), "linked", 0,
                          nullptr, nullptr));
  EXPECT_CU(cuLinkDestroy(second));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, add(CU_JIT_INPUT_PTX, kCallee)); // it is complete
}

// CUDA driver API, cuLinkAddData: "name: An optional name for this input in log messages".
TEST_F(cuLink, the_log_names_the_input) {
  char log[1024] = {};
  CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  CUlinkState state = nullptr;
  ASSERT_CU(cuLinkCreate(2, names, values, &state));
  std::string bad = ".version 8.0\n.target sm_70\n.address_size 64\n.func f()\n{\n  frob;\n}\n";
  ASSERT_CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, const_cast<char*>(kCallee), strlen(kCallee) + 1,
                          "callee.ptx", 0, nullptr, nullptr));
  ASSERT_CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, bad.data(), bad.size() + 1, "my kernels", 0,
                          nullptr, nullptr));
  void* image = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX, cuLinkComplete(state, &image, nullptr));
  EXPECT_TRUE(std::string(log).starts_with("my kernels:6:3: error: ")) << log;
  EXPECT_CU(cuLinkDestroy(state));
}

TEST_F(cuLink, inputs_that_cannot_be_used) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, add(CUjitInputType(77), kCaller));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuLinkAddData(link, CU_JIT_INPUT_PTX, nullptr, 4, "x", 0, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_FILE_NOT_FOUND,
            cuLinkAddFile(link, CU_JIT_INPUT_PTX, "/no/such/file", 0, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, add(CU_JIT_INPUT_NVVM, "BC"));
  // An ELF file for a GPU (e_machine 190, EM_CUDA) that holds machine code alone.
  unsigned char elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0x33};
  elf[16] = 2, elf[18] = 190, elf[20] = 1, elf[52] = 64;
  CUresult cubin =
      cuLinkAddData(link, CU_JIT_INPUT_CUBIN, elf, sizeof elf, "x", 0, nullptr, nullptr);
  EXPECT_TRUE(cubin == CUDA_ERROR_NO_BINARY_FOR_GPU || cubin == CUDA_ERROR_INVALID_IMAGE) << cubin;
  CUresult garbage = add(CU_JIT_INPUT_FATBINARY, "this is no fatbin at all");
  EXPECT_TRUE(garbage == CUDA_ERROR_INVALID_IMAGE || garbage == CUDA_ERROR_NO_BINARY_FOR_GPU)
      << garbage;
  void* image = nullptr;
  EXPECT_NE(CUDA_SUCCESS, cuLinkComplete(link, &image, nullptr)); // nothing to link
  CUlinkState none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLinkCreate(0, nullptr, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuLinkDestroy(none));
}

} // namespace
