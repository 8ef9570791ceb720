// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.10.3 and 9.7.10.4: tex and tld4 with texture objects, variables and samplers, with
// offsets, comparisons of depths and the predicate that tells of residency.
#include "ptx/lower/types.h"
#include "scene.h"
#include "texture_model.h"

#include <bit>

namespace anywarp::ptxsweep {

using ptx::Type;
using ptxtest::Color;

namespace {

constexpr uint32_t kBefore32 = uint32_t(kBefore);

// How a form is written this time.
struct Lookup {
  TextureQuestion question;
  const TextureShape* shape;
  bool predicate = false, texref = false, samplerInRegister = false;
  unsigned variant = 0;
};

// Loads what the instruction needs from the row that $0 chooses.
class Operands {
public:
  Operands() {
    text_ = "  .reg .b64 %t;\n  .reg .b32 %n;\n  cvt.u32.u64 %n, $0;\n  and.b32 %n, %n, " +
            number(kLookups - 1) + ";\n";
  }
  void table(const TextureLookup* rows) {
    text_ += "  mov.b64 %t, " + number(reinterpret_cast<uint64_t>(rows)) +
             ";\n  mad.wide.u32 %t, %n, " + number(sizeof(TextureLookup)) + ", %t;\n";
  }
  std::string load(const std::string& name, const char* type, size_t offset) {
    text_ += std::string("  .reg .") + type + " " + name + ";\n  ld.global." + type + " " + name +
             ", [%t+" + number(offset) + "];\n";
    return name;
  }
  // name0, name1, ...
  std::vector<std::string> loadAll(const std::string& name, const char* type, size_t offset,
                                   unsigned count) {
    std::vector<std::string> all;
    for (unsigned i = 0; i < count; ++i)
      all.push_back(load(name + number(i), type, offset + 4 * i));
    return all;
  }
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

std::string vectorText(const std::vector<std::string>& parts) {
  std::string s;
  for (const std::string& p : parts)
    s += (s.empty() ? "{" : ", ") + p;
  return s + "}";
}

// The manual allows a scalar in one dimension, and four elements everywhere.
std::string coordinates(Operands& o, const Lookup& l) {
  const TextureShape& shape = *l.shape;
  std::vector<std::string> parts;
  if (shape.sample)
    parts.push_back(o.load("%sample", "u32", offsetof(TextureLookup, sample)));
  if (shape.layer)
    parts.push_back(o.load("%layer", "u32", offsetof(TextureLookup, layer)));
  auto x = l.question.integer
               ? o.loadAll("%x", "s32", offsetof(TextureLookup, i), shape.coordinates)
               : o.loadAll("%x", "f32", offsetof(TextureLookup, x), shape.coordinates);
  parts.insert(parts.end(), x.begin(), x.end());
  if (parts.size() == 1 && l.variant % 3 == 0)
    return parts[0];
  bool pad = parts.size() == 3 || l.variant % 3 == 1;
  while (pad && parts.size() < 4)
    parts.push_back(parts.back());
  return vectorText(parts);
}

// Singletons, pairs, or four elements of which the last is ignored.
std::string perDimension(std::vector<std::string> parts) {
  if (parts.size() == 3)
    parts.push_back(parts[0]);
  return vectorText(parts);
}

// Behind the place: level or gradients, offset, comparison.
std::string extras(Operands& o, const Lookup& l) {
  const TextureQuestion& q = l.question;
  std::string s;
  if (q.mip == "level")
    s += ", " + (q.integer ? o.load("%lod", "s32", offsetof(TextureLookup, level))
                           : o.load("%lod", "f32", offsetof(TextureLookup, lod)));
  if (q.mip == "grad") {
    unsigned n = l.shape->coordinates;
    s += ", " + perDimension(o.loadAll("%dx", "f32", offsetof(TextureLookup, dx), n));
    s += ", " + perDimension(o.loadAll("%dy", "f32", offsetof(TextureLookup, dy), n));
  }
  if (q.offset)
    s +=
        ", " + perDimension(o.loadAll("%o", "s32", offsetof(TextureLookup, offset), l.shape->dims));
  if (q.depth)
    s += ", " + o.load("%ref", "f32", offsetof(TextureLookup, reference));
  return s;
}

// The destination's registers: declared, filled, named, and packed into b64 results.
struct Destination {
  Type type;
  bool firstOnly; // channel: of comparisons the manual tells no other
  unsigned count = type == Type::F16x2 ? 2 : 4;

