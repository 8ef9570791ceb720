// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scene.h"

#include "ptx/lower/types.h"

namespace anywarp::ptxsweep {

using ptx::Type;

std::vector<Scene> scenes(const Form& form) {
  for (auto* factory : {memoryScenes, atomicScenes, addressScenes, warpScenes, blockScenes,
                        controlScenes, mbarrierScenes, asyncScenes, tensorScenes,
                        textureLookupScenes, textureQueryScenes, surfaceScenes})
    if (std::vector<Scene> all = factory(form); !all.empty()) {
      for (size_t i = 0; i < all.size(); ++i) {
        all[i].form = form.name();
        all[i].meaning = meaningOf(form) + " " + number(i) + " " + number(unsigned(all[i].space));
      }
      return all;
    }
  return {};
}

bool hasEffects(const ptx::InstrInfo& info) {
  if (!info.isPure())
    return true;
  for (const Form& form : formsOf(info))
    if (isLegal(form))
      return references(form).empty();
  return false;
}

std::string meaningOf(const Form& form) {
  Form plain = form;
  for (size_t i = 0; i < form.slots.size(); ++i) {
    std::string_view name = form.info->slots[i].name;
    if (name == "sem" || name == "scope" || name == "mmio" || name == "nc" || name == "cop" ||
        name == "hint")
      plain.slots[i] = {};
    if (name == "space" && form.slots[i] == "shared::cta")
      plain.slots[i] = "shared";
  }
  return plain.name();
}

unsigned variantOf(const Form& form) {
  unsigned h = 2166136261u;
  for (char c : meaningOf(form))
    h = (h ^ uint8_t(c)) * 16777619u;
  return h >> 8;
}

std::string number(uint64_t x) {
  return std::to_string(x);
}

std::string registerList(const char* name, unsigned count) {
  if (count == 1)
    return std::string(name) + "0";
  std::string s;
  for (unsigned i = 0; i < count; ++i)
    s += (i ? ", " : "{") + std::string(name) + number(i);
  return s + "}";
}

std::string resultText(unsigned i, const std::string& from) {
  return "  st.global.b64 [$o+" + number(i * kPitch) + "], " + from + ";\n";
}

std::string replaced(std::string s, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = s.find(what, at)) != std::string::npos; at += by.size())
    s.replace(at, what.size(), by);
  return s;
}

unsigned vectorOf(const Form& form) {
  std::string_view v = form.text("vec");
  return v.empty() ? 1 : unsigned(v[1] - '0');
}

std::string_view exactRegister(Type t) {
  if (t == Type::F32)
    return "f32";
  if (t == Type::F64)
    return "f64";
  switch (ptx::bitsOf(t)) {
  case 8:
  case 16:
    return "b16";
  case 32:
    return "b32";
  case 64:
    return "b64";
  default:
    return "b128";
  }
}

std::string toExact(Type t, const std::string& to, const std::string& from) {
  if (t == Type::F32)
    return "  { .reg .b32 %c; cvt.u32.u64 %c, " + from + "; mov.b32 " + to + ", %c; }\n";
  switch (ptx::bitsOf(t)) {
  case 8:
  case 16:
    return "  cvt.u16.u64 " + to + ", " + from + ";\n";
  case 32:
    return "  cvt.u32.u64 " + to + ", " + from + ";\n";
  case 64:
    return "  mov.b64 " + to + ", " + from + ";\n";
  default: // the upper half is the complement
    return "  { .reg .b64 %c; not.b64 %c, " + from + "; mov.b128 " + to + ", {" + from +
           ", %c}; }\n";
  }
}

std::string fromExact(Type t, const std::string& to, const std::string& from) {
  if (t == Type::F32)
    return "  { .reg .b32 %c; mov.b32 %c, " + from + "; cvt.u64.u32 " + to + ", %c; }\n";
  switch (ptx::bitsOf(t)) {
  case 8:
    return "  { .reg .b16 %c; and.b16 %c, " + from + ", 255; cvt.u64.u16 " + to + ", %c; }\n";
  case 16:
    return "  cvt.u64.u16 " + to + ", " + from + ";\n";
  case 32:
    return "  cvt.u64.u32 " + to + ", " + from + ";\n";
  case 64:
    return "  mov.b64 " + to + ", " + from + ";\n";
  default: // both halves together
    return "  { .reg .b64 %el, %eh; mov.b128 {%el, %eh}, " + from +
           "; shl.b64 %eh, %eh, 1; xor.b64 " + to + ", %el, %eh; }\n";
  }
}

std::string cachePolicy(const Form& form) {
  return form.says("L2::cache_hint") ? ", %pol" : "";
}

} // namespace anywarp::ptxsweep
