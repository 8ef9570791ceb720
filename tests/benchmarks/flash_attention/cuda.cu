// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

#include <cmath>

using namespace bench;
using namespace bench::flash_attention;

// A block has 64 queries of one head, 16 x 16 threads; tiles of 32 keys. Each thread has four rows:
// two columns of the scores and four of the result.
__global__ void attentionKernel(int length, float factor, const float* __restrict__ q,
                                const float* __restrict__ k, const float* __restrict__ v,
                                float* __restrict__ out) {
  __shared__ float queries[64][kDepth], keys[32][kDepth + 1], values[32][kDepth], weights[64][32];
  int tx = threadIdx.x, ty = threadIdx.y, t = ty * 16 + tx;
  size_t head = (size_t)blockIdx.y * length * kDepth;
  const float* firstQuery = q + head + (size_t)blockIdx.x * 64 * kDepth;
  for (int i = t; i < 64 * kDepth; i += 256)
    queries[i / kDepth][i % kDepth] = firstQuery[i] * factor;
  float result[4][4] = {}, largest[4], sum[4] = {};
  for (int i = 0; i < 4; ++i)
    largest[i] = -INFINITY;
  for (int key0 = 0; key0 < length; key0 += 32) {
    __syncthreads();
    for (int i = t; i < 32 * kDepth; i += 256) {
      keys[i / kDepth][i % kDepth] = k[head + (size_t)key0 * kDepth + i];
      values[i / kDepth][i % kDepth] = v[head + (size_t)key0 * kDepth + i];
    }
    __syncthreads();
    float score[4][2] = {};
#pragma unroll 8
    for (int d = 0; d < kDepth; ++d) {
      float y0 = keys[tx][d], y1 = keys[tx + 16][d];
      for (int i = 0; i < 4; ++i) {
        float x = queries[4 * ty + i][d];
        score[i][0] += x * y0, score[i][1] += x * y1;
      }
    }
    for (int i = 0; i < 4; ++i) {
      float tileMax = fmaxf(score[i][0], score[i][1]);
      for (int offset = 8; offset > 0; offset /= 2)
        tileMax = fmaxf(tileMax, __shfl_xor_sync(0xffffffffu, tileMax, offset));
      float newMax = fmaxf(largest[i], tileMax), mend = __expf(largest[i] - newMax);
      float w0 = __expf(score[i][0] - newMax), w1 = __expf(score[i][1] - newMax), tileSum = w0 + w1;
      for (int offset = 8; offset > 0; offset /= 2)
        tileSum += __shfl_xor_sync(0xffffffffu, tileSum, offset);
      largest[i] = newMax;
      sum[i] = sum[i] * mend + tileSum;
      for (int j = 0; j < 4; ++j)
        result[i][j] *= mend;
      weights[4 * ty + i][tx] = w0, weights[4 * ty + i][tx + 16] = w1;
    }
    __syncthreads();
#pragma unroll 8
    for (int key = 0; key < 32; ++key) {
      float y[4];
      for (int j = 0; j < 4; ++j)
        y[j] = values[key][tx + 16 * j];
      for (int i = 0; i < 4; ++i) {
        float w = weights[4 * ty + i][key];
        for (int j = 0; j < 4; ++j)
          result[i][j] += w * y[j];
      }
    }
  }
  float* to = out + head + (size_t)blockIdx.x * 64 * kDepth;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      to[(4 * ty + i) * kDepth + tx + 16 * j] = result[i][j] / sum[i];
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> q(p.q), k(p.k), v(p.v), out(p.q.size());
  float factor = 1 / std::sqrt(float(kDepth));
  return measureLaunch(
      name,
      [&] {
        attentionKernel<<<dim3(kLength / 64, kHeads), dim3(16, 16)>>>(kLength, factor, q, k, v,
                                                                      out);
      },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("flash_attention", run);
