// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "measure.h"

#include "gang_runner.h"
#include "parallel.h"
#include "ptx/names.h"
#include "reference.h"
#include "vector_math.h"

#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <mpfr.h>
#include <pthread.h>
#include <random>
#include <thread>

namespace anywarp::ptxaccuracy {

using namespace ptxsweep;
using ptx::Type;

namespace {

constexpr size_t kBlock = 4096; // inputs of one launch
constexpr uint32_t kThreads = 128;

std::string instructionOf(const Approximation& a, bool ftz) {
  return std::string(a.mnemonic) + ".approx" + (ftz ? ".ftz." : ".") +
         std::string(ptx::nameOf(a.type));
}

std::string unaryKernel(const std::string& instruction, Type type) {
  std::string bits = std::to_string(formatOf(type).width),
              bytes = std::to_string(formatOf(type).width / 8);
  std::string reg = type == Type::F32 ? "f32" : type == Type::F64 ? "f64" : "b16";
  return ".version 9.0\n.target sm_90\n.address_size 64\n"
         ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n  .reg .b32 %a, %b, %c;\n"
         "  .reg .b64 %i, %in, %o;\n  .reg ." +
         reg +
         " %x, %y;\n"
         "  mov.u32 %a, %ctaid.x;\n  mov.u32 %b, %ntid.x;\n  mov.u32 %c, %tid.x;\n"
         "  mad.lo.u32 %a, %a, %b, %c;\n  mul.wide.u32 %i, %a, " +
         bytes +
         ";\n"
         "  ld.param.u64 %in, [in];\n  ld.param.u64 %o, [out];\n  add.u64 %in, %in, %i;\n"
         "  add.u64 %o, %o, %i;\n  ld.global." +
         reg + " %x, [%in];\n  " + instruction +
         " %y, %x;\n"
         "  st.global." +
         reg + " [%o], %y;\n  ret;\n}\n";
}

void evaluate(mpfr_t y, std::string_view mnemonic, double x) {
  mpfr_t v;
  mpfr_init2(v, 60);
  mpfr_set_d(v, x, MPFR_RNDN);
  if (mnemonic == "rcp")
    mpfr_ui_div(y, 1, v, MPFR_RNDN);
  else if (mnemonic == "sqrt")
    mpfr_sqrt(y, v, MPFR_RNDN);
  else if (mnemonic == "rsqrt")
    mpfr_rec_sqrt(y, v, MPFR_RNDN);
  else if (mnemonic == "sin")
    mpfr_sin(y, v, MPFR_RNDN);
  else if (mnemonic == "cos")
    mpfr_cos(y, v, MPFR_RNDN);
  else if (mnemonic == "lg2")
    mpfr_log2(y, v, MPFR_RNDN);
  else if (mnemonic == "ex2")
    mpfr_exp2(y, v, MPFR_RNDN);
  else
    mpfr_tanh(y, v, MPFR_RNDN);
  mpfr_clear(v);
}

// The error of a result in the unit of the range, with 200 bits.
double exactError(const Approximation& a, double x, double got, const Range& range) {
  mpfr_t want, error, unit;
  mpfr_inits2(200, want, error, unit, nullptr);
  evaluate(want, a.mnemonic, x);
  mpfr_set_d(error, got, MPFR_RNDN);
  if (std::isinf(got)) // as errorOf(): as if the exponents went on
    mpfr_set_d(error, std::copysign(std::ldexp(1.0, formatOf(a.type).most + 1), got), MPFR_RNDN);
  mpfr_sub(error, error, want, MPFR_RNDN);
  mpfr_abs(error, error, MPFR_RNDN);
  const Format& f = formatOf(a.type);
  if (range.measure == Measure::Relative) {
    mpfr_div(error, error, want, MPFR_RNDN);
  } else if (range.measure == Measure::Ulp) {
    int exponent = std::max(int(mpfr_get_exp(want)) - 1, f.least);
    mpfr_set_ui_2exp(unit, 1, exponent - int(f.mantissa), MPFR_RNDN);
    mpfr_div(error, error, unit, MPFR_RNDN);
  }
  double r = std::fabs(mpfr_get_d(error, MPFR_RNDU));
  mpfr_clears(want, error, unit, nullptr);
  return r;
}

struct Scan {
  const Approximation& a;
  bool ftz;
  uint64_t step, total;
  std::string text;
  std::atomic<uint64_t> next{0};
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // guards result
  Measured result;

  uint64_t inputAt(uint64_t i) const {
    uint64_t x = i * step;
    if (a.type != Type::F64)
      return x;
    return x << 32 | (x * 0x9e3779b1 & 0xffffffff); // some lower half
  }

