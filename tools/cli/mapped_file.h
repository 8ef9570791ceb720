// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file mapped for reading. Move-only owner; the bytes live as long as it.
#pragma once

#include "support/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace anywarp::cli {

class MappedFile {
public:
  // FileNotFound or OperatingSystem with a message for the user; folders and devices are refused.
  static Result<MappedFile> open(const std::string& path);
  std::span<const std::byte> bytes() const { return {mapping_.get(), size_}; }
  std::shared_ptr<const void> owner() const { return mapping_; }

private:
  std::shared_ptr<const std::byte[]> mapping_;
  size_t size_ = 0;
};

} // namespace anywarp::cli
