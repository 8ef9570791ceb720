// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.13, 9.7.17 and 9.7.19: branches, calls, ends of threads, the stack, and what only a
// debugger or scheduler sees. .uni stands where all lanes of a block go the same way.
#include "scene.h"

namespace anywarp::ptxsweep {
namespace {

// fn(block, thread) gives the one result of a lane that runs; the others keep kBefore.
template <typename Fn> Scene valueScene(std::string text, Fn fn) {
  Scene s;
  s.text = "  .reg .b64 %y, %z;\n  .reg .b32 %i;\n  .reg .pred %q;\n  mov.b64 %y, " +
           number(kBefore) + ";\n" + text + resultText(0, "%y");
  s.compute = eachLane(kSlot, [fn](Block& b, unsigned t, uint8_t*) {
    b.result(t, 0, b.runs(t) ? fn(b, t) : kBefore);
  });
  return s;
}

// A number below 8: of the lane, or with .uni of the block.
std::string choice(bool uni) {
  return uni ? "  mov.b32 %i, %block;\n" : "  cvt.u32.u64 %i, $0;\n  and.b32 %i, %i, 7;\n";
}
unsigned chosen(const Block& b, unsigned t, bool uni) {
  return uni ? b.number : unsigned(b.in[t][0] & 7);
}

Scene branch(const Form& form) {
  bool uni = form.has("uni");
  std::string name = form.name();
  // A loop of as many rounds, inside of another branch.
  return valueScene(
      choice(uni) +
          "  {\n  .reg .pred %go;\n  setp.eq.u32 %go, %tid, %tid;\n  $g setp.ne.u32 %go, %tid, "
          "%tid;\n"
          "  @%go bra END$u;\n  mov.b64 %y, 0;\nLOOP$u:\n  setp.eq.u32 %q, %i, 0;\n  @%q " +
          name + " END$u;\n  mad.lo.u64 %y, %y, 3, 1;\n  sub.u32 %i, %i, 1;\n  " + name +
          " LOOP$u;\nEND$u:\n  }\n",
      [uni](const Block& b, unsigned t) {
        uint64_t y = 0;
        for (unsigned i = chosen(b, t, uni); i--;)
          y = 3 * y + 1;
        return y;
      });
}

Scene branchIndexed(const Form& form) {
  bool uni = form.has("uni");
  std::string text =
      choice(uni) + "  and.b32 %i, %i, 3;\n  TARGETS$u: .branchtargets A$u, B$u, C$u, D$u;\n  $g " +
      form.name() + " %i, TARGETS$u;\n  bra END$u;\n";
  const char* labels[] = {"A", "B", "C", "D"};
  for (unsigned i = 0; i < 4; ++i)
    text += std::string(labels[i]) + "$u:\n  mov.b64 %y, " + number(100 + i) + ";\n  bra END$u;\n";
  return valueScene(text + "END$u:\n", [uni](const Block& b, unsigned t) {
    return uint64_t(100 + chosen(b, t, uni) % 4);
  });
}

Scene callFunction(const Form& form, bool indirect) {
  Scene s = valueScene("  .param .b64 p;\n  .param .b64 r;\n  st.param.b64 [p], $0;\n" +
                           (indirect ? "  mov.u64 %z, f$u;\n  PROTO$u: .callprototype (.param .b64 "
                                       "_) _ (.param .b64 _);\n  $g " +
                                           form.name() + " (r), %z, (p), PROTO$u;\n"
                                     : "  $g " + form.name() + " (r), f$u, (p);\n") +
                           "  $g ld.param.b64 %y, [r];\n",
                       [](const Block& b, unsigned t) { return b.in[t][0] * 3 + 1; });
  s.module =
      ".func (.param .b64 r) f$u(.param .b64 p)\n{\n  .reg .b64 %x;\n  ld.param.b64 %x, [p];\n"
      "  mad.lo.u64 %x, %x, 3, 1;\n  st.param.b64 [r], %x;\n  ret;\n}\n";
  return s;
}

// In the middle of a function: by the lane's number or by the block's.
Scene returnEarly(const Form& form) {
  bool uni = form.has("uni");
  Scene s = valueScene(
      choice(uni) +
          "  .param .b64 p;\n  .param .b64 r;\n  cvt.u64.u32 %z, %i;\n  st.param.b64 [p], %z;\n"
          "  $g call (r), f$u, (p);\n  $g ld.param.b64 %y, [r];\n",
      [uni](const Block& b, unsigned t) {
        uint64_t i = chosen(b, t, uni);
        return i & 1 ? i + 10 : i + 20;
      });
  s.module = ".func (.param .b64 r) f$u(.param .b64 p)\n{\n  .reg .b64 %x, %y;\n  .reg .pred %q;\n "
             " ld.param.b64 %x, [p];\n"
             "  add.u64 %y, %x, 10;\n  st.param.b64 [r], %y;\n  and.b64 %y, %x, 1;\n  setp.eq.u64 "
             "%q, %y, 1;\n  @%q " +
             form.name() + ";\n  add.u64 %x, %x, 20;\n  st.param.b64 [r], %x;\n  " + form.name() +
             ";\n}\n";
  return s;
}

Scene exitThread(const Form& form) {
  Scene s;
  s.alone = true;
  s.text = resultText(0, "$0") + "  $g " + form.name() + ";\n" + resultText(1, "$1");
  s.compute = eachLane(kSlot, [](Block& b, unsigned t, uint8_t*) {
    b.result(t, 0, b.in[t][0]);
    if (!b.runs(t))
      b.result(t, 1, b.in[t][1]);
  });
  return s;
}

Scene stop(const Form& form) {
  Scene s;
  s.alone = s.fails = s.whole = true;
  s.text = "  " + form.name() + ";\n";
  s.compute = [](Block&) {};
  return s;
}

// Nothing to see but that it goes on.
Scene passing(const Form& form, const std::string& operands) {
  return valueScene("  $g " + form.name() + operands + ";\n  $g mov.b64 %y, $0;\n",
                    [](const Block& b, unsigned t) { return b.in[t][0]; });
}

// What alloca gives can be used, is aligned, and after stackrestore comes again.
Scene stack(const Form& form) {
  std::string_view record = form.info->record;
  std::string t(form.type() == ptx::Type::U32 ? "u32" : "u64"), r = t == "u32" ? "b32" : "b64";
  std::string save = "u64", allocate = "u64", saved = "b64", got = "b64";
  (record == "Alloca" ? allocate : save) = t;
  (record == "Alloca" ? got : saved) = r;
  std::string text = "  .reg ." + saved + " %s;\n  .reg ." + got +
                     " %a, %b, %n;\n  .reg .b64 %p;\n"
                     "  stacksave." +
                     save + " %s;\n  mov." + got + " %n, 48;\n  alloca." + allocate +
                     " %a, %n, 32;\n";
  // A 32-bit pointer is half of one here: only its place can be looked at.
  if (allocate == "u64")
    text += "  st.local.b64 [%a+40], $0;\n  alloca.u64 %p, 16;\n  st.local.b64 [%p], $1;\n  $g "
            "ld.local.b64 %y, [%a+40];\n";
  else
    text += "  $g mov.b64 %y, $0;\n";
  text += "  stackrestore." + save + " %s;\n  alloca." + allocate +
          " %b, %n, 32;\n  stackrestore." + save + " %s;\n  sub." +
          t.replace(0, t.size(), allocate) + " %b, %b, %a;\n  and." + got + " %a, %a, 31;\n  or." +
          got + " %b, %b, %a;\n" +
          (got == "b32" ? "  cvt.u64.u32 %z, %b;\n" : "  mov.b64 %z, %b;\n") +
          "  add.u64 %y, %y, %z;\n";
  return valueScene(text, [](const Block& b, unsigned t) { return b.in[t][0]; });
}

} // namespace

std::vector<Scene> controlScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "Bra")
    return {branch(form)};
  if (record == "BrxIdx")
    return {branchIndexed(form)};
  if (record == "Call")
    return {callFunction(form, false), callFunction(form, true)};
  if (record == "Ret")
    return {returnEarly(form)};
  if (record == "Exit")
    return {exitThread(form)};
  if (record == "Trap" || record == "Brkpt")
    return {stop(form)};
  if (record == "Nanosleep")
    return {passing(form, " 20"), passing(form, " %tid")};
  if (record == "Pmevent" || record == "Setmaxnreg")
    return {passing(form, record == "Pmevent" ? " 3" : " 64")};
  if (record == "Griddepcontrol")
    return {passing(form, "")};
  if (record == "Stacksave" || record == "Stackrestore" || record == "Alloca")
    return {stack(form)};
  return {};
}

} // namespace anywarp::ptxsweep
