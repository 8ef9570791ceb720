// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bytes_util.h"
#include "image/fatbin.h"
#include "image/unpack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anywarp::image {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> twoImages(Compression compression, std::string_view ptx,
                                 std::string_view cubin) {
  NewImage images[2];
  images[0] = {Kind::Cubin, 80, 8, 1, compression, cubin, "a.cu", {}};
  images[1] = {Kind::Ptx, 90, 7, 0, compression, ptx, "a.cu", "-O1 --maxrregcount=32"};
  return writeFatbin(images);
}

class FatbinRoundTrip : public testing::TestWithParam<Compression> {};

TEST_P(FatbinRoundTrip, keeps_fields_and_bytes) {
  std::string ptx = ptxFor(90), cubin = makeCubin(80, {"k"});
  auto fatbin = twoImages(GetParam(), ptx, cubin);
  auto set = openBytes(fatbin);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->container(), Container::Fatbin);
  EXPECT_EQ(set->damage(), "");
  EXPECT_EQ(set->unitCount(), 1u);
  EXPECT_FALSE(set->relocatable());
  ASSERT_EQ(set->images().size(), 2u);
  const Image& first = set->images()[0];
  EXPECT_EQ(first.kind, Kind::Cubin);
  EXPECT_EQ(first.archName(), "sm_80");
  EXPECT_EQ(first.compression, GetParam());
  EXPECT_EQ(first.versionMajor, 8);
  EXPECT_EQ(first.versionMinor, 1);
  EXPECT_EQ(first.name, "a.cu");
  EXPECT_EQ(first.options, "");
  auto bytes = first.unpack();
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(bytes->substr(0, cubin.size()), cubin);
  EXPECT_LT(bytes->size() - cubin.size(), 8u); // padding of the container
  const Image& second = set->images()[1];
  EXPECT_EQ(second.archName(), "compute_90");
  EXPECT_EQ(second.options, "-O1 --maxrregcount=32");
  EXPECT_TRUE(second.address64);
  auto text = second.unpack();
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, ptx);
}

INSTANTIATE_TEST_SUITE_P(All, FatbinRoundTrip,
                         testing::Values(Compression::None, Compression::Lz4, Compression::Zstd));

// The layout as the format is documented, byte by byte, so that reader and writer cannot be wrong
// together.
TEST(Fatbin, reads_bytes_written_by_hand) {
  std::string f;
  auto u16 = [&f](unsigned v) { f += {static_cast<char>(v), static_cast<char>(v >> 8)}; };
  auto u32 = [&](uint32_t v) { u16(v & 0xffff), u16(v >> 16); };
  auto u64 = [&](uint64_t v) {
    u32(static_cast<uint32_t>(v)), u32(static_cast<uint32_t>(v >> 32));
  };
  f += "\x50\xED\x55\xBA";
  u16(1), u16(16), u64(0x48 + 16);
  u16(1), u16(0x0101), u32(0x48), u64(16), u32(0), u32(0), u16(3), u16(8), u32(86);
  u32(0x40), u32(4), u64(0x11 | 0x2), u64(0), u64(0);
  f += std::string("x.cu\0\0\0\0", 8);
  f += std::string(".version 8.3\n\0\0\0", 16);
  auto set = openBytes(asBytes(f));
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->images().size(), 1u);
  const Image& image = set->images()[0];
  EXPECT_EQ(image.kind, Kind::Ptx);
  EXPECT_EQ(image.arch, 86u);
  EXPECT_EQ(image.versionMajor, 8);
  EXPECT_EQ(image.versionMinor, 3);
  EXPECT_EQ(image.name, "x.cu");
  EXPECT_TRUE(image.debug);
  EXPECT_EQ(*image.unpack(), ".version 8.3\n");
}

TEST(Fatbin, empty_header_holds_nothing) {
  auto fatbin = writeFatbin({});
  auto set = openBytes(fatbin);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_TRUE(set->images().empty());
  auto units = set->ptxUnits();
  ASSERT_FALSE(units);
  EXPECT_EQ(units.status(), Status::NoBinaryForGpu);
}

