// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the CUDA C++ Programming Guide's appendix "Texture Fetching" says, written down as it stands
// there, in double and without a thought for speed. Knows nothing of the runtime.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>

namespace anywarp::ptxtest {

using Color = std::array<double, 4>;
enum class Address { Wrap, Clamp, Mirror, Border }; // in the order of CUaddress_mode

struct GuideTexture {
  int dims = 2;
  std::array<int64_t, 3> size = {1, 1, 1};
  std::function<Color(int64_t, int64_t, int64_t)> texel; // T[i, j, k]
  std::array<Address, 3> address = {Address::Clamp, Address::Clamp, Address::Clamp};
  bool normalized = false, linear = false;
  Color border = {};
};

// "Wrap and mirror are only available for normalised coordinates"; they act as clamp elsewhere.
inline bool guideIndex(const GuideTexture& t, int d, int64_t& i) {
  int64_t n = t.size[d];
  Address mode = t.address[d];
  if (!t.normalized && (mode == Address::Wrap || mode == Address::Mirror))
    mode = Address::Clamp;
  switch (mode) {
  case Address::Clamp:
    i = i < 0 ? 0 : i >= n ? n - 1 : i;
    return true;
  case Address::Border:
    return i >= 0 && i < n;
  case Address::Wrap:
    i = ((i % n) + n) % n;
    return true;
  case Address::Mirror:
    i = ((i % (2 * n)) + 2 * n) % (2 * n);
    i = i < n ? i : 2 * n - 1 - i;
    return true;
  }
  return false;
}

inline Color guideTexel(const GuideTexture& t, std::array<int64_t, 3> i) {
  for (int d = 0; d < t.dims; d++)
    if (!guideIndex(t, d, i[d]))
      return t.border;
  return t.texel(i[0], i[1], i[2]);
}

inline Color guideFetch(const GuideTexture& t, std::array<double, 3> x) {
  std::array<int64_t, 3> i = {0, 0, 0};
  for (int d = 0; d < t.dims; d++)
    if (t.normalized)
      x[d] *= double(t.size[d]);
  if (!t.linear) { // nearest point: T[floor(x)]
    for (int d = 0; d < t.dims; d++)
      i[d] = int64_t(std::floor(x[d]));
    return guideTexel(t, i);
  }
  // Linear: xB = x - 0.5, i = floor(xB), alpha = frac(xB) in 9-bit fixed point with 8 fraction
  // bits.
  double alpha[3] = {};
  for (int d = 0; d < t.dims; d++) {
    double xb = x[d] - 0.5;
    i[d] = int64_t(std::floor(xb));
    alpha[d] = std::round((xb - std::floor(xb)) * 256) / 256;
  }
  Color sum = {};
  for (int corner = 0; corner < 1 << t.dims; corner++) {
    double weight = 1;
    std::array<int64_t, 3> at = i;
    for (int d = 0; d < t.dims; d++) {
      bool upper = corner >> d & 1;
      weight *= upper ? alpha[d] : 1 - alpha[d];
      at[d] += upper;
    }
    Color c = guideTexel(t, at);
    for (int k = 0; k < 4; k++)
      sum[k] += weight * c[k];
  }
  return sum;
}

} // namespace anywarp::ptxtest
