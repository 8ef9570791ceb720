// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which buffers, as far as parameters name them, a kernel only writes. Only a guess, for speed: two
// parameters may name one buffer. What it promises for certain is that the kernel has nothing that
// orders its stores for other threads: no fence, no atomic or volatile access, no call of unknown
// code. Barriers of the block order them for the thread that runs it, which needs nothing.
#pragma once

#include <cstdint>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallSet.h>

namespace llvm {
class Function;
class Value;
} // namespace llvm

namespace anywarp::spmd {

class WrittenOnly {
public:
  explicit WrittenOnly(llvm::Function& kernel);
  // Bytes that a thread writes to the buffer of this store's address, every store counted once; 0
  // if it may be read or its stores be ordered.
  uint64_t bytesOf(const llvm::Value* pointer) const;

private:
  bool relaxed_ = true;                       // nothing orders stores
  llvm::SmallSet<int64_t, 8> read_;           // offsets of parameters
  llvm::DenseMap<int64_t, uint64_t> written_; // bytes by offset
};

} // namespace anywarp::spmd
