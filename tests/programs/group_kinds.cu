// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative groups of every kind: wide tiles, partitions, scans, asynchronous copies, grids and
// clusters. Each thread's value is compared with a loop over its group on the host.
#include <algorithm>
#include <climits>
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

namespace cg = cooperative_groups;

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

static int failures = 0, compared = 0;

static void expect(const char* what, int thread, long long value, long long expected) {
  ++compared;
  if (value != expected && ++failures <= 20)
    std::printf("FAIL: %s, thread %d: %lld, expected %lld\n", what, thread, value, expected);
}

static int valueOf(int thread) {
  return (thread * 37 + 11) % 101 - 30;
}

// A type of 16 bytes whose combination depends on the order.
struct Affine {
  long long a, b;
};
struct Compose {
  __host__ __device__ Affine operator()(Affine f, Affine g) const {
    return {f.a * g.a % 10007, (f.b * g.a + g.b) % 10007};
  }
};
__host__ __device__ static Affine affineOf(int thread) {
  return {thread % 7 + 1, thread % 13};
}

enum {
  Sum,
  Max,
  Any,
  All,
  Shfl,
  Rank,
  Meta,
  MetaSize,
  Inclusive,
  Exclusive,
  Least,
  Composed,
  kWide
};

template <int Size> __global__ void wide(const int* values, int* results) {
  __shared__ cg::block_tile_memory<1024> memory;
  auto block = cg::this_thread_block(memory);
  int thread = int(block.thread_rank()), value = values[thread];
  int* out = results + thread * kWide;
  auto tile = cg::tiled_partition<Size>(block);
#pragma unroll 1
  for (int round = 0; round < 3; ++round) { // the counters go on counting
    out[Sum] = cg::reduce(tile, value, cg::plus<int>());
    out[Max] = cg::reduce(tile, value, cg::greater<int>());
  }
  out[Any] = tile.any(value == 5);
  out[All] = tile.all(value > -30);
  out[Shfl] = int(tile.shfl(value + 0.5, Size - 3) * 2);
  out[Rank] = int(tile.thread_rank());
  out[Meta] = int(tile.meta_group_rank());
  out[MetaSize] = int(tile.meta_group_size());
  out[Inclusive] = cg::inclusive_scan(tile, value);
  out[Exclusive] = cg::exclusive_scan(tile, value, cg::greater<int>());
  cg::thread_group any = tile;
  any.sync();
  out[Least] = int(any.size() * 2048 + any.thread_rank());
  Affine composed = cg::inclusive_scan(tile, affineOf(thread), Compose());
  out[Composed] = int(composed.a * 20000 + composed.b);
}

template <int Size> static void testWide() {
  for (int threads : {Size, 1024}) {
    std::vector<int> values(threads), results(threads * kWide);
    for (int i = 0; i < threads; ++i)
      values[i] = valueOf(i);
    int *deviceValues, *deviceResults;
    CHECK(cudaMalloc(&deviceValues, threads * sizeof(int)));
    CHECK(cudaMalloc(&deviceResults, results.size() * sizeof(int)));
    CHECK(cudaMemcpy(deviceValues, values.data(), threads * sizeof(int), cudaMemcpyHostToDevice));
    wide<Size><<<1, threads>>>(deviceValues, deviceResults);
    CHECK(cudaMemcpy(results.data(), deviceResults, results.size() * sizeof(int),
                     cudaMemcpyDeviceToHost));
    for (int i = 0; i < threads; ++i) {
      const int* out = &results[i * kWide];
      int first = i / Size * Size, sum = 0, max = INT_MIN, any = 0, all = 1;
      int inclusive = 0, exclusive = i == first ? 0 : INT_MIN;
      Affine composed = affineOf(first);
      for (int j = first; j < first + Size; ++j) {
        sum += values[j], max = std::max(max, values[j]);
        any |= values[j] == 5, all &= values[j] > -30;
        inclusive += j <= i ? values[j] : 0;
        exclusive = j < i ? std::max(exclusive, values[j]) : exclusive;
        if (j > first && j <= i)
          composed = Compose()(composed, affineOf(j));
      }
      expect("wide sum", i, out[Sum], sum);
      expect("wide max", i, out[Max], max);
      expect("wide any", i, out[Any], any);
      expect("wide all", i, out[All], all);
      expect("wide shfl", i, out[Shfl], 2 * values[first + Size - 3] + 1);
      expect("wide rank", i, out[Rank], i - first);
      expect("wide meta rank", i, out[Meta], i / Size);
      expect("wide meta size", i, out[MetaSize], threads / Size);
      expect("wide inclusive", i, out[Inclusive], inclusive);
      expect("wide exclusive", i, out[Exclusive], exclusive);
      expect("wide erased", i, out[Least], Size * 2048 + i - first);
      expect("wide composed", i, out[Composed], composed.a * 20000 + composed.b);
    }
    CHECK(cudaFree(deviceValues));
    CHECK(cudaFree(deviceResults));
  }
}

