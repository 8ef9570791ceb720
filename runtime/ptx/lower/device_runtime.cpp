// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls of the CUDA device runtime: one service for all functions, with their arguments in a local
// array. Those that wait for other threads are code instead.
#include "ptx/device_runtime.h"

#include "ptx/lower/call.h"

namespace anywarp::ptx {

using llvm::Value;

namespace {

constexpr uint32_t kUnknownError = 999; // cudaErrorUnknown: what the library returns, too

} // namespace

void callDeviceRuntime(FunctionLowering& f, const Matched& m, const Call& c,
                       const DeviceRuntimeFunction& function) {
  auto& b = f.b;
  std::string_view params = function.signature.substr(1);
  const char result = function.signature[0];
  if (c.args.size() != params.size() || (c.returns.size() > 1) ||
      (result == 'v' && !c.returns.empty()))
    return f.fail(m.inst->loc, "wrong number of arguments");
  if (function.id == DeviceRuntimeId::cudaCGSynchronize ||
      function.id == DeviceRuntimeId::cudaCGSynchronizeGrid)
    return groupSync(f, m, c, kUnknownError);

  auto* type = llvm::ArrayType::get(b.getInt64Ty(), std::max<size_t>(params.size(), 1));
  llvm::AllocaInst* list = f.stackSlot(type, llvm::Align(8));
  for (size_t i = 0; i < params.size(); ++i) {
    Value* v;
    if (params[i] == 'i')
      v = b.CreateZExt(scalarArgument(f, c.args[i], Type::U32), b.getInt64Ty());
    else if (params[i] == 'l')
      v = scalarArgument(f, c.args[i], Type::U64);
    else
      v = b.CreatePtrToInt(pointerArgument(f, c.args[i]), b.getInt64Ty());
    b.CreateStore(v, b.CreateConstInBoundsGEP2_64(type, list, 0, i));
  }
  uint32_t id = uint32_t(function.id) | (function.perThread ? kPerThreadStream : 0) |
                (function.cdp2 ? kCdp2 : 0);
  Value* value = f.service("aw.rt.device_runtime", b.getInt64Ty(), {b.getInt32(id), list});
  if (c.returns.empty() || result == 'v')
    return;
  bool wide = result == 'l';
  storeResult(f, c.returns[0], wide ? value : b.CreateTrunc(value, b.getInt32Ty()),
              wide ? Type::U64 : Type::U32);
}

} // namespace anywarp::ptx
