// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.15: each lane has an mbarrier object of its own in shared memory. Objects are
// opaque: what is compared are the answers of test_wait, and pending_count.
#include "scene.h"

namespace anywarp::ptxsweep {
namespace {

std::string prologue(const std::string& count) {
  return "  .reg .b64 %m, %g, %s, %t, %y;\n  .reg .b32 %n;\n  .reg .pred %p;\n  mov.u64 %m, M;\n"
         "  mad.wide.u32 %m, %tid, 8, %m;\n  cvta.shared.u64 %g, %m;\n  mbarrier.init.shared.b64 "
         "[%m], " +
         count + ";\n";
}
// Whether the phase with this parity is over, as a result.
std::string askParity(unsigned i, unsigned parity) {
  return "  mbarrier.test_wait.parity.shared.b64 %p, [%m], " + number(parity) +
         ";\n  selp.b64 %y, 1, 0, %p;\n" + resultText(i, "%y");
}
std::string arrive(const std::string& guard = "") {
  return "  " + guard + "mbarrier.arrive.shared.b64 %t, [%m];\n";
}
std::string objectOf(const Form& form) {
  return form.has("space") ? "[%m]" : "[%g]";
}

// fn(runs) gives the results of a lane.
template <typename Fn> Scene objectScene(std::string text, Fn fn) {
  Scene s;
  s.space = Space::Shared;
  s.scratch = true;
  s.text = std::move(text);
  s.compute = eachLane(kSlot, [fn](Block& b, unsigned t, uint8_t*) {
    std::vector<uint64_t> results = fn(b.runs(t));
    for (unsigned i = 0; i < results.size(); ++i)
      b.result(t, i, results[i]);
  });
  return s;
}
using Results = std::vector<uint64_t>;

Scene initialise(const Form& form) {
  return objectScene(prologue("1") + "  $g " + form.name() + " " + objectOf(form) + ", 2;\n" +
                         arrive() + askParity(0, 0) +
                         "  $g mbarrier.arrive.shared.b64 %t, [%m];\n" + askParity(1, 0),
                     [](bool runs) { return Results{!runs, 1}; });
}

Scene invalidate(const Form& form) {
  return objectScene(prologue("2") + "  $g " + form.name() + " " + objectOf(form) +
                         ";\n  mbarrier.init.shared.b64 [%m], 1;\n" + arrive() + askParity(0, 0),
                     [](bool) { return Results{1}; });
}

Scene expectBytes(const Form& form) {
  return objectScene(prologue("1") + "  $g " + form.name() + " " + objectOf(form) + ", 16;\n" +
                         arrive() + askParity(0, 0) +
                         "  $g mbarrier.complete_tx.shared.b64 [%m], 16;\n" + askParity(1, 0),
                     [](bool runs) { return Results{!runs, 1}; });
}

Scene completeBytes(const Form& form) {
  return objectScene(prologue("1") + "  mbarrier.expect_tx.shared.b64 [%m], 16;\n" + arrive() +
                         askParity(0, 0) + "  $g " + form.name() + " " + objectOf(form) +
                         ", 16;\n" + askParity(1, 0),
                     [](bool runs) { return Results{0, runs}; });
}

// Arrives `count` times at an object that waits for twice as much; `drop`: the next phase waits for
// less.
Scene arriveAt(const Form& form, bool counted, bool drop) {
  bool expects = form.has("expect_tx"), remote = form.text("space") == "shared::cluster";
  unsigned count = counted && !expects ? 3 : 1;
  std::string state = remote ? "_" : "%s", most = number(2 * count);
  std::string text = prologue(most) + "  mov.b64 %s, 0;\n  $g " + form.name() + " " + state + ", " +
                     objectOf(form) +
                     (expects   ? ", 16"
                      : counted ? ", 3"
                                : "") +
                     ";\n";
  for (unsigned i = 0; i < count; ++i)
    text += arrive();
  text += askParity(0, 0); // all have arrived, the bytes have not
  if (expects)
    text += "  $g mbarrier.complete_tx.shared.b64 [%m], 16;\n";
  text += askParity(1, 0);
  for (unsigned i = 0; i < count; ++i)
    text += arrive();
  text += askParity(2, 0) + askParity(3, 1);
  // The state tells the arrivals that were pending, and that its phase is over.
  if (!remote)
    text += "  mov.b32 %n, 0;\n  $g mbarrier.pending_count.b64 %n, %s;\n  cvt.u64.u32 %y, %n;\n" +
            resultText(4, "%y") +
            "  mov.b64 %y, 9;\n  $g mbarrier.test_wait.shared.b64 %p, [%m], %s;\n  $g selp.b64 %y, "
            "1, 0, %p;\n" +
            resultText(5, "%y");
  return objectScene(text, [=](bool runs) {
    Results r{runs && !expects, runs};
    // Then `count` more arrive: with a drop they fill the second phase, without they do not; where
    // the first half never came they end the first phase.
    bool second = runs && drop;
    r.push_back(runs ? !second : 1); // phase 0 over and phase 1 not: parity 0 done
    r.push_back(second);
    if (!remote) {
      r.push_back(runs ? 2 * count : 0);
      // Its phase is 0. After two phases the object is in one of the same parity.
      r.push_back(!runs ? 9 : !second);
    }
    return r;
  });
}

// Before and after the last arrival.
Scene wait(const Form& form, bool limited) {
  bool parity = form.has("parity");
  std::string ask = form.name() + " %p, " + objectOf(form) + ", " + (parity ? "0" : "%s") +
                    (limited ? ", 10" : "") + ";\n";
  std::string text =
      prologue("2") +
      "  mbarrier.arrive.shared.b64 %s, [%m];\n  setp.ne.u32 %p, %tid, %tid;\n  $g " + ask +
      "  selp.b64 %y, 1, 0, %p;\n" + resultText(0, "%y") + arrive() +
      "  setp.ne.u32 %p, %tid, %tid;\n  $g " + ask + "  selp.b64 %y, 1, 0, %p;\n" +
      resultText(1, "%y");
  return objectScene(text, [](bool runs) { return Results{0, runs}; });
}

Scene pendingCount(const Form& form) {
  return objectScene(prologue("5") + "  mbarrier.arrive.noComplete.shared.b64 %t, [%m], 2;\n" +
                         arrive() + "  mov.b32 %n, 77;\n  $g " + form.name() +
                         " %n, %t;\n  cvt.u64.u32 %y, %n;\n" + resultText(0, "%y"),
                     [](bool runs) { return Results{runs ? 3u : 77u}; });
}

// Copies have ended when the lane has waited; without .noinc the arrival was added before.
Scene arriveOnCopies(const Form& form) {
  bool noinc = form.has("noinc");
  return objectScene(
      prologue(noinc ? "2" : "1") + "  cp.async.ca.shared.global [$a], [%source], 16;\n  $g " +
          form.name() + " " + objectOf(form) +
          ";\n  cp.async.wait_all;\n  ld.global.b64 %y, [%source];\n  st.shared.b64 [$a], 0;\n"
          "  st.shared.b64 [$a+8], 0;\n" +
          arrive() + askParity(0, 0),
      [noinc](bool runs) { return Results{runs || !noinc}; });
}

} // namespace

std::vector<Scene> mbarrierScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "MbarrierInit")
    return {initialise(form)};
  if (record == "MbarrierInval")
    return {invalidate(form)};
  if (record == "MbarrierExpectTx")
    return {expectBytes(form)};
  if (record == "MbarrierCompleteTx")
    return {completeBytes(form)};
  if (record == "MbarrierArrive" || record == "MbarrierArriveDrop") {
    bool drop = record == "MbarrierArriveDrop";
    std::vector<Scene> all;
    if (!form.has("noComplete") && !form.has("expect_tx"))
      all.push_back(arriveAt(form, false, drop));
    all.push_back(arriveAt(form, true, drop));
    return all;
  }
  if (record == "MbarrierWait") {
    std::vector<Scene> all{wait(form, false)};
    if (form.text("kind") == "try_wait")
      all.push_back(wait(form, true));
    return all;
  }
  if (record == "MbarrierPendingCount")
    return {pendingCount(form)};
  if (record == "CpAsyncMbarrierArrive") {
    Scene s = arriveOnCopies(form);
    auto inner = s.compute;
    s.compute = [inner](Block& b) {
      inner(b);
      for (unsigned t = 0; t < kThreads; ++t)
        if (b.comes(t))
          memset(b.region + b.slotOf(t) * kSlot, 0, 16);
    };
    return {s};
  }
  return {};
}

} // namespace anywarp::ptxsweep
