// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/foreign_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp {

Result<int> ForeignFile::open() const {
  std::string path = fmt::format("/proc/{}/fd/{}", process, descriptor);
  int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat info = {};
  // The number may mean another file by now.
  if (file >= 0 && (fstat(file, &info) != 0 || uint64_t(info.st_ino) != inode)) {
    ::close(file);
    file = -1;
  }
  if (file < 0)
    return makeError(Status::InvalidHandle,
                     fmt::format("what process {} shared cannot be opened: {}; the process must be "
                                 "alive and of the same user, in the same container",
                                 process, strerror(errno)));
  return file;
}

Result<ForeignFile> ForeignFile::make(const char* name, size_t bytes) {
  ForeignFile result;
  int file = memfd_create(name, MFD_CLOEXEC);
  struct stat info = {};
  if (file < 0 || ftruncate(file, off_t(bytes)) != 0 || fstat(file, &info) != 0) {
    int why = errno;
    if (file >= 0)
      ::close(file);
    return makeError(Status::OperatingSystem,
                     fmt::format("memory to share cannot be made: {}", strerror(why)));
  }
  result.process = getpid();
  result.descriptor = file;
  result.inode = uint64_t(info.st_ino);
  return result;
}

} // namespace anywarp
