// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.14: multimem.ld_reduce, .st and .red. The runtime says where the memory is that an
// address of a multicast object stands for (spmd/multimem_abi.h); any other address stands for
// itself.
#include "ptx/lower/memory_access.h"
#include "ptx/names.h"
#include "spmd/multimem_abi.h"

namespace anywarp::ptx {

using llvm::Value;

namespace {

// The memories behind one address.
class Team {
public:
  Team(FunctionLowering& f, Value* p)
      : f_(f), p_(p), list_(f.service("aw.rt.multimem", f.b.getPtrTy(), {p})),
        count_(f.b.CreateAlignedLoad(f.b.getInt64Ty(),
                                     f.offsetPointer(list_, offsetof(AwReplicas, count)),
                                     llvm::Align(8))) {}
  Value* count() const { return count_; }
  Value* at(Value* i) {
    auto& b = f_.b;
    Value* distances = f_.offsetPointer(list_, offsetof(AwReplicas, distance));
    Value* distance = b.CreateAlignedLoad(b.getInt64Ty(), b.CreateGEP(b.getInt64Ty(), distances, i),
                                          llvm::Align(8));
    return b.CreateGEP(b.getInt8Ty(), p_, distance);
  }

private:
  FunctionLowering& f_;
  Value *p_, *list_, *count_;
};

void forEach(FunctionLowering& f, Value* p, llvm::function_ref<void(Value*)> access) {
  auto& b = f.b;
  Team team(f, p);
  llvm::BasicBlock *before = b.GetInsertBlock(), *loop = f.newBlock("replica"),
                   *done = f.newBlock("replicas");
  b.CreateBr(loop);
  f.enter(loop);
  llvm::PHINode* i = b.CreatePHI(b.getInt64Ty(), 2);
  i->addIncoming(b.getInt64(0), before);
  access(team.at(i));
  Value* next = b.CreateAdd(i, b.getInt64(1));
  i->addIncoming(next, b.GetInsertBlock());
  b.CreateCondBr(b.CreateICmpULT(next, team.count()), loop, done);
  f.enter(done);
}

// How ld_reduce computes: every value is taken apart into numbers that are reduced one by one.
class Reduction {
public:
  Reduction(FunctionLowering& f, const Matched& m)
      : f_(f), type_(m.type()), op_(m.text("op")), fp8_(fp8Pair(nameOf(type_))),
        half_(isHalf(type_) || isHalfPair(type_)),
        rounds_(op_ == "add" && (fp8_.empty() ? half_ && !m.has("acc::f32") : m.has("acc::f16"))) {}

  void apart(Value* v, std::vector<Value*>& numbers) {
    auto& b = f_.b;
    if (!fp8_.empty()) {
      unsigned bits = bitsOf(type_);
      for (unsigned at = 0; at < bits; at += 16) {
        Value* pair = b.CreateZExtOrTrunc(b.CreateLShr(v, at), b.getInt16Ty());
        Value* halves = f_.deviceLib("cvt_f16x2_" + fp8_, b.getInt32Ty(), {pair});
        numbers.push_back(f_.half(b.CreateTrunc(halves, b.getInt16Ty()), Type::F16));
        if (bits > 8)
          numbers.push_back(
              f_.half(b.CreateTrunc(b.CreateLShr(halves, 16), b.getInt16Ty()), Type::F16));
      }
    } else if (half_) {
      f_.forParts(type_, {v}, [&](llvm::ArrayRef<Value*> parts) {
        numbers.push_back(f_.half(parts[0], partOf(type_)));
        return parts[0];
      });
    } else {
      numbers.push_back(v);
    }
  }

  Value* together(Value* x, Value* y) {
    auto& b = f_.b;
    bool isMax = op_ == "max";
    if (x->getType()->isFloatingPointTy()) {
      if (op_ != "add")
        return f_.floatMinMax(x, y, isMax, false);
      Value* sum = b.CreateFAdd(x, y);
      Type to = fp8_.empty() ? partOf(type_) : Type::F16;
      return rounds_ ? f_.half(f_.toHalf(sum, to), to) : sum;
    }
    if (op_ == "add")
      return b.CreateAdd(x, y);
    if (op_ == "and")
      return b.CreateAnd(x, y);
    if (op_ == "or")
      return b.CreateOr(x, y);
    if (op_ == "xor")
      return b.CreateXor(x, y);
    namespace I = llvm::Intrinsic;
    I::ID id = isSigned(type_) ? (isMax ? I::smax : I::smin) : (isMax ? I::umax : I::umin);
    return b.CreateBinaryIntrinsic(id, x, y);
  }

