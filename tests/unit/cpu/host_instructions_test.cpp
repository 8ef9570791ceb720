// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The target's own instructions against plain arithmetic, for every set of instructions that this
// machine can run.
#include "backends/cpu/compiler/codegen.h"
#include "backends/cpu/compiler/host_instructions.h"

#include <cfenv>
#include <cmath>
#include <cstring>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <limits>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Target/TargetMachine.h>
#include <random>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr unsigned kLanes = 32;
using Kernel = void (*)(void* out, const void* a, const void* b);

struct Machine {
  std::string name, cpu, features;
};

std::vector<Machine> machines() {
  std::vector<Machine> all = {{"this one", "", ""}};
#if defined(__x86_64__)
  all.push_back({"sse2", "x86-64", "+sse2"});
  std::string avx2 = "+avx2,+fma,+f16c,+bmi,+bmi2";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    all.push_back({"avx2", "x86-64", avx2});
  if (__builtin_cpu_supports("avxvnni"))
    all.push_back({"avxvnni", "x86-64", avx2 + ",+avxvnni"});
  std::string avx512 = avx2 + ",+avx512f,+avx512bw,+avx512dq,+avx512vl";
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    all.push_back({"avx512", "x86-64", avx512});
  if (__builtin_cpu_supports("avx512vnni"))
    all.push_back({"avx512vnni", "x86-64", avx512 + ",+avx512vnni"});
#endif
  return all;
}

Result<std::vector<char>> build(const char* text, const Machine& machine) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!module)
    return makeError(Status::InvalidSource, diagnostic.getMessage().str());
  auto target = makeTargetMachine(machine.cpu, machine.features);
  if (!target)
    return target.error();
  setTarget(*module, **target);
  useHostInstructions(*module, **target);
  AW_TRY(verify(*module, "k", "using the host's instructions"));
  optimize(*module, **target);
  auto object = emit(*module, **target, EmitKind::Object);
  if (!object)
    return object.error();
  return linkShared(*object, "k");
}

class HostInstructions : public testing::TestWithParam<Machine> {
protected:
  void compile(const std::string& text) {
    auto library = build(text.c_str(), GetParam());
    ASSERT_TRUE(library) << library.error().message;
    char path[] = "/tmp/anywarp-host-instructions-XXXXXX";
    int fd = mkstemp(path);
    ASSERT_EQ(write(fd, library->data(), library->size()), ssize_t(library->size()));
    close(fd);
    void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    unlink(path);
    ASSERT_NE(handle, nullptr) << dlerror();
    kernel_ = reinterpret_cast<Kernel>(dlsym(handle, "k"));
    ASSERT_NE(kernel_, nullptr);
  }
  Kernel kernel_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(machines, HostInstructions, testing::ValuesIn(machines()),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

// The body stands for what devicelib/host.cpp has: wrong on purpose, so that the test sees which
// one runs. Where no instruction takes its place the result is that of the body.
constexpr const char* kDot = R"(
  define void @ptx_host_dot_us(ptr %sum, ptr %u, ptr %s) alwaysinline {
    ret void
  }
  define void @k(ptr %out, ptr %a, ptr %b) {
    %sum = alloca <16 x i32>, align 64
    %u = alloca <16 x i32>, align 64
    %s = alloca <16 x i32>, align 64
    %vsum = load <16 x i32>, ptr %out, align 4
    store <16 x i32> %vsum, ptr %sum, align 64
    %vu = load <16 x i32>, ptr %a, align 4
    store <16 x i32> %vu, ptr %u, align 64
    %vs = load <16 x i32>, ptr %b, align 4
    store <16 x i32> %vs, ptr %s, align 64
    call void @ptx_host_dot_us(ptr %sum, ptr %u, ptr %s)
    %r = load <16 x i32>, ptr %sum, align 64
    store <16 x i32> %r, ptr %out, align 4
    ret void
  })";

TEST_P(HostInstructions, dot_products_of_bytes_are_exact) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "no instruction of this architecture is used";
#endif
  compile(kDot);
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    uint8_t u[64];
    int8_t s[64];
    uint32_t sum[16], want[16];
    for (unsigned i = 0; i < 64; ++i) { // the ends of the ranges often: pairs exceed 16 bits
      u[i] = random() % 4 ? uint8_t(random()) : 255;
      s[i] = random() % 4 ? int8_t(random()) : random() % 2 ? -128 : 127;
    }
    for (unsigned l = 0; l < 16; ++l) {
      want[l] = sum[l] = random() % 4 ? random() : 0x7fffffff - random() % 100;
      for (unsigned k = 0; k < 4; ++k)
        want[l] += uint32_t(int(u[4 * l + k]) * int(s[4 * l + k]));
    }
    kernel_(sum, u, s);
    for (unsigned l = 0; l < 16; ++l)
      ASSERT_EQ(sum[l], want[l]) << "lane " << l;
  }
}

