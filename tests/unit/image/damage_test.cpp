// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever the bytes are, the reader comes back: truncation at every length, every bit flipped,
// random bytes. Inputs end at an unreadable page, so that one byte too many is a crash.
#include "bytes_util.h"
#include "image/elf.h"
#include "image/ptx_text.h"

#include <gtest/gtest.h>
#include <random>

namespace anywarp::image {
namespace {

// Uses all that a caller may use; returns whether it opened.
bool use(std::span<const std::byte> bytes) {
  auto set = openFileBytes(bytes);
  (void)readCubin(bytes);
  (void)readHostFile(bytes);
  if (!set) {
    EXPECT_NE(set.error().message, "");
    return false;
  }
  EXPECT_NE(set->describe(), "");
  for (const Image& image : set->images()) {
    auto unpacked = image.unpack(1 << 20);
    if (!unpacked)
      continue;
    ptxKernels(*unpacked);
    (void)readCubin(asBytes(*unpacked));
  }
  (void)set->ptxUnits();
  return true;
}

std::vector<std::pair<std::string, std::string>> samples() {
  std::string ptx = ptxFor(80), cubin = makeCubin(75, {"k"});
  std::vector<std::pair<std::string, std::string>> all;
  for (Compression c : {Compression::None, Compression::Lz4, Compression::Zstd}) {
    NewImage images[2];
    images[0] = {Kind::Ptx, 80, 7, 0, c, ptx, "a.cu", "-O1"};
    images[1] = {Kind::Cubin, 75, 8, 1, c, cubin, {}, {}};
    all.emplace_back("fatbin " + std::string(compressionName(c)), toString(writeFatbin(images)));
  }
  all.emplace_back("cubin", cubin);
  all.emplace_back("ptx", ptx);
  std::string fatbin = all[1].second;
  std::string host = makeElf(62, ET_DYN, 0, 0, {{".nv_fatbin", fatbin}});
  all.emplace_back("host", host);
  all.emplace_back("archive",
                   makeArchive({{"//", "long name.o/\n"}, {"/0", host}, {"p.ptx/", ptx}}));
  return all;
}

TEST(Damage, truncated_at_every_length) {
  for (const auto& [name, bytes] : samples()) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(use(asBytes(bytes)));
    for (size_t length = 0; length < bytes.size(); ++length) {
      Guarded guard({bytes.data(), length});
      use(guard.bytes());
      if (name != "ptx") // unknown length: headers claim more than there is
        (void)openPointer(guard.data());
    }
  }
}

TEST(Damage, every_bit_flipped) {
  for (const auto& [name, bytes] : samples()) {
    SCOPED_TRACE(name);
    Guarded guard(bytes);
    auto* data = static_cast<unsigned char*>(guard.data());
    for (size_t i = 0; i < bytes.size() * 8; ++i) {
      data[i / 8] ^= static_cast<unsigned char>(1u << (i % 8));
      use(guard.bytes());
      if (i % 8 == 7)
        (void)openPointer(guard.data());
      data[i / 8] ^= static_cast<unsigned char>(1u << (i % 8));
    }
  }
}

TEST(Damage, random_words_in_real_files) {
  std::mt19937_64 random(1);
  static constexpr uint64_t kNasty[] = {0,
                                        1,
                                        7,
                                        63,
                                        64,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        0x7fffffffffffffff,
                                        ~uint64_t{0},
                                        ~uint64_t{15}};
  for (const auto& [name, bytes] : samples()) {
    SCOPED_TRACE(name);
    for (int round = 0; round < 2000; ++round) {
      std::string changed = bytes;
      for (int n = 0; n < 1 + round % 4; ++n) {
        uint64_t value = random() % 2 ? kNasty[random() % std::size(kNasty)] : random();
        size_t width = size_t{1} << (random() % 4);
        size_t at = random() % (changed.size() - width);
        if (random() % 2)
          at &= ~size_t{7};
        std::memcpy(changed.data() + at, &value, width);
      }
      Guarded guard(changed);
      use(guard.bytes());
      (void)openPointer(guard.data());
    }
  }
}

TEST(Damage, random_bytes) {
  std::mt19937_64 random(2);
  std::string magics[] = {"",          "\x50\xED\x55\xBA", "\177ELF\2\1\1",
                          "!<arch>\n", ".version ",        "\xED\x43\x4E\x7F"};
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = magics[round % std::size(magics)];
    size_t length = bytes.size() + random() % 600;
    while (bytes.size() < length)
      bytes.push_back(static_cast<char>(random()));
    Guarded guard(bytes);
    use(guard.bytes());
    (void)openPointer(guard.data());
  }
}

} // namespace
} // namespace anywarp::image
