// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file descriptor that lives in an application: one that closes all descriptors, as daemons do,
// and uses the numbers again, must not find its files closed by us.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

namespace anywarp {

class OwnDescriptor {
public:
  explicit OwnDescriptor(int descriptor) : descriptor_(descriptor) {
    if (descriptor >= 0 && fstat(descriptor, &file_) != 0)
      descriptor_ = -1;
  }
  OwnDescriptor(const OwnDescriptor&) = delete;
  ~OwnDescriptor() {
    if (isOurs())
      close(descriptor_);
  }
  int number() const { return descriptor_; }
  // Whether it is still the file that it was made for.
  bool isOurs() const {
    struct stat now;
    return descriptor_ >= 0 && fstat(descriptor_, &now) == 0 && now.st_dev == file_.st_dev &&
           now.st_ino == file_.st_ino;
  }

private:
  int descriptor_;
  struct stat file_ = {};
};

} // namespace anywarp
