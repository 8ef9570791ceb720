// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.1 to 9.7.14.4: barriers of a block and of a cluster, fences. Each lane writes to
// its slot and reads the slot of a lane of the other warp.
#include "scene.h"

namespace anywarp::ptxsweep {
namespace {

std::string write(bool shared) {
  return std::string("  .reg .b64 %y, %n;\n  .reg .b32 %k;\n  .reg .pred %p, %q;\n  st.") +
         (shared ? "shared" : "global") + ".b64 [$a], $0;\n";
}
std::string readOther(bool shared, const std::string& guard = "") {
  return "  xor.b32 %k, %tid, 63;\n  mad.wide.u32 %n, %k, 8, $b;\n  mov.b64 %y, " +
         number(kBefore) + ";\n  " + guard + "ld." + (shared ? "shared" : "global") +
         ".b64 %y, [%n];\n" + resultText(0, "%y");
}

Scene blockScene(std::string text, bool shared) {
  Scene s;
  s.whole = true;
  s.space = shared ? Space::Shared : Space::Global;
  s.stride = 8;
  s.text = std::move(text);
  s.compute = [](Block& b) {
    for (unsigned t = 0; t < kThreads; ++t) {
      memcpy(b.region + 8 * t, b.in[t], 8);
      b.result(t, 0, b.in[t ^ 63][0]);
    }
  };
  return s;
}

// With and without a count; the number as a constant or in a register.
std::string barrierOperands(const Form& form, bool counted) {
  return std::string(variantOf(form) % 2 ? "  mov.b32 %k, 3;\n  " : "  ") + form.name() +
         (variantOf(form) % 2 ? " %k" : " 2") + (counted ? ", 64" : "") + ";\n";
}

Scene synchronise(const Form& form, bool counted) {
  bool shared = variantOf(form) / 2 % 2 != counted;
  return blockScene(write(shared) + barrierOperands(form, counted) + readOther(shared), shared);
}

// The first warp arrives and does not wait; the second waits for it.
Scene arrive(const Form& form) {
  Scene s = blockScene(write(true) + "  setp.lt.u32 %p, %tid, 32;\n  @%p " + form.name() +
                           " 5, 64;\n  @!%p bar.sync 5, 64;\n" + readOther(true, "@!%p ") +
                           "  bar.sync 0;\n",
                       true);
  s.compute = [](Block& b) {
    for (unsigned t = 0; t < kThreads; ++t) {
      memcpy(b.region + 8 * t, b.in[t], 8);
      b.result(t, 0, t < 32 ? kBefore : b.in[t ^ 63][0]);
    }
  };
  return s;
}

// The votes are mixed, all one, all zero in turns of blocks.
Scene reduce(const Form& form, bool counted) {
  std::string op(form.text("op"));
  bool popc = op == "popc", negated = variantOf(form) % 2;
  const char* barrier = variantOf(form) / 2 % 2 ? "7" : "%c";
  Scene s;
  s.whole = true;
  s.text = "  .reg .b64 %y;\n  .reg .b32 %d, %k, %c;\n  .reg .pred %p, %q;\n  cvt.u32.u64 %k, "
           "$0;\n  and.b32 %k, %k, 1;\n"
           "  rem.u32 %c, %block, 3;\n  setp.eq.u32 %q, %c, 1;\n  selp.b32 %k, 1, %k, %q;\n  "
           "setp.eq.u32 %q, %c, 2;\n"
           "  selp.b32 %k, 0, %k, %q;\n  setp.ne.u32 %p, %k, 0;\n  mov.b32 %c, 7;\n  " +
           form.name() + (popc ? " %d, " : " %q, ") + barrier + (counted ? ", 64" : "") + ", " +
           (negated ? "!%p" : "%p") + ";\n" +
           (popc ? "  cvt.u64.u32 %y, %d;\n" : "  selp.b64 %y, 1, 0, %q;\n") + resultText(0, "%y");
  s.compute = [=](Block& b) {
    unsigned votes = 0;
    for (unsigned t = 0; t < kThreads; ++t) {
      bool vote = b.number % 3 == 1 || (b.number % 3 == 0 && (b.in[t][0] & 1));
      votes += vote != negated;
    }
    for (unsigned t = 0; t < kThreads; ++t)
      b.result(t, 0, popc ? votes : op == "and" ? votes == kThreads : votes != 0);
  };
  return s;
}

// Relaxed arrivals order nothing: a fence does.
Scene clusterBarrier(const Form& form) {
  bool isArrive = form.info->record == "ClusterArrive", shared = variantOf(form) % 2;
  std::string arriveText = isArrive ? form.name() : "barrier.cluster.arrive.release";
  std::string waitText = isArrive ? "barrier.cluster.wait.acquire" : form.name();
  Scene s = blockScene(write(shared) + (form.says("relaxed") ? "  fence.acq_rel.cluster;\n" : "") +
                           "  " + arriveText + ";\n  " + waitText + ";\n" + readOther(shared),
                       shared);
  s.cluster = true;
  return s;
}

// Between a write and a read of one lane; order itself cannot be seen from one lane.
Scene fence(const Form& form, const std::string& operands) {
  bool shared = variantOf(form) % 2;
  std::string space = shared ? "shared" : "global";
  Scene s;
  s.space = shared ? Space::Shared : Space::Global;
  s.stride = 8;
  s.text = "  .reg .b64 %y;\n  mov.b64 %y, " + number(kBefore) + ";\n  $g st." + space +
           ".b64 [$a], $0;\n  $g " + form.name() + operands + ";\n  $g ld." + space +
           ".b64 %y, [$a];\n" + resultText(0, "%y");
  s.compute = eachLane(8, [](Block& b, unsigned t, uint8_t* slot) {
    if (b.runs(t))
      memcpy(slot, b.in[t], 8);
    b.result(t, 0, b.runs(t) ? b.in[t][0] : kBefore);
  });
  return s;
}

} // namespace

std::vector<Scene> blockScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "BarSync" || record == "BarrierSync")
    return {synchronise(form, false), synchronise(form, true)};
  if (record == "BarArrive" || record == "BarrierArrive")
    return {arrive(form)};
  if (record == "BarRed" || record == "BarrierRed")
    return {reduce(form, false), reduce(form, true)};
  if (record == "ClusterArrive" || record == "ClusterWait")
    return {clusterBarrier(form)};
  if (record == "FenceProxyTensormap" && form.says("acquire"))
    return {fence(form, variantOf(form) % 2 ? " [$a], 128" : " [$b], 128")};
  if (record == "Membar" || record.starts_with("Fence"))
    return {fence(form, "")};
  return {};
}

} // namespace anywarp::ptxsweep
