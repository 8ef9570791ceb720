// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/image_units.h"

#include "image/image.h"
#include "image/memory.h"
#include "support/log.h"
#include "support/options.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

// Container of linked units: this header, then for each unit its text and its origin, each as its
// size (u64) and characters with a NUL.
struct LinkedHeader {
  char magic[8];
  uint64_t bytes; // of all, header included
  uint64_t units;
};
constexpr char kLinkedMagic[8] = {'\x7f', 'A', 'W', 'L', 'I', 'N', 'K', '2'};

// `limit`: bytes that are there for certain; SIZE_MAX when the size is not known.
Result<std::vector<PtxUnit>> readLinked(const char* data, size_t limit) {
  LinkedHeader header;
  std::memcpy(&header, data, sizeof header);
  if (header.bytes > limit || header.bytes < sizeof header)
    return makeError(Status::InvalidImage, "a linked image is cut off");
  std::vector<PtxUnit> units;
  size_t at = sizeof header;
  auto get = [&]() -> std::optional<std::string> {
    uint64_t size;
    if (header.bytes - at < sizeof size)
      return {};
    std::memcpy(&size, data + at, sizeof size);
    at += sizeof size;
    if (size >= header.bytes - at)
      return {};
    std::string text(data + at, size);
    at += size + 1;
    return text;
  };
  for (uint64_t i = 0; i < header.units; ++i) {
    std::optional<std::string> text = get(), origin = get();
    if (!text || !origin)
      return makeError(Status::InvalidImage, "a linked image is damaged");
    units.push_back(std::make_shared<const PtxText>(std::move(*text), std::move(*origin)));
  }
  return units;
}

Result<std::vector<PtxUnit>> pick(const Result<image::ImageSet>& set, const JitOptions& jit,
                                  int capability, const char* origin = "ptx") {
  Error error;
  if (set) {
    if (!capability)
      capability = 10 * options().computeCapability.major + options().computeCapability.minor;
    auto units = set->ptxUnits(uint32_t(capability), origin);
    if (units)
      return std::move(*units);
    error = units.error();
  } else {
    error = set.error();
  }
  log::warn("a device image cannot be used: {}", error.message);
  jit.writeError(error.message);
  return error;
}

} // namespace

Result<std::vector<PtxUnit>> readImage(const void* image, const JitOptions& jit, int capability) {
  if (!image)
    return makeError(Status::InvalidValue, "the device image is null");
  // Not memcmp: a text may be shorter, and ends with the first byte that differs.
  if (image::readable(image, sizeof kLinkedMagic) &&
      !std::strncmp(static_cast<const char*>(image), kLinkedMagic, sizeof kLinkedMagic))
    return readLinked(static_cast<const char*>(image), SIZE_MAX);
  return pick(image::openPointer(image), jit, capability);
}

bool isText(const void* image) {
  char first = *static_cast<const char*>(image);
  return first == '.' || first == '/' || isspace(static_cast<unsigned char>(first));
}

Result<void> checkText(BackendDevice& device, const std::vector<PtxUnit>& units,
                       const JitOptions& options) {
  constexpr size_t kSmall = 1 << 20, kLogged = 16 << 20;
  size_t bytes = 0;
  for (const PtxUnit& unit : units)
    bytes += unit->size();
  if (bytes > (options.errorLog ? kLogged : kSmall))
    return {};
  Result<void> good = device.check(units);
  if (!good) {
    log::warn("PTX text with errors:\n{}", good.error().message);
    options.writeError(good.error().message);
  }
  return good;
}

Result<std::vector<PtxUnit>> readImageBytes(std::span<const char> bytes, const JitOptions& jit,
                                            int capability, const char* origin) {
  if (bytes.size() >= sizeof(LinkedHeader) &&
      !std::memcmp(bytes.data(), kLinkedMagic, sizeof kLinkedMagic))
    return readLinked(bytes.data(), bytes.size());
  return pick(image::openBytes(std::as_bytes(bytes)), jit, capability, origin);
}

Result<std::vector<PtxUnit>> readHostBytes(std::span<const char> bytes, const JitOptions& jit,
                                           const char* origin) {
  if (image::sniff(std::as_bytes(bytes)) != image::Container::HostElf)
    return readImageBytes(bytes, jit, 0, origin);
  return pick(image::openFileBytes(std::as_bytes(bytes)), jit, 0, origin);
}

Result<std::vector<char>> readFile(const char* path) {
  if (!path)
    return makeError(Status::InvalidValue, "the file name is null");
  auto failed = [&] {
    return makeError(Status::FileNotFound, fmt::format("{}: {}", path, strerror(errno)));
  };
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return failed();
  std::vector<char> bytes;
  struct stat info;
  std::optional<Error> error;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    error = makeError(Status::FileNotFound, fmt::format("{} is no regular file", path));
  } else {
    bytes.resize(size_t(info.st_size));
    size_t at = 0;
    while (at < bytes.size()) {
      ssize_t n = read(file, bytes.data() + at, bytes.size() - at);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        error = failed();
      if (n <= 0)
        break;
      at += size_t(n);
    }
    bytes.resize(at);
  }
  close(file);
  if (error)
    return *error;
  return bytes;
}

std::vector<char> writeLinked(std::span<const PtxUnit> units) {
  LinkedHeader header;
  std::memcpy(header.magic, kLinkedMagic, sizeof header.magic);
  header.units = units.size();
  header.bytes = sizeof header;
  for (const PtxUnit& unit : units)
    header.bytes += 2 * (sizeof(uint64_t) + 1) + unit->size() + unit->origin.size();
  std::vector<char> out(header.bytes);
  char* at = out.data();
  auto put = [&](const void* data, size_t size) {
    std::memcpy(at, data, size);
    at += size;
  };
  put(&header, sizeof header);
  for (const PtxUnit& unit : units) {
    for (const std::string* text : {static_cast<const std::string*>(unit.get()), &unit->origin}) {
      uint64_t size = text->size();
      put(&size, sizeof size);
      put(text->c_str(), text->size() + 1);
    }
  }
  return out;
}

std::vector<std::string_view> entryNames(std::string_view ptx) {
  constexpr std::string_view kEntry = ".entry";
  auto isName = [](char c) {
    return isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '%';
  };
  std::vector<std::string_view> names;
  for (size_t at = ptx.find(kEntry); at != ptx.npos; at = ptx.find(kEntry, at)) {
    at += kEntry.size();
    size_t begin = at;
    while (begin < ptx.size() && isspace(static_cast<unsigned char>(ptx[begin])))
      ++begin;
    size_t end = begin;
    while (end < ptx.size() && isName(ptx[end]))
      ++end;
    if (begin > at && end > begin)
      names.push_back(ptx.substr(begin, end - begin));
  }
  return names;
}

} // namespace anywarp::core
