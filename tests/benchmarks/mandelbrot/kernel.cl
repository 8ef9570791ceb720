// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__kernel void mandelbrot(__global int* restrict counts) {
  int column = get_global_id(0), row = get_global_id(1);
  float cx = -2.0f + 3.0f * column / IMAGE, cy = -1.5f + 3.0f * row / IMAGE, x = 0, y = 0;
  int n = 0;
  for (; n < ITERATIONS && x * x + y * y <= 4; ++n) {
    float t = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = t;
  }
  counts[row * IMAGE + column] = n;
}