std::vector<float> floats() {
  std::vector<float> all;
  auto near = [&](float x) {
    for (float y : {x, std::nextafter(x, -INFINITY), std::nextafter(x, INFINITY)})
      all.push_back(y), all.push_back(-y);
  };
  for (float x : {0.0f, 0.5f, 1.0f, 1.5f, 255.0f, 0x1p23f, 0x1p24f, 0x1p30f, 0x1p31f, 0x1p32f,
                  0x1p33f, 0x1p62f, 0x1p127f, 0x1p-126f, INFINITY})
    near(x);
  all.push_back(NAN), all.push_back(-NAN), all.push_back(std::numeric_limits<float>::denorm_min());
  std::mt19937 random(3);
  while (all.size() % kLanes || all.size() < 4096) {
    uint32_t bits = random();
    float x;
    memcpy(&x, &bits, 4);
    all.push_back(all.size() % 2 ? x : float(int32_t(random())) * 0.75f);
  }
  return all;
}

// `name`: fptosi or fptoui.
std::string saturating(const std::string& name) {
  std::string function = "<32 x i32> @llvm." + name + ".sat.v32i32.v32f32(<32 x float>";
  return "declare " + function + R"()
  define void @k(ptr %out, ptr %a, ptr %b) {
    %x = load <32 x float>, ptr %a, align 4
    %r = call )" +
         function + R"( %x)
    store <32 x i32> %r, ptr %out, align 4
    ret void
  })";
}

TEST_P(HostInstructions, conversions_truncate_and_saturate) {
  auto all = floats();
  for (bool isSigned : {true, false}) {
    compile(saturating(isSigned ? "fptosi" : "fptoui"));
    double low = isSigned ? -0x1p31 : 0, high = isSigned ? 0x1p31 - 1 : 0x1p32 - 1;
    for (size_t at = 0; at < all.size(); at += kLanes) {
      uint32_t got[kLanes];
      kernel_(got, &all[at], nullptr);
      for (unsigned l = 0; l < kLanes; ++l) {
        double x = all[at + l];
        double want = std::isnan(x) ? 0 : std::fmin(std::fmax(std::trunc(x), low), high);
        ASSERT_EQ(got[l], uint32_t(int64_t(want))) << x << " " << isSigned;
      }
    }
  }
}

constexpr const char* kReciprocals = R"(
  declare <32 x float> @llvm.sqrt.v32f32(<32 x float>)
  define void @k(ptr %out, ptr %a, ptr %b) {
    %x = load <32 x float>, ptr %a, align 4
    %root = call <32 x float> @llvm.sqrt.v32f32(<32 x float> %x), !fpmath !0
    %second = getelementptr i8, ptr %out, i64 128
    %third = getelementptr i8, ptr %out, i64 256
    %rsqrt = fdiv <32 x float> splat (float 1.0), %root, !fpmath !0
    %rcp = fdiv <32 x float> splat (float 1.0), %x, !fpmath !0
    store <32 x float> %root, ptr %out, align 4
    store <32 x float> %rsqrt, ptr %second, align 4
    store <32 x float> %rcp, ptr %third, align 4
    ret void
  }
  !0 = !{float 1.0})";

