// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.12, 9.7.9.25 and 9.7.14.7: asynchronous copies, stores and reductions of one lane;
// tensor copies are in tensor.cpp.
#include "ptx/lower/types.h"
#include "scene.h"
#include "spmd/tensor_map.h"

#include <array>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

// ---- cp.async

enum class Rest { None, SourceSize, Ignored };

// `size` bytes from the lane's inputs to its slot; %z says how many are read, %p ignores all.
Scene copyAsync(const std::string& instruction, const std::string& policy, unsigned size, Rest rest,
                const std::string& after) {
  Scene s;
  s.space = Space::Shared;
  s.text = "  .reg .b32 %z;\n  .reg .pred %p;\n  cvt.u32.u64 %z, $3;\n  and.b32 %z, %z, " +
           number(size - 1) + ";\n  setp.gt.u32 %p, %z, " + number(size / 2) + ";\n  $g " +
           instruction + " [$a], [%source], " + number(size) +
           (rest == Rest::SourceSize ? ", %z"
            : rest == Rest::Ignored  ? ", %p"
                                     : "") +
           policy + ";\n" + after;
  s.compute = eachLane(kSlot, [=](Block& b, unsigned t, uint8_t* slot) {
    if (!b.runs(t))
      return;
    unsigned z = unsigned(b.in[t][3] & (size - 1));
    unsigned bytes = rest == Rest::SourceSize                ? z
                     : rest == Rest::Ignored && z > size / 2 ? 0
                                                             : size;
    memset(slot, 0, size);
    memcpy(slot, b.in[t], bytes);
  });
  return s;
}

// ---- bulk copies: 16 bytes

const std::string kSetUp =
    "  .reg .b64 %m, %x, %s, %y;\n  .reg .pred %p;\n  .reg .b16 %h;\n  mov.b16 %h, 1;\n"
    "  mov.u64 %m, M;\n  mad.wide.u32 %m, %tid, 8, %m;\n  mov.u64 %x, X;\n"
    "  mad.wide.u32 %x, %tid, 32, %x;\n  st.shared.v2.b64 [%x], {$0, $1};\n"
    "  st.shared.v2.b64 [%x+16], {$2, $3};\n  mbarrier.init.shared.b64 [%m], 1;\n";
std::string expect(unsigned bytes) {
  return "  mbarrier.arrive.expect_tx.shared.b64 %s, [%m], " + number(bytes) + ";\n";
}
// Result 0: whether all bytes have come.
const std::string kAsk =
    "  mbarrier.test_wait.shared.b64 %p, [%m], %s;\n  selp.b64 %y, 1, 0, %p;\n";
const std::string kWaitGroup = "  cp.async.bulk.commit_group;\n  cp.async.bulk.wait_group 0;\n";

template <typename Fn> Scene bulkScene(std::string text, Space space, bool tells, Fn fn) {
  Scene s;
  s.space = space;
  s.scratch = true;
  s.text = kSetUp + std::move(text);
  if (tells)
    s.text += kAsk + resultText(0, "%y");
  s.compute = eachLane(kSlot, [tells, fn](Block& b, unsigned t, uint8_t* slot) {
    if (b.runs(t))
      fn(slot, reinterpret_cast<const uint8_t*>(b.in[t]));
    if (tells)
      b.result(t, 0, b.runs(t));
  });
  return s;
}
void copy16(uint8_t* to, const uint8_t* from) {
  memcpy(to, from, 16);
}

Scene bulkIn(const Form& form) {
  return bulkScene(expect(16) + "  $g " + form.name() + " [$a], [%source], 16, [%m]" +
                       (form.says("multicast::cluster") ? ", %h" : "") + cachePolicy(form) + ";\n",
                   Space::Shared, true, copy16);
}
Scene bulkAcross(const Form& form) {
  return bulkScene(expect(16) + "  $g " + form.name() + " [$a], [%x], 16, [%m];\n", Space::Shared,
                   true, copy16);
}
Scene bulkOut(const Form& form, const std::string& after) {
  return bulkScene("  $g " + form.name() + " [$a], [%x], 16" + cachePolicy(form) + ";\n" + after,
                   Space::Global, false, copy16);
}

void reduceInto(std::string_view op, Type t, uint8_t* to, const uint8_t* from, unsigned total) {
  unsigned bytes = ptx::bitsOf(t) / 8;
  for (unsigned at = 0; at < total; at += bytes) {
    uint64_t r = updatedBits(op, t, loadBits(to + at, bytes), loadBits(from + at, bytes));
    memcpy(to + at, &r, bytes);
  }
}

Scene bulkReduce(const Form& form, bool toGlobal) {
  std::string op(form.text("op"));
  Type t = form.type();
  auto fn = [op, t](uint8_t* to, const uint8_t* from) { reduceInto(op, t, to, from, 16); };
  Scene s = toGlobal ? bulkScene("  $g " + form.name() + " [$a], [%x], 16" + cachePolicy(form) +
                                     ";\n" + kWaitGroup,
                                 Space::Global, false, fn)
                     : bulkScene(expect(16) + "  $g " + form.name() + " [$a], [%x], 16, [%m];\n",
                                 Space::Shared, true, fn);
  s.element = t;
  return s;
}

