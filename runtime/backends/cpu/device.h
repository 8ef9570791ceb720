// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cpu device: puts pool, memory, loader and services together behind core/backend.h. Safe from
// any thread.
#pragma once

#include "core/backend.h"
#include "fault.h"
#include "kernel_loader.h"
#include "memory.h"
#include "pool.h"
#include "program.h"
#include "services.h"
#include "texture_table.h"
#include "worker.h"

#include <memory>

namespace anywarp::cpu {

// What ANYWARP_DEVICES says behind "cpu:".
struct DeviceSettings {
  unsigned threads = 0; // 0: one for each processor that the process may use
  uint64_t memory = 0;  // bytes; 0: 80 % of the machine's
  TargetChoice target;
  std::string isa;              // as it was written; empty: native
  int capability = 0;           // 10 * major + minor; 0: of ANYWARP_COMPUTE_CAPABILITY
  unsigned multiprocessors = 0; // that are reported; 0: one for each thread
  std::string name;             // empty: the processor's
};
// "threads=2,memory=4G,isa=avx2,cc=8.6,sms=16,name=X"; an error names what is not understood, or
// the instructions that this machine lacks.
Result<DeviceSettings> parseSettings(std::string_view spec);

// What a device with these settings says about itself; `index` is its place among all devices.
DeviceInfo describeDevice(const DeviceSettings& settings, unsigned index);

class GridScope;

class CpuDevice final : public BackendDevice {
public:
  CpuDevice(const DeviceSettings& settings, unsigned ordinal, std::shared_ptr<Cache> cache,
            CompileFn compiler = nullptr);
  ~CpuDevice() override;

  const DeviceInfo& info() const override { return info_; }
  Result<void*> allocate(size_t bytes, MemoryKind kind) override;
  void release(void* pointer, size_t bytes, MemoryKind kind) override;
  Result<SharedBlock> share(void* pointer, size_t bytes) override {
    return memory_.share(pointer, bytes);
  }
  Result<void*> openShared(const SharedBlock& block, size_t bytes) override {
    return Memory::openShared(block, bytes);
  }
  void closeShared(void* pointer, size_t bytes) override { Memory::closeShared(pointer, bytes); }
  Result<void> charge(size_t bytes) override { return memory_.charge(bytes); }
  void discharge(size_t bytes) override { memory_.discharge(bytes); }
  uint64_t freeMemory() override { return memory_.free(); }
  Result<uint64_t> loadWord(const void* address, unsigned bytes) override;
  Result<void> storeWord(void* address, uint64_t value, unsigned bytes) override;
  Result<void> copy(void* dst, const void* src, size_t bytes) override;
  Result<void> copy2d(void* dst, size_t dstPitch, const void* src, size_t srcPitch,
                      size_t widthBytes, size_t height) override;
  Result<void> fill(void* dst, uint32_t value, unsigned elementSize, size_t count) override;
  Result<uint64_t> createTexture(const AwTexture& description) override {
    return textures_.add(description);
  }
  void destroyTexture(uint64_t handle) override { textures_.remove(handle); }
  Result<uint64_t> createSurface(const AwSurface& description) override {
    return textures_.add(description);
  }
  void destroySurface(uint64_t handle) override { textures_.remove(handle); }
  Result<std::unique_ptr<Program>> load(std::vector<PtxUnit> units) override;
  Result<void> check(const std::vector<PtxUnit>& units) override;
  Result<void> run(BackendKernel& kernel, const LaunchConfig& config) override;
  Result<void> prepare(BackendKernel& kernel, const uint32_t block[3]) override;
  Result<uint32_t> maxActiveBlocks(BackendKernel& kernel, uint32_t blockThreads,
                                   uint32_t dynamicShared) override;
  void post(std::function<void()> task) override { pool_.post(std::move(task)); }
  std::unique_ptr<BackendContext> makeContext() override { return std::make_unique<CpuContext>(); }
  void beginSeries() override { anywarp::beginSeries(); }
  void endSeries() override { anywarp::endSeries(); }

  void setRole(const DeviceRole& role) override {
    role_ = role;
    services_.replicas = role.replicas;
    if (role.counters)
      memory_.report(&role.counters->memoryUsed);
  }
  const DeviceRole& role() const { return role_; }

  // Runs the blocks of one grid, without what it launches.
  Result<void> runGrid(const LaunchConfig& config, GridScope& scope);
  Pool& pool() { return pool_; }

private:
  DeviceInfo info_;
  DeviceRole role_;
  Memory memory_;
  TextureTable textures_;
  Services services_;
  KernelLoader loader_;
  WorkerSet workers_;
  Pool pool_; // last: its threads use all of the above
};

} // namespace anywarp::cpu
