// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The link state of cuLink*: collects PTX and fatbins; the "linked cubin" is a fatbin wrapper of
// our own that holds all PTX units, which Module and Library load and link. Owned by the handle
// table; the image lives until destroy(). One state must not be used from two threads at once by
// CUDA's rules; it is locked all the same.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "core/jit_options.h"
#include "support/result.h"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace anywarp::core {

class AW_API Linker {
public:
  explicit Linker(const JitOptions& options); // use create()
  static Result<LinkerRef> create(const JitOptions& options);
  Result<void> destroy();
  static LinkerRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  // CUjitInputType: 0 cubin, 1 PTX, 2 fatbin, 3 object, 4 library.
  Result<void> addData(int type, const void* data, size_t size, const char* name);
  Result<void> addFile(int type, const char* path);
  // The image; belongs to the link state.
  Result<std::span<const char>> complete();

private:
  JitOptions options_;
  std::mutex mutex_; // guards everything below
  std::vector<PtxUnit> units_;
  std::vector<char> image_;
};

} // namespace anywarp::core
