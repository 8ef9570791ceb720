// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lower/devicelib.h"
#include "ptx/lower/function_lowering.h"
#include "ptx/lower/module_lowering.h"
#include "ptx/lower/types.h"

#include <algorithm>
#include <functional>
#include <llvm/ADT/StringSet.h>
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

namespace anywarp::ptx {
namespace {

uint64_t alignTo(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

// Calls every variable declared in the block or below it.
void forVariables(const Block& block, const std::function<void(const Variable&)>& fn) {
  for (const Statement& s : block.statements) {
    if (s.kind == Statement::Kind::Variable)
      fn(s.variable);
    else if (s.kind == Statement::Kind::Block && s.block)
      forVariables(*s.block, fn);
  }
}

void forInstructions(const Block& block, const std::function<void(const Instruction&)>& fn) {
  for (const Statement& s : block.statements) {
    if (s.kind == Statement::Kind::Instruction)
      fn(s.instruction);
    else if (s.kind == Statement::Kind::Block && s.block)
      forInstructions(*s.block, fn);
  }
}

// Inline below this many instructions even when called often.
constexpr size_t kSmallFunction = 200;

bool readsNothing(llvm::StringRef name) {
  static const llvm::StringSet<> pure = {
      "aw.laneid",  "aw.warpid",    "aw.nwarpid",    "aw.smid",        "aw.nsmid",      "aw.gridid",
      "aw.dynsmem", "aw.totalsmem", "aw.param.base", "aw.shared.base", "aw.global.addr"};
  return pure.contains(name) || name.starts_with("aw.tid.") || name.starts_with("aw.ntid.") ||
         name.starts_with("aw.ctaid.") || name.starts_with("aw.nctaid.") ||
         name.starts_with("aw.lanemask.") || name.starts_with("aw.cluster.");
}

bool neverReturns(llvm::StringRef name) {
  static const llvm::StringSet<> names = {"aw.exit", "aw.rt.trap", "aw.rt.assertfail",
                                          "aw.rt.misaligned", "aw.rt.illegal_instruction"};
  return names.contains(name);
}

void setAttributes(llvm::Function& f) {
  using llvm::Attribute;
  llvm::StringRef name = f.getName();
  f.addFnAttr(Attribute::NoUnwind);
  if (readsNothing(name)) {
    f.setDoesNotAccessMemory();
    f.addFnAttr(Attribute::WillReturn);
    f.addFnAttr(Attribute::NoSync);
    f.addFnAttr(Attribute::NoFree);
    f.addFnAttr(Attribute::Speculatable);
    if (f.getReturnType()->isPointerTy())
      f.addRetAttr(Attribute::NonNull);
    return;
  }
  if (neverReturns(name)) {
    f.addFnAttr(Attribute::NoReturn);
    f.addFnAttr(Attribute::Cold);
    return;
  }
  if (name.starts_with("aw.rt."))
    return;
  f.addFnAttr(Attribute::Convergent);
  // The result depends on which threads take part, so two calls are never the same call.
  if (!name.starts_with("aw.barrier") && name != "aw.warpsync")
    f.setOnlyAccessesInaccessibleMemory();
}

} // namespace

ModuleLowering::ModuleLowering(const Index::Slice& slice, const LowerOptions& options,
                               llvm::LLVMContext& context)
    : slice(slice), options(options), context(context) {}

llvm::Type* ModuleLowering::valueType(Type t) {
  switch (t) {
  case Type::Pred:
    return llvm::Type::getInt1Ty(context);
  case Type::F32:
    return llvm::Type::getFloatTy(context);
  case Type::F64:
    return llvm::Type::getDoubleTy(context);
  default:
    return llvm::Type::getIntNTy(context, std::max(8u, bitsOf(t)));
  }
}

Signature ModuleLowering::signature(const std::vector<Variable>& returns,
                                    const std::vector<Variable>& params) {
  Signature s;
  llvm::Type* result = llvm::Type::getVoidTy(context);
  llvm::Type* pointer = llvm::PointerType::get(context, 0);
  std::vector<llvm::Type*> args;
  for (size_t i = 0; i < returns.size(); ++i) {
    if (i == 0 && !byPointer(returns[i])) {
      result = valueType(returns[i].type);
      s.returnsValue = true;
    } else {
      args.push_back(pointer);
    }
  }
  for (const Variable& p : params)
    args.push_back(byPointer(p) ? pointer : valueType(p.type));
  s.type = llvm::FunctionType::get(result, args, false);
  return s;
}

llvm::FunctionCallee ModuleLowering::service(llvm::StringRef name, llvm::FunctionType* type) {
  if (llvm::Function* f = module_->getFunction(name))
    return f;
  llvm::FunctionCallee callee = module_->getOrInsertFunction(name, type);
  setAttributes(*llvm::cast<llvm::Function>(callee.getCallee()));
  return callee;
}

llvm::FunctionCallee ModuleLowering::deviceLib(std::string_view name, llvm::FunctionType* type) {
  usesDeviceLib_ = true;
  return module_->getOrInsertFunction(llvm::StringRef(name.data(), name.size()), type);
}

LoweredFunction* ModuleLowering::function(std::string_view name) {
  auto it = functionsByName_.find(name);
  return it == functionsByName_.end() ? nullptr : it->second;
}

int ModuleLowering::variable(std::string_view name) const {
  auto it = variablesByName_.find(name);
  return it == variablesByName_.end() ? -1 : it->second;
}

bool ModuleLowering::isShared(int index) const {
  return slice.module.variables[index].space == Space::Shared;
}

uint64_t ModuleLowering::sharedOffset(const Variable& v) const {
  auto it = sharedOffsets_.find(&v);
  return it == sharedOffsets_.end() ? 0 : it->second;
}

std::string ModuleLowering::locate(std::string_view origin, SourceLoc loc) {
  return std::string(origin) + ":" + std::to_string(loc.line) + ":" + std::to_string(loc.column) +
         ": error: ";
}

llvm::DIFile* ModuleLowering::debugFile(uint32_t index) {
  auto [it, fresh] = files_.try_emplace(index, nullptr);
  if (fresh) {
    std::string_view name = "ptx";
    for (auto& [i, file] : slice.module.files)
      if (i == index)
        name = file;
    size_t slash = name.rfind('/');
    if (slash == std::string_view::npos)
      it->second = debug->createFile(llvm::StringRef(name.data(), name.size()), ".");
    else
      it->second =
          debug->createFile(llvm::StringRef(name.data() + slash + 1, name.size() - slash - 1),
                            llvm::StringRef(name.data(), slash));
  }
  return it->second;
}

// Static variables first, in order of declaration; all dynamic ones start together behind them.
Result<void> ModuleLowering::layoutShared() {
  constexpr uint64_t kMax = 0x7fff'ffff;
  std::vector<const Variable*> dynamic;
  const Variable* tooMuch = nullptr;
  auto place = [&](const Variable& v) {
    if (v.space != Space::Shared || tooMuch)
      return;
    if (v.linkage == Linkage::Extern || sizeOf(v) == 0) {
      dynamic.push_back(&v);
      return;
    }
    staticShared_ = alignTo(staticShared_, alignOf(v));
    sharedOffsets_[&v] = staticShared_;
    if (sizeOf(v) > kMax - std::min(kMax, staticShared_))
      tooMuch = &v;
    staticShared_ += sizeOf(v);
  };
  for (const Variable& v : slice.module.variables)
    place(v);
  for (const Function& f : slice.module.functions)
    forVariables(f.body, place);
  uint64_t align = 16;
  for (const Variable* v : dynamic)
    align = std::max<uint64_t>(align, alignOf(*v));
  if (!dynamic.empty())
    staticShared_ = alignTo(staticShared_, align);
  for (const Variable* v : dynamic)
    sharedOffsets_[v] = staticShared_;
  if (tooMuch)
    return makeError(Status::InvalidPtx,
                     locate(slice.module.functions.front().origin, tooMuch->loc) +
                         "too much static shared memory: '" + std::string(tooMuch->name) +
                         "' has " + std::to_string(sizeOf(*tooMuch)) + " bytes");
  return {};
}

void ModuleLowering::declareFunctions(std::string_view kernel) {
  for (size_t i = 0; i < slice.module.functions.size(); ++i) {
    const Function& f = slice.module.functions[i];
    if (f.isEntry && f.name != kernel && !f.isDeclaration) // a declaration: its address is taken
      continue;
    LoweredFunction* known = function(f.name);
    if (known && (f.isDeclaration || known->llvm))
      continue;
    LoweredFunction& lf = known ? *known : functions_.emplace_back();
    functionsByName_[f.name] = &lf;
    lf.ptx = &f;
    lf.id = i < slice.functionIds.size() ? slice.functionIds[i] : ~0u;
    lf.isKernel = f.isEntry;
    if (f.isDeclaration)
      continue;
    auto* type = f.isEntry ? llvm::FunctionType::get(llvm::Type::getVoidTy(context), false)
                           : signature(f.returns, f.params).type;
    // "f.": no PTX name has a dot, so nothing of ours can have a function's name.
    lf.llvm = llvm::Function::Create(
        type, f.isEntry ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage,
        (f.isEntry ? "" : "f.") + std::string(f.name), *module_);
    lf.llvm->addFnAttr(llvm::Attribute::NoUnwind);
    forInstructions(f.body, [&](const Instruction&) { ++lf.statements; });
  }
  for (const Function& f : slice.module.functions)
    if (LoweredFunction* target = f.aliasOf.empty() ? nullptr : function(f.aliasOf))
      functionsByName_[f.name] = target;
  for (size_t i = 0; i < slice.module.variables.size(); ++i)
    variablesByName_.try_emplace(slice.module.variables[i].name, int(i));
}

// Inlines what is small or has one caller; what can reach itself stays a function.
void ModuleLowering::chooseInlining() {
  std::unordered_map<const LoweredFunction*, std::vector<LoweredFunction*>> callees;
  for (LoweredFunction& f : functions_)
    if (f.llvm)
      for (llvm::User* user : f.llvm->users())
        if (auto* call = llvm::dyn_cast<llvm::CallBase>(user))
          for (LoweredFunction& g : functions_)
            if (g.llvm == call->getFunction()) {
              callees[&g].push_back(&f);
              ++f.uses;
            }
  for (LoweredFunction& f : functions_) {
    if (!f.llvm || f.isKernel)
      continue;
    std::vector<LoweredFunction*> todo = callees[&f], seen;
    bool recursive = false;
    while (!todo.empty() && !recursive) {
      LoweredFunction* g = todo.back();
      todo.pop_back();
      recursive = g == &f;
      if (std::ranges::find(seen, g) == seen.end()) {
        seen.push_back(g);
        todo.insert(todo.end(), callees[g].begin(), callees[g].end());
      }
    }
    if (!recursive && (f.uses <= 1 || f.statements <= kSmallFunction))
      f.llvm->addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

void ModuleLowering::findClusterUse() {
  auto isCluster = [](std::string_view modifier) {
    return modifier == "shared::cluster" || modifier == "multicast::cluster";
  };
  for (LoweredFunction& f : functions_)
    forInstructions(f.ptx->body, [&](const Instruction& i) {
      usesClusters_ |= i.mnemonic == "mapa" || i.mnemonic == "getctarank" ||
                       std::ranges::any_of(i.modifiers, isCluster);
    });
}

Result<void> ModuleLowering::linkDeviceLib() {
  if (!usesDeviceLib_)
    return {};
  return linkDeviceLibrary(*module_);
}

Result<std::unique_ptr<llvm::Module>> ModuleLowering::run(std::string_view kernel) {
  module_ = std::make_unique<llvm::Module>(llvm::StringRef(kernel.data(), kernel.size()), context);
  module_->setTargetTriple(LLVM_HOST_TRIPLE);
  module_->setDataLayout(deviceLibraryDataLayout(context));
  declareFunctions(kernel);
  LoweredFunction* entry = function(kernel);
  if (!entry || !entry->llvm || !entry->isKernel)
    return makeError(Status::NotFound, "ptx: error: no kernel named '" + std::string(kernel) + "'");
  AW_TRY(layoutShared());
  findClusterUse();
  bool hasLines = false;
  for (LoweredFunction& f : functions_)
    forInstructions(f.ptx->body, [&](const Instruction& i) { hasLines |= i.debugLine != 0; });
  if (options.debugInfo && hasLines) {
    debug = std::make_unique<llvm::DIBuilder>(*module_);
    debug->createCompileUnit(llvm::dwarf::DW_LANG_C_plus_plus, debugFile(1), "anywarp", true, "", 0,
                             "", llvm::DICompileUnit::LineTablesOnly);
    module_->addModuleFlag(llvm::Module::Warning, "Debug Info Version",
                           llvm::DEBUG_METADATA_VERSION);
    module_->addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
  }
  for (LoweredFunction& f : functions_)
    if (f.llvm)
      AW_TRY(FunctionLowering(*this, f).run());
  entry->llvm->addFnAttr("aw-kernel");
  entry->llvm->addFnAttr("aw-static-shared", std::to_string(staticShared_));
  chooseInlining();
  if (debug)
    debug->finalize();
  AW_TRY(linkDeviceLib());
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (llvm::verifyModule(*module_, &stream))
    return makeError(Status::Unknown, "ptx: error: internal: lowering '" + std::string(kernel) +
                                          "' gave invalid IR: " + stream.str());
  return std::move(module_);
}

Result<std::unique_ptr<llvm::Module>> lower(const Index::Slice& slice, std::string_view name,
                                            const LowerOptions& options,
                                            llvm::LLVMContext& context) {
  return ModuleLowering(slice, options, context).run(name);
}

} // namespace anywarp::ptx
