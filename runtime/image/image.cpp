// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See image.h: sniffing, opening, choosing.
#include "image/image.h"

#include "image/archive.h"
#include "image/elf.h"
#include "image/fatbin.h"
#include "image/memory.h"
#include "image/ptx_text.h"
#include "image/unpack.h"
#include "image/writer.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace anywarp::image {
namespace {

constexpr uint32_t kLtoMagic = 0x7F4E43ED;
constexpr uint32_t kBitcodeMagic = 0xDEC04342; // "BC" 0xC0DE
constexpr uint32_t kBitcodeWrapperMagic = 0x0B17C0DE;
constexpr size_t kMaxPtxText = kMaxUnpacked;
constexpr size_t kMaxPrelinked = 1 << 20; // fatbins behind one version 2 wrapper

Error invalid(std::string what) {
  return makeError(Status::InvalidImage, std::move(what));
}

std::string stripTrailingNuls(std::string s) {
  while (!s.empty() && s.back() == '\0')
    s.pop_back();
  return s;
}

Result<ImageSet> openSized(Bytes bytes, std::shared_ptr<const void> keepAlive, bool hostFiles) {
  Container container = sniff(bytes);
  Reader reader(container);
  reader.keep(std::move(keepAlive));
  switch (container) {
  case Container::Fatbin:
    readFatbin(bytes, false, reader);
    break;
  case Container::Archive:
    readArchive(bytes, reader);
    break;
  case Container::Cubin:
  case Container::Ptx:
  case Container::LtoIr:
    reader.beginUnit(false);
    reader.add(bareImage(bytes));
    break;
  case Container::HostElf: {
    if (!hostFiles)
      return invalid("the image is an ELF file of the host, not device code");
    auto file = ElfFile::open(bytes);
    if (!file)
      return file.error();
    readHostImages(*file, reader);
    break;
  }
  case Container::Wrapper:
    return invalid("a fatbin wrapper holds pointers and cannot be read from a file");
  case Container::Unknown:
    if (bytes.empty())
      return invalid("the image is empty");
    return invalid("the image is neither fatbin, cubin, archive nor PTX text");
  }
  return std::move(reader).finish();
}

// A fatbin at an address; its own header says how long it is.
bool addFatbinAt(const void* start, bool relocatable, Reader& reader) {
  if (!readable(start, sizeof(FatbinHeader)))
    return false;
  FatbinHeader header;
  std::memcpy(&header, start, sizeof header);
  if (header.magic != kFatbinMagic || header.headerSize < sizeof header ||
      header.filesSize > SIZE_MAX - header.headerSize) {
    // The reader says what is wrong with it.
    readFatbin({static_cast<const std::byte*>(start), sizeof header}, relocatable, reader);
    return true;
  }
  uint64_t size = header.headerSize + header.filesSize;
  if (!readable(start, size))
    return false;
  readFatbin({static_cast<const std::byte*>(start), size}, relocatable, reader);
  return true;
}

Result<ImageSet> openWrapper(const void* address) {
  Wrapper wrapper;
  if (!readable(address, sizeof wrapper))
    return invalid("fatbin wrapper lies in unreadable memory");
  std::memcpy(&wrapper, address, sizeof wrapper);
  if (wrapper.version != 1 && wrapper.version != 2)
    return invalid(
        fmt::format("fatbin wrapper has version {}, 1 and 2 are known", wrapper.version));
  Reader reader(Container::Wrapper);
  if (wrapper.data && !addFatbinAt(wrapper.data, false, reader))
    return invalid("fatbin wrapper points to unreadable memory");
  if (!wrapper.data && wrapper.version == 1)
    return invalid("fatbin wrapper points to nothing");
  if (wrapper.version == 2 && wrapper.prelinked) {
    // The list is an array of pointers of unknown length.
    auto* list = static_cast<const std::byte*>(wrapper.prelinked);
    for (size_t i = 0;; ++i) {
      const void* fatbin = nullptr;
      if (i == kMaxPrelinked || !readable(list + i * sizeof fatbin, sizeof fatbin))
        return invalid("fatbin wrapper's list of relocatable fatbins has no end");
      std::memcpy(&fatbin, list + i * sizeof fatbin, sizeof fatbin);
      if (!fatbin)
        break;
      if (fatbin == wrapper.data)
        continue;
      if (!addFatbinAt(fatbin, true, reader))
        return invalid("fatbin wrapper's list points to unreadable memory");
    }
  }
  return std::move(reader).finish();
}

// Rank of a PTX image for a device, lower is better: what the driver would take first (PTX ISA,
// "Target architectures": an 'a' target runs on that architecture only, an 'f' target on its
// family), then what it would refuse but may work here.
std::tuple<int, uint32_t, int, int> rank(const Image& image, uint32_t cc) {
  int special = image.archSuffix == 0 ? 0 : image.archSuffix == 'f' ? 1 : 2;
  int version = -(image.versionMajor * 1000 + image.versionMinor);
  if (cc == 0)
    return {0, UINT32_MAX - image.arch, special, version};
  bool fits = image.arch <= cc;
  if (image.archSuffix == 'a')
    fits = image.arch == cc;
  else if (image.archSuffix == 'f')
    fits = fits && image.arch / 10 == cc / 10;
  uint32_t distance = image.arch <= cc ? cc - image.arch : image.arch - cc;
  // Of two that fit, the one for this very device has the code that the machine code beside it had.
  return {fits ? 0 : special ? 2 : 1, distance, fits ? -special : special, version};
}

} // namespace

