// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bounds-checked reads from untrusted bytes. Values are copied out, so alignment does not matter,
// and offsets cannot overflow: every check is "offset <= size and length <= size - offset".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace anywarp::image {

using Bytes = std::span<const std::byte>;

inline bool inside(Bytes bytes, uint64_t offset, uint64_t length) {
  return offset <= bytes.size() && length <= bytes.size() - offset;
}

template <typename T> bool read(Bytes bytes, uint64_t offset, T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (!inside(bytes, offset, sizeof(T)))
    return false;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return true;
}

// Empty where any of it is outside.
inline Bytes slice(Bytes bytes, uint64_t offset, uint64_t length) {
  return inside(bytes, offset, length) ? bytes.subspan(offset, length) : Bytes{};
}

inline std::string_view text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes bytesOf(std::string_view s) {
  return {reinterpret_cast<const std::byte*>(s.data()), s.size()};
}

// NUL-terminated string; empty where it is outside or not terminated.
inline std::string_view cString(Bytes bytes, uint64_t offset) {
  if (offset >= bytes.size())
    return {};
  std::string_view rest = text(bytes.subspan(offset));
  size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

} // namespace anywarp::image
