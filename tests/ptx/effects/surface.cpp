// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.11.1 to 9.7.11.3: suld, sust and sured, with surfaces in the region of the block.
// Each lane stores to its own place; loads and reductions go anywhere.
#include "ptx/lower/types.h"
#include "scene.h"
#include "surface_plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr uint64_t kStep = 0x0123456789abcdefull; // between the elements that a store writes

// A format with this many bytes; every second one has half of them, and twice as many texels.
void setTexel(SurfacePlan& plan, unsigned variant) {
  unsigned bytes = plan.bytes > 1 && variant % 2 ? plan.bytes / 2 : plan.bytes;
  plan.texelBytes = bytes;
  plan.channels = bytes >= 16 ? 4 : bytes >= 8 ? 2 : 1;
  plan.channel = bytes == 1 ? AW_CHANNEL_U8 : bytes == 2 ? AW_CHANNEL_U16 : AW_CHANNEL_U32;
  plan.perUnit = 1;
}

// One access: the row that slot and $0 choose, and the surface or what stands for it.
struct Access {
  SurfacePlan plan;
  const SurfaceRow* rows;
  std::string mode;

  const SurfaceRow& row(const Block& b, unsigned t) const {
    return rows[b.slotOf(t) * kRowsOfSlot + b.in[t][0] % kRowsOfSlot];
  }
  std::string text() const {
    return "  .reg .b64 %t, %h;\n  .reg .b32 %n, %x, %y, %z;\n  cvt.u32.u64 %n, $0;\n"
           "  and.b32 %n, %n, 3;\n  mad.lo.u32 %n, %slot, 4, %n;\n  mov.b64 %t, " +
           number(reinterpret_cast<uint64_t>(rows)) +
           ";\n  mad.wide.u32 %t, %n, 16, %t;\n  ld.global.v2.b32 {%x, %y}, [%t];\n"
           "  ld.global.b32 %z, [%t+8];\n"
           // The surface, or the address of what holds its handle.
           "  and.b64 %h, $1, 1;\n  mad.lo.u64 %h, %h, " +
           number(kVariableAt - kSurfaceAt) + ", $b;\n  add.u64 %h, %h, " + number(kSurfaceAt) +
           ";\n";
  }
  // [a, b]: scalars, singletons, pairs, and four of which the last is ignored.
  std::string place(unsigned variant, const std::string& surface = "%h") const {
    std::string c = plan.layered     ? (plan.dims == 1 ? "{%z, %x}" : "{%z, %x, %y, %n}")
                    : plan.dims == 1 ? (variant % 2 ? "%x" : "{%x}")
                    : plan.dims == 2 ? "{%x, %y}"
                                     : "{%x, %y, %z, %n}";
    return "[" + surface + ", " + c + "]";
  }
};

Access accessOf(const Form& form, SurfacePlan plan, bool own, Outside outside) {
  Access a{plan, nullptr, std::string(form.text("clamp"))};
  a.rows = surfaceTable(plan, a.mode == "clamp", own,
                        a.mode == "trap" && outside == Outside::Some ? Outside::None : outside);
  return a;
}

Scene sceneOf(const Access& a) {
  Scene s;
  SurfacePlan plan = a.plan;
  s.prepare = [plan](uint8_t* region, uint64_t address) {
    AwSurface surface = plan.descriptor(address);
    uint64_t handle = address + kSurfaceAt;
    memcpy(region + kSurfaceAt, &surface,
           offsetof(AwSurface, image) + offsetof(AwImage, level) + sizeof(AwLevel));
    memcpy(region + kVariableAt, &handle, 8);
  };
  return s;
}

// .trap outside of the surface ends the launch.
Scene trapping(const Access& a, const std::string& text) {
  Scene s = sceneOf(a);
  s.fails = s.whole = true;
  s.text = a.text() + text;
  s.compute = [](Block&) {};
  return s;
}

// --- suld
// Registers of the type's size, or (b8, b16) wider ones.
struct Loaded {
  Type type;
  unsigned count;
  bool wide;

