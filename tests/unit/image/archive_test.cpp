// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bytes_util.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anywarp::image {
namespace {

std::string sample() {
  std::string ptx = ptxFor(80, "inFatbin");
  NewImage image{Kind::Ptx, 80, 7, 0, Compression::Zstd, ptx, {}, {}};
  std::string fatbin = toString(writeFatbin({&image, 1}));
  std::string object = makeElf(62, ET_REL, 0, 0, {{"__nv_relfatbin", fatbin}});
  std::string bsd = "bsd_name.ptx";
  return makeArchive({{"/", std::string(4, '\0')},
                      {"//", "a_rather_long_name.ptx/\n"},
                      {"/0", ptxFor(70, "long")},
                      {"f.fatbin/", fatbin},
                      {"o.o/", object},
                      {"c.cubin/", makeCubin(75, {"c"})},
                      {"notes.txt/", "odd"},
                      {"#1/12", bsd + ptxFor(60, "bsd")}});
}

TEST(Archive, members_become_units) {
  std::string bytes = sample();
  auto set = openBytes(asBytes(bytes));
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->damage(), "");
  ASSERT_EQ(set->images().size(), 5u);
  EXPECT_EQ(set->unitCount(), 5u);
  EXPECT_TRUE(set->relocatable());
  EXPECT_EQ(set->images()[0].name, "a_rather_long_name.ptx");
  EXPECT_EQ(set->images()[3].name, "c.cubin");
  EXPECT_EQ(set->images()[4].name, "bsd_name.ptx");
  EXPECT_EQ(set->unitsWithoutPtx(), 1u);
  auto units = set->ptxUnits();
  ASSERT_TRUE(units);
  ASSERT_EQ(units->size(), 4u);
  EXPECT_EQ(*units->at(0), ptxFor(70, "long"));
  EXPECT_EQ(*units->at(1), ptxFor(80, "inFatbin"));
  EXPECT_EQ(*units->at(2), ptxFor(80, "inFatbin"));
  EXPECT_EQ(*units->at(3), ptxFor(60, "bsd"));
}

TEST(Archive, in_memory_without_a_size) {
  Guarded guard(sample());
  auto set = openPointer(guard.data());
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->images().size(), 5u);
}

TEST(Archive, archives_in_archives_are_not_opened) {
  std::string bytes = makeArchive({{"inner.a/", sample()}});
  auto set = openBytes(asBytes(bytes));
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->images().empty());
}

TEST(Archive, member_that_claims_too_much) {
  std::string bytes = std::string(kArchiveMagic) + arHeader("x.ptx/", 9999999999) + ".version";
  EXPECT_EQ(openBytes(asBytes(bytes)).status(), Status::InvalidImage);
}

} // namespace
} // namespace anywarp::image
