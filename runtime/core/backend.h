// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a backend implements: devices that own memory, load programs and run kernels.
//
// A backend is a loadable module libanywarp_<name>.so that exports anywarpBackend(). Core owns
// order (streams, events), contexts, handles and CUDA's rules; a backend executes one thing at a
// time, blocking, from whatever thread core calls it on. Every function is safe from any thread.
#pragma once

#include "support/foreign_file.h"
#include "support/ptx_unit.h"
#include "support/result.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct AwTexture; // spmd/texture_abi.h
struct AwSurface;
struct AwReplicas; // spmd/multimem_abi.h

namespace anywarp {

// Description of a device; fixed for the life of the process.
struct DeviceInfo {
  std::string name;
  uint64_t totalMemory = 0; // bytes
  int computeMajor = 9, computeMinor = 0;
  uint8_t uuid[16] = {};
  int multiprocessors = 1;
  int clockKHz = 0, memoryClockKHz = 0, memoryBusBits = 0;
  int l2CacheBytes = 0;
  int pciDomain = 0, pciBus = 0, pciDevice = 0;
  uint32_t maxThreadsPerBlock = 1024;
  uint32_t maxSharedPerBlock = 48 * 1024; // without opting in
  uint32_t maxSharedPerBlockOptin = 227 * 1024;
  uint32_t maxSharedPerMultiprocessor = 228 * 1024;
  uint32_t reservedSharedPerBlock = 1024;
  uint32_t maxThreadsPerMultiprocessor = 2048;
  uint32_t maxBlocksPerMultiprocessor = 32;
  uint32_t registersPerBlock = 65536;
  int coresPerMultiprocessor = 128; // for tools that multiply
  uint32_t maxClusterBlocks = 8;    // of a cluster; that any device of the capability has
  uint32_t maxClusterBlocksNonPortable = 16;
  uint32_t workers = 1; // host threads that execute kernels
};

// What a device does just now; other processes read it (core/usage.h). Plain numbers in memory that
// may be shared, so nothing but lock-free atomics.
struct DeviceCounters {
  std::atomic<uint64_t> memoryUsed{0}; // bytes; kept by the backend
  // Kept by core: time with a kernel running, by CLOCK_MONOTONIC_COARSE.
  std::atomic<uint64_t> busyNanos{0}, busySince{0};
  std::atomic<uint32_t> running{0};  // kernels
  std::atomic<uint32_t> contexts{0}; // active ones
};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// What a device is told about its place in the process, for kernels that ask.
struct NodeChange;
struct DeviceRole {
  int ordinal = 0, count = 1;
  DeviceCounters* counters = nullptr; // where it reports what it uses; null: nowhere
  // Value of a CUdevice_attribute; nothing for codes that there are not.
  std::optional<int> (*attribute)(const DeviceInfo& info, int code) = nullptr;
  // The memories that an address stands for, while it is mapped; never null.
  const AwReplicas* (*replicas)(const void* address) = nullptr;
  // A kernel of the device that has this ordinal changes a node of a graph. A cudaError_t.
  uint32_t (*changeNode)(int ordinal, const NodeChange& change) = nullptr;
};

// What a kernel wants changed of a kernel node that is device-updatable; copied from its memory.
struct NodeChange {
  enum class Field : uint32_t { GridDim = 1, Param = 2, Enabled = 3 }; // cudaGraphKernelNodeField
  uint64_t node = 0;                                                   // cudaGraphDeviceNode_t
  Field field = Field::GridDim;
  uint32_t grid[3] = {};
  size_t offset = 0; // of `value` in the parameter block
  std::span<const std::byte> value;
  bool enabled = false;
};

struct KernelParam {
  uint32_t offset = 0, size = 0; // bytes in the parameter block
};

struct KernelAttributes {
  uint32_t maxThreadsPerBlock = 1024;
  uint32_t staticShared = 0; // bytes
  uint32_t constBytes = 0, localBytes = 0, registers = 0;
  int ptxVersion = 0;                      // of the virtual architecture, 10 * major + minor
  int binaryVersion = 0;                   // of the machine code; 0: the device's
  uint32_t requiredThreads[3] = {0, 0, 0}; // .reqntid; 0: not given
  uint32_t requiredCluster[3] = {0, 0, 0}; // .reqnctapercluster; 0: not given
  uint32_t maxClusterBlocks = 0;           // .maxclusterrank; 0: not given
  bool explicitCluster = false;            // .explicitcluster: a launch must say the size
  bool gridInClusters = false;             // .blocksareclusters: launches give numbers of clusters
};

// A kernel of a loaded program. Owned by the Program; compiled when first needed.
class BackendKernel {
public:
  virtual ~BackendKernel() = default;
  virtual const std::string& name() const = 0;
  virtual std::span<const KernelParam> params() const = 0;
  virtual uint32_t paramBytes() const = 0;
  // .reqntid / .maxntid and static sizes; may parse the kernel but does not need LLVM.
  virtual Result<KernelAttributes> attributes() = 0;
};

// What a module variable is; all but Data are 8 bytes that hold a handle (spmd/texture_abi.h).
enum class VariableKind : uint8_t { Data, Texref, Surfref, Samplerref };

struct ProgramVariable {
  void* address = nullptr; // device address; for managed variables also the host's
  size_t size = 0;         // bytes
  bool constant = false, managed = false;
  VariableKind kind = VariableKind::Data;
};

// One loaded module on one device: kernels by name, variables with their storage.
class Program {
public:
  virtual ~Program() = default;
  virtual BackendKernel* kernel(std::string_view name) = 0; // null: no such kernel; cheap
  virtual std::vector<std::string> kernelNames() const = 0;
  virtual const ProgramVariable* variable(std::string_view name) = 0; // null: no such variable
  // All that have storage, also those that no name outside the module reaches.
  virtual std::vector<ProgramVariable> variables() = 0;
};

// What kernels of a graph may ask of whoever runs the graph. Safe from any thread.
class GraphCalls {
public:
  virtual ~GraphCalls() = default;
  virtual void setCondition(uint64_t handle, uint32_t value) = 0;
  virtual uint32_t launchGraph(uint64_t exec, uint64_t stream) = 0; // a cudaError_t
  virtual uint64_t deviceGraph() const = 0; // the handle of the graph; 0: kernels cannot launch it
};

// What a context has of its device for itself: limits, what its kernels print and their heap. Goes
// when nothing of the context runs any more. Safe from any thread.
class BackendContext {
public:
  virtual ~BackendContext() = default;
  // cuCtxSetLimit; bytes, or what the limit counts.
  virtual Result<void> setLimit(int cuLimit, size_t value) = 0;
  virtual Result<size_t> limit(int cuLimit) = 0;
  virtual void flushPrintf() = 0;
};

// The grids of one cooperative launch on several devices, which may wait for each other.
struct LaunchTeam {
  alignas(64) uint32_t arrived = 0; // blocks that wait; kernels count here
  alignas(64) uint32_t grids = 1;
  std::atomic<bool> failed{false}; // one of them will not arrive: the others stop waiting
};

struct LaunchConfig {
  uint32_t grid[3] = {1, 1, 1};
  uint32_t block[3] = {1, 1, 1};
  uint32_t dynamicShared = 0; // bytes
  bool cooperative = false;
  uint32_t maxWorkers = 0;           // host threads that may run blocks; 0: all
  uint32_t cluster[3] = {0, 0, 0};   // blocks of a cluster; 0: no clusters. Divides the grid
  std::span<const std::byte> params; // the parameter block; alive until run() returns
  GraphCalls* graph = nullptr;       // that it is a node of; null: none
  BackendContext* context = nullptr; // of the same device; null: one that nobody else knows
  LaunchTeam* team = nullptr;        // of this cooperative launch; alive until run() returns
  uint32_t teamRank = 0;             // of this grid in its team
};

// Device memory that other processes can map: a part of a file.
struct SharedBlock {
  ForeignFile file;
  uint64_t offset = 0;
};

enum class MemoryKind { Device, HostPinned, Managed };

class BackendDevice {
public:
  virtual ~BackendDevice() = default;
  virtual const DeviceInfo& info() const = 0;
  virtual void setRole(const DeviceRole&) {} // before anything runs