  // The next value out of the numbers, which it takes.
  Value* join(llvm::ArrayRef<Value*>& numbers) {
    auto& b = f_.b;
    auto take = [&] {
      Value* first = numbers.front();
      numbers = numbers.drop_front();
      return first;
    };
    if (!fp8_.empty()) {
      unsigned bits = bitsOf(type_);
      Value* all = llvm::ConstantInt::get(f_.llvmType(type_), 0);
      for (unsigned at = 0; at < bits; at += 16) {
        Value* low = take();
        Value* high = bits > 8 ? take() : llvm::ConstantFP::get(b.getFloatTy(), 0.0);
        Value* pair = f_.deviceLib("cvt_" + fp8_ + "_f32", b.getInt16Ty(), {high, low});
        all = b.CreateOr(all, b.CreateShl(b.CreateZExtOrTrunc(pair, all->getType()), at));
      }
      return all;
    }
    if (half_)
      return f_.forParts(type_, {f_.undef(type_)},
                         [&](llvm::ArrayRef<Value*>) { return f_.toHalf(take(), partOf(type_)); });
    return take();
  }

private:
  static std::string fp8Pair(std::string_view name) {
    return name.starts_with("e4m3") ? "e4m3x2" : name.starts_with("e5m2") ? "e5m2x2" : "";
  }
  FunctionLowering& f_;
  const Type type_;
  const std::string_view op_;
  const std::string fp8_; // the devicelib's name of the pair; empty for other types
  const bool half_;
  const bool rounds_; // each sum is of the narrow type
};

} // namespace

void lowerMultimemLdReduce(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  if (!checkVector(f, m.op(0), vectorSize(m)))
    return;
  Team team(f, f.address(m.op(1), Space::Global));
  Reduction reduction(f, m);
  auto load = [&](Value* i, std::vector<Value*>& numbers) {
    std::vector<Value*> values = loadVector(f, m, team.at(i), false);
    for (Value* v : values)
      reduction.apart(v, numbers);
    return values;
  };
  std::vector<Value*> numbers;
  std::vector<Value*> first = load(b.getInt64(0), numbers);
  llvm::BasicBlock *before = b.GetInsertBlock(), *head = f.newBlock("reduce"),
                   *body = f.newBlock("replica"), *done = f.newBlock("reduced");
  b.CreateBr(head);
  f.enter(head);
  llvm::PHINode* i = b.CreatePHI(b.getInt64Ty(), 2);
  i->addIncoming(b.getInt64(1), before);
  std::vector<llvm::PHINode*> sums;
  for (Value* number : numbers) {
    sums.push_back(b.CreatePHI(number->getType(), 2));
    sums.back()->addIncoming(number, before);
  }
  b.CreateCondBr(b.CreateICmpULT(i, team.count()), body, done);
  f.enter(body);
  std::vector<Value*> more;
  load(i, more);
  for (size_t k = 0; k < sums.size(); ++k)
    more[k] = reduction.together(sums[k], more[k]);
  for (size_t k = 0; k < sums.size(); ++k)
    sums[k]->addIncoming(more[k], b.GetInsertBlock());
  i->addIncoming(b.CreateAdd(i, b.getInt64(1)), b.GetInsertBlock());
  b.CreateBr(head);
  f.enter(done);
  // One memory's value is not touched: converting would make other bits of a NaN.
  Value* alone = b.CreateICmpULE(team.count(), b.getInt64(1));
  std::vector<Value*> left(sums.begin(), sums.end()), results;
  llvm::ArrayRef<Value*> rest = left;
  for (Value* v : first)
    results.push_back(b.CreateSelect(alone, v, reduction.join(rest)));
  for (size_t k = 0; k < results.size(); ++k)
    f.write(elementsOf(m.op(0))[k], results[k], t);
}

void lowerMultimemSt(FunctionLowering& f, const Matched& m) {
  if (checkVector(f, m.op(1), vectorSize(m)))
    forEach(f, f.address(m.op(0), Space::Global), [&](Value* p) { storeVector(f, m, p); });
}

void lowerMultimemRed(FunctionLowering& f, const Matched& m) {
  forEach(f, f.address(m.op(0), Space::Global), [&](Value* p) { atomicVector(f, m, m.op(1), p); });
}

} // namespace anywarp::ptx
