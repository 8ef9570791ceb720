// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls of every function of one API with one wrong argument each, and which answers are right: the
// errors that the manual names for the function, and those that it names for all functions (an
// invalid value, handle, device). Success only where the manual lets the argument be null.
#pragma once

#include "arguments.h"

#include <algorithm>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

struct Call {
  const char *symbol, *name;
  bool needsInit;
  std::vector<Param> params;
  int (*run)(void* function, Arguments& arguments);
  std::vector<int> documented; // errors; empty: the manual names none
};

// Codes that are the same in both APIs.
inline constexpr int kInvalidValue = 1, kInvalidDevice = 101, kInvalidContext = 201,
                     kInvalidHandle = 400, kContextIsDestroyed = 709;

struct Exceptions {
  std::set<std::string> skipped;              // functions
  std::set<std::string> mayBeNull;            // "function parameter" or "parameter"
  std::set<std::string> mayHaveAny;           // "function parameter": every value is right
  std::set<std::pair<std::string, int>> more; // errors of a function besides those of its page
};

class MisuseTest : public ::testing::Test {
protected:
  using How = Arguments::How;

  static int run(const Call& call, Arguments& arguments) {
    void* function = dlsym(RTLD_DEFAULT, call.symbol);
    EXPECT_TRUE(function) << call.symbol;
    return function ? call.run(function, arguments) : 0;
  }
  static bool documents(const Call& call, int code) {
    return std::find(call.documented.begin(), call.documented.end(), code) != call.documented.end();
  }
  static bool wants(How how, Kind kind) {
    switch (kind) {
    case Kind::Out:
    case Kind::In:
    case Kind::Text:
    case Kind::Function:
    case Kind::Address:
      return how == How::Null;
    case Kind::Handle:
      return true;
    case Kind::Device:
    case Kind::Enum:
      return how == How::Unknown;
    default:
      return false;
    }
  }
  static bool right(const Call& call, const Param& param, int code, How how,
                    const Exceptions& exceptions) {
    std::string place = std::string(call.name) + " " + param.name;
    if (code == 0)
      return how == How::Null
                 ? exceptions.mayBeNull.contains(place) || exceptions.mayBeNull.contains(param.name)
                 : exceptions.mayHaveAny.contains(place);
    if (documents(call, code) || code == kInvalidValue ||
        exceptions.more.contains({call.name, code}))
      return true;
    if (param.kind == Kind::Device)
      return code == kInvalidDevice;
    return param.kind == Kind::Handle &&
           (code == kInvalidHandle || code == kInvalidContext || code == kContextIsDestroyed);
  }
  // Each argument of each function in turn; `after` restores what a call may have changed.
  template <typename After>
  static void spoilEach(const std::vector<Call>& calls, Arguments& arguments, How how,
                        const Exceptions& exceptions, After after) {
    size_t count = 0;
    for (const Call& call : calls) {
      if (exceptions.skipped.contains(call.name))
        continue;
      for (size_t i = 0; i < call.params.size(); ++i) {
        if (!wants(how, call.params[i].kind))
          continue;
        arguments.spoil(int(i), how);
        int code = run(call, arguments);
        EXPECT_TRUE(right(call, call.params[i], code, how, exceptions))
            << call.symbol << ": " << call.params[i].name
            << (how == How::Null      ? " is null"
                : how == How::Unknown ? " is unknown"
                                      : " is destroyed")
            << ": error " << code;
        after();
        ++count;
      }
    }
    EXPECT_GT(count, 100u);
  }
};
