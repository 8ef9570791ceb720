// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds an ImageSet: the container readers (fatbin.cpp, elf.cpp, archive.cpp) add what they find.
// Internal to the image room; one Reader is used by one thread.
#pragma once

#include "image/bytes.h"
#include "image/image.h"

#include <string>

namespace anywarp::image {

class Reader {
public:
  explicit Reader(Container container) { set_.container_ = container; }

  // Images added between two calls are alternatives for one translation unit.
  uint32_t beginUnit(bool relocatable) {
    relocatable_ = relocatable;
    set_.relocatable_ |= relocatable;
    return set_.unitCount_++;
  }
  void add(Image image) {
    image.unit = set_.unitCount_ ? set_.unitCount_ - 1 : 0;
    image.relocatable |= relocatable_;
    set_.images_.push_back(image);
  }
  // Only the first damage is kept: what follows is usually its consequence.
  void damaged(std::string what) {
    if (set_.damage_.empty())
      set_.damage_ = std::move(what);
  }
  void keep(std::shared_ptr<const void> owner) {
    if (owner)
      set_.keepAlive_.push_back(std::move(owner));
  }
  // InvalidImage where nothing was found because of damage.
  Result<ImageSet> finish() &&;

private:
  ImageSet set_;
  bool relocatable_ = false;
};

} // namespace anywarp::image
