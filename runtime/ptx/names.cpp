// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/names.h"

#include <iterator>

namespace anywarp::ptx {
namespace {

// In the order of enum Type.
constexpr std::string_view kTypeNames[] = {
    "",        "pred",   "b8",     "b16",    "b32",    "b64",     "b128",   "u8",     "u16",
    "u32",     "u64",    "s8",     "s16",    "s32",    "s64",     "f16",    "f16x2",  "bf16",
    "bf16x2",  "tf32",   "f32",    "f64",    "e4m3",   "e5m2",    "e4m3x2", "e5m2x2", "e2m1",
    "e2m3",    "e3m2",   "ue8m0",  "u16x2",  "s16x2",  "u8x4",    "s8x4",   "texref", "samplerref",
    "surfref", "ue4m3",  "e2m1x2", "e2m3x2", "e3m2x2", "ue8m0x2", "f32x2",  "e4m3x4", "e5m2x4",
    "e2m1x4",  "e2m3x4", "e3m2x4", "u2",     "s2",     "u4",      "s4",     "b1",
};
static_assert(std::size(kTypeNames) == size_t(Type::B1) + 1);

// In the order of enum Space.
constexpr std::string_view kSpaceNames[] = {"",      "reg",   "sreg",   "const", "global",
                                            "local", "param", "shared", "tex"};
static_assert(std::size(kSpaceNames) == size_t(Space::Tex) + 1);

} // namespace

std::optional<Type> typeFromName(std::string_view name) {
  for (size_t i = 1; i < std::size(kTypeNames); ++i)
    if (kTypeNames[i] == name)
      return static_cast<Type>(i);
  return std::nullopt;
}

std::optional<Space> spaceFromName(std::string_view name) {
  for (size_t i = 1; i < std::size(kSpaceNames); ++i)
    if (kSpaceNames[i] == name)
      return static_cast<Space>(i);
  return std::nullopt;
}

std::string_view nameOf(Type type) {
  return kTypeNames[static_cast<size_t>(type)];
}
std::string_view nameOf(Space space) {
  return kSpaceNames[static_cast<size_t>(space)];
}

} // namespace anywarp::ptx
