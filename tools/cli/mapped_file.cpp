// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See mapped_file.h.
#include "mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cli {

Result<MappedFile> MappedFile::open(const std::string& path) {
  auto failed = [&path](int error) {
    return makeError(error == ENOENT ? Status::FileNotFound : Status::OperatingSystem,
                     fmt::format("cannot read {}: {}", path, std::strerror(error)));
  };
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not block
  if (fd < 0)
    return failed(errno);
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    int error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    ::close(fd);
    return failed(error);
  }
  MappedFile file;
  file.size_ = static_cast<size_t>(info.st_size);
  if (file.size_ > 0) {
    void* start = mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, fd, 0);
    int error = errno;
    if (start == MAP_FAILED) {
      ::close(fd);
      return failed(error);
    }
    size_t size = file.size_;
    file.mapping_ = std::shared_ptr<const std::byte[]>(
        static_cast<const std::byte*>(start),
        [size](const std::byte* p) { munmap(const_cast<std::byte*>(p), size); });
  }
  ::close(fd);
  return file;
}

} // namespace anywarp::cli
