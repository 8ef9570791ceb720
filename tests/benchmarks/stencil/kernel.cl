// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__kernel void stencil(int width, int height, __global const float* restrict in,
                      __global float* restrict out) {
  int x = get_global_id(0), y = get_global_id(1);
  if (x >= width || y >= height)
    return;
  int i = y * width + x;
  float value = in[i];
  if (x > 0 && x < width - 1 && y > 0 && y < height - 1)
    value += FLOW * (in[i - 1] + in[i + 1] + in[i - width] + in[i + width] - 4 * value);
  out[i] = value;
}
