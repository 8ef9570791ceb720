// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole cache lines of outputs that no cache can hold are written past the caches: a line that is
// written in full need not be read first, and rows that are a power of two apart do not fight for
// the same lines of a cache. Whether a launch is that large and the lines are whole is looked at
// when it runs. Other processors see such stores in no order: the backend has a fence behind each
// range of blocks.
#include "spmd/gang_emitter.h"

#include <cstddef>
#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr uint64_t kCacheLine = 64;
constexpr uint64_t kLargeOutput = uint64_t(32) << 20; // bytes; beyond usual shares of a last level

} // namespace

// Writes all lanes' elements, `bytes` in all, past the caches if they belong to such an output;
// false if it is none.
bool GangEmitter::streamStore(Value* value, Value* pointer, Value* first, uint64_t bytes,
                              Align align) {
  if (!isKernel_ || mode_ != Coherent || mask_ || bytes % kCacheLine || isLarge())
    return false;
  if (!writtenOnly_)
    writtenOnly_.emplace(source_);
  uint64_t perThread = writtenOnly_->bytesOf(pointer);
  if (!perThread)
    return false;
  BasicBlock* stream = newBlock("stream");
  BasicBlock* keep = newBlock("store");
  BasicBlock* done = newBlock("stored");
  Type* i64 = b_.getInt64Ty();
  Value* large = b_.CreateICmpUGE(launchField(offsetof(AwLaunch, all_threads), i64),
                                  b_.getInt64(kLargeOutput / perThread));
  Value* low = b_.CreateAnd(b_.CreatePtrToInt(first, i64), b_.getInt64(kCacheLine - 1));
  b_.CreateCondBr(b_.CreateAnd(large, b_.CreateICmpEQ(low, b_.getInt64(0))), stream, keep);
  b_.SetInsertPoint(stream);
  StoreInst* past = b_.CreateAlignedStore(value, first, Align(kCacheLine));
  past->setMetadata(LLVMContext::MD_nontemporal,
                    MDNode::get(context_, ConstantAsMetadata::get(b_.getInt32(1))));
  b_.CreateBr(done);
  b_.SetInsertPoint(keep);
  b_.CreateAlignedStore(value, first, align);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  return true;
}

} // namespace anywarp::spmd
