// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Properties of PTX types that lowering asks for. Stateless.
#pragma once

#include "ptx/ast.h"
#include "ptx/layout.h"

namespace anywarp::ptx {

inline bool isSigned(Type t) {
  return t == Type::S8 || t == Type::S16 || t == Type::S32 || t == Type::S64;
}
inline bool isUnsigned(Type t) {
  return t == Type::U8 || t == Type::U16 || t == Type::U32 || t == Type::U64;
}
inline bool isInteger(Type t) {
  return isSigned(t) || isUnsigned(t);
}
inline bool isBits(Type t) {
  return t >= Type::B8 && t <= Type::B128;
}
// Types whose values are LLVM float or double; 16-bit floats live in integers.
inline bool isWideFloat(Type t) {
  return t == Type::F32 || t == Type::F64;
}
inline bool isHalf(Type t) {
  return t == Type::F16 || t == Type::BF16;
}
inline bool isHalfPair(Type t) {
  return t == Type::F16x2 || t == Type::BF16x2;
}
inline bool isFloat(Type t) {
  return isWideFloat(t) || isHalf(t);
}
inline unsigned bitsOf(Type t) {
  return t == Type::Pred ? 1 : 8 * sizeOf(t);
}
// One part of a packed pair.
inline Type partOf(Type t) {
  switch (t) {
  case Type::F16x2:
    return Type::F16;
  case Type::BF16x2:
    return Type::BF16;
  case Type::U16x2:
    return Type::U16;
  case Type::S16x2:
    return Type::S16;
  default:
    return t;
  }
}
inline Type widened(Type t) {
  switch (t) {
  case Type::U16:
    return Type::U32;
  case Type::S16:
    return Type::S32;
  case Type::U32:
    return Type::U64;
  case Type::S32:
    return Type::S64;
  default:
    return t;
  }
}

} // namespace anywarp::ptx
