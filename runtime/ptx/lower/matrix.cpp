// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.15: matrices that lie across the registers of a warp.
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

void lowerMovmatrix(FunctionLowering& f, const Matched& m) {
  f.write(m.op(0), f.gangLib("movmatrix", f.b.getInt32Ty(), {f.read(m.op(1), Type::B32)}),
          Type::B32);
}

} // namespace anywarp::ptx