enum {
  LabelSum,
  LabelMeta,
  LabelMetaSize,
  BinarySum,
  BinaryRank,
  Sub,
  SubMeta,
  CoTile,
  CoTileMeta,
  CoScan,
  CoExclusive,
  CoDouble,
  ScanTile,
  ScanAnd,
  Once,
  Broadcast,
  Nested,
  Erased,
  MatchAll,
  Redux,
  kLanes
};

__global__ void lanes(const int* values, int* results, int* calls) {
  auto block = cg::this_thread_block();
  int thread = int(block.thread_rank()), value = values[thread];
  int* out = results + thread * kLanes;
  auto warp = cg::tiled_partition<32>(block);
  auto label = cg::labeled_partition(warp, value % 3);
  out[LabelSum] = cg::reduce(label, value, cg::plus<int>());
  out[LabelMeta] = int(label.meta_group_rank());
  out[LabelMetaSize] = int(label.meta_group_size());
  auto binary = cg::binary_partition(warp, value > 10);
  out[BinarySum] = cg::reduce(binary, value, cg::plus<int>());
  out[BinaryRank] = int(binary.thread_rank());
  auto sub = cg::tiled_partition<4>(warp);
  out[Sub] = sub.shfl(value, 1);
  out[SubMeta] = int(sub.meta_group_rank() * 16 + sub.meta_group_size());
  out[CoTile] = out[CoTileMeta] = out[CoScan] = out[CoExclusive] = out[CoDouble] = -1;
  if (value % 2 == 0) {
    auto active = cg::coalesced_threads();
    auto four = cg::tiled_partition(active, 4);
    out[CoTile] = cg::reduce(four, value, cg::plus<int>());
    out[CoTileMeta] = int(four.meta_group_rank() * 16 + four.meta_group_size());
    out[CoScan] = cg::inclusive_scan(active, value);
    out[CoExclusive] = cg::exclusive_scan(active, (unsigned)value, cg::bit_and<unsigned>());
    out[CoDouble] = int(cg::reduce(active, value + 0.25, cg::less<double>()) * 4);
  }
  warp.sync();
  out[ScanTile] = cg::exclusive_scan(cg::tiled_partition<16>(block), value, cg::plus<int>());
  out[ScanAnd] = int(cg::inclusive_scan(warp, (short)value, cg::bit_xor<short>()));
  cg::invoke_one(warp, [&] { atomicAdd(calls, 1); });
  out[Broadcast] = cg::invoke_one_broadcast(warp, [&](int more) { return value + more; }, 1000);
  cg::thread_group any = cg::tiled_partition(cg::tiled_partition(block, 16), 8);
  any.sync();
  out[Nested] = int(any.size() * 64 + any.thread_rank());
  cg::thread_group whole = block;
  whole.sync();
  out[Erased] = int(cg::group_size(whole) * 2048 + cg::thread_rank(whole));
  int same;
  out[MatchAll] = int(warp.match_all(thread / 32, same)) * 2 + same;
  out[Redux] = int(cg::reduce(warp, (unsigned)value, cg::bit_xor<unsigned>()));
  out[Once] = 0;
}

