// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.10.5, 9.7.10.6 and 9.7.11.4: txq, istypep and suq.
#include "scene.h"
#include "surface_plan.h"
#include "texture_model.h"

#include <array>

namespace anywarp::ptxsweep {
namespace {

// What queries are asked about.
struct Asked {
  const GalleryTexture* texture = nullptr;
  const AwImage* image = nullptr;
  bool layered = false, normalized = false;
};

// "Integer corresponding to the source language's enumeration": OpenCL's, the only one that has it.
uint32_t channelType(const Asked& a) {
  switch (a.image->channel) {
  case AW_CHANNEL_U8:
    return a.normalized ? 0x10d2 : 0x10da; // CL_UNORM_INT8, CL_UNSIGNED_INT8
  case AW_CHANNEL_U16:
    return a.normalized ? 0x10d3 : 0x10db;
  case AW_CHANNEL_U32:
    return 0x10dc;
  case AW_CHANNEL_S8:
    return a.normalized ? 0x10d0 : 0x10d7; // CL_SNORM_INT8, CL_SIGNED_INT8
  case AW_CHANNEL_S16:
    return a.normalized ? 0x10d1 : 0x10d8;
  case AW_CHANNEL_S32:
    return 0x10d9;
  case AW_CHANNEL_F16:
    return 0x10dd; // CL_HALF_FLOAT
  case AW_CHANNEL_F32:
    return 0x10de; // CL_FLOAT
  case AW_CHANNEL_UNORM16:
    return 0x10d3;
  default:
    return 0x10d0; // SNORM8
  }
}

uint32_t imageAnswer(std::string_view query, const Asked& a, unsigned level) {
  const AwImage& image = *a.image;
  if (query == "width")
    return image.level[level].width;
  if (query == "height")
    return image.level[level].height;
  if (query == "depth")
    return image.level[level].depth;
  if (query == "channel_data_type")
    return channelType(a);
  if (query == "channel_order") // CL_R, CL_RG, CL_RGBA
    return image.channels == 1 ? 0x10b0 : image.channels == 2 ? 0x10b2 : 0x10b5;
  if (query == "array_size")
    return !a.layered                                   ? 0
           : image.geometry == AW_GEOMETRY_CUBE_LAYERED ? image.layers / 6
                                                        : image.layers;
  if (query == "num_mipmap_levels")
    return image.levels > 1 ? image.levels : 0;
  if (query == "num_samples")
    return image.samples > 1 ? image.samples : 0;
  return image.geometry == AW_GEOMETRY_LINEAR; // memory_layout
}

// enum { wrap, mirror, clamp_ogl, clamp_to_edge, clamp_to_border }, enum { nearest, linear }
uint32_t samplerAnswer(std::string_view query, const AwSampler& s) {
  if (query == "normalized_coords")
    return s.flags & AW_SAMPLER_NORMALIZED ? 1 : 0;
  if (query == "filter_mode")
    return s.filter == AW_FILTER_LINEAR;
  constexpr uint32_t kModes[] = {0, 3, 1, 4}; // by CUaddress_mode
  return kModes[s.address[query.back() - '0']];
}

const std::vector<const GalleryTexture*>& allTextures() {
  static const std::vector<const GalleryTexture*> all = [] {
    std::vector<const GalleryTexture*> list;
    for (const char* g : {"1d", "2d", "3d", "a1d", "a2d", "cube", "acube", "2dms", "a2dms"})
      for (Texels t : {Texels::Float, Texels::Depth, Texels::Unsigned, Texels::Signed})
        for (bool mipmap : {false, true})
          if (!mipmap || hasMipmaps(textureShape(g)))
            for (const GalleryTexture& x : textureGallery(g, t, mipmap))
              list.push_back(&x);
    return list;
  }();
  return all;
}

// $0 chooses a handle, and whether it is that of the object or the address of a variable.
struct Handles {
  std::vector<std::array<uint64_t, 2>> pairs;

