// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which PTX is taken for which device.
#include "bytes_util.h"
#include "image/fatbin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anywarp::image {
namespace {

using ::testing::HasSubstr;

struct Target {
  uint32_t arch;
  char suffix = 0;
  uint16_t minor = 0;
};

std::vector<std::byte> withTargets(const std::vector<Target>& targets) {
  std::vector<std::string> texts;
  std::vector<NewImage> images;
  for (const Target& t : targets)
    texts.push_back(ptxFor(t.arch) + "// " + std::string(1, t.suffix ? t.suffix : '-') +
                    std::to_string(t.minor));
  for (size_t i = 0; i < targets.size(); ++i)
    images.push_back(
        {Kind::Ptx, targets[i].arch, 8, targets[i].minor, Compression::None, texts[i], {}, {}});
  auto fatbin = writeFatbin(images);
  size_t at = 16;
  for (const Target& t : targets) {
    FatbinEntry e;
    std::memcpy(&e, fatbin.data() + at, sizeof e);
    e.flags |= t.suffix == 'a' ? kFlagArchSpecific : t.suffix == 'f' ? kFlagFamilySpecific : 0;
    std::memcpy(fatbin.data() + at, &e, sizeof e);
    at += e.headerSize + e.payloadSize;
  }
  return fatbin;
}

std::string best(const std::vector<Target>& targets, uint32_t cc) {
  auto fatbin = withTargets(targets);
  auto set = openBytes(fatbin);
  return set->ptxCandidates(0, cc).at(0)->archName();
}

TEST(Choose, newest_without_a_device) {
  EXPECT_EQ(best({{52}, {120}, {90}}, 0), "compute_120");
  EXPECT_EQ(best({{90, 'a'}, {90}}, 0), "compute_90");
}

TEST(Choose, newest_that_the_device_may_run) {
  EXPECT_EQ(best({{52}, {120}, {80}}, 90), "compute_80");
  EXPECT_EQ(best({{52}, {90}, {80}}, 90), "compute_90");
}

TEST(Choose, nearest_above_where_all_are_too_new) {
  EXPECT_EQ(best({{120}, {100}}, 90), "compute_100");
  EXPECT_EQ(best({{120}}, 90), "compute_120");
}

TEST(Choose, specific_targets_only_on_their_architecture) {
  EXPECT_EQ(best({{80}, {90, 'a'}}, 90), "compute_90a");
  EXPECT_EQ(best({{90}, {90, 'a'}}, 90), "compute_90a");
  EXPECT_EQ(best({{90, 'a'}, {90}}, 100), "compute_90");
  EXPECT_EQ(best({{80}, {90, 'a'}}, 100), "compute_80");
  EXPECT_EQ(best({{80}, {100, 'f'}}, 103), "compute_100f");
  EXPECT_EQ(best({{80}, {100, 'f'}}, 120), "compute_80");
  EXPECT_EQ(best({{90, 'a'}}, 100), "compute_90a");
}

TEST(Choose, newer_ptx_version_among_equals) {
  auto fatbin = withTargets({{80, 0, 1}, {80, 0, 7}, {80, 0, 3}});
  auto set = openBytes(fatbin);
  EXPECT_EQ(set->ptxCandidates(0)[0]->versionMinor, 7);
}

TEST(Choose, next_candidate_where_the_best_is_damaged) {
  std::string good = ptxFor(70), bad = ptxFor(80);
  NewImage images[2];
  images[0] = {Kind::Ptx, 80, 8, 0, Compression::Zstd, bad, {}, {}};
  images[1] = {Kind::Ptx, 70, 8, 0, Compression::Zstd, good, {}, {}};
  auto fatbin = writeFatbin(images);
  std::memset(fatbin.data() + 16 + 64, 0xEE, 4); // the zstd frame's magic
  auto units = openBytes(fatbin)->ptxUnits();
  ASSERT_TRUE(units) << units.error().message;
  EXPECT_EQ(*units->at(0), good);
}

TEST(Choose, damaged_everywhere_is_an_invalid_image) {
  std::string ptx = ptxFor(80);
  NewImage image{Kind::Ptx, 80, 8, 0, Compression::Zstd, ptx, {}, {}};
  auto fatbin = writeFatbin({&image, 1});
  std::memset(fatbin.data() + 16 + 64, 0xEE, 4);
  EXPECT_EQ(openBytes(fatbin)->ptxUnits().status(), Status::InvalidImage);
}

TEST(Describe, cubins_only_says_what_would_help) {
  std::string a = makeCubin(80, {"k"}), b = makeCubin(90, {"k"});
  NewImage images[3];
  images[0] = {Kind::Cubin, 80, 8, 1, Compression::None, a, {}, {}};
  images[1] = {Kind::Cubin, 90, 8, 1, Compression::None, b, {}, {}};
  images[2] = images[0];
  auto fatbin = writeFatbin(images);
  auto units = openBytes(fatbin)->ptxUnits();
  ASSERT_FALSE(units);
  EXPECT_EQ(units.status(), Status::NoBinaryForGpu);
  EXPECT_EQ(units.error().message, "holds cubin sm_80, sm_90, no PTX: rebuild with -gencode "
                                   "arch=compute_90,code=compute_90");
}

TEST(Describe, ptx_first) {
  EXPECT_EQ(openBytes(withTargets({{80}, {90, 'a'}}))->describe(),
            "holds PTX compute_80, compute_90a");
}

} // namespace
} // namespace anywarp::image
