// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Semaphores of somebody else, by file descriptor (cuImportExternalSemaphore). There is no GPU
// driver whose objects they could be; so a semaphore is
//   - an eventfd: signalled while its counter is not 0; a wait that is over sets it to 0;
//   - a file of memfd_create with MFD_ALLOW_SEALING and 8 bytes at least: a 64-bit word at its
//     start. Of type OPAQUE_FD: 1 is signalled, 0 is not. Of type TIMELINE_SEMAPHORE_FD: the value,
//     which only grows. Signals of ours wake who waits by futex on the low half.
// A waiting stream has no thread (stream_poller.h). Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace anywarp::core {

class AW_API ExternalSemaphore {
public:
  // `type` is CUexternalSemaphoreHandleType. Takes the descriptor when it succeeds. InvalidValue:
  // an unknown type, flags; InvalidHandle: no descriptor of the kinds above; NotSupported: handles
  // of other systems.
  static Result<ExternalSemaphoreRef> import(int type, int descriptor, unsigned flags);
  Result<void> destroy();
  static ExternalSemaphoreRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  ~ExternalSemaphore();
  ExternalSemaphore(const ExternalSemaphore&) = delete;

  struct Operation {
    ExternalSemaphoreRef semaphore;
    uint64_t value = 0; // of a timeline
  };
  using Operations = std::vector<Operation>;
  // In stream order; nodes of the graph while the stream is captured.
  static Result<void> signal(Stream& stream, Operations operations);
  static Result<void> wait(Stream& stream, Operations operations);

private:
  ExternalSemaphore(int descriptor, std::atomic<uint64_t>* word, bool timeline)
      : descriptor_(descriptor), word_(word), timeline_(timeline) {}
  void signalNow(uint64_t value);
  bool tryWait(uint64_t value); // true: it was signalled; that is used up if it is no timeline
  const int descriptor_;
  std::atomic<uint64_t>* const word_; // null: an eventfd
  const bool timeline_;
};

} // namespace anywarp::core
