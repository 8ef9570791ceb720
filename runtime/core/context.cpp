// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/context.h"

#include "core/array.h"
#include "core/capture.h"
#include "core/context_gate.h"
#include "core/coredump.h"
#include "core/device.h"
#include "core/green_context.h"
#include "core/handles.h"
#include "core/library.h"
#include "core/memory.h"
#include "core/module.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/stream_queue.h"
#include "core/texture.h"
#include "core/thread_state.h"
#include "support/clock.h"
#include "support/log.h"

#include <algorithm>

namespace anywarp::core {
namespace {

// CU_CTX_*: scheduling (0, 1, 2, 4), MAP_HOST, LMEM_RESIZE_TO_MAX, core dump bits, SYNC_MEMOPS.
constexpr unsigned kKnownFlags = 0xff;

Result<void> checkFlags(unsigned flags) {
  unsigned schedule = flags & 7;
  if ((flags & ~kKnownFlags) || (schedule != 0 && schedule != 1 && schedule != 2 && schedule != 4))
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no context flags", flags));
  return {};
}

std::shared_ptr<LegacyOrder> orderOf(const Stream& stream,
                                     const std::shared_ptr<LegacyOrder>& contexts) {
  return stream.green() ? stream.green()->order() : contexts;
}

} // namespace

Context::Context(Device& device, bool primary) : device_(device), primary_(primary) {}

Context::~Context() = default;

Result<ContextRef> Context::create(Device& device, unsigned flags) {
  AW_TRY(Runtime::get().check());
  AW_TRY(checkFlags(flags));
  auto context = std::make_shared<Context>(device, /*primary=*/false);
  {
    std::lock_guard lock(context->lifeMutex_);
    context->activate(flags);
  }
  HandleTable<Context>::get().insert(context);
  push(context);
  return context;
}

Result<void> Context::destroy() {
  if (primary_)
    return makeError(Status::InvalidContext,
                     "a primary context is released, not destroyed (cuDevicePrimaryCtxRelease)");
  ContextRef self = HandleTable<Context>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidContext, "the context was destroyed before");
  {
    std::lock_guard lock(lifeMutex_);
    deactivate();
  }
  if (currentRaw() == this)
    ThreadState::get().stack.pop_back();
  return {};
}

ContextRef Context::fromHandle(const void* handle) {
  return HandleTable<Context>::get().find(handle);
}

void Context::activate(unsigned flags) {
  {
    std::lock_guard lock(mutex_);
    order_ = std::make_shared<LegacyOrder>();
    backend_ = device_.backend().makeContext();
    stickyMessage_.clear();
  }
  flags_ = flags;
  sticky_ = 0;
  leavingAt_ = 0;
  cacheConfig_ = sharedConfig_ = 0;
  id_ = nextId();
  auto legacy = std::make_shared<Stream>(shared_from_this(), Stream::Kind::Legacy, 0, 0);
  {
    std::lock_guard lock(mutex_);
    order_->legacy = legacy->queue();
    legacy_ = legacy;
    streams_[legacy.get()] = legacy;
  }
  device_.contextActive(true);
  active_ = true;
  usable_.store(true, std::memory_order_release);
}

bool Context::abandoned() const {
  constexpr int64_t kPatience = 1'000'000'000; // ns
  int64_t leaving = leavingAt_.load(std::memory_order_relaxed);
  return leaving && nowNanoseconds() - leaving > kPatience;
}

void Context::deactivate() {
  leavingAt_ = nowNanoseconds();
  for (const StreamRef& stream : streams())
    stream->queue()->waitFor(stream->queue()->pushed());
  flushPrintf();

  std::unordered_map<void*, Stored> storage;
  {
    std::lock_guard lock(mutex_);
    storage.swap(storage_);
  }
  for (auto& [key, stored] : storage)
    if (stored.destructor)
      stored.destructor(this, key, stored.value);

  active_ = false;
  usable_.store(false, std::memory_order_release);
  decltype(streams_) streams;
  decltype(modules_) modules;
  decltype(libraries_) libraries;
  decltype(backend_) backend; // with the heap of its kernels
  {
    std::lock_guard lock(mutex_);
    backend.swap(backend_);
    streams.swap(streams_);
    modules.swap(modules_);
    libraries.swap(libraries_);
    peers_.clear();
    gates_.clear();
    legacy_ = nullptr;
    // Breaks the circle of queues.
    std::lock_guard order(order_->mutex);
    order_->legacy = nullptr;
    order_->blocking.clear();
  }
  GreenContext::releaseContext(*this);
  for (auto& [raw, stream] : streams)
    HandleTable<Stream>::get().remove(raw);
  for (const std::weak_ptr<Library>& weak : libraries)
    if (LibraryRef library = weak.lock())
      library->contextGone(*this);
  for (auto& [raw, module] : modules) {
    HandleTable<Module>::get().remove(raw);
    module->forget();
  }
  modules.clear();
  Texture::releaseContext(*this);
  MipmappedArray::releaseContext(*this);
  Array::releaseContext(*this);
  Memory::releaseContext(*this);
  device_.contextActive(false);
}

