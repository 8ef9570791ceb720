// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arguments for a call of any function: plausible ones, but for one that is wrong on purpose. What
// pointers point to is zeros; live and destroyed objects are put in by the test. One thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <vector>

enum class Kind { Out, In, Text, Handle, Address, Device, Enum, Number, Function, Struct };

// With what the type itself says: records do not know all types of the runtime API.
template <typename T> constexpr Kind kindOf(Kind recorded) {
  if constexpr (std::is_enum_v<T>)
    return Kind::Enum;
  else if constexpr (std::is_class_v<T> || std::is_union_v<T>)
    return Kind::Struct;
  else if constexpr (std::is_pointer_v<T>)
    if (std::is_function_v<std::remove_pointer_t<T>>)
      return Kind::Function;
  return recorded;
}

struct Param {
  const char* name;
  Kind kind;
};

class Arguments {
public:
  // Unknown: what is no object, a device or value that there is not. Gone: a destroyed object.
  enum class How { Null, Unknown, Gone };

  template <typename T> void put(T live) { live_[typeid(T)] = word(live); }
  template <typename T> void putGone(T destroyed) { gone_[typeid(T)] = word(destroyed); }
  void setAddress(uint64_t address) { address_ = address; }
  // Argument `index` is wrong from now on, and memory is zeros again; -1: none.
  void spoil(int index, How how) {
    wrong_ = index;
    how_ = how;
    std::memset(memory_.data(), 0, memory_.size());
    std::memset(dead_, 0, sizeof dead_);
  }
  // All are null or 0.
  void nothing(bool on) { nothing_ = on; }

  template <typename T> T get(int i, Kind kind) {
    if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
      T value;
      std::memset(static_cast<void*>(&value), 0, sizeof value);
      return value;
    } else {
      uint64_t bits = nothing_ ? 0 : i == wrong_ ? spoilt<T>(kind) : plausible<T>(i, kind);
      if constexpr (std::is_pointer_v<T>)
        return reinterpret_cast<T>(uintptr_t(bits));
      else
        return static_cast<T>(bits);
    }
  }

private:
  static constexpr size_t kEach = 1 << 16, kMost = 16; // bytes, parameters

  template <typename T> static uintptr_t word(T value) {
    if constexpr (std::is_pointer_v<T>)
      return reinterpret_cast<uintptr_t>(value);
    else
      return uintptr_t(value);
  }
  uintptr_t scratch(int i) {
    return reinterpret_cast<uintptr_t>(memory_.data()) + size_t(i) * kEach;
  }
  uintptr_t dead() { return reinterpret_cast<uintptr_t>(dead_); }
  static int function() { return 0; }

  template <typename T> uint64_t spoilt(Kind kind) {
    if (how_ == How::Null)
      return 0;
    if (kind != Kind::Handle)
      return 0x7ffffff0;
    auto it = gone_.find(typeid(T));
    return how_ == How::Unknown || it == gone_.end() ? dead() : it->second;
  }
  template <typename T> uint64_t plausible(int i, Kind kind) {
    switch (kind) {
    case Kind::Out:
    case Kind::In:
      return scratch(i);
    case Kind::Text:
      return reinterpret_cast<uintptr_t>("text");
    case Kind::Handle: {
      auto it = live_.find(typeid(T));
      return it == live_.end() ? dead() : it->second;
    }
    case Kind::Address:
      return address_;
    case Kind::Function:
      return reinterpret_cast<uintptr_t>(&function);
    case Kind::Number:
      return 1;
    default:
      return 0;
    }
  }

  std::map<std::type_index, uintptr_t> live_, gone_;
  uint64_t address_ = 0;
  int wrong_ = -1;
  How how_ = How::Null;
  bool nothing_ = false;
  std::vector<unsigned char> memory_ = std::vector<unsigned char>(kEach * kMost);
  alignas(64) unsigned char dead_[4096] = {};
};
