// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <string>
#include <sys/mman.h>
#include <unistd.h>

using cuModuleBadImageTest = WithContext;

TEST_F(cuModuleBadImageTest, what_is_no_image_is_an_error) {
  CUmodule module = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuModuleLoadData(&module, nullptr));
  EXPECT_NE(CUDA_SUCCESS, cuModuleLoadData(&module, "no PTX"));
  EXPECT_NE(CUDA_SUCCESS, cuModuleLoadData(&module, ""));
  // An address that nobody has mapped.
  EXPECT_NE(CUDA_SUCCESS, cuModuleLoadData(&module, reinterpret_cast<const void*>(uintptr_t(64))));
}

// Text, and anything else, may end with the last byte of its memory.
TEST_F(cuModuleBadImageTest, nothing_is_read_beyond_the_image) {
  size_t page = size_t(sysconf(_SC_PAGESIZE));
  auto* memory = static_cast<char*>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(static_cast<void*>(memory), MAP_FAILED);
  ASSERT_EQ(mprotect(memory + page, page, PROT_NONE), 0);
  CUmodule module = nullptr;
  for (std::string text : {"x",
                           "\x7f"
                           "ELF",
                           "\x7f"
                           "AWLINK",
                           "\x50\xed\x55\xba"}) {
    char* at = memory + page - text.size();
    text.copy(at, text.size());
    EXPECT_NE(CUDA_SUCCESS, cuModuleLoadData(&module, at)) << text;
  }
  std::string ptx = ".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry k() { ret; }\n";
  char* at = memory + page - ptx.size() - 1;
  ptx.copy(at, ptx.size());
  at[ptx.size()] = 0;
  EXPECT_CU(cuModuleLoadData(&module, at));
  CUfunction function = nullptr;
  EXPECT_CU(cuModuleGetFunction(&function, module, "k"));
  EXPECT_CU(cuModuleUnload(module));
  munmap(memory, 2 * page);
}