Result<void> Context::setFlags(unsigned flags) {
  AW_TRY(checkFlags(flags));
  flags_ = flags;
  return {};
}

uint64_t Context::nextId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

void* CurrentContext::handle() const {
  return green ? green->contextHandle() : context ? context->handle() : nullptr;
}

CurrentContext Context::currentOf() {
  auto& stack = ThreadState::get().stack;
  return stack.empty() ? CurrentContext() : stack.back();
}

ContextRef Context::current() {
  return currentOf().context;
}

Context* Context::currentRaw() {
  auto& stack = ThreadState::get().stack;
  return stack.empty() ? nullptr : stack.back().context.get();
}

GreenContext* Context::currentGreen() {
  auto& stack = ThreadState::get().stack;
  return stack.empty() ? nullptr : stack.back().green.get();
}

void Context::setCurrent(ContextRef context, GreenContextRef green) {
  auto& stack = ThreadState::get().stack;
  if (!stack.empty() && stack.back().context == context && stack.back().green == green)
    return;
  if (!stack.empty())
    stack.pop_back();
  if (context)
    stack.push_back({std::move(context), std::move(green)});
}

void Context::push(ContextRef context, GreenContextRef green) {
  ThreadState::get().stack.push_back({std::move(context), std::move(green)});
}

Result<ContextRef> Context::pop() {
  auto& stack = ThreadState::get().stack;
  if (stack.empty())
    return makeError(Status::InvalidContext, "the calling thread has no current context");
  ContextRef top = std::move(stack.back().context);
  stack.pop_back();
  return top;
}

bool Context::inHostFunction() {
  return ThreadState::get().inHostFunction;
}

Result<Context*> Context::require() {
  AW_TRY(Runtime::get().check());
  ThreadState& thread = ThreadState::get();
  if (thread.inHostFunction)
    return makeError(Status::NotPermitted, "a host function of a stream called CUDA");
  if (thread.stack.empty())
    return makeError(Status::InvalidContext, "the calling thread has no current context");
  const CurrentContext& top = thread.stack.back();
  AW_TRY(top.green ? top.green->check() : top.context->check());
  return top.context.get();
}

Result<void> Context::checkSlow() const {
  std::lock_guard lock(mutex_);
  if (Status sticky = stickyStatus(); sticky != Status::Success)
    return makeError(sticky, stickyMessage_);
  if (!active())
    return makeError(Status::ContextIsDestroyed,
                     primary_ ? "the primary context is not active (released or reset)"
                              : "the context was destroyed");
  return {}; // became usable in between
}

void Context::fail(const Error& error) {
  {
    std::lock_guard lock(mutex_);
    if (stickyStatus() != Status::Success)
      return;
    stickyMessage_ = error.message;
    sticky_.store(uint32_t(error.status), std::memory_order_release);
    usable_.store(false, std::memory_order_release);
  }
  log::error("{} (error {}); this context runs nothing more and all its calls return this error",
             error.message, uint32_t(error.status));
  Coredump::contextFailed(*this, error);
}

Result<void> Context::synchronize(GreenContext* green) {
  AW_TRY(checkUnsafeCall("a wait for a context"));
  if (capture_mode::active.load(std::memory_order_relaxed)) [[unlikely]]
    for (const StreamRef& stream : streams()) // in all modes: it would wait for this one, too
      if (auto capture = stream->capture())
        return capture->refuse("a wait for a context with a captured stream");
  return drain(green);
}

Result<void> Context::drain(GreenContext* green) {
  AW_TRY(green ? green->check() : check());
  Result<void> first;
  for (const StreamRef& stream : green ? green->streams() : streams()) {
    stream->queue()->waitFor(stream->queue()->pushed());
    if (Result<void> error = stream->queue()->takeError(); !error && first)
      first = error;
  }
  device_.releaseExcess();
  flushPrintf();
  AW_TRY(check());
  return first;
}

StreamRef Context::legacyStream() {
  std::lock_guard lock(mutex_);
  return legacy_;
}

StreamRef Context::perThreadStream() {
  auto& mine = ThreadState::get().defaultStreams;
  if (auto it = mine.find(id()); it != mine.end())
    if (StreamRef stream = it->second.lock()) [[likely]]
      return stream;
  if (!check())
    return nullptr;
  auto stream = std::make_shared<Stream>(shared_from_this(), Stream::Kind::PerThread, 0, 0);
  if (!addStream(stream))
    return nullptr;
  std::erase_if(mine, [](const auto& entry) { return entry.second.expired(); });
  mine[id()] = stream;
  return stream;
}

