// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Limits and codes: CUDA driver API manual, cuLaunchKernel; CUDA programming guide, "Technical
// Specifications per Compute Capability".
#include "core_fixture.h"

namespace anywarp::test {
namespace {

class LaunchTest : public CoreTest {
protected:
  void SetUp() override {
    CoreTest::SetUp();
    FakeKernelSpec spec;
    spec.params = {{0, 8}, {8, 4}, {16, 8}};
    spec.attributes.staticShared = 1024;
    spec.body = [](const LaunchConfig& c) {
      int64_t* out = param<int64_t*>(c, 16);
      out[0] = param<int64_t>(c, 0);
      out[1] = param<int32_t>(c, 8);
      out[2] = c.grid[0] * c.block[0];
      return Result<void>();
    };
    declareKernel("three", spec);
    FakeKernelSpec bounded;
    bounded.attributes.maxThreadsPerBlock = 128;
    bounded.attributes.requiredThreads[0] = 64;
    bounded.body = [](const LaunchConfig&) { return Result<void>(); };
    declareKernel("bounded", bounded);
    FakeKernelSpec broken;
    broken.body = [](const LaunchConfig&) { return Result<void>(); };
    broken.prepare = [] { return Result<void>(makeError(Status::InvalidPtx, "cannot compile")); };
    declareKernel("broken", broken);
    FakeKernelSpec fault;
    fault.body = [](const LaunchConfig&) {
      return Result<void>(makeError(Status::IllegalAddress, "fault"));
    };
    declareKernel("fault", fault);
    module = *Module::load(*context, fakePtx({"three", "bounded", "broken", "fault"}).c_str());
    three = *module->function("three");
    stream = context->legacyStream();
    request.params = params;
  }
  Status with(auto change) {
    LaunchRequest r = request;
    change(r);
    return launch(three, *stream, r).status();
  }
  ModuleRef module;
  FunctionRef three;
  StreamRef stream;
  int64_t first = -5, out[3] = {}, *outPointer = out;
  int32_t second = 77;
  void* params[3] = {&first, &second, &outPointer};
  LaunchRequest request;
};

TEST_F(LaunchTest, packs_kernel_params_by_offset) {
  request.grid[0] = 3;
  request.block[0] = 32;
  ASSERT_TRUE(bool(launch(three, *stream, request)));
  first = second = 0; // were copied
  ASSERT_TRUE(bool(stream->synchronize()));
  EXPECT_EQ(out[0], -5);
  EXPECT_EQ(out[1], 77);
  EXPECT_EQ(out[2], 96);
}

TEST_F(LaunchTest, takes_an_extra_buffer) {
  struct {
    int64_t a;
    int32_t b, pad;
    int64_t* out;
  } buffer = {9, 8, 0, out};
  size_t size = sizeof buffer;
  void* extra[] = {reinterpret_cast<void*>(1), &buffer, reinterpret_cast<void*>(2), &size, nullptr};
  request.params = nullptr;
  request.extra = extra;
  ASSERT_TRUE(bool(launch(three, *stream, request)));
  ASSERT_TRUE(bool(stream->synchronize()));
  EXPECT_EQ(out[0], 9);
  EXPECT_EQ(out[1], 8);
  size = 16;
  EXPECT_EQ(launch(three, *stream, request).status(), Status::InvalidValue);
  request.params = params;
  EXPECT_EQ(launch(three, *stream, request).status(), Status::InvalidValue);
  void* unknown[] = {reinterpret_cast<void*>(7), nullptr, nullptr};
  request.params = nullptr;
  request.extra = unknown;
  EXPECT_EQ(launch(three, *stream, request).status(), Status::InvalidValue);
}

TEST_F(LaunchTest, checks_dimensions) {
  EXPECT_EQ(with([](auto& r) { r.grid[1] = 0; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.block[2] = 0; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.grid[0] = 0x80000000; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.grid[1] = 65536; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.grid[2] = 65536; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.block[0] = 1025; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.block[2] = 65; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.block[0] = 512, r.block[1] = 3; }), Status::InvalidValue);
  EXPECT_EQ(with([](auto& r) { r.block[0] = 512, r.block[1] = 2; }), Status::Success);
  EXPECT_EQ(with([](auto& r) { r.params = nullptr; }), Status::InvalidValue);
}

TEST_F(LaunchTest, checks_shared_memory_against_the_attribute) {
  EXPECT_EQ(*three->attribute(8), 47 * 1024); // 48 KiB less 1 KiB static
  EXPECT_EQ(with([](auto& r) { r.dynamicShared = 47 * 1024; }), Status::Success);
  EXPECT_EQ(with([](auto& r) { r.dynamicShared = 47 * 1024 + 1; }), Status::InvalidValue);
  EXPECT_TRUE(bool(three->setAttribute(8, 200 * 1024)));
  EXPECT_EQ(*three->attribute(8), 200 * 1024);
  EXPECT_EQ(with([](auto& r) { r.dynamicShared = 200 * 1024; }), Status::Success);
  EXPECT_EQ(three->setAttribute(8, 227 * 1024).status(), Status::InvalidValue);
  EXPECT_EQ(three->setAttribute(8, -1).status(), Status::InvalidValue);
  EXPECT_EQ(three->setAttribute(1, 1).status(), Status::InvalidValue);
  EXPECT_EQ(three->attribute(1000).status(), Status::InvalidValue);
  EXPECT_TRUE(bool(stream->synchronize()));
}

TEST_F(LaunchTest, checks_the_kernels_own_bounds) {
  auto bounded = *module->function("bounded");
  LaunchRequest r;
  r.block[0] = 64;
  EXPECT_EQ(launch(bounded, *stream, r).status(), Status::Success);
  r.block[0] = 32;
  EXPECT_EQ(launch(bounded, *stream, r).status(), Status::InvalidValue);
  r.block[0] = 64, r.block[1] = 4;
  EXPECT_EQ(launch(bounded, *stream, r).status(), Status::InvalidValue);
  EXPECT_EQ(*bounded->attribute(0), 128);
}

TEST_F(LaunchTest, cooperative_grids_must_fit) {
  // 2048 / 256 blocks on each of 4 multiprocessors.
  request.cooperative = true;
  request.block[0] = 256;
  request.grid[0] = 32;
  EXPECT_EQ(launch(three, *stream, request).status(), Status::Success);
  request.grid[0] = 33;
  EXPECT_EQ(launch(three, *stream, request).status(), Status::CooperativeLaunchTooLarge);
}

TEST_F(LaunchTest, compile_errors_are_the_launchs_own) {
  EXPECT_EQ(launch(*module->function("broken"), *stream, {}).status(), Status::InvalidPtx);
  EXPECT_TRUE(bool(context->check()));
}

TEST_F(LaunchTest, fault_is_seen_at_the_next_synchronisation) {
  ASSERT_TRUE(bool(launch(*module->function("fault"), *stream, {})));
  EXPECT_EQ(stream->synchronize().status(), Status::IllegalAddress);
  EXPECT_EQ(launch(three, *stream, request).status(), Status::IllegalAddress);
}

TEST_F(LaunchTest, occupancy) {
  EXPECT_EQ(*occupancyMaxActiveBlocks(*three, 256, 0), 8);
  EXPECT_EQ(*occupancyMaxActiveBlocks(*three, 1025, 0), 0);
  EXPECT_EQ(occupancyMaxActiveBlocks(*three, 0, 0).status(), Status::InvalidValue);
  auto best = *occupancyMaxPotentialBlockSize(*three, nullptr, 0, 0);
  EXPECT_EQ(best.block, 1024);
  EXPECT_EQ(best.minGrid, 2 * 4);
  best = *occupancyMaxPotentialBlockSize(*three, nullptr, 0, 100);
  EXPECT_LE(best.block, 100);
  // One block may have all that one block can have, less its static part.
  EXPECT_EQ(*occupancyAvailableDynamicShared(*three, 1, 128), 227u * 1024 - 1024);
  EXPECT_EQ(occupancyAvailableDynamicShared(*three, 0, 128).status(), Status::InvalidValue);
}

} // namespace
} // namespace anywarp::test
