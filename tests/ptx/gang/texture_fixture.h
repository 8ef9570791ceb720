// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Textures and surfaces built by hand (spmd/texture_abi.h) and kernels that run one texture or
// surface instruction a thread. Every warp has idle lanes whose handles and coordinates are
// garbage.
#pragma once

#include "gang_fixture.h"
#include "spmd/texture_abi.h"

#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

namespace anywarp::ptxtest {

// What one thread reads: names in the PTX of an instruction are those of the members, %x and so on.
struct Lookup {
  uint64_t handle = 0, sampler = 0;
  float x = 0, y = 0, z = 0, lod = 0;
  float dx = 0, dy = 0, dz = 0, ex = 0, ey = 0, ez = 0, ref = 0;
  int32_t ix = 0, iy = 0, iz = 0, ilod = 0, layer = 0, sample = 0, ox = 0, oy = 0, oz = 0;
  uint32_t v0 = 0, v1 = 0, v2 = 0, v3 = 0; // to store
  uint64_t w0 = 0, w1 = 0;
};

struct Result4 {
  uint32_t bits[4];
  uint64_t wide[2];
  float f(int i) const {
    float v;
    memcpy(&v, &bits[i], 4);
    return v;
  }
};

// A descriptor with its memory. Texels are written with set(), as bytes.
template <typename Descriptor, uint64_t Magic> class Described {
public:
  Described(AwGeometry geometry, AwChannel channel, unsigned channels,
            std::array<uint32_t, 3> extent, unsigned layers = 1, unsigned levels = 1,
            unsigned samples = 1) {
    static constexpr unsigned kBytes[] = {1, 2, 4, 1, 2, 4, 2, 4, 1, 2, 1, 2, 1};
    d_ = new (std::align_val_t(AW_TEXTURE_ALIGN)) Descriptor{};
    d_->magic = Magic;
    AwImage& image = d_->image;
    image.geometry = geometry;
    image.channel = channel;
    image.channels = channels;
    image.texel_bytes = kBytes[channel] * channels;
    image.layers = layers;
    image.levels = levels;
    image.samples = samples;
    for (unsigned l = 0; l < levels; l++) {
      AwLevel& level = image.level[l];
      level.width = std::max(1u, extent[0] >> l);
      level.height = std::max(1u, extent[1] >> l);
      level.depth = std::max(1u, extent[2] >> l);
      // Rows that do not lie side by side, so that a wrong pitch shows.
      level.pitch = (level.width * samples * image.texel_bytes + 63) / 32 * 32;
      level.slice = level.pitch * (level.height + 1);
      size_t bytes = level.slice * std::max(level.depth, layers);
      memory_.emplace_back(bytes + 64, std::byte(0xcd));
      level.base =
          reinterpret_cast<void*>((uintptr_t(memory_.back().data()) + 63) & ~uintptr_t(63));
    }
  }
  Described(const Described&) = delete;
  ~Described() { ::operator delete(d_, std::align_val_t(AW_TEXTURE_ALIGN)); }

  Descriptor& operator*() { return *d_; }
  Descriptor* operator->() { return d_; }
  uint64_t handle() const { return uint64_t(uintptr_t(d_)); }
  uint8_t* at(unsigned level, unsigned x, unsigned y, unsigned z) {
    AwLevel& l = d_->image.level[level];
    return static_cast<uint8_t*>(l.base) + z * l.slice + y * l.pitch + x * d_->image.texel_bytes;
  }
  template <typename T> T& get(unsigned x, unsigned y = 0, unsigned z = 0, unsigned level = 0) {
    return *reinterpret_cast<T*>(at(level, x, y, z));
  }

private:
  Descriptor* d_;
  std::vector<std::vector<std::byte>> memory_;
};
using Texture = Described<AwTexture, AW_TEXTURE_MAGIC>;
using Surface = Described<AwSurface, AW_SURFACE_MAGIC>;

class TextureTest : public GangTest {
protected:
  static std::string kernelText(const std::string& instruction,
                                const std::string& declarations = "",
                                const std::string& target = "sm_90") {
    static const char* kFloats[] = {"x",  "y",  "z",  "lod", "dx", "dy",
                                    "dz", "ex", "ey", "ez",  "ref"};
    static const char* kInts[] = {"ix", "iy", "iz", "ilod", "layer", "sample", "ox",
                                  "oy", "oz", "v0", "v1",   "v2",    "v3"};
    std::string s = ".version 9.0\n.target " + target + "\n.address_size 64\n" + declarations +
                    "\n.visible .entry k(.param .u64 out, .param .u64 in, .param .u32 n)\n{\n"
                    ".reg .b64 %a<4>, %handle, %sampler, %w0, %w1, %q0, %q1; .reg .pred %p, %p1;\n"
                    ".reg .b32 %i<4>, %r0, %r1, %r2, %r3; .reg .b16 %h0, %h1, %h2, %h3;\n";
    for (auto* f : kFloats)
      s += std::string(".reg .f32 %") + f + ";\n";
    for (auto* i : kInts)
      s += std::string(".reg .b32 %") + i + ";\n";
    s += "mov.u32 %i0, %ctaid.x; mov.u32 %i1, %ntid.x; mov.u32 %i2, %tid.x;\n"
         "mad.lo.u32 %i0, %i0, %i1, %i2;\n"
         "ld.param.u64 %a0, [in]; ld.param.u64 %a1, [out]; ld.param.u32 %i1, [n];\n"
         "mad.wide.u32 %a0, %i0, 136, %a0; mad.wide.u32 %a1, %i0, 32, %a1;\n"
         "mov.b32 %r0, 0; mov.b32 %r1, 0; mov.b32 %r2, 0; mov.b32 %r3, 0;\n"
         "mov.b64 %q0, 0; mov.b64 %q1, 0;\n"
         "ld.global.b64 %handle, [%a0]; ld.global.b64 %sampler, [%a0+8];\n";
    unsigned offset = 16;
    for (auto* f : kFloats)
      s += std::string("ld.global.f32 %") + f + ", [%a0+" + std::to_string(offset) + "];\n",
          offset += 4;
    for (auto* i : kInts)
      s += std::string("ld.global.b32 %") + i + ", [%a0+" + std::to_string(offset) + "];\n",
          offset += 4;
    s += "ld.global.b64 %w0, [%a0+112]; ld.global.b64 %w1, [%a0+120];\n"
         "ld.global.u32 %i2, [%a0+128];\n" // idle?
         "setp.ne.u32 %p, %i2, 0;\n@%p bra done;\n" +
         instruction +
         "\ndone:\nst.global.v4.b32 [%a1], {%r0, %r1, %r2, %r3};\n"
         "st.global.v2.b64 [%a1+16], {%q0, %q1};\nret;\n}\n";
    return s;
  }

