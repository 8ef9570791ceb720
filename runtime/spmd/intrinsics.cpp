// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/intrinsics.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

const StringMap<Aw>& table() {
  static const auto* map = new StringMap<Aw>{
#define AW_INTRINSIC(id, name) {name, Aw::id},
#include "spmd/intrinsics.def"
#undef AW_INTRINSIC
  };
  return *map;
}

} // namespace

std::optional<Aw> awIntrinsic(const CallBase& call) {
  const Function* f = call.getCalledFunction();
  if (!f || !f->isDeclaration() || !f->getName().starts_with("aw."))
    return std::nullopt;
  if (auto it = table().find(f->getName()); it != table().end())
    return it->second;
  if (f->getName().starts_with("aw.rt."))
    return Aw::Runtime;
  if (f->getName().starts_with("aw.gang."))
    return Aw::Gang;
  if (f->getName().starts_with("aw.lane."))
    return Aw::Lane;
  return std::nullopt;
}

std::optional<Shape> specialShape(Aw id, BlockShape block) {
  bool row = block == BlockShape::Row || block == BlockShape::RaggedRow;
  bool full = block == BlockShape::Row || block == BlockShape::Linear;
  switch (id) {
  case Aw::TidX:
    if (row || full)
      return Shape::affine(32, 1, 5);
    if (block == BlockShape::Tile16)
      return Shape::tiles(16, 1, 0, 5);
    if (block == BlockShape::Tile8)
      return Shape::tiles(8, 1, 0, 5);
    return Shape::varying();
  case Aw::TidY:
    if (row || full)
      return Shape::uniform(row ? 32 : 0);
    if (block == BlockShape::Tile16)
      return Shape::tiles(16, 0, 1, 1);
    if (block == BlockShape::Tile8)
      return Shape::tiles(8, 0, 1, 2);
    return Shape::varying();
  case Aw::TidZ:
    if (block == BlockShape::Generic)
      return Shape::varying();
    return Shape::uniform(row ? 32 : 0);
  case Aw::NtidX:
    return Shape::uniform(full                          ? 5
                          : block == BlockShape::Tile16 ? 4
                          : block == BlockShape::Tile8  ? 3
                                                        : 0);
  case Aw::NtidY:
  case Aw::NtidZ:
  case Aw::CtaidX:
  case Aw::CtaidY:
  case Aw::CtaidZ:
  case Aw::NctaidX:
  case Aw::NctaidY:
  case Aw::NctaidZ:
  case Aw::WarpId:
  case Aw::NwarpId:
  case Aw::SmId:
  case Aw::NsmId:
  case Aw::GridId:
  case Aw::DynSmem:
  case Aw::TotalSmem:
  case Aw::ClusterX:
  case Aw::ClusterY:
  case Aw::ClusterZ:
  case Aw::ClusterExplicit:
  case Aw::ClusterRank:
    return Shape::uniform();
  case Aw::ParamBase:
  case Aw::GlobalAddr:
    return Shape::uniform(4);
  case Aw::SharedBase:
    return Shape::uniform(7);
  case Aw::LaneId:
    return Shape::affine(32, 1, 5);
  default:
    return std::nullopt;
  }
}

bool resultIsUniform(Aw id, const CallBase& call, function_ref<Shape(const Value*)> shapeOf) {
  switch (id) {
  case Aw::VoteAll:
  case Aw::VoteAny:
  case Aw::VoteUni:
  case Aw::VoteBallot:
  case Aw::ReduxAdd:
  case Aw::ReduxMin:
  case Aw::ReduxMax:
  case Aw::ReduxUmin:
  case Aw::ReduxUmax:
  case Aw::ReduxAnd:
  case Aw::ReduxOr:
  case Aw::ReduxXor: {
    // Lanes of one instruction may name different masks (PTX allows disjoint groups).
    return shapeOf(call.getArgOperand(1)).isUniform();
  }
  case Aw::ActiveMask:
  case Aw::BarrierRedPopc:
  case Aw::BarrierRedAnd:
  case Aw::BarrierRedOr:
    return true;
  default:
    return false;
  }
}

// A broadcast from one constant lane of the whole warp gives every lane the same value.
static bool isBroadcast(const CallBase& call) {
  auto* lane = dyn_cast<ConstantInt>(call.getArgOperand(1));
  auto* clamp = dyn_cast<ConstantInt>(call.getArgOperand(2));
  return lane && clamp && (clamp->getZExtValue() & 0x1f1f) == 0x1f;
}

Shape aggregateShape(const Instruction& extract, function_ref<Shape(const Value*)> shapeOf) {
  const Value* from = extract.getOperand(0);
  if (auto* call = dyn_cast<CallBase>(from)) {
    auto id = awIntrinsic(*call);
    auto* ev = dyn_cast<ExtractValueInst>(&extract);
    if (id && ev && *id == Aw::ShflIdx && isBroadcast(*call))
      return Shape::uniform();
    if (!id && call->getCalledFunction() && call->getCalledFunction()->isIntrinsic()) {
      for (const Value* op : call->args())
        if (!shapeOf(op).isUniform())
          return Shape::varying();
      return Shape::uniform();
    }
    return Shape::varying();
  }
  if (isa<LoadInst>(from)) {
    Shape s = shapeOf(from);
    return s.isKnown() && s.stride == 0 ? Shape::affine(s.group, 0, 0) : Shape::varying();
  }
  return shapeOf(from).isUniform() ? Shape::uniform() : Shape::varying();
}

bool isBarrier(Aw id) {
  return id == Aw::Barrier || id == Aw::BarrierRedPopc || id == Aw::BarrierRedAnd ||
         id == Aw::BarrierRedOr;
}

bool isNoReturn(const CallBase& call) {
  const Function* f = call.getCalledFunction();
  if (!f)
    return false;
  StringRef n = f->getName();
  return n == "aw.exit" || n == "aw.rt.trap" || n == "aw.rt.assertfail" ||
         n == "aw.rt.misaligned" || n == "aw.rt.illegal_instruction" || n == "aw.rt.index_wrap" ||
         n == "aw.rt.stack_overflow";
}

bool isDeadEnd(const BasicBlock& block) {
  if (!isa<UnreachableInst>(block.getTerminator()))
    return false;
  for (const Instruction& i : block)
    if (auto* call = dyn_cast<CallBase>(&i); call && isNoReturn(*call))
      return call->getCalledFunction()->getName() != "aw.exit";
  return false;
}

} // namespace anywarp::spmd
