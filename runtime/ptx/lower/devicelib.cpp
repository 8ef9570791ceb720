// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lower/devicelib.h"

#include "ptx/lower.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBuffer.h>

// The assembler includes the bitcode, so no tool has to turn it into C++.
__asm__(".section .rodata,\"a\",@progbits\n"
        ".p2align 4\n"
        ".globl anywarp_devicelib_begin\n.hidden anywarp_devicelib_begin\n"
        "anywarp_devicelib_begin:\n"
        ".incbin \"" AW_DEVICELIB_BITCODE "\"\n"
        ".globl anywarp_devicelib_end\n.hidden anywarp_devicelib_end\n"
        "anywarp_devicelib_end:\n"
        ".byte 0\n"
        ".previous\n");
extern "C" const char anywarp_devicelib_begin[], anywarp_devicelib_end[];

namespace anywarp::ptx {
namespace {

llvm::Expected<std::unique_ptr<llvm::Module>> open(llvm::LLVMContext& context) {
  llvm::StringRef bytes(anywarp_devicelib_begin, anywarp_devicelib_end - anywarp_devicelib_begin);
  return llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(bytes, "devicelib"), context);
}

// Small gang functions are inlined, as long as a kernel has not too many of them: then addresses
// may turn out to be simple. Products are not: compiling a dozen of them as one block takes
// seconds, nearly all of it in register allocation.
constexpr size_t kInlineSize = 140, kInlineBudget = 12000; // instructions

// What is left of a function once its operands are values: no memory.
size_t computations(const llvm::Function& f) {
  size_t count = 0;
  for (const llvm::BasicBlock& block : f)
    for (const llvm::Instruction& i : block)
      count +=
          !llvm::isa<llvm::AllocaInst, llvm::LoadInst, llvm::StoreInst, llvm::GetElementPtrInst>(
              i) &&
          !i.isLifetimeStartOrEnd();
  return count;
}

void inlineGangFunctions(llvm::Module& module) {
  size_t total = 0;
  std::vector<llvm::Function*> candidates;
  for (llvm::Function& f : module) {
    if (f.isDeclaration() || !f.getName().starts_with("ptx_gang_") || f.size() > 1)
      continue;
    size_t size = computations(f);
    if (size > kInlineSize)
      continue;
    candidates.push_back(&f);
    total += size * f.getNumUses();
  }
  if (total <= kInlineBudget)
    for (llvm::Function* f : candidates)
      f->addFnAttr(llvm::Attribute::AlwaysInline);
}

} // namespace

std::string deviceLibraryDataLayout(llvm::LLVMContext& context) {
  auto library = open(context);
  if (library)
    return (*library)->getDataLayoutStr();
  llvm::consumeError(library.takeError());
  return "";
}

Result<void> linkDeviceLibrary(llvm::Module& module) {
  auto library = open(module.getContext());
  if (!library)
    return makeError(Status::Unknown, "ptx: error: internal: device library: " +
                                          llvm::toString(library.takeError()));
  std::vector<std::string> wanted;
  for (llvm::Function& f : module)
    if (f.isDeclaration() && f.getName().starts_with("ptx_")) {
      llvm::Function* definition = (*library)->getFunction(f.getName());
      if (!definition || definition->isDeclaration())
        return makeError(Status::Unknown,
                         "ptx: error: internal: the device library lacks " + f.getName().str());
      if (definition->getFunctionType() != f.getFunctionType())
        return makeError(Status::Unknown, "ptx: error: internal: the device library's " +
                                              f.getName().str() + " has another type");
      wanted.push_back(f.getName().str());
    }
  std::vector<std::string> before;
  for (llvm::Function& f : module)
    if (!f.isDeclaration())
      before.push_back(f.getName().str());
  (*library)->setTargetTriple(module.getTargetTriple());
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
    return makeError(Status::Unknown, "ptx: error: internal: linking the device library failed");
  for (llvm::Function& f : module) {
    if (f.isDeclaration() || std::find(before.begin(), before.end(), f.getName()) != before.end())
      continue;
    f.setLinkage(llvm::GlobalValue::InternalLinkage);
    f.setComdat(nullptr);
    for (auto kind : {"target-cpu", "target-features", "tune-cpu", "min-legal-vector-width",
                      "stack-protector-buffer-size", "frame-pointer"})
      f.removeFnAttr(kind);
    f.removeFnAttr(llvm::Attribute::UWTable);
    f.removeFnAttr(llvm::Attribute::NoInline);
    // Gang functions are large and called in unrolled loops; what they call is theirs alone.
    if (!f.getName().starts_with("ptx_gang_"))
      f.addFnAttr(llvm::Attribute::AlwaysInline);
  }
  inlineGangFunctions(module);
  if (auto* ident = module.getNamedMetadata("llvm.ident"))
    module.eraseNamedMetadata(ident);
  return {};
}

Result<void> linkGangFunctions(llvm::Module& module) {
  for (llvm::Function& f : module)
    if (f.isDeclaration() && f.getName().starts_with("ptx_gang_"))
      return linkDeviceLibrary(module);
  return {};
}

} // namespace anywarp::ptx
