// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A map from addresses to objects for tables that are filled at once, read often and only ever
// cleared as a whole: open addressing in one block, so that tens of thousands of entries cost next
// to nothing. The first entry of a key stays. Not locked; null is no key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace anywarp::cudart {

template <typename T> class PointerMap {
public:
  bool empty() const { return size_ == 0; }

  T* find(const void* key) const {
    if (cells_.empty())
      return nullptr;
    for (size_t i = start(key);; i = (i + 1) & (cells_.size() - 1))
      if (cells_[i].key == key || !cells_[i].key)
        return cells_[i].value;
  }

  void reserve(size_t count) {
    size_t cells = cells_.empty() ? 64 : cells_.size();
    while (count * 2 > cells)
      cells *= 2;
    if (cells == cells_.size())
      return;
    std::vector<Cell> old(cells);
    old.swap(cells_);
    size_ = 0;
    for (const Cell& cell : old)
      if (cell.key)
        insert(cell.key, cell.value);
  }

  void insert(const void* key, T* value) {
    reserve(size_ + 1);
    size_t i = start(key);
    for (; cells_[i].key; i = (i + 1) & (cells_.size() - 1))
      if (cells_[i].key == key)
        return;
    cells_[i] = {key, value};
    ++size_;
  }

  void clear() {
    cells_.clear();
    cells_.shrink_to_fit();
    size_ = 0;
  }

private:
  struct Cell {
    const void* key = nullptr;
    T* value = nullptr;
  };
  // Fibonacci hashing: addresses differ mostly in their middle bits.
  size_t start(const void* key) const {
    uint64_t mixed = uint64_t(reinterpret_cast<uintptr_t>(key)) * 0x9e3779b97f4a7c15u;
    return size_t(mixed >> 32) & (cells_.size() - 1);
  }

  std::vector<Cell> cells_; // a power of two, at most half full
  size_t size_ = 0;
};

} // namespace anywarp::cudart
