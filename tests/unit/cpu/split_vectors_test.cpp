// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code split into parts of a gang computes what the arithmetic on the host does, for every width of
// registers that this machine can run.
#include "backends/cpu/compiler/codegen.h"
#include "backends/cpu/compiler/split_vectors.h"

#include <cmath>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Target/TargetMachine.h>
#include <numeric>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr unsigned kLanes = 32, kSteps = 8;
using Kernel = void (*)(void* out, const void* a, void* b);

struct Machine {
  const char *name, *cpu, *features;
  bool (*runs)();
};
constexpr Machine kMachines[] = {
#if defined(__x86_64__)
    {"sse2", "x86-64", "+sse2", [] { return true; }},
    {"avx2", "x86-64-v3", "",
     [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }},
    {"avx512", "x86-64-v4", "",
     [] { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"); }},
#endif
    {"host", "", "", [] { return true; }},
};

class SplitVectors : public testing::TestWithParam<Machine> {
protected:
  void SetUp() override {
    if (!GetParam().runs())
      GTEST_SKIP() << "not on this machine";
  }
  // How many pieces were split.
  unsigned compile(const std::string& text) {
    llvm::LLVMContext context;
    llvm::SMDiagnostic diagnostic;
    auto module = llvm::parseAssemblyString(text, diagnostic, context);
    EXPECT_TRUE(module) << diagnostic.getMessage().str() << "\n" << text;
    auto target = makeTargetMachine(GetParam().cpu, GetParam().features);
    setTarget(*module, **target);
    unsigned split = splitVectors(*module, **target);
    auto valid = verify(*module, "k", "splitting");
    EXPECT_TRUE(valid) << valid.error().message;
    auto object = emit(*module, **target, EmitKind::Object);
    auto library = linkShared(*object, "k");
    char path[] = "/tmp/anywarp-split-vectors-XXXXXX";
    int fd = mkstemp(path);
    EXPECT_EQ(write(fd, library->data(), library->size()), ssize_t(library->size()));
    close(fd);
    void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    unlink(path);
    kernel_ = reinterpret_cast<Kernel>(dlsym(handle, "k"));
    return split;
  }
  // What registers other architectures have is not known.
  static bool splits() { return std::string(GetParam().name) != "host"; }
  Kernel kernel_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(machines, SplitVectors, testing::ValuesIn(kMachines),
                         [](const auto& info) { return std::string(info.param.name); });

std::string mask(int (*lane)(int)) {
  std::string text = "<32 x i32> <";
  for (int l = 0; l < int(kLanes); ++l)
    text += (l ? ", i32 " : "i32 ") + std::to_string(lane(l));
  return text + ">";
}

// sum[i][j] += x[i] * y[j] over the steps: x is one number for each half of the gang, y the same 16
// numbers for both halves, as tiles of 16 columns read them. `between` comes behind step 3.
std::string product(unsigned rows, unsigned columns, const std::string& between = "") {
  std::string t =
      "declare <32 x float> @llvm.fma.v32f32(<32 x float>, <32 x float>, <32 x float>)\n"
      "define void @k(ptr %out, ptr %a, ptr %b) {\n";
  auto name = [](const char* what, unsigned i, unsigned j, unsigned k) {
    return "%" + std::string(what) + std::to_string(i) + "." + std::to_string(j) + "." +
           std::to_string(k);
  };
  auto load = [&](const std::string& to, const std::string& type, const char* from,
                  unsigned element) {
    t += to + ".p = getelementptr float, ptr " + from + ", i64 " + std::to_string(element) + "\n" +
         to + " = load " + type + ", ptr " + to + ".p, align 4\n";
  };
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < columns; ++j)
      load(name("s", i, j, 0), "<32 x float>", "%out", (i * columns + j) * kLanes);
  for (unsigned k = 0; k < kSteps; ++k) {
    for (unsigned j = 0; j < columns; ++j) {
      std::string y = name("y", 0, j, k);
      load(y, "<16 x float>", "%b", (k * columns + j) * 16);
      t += y + ".g = shufflevector <16 x float> " + y + ", <16 x float> poison, " +
           mask([](int l) { return l % 16; }) + "\n";
    }
    for (unsigned i = 0; i < rows; ++i) {
      std::string x = name("x", i, 0, k);
      for (unsigned half = 0; half < 2; ++half) {
        std::string h = x + (half ? ".h" : ".l");
        load(h, "float", "%a", (k * rows + i) * 2 + half);
        t += h + ".i = insertelement <16 x float> poison, float " + h + ", i64 0\n" + h +
             ".s = shufflevector <16 x float> " + h +
             ".i, <16 x float> poison, <32 x i32> zeroinitializer\n";
      }
      t += x + " = shufflevector <32 x float> " + x + ".l.s, <32 x float> " + x + ".h.s, " +
           mask([](int l) { return l < 16 ? l : 32 + l; }) + "\n";
      for (unsigned j = 0; j < columns; ++j)
        t += name("s", i, j, k + 1) + " = call <32 x float> @llvm.fma.v32f32(<32 x float> " + x +
             ", <32 x float> " + name("y", 0, j, k) + ".g, <32 x float> " + name("s", i, j, k) +
             ")\n";
    }
    if (k == 3)
      t += between;
  }
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < columns; ++j)
      t += "store <32 x float> " + name("s", i, j, kSteps) + ", ptr " + name("s", i, j, 0) +
           ".p, align 4\n";
  return t + "ret void\n}\n";
}

struct Data {
  Data(unsigned rows, unsigned columns)
      : rows(rows), columns(columns), out(rows * columns * kLanes), a(kSteps * rows * 2),
        b(kSteps * columns * 16) {
    float x = 0.3f;
    for (auto* v : {&out, &a, &b})
      for (float& f : *v)
        f = x = std::fmod(x * 1.37f + 0.71f, 3.0f) - 1;
  }
  // What the kernel computes; `at` of b becomes `value` behind step 3.
  std::vector<float> expected(size_t at = 0, float value = 0, bool changes = false) const {
    std::vector<float> sum = out, y = b;
    for (unsigned k = 0; k < kSteps; ++k) {
      for (unsigned i = 0; i < rows; ++i)
        for (unsigned j = 0; j < columns; ++j)
          for (unsigned l = 0; l < kLanes; ++l) {
            float& s = sum[(i * columns + j) * kLanes + l];
            s = std::fma(a[(k * rows + i) * 2 + l / 16], y[(k * columns + j) * 16 + l % 16], s);
          }
      if (k == 3 && changes)
        y[at] = value;
    }
    return sum;
  }
  unsigned rows, columns;
  std::vector<float> out, a, b;
};

TEST_P(SplitVectors, sums_that_fill_more_than_the_registers_are_split) {
  // A part's sums fit, a gang's do not.
  unsigned rows = std::string(GetParam().name) == "avx512" ? 5 : 3;
  unsigned split = compile(product(rows, 4));
  if (splits())
    EXPECT_EQ(split, 1u);
  Data d(rows, 4);
  auto want = d.expected();
  kernel_(d.out.data(), d.a.data(), d.b.data());
  EXPECT_EQ(d.out, want);
}

TEST_P(SplitVectors, sums_that_fit_are_left_alone) {
  EXPECT_EQ(compile(product(1, 1)), 0u);
}

// Both parts of the gang read what was written between, and neither reads it too early.
TEST_P(SplitVectors, reads_stay_on_their_side_of_a_write) {
  compile(product(5, 4,
                  "%w = getelementptr float, ptr %b, i64 389\n"
                  "store float 7.0, ptr %w, align 4\n"));
  Data d(5, 4);
  auto want = d.expected(389, 7, true); // step 6, column 5
  ASSERT_NE(want, d.expected());
  kernel_(d.out.data(), d.a.data(), d.b.data());
  EXPECT_EQ(d.out, want);
}

// What moves between lanes, or is one number of them, ends the piece that is split.
TEST_P(SplitVectors, lanes_that_move_are_right) {
  std::string t = "define void @k(ptr %out, ptr %a, ptr %b) {\n";
  constexpr unsigned kChains = 40;
  std::vector<uint32_t> want(kChains * kLanes), out(kChains * kLanes);
  std::iota(out.begin(), out.end(), 1000u);
  for (unsigned c = 0; c < kChains; ++c) {
    std::string v = "%v" + std::to_string(c);
    t += v + ".p = getelementptr i8, ptr %out, i64 " + std::to_string(c * kLanes * 4) + "\n" + v +
         " = load <32 x i32>, ptr " + v + ".p, align 4\n" + v + ".m = mul <32 x i32> " + v +
         ", splat (i32 77)\n" + v + ".c = icmp ugt <32 x i32> " + v + ".m, splat (i32 90000)\n" +
         v + ".s = select <32 x i1> " + v + ".c, <32 x i32> " + v + ", <32 x i32> " + v + ".m\n";
  }
  for (unsigned c = 0; c < kChains; ++c) {
    std::string v = "%v" + std::to_string(c), other = "%v" + std::to_string((c + 7) % kChains);
    t += v + ".t = shufflevector <32 x i32> " + other + ".s, <32 x i32> poison, " +
         mask([](int l) { return (l + 1) % 32; }) + "\n" + v + ".a = add <32 x i32> " + v + ".s, " +
         v + ".t\n" + v + ".e = extractelement <32 x i32> " + v + ".a, i64 31\n" + v +
         ".i = insertelement <32 x i32> poison, i32 " + v + ".e, i64 0\n" + v +
         ".b = shufflevector <32 x i32> " + v +
         ".i, <32 x i32> poison, <32 x i32> zeroinitializer\n" + v + ".x = xor <32 x i32> " + v +
         ".a, " + v + ".b\n";
  }
  for (unsigned c = 0; c < kChains; ++c) {
    std::string v = "%v" + std::to_string(c);
    t += "store <32 x i32> " + v + ".x, ptr " + v + ".p, align 4\n";
  }
  compile(t + "ret void\n}\n");
  auto chosen = [&](unsigned c, unsigned l) {
    uint32_t x = out[c * kLanes + l];
    return x * 77 > 90000 ? x : x * 77;
  };
  for (unsigned c = 0; c < kChains; ++c) {
    auto sum = [&](unsigned l) { return chosen(c, l) + chosen((c + 7) % kChains, (l + 1) % 32); };
    for (unsigned l = 0; l < kLanes; ++l)
      want[c * kLanes + l] = sum(l) ^ sum(31);
  }
  kernel_(out.data(), nullptr, nullptr);
  EXPECT_EQ(out, want);
}

} // namespace
} // namespace anywarp::cpu