Result<void> Context::setLimit(int limit, size_t value) {
  AW_TRY(check());
  constexpr int kMallocHeapSize = 2; // CU_LIMIT_MALLOC_HEAP_SIZE
  if (limit == kMallocHeapSize && value > device_.info().totalMemory)
    return makeError(Status::OutOfMemory, fmt::format("a heap of {} bytes; the device has {}",
                                                      value, device_.info().totalMemory));
  std::shared_ptr<BackendContext> backend = this->backend();
  return backend ? backend->setLimit(limit, value) : check();
}

Result<size_t> Context::limit(int limit) {
  AW_TRY(check());
  std::shared_ptr<BackendContext> backend = this->backend();
  if (!backend)
    return makeError(Status::ContextIsDestroyed, "the context was destroyed");
  return backend->limit(limit);
}

void Context::flushPrintf() {
  if (std::shared_ptr<BackendContext> backend = this->backend())
    backend->flushPrintf();
}

std::shared_ptr<BackendContext> Context::backend() const {
  std::lock_guard lock(mutex_);
  return backend_;
}

Result<void> Context::setCacheConfig(int config) {
  if (config < 0 || config > 3)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUfunc_cache", config));
  cacheConfig_ = config;
  return {};
}

Result<void> Context::setSharedMemConfig(int config) {
  if (config < 0 || config > 2)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUsharedconfig", config));
  sharedConfig_ = config;
  return {};
}

Result<void> Context::storagePut(void* key, void* value, StorageDestructor destructor) {
  std::lock_guard lock(mutex_);
  storage_[key] = {value, destructor};
  return {};
}

Result<void*> Context::storageGet(void* key) {
  std::lock_guard lock(mutex_);
  auto it = storage_.find(key);
  if (it == storage_.end())
    return makeError(Status::InvalidHandle, "the context-local storage has no such key");
  return it->second.value;
}

Result<void> Context::storageDelete(void* key) {
  std::lock_guard lock(mutex_);
  if (!storage_.erase(key))
    return makeError(Status::InvalidHandle, "the context-local storage has no such key");
  return {};
}

Result<void> Context::enablePeerAccess(Context& peer) {
  AW_TRY(check());
  AW_TRY(peer.check());
  if (&peer == this)
    return makeError(Status::InvalidContext, "a context is no peer of itself");
  if (!device_.canAccessPeer(peer.device()))
    return makeError(Status::PeerAccessUnsupported, "the contexts are of the same device");
  std::lock_guard lock(mutex_);
  if (!peers_.insert(&peer).second)
    return makeError(Status::PeerAccessAlreadyEnabled, "peer access is enabled already");
  return {};
}

Result<void> Context::disablePeerAccess(Context& peer) {
  AW_TRY(check());
  std::lock_guard lock(mutex_);
  if (!peers_.erase(&peer))
    return makeError(Status::PeerAccessNotEnabled, "peer access was not enabled");
  return {};
}

std::shared_ptr<LegacyOrder> Context::order() const {
  std::lock_guard lock(mutex_);
  return order_;
}

Result<void> Context::addStream(const StreamRef& stream) {
  std::lock_guard lock(mutex_);
  if (!active())
    return makeError(Status::ContextIsDestroyed, "the context was destroyed");
  streams_[stream.get()] = stream;
  if (stream->blocking() && stream->kind() != Stream::Kind::Legacy) {
    LegacyOrder& legacy = *orderOf(*stream, order_);
    std::lock_guard order(legacy.mutex);
    legacy.blocking.push_back(stream->queue());
  }
  if (!gates_.empty()) [[unlikely]]
    passGates(*stream);
  return {};
}

void Context::removeStream(Stream* stream) {
  StreamRef keep; // may be the last reference; let it go without the lock
  std::shared_ptr<StreamQueue> keepQueue;
  std::lock_guard lock(mutex_);
  auto it = streams_.find(stream);
  if (it == streams_.end())
    return;
  keep = std::move(it->second);
  streams_.erase(it);
  LegacyOrder& legacy = *orderOf(*stream, order_);
  std::lock_guard order(legacy.mutex);
  auto& list = legacy.blocking;
  if (auto pos = std::find(list.begin(), list.end(), stream->queue()); pos != list.end()) {
    keepQueue = std::move(*pos);
    *pos = std::move(list.back());
    list.pop_back();
  }
}

std::vector<StreamRef> Context::streams() {
  std::lock_guard lock(mutex_);
  std::vector<StreamRef> list;
  list.reserve(streams_.size());
  for (auto& [raw, stream] : streams_)
    list.push_back(stream);
  return list;
}

void Context::addModule(const ModuleRef& module) {
  std::lock_guard lock(mutex_);
  modules_[module.get()] = module;
}

ModuleRef Context::removeModule(Module* module) {
  std::lock_guard lock(mutex_);
  auto it = modules_.find(module);
  if (it == modules_.end())
    return nullptr;
  ModuleRef found = std::move(it->second);
  modules_.erase(it);
  return found;
}

void Context::addLibrary(const std::weak_ptr<Library>& library) {
  std::lock_guard lock(mutex_);
  libraries_.push_back(library);
}

} // namespace anywarp::core