  bool half() const { return type == Type::F16 || type == Type::F16x2; }
  std::string declaration() const {
    std::string s = "  .reg .b64 %w;\n  .reg .pred %res;\n  setp.ne.u32 %res, %n, %n;\n  .reg .";
    s += type == Type::F16 ? "b16" : type == Type::F32 ? "f32" : "b32";
    s += " %d<" + number(count) + ">;\n";
    std::string move = type == Type::F16 ? "  mov.b16 %d" : "  mov.b32 %d";
    for (unsigned i = 0; i < count; ++i)
      s += move + number(i) + ", " + number(type == Type::F16 ? kBefore32 & 0xffff : kBefore32) +
           ";\n";
    return s;
  }
  std::string list(unsigned first, unsigned n) const {
    std::vector<std::string> parts;
    for (unsigned i = first; i < first + n; ++i)
      parts.push_back("%d" + number(i));
    return vectorText(parts);
  }
  uint64_t mask() const { return !firstOnly ? ~0ull : half() ? 0xffff : 0xffffffff; }
  std::string results() const {
    std::string s = "  mov.b64 %w, " + list(0, half() ? count : 2) + ";\n";
    if (firstOnly)
      s += "  and.b64 %w, %w, " + number(mask()) + ";\n";
    s += resultText(0, "%w");
    if (half() || firstOnly)
      return s;
    return s + "  mov.b64 %w, " + list(2, 2) + ";\n" + resultText(1, "%w");
  }
  void write(Block& b, unsigned t, const Color& c, bool number) const {
    auto bits = [&](unsigned i) -> uint64_t {
      return number ? std::bit_cast<uint32_t>(float(c[i])) : uint32_t(int64_t(c[i]));
    };
    uint64_t packed = bits(0) | bits(1) << 32;
    if (half()) {
      packed = 0;
      for (unsigned i = 0; i < 4; ++i)
        packed |= encode(decode(bits(i), kF32), kF16, Rnd::Nearest) << 16 * i;
    }
    b.result(t, 0, packed & mask());
    if (!half() && !firstOnly)
      b.result(t, 1, bits(2) | bits(3) << 32);
  }
  void untouched(Block& b, unsigned t) const {
    b.result(t, 0, kBefore & mask());
    if (!half() && !firstOnly)
      b.result(t, 1, kBefore);
  }
};

void addVariables(Scene& s, const Lookup& l, uint64_t handle) {
  if (l.texref) {
    s.module += ".global .texref tex$u;\n";
    s.variables.push_back({"tex$u", handle});
  }
  if (l.question.sampler)
    s.module += std::string(".global .samplerref smp$u = {") + l.question.sampler->text + "};\n";
  s.independent = l.question.sampler;
}

using Answer = std::function<Color(const TextureQuestion&, const TextureLookup&)>;

Scene lookupScene(const Form& form, const Lookup& l, Answer answer) {
  const TextureQuestion& q = l.question;
  const TextureLookup* rows = textureTable(q);
  Destination d{form.type(), q.depth && form.info->mnemonic == "tex"};
  Scene s;
  Operands o;
  o.table(rows);
  std::string place = "tex$u", sampler;
  if (!l.texref && q.only >= 0) {
    place = number(rows[0].handle); // the same for all
  } else if (!l.texref) {
    place = o.load("%h", "b64", offsetof(TextureLookup, handle));
  }
  if (q.sampler)
    sampler = l.samplerInRegister ? ", %smp" : ", smp$u";
  std::string operand = coordinates(o, l), more = extras(o, l);
  s.text = o.text() + d.declaration();
  if (!l.texref && q.only >= 0) {
    s.text += "  .reg .b64 %h;\n  mov.b64 %h, " + place + ";\n";
    place = "%h";
  }
  if (l.samplerInRegister)
    s.text += "  .reg .b64 %smp;\n  mov.u64 %smp, smp$u;\n";
  s.text += "  $g " + form.name() + " " + d.list(0, d.count) + (l.predicate ? "|%res" : "") +
            ", [" + place + sampler + ", " + operand + "]" + more + ";\n" + d.results();
  if (l.predicate)
    s.text += "  selp.b64 %w, 1, 0, %res;\n" + resultText(2, "%w");
  addVariables(s, l, rows[0].handle);
  bool predicate = l.predicate;
  s.compute = eachLane(kSlot, [=](Block& b, unsigned t, uint8_t*) {
    if (predicate)
      b.result(t, 2, b.runs(t));
    if (!b.runs(t))
      return d.untouched(b, t);
    const TextureLookup& row = rows[b.in[t][0] % kLookups];
    const GalleryTexture& texture = (*q.gallery)[row.texture];
    bool isNumber = texture.texels == Texels::Float || texture.texels == Texels::Depth;
    d.write(b, t, answer(q, row), isNumber);
  });
  return s;
}

Texels texelsOf(Type t) {
  return t == Type::U32 ? Texels::Unsigned : t == Type::S32 ? Texels::Signed : Texels::Float;
}

// A texture of the gallery that the sampler may filter.
int pick(const TextureQuestion& q, unsigned variant) {
  unsigned n = unsigned(q.gallery->size());
  if (q.sampler)
    while (n > 1 && !(*q.gallery)[n - 1].exact)
      --n;
  return int(variant % n);
}

void choose(Lookup& l, Texels texels, bool mipmap) {
  l.question.gallery = &textureGallery(l.shape->name, texels, mipmap);
}

// The ways to write one form: an object that all lanes share, objects of each lane, variables and
// samplers of an independent module, variables of a unified one.
std::vector<Lookup> waysOf(const Form& form, bool comparable) {
  Lookup base;
  base.variant = variantOf(form);
  base.shape = &textureShape(form.text("geom"));
  TextureQuestion& q = base.question;
  q.mip = form.text("mip");
  q.integer = form.type(1) == Type::S32;
  bool mipmap = !q.mip.empty() && hasMipmaps(*base.shape);
  Texels texels = texelsOf(form.type()), compared = comparable ? Texels::Depth : texels;
  bool offset = !base.shape->cube; // "not supported for cubemap textures"
  choose(base, texels, mipmap);

  Lookup shared = base, object = base, independent = base, unified = base;
  shared.question.only = pick(shared.question, base.variant);
  object.question.variables = object.predicate = true;
  object.question.offset = offset;

  choose(independent, compared, mipmap);
  unsigned samplers = mipmap ? 2 : 3;
  independent.question.sampler =
      &textureSampler(base.shape->cube ? 3 : base.variant / 4 % samplers);
  independent.question.only = pick(independent.question, base.variant / 16);
  independent.question.depth = comparable;
  independent.question.offset = offset && base.variant % 2;
  independent.predicate = base.variant / 2 % 2;
  independent.texref = base.variant / 8 % 2;
  independent.samplerInRegister = base.variant / 32 % 2;

  choose(unified, compared, mipmap);
  unified.question.only = pick(unified.question, base.variant / 16 + 1);
  unified.question.depth = comparable;
  unified.question.offset = offset && !independent.question.offset;
  unified.predicate = !independent.predicate;
  unified.texref = true;
  return {shared, object, independent, unified};
}

// "Depth compare operand is not supported for 3d textures", nor for multisampled ones; its
// coordinates are .f32.
bool mayCompare(const Form& form) {
  const TextureShape& shape = textureShape(form.text("geom"));
  return texelsOf(form.type()) == Texels::Float && form.type(1) == Type::F32 && shape.dims < 3 &&
         !shape.sample;
}

} // namespace

std::vector<Scene> textureLookupScenes(const Form& form) {
  std::vector<Scene> all;
  std::string_view m = form.info->mnemonic;
  if (m != "tex" && m != "tld4")
    return {};
  size_t component = m == "tld4" ? std::string_view("rgba").find(form.text("comp")) : 0;
  // What a comparison makes of channels that depth textures do not have is not told.
  for (const Lookup& l : waysOf(form, mayCompare(form) && component == 0)) {
    Answer answer = textureColor;
    if (m == "tld4")
      answer = [component](const TextureQuestion& q, const TextureLookup& row) {
        return textureGather(q, row, unsigned(component));
      };
    all.push_back(lookupScene(form, l, answer));
  }
  return all;
}

} // namespace anywarp::ptxsweep
