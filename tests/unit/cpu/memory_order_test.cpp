// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The orders of PTX's memory model (PTX ISA, "Memory Consistency Model") as machine code of a
// processor with a weak model: AArch64, where nothing is ordered that no instruction orders. The
// code is read, not run; what x86 does at run time is tested by tests/programs/litmus.cu.
#include "backends/cpu/compiler/compile.h"
#include "ptx/index.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>

namespace anywarp::cpu {
namespace {

struct Order {
  const char* name;
  const char* body;              // %rd1, %rd2: addresses of global memory; %r1, %r2: values
  std::vector<const char*> all;  // instructions that must be there; "a|b": one of the two
  std::vector<const char*> none; // and those that must not
};

void PrintTo(const Order& order, std::ostream* out) {
  *out << order.name;
}

class MemoryOrder : public testing::TestWithParam<Order> {};

std::string assemblyOf(const char* body, const char* triple, const char* cpu,
                       const char* features) {
  std::string text = std::string(".version 8.3\n.target sm_90\n.address_size 64\n"
                                 ".visible .entry k(.param .u64 a, .param .u64 b) {\n"
                                 ".reg .b32 %r<9>;\n.reg .b64 %rd<9>;\n.reg .pred %p<3>;\n"
                                 "ld.param.u64 %rd1, [a];\nld.param.u64 %rd2, [b];\n"
                                 "mov.u32 %r1, %ctaid.x;\n") +
                     body + "ret;\n}\n";
  auto index = ptx::Index::build({std::make_shared<const PtxText>(text)});
  if (!index) {
    ADD_FAILURE() << index.error().message;
    return {};
  }
  char directory[] = "/tmp/anywarp-memory-order-XXXXXX";
  if (!mkdtemp(directory))
    return {};
  CompileRequest request;
  request.index = *index;
  request.kernel = "k";
  request.triple = triple;
  request.cpu = cpu;
  request.features = features;
  request.dumpPrefix = std::string(directory) + "/k";
  auto result = compile(request); // linking may fail, for want of another machine's C library
  std::ifstream file(request.dumpPrefix + ".s");
  std::stringstream assembly;
  assembly << file.rdbuf();
  std::filesystem::remove_all(directory);
  if (assembly.str().empty() && !result)
    ADD_FAILURE() << result.error().message;
  return assembly.str();
}

TEST_P(MemoryOrder, is_in_the_code_of_aarch64) {
  // With single-instruction atomics (+lse), so that the names tell the order.
  std::string code = assemblyOf(GetParam().body, "aarch64-unknown-linux-gnu", "generic", "+lse");
  ASSERT_FALSE(code.empty());
  for (const char* text : GetParam().all)
    EXPECT_TRUE(std::regex_search(code, std::regex(text))) << text << " is missing in\n" << code;
  for (const char* text : GetParam().none)
    EXPECT_EQ(code.find(text), std::string::npos) << text << " is too strong in\n" << code;
}

INSTANTIATE_TEST_SUITE_P(
    Ptx, MemoryOrder,
    testing::Values(
        Order{"ld_acquire",
              "ld.acquire.gpu.global.u32 %r2, [%rd1];\nst.global.u32 [%rd2], %r2;\n",
              {"ldar\t"},
              {"stlr\t"}},
        Order{"ld_relaxed",
              "ld.relaxed.gpu.global.u32 %r2, [%rd1];\nst.global.u32 [%rd2], %r2;\n",
              {},
              {"ldar\t", "stlr\t", "dmb"}},
        Order{"st_release",
              "st.release.sys.global.u32 [%rd1], %r1;\n",
              {"stlr\t|dmb\tish"},
              {"ldar\t"}},
        Order{"st_relaxed", "st.relaxed.sys.global.u32 [%rd1], %r1;\n", {}, {"stlr\t", "dmb"}},
        Order{"atom_relaxed",
              "atom.relaxed.gpu.global.add.u32 %r2, [%rd1], %r1;\nst.global.u32 [%rd2], %r2;\n",
              {"ldadd\t"},
              {"ldaddal", "ldadda\t", "ldaddl\t"}},
        Order{"atom_acquire",
              "atom.acquire.gpu.global.add.u32 %r2, [%rd1], %r1;\nst.global.u32 [%rd2], %r2;\n",
              {"ldadda\t"},
              {"ldaddal"}},
        Order{"atom_release",
              "atom.release.gpu.global.exch.b32 %r2, [%rd1], %r1;\nst.global.u32 [%rd2], %r2;\n",
              {"swpl\t"},
              {"swpal"}},
        Order{"atom_acq_rel_cas",
              "atom.acq_rel.gpu.global.cas.b32 %r2, [%rd1], %r1, 7;\nst.global.u32 [%rd2], %r2;\n",
              {"casal\t"},
              {}},
        Order{"fence_acq_rel",
              "st.global.u32 [%rd1], %r1;\nfence.acq_rel.gpu;\nst.global.u32 [%rd2], %r1;\n",
              {"dmb\tish"},
              {}},
        Order{"fence_sc",
              "st.global.u32 [%rd1], %r1;\nfence.sc.sys;\nld.global.u32 %r2, [%rd2];\n"
              "st.global.u32 [%rd1], %r2;\n",
              {"dmb\tish"},
              {}},
        Order{"membar",
              "st.global.u32 [%rd1], %r1;\nmembar.gl;\nst.global.u32 [%rd2], %r1;\n",
              {"dmb\tish"},
              {}},
        Order{"weak",
              "ld.global.u32 %r2, [%rd1];\nst.global.u32 [%rd2], %r2;\n",
              {},
              {"ldar\t", "stlr\t", "dmb"}}),
    [](const auto& info) { return std::string(info.param.name); });

// x86 keeps all orders but store before load, which only an instruction of its own does.
TEST(MemoryOrderX86, only_fence_sc_needs_an_instruction) {
  const char* triple = "x86_64-unknown-linux-gnu";
  std::string sc =
      assemblyOf("st.global.u32 [%rd1], %r1;\nfence.sc.sys;\nld.global.u32 %r2, [%rd2];\n"
                 "st.global.u32 [%rd1], %r2;\n",
                 triple, "x86-64-v3", "");
  EXPECT_TRUE(sc.find("mfence") != std::string::npos || sc.find("lock") != std::string::npos) << sc;
  std::string release =
      assemblyOf("st.release.sys.global.u32 [%rd1], %r1;\n", triple, "x86-64-v3", "");
  EXPECT_EQ(release.find("mfence"), std::string::npos) << release;
}

} // namespace
} // namespace anywarp::cpu
