// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fuzzes the image reader with whole files: everything that a module, the linker or
// `anywarp inspect` does with bytes it was given. With ANYWARP_FUZZ_SEEDS=DIR in the environment
// the seeds (fatbins of each compression, an archive, PTX) are written there first.
#include "image/archive.h"
#include "image/elf.h"
#include "image/image.h"
#include "image/ptx_text.h"
#include "image/writer.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>

using namespace anywarp::image;

namespace {

constexpr uint64_t kLimit = 16 << 20; // keeps one input fast

void writeFile(const std::string& path, std::string_view bytes) {
  if (FILE* f = std::fopen(path.c_str(), "wb")) {
    std::fwrite(bytes.data(), 1, bytes.size(), f);
    std::fclose(f);
  }
}

void writeSeeds(const std::string& folder) {
  std::string ptx = ".version 7.0\n.target sm_80\n.address_size 64\n.entry k() { ret; }\n";
  int n = 0;
  for (Compression c : {Compression::None, Compression::Lz4, Compression::Zstd}) {
    NewImage images[2];
    images[0] = {Kind::Ptx, 80, 7, 0, c, ptx, "a.cu", "-O1"};
    images[1] = {Kind::Ptx, 90, 7, 0, c, ptx, {}, {}};
    auto bytes = writeFatbin(images);
    writeFile(folder + "/fatbin" + std::to_string(n++),
              {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  writeFile(folder + "/ptx", ptx);
  char header[61];
  std::snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8o%-10zu`\n", "p.ptx/", 0, 0, 0, 0644,
                ptx.size());
  writeFile(folder + "/archive", std::string(kArchiveMagic) + header + ptx);
}

// The input once more as memory of unknown size, right before a page nobody may read. Not for
// wrappers: their pointers would lead into the fuzzer's own poisoned memory.
void tryPointer(const uint8_t* data, size_t size) {
  constexpr size_t kRoom = 1 << 20, kPage = 4096;
  static auto* base = static_cast<uint8_t*>(
      mmap(nullptr, kRoom + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  static const bool guarded = mprotect(base + kRoom, kPage, PROT_NONE) == 0;
  if (!guarded || size == 0 || size > kRoom ||
      sniff({reinterpret_cast<const std::byte*>(data), size}) == Container::Wrapper)
    return;
  uint8_t* start = base + kRoom - size;
  std::memcpy(start, data, size);
  auto set = openPointer(start);
  if (set)
    (void)set->describe();
  std::memset(start, 0, size);
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (const char* folder = std::getenv("ANYWARP_FUZZ_SEEDS"))
    writeSeeds(folder);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)readHostFile(bytes);
  (void)readCubin(bytes);
  tryPointer(data, size);
  auto set = openFileBytes(bytes);
  if (!set)
    return 0;
  if (set->describe().empty())
    std::abort();
  size_t count = 0;
  for (const Image& image : set->images()) {
    if (++count > 16)
      break;
    auto unpacked = image.unpack(kLimit);
    if (!unpacked)
      continue;
    if (unpacked->size() > kLimit)
      std::abort();
    (void)ptxKernels(*unpacked);
    (void)readCubin(bytesOf(*unpacked));
  }
  for (uint32_t unit = 0; unit < set->unitCount() && unit < 16; ++unit)
    (void)set->ptxCandidates(unit, 90);
  (void)set->unitsWithoutPtx();
  return 0;
}
