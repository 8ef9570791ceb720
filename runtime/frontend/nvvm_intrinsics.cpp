// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/nvvm_intrinsics.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Transforms/IPO/Internalize.h>
#include <utility>
#include <vector>

namespace anywarp::frontend {
namespace {

// "llvm." may not have a body, so these are named "anywarp." instead. The mode is a constant at
// every call, and what is left after inlining is one instruction.
constexpr const char* kDefinitions = R"(
define {i32, i1} @anywarp.nvvm.shfl.sync.i32(i32 %mask, i32 %mode, i32 %value, i32 %lane, i32 %clamp) #0 {
  switch i32 %mode, label %bfly [i32 0, label %idx
                                 i32 1, label %up
                                 i32 2, label %down]
idx:
  %a = call {i32, i1} @llvm.nvvm.shfl.sync.idx.i32p(i32 %mask, i32 %value, i32 %lane, i32 %clamp)
  ret {i32, i1} %a
up:
  %b = call {i32, i1} @llvm.nvvm.shfl.sync.up.i32p(i32 %mask, i32 %value, i32 %lane, i32 %clamp)
  ret {i32, i1} %b
down:
  %c = call {i32, i1} @llvm.nvvm.shfl.sync.down.i32p(i32 %mask, i32 %value, i32 %lane, i32 %clamp)
  ret {i32, i1} %c
bfly:
  %d = call {i32, i1} @llvm.nvvm.shfl.sync.bfly.i32p(i32 %mask, i32 %value, i32 %lane, i32 %clamp)
  ret {i32, i1} %d
}
define {i32, i1} @anywarp.nvvm.vote.sync(i32 %mask, i32 %mode, i1 %predicate) #0 {
  switch i32 %mode, label %ballot [i32 0, label %all
                                   i32 1, label %any
                                   i32 2, label %uni]
all:
  %a = call i1 @llvm.nvvm.vote.all.sync(i32 %mask, i1 %predicate)
  %ra = insertvalue {i32, i1} zeroinitializer, i1 %a, 1
  ret {i32, i1} %ra
any:
  %b = call i1 @llvm.nvvm.vote.any.sync(i32 %mask, i1 %predicate)
  %rb = insertvalue {i32, i1} zeroinitializer, i1 %b, 1
  ret {i32, i1} %rb
uni:
  %c = call i1 @llvm.nvvm.vote.uni.sync(i32 %mask, i1 %predicate)
  %rc = insertvalue {i32, i1} zeroinitializer, i1 %c, 1
  ret {i32, i1} %rc
ballot:
  %d = call i32 @llvm.nvvm.vote.ballot.sync(i32 %mask, i1 %predicate)
  %rd = insertvalue {i32, i1} zeroinitializer, i32 %d, 0
  ret {i32, i1} %rd
}
define {i32, i1} @anywarp.nvvm.match.all.sync.i32(i32 %mask, i32 %value) #0 {
  %r = call {i32, i1} @llvm.nvvm.match.all.sync.i32p(i32 %mask, i32 %value)
  ret {i32, i1} %r
}
define {i32, i1} @anywarp.nvvm.match.all.sync.i64(i32 %mask, i64 %value) #0 {
  %r = call {i32, i1} @llvm.nvvm.match.all.sync.i64p(i32 %mask, i64 %value)
  ret {i32, i1} %r
}
declare {i32, i1} @llvm.nvvm.shfl.sync.idx.i32p(i32, i32, i32, i32)
declare {i32, i1} @llvm.nvvm.shfl.sync.up.i32p(i32, i32, i32, i32)
declare {i32, i1} @llvm.nvvm.shfl.sync.down.i32p(i32, i32, i32, i32)
declare {i32, i1} @llvm.nvvm.shfl.sync.bfly.i32p(i32, i32, i32, i32)
declare i1 @llvm.nvvm.vote.all.sync(i32, i1)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
declare i1 @llvm.nvvm.vote.uni.sync(i32, i1)
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
declare {i32, i1} @llvm.nvvm.match.all.sync.i32p(i32, i32)
declare {i32, i1} @llvm.nvvm.match.all.sync.i64p(i32, i64)
attributes #0 = { alwaysinline convergent nounwind }
)";

} // namespace

void defineNvvmIntrinsics(llvm::Module& module) {
  std::vector<llvm::Function*> unknown;
  for (llvm::Function& function : module)
    if (function.isDeclaration() && function.getName().starts_with("llvm.nvvm.") &&
        function.getIntrinsicID() == llvm::Intrinsic::not_intrinsic)
      unknown.push_back(&function);
  if (unknown.empty())
    return;
  llvm::SMDiagnostic problem;
  auto library = llvm::parseAssemblyString(kDefinitions, problem, module.getContext());
  if (!library)
    return;
  for (llvm::Function* function : unknown) {
    std::string name = "anywarp" + function->getName().drop_front(4).str();
    llvm::Function* body = library->getFunction(name);
    if (body && body->getFunctionType() == function->getFunctionType())
      function->setName(name);
  }
  library->setDataLayout(module.getDataLayout());
  library->setTargetTriple(module.getTargetTriple());
  llvm::Linker::linkModules(module, std::move(library), llvm::Linker::Flags::LinkOnlyNeeded,
                            [](llvm::Module& linked, const llvm::StringSet<>& names) {
                              llvm::internalizeModule(
                                  linked, [&names](const llvm::GlobalValue& value) {
                                    return !value.hasName() || names.count(value.getName()) == 0;
                                  });
                            });
}

} // namespace anywarp::frontend