  unsigned bytes() const { return ptx::bitsOf(type) / 8; }
  std::string before() const {
    std::string s = "  .reg ." + std::string(wide ? "b32" : exactRegister(type)) + " %x<" +
                    number(count) + ">;\n  .reg .b64 %w;\n  mov.b64 %w, " + number(kBefore) + ";\n";
    for (unsigned i = 0; i < count; ++i)
      s +=
          wide ? "  cvt.u32.u64 %x" + number(i) + ", %w;\n" : toExact(type, "%x" + number(i), "%w");
    return s;
  }
  std::string after() const {
    std::string s;
    for (unsigned i = 0; i < count; ++i)
      s += (wide ? "  cvt.u64.u32 %w, %x" + number(i) + ";\n"
                 : fromExact(type, "%w", "%x" + number(i))) +
           resultText(i, "%w");
    return s;
  }
  uint64_t kept() const { return kBefore & maskOf(wide ? 32 : ptx::bitsOf(type)); }
  void write(Block& b, unsigned t, const uint8_t* from, int at) const {
    for (unsigned i = 0; i < count; ++i)
      b.result(t, i,
               !b.runs(t) ? kept()
               : at < 0   ? 0
                          : loadBits(from + at + int(i * bytes()), bytes()));
  }
};

// The same bytes as a static surface, for a .surfref variable.
struct StaticSurface {
  AwSurface surface;
  alignas(16) uint8_t bytes[kSurfaceAt];
};
const StaticSurface* staticSurface(const SurfacePlan& plan) {
  auto* s = new (std::align_val_t(AW_TEXTURE_ALIGN)) StaticSurface;
  for (unsigned i = 0; i < kSurfaceAt; ++i)
    s->bytes[i] = uint8_t((i * 2654435761u + 99) >> 11);
  s->surface = plan.descriptor(reinterpret_cast<uint64_t>(s->bytes));
  return s;
}

std::vector<Scene> loads(const Form& form) {
  unsigned variant = variantOf(form);
  Type type = form.type();
  Loaded r{type, vectorOf(form), variant / 2 % 2 && ptx::bitsOf(type) < 32};
  SurfacePlan plan = surfacePlan(form.text("geom"), r.bytes() * r.count);
  setTexel(plan, variant);
  Access a = accessOf(form, plan, false, Outside::Some);
  auto text = [&](const Access& access, const std::string& surface) {
    return "  $g " + form.name() + " " + registerList("%x", r.count) + ", " +
           access.place(variant, surface) + ";\n";
  };
  std::vector<Scene> all;
  Scene s = sceneOf(a);
  s.text = a.text() + r.before() + text(a, "%h") + r.after();
  s.compute = eachLane(
      kSlot, [a, r](Block& b, unsigned t, uint8_t*) { r.write(b, t, b.region, a.row(b, t).at); });
  all.push_back(s);
  if (!form.has("cop")) { // hints are no matter of variables
    const StaticSurface* fixed = staticSurface(plan);
    Scene v = sceneOf(a);
    v.prepare = nullptr;
    v.module = ".global .surfref surf$u;\n";
    v.variables.push_back({"surf$u", reinterpret_cast<uint64_t>(&fixed->surface)});
    v.text = a.text() + r.before() + text(a, "surf$u") + r.after();
    v.compute = eachLane(kSlot, [a, r, fixed](Block& b, unsigned t, uint8_t*) {
      r.write(b, t, fixed->bytes, a.row(b, t).at);
    });
    all.push_back(v);
  }
  if (a.mode == "trap") {
    Access out = accessOf(form, plan, false, Outside::All);
    all.push_back(trapping(out, r.before() + text(out, "%h")));
  }
  return all;
}

