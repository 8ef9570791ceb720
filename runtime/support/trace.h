// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Trace lines for ANYWARP_TRACE=api,launch,memory,jit: where ANYWARP_LOG writes, whatever its
// level. Off, a traced call costs one relaxed load. Safe from any thread.
#pragma once

#include "support/export.h"

#include <atomic>
#include <cstdint>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <type_traits>

namespace anywarp::trace {

// kTimeline: events for support/timeline.h; not a kind of line.
enum Category : unsigned { kApi = 1, kLaunch = 2, kMemory = 4, kJit = 8, kTimeline = 16 };

namespace detail {
inline constexpr unsigned kUnset = 1u << 31;
AW_API extern std::atomic<unsigned> mask;
AW_API unsigned readMask();
AW_API uint64_t nowNs();
} // namespace detail

inline bool on(unsigned categories) {
  unsigned mask = detail::mask.load(std::memory_order_relaxed);
  if (mask == detail::kUnset) [[unlikely]]
    mask = detail::readMask();
  return mask & categories;
}
// Somebody wants to know of API calls.
inline bool calls() {
  return on(kApi | kTimeline);
}

// "anywarp: launch: text"
AW_API void write(Category category, std::string_view text);
template <typename... Args>
void line(Category category, fmt::format_string<Args...> f, Args&&... args) {
  if (on(category)) [[unlikely]]
    write(category, fmt::format(f, std::forward<Args>(args)...));
}

// One API call: `cudaMalloc(devPtr=0x7ffc.., size=4096) -> cudaSuccess {*devPtr=0x..} 12us`.
//   trace::Call call("cudaMalloc");
//   if (call.on()) { call.arg("devPtr", devPtr); call.arg("size", size); }
//   ...
//   if (call.on()) { call.result("cudaSuccess"); call.out("*devPtr", *devPtr); }
// The line is written, and the event recorded, when the object goes.
class Call {
public:
  explicit Call(const char* name) {
    if (calls()) [[unlikely]]
      begin(name);
  }
  ~Call() {
    if (name_) [[unlikely]]
      end();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool on() const { return on_; } // a line is wanted
  template <typename T> void arg(std::string_view name, const T& value) {
    if (on_)
      add(args_, name, print(value));
  }
  template <typename T> void out(std::string_view name, const T& value) {
    if (on_)
      add(outs_, name, print(value));
  }
  void result(std::string_view text) {
    if (on_)
      result_ = text;
  }

private:
  template <typename T> static std::string print(const T& value) {
    if constexpr (std::is_convertible_v<T, std::string_view> && !std::is_pointer_v<T>)
      return fmt::format("\"{}\"", std::string_view(value));
    else if constexpr (std::is_pointer_v<T>)
      return fmt::format("{:#x}", reinterpret_cast<uintptr_t>(value));
    else if constexpr (std::is_enum_v<T>)
      return fmt::format("{}", static_cast<std::underlying_type_t<T>>(value));
    else if constexpr (std::is_arithmetic_v<T>)
      return fmt::format("{}", value);
    else
      return "{..}";
  }
  AW_API void begin(const char* name);
  AW_API void end();
  AW_API static void add(std::string& list, std::string_view name, std::string_view value);

  bool on_ = false, timed_ = false;
  const char* name_ = nullptr; // null: nobody wants to know
  uint64_t start_ = 0;
  std::string args_, outs_, result_;
};

} // namespace anywarp::trace