  std::string text() const {
    return "  .reg .b64 %h, %c;\n  rem.u64 %h, $0, " + number(pairs.size()) +
           ";\n  and.b64 %c, $1, 1;\n  shl.b64 %c, %c, 3;\n  shl.b64 %h, %h, 4;\n"
           "  add.u64 %h, %h, %c;\n  add.u64 %h, %h, " +
           number(reinterpret_cast<uint64_t>(pairs.data())) + ";\n  ld.global.b64 %h, [%h];\n";
  }
  size_t chosen(const uint64_t* in) const { return in[0] % pairs.size(); }
};

const Handles& textureHandles() {
  static const Handles handles = [] {
    Handles h;
    for (const GalleryTexture* t : allTextures())
      h.pairs.push_back({t->handle(), reinterpret_cast<uint64_t>(t->variable)});
    return h;
  }();
  return handles;
}
const Handles& surfaceHandles() {
  static const Handles handles = [] {
    Handles h;
    for (const QuerySurface& s : querySurfaces())
      h.pairs.push_back(
          {reinterpret_cast<uint64_t>(s.surface), reinterpret_cast<uint64_t>(s.variable)});
    return h;
  }();
  return handles;
}

Asked askedOf(const GalleryTexture& t) {
  return {&t, &t.descriptor->image, t.shape->layer,
          bool(t.descriptor->sampler.flags & AW_SAMPLER_READ_FLOAT)};
}

// `place` has what the instruction asks; fn(inputs) is the answer.
Scene queryScene(const Form& form, const std::string& before, const std::string& place,
                 std::function<uint64_t(const uint64_t*)> fn) {
  Scene s;
  s.text = "  .reg .b32 %d, %lod;\n  .reg .b64 %w;\n" + before + "  mov.b32 %d, " +
           number(uint32_t(kBefore)) + ";\n  $g " + form.name() + " %d, [" + place + "]" +
           (form.has("level") ? ", %lod" : "") + ";\n  cvt.u64.u32 %w, %d;\n" + resultText(0, "%w");
  s.compute = eachLane(kSlot, [fn](Block& b, unsigned t, uint8_t*) {
    b.result(t, 0, b.runs(t) ? fn(b.in[t]) : uint32_t(kBefore));
  });
  return s;
}

std::vector<Scene> textureQueries(const Form& form) {
  std::string query(form.text("query"));
  bool level = form.has("level"),
       ofSampler = form.info->record == "TxqSampler" || query == "normalized_coords";
  auto levelOf = [level](const GalleryTexture& t, const uint64_t* in) {
    return level ? unsigned(in[2] & 3) % t.descriptor->image.levels : 0;
  };
  auto answer = [=](const GalleryTexture& t, const uint64_t* in) -> uint64_t {
    return ofSampler ? samplerAnswer(query, t.descriptor->sampler)
                     : imageAnswer(query, askedOf(t), levelOf(t, in));
  };
  // A level that the texture has; the number of levels comes from a query with a test of its own.
  const Handles& handles = textureHandles();
  std::string before = handles.text();
  if (level)
    before += "  .reg .b32 %n;\n  txq.num_mipmap_levels.b32 %n, [%h];\n  max.u32 %n, %n, 1;\n"
              "  cvt.u32.u64 %lod, $2;\n  and.b32 %lod, %lod, 3;\n  rem.u32 %lod, %lod, %n;\n";
  std::vector<Scene> all;
  all.push_back(queryScene(form, before, "%h", [=, &handles](const uint64_t* in) {
    return answer(*allTextures()[handles.chosen(in)], in);
  }));
  const GalleryTexture* one = allTextures()[variantOf(form) % allTextures().size()];
  Scene s = queryScene(form, level ? "  mov.b32 %lod, 0;\n" : "", "tex$u",
                       [=](const uint64_t*) -> uint64_t {
                         return ofSampler ? samplerAnswer(query, one->descriptor->sampler)
                                          : imageAnswer(query, askedOf(*one), 0);
                       });
  s.module = ".global .texref tex$u;\n";
  s.variables.push_back({"tex$u", one->handle()});
  all.push_back(s);
  return all;
}

// A .samplerref variable and a register with its address.
std::vector<Scene> samplerQueries(const Form& form) {
  std::string query(form.text("query"));
  struct Sampler {
    const char* text;
    uint32_t modes[3], filter, unnormalized;
  };
  static constexpr Sampler kSamplers[] = {
      {"addr_mode_0 = wrap, addr_mode_1 = mirror, addr_mode_2 = clamp_ogl, filter_mode = linear",
       {0, 1, 2},
       1,
       0},
      {"addr_mode_0 = clamp_to_border, addr_mode_1 = clamp_to_edge, addr_mode_2 = mirror, "
       "filter_mode = nearest, force_unnormalized_coords = 1",
       {4, 3, 1},
       0,
       1},
      {"addr_mode_0 = clamp_ogl, addr_mode_1 = clamp_to_border, addr_mode_2 = clamp_to_edge, "
       "force_unnormalized_coords = 0, filter_mode = linear",
       {2, 4, 3},
       1,
       0}};
  std::vector<Scene> all;
  for (const Sampler& sampler : kSamplers)
    for (bool address : {false, true}) {
      uint32_t want = query == "filter_mode"                 ? sampler.filter
                      : query == "force_unnormalized_coords" ? sampler.unnormalized
                                                             : sampler.modes[query.back() - '0'];
      Scene s = queryScene(form, address ? "  .reg .b64 %h;\n  mov.u64 %h, smp$u;\n" : "",
                           address ? "%h" : "smp$u",
                           [want](const uint64_t*) -> uint64_t { return want; });
      s.module = std::string(".global .samplerref smp$u = {") + sampler.text + "};\n";
      s.independent = true;
      all.push_back(s);
    }
  return all;
}

std::vector<Scene> surfaceQueries(const Form& form) {
  std::string query(form.text("query"));
  auto answer = [query](const QuerySurface& s) -> uint64_t {
    AwGeometry g = AwGeometry(s.surface->image.geometry);
    bool layered = g == AW_GEOMETRY_1D_LAYERED || g == AW_GEOMETRY_2D_LAYERED;
    return imageAnswer(query, {nullptr, &s.surface->image, layered, false}, 0);
  };
  const Handles& handles = surfaceHandles();
  std::vector<Scene> all;
  all.push_back(queryScene(form, handles.text(), "%h", [=, &handles](const uint64_t* in) {
    return answer(querySurfaces()[handles.chosen(in)]);
  }));
  const QuerySurface* one = &querySurfaces()[variantOf(form) % querySurfaces().size()];
  Scene s = queryScene(form, "", "surf$u", [=](const uint64_t*) { return answer(*one); });
  s.module = ".global .surfref surf$u;\n";
  s.variables.push_back({"surf$u", reinterpret_cast<uint64_t>(one->surface)});
  all.push_back(s);
  return all;
}

// Each lane has the address of one of the variables, the last of which is not opaque.
Scene isType(const Form& form) {
  Scene s;
  s.module = ".global .texref tex$u;\n.global .samplerref smp$u = {addr_mode_0 = wrap};\n"
             ".global .surfref surf$u;\n.global .align 8 .b64 data$u = 5;\n";
  s.variables = {{"tex$u", allTextures()[0]->handle()},
                 {"surf$u", reinterpret_cast<uint64_t>(querySurfaces()[0].surface)}};
  s.independent = true;
  s.text = "  .reg .b64 %h, %a<4>, %n;\n  .reg .pred %q;\n  mov.u64 %a0, tex$u;\n"
           "  mov.u64 %a1, smp$u;\n  mov.u64 %a2, surf$u;\n  mov.u64 %a3, data$u;\n"
           "  and.b64 %n, $0, 3;\n  mov.b64 %h, %a0;\n";
  for (int i = 1; i < 4; ++i)
    s.text += "  setp.eq.u64 %q, %n, " + number(i) + ";\n  @%q mov.b64 %h, %a" + number(i) + ";\n";
  s.text += "  and.b64 %n, $1, 1;\n  setp.ne.u64 %q, %n, 0;\n  $g " + form.name() +
            " %q, %h;\n  selp.b64 %n, 1, 0, %q;\n" + resultText(0, "%n");
  std::string_view type = form.text("type");
  uint64_t which = type == "texref" ? 0 : type == "samplerref" ? 1 : 2;
  s.compute = eachLane(kSlot, [which](Block& b, unsigned t, uint8_t*) {
    b.result(t, 0, b.runs(t) ? (b.in[t][0] & 3) == which : b.in[t][1] & 1);
  });
  return s;
}

} // namespace

std::vector<Scene> textureQueryScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "Istypep")
    return {isType(form)};
  if (record == "Suq")
    return surfaceQueries(form);
  if (form.info->mnemonic != "txq")
    return {};
  // "Defined only for .samplerref variables".
  std::vector<Scene> all;
  if (form.text("query") != "force_unnormalized_coords")
    all = textureQueries(form);
  if (record == "TxqSampler")
    for (Scene& s : samplerQueries(form))
      all.push_back(std::move(s));
  return all;
}

} // namespace anywarp::ptxsweep
