// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/layout.h"

#include <algorithm>
#include <limits>

namespace anywarp::ptx {
namespace {

constexpr uint64_t kMaxBytes = std::numeric_limits<uint64_t>::max();

uint64_t multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kMaxBytes : product;
}

} // namespace

uint32_t sizeOf(Type type) {
  switch (type) {
  case Type::None:
  case Type::Pred:
    return 0;
  case Type::B8:
  case Type::U8:
  case Type::S8:
  case Type::E4M3:
  case Type::E5M2:
  case Type::E2M1:
  case Type::E2M3:
  case Type::E3M2:
  case Type::UE8M0:
  case Type::UE4M3:
  case Type::E2M1x2:
  case Type::U2:
  case Type::S2:
  case Type::U4:
  case Type::S4:
  case Type::B1:
    return 1;
  case Type::B16:
  case Type::U16:
  case Type::S16:
  case Type::F16:
  case Type::BF16:
  case Type::E4M3x2:
  case Type::E5M2x2:
  case Type::E2M3x2:
  case Type::E3M2x2:
  case Type::UE8M0x2:
  case Type::E2M1x4:
    return 2;
  case Type::B32:
  case Type::U32:
  case Type::S32:
  case Type::F16x2:
  case Type::BF16x2:
  case Type::TF32:
  case Type::F32:
  case Type::U16x2:
  case Type::S16x2:
  case Type::U8x4:
  case Type::S8x4:
  case Type::E4M3x4:
  case Type::E5M2x4:
  case Type::E2M3x4:
  case Type::E3M2x4:
    return 4;
  case Type::B64:
  case Type::U64:
  case Type::S64:
  case Type::F64:
  case Type::TexRef:
  case Type::SamplerRef:
  case Type::SurfRef:
  case Type::F32x2:
    return 8;
  case Type::B128:
    return 16;
  }
  return 0;
}

uint64_t sizeOf(const Variable& variable) {
  uint64_t bytes = multiply(sizeOf(variable.type), variable.vector);
  for (size_t i = 0; i < variable.dims.size(); ++i) {
    uint64_t count = variable.dims[i];
    if (i == 0 && count == 0 && variable.init) {
      // [] takes its length from the initialiser; the elements are flattened.
      uint64_t inner = variable.vector;
      for (size_t j = 1; j < variable.dims.size(); ++j)
        inner = multiply(inner, variable.dims[j]);
      uint64_t given = variable.init->elements.size();
      count = inner == 0 ? 0 : given / inner + (given % inner != 0);
    }
    bytes = multiply(bytes, count);
  }
  return bytes;
}

uint32_t alignOf(const Variable& variable) {
  if (variable.align != 0)
    return variable.align;
  uint64_t natural = multiply(sizeOf(variable.type), variable.vector);
  return static_cast<uint32_t>(std::clamp<uint64_t>(natural, 1, 32));
}

std::vector<ParamLayout> layoutParams(const std::vector<Variable>& params, uint32_t* total) {
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  std::vector<ParamLayout> layout;
  layout.reserve(params.size());
  uint64_t offset = 0;
  for (const Variable& param : params) {
    uint64_t align = std::max<uint32_t>(alignOf(param), 1);
    offset = std::min(kMax, (offset + align - 1) / align * align);
    uint64_t size = std::min(kMax - offset, sizeOf(param));
    layout.push_back(
        {static_cast<uint32_t>(offset), static_cast<uint32_t>(size), static_cast<uint32_t>(align)});
    offset += size;
  }
  if (total)
    *total = static_cast<uint32_t>(offset);
  return layout;
}

bool fits(const Prototype& prototype, const FunctionHeader& function) {
  auto same = [](const std::vector<Variable>& a, const std::vector<Variable>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Variable& x, const Variable& y) { return sizeOf(x) == sizeOf(y); });
  };
  return same(prototype.returns, function.returns) && same(prototype.params, function.params);
}

} // namespace anywarp::ptx