// --- sust.b
std::vector<Scene> stores(const Form& form) {
  unsigned variant = variantOf(form), count = vectorOf(form);
  Type type = form.type();
  unsigned bytes = ptx::bitsOf(type) / 8;
  bool wide = variant / 2 % 2 && bytes < 4;
  SurfacePlan plan = surfacePlan(form.text("geom"), bytes * count);
  setTexel(plan, variant);
  std::string text = "  .reg ." + std::string(wide ? "b32" : exactRegister(type)) + " %x<" +
                     number(count) + ">;\n  .reg .b64 %w;\n";
  for (unsigned i = 0; i < count; ++i) {
    std::string x = "%x" + number(i);
    text += "  add.u64 %w, $2, " + number(i * kStep) + ";\n" +
            (wide ? "  cvt.u32.u64 " + x + ", %w;\n" : toExact(type, x, "%w"));
  }
  std::string value = registerList("%x", count);
  if (count == 1 && variant / 4 % 2)
    value = "{" + value + "}";
  auto instruction = [&](const Access& a) {
    return text + "  $g " + form.name() + " " + a.place(variant) + ", " + value + ";\n";
  };
  Access a = accessOf(form, plan, true, Outside::Some);
  Scene s = sceneOf(a);
  s.text = a.text() + instruction(a);
  s.compute = eachLane(kSlot, [=](Block& b, unsigned t, uint8_t*) {
    int at = a.row(b, t).at;
    for (unsigned i = 0; i < count && at >= 0 && b.runs(t); ++i) {
      uint64_t x = b.in[t][2] + i * kStep;
      memcpy(b.region + at + int(i * bytes), &x, bytes);
    }
  });
  std::vector<Scene> all{s};
  if (a.mode == "trap") {
    Access out = accessOf(form, plan, true, Outside::All);
    all.push_back(trapping(out, instruction(out)));
  }
  return all;
}

// --- sust.p
struct StoredChannel {
  AwChannel id;
  unsigned bytes;
  char kind;                 // u, s or f: what the source is taken for
  double least, most, scale; // of integers; of numbers in [-1, 1] or [0, 1]; 0: bits as they are
};
constexpr StoredChannel kStored[] = {
    {AW_CHANNEL_U8, 1, 'u', 0, 255, 1},         {AW_CHANNEL_U16, 2, 'u', 0, 65535, 1},
    {AW_CHANNEL_U32, 4, 'u', 0, 0, 0},          {AW_CHANNEL_S8, 1, 's', -128, 127, 1},
    {AW_CHANNEL_S16, 2, 's', -32768, 32767, 1}, {AW_CHANNEL_S32, 4, 's', 0, 0, 0},
    {AW_CHANNEL_F16, 2, 'f', 0, 0, 0},          {AW_CHANNEL_F32, 4, 'f', 0, 0, 0},
    {AW_CHANNEL_UNORM8, 1, 'f', 0, 1, 255},     {AW_CHANNEL_UNORM16, 2, 'f', 0, 1, 65535},
    {AW_CHANNEL_SNORM8, 1, 'f', -1, 1, 127},    {AW_CHANNEL_SNORM16, 2, 'f', -1, 1, 32767},
};

// Integers small and large; numbers of 16 bits in (-2, 2), which have no ties but at 0.5.
std::string sourceText(char kind, unsigned i) {
  std::string x = "%x" + number(i),
              s = "  add.u64 %w, $2, " + number(i * kStep) + ";\n  cvt.u32.u64 " + x + ", %w;\n";
  if (kind == 'f')
    return s + "  shr.s32 " + x + ", " + x + ", 16;\n  cvt.rn.f32.s32 %f, " + x +
           ";\n  mul.f32 %f, %f, 0f38800000;\n  mov.b32 " + x + ", %f;\n";
  return s + "  cvt.u32.u64 %n, $3;\n  and.b32 %n, %n, 31;\n  shr." + kind + "32 " + x + ", " + x +
         ", %n;\n";
}
uint32_t sourceBits(char kind, const uint64_t* in, unsigned i) {
  uint32_t x = uint32_t(in[2] + i * kStep);
  if (kind == 'f')
    return std::bit_cast<uint32_t>(float(int32_t(x) >> 16) * 0x1p-14f);
  unsigned by = in[3] & 31;
  return kind == 's' ? uint32_t(int32_t(x) >> by) : x >> by;
}
uint32_t storedBits(const StoredChannel& c, uint32_t bits) {
  if (c.id == AW_CHANNEL_F16)
    return uint32_t(encode(decode(bits, kF32), kF16, Rnd::Nearest));
  if (c.scale == 0)
    return bits;
  double v = c.kind == 'f'   ? double(std::bit_cast<float>(bits))
             : c.kind == 's' ? double(int32_t(bits))
                             : double(bits);
  return uint32_t(int32_t(std::nearbyint(std::clamp(v, c.least, c.most) * c.scale)));
}