TEST(Fatbin, unknown_kinds_are_kept_and_skipped) {
  NewImage images[2];
  images[0] = {Kind::Ptx, 80, 7, 0, Compression::None, "future", {}, {}};
  std::string ptx = ptxFor(75);
  images[1] = {Kind::Ptx, 75, 7, 0, Compression::None, ptx, {}, {}};
  auto fatbin = writeFatbin(images);
  uint16_t kind = 64;
  std::memcpy(fatbin.data() + 16, &kind, sizeof kind);
  auto set = openBytes(fatbin);
  ASSERT_TRUE(set);
  ASSERT_EQ(set->images().size(), 2u);
  EXPECT_EQ(set->images()[0].kind, Kind::Unknown);
  auto units = set->ptxUnits();
  ASSERT_TRUE(units);
  EXPECT_EQ(*units->at(0), ptx);
}

TEST(Fatbin, old_compression_is_not_supported) {
  NewImage image{Kind::Ptx, 20, 3, 0, Compression::None, ".version 3.0", {}, {}};
  auto fatbin = writeFatbin({&image, 1});
  uint64_t flags = kFlag64Bit | kFlagOldCompression;
  std::memcpy(fatbin.data() + 16 + 40, &flags, sizeof flags);
  auto set = openBytes(fatbin);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->images()[0].compression, Compression::Old);
  EXPECT_EQ(set->images()[0].unpack().status(), Status::NotSupported);
  EXPECT_EQ(set->ptxUnits().status(), Status::NotSupported);
}

TEST(Fatbin, old_format_is_refused_with_advice) {
  std::string f = "\x01\x5A\xE5\x1E";
  f.resize(64);
  auto set = openBytes(asBytes(f));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.status(), Status::InvalidImage);
  EXPECT_THAT(set.error().message, HasSubstr("rebuild"));
}

TEST(Fatbin, unpacking_stops_at_the_limit) {
  std::string zeros(8 << 20, ' ');
  for (Compression c : {Compression::Lz4, Compression::Zstd, Compression::None}) {
    NewImage image{Kind::Ptx, 80, 7, 0, c, zeros, {}, {}};
    auto fatbin = writeFatbin({&image, 1});
    auto set = openBytes(fatbin);
    ASSERT_TRUE(set);
    EXPECT_EQ(set->images()[0].unpack(1 << 20).status(), Status::OutOfMemory);
    // A claim that is too small does not help, and one that is too large is not believed.
    if (c == Compression::None)
      continue;
    for (uint64_t claim : {uint64_t{0}, uint64_t{100}, uint64_t{zeros.size() * 3}}) {
      std::memcpy(fatbin.data() + 16 + 56, &claim, sizeof claim);
      auto again = openBytes(fatbin);
      EXPECT_EQ(again->images()[0].unpack(1 << 20).status(), Status::OutOfMemory);
      auto all = again->images()[0].unpack();
      ASSERT_TRUE(all) << all.error().message;
      EXPECT_EQ(all->size(), zeros.size());
    }
    uint64_t huge = ~uint64_t{0};
    std::memcpy(fatbin.data() + 16 + 56, &huge, sizeof huge);
    EXPECT_FALSE(openBytes(fatbin)->images()[0].unpack());
  }
}

TEST(Wrapper, version_1_in_memory) {
  std::string ptx = ptxFor(52);
  auto fatbin = twoImages(Compression::Zstd, ptx, makeCubin(80, {}));
  Wrapper wrapper;
  wrapper.data = fatbin.data();
  auto set = openPointer(&wrapper);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->container(), Container::Wrapper);
  auto units = set->ptxUnits();
  ASSERT_TRUE(units);
  ASSERT_EQ(units->size(), 1u);
  EXPECT_EQ(*units->at(0), ptx);
}

TEST(Wrapper, version_2_gives_every_relocatable_unit) {
  std::string a = ptxFor(80, "a"), b = ptxFor(80, "b");
  NewImage ia{Kind::Ptx, 80, 7, 0, Compression::Lz4, a, {}, {}};
  NewImage ib{Kind::Ptx, 80, 7, 0, Compression::None, b, {}, {}};
  auto fa = writeFatbin({&ia, 1}), fb = writeFatbin({&ib, 1}), linked = writeFatbin({});
  const void* list[] = {fa.data(), fb.data(), nullptr};
  Wrapper wrapper{kWrapperMagic, 2, linked.data(), list};
  auto set = openPointer(&wrapper);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_TRUE(set->relocatable());
  EXPECT_EQ(set->unitsWithoutPtx(), 0u);
  auto units = set->ptxUnits();
  ASSERT_TRUE(units);
  ASSERT_EQ(units->size(), 2u);
  EXPECT_EQ(*units->at(0), a);
  EXPECT_EQ(*units->at(1), b);
}

