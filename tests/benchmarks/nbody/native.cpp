// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structure of arrays, lanes over the bodies that are pulled, several vectors of them at once so
// that the chains of square roots overlap; reciprocal square roots by the CPU's estimate and one
// step of Newton, as -ffast-math makes them of 1 / sqrt().
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::nbody;

static int run(const char* name) {
  Problem p;
  std::vector<float> result(4 * kBodies);
  Aligned<float> soa(4 * kBodies);
  float *x = soa, *y = x + kBodies, *z = y + kBodies, *m = z + kBodies;
  constexpr int kVectors = kLanes == 16 ? 4 : 2, kTile = kVectors * kLanes;
  return measure(
      name,
      [&] {
        for (int i = 0; i < kBodies; ++i) {
          const float* body = &p.bodies[4 * i];
          x[i] = body[0], y[i] = body[1], z[i] = body[2], m[i] = body[3];
        }
#pragma omp parallel for schedule(static)
        for (int i = 0; i < kBodies; i += kTile) {
          Floats px[kVectors], py[kVectors], pz[kVectors], ax[kVectors], ay[kVectors], az[kVectors];
          for (int v = 0; v < kVectors; ++v) {
            px[v] = load<Floats>(x + i + v * kLanes), py[v] = load<Floats>(y + i + v * kLanes);
            pz[v] = load<Floats>(z + i + v * kLanes), ax[v] = ay[v] = az[v] = 0;
          }
          for (int j = 0; j < kBodies; ++j)
#pragma unroll
            for (int v = 0; v < kVectors; ++v) {
              Floats dx = x[j] - px[v], dy = y[j] - py[v], dz = z[j] - pz[v];
              Floats inverse = 1.0f / sqrt(dx * dx + dy * dy + dz * dz + kSoftening);
              Floats pull = m[j] * inverse * (inverse * inverse);
              ax[v] += dx * pull, ay[v] += dy * pull, az[v] += dz * pull;
            }
          for (int v = 0; v < kVectors; ++v)
            for (int l = 0; l < kLanes; ++l) {
              float* out = &result[4 * (i + v * kLanes + l)];
              out[0] = ax[v][l], out[1] = ay[v][l], out[2] = az[v][l];
            }
        }
      },
      [&] { return p.check(result.data()); });
}
BENCHMARK("nbody", run);
