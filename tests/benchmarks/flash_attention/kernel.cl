// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// As cuda.cu, with local memory in place of shuffles.
__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
attention(int length, float factor, __global const float* restrict q,
          __global const float* restrict k, __global const float* restrict v,
          __global float* restrict out) {
  __local float queries[64][DEPTH], keys[32][DEPTH + 1], values[32][DEPTH], weights[64][32];
  __local float parts[16][16];
  int tx = get_local_id(0), ty = get_local_id(1), t = ty * 16 + tx;
  size_t head = (size_t)get_group_id(1) * length * DEPTH;
  __global const float* firstQuery = q + head + (size_t)get_group_id(0) * 64 * DEPTH;
  for (int i = t; i < 64 * DEPTH; i += 256)
    queries[i / DEPTH][i % DEPTH] = firstQuery[i] * factor;
  float result[4][4] = {{0}}, largest[4], sum[4] = {0};
  for (int i = 0; i < 4; ++i)
    largest[i] = -INFINITY;
  for (int key0 = 0; key0 < length; key0 += 32) {
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = t; i < 32 * DEPTH; i += 256) {
      keys[i / DEPTH][i % DEPTH] = k[head + (size_t)key0 * DEPTH + i];
      values[i / DEPTH][i % DEPTH] = v[head + (size_t)key0 * DEPTH + i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    float score[4][2] = {{0}};
    for (int d = 0; d < DEPTH; ++d) {
      float y0 = keys[tx][d], y1 = keys[tx + 16][d];
      for (int i = 0; i < 4; ++i) {
        float x = queries[4 * ty + i][d];
        score[i][0] += x * y0, score[i][1] += x * y1;
      }
    }
    for (int i = 0; i < 4; ++i) {
      parts[ty][tx] = fmax(score[i][0], score[i][1]);
      barrier(CLK_LOCAL_MEM_FENCE);
      float newMax = largest[i];
      for (int j = 0; j < 16; ++j)
        newMax = fmax(newMax, parts[ty][j]);
      float mend = exp(largest[i] - newMax);
      float w0 = exp(score[i][0] - newMax), w1 = exp(score[i][1] - newMax);
      barrier(CLK_LOCAL_MEM_FENCE);
      parts[ty][tx] = w0 + w1;
      barrier(CLK_LOCAL_MEM_FENCE);
      float tileSum = 0;
      for (int j = 0; j < 16; ++j)
        tileSum += parts[ty][j];
      barrier(CLK_LOCAL_MEM_FENCE);
      largest[i] = newMax;
      sum[i] = sum[i] * mend + tileSum;
      for (int j = 0; j < 4; ++j)
        result[i][j] *= mend;
      weights[4 * ty + i][tx] = w0, weights[4 * ty + i][tx + 16] = w1;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
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
  __global float* to = out + head + (size_t)get_group_id(0) * 64 * DEPTH;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      to[(4 * ty + i) * DEPTH + tx + 16 * j] = result[i][j] / sum[i];
}