Container sniff(Bytes bytes) {
  uint32_t magic = 0;
  if (read(bytes, 0, magic)) {
    switch (magic) {
    case kWrapperMagic:
      return Container::Wrapper;
    case kFatbinMagic:
    case kOldFatbinMagic:
      return Container::Fatbin;
    case kLtoMagic:
    case kBitcodeMagic:
    case kBitcodeWrapperMagic:
      return Container::LtoIr;
    default:
      break;
    }
  }
  std::string_view s = text(bytes);
  if (s.starts_with("\177ELF")) {
    uint16_t machine = 0;
    read(bytes, offsetof(Elf64_Ehdr, e_machine), machine);
    return machine == kMachineCuda ? Container::Cubin : Container::HostElf;
  }
  if (s.starts_with(kArchiveMagic))
    return Container::Archive;
  return looksLikePtx(s) ? Container::Ptx : Container::Unknown;
}

std::string_view containerName(Container container) {
  switch (container) {
  case Container::Wrapper:
    return "fatbin wrapper";
  case Container::Fatbin:
    return "fatbin";
  case Container::Cubin:
    return "cubin";
  case Container::HostElf:
    return "host file";
  case Container::Archive:
    return "archive";
  case Container::Ptx:
    return "PTX text";
  case Container::LtoIr:
    return "LTO-IR";
  case Container::Unknown:
    break;
  }
  return "unknown";
}

std::string_view compressionName(Compression compression) {
  switch (compression) {
  case Compression::Lz4:
    return "lz4";
  case Compression::Zstd:
    return "zstd";
  case Compression::Old:
    return "old";
  case Compression::None:
    break;
  }
  return "none";
}

std::string_view kindName(Kind kind) {
  switch (kind) {
  case Kind::Ptx:
    return "PTX";
  case Kind::Cubin:
    return "cubin";
  case Kind::LtoIr:
    return "LTO-IR";
  case Kind::Unknown:
    break;
  }
  return "unknown";
}

Result<ImageSet> openBytes(Bytes bytes, std::shared_ptr<const void> keepAlive) {
  return openSized(bytes, std::move(keepAlive), false);
}

Result<ImageSet> openFileBytes(Bytes bytes, std::shared_ptr<const void> keepAlive) {
  return openSized(bytes, std::move(keepAlive), true);
}