  void operator()() {
    GangRunner runner;
    std::string error =
        runner.compile(text, "k", {spmd::BlockShape::Row, spmd::BarrierMode::Resume, false}, "");
    Measured mine;
    for (const Range& r : a.ranges)
      mine.ranges.push_back({&r, 0, 0, -1});
    for (uint64_t first; error.empty() && (first = next.fetch_add(kBlock)) < total;)
      block(runner, first, mine);
    pthread_mutex_lock(&mutex);
    merge(mine, error);
    pthread_mutex_unlock(&mutex);
  }

  void merge(const Measured& mine, const std::string& error) {
    if (!error.empty())
      result.error = error;
    for (size_t i = 0; i < result.ranges.size(); ++i)
      if (mine.ranges[i].error > result.ranges[i].error)
        result.ranges[i] = mine.ranges[i];
    result.inputs += mine.inputs;
    result.wrongSpecials += mine.wrongSpecials;
    if (result.firstWrong.empty())
      result.firstWrong = mine.firstWrong;
  }

  void block(GangRunner& runner, uint64_t first, Measured& mine) {
    if (a.type == Type::F32)
      return floatBlock(runner, first, mine);
    thread_local std::vector<uint64_t> codes(kBlock);
    thread_local std::vector<char> in(kBlock * 8), out(kBlock * 8);
    const Format& f = formatOf(a.type);
    size_t bytes = f.width / 8;
    for (size_t i = 0; i < kBlock; ++i) {
      codes[i] = inputAt(first + i) & maskOf(f.width);
      memcpy(in.data() + i * bytes, &codes[i], bytes);
    }
    runner.run(kBlock / kThreads, kThreads, {uint64_t(in.data()), uint64_t(out.data())});
    mine.inputs += kBlock;
    for (size_t i = 0; i < kBlock; ++i) {
      uint64_t got = 0;
      memcpy(&got, out.data() + i * bytes, bytes);
      double x = valueOfCode(ftz ? flush(codes[i], f) : codes[i], a.type);
      check(codes[i], got, x, a.exact(x), mine);
    }
  }

  void floatBlock(GangRunner& runner, uint64_t first, Measured& mine) {
    thread_local std::vector<uint32_t> in(kBlock);
    thread_local std::vector<float> out(kBlock);
    thread_local std::vector<double> x(kBlock), y(kBlock);
    thread_local std::vector<uint8_t> look(kBlock);
    floatInputs(uint32_t(first * step), uint32_t(step), ftz, a.reach, in.data(), x.data(), kBlock);
    runner.run(kBlock / kThreads, kThreads, {uint64_t(in.data()), uint64_t(out.data())});
    if (a.mnemonic == "rcp")
      reciprocals(x.data(), y.data(), kBlock);
    else if (a.mnemonic == "sqrt")
      roots(x.data(), y.data(), kBlock);
    else if (a.mnemonic == "rsqrt")
      reciprocalRoots(x.data(), y.data(), kBlock);
    else
      mapDoubles(a.vector, a.exact, x.data(), y.data(), kBlock);
    mine.inputs += kBlock;
    if (!pick(reinterpret_cast<const float*>(in.data()), out.data(), x.data(), y.data(),
              thresholds(mine), a.reach, look.data(), kBlock))
      return;
    for (size_t i = 0; i < kBlock; ++i)
      if (look[i]) // numbers beyond the reach lost their value
        check(in[i], std::bit_cast<uint32_t>(out[i]),
              valueOfCode(ftz ? flush(in[i], kF32) : in[i], Type::F32), y[i], mine);
  }