static void testLanes() {
  const int threads = 128;
  std::vector<int> values(threads), results(threads * kLanes);
  for (int i = 0; i < threads; ++i)
    values[i] = valueOf(i) + 30; // not negative, for the labels
  int *deviceValues, *deviceResults, *calls, called = 0;
  CHECK(cudaMalloc(&deviceValues, threads * sizeof(int)));
  CHECK(cudaMalloc(&deviceResults, results.size() * sizeof(int)));
  CHECK(cudaMalloc(&calls, sizeof(int)));
  CHECK(cudaMemset(calls, 0, sizeof(int)));
  CHECK(cudaMemcpy(deviceValues, values.data(), threads * sizeof(int), cudaMemcpyHostToDevice));
  lanes<<<1, threads>>>(deviceValues, deviceResults, calls);
  CHECK(cudaMemcpy(results.data(), deviceResults, results.size() * sizeof(int),
                   cudaMemcpyDeviceToHost));
  CHECK(cudaMemcpy(&called, calls, sizeof(int), cudaMemcpyDeviceToHost));
  expect("invoke_one", 0, called, threads / 32);
  for (int i = 0; i < threads; ++i) {
    const int* out = &results[i * kLanes];
    int warp = i & ~31;
    auto sum = [&](int from, int to, auto has) {
      int total = 0;
      for (int j = from; j < to; ++j)
        total += has(j) ? values[j] : 0;
      return total;
    };
    auto label = [&](int j) { return values[j] % 3; };
    expect("label sum", i, out[LabelSum],
           sum(warp, warp + 32, [&](int j) { return label(j) == label(i); }));
    // Parts are numbered by their first lanes.
    std::vector<int> order;
    for (int j = warp; j < warp + 32; ++j)
      if (std::find(order.begin(), order.end(), label(j)) == order.end())
        order.push_back(label(j));
    expect("label meta rank", i, out[LabelMeta],
           std::find(order.begin(), order.end(), label(i)) - order.begin());
    expect("label meta size", i, out[LabelMetaSize], (long long)order.size());
    auto sameSide = [&](int j) { return (values[j] > 10) == (values[i] > 10); };
    expect("binary sum", i, out[BinarySum], sum(warp, warp + 32, sameSide));
    int rank = 0, evens = 0, evenRank = 0;
    for (int j = warp; j < warp + 32; ++j) {
      rank += j < i && sameSide(j);
      evens += values[j] % 2 == 0, evenRank += j < i && values[j] % 2 == 0;
    }
    expect("binary rank", i, out[BinaryRank], rank);
    expect("sub", i, out[Sub], values[(i & ~3) + 1]);
    expect("sub meta", i, out[SubMeta], (i & 31) / 4 * 16 + 8);
    auto even = [&](int j) { return values[j] % 2 == 0; };
    int coTile = -1, coMeta = -1, coScan = -1, coExclusive = -1, least = -1;
    if (even(i)) {
      int seen = 0;
      unsigned all = ~0u;
      coTile = coScan = 0, least = INT_MAX;
      for (int j = warp; j < warp + 32; ++j)
        if (even(j)) {
          coTile += seen++ / 4 == evenRank / 4 ? values[j] : 0;
          coScan += j <= i ? values[j] : 0;
          all &= j < i ? (unsigned)values[j] : ~0u;
          least = std::min(least, values[j] * 4 + 1);
        }
      coMeta = evenRank / 4 * 16 + (evens + 3) / 4, coExclusive = evenRank ? int(all) : 0;
    }
    expect("coalesced tile", i, out[CoTile], coTile);
    expect("coalesced tile meta", i, out[CoTileMeta], coMeta);
    expect("coalesced scan", i, out[CoScan], coScan);
    expect("coalesced exclusive", i, out[CoExclusive], coExclusive);
    expect("coalesced double", i, out[CoDouble], least);
    expect("scan tile", i, out[ScanTile], sum(i & ~15, i, [](int) { return true; }));
    int xored = 0, xoredAll = 0;
    for (int j = warp; j < warp + 32; ++j)
      xored ^= j <= i ? values[j] : 0, xoredAll ^= values[j];
    expect("scan xor", i, out[ScanAnd], xored);
    expect("broadcast", i, out[Broadcast], values[warp] + 1000);
    expect("nested", i, out[Nested], 8 * 64 + (i & 7));
    expect("erased", i, out[Erased], threads * 2048 + i);
    expect("match all", i, out[MatchAll], -1);
    expect("redux", i, out[Redux], xoredAll);
  }
  CHECK(cudaFree(deviceValues));
  CHECK(cudaFree(deviceResults));
  CHECK(cudaFree(calls));
}

