// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <thread>

namespace anywarp::test {
namespace {

class Registrations : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    FakeKernelSpec spec;
    spec.body = [](const LaunchConfig&) { return Result<void>(); };
    declareKernel("k", spec);
  }
  static cudaError_t launch(const void* kernel) {
    return cudaLaunchKernel(kernel, dim3(1), dim3(1), nullptr, 0, nullptr);
  }
};

TEST_F(Registrations, an_unregistered_unit_is_gone) {
  const void* host;
  {
    Unit unit({"k"});
    host = unit.host("k");
    EXPECT_OK(launch(host));
    EXPECT_OK(cudaDeviceSynchronize());
  }
  EXPECT_EQ(launch(host), cudaErrorInvalidDeviceFunction);
}

TEST_F(Registrations, two_units_with_the_same_stub_stand_in_for_each_other) {
  static char stub;
  Unit first({"k"});
  auto* second = new Unit({"k"});
  for (void** handle : {second->handle(), first.handle()})
    __cudaRegisterFunction(handle, &stub, nullptr, "k", -1, nullptr, nullptr, nullptr, nullptr,
                           nullptr);
  EXPECT_OK(launch(&stub));
  EXPECT_OK(cudaDeviceSynchronize());
  delete second;
  EXPECT_OK(launch(&stub));
  EXPECT_OK(cudaDeviceSynchronize());
}

TEST_F(Registrations, damaged_fatbins_fail_when_used_and_not_before) {
  image::Wrapper nowhere;
  nowhere.data = nullptr;
  void** handle = __cudaRegisterFatBinary(&nowhere);
  ASSERT_NE(handle, nullptr);
  static char stub;
  __cudaRegisterFunction(handle, &stub, nullptr, "k", -1, nullptr, nullptr, nullptr, nullptr,
                         nullptr);
  __cudaRegisterFatBinaryEnd(handle);
  EXPECT_NE(launch(&stub), cudaSuccess);
  EXPECT_NE(cudaGetLastError(), cudaSuccess);
  __cudaUnregisterFatBinary(handle);
  __cudaUnregisterFatBinary(handle); // twice is harmless
  __cudaUnregisterFatBinary(nullptr);
}

TEST_F(Registrations, from_several_threads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int n = 0; n < 20; ++n) {
        Unit unit({"k"});
        EXPECT_OK(launch(unit.host("k")));
        EXPECT_OK(cudaStreamSynchronize(nullptr));
      }
    });
  for (auto& thread : threads)
    thread.join();
}

// As many as a large framework registers; only one is ever used.
TEST_F(Registrations, thousands_of_kernels) {
  std::vector<char> stubs(20000);
  std::vector<std::string> names;
  names.reserve(stubs.size());
  for (size_t i = 0; i < stubs.size(); ++i)
    names.push_back("unused" + std::to_string(i));
  Unit unit({"k"});
  for (size_t i = 0; i < stubs.size(); ++i)
    __cudaRegisterFunction(unit.handle(), &stubs[i], nullptr, names[i].c_str(), -1, nullptr,
                           nullptr, nullptr, nullptr, nullptr);
  EXPECT_OK(launch(unit.host("k")));
  EXPECT_EQ(launch(&stubs[19999]), cudaErrorInvalidDeviceFunction);
  EXPECT_OK(cudaDeviceSynchronize());
}

} // namespace
} // namespace anywarp::test
