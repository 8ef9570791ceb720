// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile_once.h"

#include "backends/cpu/compiler/compile.h"
#include "ptx/check.h"
#include "ptx/lower.h"

#include <cctype>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace anywarp::fuzz {
namespace {

constexpr size_t kMaxKernels = 4; // of a text

bool isInternal(const Error& e) {
  return e.status == Status::Unknown || e.message.find("internal") != std::string::npos ||
         e.message.find("a bug in Anywarp") != std::string::npos ||
         e.message.find("LLVM gave up") != std::string::npos;
}

Outcome refused(const Error& e, Outcome::Verdict verdict) {
  bool good = !isInternal(e) && hasPosition(e.message) &&
              (e.status == Status::InvalidPtx || e.status == Status::NotSupported ||
               e.status == Status::UnsupportedPtxVersion);
  return {good ? verdict : Outcome::Finding, e.message};
}

Outcome compileKernel(const std::shared_ptr<const ptx::Index>& index, const std::string& name,
                      unsigned effort) {
  auto slice = index->slice(name);
  if (!slice)
    return refused(slice.error(), Outcome::Late);
  cpu::CompileRequest request;
  request.kernel = slice->module.functions.front().name;
  llvm::LLVMContext context;
  auto module = ptx::lower(*slice, request.kernel, {}, context);
  if (!module)
    return refused(module.error(), module.error().status == Status::NotSupported ? Outcome::Refused
                                                                                 : Outcome::Late);
  request.vectorize.shape = spmd::BlockShape(effort % 6);
  request.vectorize.exactIndex = effort / 6 % 2;
  if (effort / 12 % 3 == 0) { // a machine without AVX-512
    request.cpu = "x86-64";
    request.features = "+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+sse4.2";
  }
#if !defined(__x86_64__)
  request.cpu = request.features = "";
#endif
  for (auto mode : {spmd::BarrierMode::Resume, spmd::BarrierMode::Fiber}) {
    request.vectorize.barriers = mode;
    bool last = mode == spmd::BarrierMode::Fiber;
    auto object =
        cpu::compileObject(last ? std::move(*module) : llvm::CloneModule(**module), request);
    if (!object)
      return {Outcome::Finding, object.error().message};
  }
  return {};
}

} // namespace

bool hasPosition(const std::string& message) {
  size_t at = message.find(": error: ");
  if (at == std::string::npos)
    at = message.find(": "); // "ptx:3:4: what is not supported"
  auto number = [&] {
    size_t end = at;
    while (at > 0 && isdigit(static_cast<unsigned char>(message[at - 1])))
      --at;
    bool found = at < end && message[at] != '0' && at > 0 && message[at - 1] == ':';
    at -= found;
    return found;
  };
  return at != std::string::npos && number() && number();
}

Outcome compileText(const std::string& text, unsigned effort) {
  auto index = ptx::Index::build({std::make_shared<const PtxText>(text)});
  if (!index)
    return refused(index.error(), Outcome::Refused);
  std::vector<ptx::Unsupported> unsupported;
  if (auto good = ptx::checkBodies(**index, &unsupported); !good)
    return refused(good.error(), Outcome::Refused);
  Outcome worst;
  size_t left = kMaxKernels;
  for (const ptx::IndexedFunction* kernel : (*index)->kernels()) {
    if (left-- == 0)
      break;
    Outcome outcome = compileKernel(*index, std::string(kernel->header.name), effort);
    if (outcome.verdict > worst.verdict)
      worst = outcome;
  }
  return worst;
}

} // namespace anywarp::fuzz
