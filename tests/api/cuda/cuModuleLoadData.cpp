// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstring>
#include <regex>
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

// One rule broken in each: the JIT's log says in which file, line and column, and why.
TEST_F(cuModuleBadImageTest, each_broken_rule_is_told_with_its_place) {
  struct Wrong {
    const char *instruction, *version, *target, *place, *reason;
  };
  const Wrong all[] = {
      {"add.s32 %r0, %r1, %f0;", "8.0", "sm_80", "8:19", "'%f0' of type .f32 does not fit"},
      {"add.frob.s32 %r0, %r1, %r2;", "8.0", "sm_80", "8:1", "modifier '.frob'"},
      {"add.s32 %r0, %r1, %nosuch;", "8.0", "sm_80", "8:19", "unknown name '%nosuch'"},
      {"bra nowhere;", "8.0", "sm_80", "8:5", "unknown label 'nowhere'"},
      {"redux.sync.add.u32 %r0, %r1, %r2;", "6.5", "sm_80", "8:1", "needs .version 7.0"},
      {"redux.sync.add.u32 %r0, %r1, %r2;", "8.0", "sm_75", "8:1", "needs .target sm_80"},
      {"add.s32 %r0, %r1;", "8.0", "sm_80", "8:1", "number of operands"},
      {"add.s32 %r0 %r1, %r2;", "8.0", "sm_80", "8:13", "error: "}, // no sentence of PTX
  };
  for (const Wrong& w : all) {
    std::string text = std::string(".version ") + w.version + "\n.target " + w.target +
                       "\n.address_size 64\n.visible .entry good() { ret; }\n"
                       ".visible .entry bad()\n{\n.reg .b32 %r<3>; .reg .f32 %f<3>;\n" +
                       w.instruction + "\nret;\n}\n";
    char log[1024] = {};
    CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
    CUmodule module = nullptr;
    EXPECT_EQ(CUDA_ERROR_INVALID_PTX, cuModuleLoadDataEx(&module, text.c_str(), 2, names, values))
        << w.instruction;
    EXPECT_EQ(module, nullptr);
    std::string said = log;
    EXPECT_TRUE(std::regex_search(said, std::regex("(^|\n)[^\n:]+:[0-9]+:[0-9]+: error: ")))
        << said;
    EXPECT_NE(said.find(std::string(":") + w.place + ": error: "), said.npos) << said;
    EXPECT_NE(said.find(w.reason), said.npos) << said;
    EXPECT_EQ(strlen(log), reinterpret_cast<uintptr_t>(values[1]));
  }
}

// A buffer that is too small gets the beginning, and nothing behind its end is written.
TEST_F(cuModuleBadImageTest, a_short_log_is_cut) {
  char log[24];
  memset(log, 'x', sizeof log);
  CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(uintptr_t(16))};
  CUmodule module = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX,
            cuModuleLoadDataEx(&module,
                               ".version 8.0\n.target sm_80\n.address_size 64\n"
                               ".visible .entry bad() { bra nowhere; ret; }\n",
                               2, names, values));
  EXPECT_NE(memchr(log, 0, 16), nullptr);
  EXPECT_EQ(log[16], 'x');
}
