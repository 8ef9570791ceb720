// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What NVRTC asks of a source beyond the language: nothing in it is for the host, and each name
// expression is the address of a kernel or a variable. Runs as the source is parsed, before code is
// made of it.
#pragma once

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/GlobalDecl.h>
#include <string>
#include <vector>

namespace clang {
class VarDecl;
}

namespace anywarp::frontend {

// The variable in whose initializer name expression i stands.
inline constexpr const char* kNameVariable = "__anywarp_name_";
// The text that compiles the expressions; goes behind the source.
std::string nameExpressionText(const std::vector<std::string>& expressions);

class SourceChecks : public clang::ASTConsumer {
public:
  SourceChecks(const std::vector<std::string>& expressions, std::vector<clang::GlobalDecl>& named)
      : expressions_(expressions), named_(named) {}

  void Initialize(clang::ASTContext& context) override { context_ = &context; }
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override;

private:
  bool isOurs(clang::SourceLocation location) const;
  void check(clang::Decl* decl);
  void checkVariable(const clang::VarDecl* variable);
  void resolve(const clang::VarDecl* variable, size_t index);
  void error(clang::SourceLocation location, const char* text);

  const std::vector<std::string>& expressions_;
  std::vector<clang::GlobalDecl>& named_; // of each expression; null where it is none
  clang::ASTContext* context_ = nullptr;
};

} // namespace anywarp::frontend