Result<ImageSet> openPointer(const void* image) {
  if (!image)
    return makeError(Status::InvalidValue, "the image is a null pointer");
  auto* start = static_cast<const std::byte*>(image);
  if (!readable(start, 1))
    return invalid("the image lies in unreadable memory");
  // Four bytes decide, none of them 0; a text may be shorter than that.
  auto* chars = static_cast<const char*>(image);
  uint32_t magic = 0;
  if (readable(start, sizeof magic))
    std::memcpy(&magic, start, strnlen(chars, sizeof magic));
  if (magic == kWrapperMagic)
    return openWrapper(image);
  if (magic == kFatbinMagic || magic == kOldFatbinMagic) {
    Reader reader(Container::Fatbin);
    if (!addFatbinAt(image, false, reader))
      return invalid("fatbin lies in unreadable memory");
    return std::move(reader).finish();
  }
  if (magic == kLtoMagic || magic == kBitcodeMagic || magic == kBitcodeWrapperMagic)
    return openBytes({start, sizeof magic}); // its size is not known; it is only reported
  if (std::memcmp(&magic, ELFMAG, SELFMAG) == 0) {
    uint64_t size = elfSizeInMemory(start, readable);
    return size ? openBytes({start, size}) : invalid("ELF image has damaged headers");
  }
  if (readable(start, kArchiveMagic.size()) &&
      !std::strncmp(chars, kArchiveMagic.data(), kArchiveMagic.size()))
    return openBytes({start, archiveSizeInMemory(start, readable)});
  size_t length = boundedLength(chars, kMaxPtxText);
  if (length == kMaxPtxText)
    return invalid("the image is neither fatbin, cubin, archive nor NUL-terminated PTX text");
  return openBytes({start, length});
}

Result<ImageSet> Reader::finish() && {
  if (set_.images_.empty() && !set_.damage_.empty())
    return makeError(Status::InvalidImage, set_.damage_);
  return std::move(set_);
}

std::string Image::archName() const {
  std::string name = kind == Kind::Ptx ? "compute_" : kind == Kind::LtoIr ? "lto_" : "sm_";
  if (arch == 0)
    return name + "?";
  name += std::to_string(arch);
  if (archSuffix)
    name.push_back(archSuffix);
  return name;
}

Result<std::string> Image::unpack(uint64_t limit) const {
  switch (compression) {
  case Compression::None: {
    if (stored.size() > limit)
      return makeError(Status::OutOfMemory,
                       fmt::format("image of {} bytes is larger than allowed", stored.size()));
    std::string_view s = text(stored);
    return kind == Kind::Ptx ? stripTrailingNuls(std::string(s)) : std::string(s);
  }
  case Compression::Old:
    return makeError(Status::NotSupported,
                     "image is compressed as before 2013: rebuild the program "
                     "with a newer nvcc or with -Xfatbin -compress=false");
  case Compression::Lz4:
  case Compression::Zstd:
    break;
  }
  auto bytes = compression == Compression::Lz4 ? unpackLz4(stored, size, limit)
                                               : unpackZstd(stored, size, limit);
  if (!bytes)
    return bytes.error();
  return kind == Kind::Ptx ? stripTrailingNuls(std::move(*bytes)) : std::move(*bytes);
}

std::vector<const Image*> ImageSet::ptxCandidates(uint32_t unit, uint32_t cc) const {
  std::vector<const Image*> found;
  // Units are added one after the other, so the images lie in the order of their units.
  auto first = std::lower_bound(images_.begin(), images_.end(), unit,
                                [](const Image& image, uint32_t u) { return image.unit < u; });
  for (auto it = first; it != images_.end() && it->unit == unit; ++it)
    if (it->kind == Kind::Ptx)
      found.push_back(&*it);
  std::sort(found.begin(), found.end(), [cc](const Image* a, const Image* b) {
    auto ra = rank(*a, cc), rb = rank(*b, cc);
    return ra != rb ? ra < rb : a < b;
  });
  return found;
}

