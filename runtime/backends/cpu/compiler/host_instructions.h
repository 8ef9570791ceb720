// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions of the target machine that LLVM's IR has no general word for.
//
// Functions ptx_host_NAME of the device library (devicelib/host.cpp) say in plain C++ what they
// compute. Here they get a body of the target's own instructions where there are some; otherwise
// the one that they have stays. Divisions and square roots of f32 that may be wrong by a unit in
// the last place (!fpmath) become the target's estimates and a step of Newton's method, saturating
// conversions to integers its conversions with a few repairs. Where it has no conversions of f16,
// they become integer arithmetic. Runs before optimize(), which inlines the functions.
#pragma once

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace anywarp::cpu {

// Whether useHostInstructions() knows the functions aw.lane.NAME_RND_TYPE: fadd, fsub, fmul, fdiv,
// fma, sqrt and rcp of f32 and f64, rounded to zero (rz), down (rm) or up (rp).
bool hasDirectedRounding(const llvm::TargetMachine& target);

// Before vectorising: functions ptx_host_NAME of single lanes that have an instruction become calls
// of aw.lane.NAME.
void keepHostFunctions(llvm::Module& module, const llvm::TargetMachine& target);

void useHostInstructions(llvm::Module& module, const llvm::TargetMachine& target);

} // namespace anywarp::cpu
