// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative launches on several devices: grids that wait for each other, the flags, and the
// errors of the CUDA driver API manual. nvcc 13 has no multi_grid_group, so the PTX is our own.
#include "multi_grid.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace {

using MultiGridTest = MultiGrid;
using Launches = std::vector<CUDA_LAUNCH_PARAMS>;
constexpr unsigned kNoPre = CUDA_COOPERATIVE_LAUNCH_MULTI_DEVICE_NO_PRE_LAUNCH_SYNC,
                   kNoPost = CUDA_COOPERATIVE_LAUNCH_MULTI_DEVICE_NO_POST_LAUNCH_SYNC;

// What a thread of `ring` has summed up: in round k, each reads k * 1000 + the rank of the thread
// that is `stride` further on.
uint32_t ringSum(uint32_t rank, uint32_t size, uint32_t stride, uint32_t rounds) {
  uint32_t sum = 0;
  for (uint32_t k = 0; k < rounds; k++)
    sum += k * 1000 + (rank + stride) % size;
  return sum;
}

struct Shape {
  unsigned devices, blocks, threads;
};

class MultiGridRing : public MultiGrid, public ::testing::WithParamInterface<Shape> {};

TEST_P(MultiGridRing, every_thread_sees_what_those_of_other_devices_wrote) {
  auto [devices, blocks, threads] = GetParam();
  const uint32_t size = devices * blocks * threads, stride = blocks * threads + 1, rounds = 4;
  for (unsigned flags : {0u, kNoPre, kNoPost, kNoPre | kNoPost}) {
    Managed slots(size), sums(size), numbers(size * 4);
    RingParams params{slots.address, sums.address, numbers.address, stride, rounds};
    ASSERT_CU(launch("ring", devices, blocks, threads, params.addresses, flags));
    ASSERT_CU(synchronize());
    for (uint32_t rank = 0; rank < size; rank++) {
      ASSERT_EQ(ringSum(rank, size, stride, rounds), sums[rank]) << rank << " of " << size;
      // size, number of grids, rank of the grid; all results of the functions together
      ASSERT_EQ(size, numbers[rank * 4]) << rank;
      ASSERT_EQ(devices, numbers[rank * 4 + 1]) << rank;
      ASSERT_EQ(rank / (blocks * threads), numbers[rank * 4 + 2]) << rank;
      ASSERT_EQ(0u, numbers[rank * 4 + 3]) << rank;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(shapes, MultiGridRing,
                         ::testing::Values(Shape{1, 1, 32}, Shape{1, 3, 64}, Shape{2, 1, 1},
                                           Shape{2, 1, 96}, Shape{2, 4, 40}, Shape{3, 5, 33}),
                         [](const auto& info) {
                           const Shape& s = info.param;
                           return std::to_string(s.devices) + "x" + std::to_string(s.blocks) + "x" +
                                  std::to_string(s.threads);
                         });

// Both groups of the same launch, the smaller one inside.
TEST_F(MultiGridTest, the_grid_has_a_group_of_its_own) {
  constexpr unsigned kDevices = 2, kBlocks = 3, kThreads = 40;
  Managed out(kDevices * kBlocks * kThreads * 4);
  CUdeviceptr address = out.address;
  void* params[] = {&address};
  ASSERT_CU(launch("both", kDevices, kBlocks, kThreads, params, 0));
  ASSERT_CU(synchronize());
  for (uint32_t i = 0; i < kDevices * kBlocks * kThreads; i++) {
    EXPECT_EQ(kBlocks * kThreads, out[i * 4]) << i;
    EXPECT_EQ(1u, out[i * 4 + 1]) << i;
    EXPECT_EQ(i % (kBlocks * kThreads), out[i * 4 + 2]) << i;
    EXPECT_EQ(0u, out[i * 4 + 3]) << i;
  }
}

// CUDA runtime API, device code: without such a launch there is no such group.
TEST_F(MultiGridTest, other_launches_have_no_such_group) {
  Managed out(4);
  CUdeviceptr address = out.address;
  void* params[] = {&address};
  activate(0);
  for (bool cooperative : {false, true}) {
    std::fill(&out[0], &out[4], 5u);
    CUfunction f = function(0, "none");
    ASSERT_CU(cooperative ? cuLaunchCooperativeKernel(f, 1, 1, 1, 1, 1, 1, 0, streams[0], params)
                          : cuLaunchKernel(f, 1, 1, 1, 1, 1, 1, 0, streams[0], params, nullptr));
    ASSERT_CU(cuStreamSynchronize(streams[0]));
    EXPECT_EQ(0u, out[0]);   // no handle
    EXPECT_EQ(999u, out[1]); // cudaErrorUnknown of cudaCGSynchronize
    EXPECT_EQ(999u, out[2]); // of cudaCGGetSize
    EXPECT_EQ(999u, out[3]); // of cudaCGGetRank
  }
}

// Each device has one worker, and each launch keeps it on another device first.
TEST_F(MultiGridTest, launches_at_the_same_time_do_not_wait_for_each_others_workers) {
  constexpr int kLaunchers = 4, kTimes = 8;
  constexpr uint32_t kSize = 2 * 2 * 32;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < kLaunchers; t++)
    threads.emplace_back([&, t] {
      CUstream own[2];
      for (int d = 0; d < 2; d++) {
        activate(d);
        wrong += cuStreamCreate(&own[d], CU_STREAM_NON_BLOCKING) != CUDA_SUCCESS;
      }
      Managed slots(kSize), sums(kSize), numbers(kSize * 4);
      for (int i = 0; i < kTimes; i++) {
        RingParams params{slots.address, sums.address, numbers.address, 65, 4};
        Launches list = describe("ring", 2, 2, 32, params.addresses);
        for (int d = 0; d < 2; d++)
          list[size_t(d)].hStream = own[d];
        if (t % 2)
          std::swap(list[0], list[1]);
        wrong +=
            cuLaunchCooperativeKernelMultiDevice(list.data(), 2, kNoPre | kNoPost) != CUDA_SUCCESS;
        if (i % 2)
          continue;
        for (int d = 0; d < 2; d++)
          wrong += cuStreamSynchronize(own[d]) != CUDA_SUCCESS;
        for (uint32_t r = 0; r < kSize; r++)
          wrong += sums[r] != ringSum(r, kSize, 65, 4);
      }
      for (int d = 0; d < 2; d++) {
        activate(d);
        wrong += cuStreamSynchronize(own[d]) != CUDA_SUCCESS;
        wrong += cuStreamDestroy(own[d]) != CUDA_SUCCESS;
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(0, wrong);
}

// Two threads, the same streams, the devices in another order: the grids of one launch come before
// those of the other one in both streams.
TEST_F(MultiGridTest, launches_into_the_same_streams_have_one_order) {
  constexpr uint32_t kSize = 2 * 32;
  std::atomic<int> wrong{0};
  auto launcher = [&](bool swapped) {
    activate(0);
    Managed slots(kSize), sums(kSize), numbers(kSize * 4);
    for (int i = 0; i < 20; i++) {
      RingParams params{slots.address, sums.address, numbers.address, 33, 2};
      Launches list = describe("ring", 2, 1, 32, params.addresses);
      if (swapped)
        std::swap(list[0], list[1]);
      wrong +=
          cuLaunchCooperativeKernelMultiDevice(list.data(), 2, kNoPre | kNoPost) != CUDA_SUCCESS;
    }
    wrong += synchronize() != CUDA_SUCCESS;
    for (uint32_t r = 0; r < kSize; r++)
      wrong += sums[r] != ringSum(r, kSize, 33, 2);
  };
  std::thread other(launcher, true);
  launcher(false);
  other.join();
  EXPECT_EQ(0, wrong);
}

// `wait_for(p)`: grid 0 writes p[1] = 1 and ends, grid 1 waits until p[0] is not 0 and writes p[2].
TEST_F(MultiGridTest, without_the_flag_no_grid_begins_before_all_streams_are_there) {
  for (bool early : {false, true}) {
    Managed p(3);
    p[0] = 1;
    CUdeviceptr address = p.address;
    void* params[] = {&address};
    struct Gate {
      volatile uint32_t* p;
      bool early;
      uint32_t seen = 0;
    } gate{&p[0], early};
    // With the flag, grid 0 must run while this waits; else it has not run when this ends.
    ASSERT_CU(cuLaunchHostFunc(
        streams[1],
        [](void* data) {
          auto& g = *static_cast<Gate*>(data);
          auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
          while (!g.p[1] && (g.early || std::chrono::steady_clock::now() < end))
            std::this_thread::yield();
          g.seen = g.p[1];
        },
        &gate));
    ASSERT_CU(launch("wait_for", 2, 1, 1, params, early ? kNoPre : 0));
    ASSERT_CU(synchronize());
    EXPECT_EQ(uint32_t(early), gate.seen);
    EXPECT_EQ(1u, p[2]);
  }
}

TEST_F(MultiGridTest, without_the_flag_later_work_waits_for_all_grids) {
  for (bool early : {false, true}) {
    Managed p(3);
    p[0] = early ? 0 : 1;
    CUdeviceptr address = p.address;
    void* params[] = {&address};
    struct Next {
      volatile uint32_t* p;
      uint32_t seen = 7;
    } next{&p[0]};
    ASSERT_CU(launch("wait_for", 2, 1, 1, params, early ? kNoPost : 0));
    // With the flag, this runs while grid 1 waits for it.
    ASSERT_CU(cuLaunchHostFunc(
        streams[0],
        [](void* data) {
          auto& n = *static_cast<Next*>(data);
          n.seen = n.p[2];
          n.p[0] = 1;
        },
        &next));
    ASSERT_CU(synchronize());
    EXPECT_EQ(early ? 0u : 1u, next.seen);
    EXPECT_EQ(1u, p[2]);
  }
}

// The other grids stop waiting for it.
TEST_F(MultiGridTest, a_fault_of_one_grid_ends_all) {
  for (unsigned blocks : {1u, 3u}) {
    SetUpContexts();
    Managed p(1);
    CUdeviceptr address = p.address;
    void* params[] = {&address};
    ASSERT_CU(launch("trap_on_1", 2, blocks, 64, params, kNoPre | kNoPost));
    activate(1);
    EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuStreamSynchronize(streams[1]));
    activate(0);
    EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuStreamSynchronize(streams[0]));
    activate(2); // has no part in it
    EXPECT_CU(cuCtxSynchronize());
  }
}

TEST_F(MultiGridTest, a_grid_that_cannot_begin_ends_the_others) {
  Managed p(1);
  CUdeviceptr address = p.address;
  void* params[] = {&address};
  // Its stream comes to the launch only when its context has failed.
  std::atomic<bool> go{false};
  ASSERT_CU(cuLaunchHostFunc(
      streams[1],
      [](void* data) {
        while (!*static_cast<std::atomic<bool>*>(data))
          std::this_thread::yield();
      },
      &go));
  activate(1);
  ASSERT_CU(cuLaunchKernel(function(1, "trap_always"), 1, 1, 1, 1, 1, 1, 0, streams[1], nullptr,
                           nullptr));
  ASSERT_CU(launch("meet", 2, 1, 32, params, kNoPre | kNoPost));
  go = true;
  activate(1);
  EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuStreamSynchronize(streams[1]));
  activate(0);
  EXPECT_EQ(CUDA_ERROR_LAUNCH_FAILED, cuStreamSynchronize(streams[0]));
}

TEST_F(MultiGridTest, wrong_lists) {
  Managed p(1);
  CUdeviceptr address = p.address;
  void* params[] = {&address};
  const Launches right = describe("meet", 2, 1, 32, params);
  auto call = [&](auto change, unsigned count = 2, unsigned flags = 0) {
    Launches list = right;
    list.push_back(describe("meet", 3, 1, 32, params)[2]);
    list.resize(8, list[2]);
    change(list);
    return cuLaunchCooperativeKernelMultiDevice(list.data(), count, flags);
  };
  auto nothing = [](Launches&) {};
  EXPECT_CU(call(nothing));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLaunchCooperativeKernelMultiDevice(nullptr, 2, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call(nothing, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call(nothing, 8)); // there are four devices
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call(nothing, 2, 4));
  // Streams that were not created; one device twice; unlike devices.
  for (CUstream stream : {CUstream(nullptr), CU_STREAM_LEGACY, CU_STREAM_PER_THREAD})
    EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, call([&](Launches& l) { l[1].hStream = stream; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) { l[1] = l[0]; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) {
              l[1].hStream = streams[3];
              l[1].function = function(3, "meet");
            }));
  // Kernels and shapes that differ.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            call([&](Launches& l) { l[1].function = function(1, "wait_for"); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, call([&](Launches& l) { l[1].function = l[0].function; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, call([&](Launches& l) { l[1].function = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) { l[1].gridDimX = 2; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) { l[1].blockDimZ = 2; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) { l[1].sharedMemBytes = 16; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            call([&](Launches& l) { l[0].blockDimX = l[1].blockDimX = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, call([&](Launches& l) { l[1].kernelParams = nullptr; }));
  // 32 blocks fit on the multiprocessor of each.
  EXPECT_EQ(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
            call([&](Launches& l) { l[0].gridDimX = l[1].gridDimX = 33; }));
  EXPECT_CU(synchronize());
  ASSERT_CU(cuStreamBeginCapture(streams[1], CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, call(nothing));
  CUgraph graph = nullptr;
  cuStreamEndCapture(streams[1], &graph);
  if (graph)
    cuGraphDestroy(graph);
  EXPECT_CU(call(nothing));
  EXPECT_CU(synchronize());
}

TEST_F(MultiGridTest, devices_say_that_they_can) {
  for (int device = 0; device < 4; device++) {
    int value = 0;
    EXPECT_CU(
        cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_COOPERATIVE_MULTI_DEVICE_LAUNCH, device));
    EXPECT_EQ(1, value);
  }
}

} // namespace