uint32_t ImageSet::unitsWithoutPtx() const {
  std::vector<char> hasPtx(unitCount_, 0), holds(unitCount_, 0);
  for (const Image& image : images_) {
    if (relocatable_ && !image.relocatable)
      continue; // the linked SASS of relocatable units
    holds[image.unit] = 1;
    hasPtx[image.unit] |= image.kind == Kind::Ptx;
  }
  uint32_t count = 0;
  for (uint32_t i = 0; i < unitCount_; ++i)
    count += holds[i] && !hasPtx[i];
  return count;
}

Result<std::vector<PtxUnit>> ImageSet::ptxUnits(uint32_t cc, std::string_view origin) const {
  // Linked PTX is complete by itself; relocatable units are needed where it is missing.
  std::vector<std::vector<const Image*>> units(unitCount_);
  bool linked = false, relocatable = false;
  for (const Image& image : images_)
    if (image.kind == Kind::Ptx)
      (image.relocatable ? relocatable : linked) = true;
  bool takeRelocatable = relocatable && (!linked || unitsWithoutPtx() == 0);
  std::vector<PtxUnit> texts;
  uint64_t left = kMaxUnpacked;
  for (uint32_t unit = 0; unit < unitCount_; ++unit) {
    Error firstError{Status::Success, {}};
    bool found = false, tried = false;
    for (const Image* image : ptxCandidates(unit, cc)) {
      if (image->relocatable != takeRelocatable)
        continue;
      tried = true;
      auto ptx = image->unpack(left);
      if (!ptx) {
        if (firstError.status == Status::Success)
          firstError = ptx.error();
        continue;
      }
      left -= std::min<uint64_t>(left, ptx->size());
      texts.push_back(std::make_shared<const PtxText>(std::move(*ptx), std::string(origin)));
      found = true;
      break;
    }
    if (tried && !found)
      return firstError;
  }
  if (texts.empty())
    return makeError(Status::NoBinaryForGpu, describe());
  return texts;
}

std::string ImageSet::describe() const {
  // Names of each kind, each once, in the file's order.
  constexpr size_t kMaxNames = 16; // a hostile file could hold millions
  std::vector<std::string> cubins, ptx, others;
  auto addOnce = [](std::vector<std::string>& list, std::string name) {
    if (list.size() < kMaxNames && std::find(list.begin(), list.end(), name) == list.end())
      list.push_back(std::move(name));
  };
  uint32_t newest = 0;
  for (const Image& image : images_) {
    newest = std::max(newest, image.arch);
    if (image.kind == Kind::Cubin)
      addOnce(cubins, image.archName());
    else if (image.kind == Kind::Ptx)
      addOnce(ptx, image.archName());
    else if (image.kind == Kind::LtoIr)
      addOnce(others, image.arch ? image.archName() : "LTO-IR");
    else
      addOnce(others, fmt::format("unknown kind {}", image.rawKind));
  }
  std::string line;
  auto part = [&line](std::string_view what, const std::vector<std::string>& names) {
    if (!names.empty())
      line += fmt::format("{}{}{}{}", line.empty() ? "holds " : "; ", what, fmt::join(names, ", "),
                          names.size() == kMaxNames ? ", ..." : "");
  };
  part("PTX ", ptx);
  part("cubin ", cubins);
  part("", others);
  if (line.empty())
    line = "holds no image";
  if (ptx.empty())
    line += fmt::format(", no PTX: rebuild with -gencode arch=compute_{0},code=compute_{0}",
                        newest ? newest : 80);
  else if (uint32_t missing = unitsWithoutPtx())
    line += fmt::format("; {} of {} units have no PTX", missing, unitCount_);
  if (!damage_.empty())
    line += " (" + damage_ + ")";
  return line;
}

} // namespace anywarp::image