TEST(Wrapper, bad_pointers_are_errors) {
  EXPECT_EQ(openPointer(nullptr).status(), Status::InvalidValue);
  Guarded guard("x");
  void* unreadable = static_cast<char*>(guard.data()) + 1;
  EXPECT_EQ(openPointer(unreadable).status(), Status::InvalidImage);
  Wrapper wrapper;
  wrapper.data = unreadable;
  EXPECT_EQ(openPointer(&wrapper).status(), Status::InvalidImage);
  wrapper.data = nullptr;
  EXPECT_EQ(openPointer(&wrapper).status(), Status::InvalidImage);
  wrapper.version = 3;
  EXPECT_EQ(openPointer(&wrapper).status(), Status::InvalidImage);
  auto linked = writeFatbin({});
  wrapper = {kWrapperMagic, 2, linked.data(), unreadable};
  EXPECT_EQ(openPointer(&wrapper).status(), Status::InvalidImage);
  const void* list[] = {unreadable, nullptr};
  wrapper.prelinked = list;
  EXPECT_EQ(openPointer(&wrapper).status(), Status::InvalidImage);
}

TEST(Pointer, fatbin_that_claims_more_memory_than_there_is) {
  NewImage image{Kind::Ptx, 80, 7, 0, Compression::None, "x", {}, {}};
  auto fatbin = writeFatbin({&image, 1});
  for (uint64_t claim : {uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 15}) {
    std::memcpy(fatbin.data() + 8, &claim, sizeof claim);
    Guarded guard(toString(fatbin));
    EXPECT_EQ(openPointer(guard.data()).status(), Status::InvalidImage);
  }
}

TEST(Pointer, ptx_text_ends_at_the_nul) {
  std::string ptx = ptxFor(70);
  Guarded guard({ptx.c_str(), ptx.size() + 1});
  auto set = openPointer(guard.data());
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->container(), Container::Ptx);
  EXPECT_EQ(set->images()[0].arch, 70u);
  EXPECT_EQ(set->images()[0].versionMajor, 7);
  EXPECT_EQ(*set->ptxUnits()->at(0), ptx);
}

TEST(Pointer, text_without_end_or_sense_is_refused) {
  Guarded endless(ptxFor(70));
  EXPECT_EQ(openPointer(endless.data()).status(), Status::InvalidImage);
  for (std::string_view s :
       {"", "a", "hello world", "\x01\x02\x03", "1.5", "// only a comment\n"}) {
    std::string z(s);
    Guarded guard({z.c_str(), z.size() + 1});
    EXPECT_EQ(openPointer(guard.data()).status(), Status::InvalidImage) << s;
  }
}

TEST(Bytes, wrapper_and_host_files_are_refused) {
  Wrapper wrapper;
  EXPECT_EQ(openBytes(std::as_bytes(std::span(&wrapper, 1))).status(), Status::InvalidImage);
  std::string host = makeElf(62, ET_DYN, 0, 0, {});
  EXPECT_EQ(openBytes(asBytes(host)).status(), Status::InvalidImage);
  EXPECT_TRUE(openFileBytes(asBytes(host)));
}

TEST(Bytes, lto_ir_is_recognised) {
  for (std::string_view magic : {"\xED\x43\x4E\x7F    ", "BC\xC0\xDE    "}) {
    auto set = openBytes(asBytes(magic));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->container(), Container::LtoIr);
    auto units = set->ptxUnits();
    ASSERT_FALSE(units);
    EXPECT_EQ(units.status(), Status::NoBinaryForGpu);
    EXPECT_THAT(units.error().message, HasSubstr("LTO-IR"));
  }
}

TEST(Bytes, keep_alive_lives_as_long_as_the_set) {
  auto owner = std::make_shared<std::string>(ptxFor(60));
  std::weak_ptr<std::string> watch = owner;
  {
    auto set = openBytes(asBytes(*owner), owner);
    owner.reset();
    EXPECT_FALSE(watch.expired());
    EXPECT_TRUE(set->ptxUnits());
  }
  EXPECT_TRUE(watch.expired());
}

} // namespace
} // namespace anywarp::image
