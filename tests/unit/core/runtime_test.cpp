// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/backend_loader.h"
#include "core_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

namespace anywarp::test {
namespace {

using RuntimeTest = CoreTest;

TEST_F(RuntimeTest, devices_by_ordinal) {
  EXPECT_EQ(Runtime::get().devices().size(), 2u);
  EXPECT_EQ((*Runtime::get().device(1))->ordinal(), 1);
  EXPECT_EQ(Runtime::get().device(2).status(), Status::InvalidDevice);
  EXPECT_EQ(Runtime::get().device(-1).status(), Status::InvalidDevice);
  EXPECT_TRUE(bool(Runtime::get().init()));
}

TEST_F(RuntimeTest, every_device_attribute_of_cuda_13_answers) {
  for (int code = 1; code <= 147; ++code)
    EXPECT_TRUE(bool(device->attribute(code))) << code;
  EXPECT_EQ(device->attribute(0).status(), Status::InvalidValue);
  EXPECT_EQ(device->attribute(148).status(), Status::InvalidValue);
  EXPECT_EQ(*device->attribute(10), 32);
  EXPECT_EQ(*device->attribute(16), 4);
  EXPECT_EQ(*device->attribute(75), 9);
}

TEST_F(RuntimeTest, forked_child_gets_errors_and_no_deadlock) {
  pid_t child = fork();
  if (child == 0) {
    bool good = Context::require().status() == Status::NotInitialized &&
                Runtime::get().init().status() == Status::NotInitialized &&
                Context::create(*device, 0).status() == Status::NotInitialized;
    _exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(BackendLoader, device_lists) {
  auto specs = parseDevices(" cpu ; cpu:threads=2,isa=avx2;;");
  ASSERT_EQ(specs.size(), 2u);
  EXPECT_EQ(specs[0].backend, "cpu");
  EXPECT_EQ(specs[0].settings, "");
  EXPECT_EQ(specs[1].backend, "cpu");
  EXPECT_EQ(specs[1].settings, "threads=2,isa=avx2");
  EXPECT_TRUE(parseDevices("").empty());
  // Commas separate devices as well, where what follows is no setting.
  specs = parseDevices("cpu,cpu:isa=avx2:threads=1, cpu : threads=2 , memory=4G;cpu,name=A B");
  ASSERT_EQ(specs.size(), 4u);
  EXPECT_EQ(specs[0].settings, "");
  EXPECT_EQ(specs[1].settings, "isa=avx2,threads=1");
  EXPECT_EQ(specs[2].backend, "cpu");
  EXPECT_EQ(specs[2].settings, "threads=2,memory=4G");
  EXPECT_EQ(specs[3].settings, "name=A B");
  specs = parseDevices("cpu:,,;,cpu::threads=1,");
  ASSERT_EQ(specs.size(), 2u);
  EXPECT_EQ(specs[0].settings, "");
  EXPECT_EQ(specs[1].settings, "threads=1");
}

// CUDA programming guide, "CUDA Environment Variables", CUDA_VISIBLE_DEVICES.
TEST(BackendLoader, visible_devices) {
  using V = std::vector<size_t>;
  std::vector<std::string> uuids = {"GPU-aa11", "GPU-aa22", "GPU-bb33"};
  auto visible = [&](const char* text) { return visibleIndices(std::string(text), uuids); };
  EXPECT_EQ(visibleIndices(std::nullopt, uuids), (V{0, 1, 2}));
  EXPECT_EQ(visible(""), V{});
  EXPECT_EQ(visible("-1"), V{});
  EXPECT_EQ(visible("2,0"), (V{2, 0}));
  EXPECT_EQ(visible("1,-1,0"), V{1}); // the first invalid entry ends the list
  EXPECT_EQ(visible("0,7,1"), V{0});
  EXPECT_EQ(visible("GPU-bb"), V{2});
  EXPECT_EQ(visible("GPU-aa"), V{}); // ambiguous
  EXPECT_EQ(visible("gpu-aa2, 0"), (V{1, 0}));
  EXPECT_EQ(visible("0,0"), V{});
}

} // namespace
} // namespace anywarp::test