  // Runs `instruction` for every lookup. Between the lookups stand idle lanes.
  std::vector<Result4> run(const std::string& instruction, const std::vector<Lookup>& lookups) {
    loadText(kernelText(instruction));
    return runLoaded(lookups);
  }
  std::vector<Result4> runLoaded(const std::vector<Lookup>& lookups) {
    auto ok = tryLoaded(lookups);
    EXPECT_TRUE(ok) << ok.error().message;
    return ok ? *ok : std::vector<Result4>(lookups.size());
  }
  Result<std::vector<Result4>> tryLoaded(const std::vector<Lookup>& lookups) {
    struct Input {
      Lookup lookup;
      uint32_t idle = 0, pad = 0;
    };
    static_assert(sizeof(Input) == 136);
    std::vector<Input> in;
    std::vector<size_t> places;
    auto idle = [&] {
      Input i;
      memset(static_cast<void*>(&i), 0xa5, sizeof i);
      i.idle = 1;
      in.push_back(i);
    };
    for (size_t i = 0; i < lookups.size(); i++) {
      if (i % 5 == 3 || in.size() % 32 == 0)
        idle();
      places.push_back(in.size());
      in.push_back({lookups[i]});
    }
    while (in.size() % 64)
      idle();
    std::vector<Result4> out(in.size(), Result4{{~0u, ~0u, ~0u, ~0u}, {}});
    auto ok = launch("k", uint32_t(in.size() / 64), 64, out.data(), in.data(), uint32_t(in.size()));
    if (!ok)
      return ok.error();
    std::vector<Result4> result;
    for (size_t p : places)
      result.push_back(out[p]);
    return result;
  }
};

} // namespace anywarp::ptxtest
