// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scalar_runner.h"

#include "ptx/index.h"
#include "ptx/lower.h"
#include "spmd/multimem_abi.h"

#include <csetjmp>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/TargetSelect.h>

namespace anywarp::fuzz {
namespace {

using namespace llvm;

struct Thread {
  uint32_t tid[3], ntid[3], ctaid[3], nctaid[3];
};
Thread thread;
alignas(128) char sharedWindow[4096];
jmp_buf threadEnd;

void endThread() {
  longjmp(threadEnd, 1);
}

// Gives a declared service its body; false: this runner has none.
bool define(Function& f, const void* params) {
  IRBuilder<> b(BasicBlock::Create(f.getContext(), "", &f));
  auto pointer = [&](const void* p) {
    return b.CreateIntToPtr(b.getInt64(reinterpret_cast<uint64_t>(p)), b.getPtrTy());
  };
  StringRef name = f.getName();
  const std::pair<StringRef, uint32_t*> vectors[] = {{"aw.tid.", thread.tid},
                                                     {"aw.ntid.", thread.ntid},
                                                     {"aw.ctaid.", thread.ctaid},
                                                     {"aw.nctaid.", thread.nctaid}};
  for (auto& [prefix, values] : vectors)
    if (name.starts_with(prefix)) {
      b.CreateRet(b.CreateLoad(b.getInt32Ty(), pointer(values + (name.back() - 'x'))));
      f.setMemoryEffects(MemoryEffects::unknown());
      return true;
    }
  if (name == "aw.param.base" || name == "aw.shared.base") {
    b.CreateRet(pointer(name == "aw.param.base" ? params : sharedWindow));
    return true;
  }
  if (name == "aw.rt.multimem") {
    static const AwReplicas itself = {1, {0}};
    b.CreateRet(pointer(&itself));
    return true;
  }
  if (name == "aw.exit" || name == "aw.rt.trap") {
    b.CreateCall(f.getFunctionType(), pointer(reinterpret_cast<const void*>(endThread)));
    b.CreateUnreachable();
    return true;
  }
  return false;
}

} // namespace

std::string runScalar(const std::string& ptx, const std::string& kernel, uint32_t blocks,
                      uint32_t threads, const std::vector<uint64_t>& params) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto index = ptx::Index::build({std::make_shared<const PtxText>(ptx)});
  if (!index)
    return index.error().message;
  auto slice = (*index)->slice(kernel);
  if (!slice)
    return slice.error().message;
  auto context = std::make_unique<LLVMContext>();
  auto lowered = ptx::lower(*slice, kernel, {}, *context);
  if (!lowered)
    return lowered.error().message;
  std::unique_ptr<Module> module = std::move(*lowered);
  std::vector<Function*> services;
  for (Function& f : *module)
    if (f.isDeclaration() && f.getName().starts_with("aw."))
      services.push_back(&f);
  for (Function* f : services)
    if (!define(*f, params.data()))
      return "no service " + f->getName().str() + " for a single thread";
  auto builder = orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return toString(builder.takeError());
  builder->setCodeGenOptLevel(CodeGenOptLevel::None);
  builder->getOptions().AllowFPOpFusion = FPOpFusion::Strict;
  auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*builder)).create();
  if (!jit)
    return toString(jit.takeError());
  module->setDataLayout((*jit)->getDataLayout());
  if (auto error =
          (*jit)->addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context))))
    return toString(std::move(error));
  auto symbol = (*jit)->lookup(kernel);
  if (!symbol)
    return toString(symbol.takeError());
  auto run = symbol->toPtr<void (*)()>();
  thread = {{0, 0, 0}, {threads, 1, 1}, {0, 0, 0}, {blocks, 1, 1}};
  for (thread.ctaid[0] = 0; thread.ctaid[0] < blocks; ++thread.ctaid[0])
    for (thread.tid[0] = 0; thread.tid[0] < threads; ++thread.tid[0])
      if (setjmp(threadEnd) == 0)
        run();
  return {};
}

} // namespace anywarp::fuzz
