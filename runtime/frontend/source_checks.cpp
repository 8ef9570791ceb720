// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/source_checks.h"

#include "frontend/embedded.h"
#include "frontend/source_log.h"

#include <algorithm>
#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/SourceManager.h>
#include <fmt/format.h>

namespace anywarp::frontend {
namespace {

template <typename... Attributes> bool hasAny(const clang::Decl* decl) {
  return (decl->hasAttr<Attributes>() || ...);
}

bool isOnDevice(const clang::VarDecl* variable) {
  return hasAny<clang::CUDADeviceAttr, clang::CUDAConstantAttr, clang::CUDASharedAttr,
                clang::HIPManagedAttr>(variable);
}

} // namespace

std::string nameExpressionText(const std::vector<std::string>& expressions) {
  if (expressions.empty())
    return {};
  std::string text = fmt::format("\n#line 2 \"{}\"\n", kNameMap);
  for (size_t i = 0; i < expressions.size(); i++) {
    std::string line = expressions[i];
    std::replace(line.begin(), line.end(), '\n', ' ');
    text += fmt::format("static auto {}{} = ({});\n", kNameVariable, i, line);
  }
  return text;
}

void SourceChecks::error(clang::SourceLocation location, const char* text) {
  clang::DiagnosticsEngine& engine = context_->getDiagnostics();
  engine.Report(location,
                engine.getDiagnosticIDs()->getCustomDiagID(clang::DiagnosticIDs::Error, text));
}

// In a header of ours.
bool SourceChecks::isOurs(clang::SourceLocation location) const {
  const clang::SourceManager& sources = context_->getSourceManager();
  clang::OptionalFileEntryRef file =
      sources.getFileEntryRefForID(sources.getFileID(sources.getExpansionLoc(location)));
  return file && file->getName().starts_with(kIncludeFolder);
}

bool SourceChecks::HandleTopLevelDecl(clang::DeclGroupRef group) {
  for (clang::Decl* decl : group)
    if (!decl->isFromASTFile() && !isOurs(decl->getLocation()))
      check(decl);
  return true;
}

void SourceChecks::check(clang::Decl* decl) {
  if (decl->isImplicit() || decl->isInvalidDecl())
    return;
  if (auto* variable = llvm::dyn_cast<clang::VarDecl>(decl))
    return checkVariable(variable);
  if (auto* shell = llvm::dyn_cast<clang::TemplateDecl>(decl)) {
    if (clang::Decl* inside = shell->getTemplatedDecl())
      check(inside);
    return;
  }
  if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    if (!function->isThisDeclarationADefinition() || function->isDefaulted() ||
        function->isConstexpr() || function->isDeleted())
      return;
    if (hasAny<clang::CUDADeviceAttr, clang::CUDAGlobalAttr>(function))
      return;
    return error(
        function->getLocation(),
        function->hasAttr<clang::CUDAHostAttr>()
            ? "A function explicitly marked as a __host__ function is not allowed in JIT mode"
            : "A function without execution space annotations (__host__/__device__/__global__) is "
              "considered a host function, and host functions are not allowed in JIT mode. "
              "Consider using "
              "-default-device flag to process unannotated functions as __device__ functions in "
              "JIT mode");
  }
  bool opens = llvm::isa<clang::NamespaceDecl>(decl) || llvm::isa<clang::LinkageSpecDecl>(decl) ||
               llvm::isa<clang::CXXRecordDecl>(decl);
  if (opens)
    for (clang::Decl* inside : llvm::cast<clang::DeclContext>(decl)->decls())
      check(inside);
}

void SourceChecks::checkVariable(const clang::VarDecl* variable) {
  llvm::StringRef name = variable->getIdentifier() ? variable->getName() : "";
  size_t index = 0;
  if (name.consume_front(kNameVariable) && !name.getAsInteger(10, index) &&
      index < expressions_.size())
    return resolve(variable, index);
  if (isOnDevice(variable) || !variable->hasGlobalStorage() || variable->isConstexpr() ||
      variable->hasExternalStorage() || variable->getType()->isDependentType())
    return;
  if (variable->getType().isConstQualified() || variable->getType()->isReferenceType())
    return;
  bool member = variable->isStaticDataMember();
  error(variable->getLocation(),
        member ? "A class static data member with non-const type is considered a host variable, "
                 "and host variables are "
                 "not allowed in JIT mode. Consider using -default-device flag to process such "
                 "data members as "
                 "__device__ variables in JIT mode"
               : "A namespace scope variable without memory space annotations "
                 "(__device__/__constant__/__shared__/__managed__) is considered a host variable, "
                 "and host variables "
                 "are not allowed in JIT mode. Consider using -default-device flag to process "
                 "unannotated namespace "
                 "scope variables as __device__ variables in JIT mode");
}

void SourceChecks::resolve(const clang::VarDecl* variable, size_t index) {
  const clang::Expr* expression = variable->getInit();
  while (expression) {
    expression = expression->IgnoreParenCasts();
    auto* address = llvm::dyn_cast<clang::UnaryOperator>(expression);
    if (!address || address->getOpcode() != clang::UO_AddrOf)
      break;
    expression = address->getSubExpr();
  }
  auto* reference = llvm::dyn_cast_or_null<clang::DeclRefExpr>(expression);
  clang::QualType type = variable->getType();
  if (reference && type->isPointerType()) {
    clang::ValueDecl* decl = const_cast<clang::ValueDecl*>(reference->getDecl());
    if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl))
      if (function->hasAttr<clang::CUDAGlobalAttr>()) {
        named_[index] = clang::GlobalDecl(function);
        return;
      }
    if (auto* named = llvm::dyn_cast<clang::VarDecl>(decl); named && isOnDevice(named)) {
      named_[index] = clang::GlobalDecl(named);
      return;
    }
  }
  clang::DiagnosticsEngine& engine = context_->getDiagnostics();
  unsigned id = engine.getDiagnosticIDs()->getCustomDiagID(
      clang::DiagnosticIDs::Error,
      "Name expression must form address of a __global__ function or the address of a "
      "__device__/__constant__ variable. Input name expression was: \"%0\"");
  engine.Report(variable->getLocation(), id) << expressions_[index];
}

} // namespace anywarp::frontend
