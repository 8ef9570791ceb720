// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/options.h"

#include <gmock/gmock.h>
#include <map>

namespace anywarp {
namespace {

using testing::HasSubstr;

struct Parsed {
  Options options;
  std::vector<std::string> problems;
};

Parsed parse(const std::map<std::string, std::string>& environment) {
  Parsed p;
  p.options = parseOptions(
      [&](const char* name) {
        auto it = environment.find(name);
        return it == environment.end() ? nullptr : it->second.c_str();
      },
      p.problems);
  return p;
}

TEST(Options, defaults_hold_when_nothing_is_set) {
  Parsed p = parse({});
  EXPECT_TRUE(p.problems.empty());
  EXPECT_EQ(p.options.devices, "cpu");
  EXPECT_EQ(p.options.computeCapability.major, 9);
  EXPECT_EQ(p.options.computeCapability.minor, 0);
  EXPECT_EQ(p.options.log, LogOption::Warn);
  EXPECT_EQ(p.options.cacheSize, uint64_t(4) << 30);
  EXPECT_EQ(p.options.trace, 0u);
  EXPECT_FALSE(p.options.visibleDevices.has_value());
}

// CUDA's variables for its cache stand in where ours are not set.
TEST(Options, cudas_cache_variables) {
  EXPECT_EQ(parse({{"CUDA_CACHE_DISABLE", "1"}}).options.cacheSize, 0u);
  EXPECT_EQ(parse({{"CUDA_CACHE_MAXSIZE", "1048576"}}).options.cacheSize, 1048576u);
  EXPECT_EQ(parse({{"CUDA_CACHE_DISABLE", "0"}}).options.cacheSize, uint64_t(4) << 30);
  EXPECT_EQ(parse({{"CUDA_CACHE_DISABLE", "1"}, {"ANYWARP_CACHE_SIZE", "1G"}}).options.cacheSize,
            uint64_t(1) << 30);
  EXPECT_EQ(parse({{"CUDA_CACHE_PATH", "/x"}}).options.cudaCachePath, "/x");
}

TEST(Options, every_type_is_parsed) {
  Parsed p = parse({{"ANYWARP_COMPUTE_CAPABILITY", "12.1"},
                    {"ANYWARP_LOG", "DEBUG"},
                    {"ANYWARP_TRACE", "launch,jit"},
                    {"ANYWARP_CACHE_SIZE", "512m"},
                    {"ANYWARP_THREADS", "7"},
                    {"ANYWARP_STRICT", "yes"},
                    {"ANYWARP_BARRIERS", "fiber"},
                    {"ANYWARP_DUMP_DIR", "/tmp/x"},
                    {"CUDA_VISIBLE_DEVICES", ""}});
  EXPECT_TRUE(p.problems.empty());
  EXPECT_EQ(p.options.computeCapability.major, 12);
  EXPECT_EQ(p.options.computeCapability.minor, 1);
  EXPECT_EQ(p.options.log, LogOption::Debug);
  EXPECT_EQ(p.options.trace, 2u | 8u);
  EXPECT_EQ(p.options.cacheSize, uint64_t(512) << 20);
  EXPECT_EQ(p.options.threads, 7u);
  EXPECT_TRUE(p.options.strict);
  EXPECT_EQ(p.options.barriers, BarriersOption::Fiber);
  EXPECT_EQ(p.options.dumpDir, "/tmp/x");
  EXPECT_EQ(p.options.visibleDevices, "");
  EXPECT_EQ(parse({{"ANYWARP_TRACE", "all"}}).options.trace, 15u);
}

TEST(Options, nonsense_is_reported_and_the_default_stands) {
  Parsed p = parse({{"ANYWARP_COMPUTE_CAPABILITY", "nine"},
                    {"ANYWARP_LOG", "loud"},
                    {"ANYWARP_TRACE", "api,everything"},
                    {"ANYWARP_CACHE_SIZE", "-1"},
                    {"ANYWARP_THREADS", "100000"},
                    {"ANYWARP_STRICT", "maybe"}});
  EXPECT_EQ(p.problems.size(), 6u);
  EXPECT_EQ(p.options.computeCapability.major, 9);
  EXPECT_EQ(p.options.log, LogOption::Warn);
  EXPECT_EQ(p.options.trace, 0u);
  EXPECT_EQ(p.options.cacheSize, uint64_t(4) << 30);
  EXPECT_EQ(p.options.threads, 0u);
  EXPECT_FALSE(p.options.strict);
  EXPECT_THAT(p.problems, testing::Contains(HasSubstr("ANYWARP_COMPUTE_CAPABILITY=nine")));
  EXPECT_EQ(parse({{"ANYWARP_CACHE_SIZE", "99999999999T"}}).problems.size(), 1u); // overflow
}

TEST(Options, unknown_names_are_reported) {
  const char* environment[] = {"ANYWARP_LOG=debug", "ANYWARP_LGO=debug", "ANYWARP_TEST_X=1",
                               "HOME=/root", nullptr};
  auto lines = unknownOptions(environment);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("ANYWARP_LGO"));
}

} // namespace
} // namespace anywarp