// PTX ISA 9.7.3: largest relative errors of sqrt.approx, rsqrt.approx and rcp.approx.
TEST_P(HostInstructions, approximations_keep_their_bounds) {
  compile(kReciprocals);
  auto all = floats();
  double bound[] = {0x1p-23, std::exp2(-22.9), 0x1p-23};
  for (size_t at = 0; at < all.size(); at += kLanes) {
    float got[3][kLanes];
    kernel_(got, &all[at], nullptr);
    for (unsigned l = 0; l < kLanes; ++l) {
      double x = all[at + l], root = std::sqrt(x);
      // rsqrt of -0 is -inf.
      double want[] = {root, x == 0 ? 1 / x : 1 / root, 1 / x};
      for (unsigned k = 0; k < 3; ++k) {
        double w = want[k], g = got[k][l];
        if (std::isnan(w)) {
          EXPECT_TRUE(std::isnan(g)) << k << ": " << x;
        } else if (std::isinf(float(w)) || w == 0) {
          EXPECT_EQ(g, double(float(w))) << k << ": " << x;
          EXPECT_EQ(std::signbit(g), std::signbit(w)) << k << ": " << x;
        } else { // subnormal results to their last place
          double allowed = std::fmax(std::fabs(w) * bound[k], 0x1p-149);
          EXPECT_LE(std::fabs(g - w), allowed) << k << ": " << x;
        }
      }
    }
  }
}

// Every f16 there and back, and floats between: all machines round alike, with F16C or without.
TEST_P(HostInstructions, halves_convert_as_ieee_has_it) {
  compile(R"(
  define void @k(ptr %out, ptr %a, ptr %b) {
    %h = load <32 x half>, ptr %a, align 2
    %x = fpext <32 x half> %h to <32 x float>
    store <32 x float> %x, ptr %out, align 4
    %y = load <32 x float>, ptr %b, align 4
    %n = fptrunc <32 x float> %y to <32 x half>
    %narrow = getelementptr i8, ptr %out, i64 128
    store <32 x half> %n, ptr %narrow, align 2
    ret void
  })");
  auto valueOf = [](unsigned code) {
    int exponent = int(code >> 10 & 31), mantissa = int(code & 1023);
    double v = exponent == 31 ? (mantissa ? NAN : INFINITY)
               : exponent     ? std::ldexp(1024 + mantissa, exponent - 25)
                              : std::ldexp(mantissa, -24);
    return code & 0x8000 ? -v : v;
  };
  for (unsigned first = 0; first < 0x10000; first += kLanes) {
    uint16_t codes[kLanes];
    float between[kLanes];
    struct {
      float wide[kLanes];
      uint16_t narrow[kLanes];
    } got;
    for (unsigned l = 0; l < kLanes; ++l) {
      codes[l] = uint16_t(first + l);
      // Halfway to the next code, and a little more in every third lane; 65520 is infinity's half.
      double x = valueOf(codes[l]), next = valueOf(codes[l] + 1u);
      if (codes[l] % 0x8000 == 0x7bff)
        next = std::copysign(65536.0, x);
      between[l] = float((x + next) / 2);
      if (l % 3 == 0)
        between[l] = std::nextafter(between[l], std::copysign(INFINITY, between[l]));
    }
    kernel_(&got, codes, between);
    for (unsigned l = 0; l < kLanes; ++l) {
      double x = valueOf(codes[l]);
      if (std::isnan(x)) {
        ASSERT_TRUE(std::isnan(got.wide[l])) << codes[l];
        continue;
      }
      ASSERT_EQ(got.wide[l], x) << codes[l];
      ASSERT_EQ(std::signbit(got.wide[l]), std::signbit(x)) << codes[l];
      if (std::isinf(x))
        continue;
      bool up = l % 3 == 0 || codes[l] % 2; // ties to the even code
      ASSERT_EQ(got.narrow[l], codes[l] + up) << between[l];
    }
  }
  // NaN stays NaN, what is too large is infinite, what is too small zero.
  uint16_t codes[kLanes] = {};
  float special[kLanes] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 65519.99f, 1e-30f, -1e-30f};
  struct {
    float wide[kLanes];
    uint16_t narrow[kLanes];
  } got;
  kernel_(&got, codes, special);
  EXPECT_GT(got.narrow[0] & 0x7fff, 0x7c00);
  uint16_t want[] = {0x7c00, 0xfc00, 0x7c00, 0xfc00, 0x7bff, 0, 0x8000};
  for (unsigned l = 0; l < 7; ++l)
    EXPECT_EQ(got.narrow[l + 1], want[l]) << special[l + 1];
}