// ---- st.async, red.async; without a space the addresses are generic

std::string addresses(const Form& form) {
  return std::string("  .reg .b64 %a, %b;\n  mov.b64 %a, $a;\n  mov.b64 %b, %m;\n") +
         (form.has("space") ? "" : "  cvta.shared.u64 %a, %a;\n  cvta.shared.u64 %b, %b;\n");
}

Scene storeAsync(const Form& form) {
  Type t = form.type();
  unsigned n = vectorOf(form), bytes = ptx::bitsOf(t) / 8;
  std::string text = addresses(form) + "  .reg ." + std::string(exactRegister(t)) + " %v<4>;\n" +
                     expect(n * bytes),
              list;
  for (unsigned i = 0; i < n; ++i) {
    text += toExact(t, "%v" + number(i), "$" + number(i));
    list += (i ? ", %v" : "%v") + number(i);
  }
  return bulkScene(text + "  $g " + form.name() + " [%a], " + (n > 1 ? "{" + list + "}" : list) +
                       ", [%b];\n",
                   Space::Shared, true, [n, bytes](uint8_t* to, const uint8_t* from) {
                     for (unsigned i = 0; i < n; ++i)
                       memcpy(to + i * bytes, from + 8 * i, bytes);
                   });
}

Scene reduceAsync(const Form& form) {
  Type t = form.type();
  std::string op(form.text("op"));
  return bulkScene(addresses(form) + "  .reg ." + std::string(exactRegister(t)) + " %v;\n" +
                       expect(ptx::bitsOf(t) / 8) + toExact(t, "%v", "$0") + "  $g " + form.name() +
                       " [%a], %v, [%b];\n",
                   Space::Shared, true, [op, t](uint8_t* to, const uint8_t* from) {
                     reduceInto(op, t, to, from, ptx::bitsOf(t) / 8);
                   });
}

// ---- nothing to see but that memory is as before

Scene prefetch(const Form& form, const std::string& operands) {
  Scene s;
  s.text = "  .reg .b16 %h;\n  mov.b16 %h, 0;\n  $g " + form.name() + " " + operands +
           cachePolicy(form) + ";\n";
  s.compute = [](Block&) {};
  return s;
}

std::string listOf(const char* what, unsigned n) {
  std::string s = "{";
  for (unsigned i = 0; i < n; ++i)
    s += (i ? ", " : "") + std::string(what);
  return s + "}";
}

// ---- tensor maps

// All lanes copy the same 128 bytes.
Scene copyMap(const Form& form) {
  Scene s;
  s.whole = s.scratch = true;
  s.text = "  .reg .b64 %x;\n  .reg .pred %p;\n  mov.u64 %x, X;\n  mad.wide.u32 %x, %tid, 8, %x;\n "
           " st.shared.b64 [%x], $0;\n"
           "  bar.sync 0;\n  setp.lt.u32 %p, %tid, 32;\n  mov.u64 %x, X;\n  @!%p bra END$u;\n  " +
           form.name() + " [$b], [%x], 128;\nEND$u:\n  bar.sync 0;\n";
  s.compute = [](Block& b) {
    for (unsigned t = 0; t < 16; ++t)
      memcpy(b.region + 8 * t, b.in[t], 8);
  };
  return s;
}

// A tensor map of ours with all kinds of values (spmd/tensor_map.h), in X or in the region.
AwTensorMap sampleMap() {
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.type = AW_TENSOR_U16;
  m.rank = 3;
  m.address = 0x1234567890;
  for (unsigned i = 0; i < 5; ++i) {
    if (i < 4)
      m.strides[i] = 1024 * (i + 1);
    m.last[i] = 99 + i;
    m.box[i] = uint16_t(8 + i);
    m.elementStride[i] = 1;
  }
  return m;
}