// Tiles of `kStage` ints through shared memory, two stages in flight.
enum { kStage = 500, kStages = 6 };
__global__ void copies(const int* from, int* to, int shift) {
  alignas(16) __shared__ int stage[2][kStage + 4];
  auto block = cg::this_thread_block();
  from += shift, to += shift;
  cg::memcpy_async(block, stage[0] + shift, from, sizeof(int) * kStage);
  for (int i = 0; i < kStages; ++i) {
    if (i + 1 < kStages) {
      cg::memcpy_async(block, stage[(i + 1) & 1] + shift, kStage + 2, from + (i + 1) * kStage,
                       kStage);
      cg::wait_prior<1>(block);
    } else {
      cg::wait(block);
    }
    for (int j = block.thread_rank(); j < kStage; j += block.size())
      to[i * kStage + j] = stage[i & 1][shift + j] * 2;
    block.sync();
  }
}

static void testCopies() {
  const int n = kStage * kStages;
  std::vector<int> values(n + 4), results(n + 4);
  for (int i = 0; i < n + 4; ++i)
    values[i] = i * 7 + 1;
  int *from, *to;
  CHECK(cudaMalloc(&from, values.size() * sizeof(int)));
  CHECK(cudaMalloc(&to, values.size() * sizeof(int)));
  CHECK(cudaMemcpy(from, values.data(), values.size() * sizeof(int), cudaMemcpyHostToDevice));
  for (int shift : {0, 1, 2}) {
    copies<<<1, 96>>>(from, to, shift);
    CHECK(cudaMemcpy(results.data(), to, results.size() * sizeof(int), cudaMemcpyDeviceToHost));
    for (int i = 0; i < n; ++i)
      expect("copy", i, results[shift + i], values[shift + i] * 2);
  }
  CHECK(cudaFree(from));
  CHECK(cudaFree(to));
}

// Each round reads what another block wrote in the round before.
__global__ void grid(int* values, int* valid, int rounds) {
  auto grid = cg::this_grid();
  auto n = grid.num_threads(), rank = grid.thread_rank();
  if (rank == 0)
    *valid = grid.is_valid() * 100 + int(grid.num_blocks());
  for (int i = 0; i < rounds; ++i) {
    int next = values[(rank + blockDim.x + 1) % n];
    if (i % 2) {
      grid.sync();
    } else {
      auto token = grid.barrier_arrive();
      next += 1;
      grid.barrier_wait(std::move(token));
    }
    values[rank] = next;
    cg::sync(grid);
  }
}
__global__ void notCooperative(int* valid) {
  *valid = cg::this_grid().is_valid();
}

