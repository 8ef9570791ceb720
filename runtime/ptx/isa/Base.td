// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vocabulary of the instruction tables: one record = one instruction form of the PTX ISA.
//
// gen.py turns the records into C++ tables (matching, operand types, properties) and into the
// coverage page. Data only: no C++ in these files.

// A modifier slot. Modifiers may stand in any order in the text; each belongs to one slot.
class Slot<string n, list<string> s, bit req, bit rep> {
  string name = n;
  list<string> spellings = s; // * stands for any text
  bit required = req;
  bit repeat = rep;
}
class Opt<string n, list<string> s> : Slot<n, s, 0, 0>;
class Req<string n, list<string> s> : Slot<n, s, 1, 0>;
class Flag<string n> : Slot<n, [n], 0, 0>;
class Must<string n> : Slot<n, [n], 1, 0>;
class Many<string n, list<string> s> : Slot<n, s, 0, 1>;

// How a record becomes LLVM IR.
class Lowering<string k, string n> {
  string kind = k;
  string name = n;
}
class Op<string n> : Lowering<"Op", n>;               // one IRBuilder operation
class Intrinsic<string n> : Lowering<"Intrinsic", n>; // llvm.NAME, overloaded on the first argument
// An inlined function of devicelib/; {0} {1} stand for types, {slot} for the modifier in that slot.
class DeviceLib<string n> : Lowering<"DeviceLib", n>;
class Rounded<string n> : Lowering<"Rounded", n>;     // Op for .rn, devicelib MNEMONIC_RND_TYPE otherwise
class Half<string n> : Lowering<"Half", n>;           // Op in f32 on each 16-bit part, rounded back
class Custom<string n> : Lowering<"Custom", n>;       // C++ function lowerNAME in lower/
class Refused<string reason> : Lowering<"Refused", reason>; // parses; a kernel that uses it does not compile

// Op, Intrinsic, DeviceLib, Rounded and Half obey .ftz (inputs and result), .sat and .relu by themselves.

// Operand patterns: "=" written, "?" may be missing; then a type position (0, 1, 2), a type name,
// "w0" (twice as wide as type 0), "mem" (an [address]), "imm" or "imm:0:255" (a constant, within bounds),
// or "any" (the Custom function looks at it). A type followed by "+": wider registers will do, as for ld and cvt.
class Instr<string m, list<Slot> s, list<list<string>> t, list<string> o, Lowering l> {
  string mnemonic = m;
  list<Slot> slots = s;
  list<list<string>> types = t;
  list<string> operands = o;
  Lowering lowering = l;
  // reads, writes (memory), convergent, terminator, guard (the lowering handles @p itself),
  // impure (must not run when the guard is false, though it touches no memory).
  list<string> props = [];
  // Which modifiers and types go together: "ftz & f64" never do; "relaxed -> scope": the first needs one of
  // those behind the arrow, which "|" separates. A word is a modifier, a slot's name (something stands there),
  // a type; "0=f32" is type position 0, "dtype=f32" a modifier in that slot, "operand3" an operand that may be missing.
  list<string> rules = [];
  string section = "";
  string doc = "";
}

// Since when a form exists (versions.td): the PTX ISA version, the least .target ("90a": only targets with a
// letter), and the same for modifiers and types that came later: "bf16: 7.8, 90".
class Since<Instr r, string v, string t = "", list<string> n = []> {
  Instr instr = r;
  string isa = v;
  string target = t;
  list<string> needs = n;
}

defvar Ints = ["u16", "u32", "u64", "s16", "s32", "s64"];
defvar Ints32 = ["u32", "s32"];
defvar Ints3264 = ["u32", "u64", "s32", "s64"];
defvar Signed = ["s16", "s32", "s64"];
defvar Bits = ["b16", "b32", "b64"];
defvar BitsPred = ["pred", "b16", "b32", "b64"];
defvar Halves = ["f16", "f16x2", "bf16", "bf16x2"];

defvar Rnd = Opt<"rnd", ["rn", "rz", "rm", "rp"]>;
defvar MustRnd = Req<"rnd", ["rn", "rz", "rm", "rp"]>;
defvar RnOnly = Opt<"rnd", ["rn"]>;
defvar Ftz = Flag<"ftz">;
defvar Sat = Flag<"sat">;
defvar Satfinite = Flag<"satfinite">;
