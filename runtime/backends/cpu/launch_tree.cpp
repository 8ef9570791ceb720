// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "launch_tree.h"

#include "device.h"

#include <algorithm>
#include <new>

namespace anywarp::cpu {

using launch_tree::EventRecord;

GridScope::GridScope(GridScope& parent, ChildLaunch launch)
    : device_(parent.device_), kernel_(*launch.kernel), graph_(parent.graph_),
      context_(parent.context_), parent_(&parent), depth_(parent.depth_ + 1), tree_(parent.tree_),
      launch_(std::move(launch)) {
  hasTree_ = true;
}

GridScope::~GridScope() = default;

LaunchTree& GridScope::tree() {
  if (!parent_)
    std::call_once(treeOnce_, [this] {
      tree_ = std::make_shared<LaunchTree>(device_);
      hasTree_.store(true, std::memory_order_release);
    });
  return *tree_;
}

Result<void> GridScope::finish(Result<void> own) {
  if (!hasTree_.load(std::memory_order_acquire))
    return own;
  std::shared_ptr<LaunchTree> tree = tree_;
  LaunchTree::Lock lock(tree->mutex_);
  if (!own)
    tree->fail(own.error());
  blocksDone_ = true;
  tree->scopesToSettle_.push_back(this);
  tree->pump();
  while (!tree->done_) {
    if (LaunchTree::Operation* operation = tree->takeReady(nullptr))
      tree->execute(lock, *operation);
    else
      tree->changed_.wait(lock);
  }
  return tree->outcome();
}

void GridScope::setError(uint64_t thread, uint32_t error) {
  if (!error)
    return;
  std::lock_guard lock(errorMutex_);
  errors_[thread] = error;
  anyError_.store(true, std::memory_order_relaxed);
}

uint32_t GridScope::error(uint64_t thread, bool take) {
  if (!anyError_.load(std::memory_order_relaxed))
    return 0;
  std::lock_guard lock(errorMutex_);
  auto it = errors_.find(thread);
  if (it == errors_.end())
    return 0;
  uint32_t error = it->second;
  if (take)
    errors_.erase(it);
  return error;
}

void* LaunchTree::addBuffer(GridScope& scope, ChildLaunch launch) {
  // 16-byte aligned, as operator new[] gives it, is what a parameter block needs.
  launch.params.reset(new (std::nothrow) std::byte[std::max<size_t>(launch.bytes, 16)]());
  void* memory = launch.params.get();
  if (!memory)
    return nullptr;
  Lock lock(mutex_);
  scope.buffers_.emplace(memory, std::move(launch));
  return memory;
}

ChildLaunch LaunchTree::takeBuffer(GridScope& scope, void* buffer) {
  Lock lock(mutex_);
  auto it = scope.buffers_.find(buffer);
  if (it == scope.buffers_.end())
    return {};
  ChildLaunch launch = std::move(it->second);
  scope.buffers_.erase(it);
  return launch;
}

LaunchTree::Stream* LaunchTree::find(GridScope& scope, StreamKey key) {
  auto it = scope.streams_.find(key);
  if (it != scope.streams_.end())
    return it->second->destroyed ? nullptr : it->second.get();
  if (key.kind == StreamKey::Named)
    return nullptr;
  auto stream = std::make_unique<Stream>();
  stream->key = key;
  stream->owner = &scope;
  stream->destroyed = false;
  return scope.streams_.emplace(key, std::move(stream)).first->second.get();
}

bool LaunchTree::hasStream(GridScope& scope, StreamKey key) {
  Lock lock(mutex_);
  return find(scope, key) != nullptr;
}

bool LaunchTree::push(GridScope& scope, StreamKey key, uint64_t block,
                      std::unique_ptr<Operation> operation) {
  Lock lock(mutex_);
  if (key.kind == StreamKey::Alone)
    key.number = nextHandle_++;
  Stream* stream = find(scope, key);
  if (!stream)
    return false;
  operation->stream = stream;
  operation->block = block;
  if (operation->grid)
    operation->grid->operation_ = operation.get();
  stream->queue.push_back(std::move(operation));
  if (key.kind != StreamKey::Tail) {
    scope.open_++;
    scope.openOfBlock_[block]++;
  }
  streamsToSettle_.push_back(stream);
  pump();
  return true;
}

bool LaunchTree::launch(GridScope& scope, StreamKey stream, uint64_t block, ChildLaunch child) {
  auto operation = std::make_unique<Operation>();
  operation->kind = Operation::Kind::Grid;
  operation->grid = std::make_unique<GridScope>(scope, std::move(child));
  return push(scope, stream, block, std::move(operation));
}

bool LaunchTree::enqueue(GridScope& scope, StreamKey stream, uint64_t block,
                         std::function<Result<void>()> work) {
  auto operation = std::make_unique<Operation>();
  operation->kind = Operation::Kind::Work;
  operation->work = std::move(work);
  return push(scope, stream, block, std::move(operation));
}

bool LaunchTree::record(GridScope& scope, StreamKey stream, uint64_t block, uint64_t event) {
  auto operation = std::make_unique<Operation>();
  operation->kind = Operation::Kind::Record;
  operation->record = std::make_shared<EventRecord>();
  {
    Lock lock(mutex_);
    auto it = scope.events_.find(event);
    if (it == scope.events_.end() || !find(scope, stream))
      return false;
    it->second = operation->record;
  }
  return push(scope, stream, block, std::move(operation));
}

bool LaunchTree::wait(GridScope& scope, StreamKey stream, uint64_t block, uint64_t event) {
  auto operation = std::make_unique<Operation>();
  operation->kind = Operation::Kind::Wait;
  {
    Lock lock(mutex_);
    auto it = scope.events_.find(event);
    if (it == scope.events_.end() || !find(scope, stream))
      return false;
    operation->record = it->second; // null: never recorded, nothing to wait for
  }
  return push(scope, stream, block, std::move(operation));
}

uint64_t LaunchTree::makeStream(GridScope& scope) {
  Lock lock(mutex_);
  auto stream = std::make_unique<Stream>();
  stream->key = {StreamKey::Named, nextHandle_++};
  stream->owner = &scope;
  uint64_t handle = stream->key.number;
  scope.streams_.emplace(stream->key, std::move(stream));
  return handle;
}

bool LaunchTree::destroyStream(GridScope& scope, uint64_t handle) {
  Lock lock(mutex_);
  Stream* stream = find(scope, {StreamKey::Named, handle});
  if (!stream)
    return false;
  stream->destroyed = true;
  streamsToSettle_.push_back(stream);
  pump();
  return true;
}

uint64_t LaunchTree::makeEvent(GridScope& scope) {
  Lock lock(mutex_);
  uint64_t handle = nextHandle_++;
  scope.events_.emplace(handle, nullptr);
  return handle;
}

bool LaunchTree::destroyEvent(GridScope& scope, uint64_t handle) {
  Lock lock(mutex_);
  return scope.events_.erase(handle) != 0; // operations keep the record
}

void LaunchTree::settle(Stream& stream) {
  while (!stream.running && !stream.queue.empty()) {
    Operation& front = *stream.queue.front();
    switch (front.kind) {
    case Operation::Kind::Grid:
    case Operation::Kind::Work:
      // The tail begins when the grid and all that it launched elsewhere is complete.
      if (stream.key.kind == StreamKey::Tail &&
          !(stream.owner->blocksDone_ && !stream.owner->open_))
        return;
      stream.running = true;
      ready_.push_back(&front);
      changed_.notify_all();
      askForHelp();
      return;
    case Operation::Kind::Record:
      front.record->done = true;
      for (Stream* waiting : front.record->waiting)
        streamsToSettle_.push_back(waiting);
      front.record->waiting.clear();
      break;
    case Operation::Kind::Wait:
      if (front.record && !front.record->done) {
        auto& waiting = front.record->waiting;
        if (std::find(waiting.begin(), waiting.end(), &stream) == waiting.end())
          waiting.push_back(&stream);
        return;
      }
      break;
    }
    complete(front);
  }
  // A waiting stream has a queue, so nobody else knows one that is empty.
  if (stream.queue.empty() && stream.key.kind != StreamKey::Tail &&
      (stream.key.kind != StreamKey::Named || stream.destroyed)) {
    std::erase(streamsToSettle_, &stream);
    GridScope::Streams& streams = stream.owner->streams_;
    streams.erase(streams.find(stream.key));
  }
}

// Takes the front operation of its stream away, and counts.
void LaunchTree::complete(Operation& operation) {
  Stream& stream = *operation.stream;
  GridScope& scope = *stream.owner;
  if (stream.key.kind != StreamKey::Tail) {
    scope.open_--;
    auto it = scope.openOfBlock_.find(operation.block);
    if (--it->second == 0) {
      scope.openOfBlock_.erase(it);
      changed_.notify_all(); // waitForBlock()
    }
  }
  stream.running = false;
  stream.queue.pop_front();
  scopesToSettle_.push_back(&scope);
}

void LaunchTree::settle(GridScope& scope) {
  if (!scope.blocksDone_ || scope.open_)
    return;
  auto tail = scope.streams_.find({StreamKey::Tail, 0});
  if (tail != scope.streams_.end() && !tail->second->queue.empty()) {
    streamsToSettle_.push_back(tail->second.get());
    return;
  }
  std::erase(scopesToSettle_, &scope);
  if (!scope.operation_) {
    done_ = true;
    changed_.notify_all();
    return;
  }
  Stream* stream = scope.operation_->stream;
  complete(*scope.operation_); // the scope is gone
  streamsToSettle_.push_back(stream);
}

void LaunchTree::pump() {
  for (;;) {
    if (!streamsToSettle_.empty()) {
      Stream* stream = streamsToSettle_.front();
      streamsToSettle_.pop_front();
      settle(*stream);
    } else if (!scopesToSettle_.empty()) {
      GridScope* scope = scopesToSettle_.front();
      scopesToSettle_.pop_front();
      settle(*scope);
    } else {
      return;
    }
  }
}

LaunchTree::Operation* LaunchTree::takeReady(const GridScope* below) {
  auto fits = [below](const Operation* operation) {
    const GridScope* scope = operation->stream->owner;
    while (scope && scope != below)
      scope = scope->parent_;
    return scope == below;
  };
  auto it = below ? std::find_if(ready_.begin(), ready_.end(), fits) : ready_.begin();
  if (it == ready_.end())
    return nullptr;
  Operation* operation = *it;
  ready_.erase(it);
  return operation;
}

void LaunchTree::execute(Lock& lock, Operation& operation) {
  if (!failed_) { // else nothing starts any more
    lock.unlock();
    Result<void> result;
    if (operation.grid) {
      const ChildLaunch& launch = operation.grid->launch_;
      LaunchConfig config;
      std::copy_n(launch.grid, 3, config.grid);
      std::copy_n(launch.block, 3, config.block);
      config.dynamicShared = launch.dynamicShared;
      config.context = operation.grid->context_;
      config.params = {launch.params.get(), launch.bytes};
      result = device_.runGrid(config, *operation.grid);
    } else {
      result = operation.work();
    }
    lock.lock();
    if (!result)
      fail(result.error());
  }
  if (operation.grid) {
    operation.grid->blocksDone_ = true;
    operation.grid->buffers_.clear();
    scopesToSettle_.push_back(operation.grid.get());
  } else {
    Stream* stream = operation.stream;
    complete(operation);
    streamsToSettle_.push_back(stream);
  }
  pump();
}

void LaunchTree::askForHelp() {
  if (helpers_ >= device_.pool().size() || helpers_ >= ready_.size())
    return;
  helpers_++;
  device_.post([tree = shared_from_this()] { tree->help(); });
}

void LaunchTree::help() {
  Lock lock(mutex_);
  while (Operation* operation = takeReady(nullptr))
    execute(lock, *operation);
  helpers_--;
}

void LaunchTree::fail(const Error& error) {
  if (!failed_)
    error_ = error;
  failed_ = true;
}

Result<void> LaunchTree::outcome() {
  if (failed_)
    return error_;
  return {};
}

Result<void> LaunchTree::waitForBlock(GridScope& scope, uint64_t block) {
  Lock lock(mutex_);
  while (scope.openOfBlock_.contains(block)) {
    // Only what lies below: stacks nest no deeper than grids do.
    if (Operation* operation = takeReady(&scope))
      execute(lock, *operation);
    else
      changed_.wait(lock);
  }
  return outcome();
}

} // namespace anywarp::cpu
