// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "texture_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <mutex>
#include <random>

namespace anywarp::ptxsweep {

using ptxtest::Address;
using ptxtest::Color;
using ptxtest::GuideTexture;

namespace {

constexpr TextureSampler kSamplers[] = {
    {"addr_mode_0 = wrap, addr_mode_1 = mirror, addr_mode_2 = clamp_to_border, filter_mode = "
     "linear",
     {Address::Wrap, Address::Mirror, Address::Border},
     true,
     false},
    {"addr_mode_0 = clamp_to_border, addr_mode_1 = clamp_to_edge, addr_mode_2 = wrap, "
     "filter_mode = nearest",
     {Address::Border, Address::Clamp, Address::Wrap},
     false,
     false},
    {"addr_mode_0 = clamp_to_edge, addr_mode_1 = clamp_to_border, addr_mode_2 = clamp_to_edge, "
     "filter_mode = linear, force_unnormalized_coords = 1",
     {Address::Clamp, Address::Border, Address::Clamp},
     true,
     true},
    {"addr_mode_0 = clamp_to_edge, addr_mode_1 = clamp_to_edge, addr_mode_2 = clamp_to_edge, "
     "filter_mode = linear",
     {Address::Clamp, Address::Clamp, Address::Clamp},
     true,
     false},
};

bool isNumber(const GalleryTexture& t) {
  return t.texels == Texels::Float || t.texels == Texels::Depth;
}

bool isNormalized(const TextureQuestion& q, const GalleryTexture& t) {
  if (t.shape->cube)
    return true;
  return t.descriptor->sampler.flags & AW_SAMPLER_NORMALIZED &&
         !(q.sampler && q.sampler->unnormalized);
}

// The Guide's table of faces: where s and t of each come from.
struct OnFace {
  unsigned face;
  double s, t, m; // before the division by m
};
OnFace faceOf(double x, double y, double z) {
  double ax = std::fabs(x), ay = std::fabs(y), az = std::fabs(z);
  if (ax > ay && ax > az)
    return {x > 0 ? 0u : 1u, x > 0 ? -z : z, -y, ax};
  if (ay > ax && ay > az)
    return {y > 0 ? 2u : 3u, x, y > 0 ? z : -z, ay};
  return {z > 0 ? 4u : 5u, z > 0 ? x : -x, -y, az};
}

double lengthOf(const double* v, unsigned n) {
  double sum = 0;
  for (unsigned i = 0; i < n; ++i)
    sum += v[i] * v[i];
  return std::sqrt(sum);
}

// How long a derivative is, in texels of the base level.
double footprint(const TextureQuestion& q, const GalleryTexture& t, const float* x,
                 const float* by) {
  double v[3] = {};
  if (t.shape->cube) { // by the quotient rule
    OnFace f = faceOf(x[0], x[1], x[2]);
    // The derivative, seen from the same face: its signs are those that faceOf gives to x.
    double n = t.shape->size[0] / 2.0;
    double ds, dt, dm;
    switch (f.face) {
    case 0:
      ds = -by[2], dt = -by[1], dm = by[0];
      break;
    case 1:
      ds = by[2], dt = -by[1], dm = -by[0];
      break;
    case 2:
      ds = by[0], dt = by[2], dm = by[1];
      break;
    case 3:
      ds = by[0], dt = -by[2], dm = -by[1];
      break;
    case 4:
      ds = by[0], dt = -by[1], dm = by[2];
      break;
    default:
      ds = -by[0], dt = -by[1], dm = -by[2];
    }
    v[0] = (ds * f.m - f.s * dm) / (f.m * f.m) * n;
    v[1] = (dt * f.m - f.t * dm) / (f.m * f.m) * n;
    return lengthOf(v, 2);
  }
  for (unsigned d = 0; d < t.shape->dims; ++d)
    v[d] = double(by[d]) * (isNormalized(q, t) ? t.shape->size[d] : 1);
  return lengthOf(v, t.shape->dims);
}

bool blendsLevels(const GalleryTexture& t) {
  return isNumber(t) && t.descriptor->sampler.mip_filter == AW_FILTER_LINEAR;
}

// The level of detail, before it becomes one or two levels.
double detail(const TextureQuestion& q, const GalleryTexture& t, const TextureLookup& l) {
  const AwSampler& s = t.descriptor->sampler;
  if (!q.explicitLevel())
    return 0;
  double lod = l.lod, last = t.descriptor->image.levels - 1;
  if (q.mip == "grad")
    lod = std::log2(std::max(footprint(q, t, l.x, l.dx), footprint(q, t, l.x, l.dy)));
  lod = std::clamp(lod + double(s.mip_bias), double(s.mip_min), double(s.mip_max));
  return std::clamp(lod, 0.0, last);
}

double passes(const TextureLookup& l, double texel) {
  return double(l.reference) <= texel ? 1 : 0;
}

// One level as the Guide sees it, in the lookup's layer or face.
GuideTexture levelOf(const TextureQuestion& q, const TextureLookup& l, unsigned level,
                     unsigned slice) {
  const GalleryTexture& t = (*q.gallery)[l.texture];
  const AwSampler& s = t.descriptor->sampler;
  GuideTexture g;
  g.dims = int(t.shape->dims);
  g.normalized = !q.integer && isNormalized(q, t);
  g.linear = !q.integer && isNumber(t) && (q.sampler ? q.sampler->linear : s.filter == 1);
  for (unsigned d = 0; d < 3; ++d) {
    g.size[d] = t.sizeAt(level, d);
    g.address[d] = q.sampler ? q.sampler->address[d] : Address(s.address[d]);
  }
  for (unsigned c = 0; c < 4; ++c) {
    uint32_t bits = std::bit_cast<uint32_t>(s.border[c]);
    g.border[c] = isNumber(t) ? double(s.border[c]) : double(bits);
  }
  unsigned sample = t.shape->sample ? unsigned(l.sample) : 0;
  bool deep = t.shape->dims == 3;
  g.texel = [=, &t, &l](int64_t x, int64_t y, int64_t z) {
    Color c = t.color(level, x, y, deep ? z : int64_t(slice), sample);
    if (q.depth)
      c.fill(passes(l, c[0]));
    return c;
  };
  if (q.depth)
    g.border.fill(passes(l, g.border[0]));
  return g;
}

// Coordinates on the face or in the image, and which layer or face that is.
struct Spot {
  std::array<double, 3> x;
  unsigned slice;
};
Spot spotOf(const TextureQuestion& q, const TextureLookup& l) {
  const TextureShape& shape = *(*q.gallery)[l.texture].shape;
  unsigned layers = shape.cube ? shape.layers / 6 : shape.layers;
  unsigned layer = shape.layer ? std::min(unsigned(l.layer), layers - 1) : 0; // without a sign
  if (!shape.cube) {
    if (q.integer)
      return {{double(l.i[0]), double(l.i[1]), double(l.i[2])}, layer};
    return {{l.x[0], l.x[1], l.x[2]}, layer};
  }
  OnFace f = faceOf(l.x[0], l.x[1], l.x[2]);
  return {{(f.s / f.m + 1) / 2, (f.t / f.m + 1) / 2, 0}, 6 * layer + f.face};
}

// Offsets count texels.
void shift(const TextureQuestion& q, const TextureLookup& l, const GuideTexture& g, Spot& spot) {
  for (int d = 0; q.offset && d < g.dims; ++d)
    spot.x[d] += l.offset[d] / (g.normalized ? double(g.size[d]) : 1);
}

Color inLevel(const TextureQuestion& q, const TextureLookup& l, unsigned level) {
  Spot spot = spotOf(q, l);
  GuideTexture g = levelOf(q, l, level, spot.slice);
  shift(q, l, g, spot);
  return guideFetch(g, spot.x);
}

// --- tables
class TableMaker {
public:
  TableMaker(const TextureQuestion& q, unsigned seed) : q_(q), random_(seed) {}
  TextureLookup row();

private:
  int between(int least, int most) { return least + int(random_() % unsigned(most - least + 1)); }
  void places(const GalleryTexture& t, TextureLookup& l);
  void direction(const GalleryTexture& t, TextureLookup& l);
  void gradients(const GalleryTexture& t, TextureLookup& l);
  // Parts of a texel: with mipmaps few, as each level halves them.
  int grid() const { return q_.explicitLevel() ? 4 : 16; }

