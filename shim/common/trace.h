// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How generated entry points write their arguments into a trace line (support/trace.h). Pointers
// print as addresses, C strings as text; what a call wrote is printed only after success.
#pragma once

#include "support/trace.h"

#include <string>
#include <string_view>
#include <type_traits>

namespace anywarp::shim {

template <typename T> void traceArg(trace::Call& call, std::string_view name, T value) {
  if constexpr (std::is_same_v<T, const char*>) {
    if (value)
      return call.arg(name, std::string_view(value));
  }
  if constexpr (std::is_function_v<std::remove_pointer_t<T>>)
    call.arg(name, reinterpret_cast<const void*>(value));
  else
    call.arg(name, value);
}

// An enumerator: its name, or its number when it has none.
template <typename T>
void traceArg(trace::Call& call, std::string_view name, std::string_view text, T value) {
  if (text.empty())
    call.arg(name, static_cast<long long>(value));
  else
    call.arg(name, text);
}

template <typename T> void traceResult(trace::Call& call, std::string_view text, T value) {
  call.result(text.empty() ? std::to_string(static_cast<long long>(value)) : std::string(text));
}

template <typename T>
void traceOut(trace::Call& call, std::string_view name, T* pointer, bool success) {
  if (!success || !pointer)
    return;
  if constexpr (std::is_arithmetic_v<T> || std::is_pointer_v<T> || std::is_enum_v<T>) {
    if constexpr (!std::is_same_v<T, char> && !std::is_same_v<T, unsigned char>)
      call.out(name, *pointer);
  }
}
inline void traceOut(trace::Call&, std::string_view, const void*, bool) {}
inline void traceOut(trace::Call&, std::string_view, void*, bool) {}

} // namespace anywarp::shim
