// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Forms with effects (memory, other lanes, other warps) cannot be compared as functions of their
// operands. A scene is a piece of PTX around one form and what it must leave behind, written from
// the PTX manual in plain host arithmetic. scenes() asks one factory for each chapter. Stateless.
//
// Every case has, for each block, a region of memory in the scene's space and a place for results.
// In the text of a scene stands
//   $a      register with the address of this lane's slot of the region, in the scene's space
//   $b      register with the address of the region
//   $o      register with the generic address of this lane's results: 8 bytes each, kPitch apart
//   $0..$3  this lane's four b64 inputs
//   $g      where the guard of an instruction goes
//   $u      a number of its own for names of the module
//   %tid, %lane, %slot, %block  b32; %pol: b64, a cache policy
//   %source  b64, the global address of the lane's four inputs
// and with `scratch` the shared arrays X (kRegion bytes, undefined) and M (8 bytes for each lane).
#pragma once

#include "forms.h"
#include "reference.h"

#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace anywarp::ptxsweep {

inline constexpr unsigned kThreads = 64; // of a block: two gangs
inline constexpr unsigned kSlot = 32;    // bytes of the region for each lane, at most
inline constexpr unsigned kRegion = kThreads * kSlot;
inline constexpr unsigned kResults = 16;         // of a lane, at most
inline constexpr unsigned kPitch = 8 * kThreads; // from result to result: lanes lie side by side
inline constexpr uint64_t kBefore = 0x5a5a5a5a5a5a5a5aull; // in registers that a guard leaves alone

enum class Space { Global, Shared, Local, Const, Param };

// What one block had, and then what it should have.
struct Block {
  uint32_t active[2], guards[2]; // lanes of each gang that come here; whose guard is true
  unsigned number;
  bool permuted;
  uint64_t (*in)[4];
  uint8_t* region;
  uint8_t* results; // 0xcc where nothing is written
  bool* anyResult;  // results that the manual leaves open: 16 of each thread

  bool comes(unsigned t) const { return active[t / 32] >> t % 32 & 1; }
  bool runs(unsigned t) const { return comes(t) && (guards[t / 32] >> t % 32 & 1); }
  unsigned slotOf(unsigned t) const { return permuted ? (t * 5 + 3) % kThreads : t; }
  // Writes result number `i` (8 bytes) of a thread.
  void result(unsigned t, unsigned i, uint64_t bits) {
    memcpy(results + i * kPitch + 8 * t, &bits, 8);
  }
  void anything(unsigned t, unsigned i) { anyResult[i * kThreads + t] = true; }
  uint32_t mask(unsigned gang) const { return active[gang] & guards[gang]; } // lanes that run
};

struct Scene {
  std::string form;
  std::string meaning; // the same for scenes with the same result, text and variant
  std::string text;
  std::string module; // functions and variables
  Space space = Space::Global;
  unsigned stride = kSlot;             // bytes of a slot
  bool whole = false;                  // all lanes come here and no guard is false (barriers)
  bool cluster = false;                // launched as clusters of two blocks
  bool alone = false;                  // in a kernel of its own: ends threads
  bool scratch = false;                // uses X and M
  bool fails = false;                  // the launch must fail
  bool independent = false;            // in a module of .texmode_independent
  ptx::Type element = ptx::Type::None; // float: any NaN in region and results equals any NaN
  // What the driver binds to .texref and .surfref variables of the module: name, handle.
  std::vector<std::pair<std::string, uint64_t>> variables;
  // Writes into a block's region what must lie there at first; `address` is the kernel's for it.
  std::function<void(uint8_t* region, uint64_t address)> prepare;
  std::function<void(Block&)> compute;
};

// Every way to run the form; empty: nothing knows it.
std::vector<Scene> scenes(const Form& form);

std::vector<Scene> memoryScenes(const Form& form);
std::vector<Scene> atomicScenes(const Form& form);
std::vector<Scene> addressScenes(const Form& form);
std::vector<Scene> warpScenes(const Form& form);
std::vector<Scene> blockScenes(const Form& form);
std::vector<Scene> controlScenes(const Form& form);
std::vector<Scene> mbarrierScenes(const Form& form);
std::vector<Scene> asyncScenes(const Form& form);
std::vector<Scene> tensorScenes(const Form& form);
std::vector<Scene> textureLookupScenes(const Form& form);
std::vector<Scene> textureQueryScenes(const Form& form);
std::vector<Scene> surfaceScenes(const Form& form);

// --- helpers
using Bytes = uint8_t*;
// compute() for scenes whose lanes know nothing of each other: fn(block, thread, slot).
template <typename Fn> std::function<void(Block&)> eachLane(unsigned stride, Fn fn) {
  return [stride, fn](Block& b) {
    for (unsigned t = 0; t < kThreads; ++t)
      if (b.comes(t))
        fn(b, t, b.region + b.slotOf(t) * stride);
  };
}
inline uint64_t loadBits(const uint8_t* p, unsigned bytes) {
  uint64_t x = 0;
  memcpy(&x, p, bytes);
  return x;
}
// Whether the record is for scenes: the sweep of computing instructions has no reference for it.
bool hasEffects(const ptx::InstrInfo& info);
// The form without what only orders, hints or names the same memory: order, scope, cache operators.
std::string meaningOf(const Form& form);
unsigned variantOf(const Form& form); // the same number for the same meaning: variants take turns
std::string number(uint64_t x);
// NAME0 or {NAME0, NAME1, ...}
std::string registerList(const char* name, unsigned count);
std::string resultText(unsigned i, const std::string& from); // stores a b64 as result number i
std::string replaced(std::string s, std::string_view what, std::string_view by);
unsigned vectorOf(const Form& form); // 1, 2, 4, 8
// What an atomic operation makes of a number; packed types go part by part.
uint64_t updatedBits(std::string_view op, ptx::Type t, uint64_t old, uint64_t x);
// ".reg" type of a register that holds exactly this type, and code that fills or reads one.
std::string_view exactRegister(ptx::Type t);
// `to` is an exact register, `from` a b64; `tmp` must be declared by exactTemporaries().
std::string toExact(ptx::Type t, const std::string& to, const std::string& from);
std::string fromExact(ptx::Type t, const std::string& to, const std::string& from);
std::string cachePolicy(const Form& form); // ", %pol" or nothing

} // namespace anywarp::ptxsweep
