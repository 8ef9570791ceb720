// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loaded module on a cpu device: its kernels with their compiled variants, and its variables with
// their storage. Belongs to core's module; safe from any thread.
#pragma once

#include "core/backend.h"
#include "kernel_loader.h"
#include "memory.h"
#include "ptx/index.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace anywarp::cpu {

class CpuProgram;

class CpuKernel final : public BackendKernel {
public:
  CpuKernel(CpuProgram& program, const ptx::IndexedFunction& function);
  const std::string& name() const override { return name_; }
  std::span<const KernelParam> params() const override { return params_; }
  uint32_t paramBytes() const override { return paramBytes_; }
  Result<KernelAttributes> attributes() override;

  // The best code so far for blocks of this shape: compiled by the first who asks, once; others
  // wait. A kernel that cannot be compiled stays so. Valid as long as the kernel.
  Result<KernelImage*> image(const uint32_t block[3]);
  CpuProgram& program() const { return program_; }
  const ptx::FunctionHeader& header() const { return function_.header; }

private:
  struct Variant {
    std::once_flag once;
    Result<std::shared_ptr<KernelImage>> image = makeError(Status::Unknown, "");
  };
  Result<std::shared_ptr<KernelImage>> compile(spmd::BlockShape shape);
  // What only the bodies say, of the kernel and all that it calls.
  struct Sizes {
    uint32_t staticShared = 0, localBytes = 0, constBytes = 0;
    int32_t ptxVersion = 0;
  };
  Result<Sizes> sizes() const;
  Result<Sizes> sizesOfText() const;

  CpuProgram& program_;
  const ptx::IndexedFunction& function_;
  std::string name_;
  std::vector<KernelParam> params_;
  uint32_t paramBytes_ = 0;
  std::mutex mutex_; // guards the two below, not the compilation
  std::map<spmd::BlockShape, Variant> variants_;
  // The one that was asked for last, compiled: found without the mutex.
  std::atomic<std::pair<const spmd::BlockShape, Variant>*> latest_{nullptr};
  std::optional<Result<KernelAttributes>> attributes_;
};

class CpuProgram final : public Program {
public:
  static Result<std::unique_ptr<Program>> load(std::vector<PtxUnit> units, Memory& memory,
                                               KernelLoader& loader);
  ~CpuProgram() override;

  BackendKernel* kernel(std::string_view name) override;
  // The kernel that device code means by the address of its entry; null: none.
  CpuKernel* kernelAt(uint64_t address);
  std::vector<std::string> kernelNames() const override;
  const ProgramVariable* variable(std::string_view name) override;
  std::vector<ProgramVariable> variables() override { return variables_; }

  const std::shared_ptr<const ptx::Index>& index() const { return index_; }
  KernelLoader& loader() const { return loader_; }
  void* const* globals() const { return globals_.data(); }

private:
  CpuProgram(std::shared_ptr<const ptx::Index> index, Memory& memory, KernelLoader& loader);
  Result<void> placeVariables();
  Result<void> initialize(const ptx::IndexedVariable& variable);
  Result<uint64_t> addressOf(const ptx::IndexedVariable& user, std::string_view symbol) const;

  std::shared_ptr<const ptx::Index> index_;
  Memory& memory_;
  KernelLoader& loader_;
  void* storage_ = nullptr;
  size_t storageBytes_ = 0;
  std::vector<void*> globals_;             // by variable id
  std::vector<ProgramVariable> variables_; // by variable id
  std::mutex mutex_;                       // guards kernels_
  std::unordered_map<std::string_view, std::unique_ptr<CpuKernel>> kernels_;
};

} // namespace anywarp::cpu
