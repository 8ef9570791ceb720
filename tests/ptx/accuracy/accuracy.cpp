// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx_accuracy: largest errors of the approximate instructions against the PTX manual's bounds.
// Exits with 1 if one is exceeded.
//
//   --all              every input (2^32 for f32; every 17th with .ftz), not a sample
//   --filter TEXT      only instructions whose name contains TEXT
//   --write FILE.md    the table of docs/coverage/accuracy.md
#include "measure.h"
#include "ptx/names.h"
#include "reference.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace anywarp::ptxaccuracy {
namespace {

using namespace ptxsweep;
using ptx::Type;

struct Options {
  bool all = false;
  std::string filter, file;
};

std::string number(const char* format, double x) {
  char text[64];
  snprintf(text, sizeof text, format, x);
  return text;
}

std::string errorText(const Worst& w) {
  if (w.error < 0)
    return "no input";
  if (w.error == 0)
    return "0";
  return w.range->measure == Measure::Ulp ? number("%.3f ulp", w.error)
         : w.range->measure == Measure::Relative
             ? "relative 2^" + number("%.2f", std::log2(w.error))
             : "absolute 2^" + number("%.2f", std::log2(w.error));
}

std::string hex(uint64_t x, unsigned bits) {
  char text[32];
  snprintf(text, sizeof text, "0x%0*llx", int(bits / 4), static_cast<unsigned long long>(x));
  return text;
}

class Report {
public:
  void add(const Measured& m, unsigned bits) {
    for (const Worst& w : m.ranges)
      row(m.instruction, w.range->text, std::to_string(m.inputs), w.range->stated, errorText(w),
          w.error > 0 ? hex(w.input, bits) : "");
    verdict(m.instruction, m.withinBounds(), m.error.empty() ? m.firstWrong : m.error);
  }
  void add(const MeasuredQuotient& m) {
    row(m.instruction, "random pairs", std::to_string(m.pairs), "2 ulp", number("%.3f ulp", m.ulps),
        hex(m.a, 32) + " / " + hex(m.b, 32));
    verdict(m.instruction, m.error.empty() && m.wrong == 0 && m.ulps <= 2,
            m.error.empty() ? m.firstWrong : m.error);
  }
  bool good() const { return good_ && !table_.empty(); }
  const std::string& table() const { return table_; }

private:
  void row(const std::string& instruction, const std::string& range, const std::string& inputs,
           const std::string& bound, const std::string& error, const std::string& at) {
    table_ += "| `" + instruction + "` | " + range + " | " + inputs + " | " + bound + " | " +
              error + " | " + (at.empty() ? "" : "`" + at + "`") + " |\n";
    printf("%-22s %-14s %12s  %-18s %-18s %s\n", instruction.c_str(), range.c_str(), inputs.c_str(),
           bound.c_str(), error.c_str(), at.c_str());
    fflush(stdout);
  }
  void verdict(const std::string& instruction, bool good, const std::string& detail) {
    good_ &= good;
    if (!good)
      printf("FAILED %s: %s\n", instruction.c_str(),
             detail.empty() ? "bound exceeded" : detail.c_str());
  }
  bool good_ = true;
  std::string table_;
};

void measureAll(const Options& o, Report& report) {
  for (const Approximation& a : approximations())
    for (bool ftz : {false, true}) {
      // The forms that exist: ex2.ftz.bf16 and ex2.f16, no tanh.ftz, rcp.f64 with .ftz only.
      bool exists = a.type == Type::F32   ? a.mnemonic != "tanh" || !ftz
                    : a.type == Type::F64 ? a.mnemonic == "rsqrt" || ftz
                                          : ftz == (a.type == Type::BF16 && a.mnemonic == "ex2");
      std::string name = std::string(a.mnemonic) + ".approx" + (ftz ? ".ftz." : ".") +
                         std::string(ptx::nameOf(a.type));
      if (!exists || name.find(o.filter) == std::string::npos)
        continue;
      bool small = formatOf(a.type).width == 16;
      uint64_t step = small                 ? 1
                      : a.type == Type::F64 ? (o.all ? 997 : 99991)
                      : !o.all              ? 997
                      : ftz                 ? 17 // differs from the other form by flushes only
                                            : 1;
      report.add(measure(a, ftz, step), formatOf(a.type).width);
    }
  for (bool full : {false, true})
    for (bool ftz : {false, true})
      if (std::string(full ? "div.full" : "div.approx").find(o.filter) != std::string::npos)
        report.add(measureQuotient(full, ftz, o.all ? 1ull << 27 : 1ull << 20));
}

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    bool more = i + 1 < argc;
    if (!strcmp(argv[i], "--all"))
      o.all = true;
    else if (!strcmp(argv[i], "--filter") && more)
      o.filter = argv[++i];
    else if (!strcmp(argv[i], "--write") && more)
      o.file = argv[++i];
    else
      return false;
  }
  return true;
}

constexpr const char* kIntroduction =
    "# Accuracy of the approximate instructions\n\n"
    "Made by `build/dev/tests/ptx_accuracy --all --write docs/coverage/accuracy.md`; do not "
    "edit.\n\n"
    "Each instruction runs as vector code of the gang compiler; *number* says over how many "
    "inputs. `--all` takes\n"
    "all of f32 without `.ftz` and of the 16-bit types, every 17th of f32 with `.ftz`, every 997th "
    "upper half of\n"
    "f64 and 2^27 random quotients. The reference is double precision; the worst input of each row "
    "is measured\n"
    "again with MPFR (200 bits). Bounds are those of the PTX ISA 9.0 manual; its tables of special "
    "inputs\n"
    "(infinities, zeros, NaN, negative numbers, subnormals with and without `.ftz`) are checked "
    "for every input\n"
    "taken. Results of other roundings (`.rn`, `.rz`, `.rm`, `.rp`) are exact: tests/ptx/sweep.\n\n"
    "| instruction | inputs | number | bound | largest error | at |\n|---|---|---|---|---|---|\n";

} // namespace
} // namespace anywarp::ptxaccuracy

int main(int argc, char** argv) {
  using namespace anywarp::ptxaccuracy;
  Options o;
  if (!parse(argc, argv, o))
    return fprintf(stderr, "usage: ptx_accuracy [--all] [--filter TEXT] [--write FILE.md]\n"), 2;
  Report report;
  measureAll(o, report);
  if (!o.file.empty()) {
    std::ofstream out(o.file);
    out << kIntroduction << report.table();
    out.close();
    if (!out)
      return fprintf(stderr, "ptx_accuracy: cannot write %s\n", o.file.c_str()), 1;
  }
  return report.good() ? 0 : 1;
}
