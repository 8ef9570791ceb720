// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/opencl.h"

#include "problem.h"

using namespace bench;
using namespace bench::black_scholes;

static int run(const char* name) {
  Problem p;
  Buffer price(p.price), strike(p.strike), years(p.years), call(kOptions * 4), put(kOptions * 4);
  Program program("black_scholes/kernel.cl", {{"RATE", kRate}, {"VOLATILITY", kVolatility}});
  auto launch =
      program.launch("blackScholes", {kOptions}, {128}, kOptions, price, strike, years, call, put);
  return measureLaunch(
      name, launch, [&] { return p.check(call.host<float>().data(), put.host<float>().data()); });
}
BENCHMARK("black_scholes", run);
