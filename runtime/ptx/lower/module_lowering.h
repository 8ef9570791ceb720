// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The state of lowering one kernel with all that it reaches: the LLVM module, the layout of shared
// memory, the functions and their signatures, declarations of services. Private to lower/; one
// thread.
#pragma once

#include "ptx/lower.h"

#include <deque>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/Module.h>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace anywarp::ptx {

// A function of the slice: PTX on one side, LLVM on the other.
struct LoweredFunction {
  const Function* ptx = nullptr;
  uint32_t id = ~0u;
  llvm::Function* llvm = nullptr; // null for declarations
  bool isKernel = false;
  unsigned uses = 0;     // call sites
  size_t statements = 0; // size
  llvm::DISubprogram* debug = nullptr;
};

// How values travel: scalars by value, arrays by pointer; the first scalar result is returned,
// other results come first among the arguments as pointers.
struct Signature {
  llvm::FunctionType* type = nullptr;
  bool returnsValue = false;
};

class ModuleLowering {
public:
  ModuleLowering(const Index::Slice& slice, const LowerOptions& options,
                 llvm::LLVMContext& context);
  Result<std::unique_ptr<llvm::Module>> run(std::string_view kernel);

  const Index::Slice& slice;
  const LowerOptions& options;
  llvm::LLVMContext& context;
  llvm::Module& module() { return *module_; }

  Signature signature(const std::vector<Variable>& returns, const std::vector<Variable>& params);
  static bool byPointer(const Variable& v) { return !v.dims.empty() || v.vector > 1; }
  llvm::Type* valueType(Type t);
  llvm::FunctionCallee service(llvm::StringRef name, llvm::FunctionType* type);
  llvm::FunctionCallee deviceLib(std::string_view name, llvm::FunctionType* type);

  LoweredFunction* function(std::string_view name);
  std::deque<LoweredFunction>& functions() { return functions_; }
  // Index in slice.module.variables, or -1.
  int variable(std::string_view name) const;
  bool isShared(int index) const;
  uint64_t sharedOffset(const Variable& v) const;
  // The slice names other blocks' shared memory, so shared addresses hold the block's rank.
  bool usesClusters() const { return usesClusters_; }
  static std::string locate(std::string_view origin, SourceLoc loc);
  std::unique_ptr<llvm::DIBuilder> debug;
  llvm::DIFile* debugFile(uint32_t index);

private:
  Result<void> layoutShared();
  void declareFunctions(std::string_view kernel);
  void chooseInlining();
  void findClusterUse();
  Result<void> linkDeviceLib();

  std::unique_ptr<llvm::Module> module_;
  std::deque<LoweredFunction> functions_;
  std::unordered_map<std::string_view, LoweredFunction*> functionsByName_;
  std::unordered_map<std::string_view, int> variablesByName_;
  std::unordered_map<const Variable*, uint64_t> sharedOffsets_;
  std::unordered_map<uint32_t, llvm::DIFile*> files_;
  uint64_t staticShared_ = 0;
  bool usesDeviceLib_ = false, usesClusters_ = false;
};

} // namespace anywarp::ptx