  // Memory; aligned to 512 bytes at least. Core keeps the table of allocations.
  virtual Result<void*> allocate(size_t bytes, MemoryKind kind) = 0;
  virtual void release(void* pointer, size_t bytes, MemoryKind kind) = 0;
  virtual uint64_t freeMemory() = 0;
  // True for addresses where nothing but this device's allocate() ever puts memory: core then tells
  // a stale device pointer from a pageable host pointer.
  virtual bool reserves(const void* pointer) const { return false; }
  // Makes memory of allocate() such that other processes can open it, while nobody uses it; and
  // memory that another process has made so.
  virtual Result<SharedBlock> share(void* pointer, size_t bytes) {
    return makeError(Status::NotSupported, "this backend shares no memory between processes");
  }
  virtual Result<void*> openShared(const SharedBlock& block, size_t bytes) {
    return makeError(Status::NotSupported, "this backend shares no memory between processes");
  }
  virtual void closeShared(void* pointer, size_t bytes) {}
  // Takes from, and gives back to, what freeMemory() says: memory that core keeps in files, so that
  // it can be mapped at several addresses and by other processes (virtual_memory.h).
  virtual Result<void> charge(size_t bytes) { return {}; } // OutOfMemory
  virtual void discharge(size_t bytes) {}
  virtual Result<void> copy(void* dst, const void* src, size_t bytes) = 0;
  virtual Result<void> copy2d(void* dst, size_t dstPitch, const void* src, size_t srcPitch,
                              size_t widthBytes, size_t height) = 0;
  // Writes `count` elements of `elementSize` (1, 2, 4) bytes.
  virtual Result<void> fill(void* dst, uint32_t value, unsigned elementSize, size_t count) = 0;

