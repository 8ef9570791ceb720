// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a compile request to code in memory: disk cache first, then the compiler module, which is
// loaded on the first miss. Safe from any thread; doing each variant once is the caller's business.
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
  KernelImage(void* handle, int fd, const AwKernelInfo* info)
      : handle_(handle), fd_(fd), info_(info) {}
  KernelImage(const KernelImage&) = delete;
  ~KernelImage();
  const AwKernelInfo& info() const { return *info_; }
  std::atomic<uint32_t>& nanosPerBlock() { return nanosPerBlock_; }

private:
  void* handle_;
  int fd_; // of the memory file that holds the code, -1 if it lies in the cache
  const AwKernelInfo* info_;
  std::atomic<uint32_t> nanosPerBlock_{0};
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

private:
  CacheKey keyOf(const CompileRequest& request) const;
  Result<std::vector<char>> compile(const CompileRequest& request);
  Result<CompileFn> compiler();
  Result<std::shared_ptr<KernelImage>> open(const std::string& path, int fd,
                                            const std::string& kernel);
  Result<std::shared_ptr<KernelImage>> openInMemory(const std::vector<char>& bytes,
                                                    const std::string& kernel);

  std::shared_ptr<Cache> cache_;
  TargetChoice target_;
  std::string identity_; // processor and compiler build
  std::mutex mutex_;     // guards compiler_
  CompileFn compiler_ = nullptr;
};

} // namespace anywarp::cpu
