// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "surface_plan.h"

#include "scene.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <random>

namespace anywarp::ptxsweep {
namespace {

constexpr SurfacePlan kPlans[] = {{.name = "1d", .size = {64, 1, 1}, .dims = 1},
                                  {.name = "2d", .size = {8, 8, 1}, .dims = 2},
                                  {.name = "3d", .size = {4, 4, 4}, .dims = 3},
                                  {.name = "a1d", .size = {16, 1, 4}, .dims = 1, .layered = true},
                                  {.name = "a2d", .size = {4, 4, 4}, .dims = 2, .layered = true}};

AwGeometry geometryOf(const SurfacePlan& p) {
  if (p.layered)
    return p.dims == 1 ? AW_GEOMETRY_1D_LAYERED : AW_GEOMETRY_2D_LAYERED;
  return p.dims == 1 ? AW_GEOMETRY_1D : p.dims == 2 ? AW_GEOMETRY_2D : AW_GEOMETRY_3D;
}

class RowMaker {
public:
  RowMaker(const SurfacePlan& plan, bool clamps, unsigned seed)
      : plan_(plan), clamps_(clamps), random_(seed) {}
  SurfaceRow row(unsigned slot, bool own, bool outside);

private:
  int below(unsigned n) { return int(random_() % n); }
  // Something outside of [0, n), on one side or (0) either; z of layers knows no sign.
  int beyond(unsigned d, int side);
  bool counts(unsigned d) const { return d < plan_.dims || (d == 2 && plan_.layered); }
  bool moves(unsigned d, int at, bool own, int& to);

  const SurfacePlan& plan_;
  bool clamps_;
  std::mt19937 random_;
};

int RowMaker::beyond(unsigned d, int side) {
  int n = int(plan_.size[d]);
  if (side == 0)
    side = below(2) ? 1 : -1;
  bool far = below(3) == 0;
  if (d == 2 && plan_.layered)
    return side < 0 ? -1 - below(9) : n + below(9); // both lie behind the last
  return side < 0 ? (far ? -(1 << 26) : -1 - below(9)) : (far ? 1 << 26 : n + below(9));
}

// Moves a coordinate outside so that clamping brings it where it was; false where none does.
bool RowMaker::moves(unsigned d, int at, bool own, int& to) {
  int last = int(plan_.size[d]) - 1;
  bool behind = at == last, before = at == 0 && !(d == 2 && plan_.layered);
  if (own && clamps_ && !behind && !before)
    return false;
  to = beyond(d, own && clamps_ ? (behind ? 1 : -1) : 0);
  return true;
}

SurfaceRow RowMaker::row(unsigned slot, bool own, bool outside) {
  unsigned place = own ? slot : unsigned(below(64));
  int at[3] = {int(place % plan_.size[0]), int(place / plan_.size[0] % plan_.size[1]),
               int(place / plan_.size[0] / plan_.size[1])};
  int to[3] = {at[0], at[1], at[2]};
  bool moved = false;
  // Some dimensions, of those that can one at least.
  for (int tries = 0; outside && !moved && tries < 20; ++tries)
    for (unsigned d = 0; d < 3; ++d)
      if (counts(d) && below(2))
        moved |= moves(d, at[d], own, to[d]);
  for (unsigned d = 0; d < 3; ++d)
    if (counts(d)) { // the nearest place
      bool last = d == 2 && plan_.layered && to[d] < 0;
      at[d] = last ? int(plan_.size[d]) - 1 : std::clamp(to[d], 0, int(plan_.size[d]) - 1);
    }
  int bytes = at[2] * int(plan_.slice()) + at[1] * int(plan_.pitch()) + at[0] * int(plan_.bytes);
  int scale = int(plan_.bytes / plan_.perUnit);
  return {to[0] * scale, to[1], to[2], moved && !clamps_ ? -1 : bytes};
}

} // namespace

AwSurface SurfacePlan::descriptor(uint64_t base) const {
  AwSurface s = {};
  s.magic = AW_SURFACE_MAGIC;
  s.image.geometry = uint8_t(geometryOf(*this));
  s.image.channel = uint8_t(channel);
  s.image.channels = uint8_t(channels);
  s.image.texel_bytes = uint8_t(texelBytes);
  s.image.layers = layered ? size[2] : 1;
  s.image.levels = s.image.samples = 1;
  AwLevel& l = s.image.level[0];
  l.base = reinterpret_cast<void*>(base);
  l.pitch = pitch();
  l.slice = slice();
  l.width = size[0] * bytes / texelBytes;
  l.height = size[1];
  l.depth = layered ? 1 : size[2];
  return s;
}

SurfacePlan surfacePlan(std::string_view geometry, unsigned bytes) {
  SurfacePlan plan = kPlans[0];
  for (const SurfacePlan& p : kPlans)
    if (p.name == geometry)
      plan = p;
  plan.bytes = bytes;
  return plan;
}

const SurfaceRow* surfaceTable(const SurfacePlan& plan, bool clamps, bool own, Outside outside) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string_view, unsigned, unsigned, bool, bool, Outside>,
                  std::vector<SurfaceRow>>
      all;
  std::lock_guard lock(mutex);
  auto& table = all[{plan.name, plan.bytes, plan.perUnit, clamps, own, outside}];
  if (table.empty()) {
    RowMaker maker(plan, clamps, unsigned(all.size()));
    for (unsigned slot = 0; slot < kThreads; ++slot)
      for (unsigned i = 0; i < kRowsOfSlot; ++i)
        table.push_back(
            maker.row(slot, own, outside == Outside::All || (outside == Outside::Some && i > 1)));
  }
  return table.data();
}

const std::vector<QuerySurface>& querySurfaces() {
  static const std::vector<QuerySurface> all = [] {
    struct Format {
      AwChannel channel;
      unsigned bytes, channels;
    };
    std::vector<QuerySurface> list;
    auto add = [&](const SurfacePlan& plan, bool linear) {
      auto* s = new (std::align_val_t(AW_TEXTURE_ALIGN)) AwSurface(plan.descriptor(0));
      if (linear)
        s->image.geometry = AW_GEOMETRY_LINEAR;
      list.push_back({s, new uint64_t(reinterpret_cast<uint64_t>(s))});
    };
    for (const SurfacePlan& shape : kPlans)
      for (Format f : {Format{AW_CHANNEL_U8, 1, 4},
                       {AW_CHANNEL_S8, 1, 2},
                       {AW_CHANNEL_U16, 2, 1},
                       {AW_CHANNEL_S16, 2, 2},
                       {AW_CHANNEL_U32, 4, 4},
                       {AW_CHANNEL_S32, 4, 1},
                       {AW_CHANNEL_F16, 2, 4},
                       {AW_CHANNEL_F32, 4, 2}}) {
        SurfacePlan plan = surfacePlan(shape.name, f.bytes * f.channels);
        plan.channel = f.channel;
        plan.channels = f.channels;
        plan.texelBytes = plan.bytes;
        add(plan, false);
        if (shape.name == "1d")
          add(plan, true);
      }
    return list;
  }();
  return all;
}

} // namespace anywarp::ptxsweep
