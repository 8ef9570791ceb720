// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structural equality of PTX trees without positions: what a round trip through the printer must
// keep. Used by unit tests and fuzz targets.
#pragma once

#include "ptx/ast.h"

#include <algorithm>

namespace anywarp::ptx {

template <typename T> bool equalLists(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return equal(x, y); });
}

inline bool equal(const Operand& a, const Operand& b) {
  return a.kind == b.kind && a.negated == b.negated && a.minus == b.minus && a.name == b.name &&
         a.bits == b.bits && a.offset == b.offset && equalLists(a.elements, b.elements);
}

inline bool equal(const Initializer::Element& a, const Initializer::Element& b) {
  return a.bits == b.bits && a.isFloat == b.isFloat && a.symbol == b.symbol &&
         a.offset == b.offset && a.generic == b.generic && a.maskShift == b.maskShift;
}

inline bool equal(const Variable& a, const Variable& b) {
  return a.space == b.space && a.linkage == b.linkage && a.type == b.type && a.vector == b.vector &&
         a.align == b.align && a.name == b.name && a.count == b.count && a.dims == b.dims &&
         a.isPointer == b.isPointer && a.pointerSpace == b.pointerSpace &&
         a.pointerAlign == b.pointerAlign && a.init.has_value() == b.init.has_value() &&
         (!a.init || equalLists(a.init->elements, b.init->elements)) &&
         a.attributes == b.attributes && a.opaque == b.opaque;
}

inline bool equal(const Instruction& a, const Instruction& b) {
  return a.debugFile == b.debugFile && a.debugLine == b.debugLine &&
         a.debugColumn == b.debugColumn && a.guard.has_value() == b.guard.has_value() &&
         (!a.guard || (a.guard->reg == b.guard->reg && a.guard->negated == b.guard->negated)) &&
         a.mnemonic == b.mnemonic && a.modifiers == b.modifiers &&
         equalLists(a.operands, b.operands);
}

inline bool equal(const Statement& a, const Statement& b) {
  if (a.kind != b.kind)
    return false;
  switch (a.kind) {
  case Statement::Kind::Instruction:
    return equal(a.instruction, b.instruction);
  case Statement::Kind::Label:
    return a.label.name == b.label.name;
  case Statement::Kind::Variable:
    return equal(a.variable, b.variable);
  case Statement::Kind::Block:
    return equalLists(a.block->statements, b.block->statements);
  case Statement::Kind::Prototype:
    return a.prototype->name == b.prototype->name &&
           equalLists(a.prototype->returns, b.prototype->returns) &&
           equalLists(a.prototype->params, b.prototype->params);
  case Statement::Kind::Targets:
    return a.targets->name == b.targets->name && a.targets->isCall == b.targets->isCall &&
           a.targets->targets == b.targets->targets;
  }
  return false;
}

inline bool equal(const Function& a, const Function& b) {
  auto same = [](const uint32_t(&x)[3], const uint32_t(&y)[3]) { return std::equal(x, x + 3, y); };
  return a.isEntry == b.isEntry && a.isDeclaration == b.isDeclaration && a.noreturn == b.noreturn &&
         a.linkage == b.linkage && a.name == b.name && equalLists(a.returns, b.returns) &&
         equalLists(a.params, b.params) && same(a.maxntid, b.maxntid) &&
         same(a.reqntid, b.reqntid) && same(a.reqnctapercluster, b.reqnctapercluster) &&
         a.maxnreg == b.maxnreg && a.minnctapersm == b.minnctapersm &&
         a.maxnctapersm == b.maxnctapersm && a.maxclusterrank == b.maxclusterrank &&
         a.explicitcluster == b.explicitcluster && a.blocksareclusters == b.blocksareclusters &&
         a.pragmas == b.pragmas && a.aliasOf == b.aliasOf &&
         equalLists(a.body.statements, b.body.statements);
}

inline bool equal(const Module& a, const Module& b) {
  return a.versionMajor == b.versionMajor && a.versionMinor == b.versionMinor &&
         a.targets == b.targets && a.addressSize == b.addressSize && a.files == b.files &&
         equalLists(a.variables, b.variables) && equalLists(a.functions, b.functions);
}

} // namespace anywarp::ptx
