// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVVM IR for architectures before Blackwell is the text of an older LLVM, whose pointers name what
// they point to ("i32*"). Pure.
#pragma once

#include <string>
#include <string_view>

namespace anywarp::frontend {

// The text with every pointer type written "ptr". Unchanged where there are none.
std::string withOpaquePointers(std::string_view text);

} // namespace anywarp::frontend
