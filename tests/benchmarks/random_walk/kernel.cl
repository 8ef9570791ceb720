// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
inline uint next(uint* state) {
  *state ^= *state << 13, *state ^= *state >> 17, *state ^= *state << 5;
  return *state;
}

__kernel void randomWalk(int walkers, __global const uchar* restrict map, __global uint* restrict ends) {
  int i = get_global_id(0);
  if (i >= walkers)
    return;
  uint state = (i + 1) * 2654435761u, x = SIDE / 2, y = SIDE / 2, steps = 0;
  for (int energy = ENERGY; energy > 0;) {
    uint direction = next(&state) >> 30, length = 1;
    while (length < 8 && (next(&state) & 3) == 0)
      ++length;
    if (direction & 1)
      x = (x + (direction & 2 ? length : 0u - length)) % SIDE;
    else
      y = (y + (direction & 2 ? length : 0u - length)) % SIDE;
    ++steps;
    uchar field = map[y * SIDE + x];
    if (field == 2)
      break;
    energy -= field == 1 ? 3 : 1;
  }
  ends[i] = steps << 16 | y << 8 | x;
}
