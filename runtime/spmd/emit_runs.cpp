// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses that are not known to be contiguous but often are: a look before the gather or scatter.
#include "spmd/gang_emitter.h"
#include "spmd/narrow.h"
#include "spmd/regular.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {

// How many neighbouring lanes may well be contiguous; 0: nothing speaks for it. An unsigned index
// that could wrap, lanes that may have come different ways but rarely do, what is computed as
// indices are; in tiles it is the rows that can be contiguous.
unsigned GangEmitter::probableRun(Value* pointer, const Shape& s, int64_t size) const {
  if (s.isHint())
    return s.group == kLanes && s.stride == size ? kLanes : 0;
  if (s.group)
    return 0;
  Shape together = shapeIn(pointer, Coherent);
  if (together.group)
    return together.stride == size ? together.group : 0;
  if (!isRegular(pointer, shapes_))
    return 0;
  return options_.shape == BlockShape::Tile16 ? 16 : options_.shape == BlockShape::Tile8 ? 8 : 32;
}

// What the lanes would hold if they were of shape `s`, whatever `first` (of each group, or of the
// gang where `s` is scalar) is. `lanes` are numbers or pointers.
Value* GangEmitter::shapedAs(Value* lanes, const Shape& s, Value*& first) {
  Type* element = lanes->getType()->getScalarType();
  Type* number = element->isPointerTy() ? b_.getInt64Ty() : element;
  SmallVector<int, kLanes> firsts;
  SmallVector<Constant*, kLanes> offsets;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    bool whole = s.isScalar();
    firsts.push_back(whole ? 0 : int(lane - lane % s.group));
    int64_t offset = whole ? s.offsetOf(lane) : s.stride * int64_t(lane % s.group);
    offsets.push_back(ConstantInt::get(number, uint64_t(offset)));
  }
  first = b_.CreateShuffleVector(lanes, firsts);
  Constant* apart = ConstantVector::get(offsets);
  return element->isPointerTy() ? b_.CreateGEP(b_.getInt8Ty(), first, apart)
                                : b_.CreateAdd(first, apart);
}

// i1: the active lanes of every run are as far from the run's first lane as in memory. That one may
// be idle: what it holds is a guess then, which the others confirm or do not.
Value* GangEmitter::areRuns(Value* pointers, unsigned run, int64_t size) {
  auto narrow = narrowAddress(pointers);
  if (narrow && uint64_t(size) % narrow->scale)
    narrow.reset();
  int64_t step = narrow ? size / int64_t(narrow->scale) : size;
  Value* lanes = narrow ? narrow->index : pointers;
  Value* first;
  Value* same =
      b_.CreateICmpEQ(lanes, shapedAs(lanes, Shape::affine(uint8_t(run), step, 0), first));
  if (mask_)
    same = b_.CreateOr(same, b_.CreateNot(mask_));
  Value* result = all(same);
  // The indices must not wrap between a run's lanes: they are extended before they are added.
  for (unsigned lane = 0; narrow && lane < kLanes; lane += run) {
    Value* lowest = b_.CreateExtractElement(lanes, uint64_t(lane));
    uint32_t highest = narrow->isSigned ? uint32_t(INT32_MAX) : UINT32_MAX;
    result = b_.CreateAnd(result,
                          b_.CreateICmp(narrow->isSigned ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE,
                                        lowest, b_.getInt32(highest - uint32_t(step) * (run - 1))));
  }
  return result;
}

Value* GangEmitter::loadRuns(Value* pointers, unsigned run, Type* type, Align align,
                             bool isVolatile) {
  SmallVector<Value*, 4> parts;
  for (unsigned lane = 0; lane < kLanes; lane += run)
    parts.push_back(contiguousLoad(b_.CreateExtractElement(pointers, uint64_t(lane)), type, align,
                                   segmentMask(lane, run), run, isVolatile));
  return concat(parts);
}

} // namespace anywarp::spmd
