// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a compile request to code in memory: disk cache first, then the compiler module, which is
// loaded on the first miss. Safe from any thread; doing each variant once is the caller's business.
//
// Large kernels (Tier::Auto) get quick code first and run with it, while the full compilation goes
// on in the background. Its code goes to the cache and replaces the quick one at a later launch;
// blocks that run keep theirs.
#pragma once

#include "backends/cpu/compiler.h"
#include "cache.h"
#include "spmd/kernel_abi.h"

#include <atomic>
#include <memory>
#include <mutex>
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
  KernelImage(void* handle, int fd, const AwKernelInfo* info)
      : handle_(handle), fd_(fd), info_(info) {}
  KernelImage(const KernelImage&) = delete;
  ~KernelImage();

  const AwKernelInfo& info() const { return *info_; }
  std::atomic<uint32_t>& nanosPerBlock() { return nanosPerBlock_; }

  // What a launch shall run now: this code, or what has replaced it. Lives as long as this image.
  KernelImage& best() {
    KernelImage* better = better_.load(std::memory_order_acquire);
    return better ? *better : *this;
  }
  // Once at most.
  void replace(std::shared_ptr<KernelImage> better);

private:
  void* handle_;
  int fd_; // of the memory file that holds the code, -1 if it lies in the cache
  const AwKernelInfo* info_;
  std::atomic<uint32_t> nanosPerBlock_{0};
  std::shared_ptr<KernelImage> betterOwner_; // written once, before better_
  std::atomic<KernelImage*> better_{nullptr};
};

// Which instructions the device's kernels may use, as ANYWARP_DEVICES says (isa=...).
struct TargetChoice {
  std::string cpu, features; // LLVM's names; empty: this machine's
};

class KernelLoader {
public:
  // Compiles a request; tests put their own here. Null: libanywarp_compiler.so beside this module.
  explicit KernelLoader(std::shared_ptr<Cache> cache, TargetChoice target,
                        CompileFn compiler = nullptr);

  Result<std::shared_ptr<KernelImage>> load(CompileRequest request);
  Cache& cache() { return *cache_; }
  // For what else the cache keeps of a kernel: `what` tells it from code and from other such
  // things.
  CacheKey factsKey(const ptx::Index& index, std::string_view kernel, std::string_view what) const;

private:
  // The compiler module, once somebody needs it. Background jobs may outlive the loader.
  class Compiler {
  public:
    explicit Compiler(CompileFn function) : function_(function) {}
    Result<CompileFn> get();

  private:
    std::mutex mutex_; // guards function_
    CompileFn function_;
  };

  CacheKey keyOf(const CompileRequest& request, Tier tier) const;
  std::shared_ptr<KernelImage> cached(const CacheKey& key, const std::string& kernel);
  Result<CompiledCode> compile(const CompileRequest& request);
  void improve(CompileRequest request, const std::shared_ptr<KernelImage>& quick);

  std::shared_ptr<Cache> cache_;
  std::shared_ptr<Compiler> compiler_;
  TargetChoice target_;
  std::string identity_; // processor and compiler build
};

} // namespace anywarp::cpu
