// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the lowerings of calls share: the parts of a call, its arguments and results. Private to
// lower/; one thread.
#pragma once

#include "ptx/device_runtime.h"
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

// The parts of `call (ret), callee, (args), prototype`.
struct Call {
  llvm::ArrayRef<Operand> returns, args;
  const Operand* callee = nullptr;
  const Operand* prototype = nullptr;
};

// What an argument passes as a value of type t: a register, a constant or a .param variable.
llvm::Value* scalarArgument(FunctionLowering& f, const Operand& op, Type t);
// The memory of an argument passed as bytes.
llvm::Value* pointerArgument(FunctionLowering& f, const Operand& op);
void storeResult(FunctionLowering& f, const Operand& op, llvm::Value* v, Type t);

// call.cpp: all threads of a group of blocks meet; the arguments are its GroupWorkspace and flags.
// The result is 0, or `refused` without a workspace.
void groupSync(FunctionLowering& f, const Matched& m, const Call& c, uint32_t refused);
// device_runtime.cpp: a function of the CUDA device runtime.
void callDeviceRuntime(FunctionLowering& f, const Matched& m, const Call& c,
                       const DeviceRuntimeFunction& function);

} // namespace anywarp::ptx
