// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/external_semaphore.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/handles.h"
#include "core/stream.h"
#include "core/stream_queue.h"

#include <bit>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/futex.h>
#include <poll.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

enum Type { kOpaqueFile = 1, kTimelineFile = 9, kLastType = 10 };

bool isEventFile(int descriptor) {
  char target[64] = {};
  std::string link = fmt::format("/proc/self/fd/{}", descriptor);
  ssize_t length = readlink(link.c_str(), target, sizeof target - 1);
  return length > 0 && std::string_view(target, size_t(length)) == "anon_inode:[eventfd]";
}

Result<void> captureAs(GraphNodeType type, Capture& capture, Stream& stream,
                       ExternalSemaphore::Operations operations) {
  GraphWork work;
  work.type = type;
  work.semaphores = std::make_shared<const ExternalSemaphore::Operations>(std::move(operations));
  return capture.add(stream, std::move(work));
}

// The low half of the word.
uint32_t* futexOf(std::atomic<uint64_t>* word) {
  static_assert(std::endian::native == std::endian::little);
  return reinterpret_cast<uint32_t*>(word);
}

} // namespace

Result<ExternalSemaphoreRef> ExternalSemaphore::import(int type, int descriptor, unsigned flags) {
  if (type < kOpaqueFile || type > kLastType || flags)
    return makeError(Status::InvalidValue, "unknown type of semaphore, or flags that are not 0");
  if (type != kOpaqueFile && type != kTimelineFile)
    return makeError(
        Status::NotSupported,
        fmt::format("semaphores of type {} are of Windows or NvSciSync; here they come "
                    "by file descriptor",
                    type));
  ExternalSemaphoreRef semaphore;
  struct stat info = {};
  if (type == kOpaqueFile && isEventFile(descriptor)) {
    semaphore.reset(new ExternalSemaphore(descriptor, nullptr, false));
  } else {
    // Nobody may make the file shorter while the word is looked at.
    int seals = fcntl(descriptor, F_GET_SEALS);
    if (seals >= 0 && !(seals & F_SEAL_SHRINK) && !(seals & F_SEAL_SEAL))
      fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK);
    seals = fcntl(descriptor, F_GET_SEALS);
    void* word =
        seals >= 0 && (seals & F_SEAL_SHRINK) && fstat(descriptor, &info) == 0 &&
                size_t(info.st_size) >= sizeof(uint64_t)
            ? mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
            : MAP_FAILED;
    if (word == MAP_FAILED)
      return makeError(
          Status::InvalidHandle,
          fmt::format("file descriptor {} is neither an eventfd nor a memfd of 8 bytes "
                      "that can be sealed",
                      descriptor));
    semaphore.reset(new ExternalSemaphore(descriptor, static_cast<std::atomic<uint64_t>*>(word),
                                          type == kTimelineFile));
  }
  HandleTable<ExternalSemaphore>::get().insert(semaphore);
  return semaphore;
}

ExternalSemaphore::~ExternalSemaphore() {
  if (word_)
    munmap(word_, sizeof(uint64_t));
  ::close(descriptor_);
}

Result<void> ExternalSemaphore::destroy() {
  if (!HandleTable<ExternalSemaphore>::get().remove(this))
    return makeError(Status::InvalidHandle, "the semaphore was destroyed before");
  return {};
}

ExternalSemaphoreRef ExternalSemaphore::fromHandle(const void* handle) {
  return HandleTable<ExternalSemaphore>::get().find(handle);
}

void ExternalSemaphore::signalNow(uint64_t value) {
  if (!word_) {
    uint64_t one = 1;
    while (::write(descriptor_, &one, sizeof one) < 0 && errno == EINTR) {
    }
    return;
  }
  word_->store(timeline_ ? value : 1, std::memory_order_release);
  syscall(SYS_futex, futexOf(word_), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

bool ExternalSemaphore::tryWait(uint64_t value) {
  if (!word_) {
    uint64_t count = 0;
    iovec part = {&count, sizeof count};
    ssize_t got = preadv2(descriptor_, &part, 1, -1, RWF_NOWAIT);
    if (got < 0 && (errno == EOPNOTSUPP || errno == EINVAL)) { // older kernels
      pollfd ready = {descriptor_, POLLIN, 0};
      got = poll(&ready, 1, 0) == 1 ? ::read(descriptor_, &count, sizeof count) : -1;
    }
    return got == ssize_t(sizeof count);
  }
  if (timeline_)
    return word_->load(std::memory_order_acquire) >= value;
  uint64_t signalled = 1;
  return word_->compare_exchange_strong(signalled, 0, std::memory_order_acq_rel);
}

Result<void> ExternalSemaphore::signal(Stream& stream, Operations operations) {
  AW_TRY(stream.context().check());
  if (std::shared_ptr<Capture> capture = stream.capture())
    return captureAs(GraphNodeType::SemaphoreSignal, *capture, stream, std::move(operations));
  return stream.enqueue([operations = std::move(operations)] {
    for (const Operation& o : operations)
      o.semaphore->signalNow(o.value);
    return Result<void>();
  });
}

Result<void> ExternalSemaphore::wait(Stream& stream, Operations operations) {
  AW_TRY(stream.context().check());
  if (std::shared_ptr<Capture> capture = stream.capture())
    return captureAs(GraphNodeType::SemaphoreWait, *capture, stream, std::move(operations));
  AW_TRY(stream.admit());
  StreamQueue::Push push;
  push.mode = StreamQueue::Mode::Inline;
  push.ready = [operations = std::move(operations), next = size_t(0)]() mutable -> Result<bool> {
    while (next < operations.size() && operations[next].semaphore->tryWait(operations[next].value))
      ++next;
    return next == operations.size();
  };
  stream.queue()->push(std::move(push));
  return {};
}

} // namespace anywarp::core