Scene formatted(const Form& form, const StoredChannel& c, unsigned channels, bool traps) {
  unsigned variant = variantOf(form), count = vectorOf(form);
  SurfacePlan plan = surfacePlan(form.text("geom"), c.bytes * channels);
  plan.channel = c.id;
  plan.channels = channels;
  plan.perUnit = plan.texelBytes = plan.bytes;
  Access a = accessOf(form, plan, true, traps ? Outside::All : Outside::Some);
  std::string text = "  .reg .b32 %x<" + number(count) + ">;\n  .reg .b64 %w;\n  .reg .f32 %f;\n";
  for (unsigned i = 0; i < count; ++i)
    text += sourceText(c.kind, i);
  text += "  $g " + form.name() + " " + a.place(variant) + ", " + registerList("%x", count) + ";\n";
  if (traps)
    return trapping(a, text);
  Scene s = sceneOf(a);
  s.text = a.text() + text;
  s.compute = eachLane(kSlot, [=, &c](Block& b, unsigned t, uint8_t*) {
    int at = a.row(b, t).at;
    for (unsigned i = 0; i < channels && at >= 0 && b.runs(t); ++i) {
      uint32_t bits = storedBits(c, sourceBits(c.kind, b.in[t], i));
      memcpy(b.region + at + int(i * c.bytes), &bits, c.bytes);
    }
  });
  return s;
}

// With formats of the type (".b32": all); what the vector has more than the format is ignored.
std::vector<Scene> formattedStores(const Form& form) {
  std::vector<const StoredChannel*> fitting;
  Type type = form.type();
  char kind = type == Type::U32 ? 'u' : type == Type::S32 ? 's' : type == Type::F32 ? 'f' : 0;
  for (const StoredChannel& c : kStored)
    if (!kind || c.kind == kind)
      fitting.push_back(&c);
  unsigned variant = variantOf(form), count = vectorOf(form), n = unsigned(fitting.size());
  std::vector<Scene> all;
  for (unsigned i = 0; i < 2; ++i) {
    unsigned channels = i && count > 1 ? count / 2 : count;
    all.push_back(formatted(form, *fitting[(variant + i * (n / 2)) % n], channels, false));
  }
  if (form.text("clamp") == "trap")
    all.push_back(formatted(form, *fitting[variant % n], count, true));
  return all;
}

// --- sured
std::vector<Scene> reductions(const Form& form) {
  unsigned variant = variantOf(form);
  Type type = form.type();
  unsigned bytes = ptx::bitsOf(type) / 8;
  std::string op(form.text("op"));
  SurfacePlan plan = surfacePlan(form.text("geom"), bytes);
  if (form.has("p")) {
    // Numbers as the format has them; x counts values of the type's size.
    bool isSigned = variant % 2;
    plan.channel = isSigned ? AW_CHANNEL_S32 : AW_CHANNEL_U32;
    plan.channels = bytes / 4;
    plan.perUnit = plan.texelBytes = bytes;
    if (variant / 2 % 2) { // two values side by side
      plan.channels *= 2;
      plan.texelBytes *= 2;
    }
    type = bytes == 4 ? (isSigned ? Type::S32 : Type::U32) : isSigned ? Type::S64 : Type::U64;
  } else {
    setTexel(plan, variant);
  }
  std::string text = "  .reg .b" + number(8 * bytes) + " %x0;\n" + toExact(type, "%x0", "$2");
  auto instruction = [&](const Access& a) {
    return text + "  $g " + form.name() + " " + a.place(variant) + ", %x0;\n";
  };
  Access a = accessOf(form, plan, false, Outside::Some);
  Scene s = sceneOf(a);
  s.text = a.text() + instruction(a);
  s.compute = eachLane(kSlot, [=](Block& b, unsigned t, uint8_t*) {
    int at = a.row(b, t).at;
    if (at < 0 || !b.runs(t))
      return;
    uint64_t x = b.in[t][2] & maskOf(8 * bytes);
    uint64_t next = updatedBits(op, type, loadBits(b.region + at, bytes), x);
    memcpy(b.region + at, &next, bytes);
  });
  std::vector<Scene> all{s};
  if (a.mode == "trap") {
    Access out = accessOf(form, plan, false, Outside::All);
    all.push_back(trapping(out, instruction(out)));
  }
  return all;
}

} // namespace

std::vector<Scene> surfaceScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "Suld")
    return loads(form);
  if (record == "Sust")
    return stores(form);
  if (record == "SustFormatted")
    return formattedStores(form);
  if (record == "Sured" || record == "SuredFormatted")
    return reductions(form);
  return {};
}

} // namespace anywarp::ptxsweep