  // An error is a new worst one only if it exceeds the least of its kind so far.
  static Thresholds thresholds(const Measured& mine) {
    double least[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    for (const Worst& w : mine.ranges)
      least[int(w.range->measure)] = std::min(least[int(w.range->measure)], std::max(w.error, 0.0));
    return {least[int(Measure::Ulp)], least[int(Measure::Relative)], least[int(Measure::Absolute)]};
  }

  void check(uint64_t code, uint64_t got, double x, double exact, Measured& mine) {
    double size = std::fabs(x);
    bool outside = size > a.reach;
    // The manual's tables, and what has a known place but no error.
    if (x == 0 || !(size < INFINITY) || outside || !std::isfinite(exact)) {
      if (!isAcceptable(a, code, got, ftz)) {
        char text[96];
        snprintf(text, sizeof text, "input 0x%llx gives 0x%llx",
                 static_cast<unsigned long long>(code), static_cast<unsigned long long>(got));
        if (mine.wrongSpecials++ == 0)
          mine.firstWrong = text;
      }
      return;
    }
    for (Worst& w : mine.ranges) {
      if (!w.range->holds(x))
        continue;
      double e = errorOf(got, exact, a.type, ftz, w.range->measure);
      if (a.type == Type::F64 && std::isfinite(e)) // double is no reference for double
        e = size == 0 || std::fabs(exact) < 0x1p-1022
                ? 0
                : exactError(a, x, valueOfCode(got, a.type), *w.range);
      if (e > w.error) {
        w.error = e;
        w.input = code;
        w.result = got;
      }
    }
  }
};

} // namespace

bool Measured::withinBounds() const {
  if (!error.empty() || wrongSpecials)
    return false;
  for (const Worst& w : ranges)
    if (w.range->bound != 0 && !(w.error <= w.range->bound))
      return false;
  return true;
}

Measured measure(const Approximation& a, bool ftz, uint64_t step) {
  uint64_t all = formatOf(a.type).width == 16 ? 1ull << 16 : 1ull << 32;
  std::string instruction = instructionOf(a, ftz);
  Scan scan{
      a, ftz, step, all / step, unaryKernel(instruction, a.type), {}, PTHREAD_MUTEX_INITIALIZER,
      {}};
  scan.total = (scan.total + kBlock - 1) / kBlock * kBlock; // goes round
  scan.result.instruction = instruction;
  for (const Range& r : a.ranges)
    scan.result.ranges.push_back({&r, 0, 0, -1});
  inParallel(processors(), [&](size_t) { scan(); });
  for (Worst& w : scan.result.ranges) {
    uint64_t code = ftz ? flush(w.input, formatOf(a.type)) : w.input;
    if (w.error > 0 && std::isfinite(w.error) && a.type != Type::F64)
      w.error = exactError(a, valueOfCode(code, a.type), valueOfCode(w.result, a.type), *w.range);
  }
  return scan.result;
}

MeasuredQuotient measureQuotient(bool full, bool ftz, uint64_t pairs) {
  MeasuredQuotient m;
  m.instruction = std::string("div.") + (full ? "full" : "approx") + (ftz ? ".ftz" : "") + ".f32";
  std::string text = unaryKernel(m.instruction, Type::F32);
  // The same kernel with a second input.
  text.replace(text.find(".param .u64 out"), 15, ".param .u64 out, .param .u64 in2");
  text.replace(text.find(".reg .f32 %x"), 12, ".reg .b64 %in2; .reg .f32 %z, %x");
  size_t at = text.find("  " + m.instruction);
  text.insert(
      at, "  ld.param.u64 %in2, [in2];\n  add.u64 %in2, %in2, %i;\n  ld.global.f32 %z, [%in2];\n");
  text.replace(text.find("%y, %x;"), 7, "%y, %x, %z;");
  struct Run {
    MeasuredQuotient& m;
    std::string& text;
    bool full, ftz;
    uint64_t pairs;
    void operator()() {
      GangRunner runner;
      m.error =
          runner.compile(text, "k", {spmd::BlockShape::Row, spmd::BarrierMode::Resume, false}, "");
      std::mt19937_64 random(7);
      std::vector<uint32_t> a(kBlock), b(kBlock), q(kBlock);
      while (m.error.empty() && m.pairs < pairs) {
        for (size_t i = 0; i < kBlock; ++i) {
          uint64_t r = random();
          a[i] = uint32_t(r);
          b[i] = uint32_t(r >> 32);
          if (i % 4 == 0) // quotients near one
            b[i] = (b[i] & 0x807fffff) | (a[i] & 0x7f800000);
          if (i % 64 == 1) // large and small divisors
            b[i] = (b[i] & 0x80ffffff) | (i % 128 == 1 ? 0x7e000000 : 0);
        }
        runner.run(kBlock / kThreads, kThreads,
                   {uint64_t(a.data()), uint64_t(q.data()), uint64_t(b.data())});
        for (size_t i = 0; i < kBlock; ++i) {
          double ulps = 0;
          if (!isAcceptableQuotient(full, ftz, a[i], b[i], q[i], &ulps) && m.wrong++ == 0) {
            char s[96];
            snprintf(s, sizeof s, "0x%08x / 0x%08x gives 0x%08x", a[i], b[i], q[i]);
            m.firstWrong = s;
          }
          if (ulps > m.ulps) {
            m.ulps = ulps;
            m.a = a[i];
            m.b = b[i];
          }
        }
        m.pairs += kBlock;
      }
    }
  } run{m, text, full, ftz, pairs};
  inParallel(1, [&](size_t) { run(); });
  return m;
}

} // namespace anywarp::ptxaccuracy
