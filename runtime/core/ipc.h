// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and events between processes (cuIpc*). A handle names a file descriptor of the process
// that made it, which a process of the same user opens through /proc; so the maker must live until
// its handles are opened, as CUDA demands too, and nothing is left behind when processes end. Safe
// from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace anywarp::core {

inline constexpr size_t kIpcHandleBytes = 64; // CU_IPC_HANDLE_SIZE

// cuIpcGetMemHandle: of the allocation that holds `pointer`, from its start on. Waits for the
// context's work. InvalidValue: not memory of cuMemAlloc.
AW_API Result<void> ipcExport(Context& context, const void* pointer, void* handle);
// cuIpcOpenMemHandle: the same handle opened twice is mapped once. InvalidContext in the process
// that made it.
AW_API Result<void*> ipcOpen(Context& context, const void* handle, unsigned flags);
AW_API Result<void> ipcClose(void* pointer);
// For Memory: a context that goes away has opened this.
void ipcUnmap(const struct Allocation& allocation);

// What the processes that know an event share: how often it was recorded, and the last record that
// was reached.
class SharedEvent {
public:
  static Result<std::shared_ptr<SharedEvent>> create();
  static Result<std::shared_ptr<SharedEvent>> open(const void* handle);
  ~SharedEvent();
  SharedEvent(const SharedEvent&) = delete;

  void exportTo(void* handle) const;
  uint32_t recorded() const { return page_->recorded.load(std::memory_order_acquire); }
  uint32_t noteRecord(); // the record's number
  void reach(uint32_t number);
  bool reached(uint32_t number) const {
    return int32_t(page_->reached.load(std::memory_order_acquire) - number) >= 0;
  }
  // It is reached, or nobody is left who could reach it.
  bool settled(uint32_t number) const;
  // Until it is settled, or this process ends.
  void waitFor(uint32_t number) const;

private:
  struct Page {
    std::atomic<uint32_t> recorded, reached;
    std::atomic<int32_t> lastRecorder; // process
  };
  SharedEvent(int file, Page* page, ForeignFile foreign)
      : file_(file), page_(page), name_(foreign) {}

  const int file_;
  Page* const page_;
  const ForeignFile name_; // where other processes find it
};

} // namespace anywarp::core
