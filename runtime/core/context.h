// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A CUDA context: streams, modules, limits, the sticky error and context-local storage of one
// device, and each thread's stack of current contexts. Owned by the handle table (explicit
// contexts) or by the Device (primary). Safe from any thread.
//
// Lock order: lifeMutex_, then mutex_, then those of stream_queue.h.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace anywarp {
class BackendContext;
}

namespace anywarp::core {

struct LegacyOrder;
struct QueuePosition;

// What is current for a thread: a context, and the green one that stands for a part of it.
struct AW_API CurrentContext {
  ContextRef context;
  GreenContextRef green; // null: none
  void* handle() const;
};

class AW_API Context : public std::enable_shared_from_this<Context> {
public:
  Context(Device& device, bool primary); // use create() or Device::primaryRetain()
  ~Context();
  Context(const Context&) = delete;

  // cuCtxCreate; makes it current for the calling thread (pushes it). Destroy by destroy().
  static Result<ContextRef> create(Device& device, unsigned flags);
  // cuCtxDestroy: waits for its work, frees what it owns, pops it if it is the caller's current.
  Result<void> destroy();
  static ContextRef fromHandle(const void* handle); // null: not a live context
  void* handle() { return this; }

  Device& device() const { return device_; }
  bool isPrimary() const { return primary_; }
  bool active() const { return active_.load(std::memory_order_acquire); }
  uint64_t id() const {
    return id_.load(std::memory_order_relaxed);
  } // cuCtxGetId; new at each activation
  unsigned flags() const { return flags_.load(std::memory_order_relaxed); }
  Result<void> setFlags(unsigned flags);

  // Calling thread's stack (cuCtxPush/Pop/Set/GetCurrent).
  static ContextRef current();  // may be null
  static Context* currentRaw(); // the same without taking a reference; valid while it stays current
  static GreenContext* currentGreen(); // the current one; null: none
  static CurrentContext currentOf();   // both
  // Replaces the top; null pops it.
  static void setCurrent(ContextRef context, GreenContextRef green = nullptr);
  static void push(ContextRef context, GreenContextRef green = nullptr);
  static Result<ContextRef> pop(); // InvalidContext when the stack is empty
  // The current context, usable: Runtime::check(), InvalidContext without one, ContextIsDestroyed,
  // or the sticky error. NotPermitted inside of a host function of a stream.
  static Result<Context*> require();
  static bool inHostFunction();
  static uint64_t nextId(); // of contexts and green contexts

  // Success, ContextIsDestroyed or the sticky error.
  Result<void> check() const {
    if (usable_.load(std::memory_order_acquire)) [[likely]]
      return {};
    return checkSlow();
  }
  // Sticky error: the first one stays until the context is destroyed or reset.
  void fail(const Error& error);
  Status stickyStatus() const { return Status(sticky_.load(std::memory_order_acquire)); }

  // Waits for all streams of the context (cuCtxSynchronize), or those of a green one.
  Result<void> synchronize(GreenContext* green = nullptr);
  // The same for our own purposes: also while streams are captured.
  Result<void> drain(GreenContext* green = nullptr);
  // cuCtxRecordEvent, cuCtxWaitEvent: all streams, or those of a green context.
  Result<void> recordEvent(Event& event, GreenContext* green = nullptr);
  Result<void> waitEvent(const EventRef& event, GreenContext* green = nullptr);

  // The default streams. perThreadStream() is the calling thread's own in this context.
  StreamRef legacyStream();
  StreamRef perThreadStream();

  // cuCtxSet/GetLimit, cache and shared-memory preferences (kept, no effect).
  Result<void> setLimit(int limit, size_t value);
  Result<size_t> limit(int limit);
  void flushPrintf();                              // writes what its kernels have printed
  std::shared_ptr<BackendContext> backend() const; // null: not active
  Result<void> resetPersistingL2Cache() { return {}; }
  int cacheConfig() const { return cacheConfig_.load(); }
  Result<void> setCacheConfig(int config); // InvalidValue unless CUfunc_cache
  int sharedMemConfig() const { return sharedConfig_.load(); }
  Result<void> setSharedMemConfig(int config);

  // CONTEXT_LOCAL_STORAGE: values by key; destructors run when the context is destroyed or reset.
  using StorageDestructor = void (*)(void* context, void* key, void* value);
  Result<void> storagePut(void* key, void* value, StorageDestructor destructor);
  Result<void*> storageGet(void* key);   // InvalidHandle: no such key
  Result<void> storageDelete(void* key); // runs no destructor

  // cuCtxEnable/DisablePeerAccess.
  Result<void> enablePeerAccess(Context& peer);
  Result<void> disablePeerAccess(Context& peer);

  // True when it is being destroyed and a stream still waits for what does not come
  // (stream_poller.h): such waits end the context's work instead of keeping it for ever.
  bool abandoned() const;

  // For core's own objects: what the context takes with it when it goes.
  std::shared_ptr<LegacyOrder> order() const;
  Result<void> addStream(const StreamRef& stream);
  void removeStream(Stream* stream);
  std::vector<StreamRef> streams();
  void addModule(const ModuleRef& module);
  ModuleRef removeModule(Module* module); // null: not there
  // The same for libraries' modules, which have no handle of the application's.
  void addLibrary(const std::weak_ptr<Library>& library);

private:
  friend class Device;
  Result<void> checkSlow() const;
  void passGates(Stream& stream);
  void activate(unsigned flags); // lifeMutex_ held
  void deactivate();             // lifeMutex_ held; waits, frees, runs storage destructors

  Device& device_;
  const bool primary_;
  std::atomic<bool> active_{false};
  std::atomic<bool> usable_{false}; // active and no sticky error
  std::atomic<uint32_t> sticky_{0}; // Status
  std::atomic<uint64_t> id_{0};
  std::atomic<unsigned> flags_{0};
  std::atomic<int64_t> leavingAt_{0}; // nowNanoseconds() of the start of deactivate(); 0: stays
  std::atomic<int> cacheConfig_{0}, sharedConfig_{0};

  // Recursive: storage destructors, which run under it, may release the context once more.
  std::recursive_mutex lifeMutex_; // guards activation: retainCount_ and the change of active_
  unsigned retainCount_ = 0;

  mutable std::mutex mutex_; // guards everything below
  std::string stickyMessage_;
  StreamRef legacy_;
  std::shared_ptr<BackendContext> backend_; // new at each activation
  std::shared_ptr<LegacyOrder> order_;      // new at each activation
  std::unordered_map<Stream*, StreamRef> streams_;
  std::unordered_map<Module*, ModuleRef> modules_;
  std::vector<std::weak_ptr<Library>> libraries_;
  struct Stored {
    void* value;
    StorageDestructor destructor;
  };
  std::unordered_map<void*, Stored> storage_;
  std::unordered_set<const Context*> peers_;
  struct Gate;
  std::vector<Gate> gates_; // what later streams must wait for: waitEvent()
};

} // namespace anywarp::core