TEST_P(HostInstructions, any_lane_is_found_by_its_number) {
  compile(R"(
  define void @k(ptr %out, ptr %a, ptr %b) {
    %x = load <32 x float>, ptr %a, align 4
    %n = load i32, ptr %b, align 4
    %r = extractelement <32 x float> %x, i32 %n
    %w = load <32 x i32>, ptr %a, align 4
    %n64 = sext i32 %n to i64
    %s = extractelement <32 x i32> %w, i64 %n64
    store float %r, ptr %out, align 4
    %second = getelementptr i8, ptr %out, i64 4
    store i32 %s, ptr %second, align 4
    ret void
  })");
  uint32_t in[kLanes], out[2];
  for (uint32_t l = 0; l < kLanes; ++l)
    in[l] = 0x40000000 + l * 77777;
  for (uint32_t l = 0; l < kLanes; ++l) {
    kernel_(out, in, &l);
    EXPECT_EQ(out[0], in[l]);
    EXPECT_EQ(out[1], in[l]);
  }
}

// Against the host's own arithmetic in the same mode; vectors and values that all lanes share.
TEST_P(HostInstructions, arithmetic_rounds_as_asked) {
  auto target = makeTargetMachine(GetParam().cpu, GetParam().features);
  ASSERT_TRUE(target);
  if (!hasDirectedRounding(**target))
    GTEST_SKIP() << "no instructions that say how they round";
  auto all = floats();
  for (auto [name, mode] :
       {std::pair<std::string, int>{"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}, {"rz", FE_TOWARDZERO}})
    for (std::string operation : {"fadd", "fsub", "fmul", "fdiv", "fma", "sqrt", "rcp"}) {
      unsigned count = operation == "fma" ? 3 : operation[0] == 'f' ? 2 : 1;
      std::string one = "@aw.lane." + operation + "_" + name + "_f32", vector = one + ".v32";
      auto list = [&](const std::string& type, const std::string& prefix) {
        std::string text;
        for (unsigned i = 0; i < count; ++i)
          text +=
              (i ? ", " : "") + type + (prefix.empty() ? "" : " %" + prefix + std::to_string(i));
        return text;
      };
      compile(("declare float " + one + "(" + list("float", "") + ")\ndeclare <32 x float> " +
               vector + "(" + list("<32 x float>", "") + R"()
  define void @k(ptr %out, ptr %a, ptr %b) {
    %v0 = load <32 x float>, ptr %a, align 4
    %v1 = load <32 x float>, ptr %b, align 4
    %v2 = shufflevector <32 x float> %v0, <32 x float> %v1, <32 x i32> <)" +
               [] {
                 std::string reversed;
                 for (unsigned l = 0; l < kLanes; ++l)
                   reversed += (l ? ", i32 " : "i32 ") + std::to_string(63 - l);
                 return reversed;
               }() +
               R"(>
    %s0 = extractelement <32 x float> %v0, i32 0
    %s1 = extractelement <32 x float> %v1, i32 0
    %s2 = extractelement <32 x float> %v2, i32 0
    %r = call <32 x float> )" +
               vector + "(" + list("<32 x float>", "v") + ")\n    %s = call float " + one + "(" +
               list("float", "s") + R"()
    store <32 x float> %r, ptr %out, align 4
    %second = getelementptr i8, ptr %out, i64 128
    store float %s, ptr %second, align 4
    ret void
  })")
                  .c_str());
      if (HasFatalFailure())
        return;
      for (size_t at = 0; at + 2 * kLanes <= all.size(); at += kLanes) {
        float got[kLanes + 1];
        const float *a = &all[at], *b = &all[at + kLanes];
        kernel_(got, a, b);
        for (unsigned l = 0; l <= kLanes; ++l) {
          unsigned i = l % kLanes;
          volatile float x = a[i], y = b[i], z = b[kLanes - 1 - i], want;
          std::fesetround(mode);
          if (operation == "fadd")
            want = x + y;
          else if (operation == "fsub")
            want = x - y;
          else if (operation == "fmul")
            want = x * y;
          else if (operation == "fdiv")
            want = x / y;
          else if (operation == "fma")
            want = std::fmaf(x, y, z);
          else if (operation == "sqrt")
            want = std::sqrt(x);
          else
            want = 1 / x;
          std::fesetround(FE_TONEAREST);
          float w = want, g = got[l];
          if (std::isnan(w))
            EXPECT_TRUE(std::isnan(g));
          else
            ASSERT_EQ(memcmp(&g, &w, 4), 0) << operation << " " << name << ": " << x << " " << y;
        }
      }
    }
}

TEST_P(HostInstructions, scaling_rounds_once) {
  auto target = makeTargetMachine(GetParam().cpu, GetParam().features);
  ASSERT_TRUE(target);
  if (!hasDirectedRounding(**target))
    GTEST_SKIP() << "scaled by multiplications";
  compile(R"(
  declare <32 x float> @aw.lane.scale_f32.v32(<32 x float>, <32 x float>, <32 x i32>)
  define void @k(ptr %out, ptr %a, ptr %b) {
    %x = load <32 x float>, ptr %a, align 4
    %n = load <32 x float>, ptr %b, align 4
    %r = call <32 x float> @aw.lane.scale_f32.v32(<32 x float> %x, <32 x float> %n, <32 x i32> poison)
    store <32 x float> %r, ptr %out, align 4
    ret void
  })");
  auto all = floats();
  for (int n = -252; n <= 254; ++n) {
    float scales[kLanes], got[kLanes];
    std::fill(std::begin(scales), std::end(scales), float(n));
    size_t at = size_t(n + 252) * kLanes % (all.size() - kLanes);
    kernel_(got, &all[at], scales);
    for (unsigned l = 0; l < kLanes; ++l) {
      float want = float(std::ldexp(double(all[at + l]), n));
      if (!std::isnan(want))
        EXPECT_EQ(got[l], want) << all[at + l] << " " << n;
    }
  }
}

// Without !fpmath a quotient is rounded to nearest.
TEST_P(HostInstructions, exact_quotients_stay_exact) {
  compile(R"(
  define void @k(ptr %out, ptr %a, ptr %b) {
    %x = load <32 x float>, ptr %a, align 4
    %r = fdiv <32 x float> splat (float 1.0), %x
    store <32 x float> %r, ptr %out, align 4
    ret void
  })");
  auto all = floats();
  for (size_t at = 0; at < all.size(); at += kLanes) {
    float got[kLanes];
    kernel_(got, &all[at], nullptr);
    for (unsigned l = 0; l < kLanes; ++l) {
      float want = 1 / all[at + l];
      if (!std::isnan(want))
        EXPECT_EQ(got[l], want) << all[at + l];
    }
  }
}

} // namespace
} // namespace anywarp::cpu
