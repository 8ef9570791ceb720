// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What kernels launch: the grids below one launch of the host, in their streams (CUDA programming
// guide, "CUDA Dynamic Parallelism").
//
// A GridScope belongs to one running grid, a LaunchTree to all below one grid of the host; it is
// made by the first launch of a kernel. Operations that are ready are run by workers that are free,
// and by the thread that ran the host's grid once its blocks are done: nobody waits for a thread
// that does not run, whatever the number of workers. Safe from any thread; one mutex a tree, not
// held while an operation runs or memory of the program is touched.
#pragma once

#include "core/backend.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace anywarp::cpu {

class CpuDevice;
class CpuKernel;
class GridScope;
class LaunchTree;

inline constexpr unsigned kMaxLaunchDepth = 24;
inline constexpr size_t kMaxParamBytes = 32764; // CUDA 12.1 and later

// Where a thread may put parameters; later the launch itself.
struct ChildLaunch {
  CpuKernel* kernel = nullptr;
  uint32_t grid[3] = {1, 1, 1}, block[3] = {1, 1, 1};
  uint32_t dynamicShared = 0;
  size_t bytes = 0;
  std::unique_ptr<std::byte[]> params;
};

// A stream as an operation names it: of a block, of a thread, or made by cudaStreamCreateWithFlags.
struct StreamKey {
  enum Kind : uint8_t { Block, Thread, Named, Tail, Alone } kind = Block;
  uint64_t number = 0;
  bool operator==(const StreamKey&) const = default;
};

namespace launch_tree {

struct Stream;

struct EventRecord { // one cudaEventRecord
  bool done = false;
  std::vector<Stream*> waiting;
};

struct Operation {
  enum class Kind : uint8_t { Grid, Work, Record, Wait } kind;
  Stream* stream = nullptr;
  uint64_t block = 0; // that asked for it
  std::unique_ptr<GridScope> grid;
  std::function<Result<void>()> work;
  std::shared_ptr<EventRecord> record;
};

struct Stream {
  StreamKey key;
  GridScope* owner = nullptr;
  std::deque<std::unique_ptr<Operation>> queue;
  bool running = false;   // the first of the queue is ready, or runs
  bool destroyed = false; // goes when its queue is empty
};

struct StreamHash {
  size_t operator()(const StreamKey& key) const {
    return std::hash<uint64_t>()(key.number * 8 + uint64_t(key.kind));
  }
};

} // namespace launch_tree

// Everything that the device runtime knows about one grid. The host's grids have one on the stack
// of CpuDevice::run(), the others belong to their operation.
class GridScope {
public:
  // `graph`: that the host's grid is a node of, if any.
  GridScope(CpuDevice& device, CpuKernel& kernel, GraphCalls* graph = nullptr,
            BackendContext* context = nullptr)
      : device_(device), kernel_(kernel), graph_(graph), context_(context) {}
  GridScope(GridScope& parent, ChildLaunch launch);
  GridScope(const GridScope&) = delete;
  ~GridScope();

  CpuDevice& device() const { return device_; }
  CpuKernel& kernel() const { return kernel_; }
  GraphCalls* graph() const { return graph_; }
  unsigned depth() const { return depth_; }
  LaunchTree& tree(); // makes it when there is none

  // For the host's grids: returns when everything below has run. `own` is how the grid itself
  // ended; the first failure of all is the result.
  Result<void> finish(Result<void> own);

  // The last error of a device thread (cudaError_t); `thread` numbers the threads of the grid.
  void setError(uint64_t thread, uint32_t error);
  uint32_t error(uint64_t thread, bool take);

private:
  friend class LaunchTree;
  using Streams =
      std::unordered_map<StreamKey, std::unique_ptr<launch_tree::Stream>, launch_tree::StreamHash>;

  CpuDevice& device_;
  CpuKernel& kernel_;
  GraphCalls* const graph_;
  BackendContext* const context_;
  GridScope* parent_ = nullptr;
  const unsigned depth_ = 0;
  std::once_flag treeOnce_; // the host's grids
  std::atomic<bool> hasTree_{false};
  std::shared_ptr<LaunchTree> tree_;

  // Guarded by the tree's mutex.
  ChildLaunch launch_;
  launch_tree::Operation* operation_ = nullptr; // null: the host's
  bool blocksDone_ = false;
  uint64_t open_ = 0; // operations in all streams but the tail
  std::unordered_map<uint64_t, uint64_t> openOfBlock_;
  Streams streams_;
  std::unordered_map<uint64_t, std::shared_ptr<launch_tree::EventRecord>> events_;
  std::unordered_map<void*, ChildLaunch> buffers_;

  std::mutex errorMutex_; // guards errors_
  std::atomic<bool> anyError_{false};
  std::unordered_map<uint64_t, uint32_t> errors_;
};

class LaunchTree : public std::enable_shared_from_this<LaunchTree> {
public:
  explicit LaunchTree(CpuDevice& device) : device_(device) {}

  // Memory for parameters, kept until it is launched or the grid ends; null: no memory.
  void* addBuffer(GridScope& scope, ChildLaunch launch);
  // The launch that belongs to a buffer, or one without a kernel.
  ChildLaunch takeBuffer(GridScope& scope, void* buffer);

  // False: no such stream.
  bool launch(GridScope& scope, StreamKey stream, uint64_t block, ChildLaunch child);
  bool enqueue(GridScope& scope, StreamKey stream, uint64_t block,
               std::function<Result<void>()> work);
  bool record(GridScope& scope, StreamKey stream, uint64_t block, uint64_t event);
  bool wait(GridScope& scope, StreamKey stream, uint64_t block, uint64_t event);
  uint64_t makeStream(GridScope& scope);
  bool destroyStream(GridScope& scope, uint64_t handle);
  uint64_t makeEvent(GridScope& scope);
  bool destroyEvent(GridScope& scope, uint64_t handle);
  bool hasStream(GridScope& scope, StreamKey key);

  // CDP1's cudaDeviceSynchronize: until what this block has asked for is done.
  Result<void> waitForBlock(GridScope& scope, uint64_t block);

private:
  friend class GridScope;
  using Lock = std::unique_lock<std::mutex>;
  using Operation = launch_tree::Operation;
  using Stream = launch_tree::Stream;

  Stream* find(GridScope& scope, StreamKey key);
  bool push(GridScope& scope, StreamKey key, uint64_t block, std::unique_ptr<Operation> operation);
  void settle(Stream& stream);   // runs the queue's front as far as that needs no thread
  void settle(GridScope& scope); // looks whether it is complete
  void pump();                   // does what the two above have put off
  void complete(Operation& operation);
  void execute(Lock& lock, Operation& operation);
  void askForHelp();
  void help();
  Operation* takeReady(const GridScope* below);
  void fail(const Error& error);
  Result<void> outcome();

  CpuDevice& device_;
  std::mutex mutex_; // guards all below and the scopes of the tree
  std::condition_variable changed_;
  std::deque<Operation*> ready_;
  std::deque<Stream*> streamsToSettle_;
  std::deque<GridScope*> scopesToSettle_;
  unsigned helpers_ = 0; // tasks posted to the pool
  uint64_t nextHandle_ = 0x4157'2000'0000'0001;
  bool done_ = false, failed_ = false;
  Error error_{Status::Success, {}};
};

} // namespace anywarp::cpu
