// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the descriptions of textures and surfaces live that kernels read by handle
// (spmd/texture_abi.h). Places are never given back to the system and are used again in the order
// in which they became free, so that a stale handle finds a description without its magic number
// for as long as possible. Belongs to the device; safe from any thread.
#pragma once

#include "spmd/texture_abi.h"
#include "support/result.h"

#include <cstdint>
#include <deque>
#include <mutex>

namespace anywarp::cpu {

class TextureTable {
public:
  TextureTable() = default;
  ~TextureTable();
  TextureTable(const TextureTable&) = delete;

  Result<uint64_t> add(const AwTexture& description);
  Result<uint64_t> add(const AwSurface& description);
  void remove(uint64_t handle);

private:
  Result<void*> place();

  std::mutex mutex_; // guards all below
  std::deque<void*> blocks_, free_;
};

} // namespace anywarp::cpu
