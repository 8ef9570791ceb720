// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.6, 9.7.7 "Comparison and Selection" and 9.7.8 "Logic and Shift".

defvar Cmp = Req<"cmp", ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"]>;
defvar BoolOp = Opt<"bool", ["and", "or", "xor"]>;
defvar CmpTypes = ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"];
let section = "9.7.6.1", doc = "Compares, combines with a predicate, and writes a number." in
def Set : Instr<"set", [Cmp, BoolOp, Ftz], [["u32", "s32", "f32", "f16", "f16x2", "bf16", "bf16x2", "u16", "s16"], CmpTypes], ["=0", "1", "1", "?pred"], Custom<"Set">>;
let section = "9.7.6.2", doc = "Compares, combines with a predicate, and writes predicates." in
def Setp : Instr<"setp", [Cmp, BoolOp, Ftz], [CmpTypes], ["=any", "0", "0", "?pred"], Custom<"Setp">>;
let section = "9.7.6.3", doc = "Selects by a predicate." in
def Selp : Instr<"selp", [], [["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]], ["=0", "0", "0", "pred"], Op<"SelectLast">>;
let section = "9.7.6.4", doc = "Selects by the sign of a number." in
def Slct : Instr<"slct", [Ftz], [["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"], ["s32", "f32"]], ["=0", "0", "0", "1"], Custom<"Slct">>;

let section = "9.7.8.1", doc = "Bitwise and." in
def And : Instr<"and", [], [BitsPred], ["=0", "0", "0"], Op<"And">>;
let section = "9.7.8.2", doc = "Bitwise or." in
def Or : Instr<"or", [], [BitsPred], ["=0", "0", "0"], Op<"Or">>;
let section = "9.7.8.3", doc = "Bitwise exclusive or." in
def Xor : Instr<"xor", [], [BitsPred], ["=0", "0", "0"], Op<"Xor">>;
let section = "9.7.8.4", doc = "Bitwise complement." in
def Not : Instr<"not", [], [BitsPred], ["=0", "0"], Op<"Not">>;
let section = "9.7.8.5", doc = "Logical complement as in C." in
def Cnot : Instr<"cnot", [], [Bits], ["=0", "0"], Op<"Cnot">>;
let section = "9.7.8.6", doc = "Any bitwise function of three operands." in {
  def Lop3 : Instr<"lop3", [], [["b32"]], ["=0", "0", "0", "0", "any"], Custom<"Lop3">>;
  def Lop3Bool : Instr<"lop3", [Req<"bool", ["or", "and"]>], [["b32"]], ["=any", "0", "0", "0", "any", "pred"], Custom<"Lop3">>;
}
let section = "9.7.8.7", doc = "Funnel shift." in
def Shf : Instr<"shf", [Req<"dir", ["l", "r"]>, Req<"mode", ["clamp", "wrap"]>], [["b32"]], ["=b32", "b32", "b32", "u32"], Custom<"Shf">>;
let section = "9.7.8.8", doc = "Shifts left; amounts beyond the width give 0." in
def Shl : Instr<"shl", [], [Bits], ["=0", "0", "u32"], Custom<"Shl">>;
let section = "9.7.8.9", doc = "Shifts right; amounts beyond the width give the sign or 0." in
def Shr : Instr<"shr", [], [["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64"]], ["=0", "0", "u32"], Custom<"Shr">>;