Scene replaceField(const Form& form, unsigned ordinal) {
  std::string field(form.text("field"));
  bool shared = form.text("space") == "shared::cta",
       dims = form.info->record == "TensormapReplaceDim";
  AwTensorMap map = sampleMap(), changed = map;
  std::string value = "3";
  if (field == "global_address")
    value = "%v", changed.address = 0x7700112233445560;
  else if (field == "rank")
    value = "%w", changed.rank = 5; // one less is written
  else if (field == "box_dim")
    value = "%w", changed.box[ordinal] = 4;
  else if (field == "global_dim")
    value = "%w", changed.last[ordinal] = 3; // the size less one
  else if (field == "global_stride")
    value = "%v", changed.strides[ordinal] = 0x7700112233445560;
  else if (field == "element_stride")
    value = "%w", changed.elementStride[ordinal] = 4;
  else if (field == "elemtype")
    changed.type = AW_TENSOR_S32; // 3 in both orders
  else if (field == "interleave_layout")
    value = "2", changed.interleave = 2;
  else if (field == "swizzle_mode")
    changed.swizzle = 3;
  else if (field == "swizzle_atomicity")
    changed.atom = 3;
  else
    value = "1", changed.fill = 1;
  std::array<uint64_t, 16> words;
  memcpy(words.data(), &map, sizeof map);
  std::string space = shared ? "shared" : "global";
  Scene s;
  s.whole = s.scratch = true;
  s.text = "  .reg .b64 %x, %y, %v;\n  .reg .b32 %w;\n  .reg .pred %p;\n  mov.b64 %v, "
           "0x7700112233445560;\n  mov.b32 %w, 4;\n"
           "  mov.u64 %x, " +
           std::string(shared ? "X" : "$b") + ";\n  setp.ne.u32 %p, %tid, 0;\n  @%p bra END$u;\n";
  for (unsigned i = 0; i < 16; ++i)
    s.text += "  st." + space + ".b64 [%x+" + number(8 * i) + "], " + number(words[i]) + ";\n";
  s.text += "  " + form.name() + " [%x], " + (dims ? number(ordinal) + ", " : std::string()) +
            value + ";\n";
  for (unsigned i = 0; shared && i < 16; ++i)
    s.text += "  ld.shared.b64 %y, [%x+" + number(8 * i) + "];\n  st.global.b64 [$b+" +
              number(8 * i) + "], %y;\n";
  s.text += "END$u:\n";
  s.compute = [changed](Block& b) { memcpy(b.region, &changed, sizeof changed); };
  return s;
}

} // namespace

std::vector<Scene> asyncScenes(const Form& form) {
  std::string_view record = form.info->record;
  std::string copy = "cp.async.ca.shared.global", drain = "  cp.async.wait_all;\n";
  if (record == "CpAsync") {
    if (form.text("cop") == "cg")
      return {copyAsync(form.name(), cachePolicy(form), 16, Rest::None, drain),
              copyAsync(form.name(), cachePolicy(form), 16, Rest::SourceSize, drain),
              copyAsync(form.name(), cachePolicy(form), 16, Rest::Ignored, drain)};
    return {copyAsync(form.name(), cachePolicy(form), 4, Rest::SourceSize, drain),
            copyAsync(form.name(), cachePolicy(form), 8, Rest::None, drain),
            copyAsync(form.name(), cachePolicy(form), 16, Rest::Ignored, drain)};
  }
  if (record == "CpAsyncCommit")
    return {
        copyAsync(copy, "", 8, Rest::None, "  " + form.name() + ";\n  cp.async.wait_group 0;\n")};
  if (record == "CpAsyncWait")
    return {
        copyAsync(copy, "", 8, Rest::None, "  cp.async.commit_group;\n  " + form.name() + " 0;\n")};
  if (record == "CpAsyncWaitAll")
    return {copyAsync(copy, "", 8, Rest::None, "  " + form.name() + ";\n")};
  if (record == "CpAsyncBulkIn")
    return {bulkIn(form)};
  if (record == "CpAsyncBulkAcross")
    return {bulkAcross(form)};
  if (record == "CpAsyncBulkOut")
    return {bulkOut(form, kWaitGroup)};
  std::string_view out = "cp.async.bulk.global.shared::cta.bulk_group";
  auto outWith = [&](const std::string& after) {
    return bulkScene("  $g " + std::string(out) + " [$a], [%x], 16;\n" + after, Space::Global,
                     false, copy16);
  };
  if (record == "CpAsyncBulkCommit")
    return {outWith("  " + form.name() + ";\n  cp.async.bulk.wait_group 0;\n")};
  if (record == "CpAsyncBulkWait")
    return {outWith("  cp.async.bulk.commit_group;\n  " + form.name() +
                    " 0;\n  cp.async.bulk.wait_group 0;\n")};
  if (record == "CpReduceAsyncBulkAcross" || record == "CpReduceAsyncBulkOut")
    return {bulkReduce(form, record == "CpReduceAsyncBulkOut")};
  if (record == "StAsync")
    return {storeAsync(form)};
  if (record == "RedAsync")
    return {reduceAsync(form)};
  if (record == "CpAsyncBulkPrefetch")
    return {prefetch(form, "[%source], 32")};
  if (record == "CpAsyncBulkPrefetchTensor") {
    unsigned rank = unsigned(form.text("dim")[0] - '0');
    return {prefetch(
        form, "[$b, " + listOf("%tid", rank) + "]" +
                  (form.text("mode") == "im2col" ? ", " + listOf("%h", rank - 2) : std::string()))};
  }
  if (record == "TensormapCpFenceproxy")
    return {copyMap(form)};
  if (record == "TensormapReplace")
    return {replaceField(form, 0)};
  if (record == "TensormapReplaceDim")
    return {replaceField(form, 0), replaceField(form, 2)};
  return {};
}

} // namespace anywarp::ptxsweep