  // One aligned word of 4 or 8 bytes, as if by an atomic access of system scope; both order what
  // the calling thread did before or does after. IllegalAddress where there is no memory.
  virtual Result<uint64_t> loadWord(const void* address, unsigned bytes) {
    return bytes == 4 ? __atomic_load_n(static_cast<const uint32_t*>(address), __ATOMIC_SEQ_CST)
                      : __atomic_load_n(static_cast<const uint64_t*>(address), __ATOMIC_SEQ_CST);
  }
  virtual Result<void> storeWord(void* address, uint64_t value, unsigned bytes) {
    if (bytes == 4)
      __atomic_store_n(static_cast<uint32_t*>(address), uint32_t(value), __ATOMIC_SEQ_CST);
    else
      __atomic_store_n(static_cast<uint64_t*>(address), value, __ATOMIC_SEQ_CST);
    return {};
  }

  // Brings a description of a texture or surface to where kernels can read it; the handle is what
  // they get. Destroyed when no kernel uses it any more; a handle is not given out again soon.
  virtual Result<uint64_t> createTexture(const AwTexture&) {
    return makeError(Status::NotSupported, "this backend has no textures");
  }
  virtual void destroyTexture(uint64_t) {}
  virtual Result<uint64_t> createSurface(const AwSurface&) {
    return makeError(Status::NotSupported, "this backend has no surfaces");
  }
  virtual void destroySurface(uint64_t) {}

  // Compiles nothing: several units are a relocatable program and are linked. Indexes the units,
  // links their names, allocates and initialises variables.
  virtual Result<std::unique_ptr<Program>> load(std::vector<PtxUnit> units) = 0;
  // Reads all bodies and says what breaks PTX's rules: InvalidPtx, one problem a line. Kernels that
  // are right but cannot be compiled here are no error.
  virtual Result<void> check(const std::vector<PtxUnit>& units) { return {}; }
  // Compiles if needed, runs all blocks, returns when the grid is done. A fault in the kernel comes
  // back as CUDA's error (IllegalAddress, Assert, LaunchFailed, ...); the process lives.
  virtual Result<void> run(BackendKernel& kernel, const LaunchConfig& config) = 0;
  // Brings a kernel into memory (from the cache or by compiling) for this block shape.
  virtual Result<void> prepare(BackendKernel& kernel, const uint32_t block[3]) = 0;
  // Blocks of this kernel that fit on one multiprocessor (CUDA programming guide, occupancy).
  virtual Result<uint32_t> maxActiveBlocks(BackendKernel& kernel, uint32_t blockThreads,
                                           uint32_t dynamicShared) = 0;

  // Runs `task` on one of the device's workers, soon. Tasks may call run(), copy() and fill().
  virtual void post(std::function<void()> task) = 0;
  virtual std::unique_ptr<BackendContext> makeContext() = 0;

  // The calling thread is about to run kernels one behind the other, with nothing else between:
  // what each run() does for the thread and undoes again is done once. In pairs; they nest.
  virtual void beginSeries() {}
  virtual void endSeries() {}
};

class Backend {
public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  // `spec` is the text after "cpu:" in ANYWARP_DEVICES ("threads=2,isa=avx2"), may be empty.
  virtual Result<std::unique_ptr<BackendDevice>> open(std::string_view spec) = 0;
  // The same for the device at this place of the list, which decides its UUID and PCI address.
  virtual Result<std::unique_ptr<BackendDevice>> openAt(std::string_view spec, unsigned index) {
    return open(spec);
  }
  // What openAt() would open, without opening it.
  virtual Result<DeviceInfo> describe(std::string_view spec, unsigned index) {
    return makeError(Status::NotSupported, "this backend does not describe its devices");
  }
};

// Exported by every backend module.
extern "C" Backend* anywarpBackend();
using BackendEntry = Backend* (*)();

} // namespace anywarp