  const TextureQuestion& q_;
  std::mt19937 random_;
};

void TableMaker::places(const GalleryTexture& t, TextureLookup& l) {
  for (unsigned d = 0; d < 3; ++d) {
    int n = int(t.shape->size[d]), g = grid();
    double v = double(between(-2 * n * g, 3 * n * g)) / g;
    l.x[d] = float(isNormalized(q_, t) ? v / n : v);
    l.offset[d] = between(-8, 7);
    l.i[d] = between(-2, n + 1);
    if (t.shape->sample) // what lies outside of these is not told
      l.i[d] = between(0, n - 1) - (q_.offset ? l.offset[d] : 0);
  }
}

// A direction whose major axis is a power of two: all divisions are exact.
void TableMaker::direction(const GalleryTexture& t, TextureLookup& l) {
  int n = int(t.shape->size[0]) * grid(), major = between(0, 2);
  float m = float(1 << between(0, 2)) / 2;
  for (int d = 0; d < 3; ++d)
    l.x[d] = d == major ? (between(0, 1) ? m : -m) : m * float(2 * between(1, n - 1) - n) / n;
}

// One derivative of 2^(quarters) texels along one axis, one that is shorter along another.
void TableMaker::gradients(const GalleryTexture& t, TextureLookup& l) {
  const TextureShape& shape = *t.shape;
  double full = std::exp2(between(-2, 10) / 4.0), half = full / 2;
  std::fill(std::begin(l.dx), std::end(l.dx), 0.0f);
  std::fill(std::begin(l.dy), std::end(l.dy), 0.0f);
  float *longer = l.dx, *shorter = l.dy;
  if (between(0, 1))
    std::swap(longer, shorter);
  unsigned axis = unsigned(between(0, int(shape.dims) - 1));
  unsigned other = (axis + 1) % shape.dims;
  if (!shape.cube) {
    longer[axis] = float(full / shape.size[axis]);
    shorter[other] = float(half / shape.size[other]);
    return;
  }
  // Along the axes of the face; the major axis changes too.
  unsigned major = 0;
  for (unsigned d = 1; d < 3; ++d)
    if (std::fabs(l.x[d]) > std::fabs(l.x[major]))
      major = d;
  axis = (major + 1 + axis) % 3;
  other = 3 - major - axis;
  double m = std::fabs(l.x[major]), sign = l.x[major] < 0 ? -1 : 1;
  double dm = between(-4, 4) / 16.0;
  auto set = [&](float* by, unsigned along, unsigned across, double texels) {
    by[major] = float(dm * sign);
    by[along] = float((texels * 2 / shape.size[0] * m * m + l.x[along] * dm) / m);
    by[across] = float(l.x[across] * dm / m);
  };
  set(longer, axis, other, full);
  set(shorter, other, axis, half);
}

TextureLookup TableMaker::row() {
  TextureLookup l = {};
  l.texture = q_.only >= 0 ? unsigned(q_.only) : unsigned(random_() % q_.gallery->size());
  const GalleryTexture& t = (*q_.gallery)[l.texture];
  bool variable = q_.variables && random_() % 2;
  l.handle = variable ? reinterpret_cast<uint64_t>(t.variable) : t.handle();
  places(t, l);
  if (t.shape->cube)
    direction(t, l);
  int layers = int(t.shape->cube ? t.shape->layers / 6 : t.shape->layers);
  l.layer = random_() % 4 ? between(0, layers - 1) : between(-2, layers + 2);
  l.sample = between(0, 3);
  l.level = between(-1, 4);
  l.reference = float(between(0, 500)) / 2;
  // Which level is nearest must not be a tie.
  do {
    l.lod = float(between(-4, 16)) / 4;
    if (q_.mip == "grad")
      gradients(t, l);
  } while (!blendsLevels(t) && std::fabs(std::fmod(detail(q_, t, l), 1.0) - 0.5) < 0.01);
  return l;
}

} // namespace

const TextureSampler& textureSampler(unsigned number) {
  return kSamplers[number % std::size(kSamplers)];
}

Color textureColor(const TextureQuestion& q, const TextureLookup& l) {
  const GalleryTexture& t = (*q.gallery)[l.texture];
  int last = int(t.descriptor->image.levels) - 1;
  if (q.integer)
    return inLevel(q, l, unsigned(q.mip == "level" ? std::clamp(l.level, 0, last) : 0));
  double lod = detail(q, t, l);
  if (!blendsLevels(t))
    return inLevel(q, l, unsigned(std::floor(lod + 0.5)));
  // "1.8 fixed-point".
  int fixed = int(std::round(lod * 256));
  Color low = inLevel(q, l, unsigned(fixed / 256));
  if (fixed % 256 == 0)
    return low;
  Color high = inLevel(q, l, unsigned(fixed / 256 + 1));
  double weight = fixed % 256 / 256.0;
  for (unsigned c = 0; c < 4; ++c)
    low[c] = low[c] * (1 - weight) + high[c] * weight;
  return low;
}

Color textureGather(const TextureQuestion& q, const TextureLookup& l, unsigned component) {
  Spot spot = spotOf(q, l);
  GuideTexture g = levelOf(q, l, 0, spot.slice);
  shift(q, l, g, spot);
  int64_t low[2];
  for (unsigned d = 0; d < 2; ++d)
    low[d] = int64_t(std::floor(spot.x[d] * (g.normalized ? double(g.size[d]) : 1) - 0.5));
  Color out;
  for (unsigned k = 0; k < 4; ++k)
    out[k] = guideTexel(g, {low[0] + (k == 1 || k == 2), low[1] + (k < 2), 0})[component];
  return out;
}

const TextureLookup* textureTable(const TextureQuestion& q) {
  static std::mutex mutex;
  static std::map<std::tuple<const void*, std::string, bool, bool, bool, const void*, int>,
                  std::vector<TextureLookup>>
      all;
  std::lock_guard lock(mutex);
  std::vector<TextureLookup>& table =
      all[{q.gallery, q.mip, q.integer, q.offset, q.variables, q.sampler, q.only}];
  if (table.empty()) {
    TableMaker maker(q, unsigned(all.size()));
    while (table.size() < kLookups)
      table.push_back(maker.row());
  }
  return table.data();
}

} // namespace anywarp::ptxsweep
