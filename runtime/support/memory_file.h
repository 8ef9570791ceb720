// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory as parts of a file without a name, so that it can be mapped at several addresses and in
// several processes; and the pages of this process's address space. Parts are handed out by offset;
// what is given back goes back to the system at once. Safe from any thread.
#pragma once

#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace anywarp {

class MemoryFile {
public:
  // A sparse file of `capacity` bytes that no holder of the descriptor can make shorter, followed
  // by a page for the maker's use.
  static Result<std::unique_ptr<MemoryFile>> create(const char* name, uint64_t capacity);
  // A copy of a descriptor of create()'s, of any process. InvalidValue: it is none.
  static Result<std::unique_ptr<MemoryFile>> open(int descriptor);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;

  std::optional<uint64_t> take(size_t bytes); // multiples of a page; nothing: full
  void give(uint64_t offset, size_t bytes);
  int descriptor() const { return descriptor_; }
  Result<int> duplicate() const; // the caller's to close
  uint64_t capacity() const { return capacity_; }
  uint64_t identity() const { return identity_; } // the same in all processes

  // The page behind the capacity, up to kNoteBytes.
  static constexpr size_t kNoteBytes = 4096;
  bool writeNote(const void* data, size_t bytes);
  bool readNote(void* data, size_t bytes) const;

private:
  MemoryFile(int descriptor, uint64_t capacity, uint64_t identity);
  const int descriptor_;
  const uint64_t capacity_, identity_;
  std::mutex mutex_;                  // guards free_
  std::map<uint64_t, uint64_t> free_; // offset -> bytes
};

// Address space. `access` is CUDA's: 0 none, 1 read, 3 read and write.
namespace pages {
size_t size();
// Addresses without memory; nothing may be touched there. `hint` may be null.
Result<void*> reserve(size_t bytes, size_t alignment, void* hint);
void unreserve(void* address, size_t bytes);
// A part of a file at reserved addresses, or at any (`address` null).
Result<void*> map(void* address, size_t bytes, int descriptor, uint64_t offset, int access);
bool protect(void* address, size_t bytes, int access);
void unmap(void* address, size_t bytes); // reserved again
// The whole pages of a range of ordinary memory: get them now; forget what they hold.
void populate(void* address, size_t bytes);
void discard(void* address, size_t bytes);
} // namespace pages

} // namespace anywarp
