// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a compile request to code in memory: disk cache first, then the compiler module, which is
// loaded on the first miss. Safe from any thread; doing each variant once is the caller's business.
//
// Large kernels (Tier::Auto) get quick code first and run with it, while a process of its own
// compiles them fully. That code goes to the cache and replaces the quick one at a later launch;
// blocks that run keep theirs. Where there is no such process they are compiled fully at once.
#pragma once

#include "backends/cpu/compiler.h"
#include "cache.h"
#include "compile_process.h"
#include "compiler_module.h"
#include "spmd/kernel_abi.h"
#include "support/own_descriptor.h"

#include <atomic>
#include <memory>
#include <string>

namespace anywarp::cpu {

// A compiled kernel in memory; closed with the last owner.
class KernelImage {
public:
  // Opens a shared object; fd: of the memory file that holds it, which the image then owns.
  static Result<std::shared_ptr<KernelImage>> open(const std::string& path, int fd,
                                                   const std::string& kernel);
  static Result<std::shared_ptr<KernelImage>> openInMemory(const std::vector<char>& bytes,
                                                           const std::string& kernel);
  // The same of a memory file, which is closed with the image, or now if it is no kernel.
  static Result<std::shared_ptr<KernelImage>> openFile(int fd, const std::string& kernel);
  KernelImage(void* handle, int fd, const AwKernelInfo* info)
      : handle_(handle), file_(fd), info_(info) {}
  KernelImage(const KernelImage&) = delete;
  ~KernelImage();

  const AwKernelInfo& info() const { return *info_; }
  // There is better code to be had.
  bool quick() const { return quick_; }
  void setQuick(bool quick) { quick_ = quick; }
  std::atomic<uint32_t>& nanosPerBlock() { return nanosPerBlock_; }

  // What a launch shall run now: this code, or what has replaced it. Lives as long as this image.
  KernelImage& best() {
    if (waits_.load(std::memory_order_acquire)) [[unlikely]]
      maker_->look();
    KernelImage* better = better_.load(std::memory_order_acquire);
    return better ? *better : *this;
  }
  // Better code is being made by `maker`; once at most. Ends with replace(); null: there is none.
  void awaitBetter(std::shared_ptr<CompileProcess> maker);
  void replace(std::shared_ptr<KernelImage> better);

private:
  void* handle_;
  OwnDescriptor file_; // of the memory file that holds the code; none if it lies in the cache
  const AwKernelInfo* info_;
  bool quick_ = false;
  std::atomic<uint32_t> nanosPerBlock_{0};
  std::shared_ptr<CompileProcess> maker_; // written once, before waits_
  std::atomic<bool> waits_{false};
  std::shared_ptr<KernelImage> betterOwner_; // written once, before better_
  std::atomic<KernelImage*> better_{nullptr};
};

// Which instructions the device's kernels may use, as ANYWARP_DEVICES says (isa=...).
struct TargetChoice {
  std::string cpu, features; // LLVM's names; empty: this machine's
};

class KernelLoader {
public:
  // Compiles a request; tests put their own here. Null: libanywarp_compiler.so beside this module,
  // and the compile process of this process.
  explicit KernelLoader(std::shared_ptr<Cache> cache, TargetChoice target,
                        CompileFn compiler = nullptr,
                        std::shared_ptr<CompileProcess> later = nullptr);

  Result<std::shared_ptr<KernelImage>> load(CompileRequest request);
  Cache& cache() { return *cache_; }
  // For what else the cache keeps of a kernel: `what` tells it from code and from other such
  // things.
  CacheKey factsKey(const ptx::Index& index, std::string_view kernel, std::string_view what) const;

private:
  CacheKey keyOf(const CompileRequest& request, Tier tier) const;
  Result<CompiledCode> compile(const CompileRequest& request);
  Result<std::shared_ptr<KernelImage>> compileAndKeep(const CompileRequest& request,
                                                      const CacheKey& full, const CacheKey& quick);
  bool improve(const CompileRequest& request, const std::shared_ptr<KernelImage>& quick);

  std::shared_ptr<Cache> cache_;
  CompilerModule compiler_;
  std::shared_ptr<CompileProcess> later_; // null: none
  TargetChoice target_;
  std::string identity_; // processor and compiler build
};

} // namespace anywarp::cpu
