// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvml/sensors.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace anywarp::nvml {
namespace {

namespace fs = std::filesystem;

class SensorsTest : public ::testing::Test {
protected:
  SensorsTest() {
    char name[] = "/tmp/anywarp_sensors_XXXXXX";
    root = mkdtemp(name);
  }
  ~SensorsTest() override { fs::remove_all(root); }
  void put(const std::string& path, const std::string& text) {
    fs::path file = root + path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  std::string root;
};

TEST_F(SensorsTest, nothing_where_the_system_tells_nothing) {
  Sensors s(root);
  EXPECT_FALSE(s.temperature());
  EXPECT_FALSE(s.slowdownTemperature());
  EXPECT_FALSE(s.shutdownTemperature());
  EXPECT_FALSE(s.energyMicrojoules());
  EXPECT_FALSE(s.powerLimitMilliwatts());
  EXPECT_FALSE(s.clockMHz());
  EXPECT_FALSE(s.maxClockMHz());
  EXPECT_TRUE(s.fans().empty());
}

TEST_F(SensorsTest, the_processors_own_chip) {
  put("/sys/class/hwmon/hwmon0/name", "nvme");
  put("/sys/class/hwmon/hwmon0/temp1_input", "99000");
  put("/sys/class/hwmon/hwmon1/name", "k10temp");
  put("/sys/class/hwmon/hwmon1/temp1_input", "54125");
  put("/sys/class/hwmon/hwmon1/temp1_crit", "105000");
  put("/sys/class/hwmon/hwmon2/name", "nct6775");
  put("/sys/class/hwmon/hwmon2/fan1_input", "1200");
  put("/sys/class/hwmon/hwmon2/fan2_input", "0");
  Sensors s(root);
  EXPECT_EQ(s.temperature(), 54);
  EXPECT_EQ(s.shutdownTemperature(), 105);
  EXPECT_FALSE(s.slowdownTemperature());
  EXPECT_EQ(s.fans(), (std::vector<unsigned>{1200, 0}));
}

TEST_F(SensorsTest, packages_are_added_and_their_parts_are_not) {
  put("/sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
  put("/sys/class/powercap/intel-rapl:1/energy_uj", "2000000");
  put("/sys/class/powercap/intel-rapl:0:0/energy_uj", "7000000");
  put("/sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "65000000");
  Sensors s(root);
  EXPECT_EQ(s.energyMicrojoules(), 3000000u);
  EXPECT_EQ(s.powerLimitMilliwatts(), 65000u);
}

TEST_F(SensorsTest, clocks) {
  put("/proc/cpuinfo", "cpu MHz\t\t: 1800.500\nx : y\ncpu MHz\t\t: 2400.000");
  EXPECT_EQ(Sensors(root).clockMHz(), 2400u);
  put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3100000");
  put("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4500000");
  put("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3300000");
  Sensors s(root);
  EXPECT_EQ(s.clockMHz(), 3300u);
  EXPECT_EQ(s.maxClockMHz(), 4500u);
}

TEST_F(SensorsTest, damaged_files_tell_nothing) {
  put("/sys/class/hwmon/hwmon0/name", "coretemp");
  put("/sys/class/hwmon/hwmon0/temp1_input", "N/A");
  put("/sys/class/powercap/intel-rapl:0/energy_uj", "");
  Sensors s(root);
  EXPECT_FALSE(s.temperature());
  EXPECT_FALSE(s.energyMicrojoules());
}

} // namespace
} // namespace anywarp::nvml
