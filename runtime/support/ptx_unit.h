// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX text and where it came from. Never changed once it is shared; safe from any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

namespace anywarp {

struct PtxText : std::string {
  PtxText() = default;
  // `origin`: what messages name, a file or what the application calls it: "origin:line:col: ...".
  PtxText(std::string text, std::string origin = "ptx")
      : std::string(std::move(text)), origin(std::move(origin)) {}

  std::string origin = "ptx";
};

// One translation unit of a program.
using PtxUnit = std::shared_ptr<const PtxText>;

} // namespace anywarp
