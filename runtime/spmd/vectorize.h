// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gang vectoriser: turns the program of one thread (INTRINSICS.md) into the program of a gang
// of 32 threads (kernel_abi.h). Knows no PTX and no CUDA. Thread rule: one Module, one thread.
#pragma once

#include "support/result.h"

#include <cstdint>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace anywarp::spmd {

// How thread numbers map to lanes: known when a kernel is first launched, part of the cache key.
enum class BlockShape : uint8_t {
  Row,       // one-dimensional, ntid.x a multiple of 32: every gang is full
  RaggedRow, // one-dimensional, any size
  Linear,    // two- or three-dimensional, ntid.x a multiple of 32: tid.x = base + lane
  Tile16,    // ntid.x == 16, and ntid.y even or ntid.z 1: a gang is two rows
  Tile8,     // ntid.x == 8, and ntid.y a multiple of 4 or ntid.z 1: a gang is four rows
  Generic,   // anything
};

BlockShape blockShapeOf(uint32_t x, uint32_t y, uint32_t z);

enum class BarrierMode : uint8_t {
  Resume, // gangs stop and resume by state (fast)
  Fiber,  // every gang has a stack (needed for barriers inside functions that cannot be inlined)
};

struct VectorizeOptions {
  BlockShape shape = BlockShape::Generic;
  BarrierMode barriers = BarrierMode::Resume;
  bool exactIndex = false; // do not assume that signed 32-bit indices do not wrap inside a gang
};

// Rewrites `module` in place: afterwards it defines aw_kernel_info (kernel_abi.h) for `kernel` and
// nothing else is exported. On error the module is unusable.
Result<void> vectorize(llvm::Module& module, const std::string& kernel,
                       const VectorizeOptions& options, llvm::TargetMachine* target);

} // namespace anywarp::spmd
