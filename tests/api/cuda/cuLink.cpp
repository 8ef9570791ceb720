// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links of several inputs of all types.
#include "fixture.h"

#include <cstdio>
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
  CUlinkState link = nullptr;
};

TEST_F(cuLink, ptx_that_calls_other_ptx) {
  char path[] = "/tmp/anywarp_link_XXXXXX";
  int file = mkstemp(path);
  ASSERT_EQ(ssize_t(strlen(kCallee)), write(file, kCallee, strlen(kCallee)));
  close(file);
  ASSERT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  ASSERT_CU(cuLinkAddFile(link, CU_JIT_INPUT_PTX, path, 0, nullptr, nullptr));
  unlink(path);
  void* image = nullptr;
  size_t bytes = 0;
  ASSERT_CU(cuLinkComplete(link, &image, &bytes));
  // "cubinOut is owned by state": a copy lives on; it can be an input of another link, too.
  std::string copy(static_cast<char*>(image), bytes);
  CUmodule module = nullptr;
  CUfunction kernel = nullptr;
  ASSERT_CU(cuModuleLoadData(&module, copy.data()));
  ASSERT_CU(cuModuleGetFunction(&kernel, module, "apply"));
  CUdeviceptr data = upload<int>({21});
  void* params[] = {&data};
  EXPECT_CU(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_EQ(std::vector<int>{42}, download<int>(data, 1));
  EXPECT_CU(cuModuleUnload(module));
  EXPECT_CU(cuMemFree(data));
  CUlinkState second = nullptr;
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &second));
  EXPECT_CU(cuLinkAddData(second, CU_JIT_INPUT_CUBIN, copy.data(), copy.size(), "linked", 0,
                          nullptr, nullptr));
  EXPECT_CU(cuLinkDestroy(second));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, add(CU_JIT_INPUT_PTX, kCallee)); // it is complete
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
