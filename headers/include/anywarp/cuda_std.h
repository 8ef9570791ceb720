// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuda::std, as far as the host's standard library serves device code too: types, constants and
// constexpr functions, which clang compiles for both. Not for direct use: the headers of cuda/std
// include it.
#pragma once

namespace cuda {
namespace std {
using namespace ::std;
} // namespace std
} // namespace cuda
