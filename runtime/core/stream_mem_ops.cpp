// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream_mem_ops.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/stream_poller.h"
#include "core/stream_queue.h"

#include <atomic>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

using Type = StreamMemOp::Type;

// CUstreamWaitValue_flags.
constexpr unsigned kEqual = 1, kAnd = 2, kNor = 3, kCompare = 3, kFlush = 1u << 30;
constexpr unsigned kNoMemoryBarrier = 1; // CUstreamWriteValue_flags
constexpr unsigned kBarrierOfDevice = 1; // CUstreamMemoryBarrier_flags

Error invalid(std::string why) {
  return makeError(Status::InvalidValue, std::move(why));
}

bool isWait(Type type) {
  return type == Type::Wait32 || type == Type::Wait64;
}
unsigned widthOf(Type type) {
  return type == Type::Wait32 || type == Type::Write32 ? 4 : 8;
}

// The memory must be the device's or pinned, and stay so; managed memory is excluded.
Result<void> checkAddress(const StreamMemOp& op) {
  unsigned width = widthOf(op.type);
  auto address = reinterpret_cast<uintptr_t>(op.address);
  if (address % width)
    return invalid(fmt::format("{} is not aligned to {} bytes", op.address, width));
  std::optional<Allocation> found = Memory::find(op.address);
  if (!found || static_cast<char*>(op.address) + width > found->base + found->size)
    return invalid(fmt::format("{} is neither device memory nor pinned", op.address));
  if (found->managed)
    return invalid(fmt::format("{} is managed memory, which streams cannot wait for", op.address));
  return {};
}

Result<void> check(const StreamMemOp& op, bool firstApi) {
  switch (op.type) {
  case Type::Wait32:
  case Type::Wait64:
    if (op.flags & ~(kCompare | kFlush))
      return invalid(fmt::format("{:#x} are no flags of a wait", op.flags));
    return checkAddress(op);
  case Type::Write32:
  case Type::Write64:
    if (op.flags & ~kNoMemoryBarrier)
      return invalid(fmt::format("{:#x} are no flags of a write", op.flags));
    if (op.flags && !firstApi)
      return makeError(Status::NotSupported, "writes without a memory barrier are of the first "
                                             "version of this function only");
    return checkAddress(op);
  case Type::FlushRemoteWrites:
    return op.flags ? invalid("the flags of a flush must be 0") : Result<void>();
  case Type::Barrier:
    if (firstApi)
      return makeError(Status::NotSupported, "barriers need the second version of this function");
    return op.flags > kBarrierOfDevice ? invalid("unknown type of a barrier") : Result<void>();
  }
  return invalid(fmt::format("{} is no operation on memory", int(op.type)));
}

bool holds(const StreamMemOp& op, uint64_t now) {
  const bool narrow = op.type == Type::Wait32;
  const uint64_t mask = narrow ? UINT32_MAX : UINT64_MAX;
  const uint64_t value = op.value & mask;
  switch (op.flags & kCompare) {
  case kEqual:
    return now == value;
  case kAnd:
    return (now & value) != 0;
  case kNor:
    return (~(now | value) & mask) != 0;
  default: // cyclic: a difference of less than half the range counts as greater
    return narrow ? int32_t(uint32_t(now) - uint32_t(value)) >= 0 : int64_t(now - value) >= 0;
  }
}

} // namespace

StreamMemOps::StreamMemOps(Context& context, std::vector<StreamMemOp> ops)
    : device_(context.device().backend()), ops_(std::move(ops)) {}

Result<std::shared_ptr<const StreamMemOps>>
StreamMemOps::create(Context& context, std::vector<StreamMemOp> ops, bool firstApi) {
  AW_TRY(context.check());
  if (ops.size() > kMost)
    return invalid(fmt::format("{} operations; {} are allowed at once", ops.size(), kMost));
  for (const StreamMemOp& op : ops)
    AW_TRY(check(op, firstApi));
  return std::shared_ptr<const StreamMemOps>(
      std::make_shared<StreamMemOps>(context, std::move(ops)));
}

Result<bool> StreamMemOps::step(const StreamMemOp& op) const {
  if (op.type == Type::FlushRemoteWrites || op.type == Type::Barrier) {
    // What devices and other processes wrote is coherent here; only order is left.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return true;
  }
  // Freed since the call: the address may be anybody's by now.
  if (!Memory::find(op.address))
    return makeError(Status::IllegalAddress,
                     fmt::format("a stream's operation on {}: the memory was freed", op.address));
  if (!isWait(op.type)) {
    AW_TRY(device_.storeWord(op.address, op.value, widthOf(op.type)));
    StreamPoller::kick();
    return true;
  }
  Result<uint64_t> now = device_.loadWord(op.address, widthOf(op.type));
  if (!now)
    return now.error();
  return holds(op, *now);
}

Result<bool> StreamMemOps::advance(size_t& next) const {
  for (; next < ops_.size(); ++next) {
    Result<bool> done = step(ops_[next]);
    if (!done || !*done)
      return done;
  }
  return true;
}

Result<void> StreamMemOps::enqueue(Stream& stream, std::shared_ptr<const StreamMemOps> ops) {
  AW_TRY(stream.context().check());
  if (auto capture = stream.capture()) {
    GraphWork work;
    work.type = GraphNodeType::BatchMemOp;
    work.memOps = std::move(ops);
    return capture->add(stream, std::move(work));
  }
  if (ops->ops().empty())
    return {};
  AW_TRY(stream.admit());
  StreamQueue::Push push;
  push.ready = [ops = std::move(ops), next = size_t(0)]() mutable { return ops->advance(next); };
  stream.queue()->push(std::move(push));
  return {};
}

} // namespace anywarp::core