static void testGrid() {
  const int threads = 64, blocks = 6, n = threads * blocks;
  int *values, *valid, rounds = 5, isValid = -1;
  std::vector<int> expected(n), results(n);
  for (int i = 0; i < n; ++i)
    expected[i] = i * i;
  CHECK(cudaMalloc(&values, n * sizeof(int)));
  CHECK(cudaMalloc(&valid, sizeof(int)));
  CHECK(cudaMemcpy(values, expected.data(), n * sizeof(int), cudaMemcpyHostToDevice));
  void* arguments[] = {&values, &valid, &rounds};
  CHECK(cudaLaunchCooperativeKernel((void*)grid, dim3(3, 2), dim3(threads), arguments, 0, nullptr));
  CHECK(cudaMemcpy(results.data(), values, n * sizeof(int), cudaMemcpyDeviceToHost));
  CHECK(cudaMemcpy(&isValid, valid, sizeof(int), cudaMemcpyDeviceToHost));
  for (int round = 0; round < rounds; ++round) {
    std::vector<int> before = expected;
    for (int i = 0; i < n; ++i)
      expected[i] = before[(i + threads + 1) % n] + (round % 2 == 0);
  }
  for (int i = 0; i < n; ++i)
    expect("grid", i, results[i], expected[i]);
  expect("grid is valid", 0, isValid, 100 + blocks);
  notCooperative<<<2, 32>>>(valid);
  CHECK(cudaMemcpy(&isValid, valid, sizeof(int), cudaMemcpyDeviceToHost));
  expect("grid is not valid", 0, isValid, 0);
  CHECK(cudaFree(values));
  CHECK(cudaFree(valid));
}

__global__ void cluster(int* results) {
  __shared__ int mine;
  auto cluster = cg::this_cluster();
  auto grid = cg::this_grid();
  if (threadIdx.x == 0)
    mine = int(grid.block_rank()) * 10;
  auto token = cluster.barrier_arrive();
  cluster.barrier_wait(std::move(token));
  unsigned next = (cluster.block_rank() + 1) % cluster.num_blocks();
  int* other = cluster.map_shared_rank(&mine, int(next));
  int* out = results + grid.thread_rank() * 8;
  out[0] = *other;
  out[1] = int(cluster.query_shared_rank(other));
  out[2] = int(cluster.thread_rank());
  out[3] = int(cluster.num_threads());
  out[4] = int(grid.cluster_rank() * 100 + grid.num_clusters());
  out[5] = int(cluster.block_index().x * 10 + cluster.block_index().y);
  out[6] = int(cluster.dim_threads().x * 100 + cluster.thread_index().x);
  cg::thread_group any = cluster;
  any.sync();
  out[7] = int(any.size() * 1000 + any.thread_rank());
}

static void testCluster() {
  const int threads = 32;
  dim3 blocks(4, 4);
  std::vector<int> results(16 * threads * 8);
  int* device;
  CHECK(cudaMalloc(&device, results.size() * sizeof(int)));
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = attribute.val.clusterDim.y = 2;
  attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = blocks, config.blockDim = dim3(threads);
  config.attrs = &attribute, config.numAttrs = 1;
  CHECK(cudaLaunchKernelEx(&config, cluster, device));
  CHECK(cudaMemcpy(results.data(), device, results.size() * sizeof(int), cudaMemcpyDeviceToHost));
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x)
      for (int t = 0; t < threads; ++t) {
        int block = y * 4 + x, i = block * threads + t, rank = (y & 1) * 2 + (x & 1);
        int next = (rank + 1) % 4, nextX = (x & ~1) + (next & 1), nextY = (y & ~1) + next / 2;
        const int* out = &results[i * 8];
        expect("cluster shared", i, out[0], (nextY * 4 + nextX) * 10);
        expect("cluster query", i, out[1], next);
        expect("cluster thread", i, out[2], rank * threads + t);
        expect("cluster threads", i, out[3], 4 * threads);
        expect("cluster rank", i, out[4], (y / 2 * 2 + x / 2) * 100 + 4);
        expect("cluster block", i, out[5], (x & 1) * 10 + (y & 1));
        expect("cluster dimensions", i, out[6], 2 * threads * 100 + (x & 1) * threads + t);
        expect("cluster erased", i, out[7], 4 * threads * 1000 + rank * threads + t);
      }
  CHECK(cudaFree(device));
}

int main() {
  testWide<64>();
  testWide<128>();
  testWide<512>();
  testLanes();
  testCopies();
  testGrid();
  testCluster();
  std::printf("group_kinds: %d values\n", compared);
  if (!failures)
    std::printf("PASS\n");
  return failures != 0;
}
