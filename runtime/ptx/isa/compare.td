// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.6, 9.7.7 "Comparison and Selection" and 9.7.8 "Logic and Shift".

defvar Cmp = Req<"cmp", ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"]>;
defvar BoolOp = Opt<"bool", ["and", "or", "xor"]>;
defvar CmpTypes = ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"];
// lo ... hs are for unsigned integers, equ ... nan for floating point; bits know equality only.
defvar CmpRules = !listconcat(
    !foldl([]<string>, ["equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"], l, c, !listconcat(l, [c # " -> f32 | f64 | f16 | f16x2 | bf16 | bf16x2"])),
    !foldl([]<string>, ["lo", "ls", "hi", "hs"], l, c, !listconcat(l, [c # " -> u16 | u32 | u64"])),
    !foldl([]<string>, ["lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"], l, c, !listconcat(l, [c # " & b16", c # " & b32", c # " & b64"])),
    ["ftz -> f32 | f16 | f16x2", "bool -> operand3", "operand3 -> bool"]);
defvar SetRules = !listconcat(
    !foldl([]<string>, ["equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"], l, c, !listconcat(l, [c # " -> 1=f32 | 1=f64 | 1=f16 | 1=f16x2 | 1=bf16 | 1=bf16x2"])),
    !foldl([]<string>, ["lo", "ls", "hi", "hs"], l, c, !listconcat(l, [c # " -> 1=u16 | 1=u32 | 1=u64"])),
    !foldl([]<string>, ["lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"], l, c, !listconcat(l, [c # " & 1=b16", c # " & 1=b32", c # " & 1=b64"])),
    ["ftz -> 1=f32 | 1=f16 | 1=f16x2", "ftz & 0=bf16", "0=f16x2 -> 1=f16x2", "0=bf16x2 -> 1=bf16x2", "0=u16 -> 1=f16 | 1=bf16", "0=s16 -> 1=f16 | 1=bf16",
     "0=f32 & 1=f16", "0=f32 & 1=f16x2", "0=f32 & 1=bf16", "0=f32 & 1=bf16x2", "0=f16 & 1=f16x2", "0=f16 & 1=bf16", "0=f16 & 1=bf16x2",
     "0=bf16 & 1=f16x2", "0=bf16 & 1=bf16x2", "bool -> operand3", "operand3 -> bool"]);
let section = "9.7.6.1", doc = "Compares, combines with a predicate, and writes a number.", rules = SetRules in
def Set : Instr<"set", [Cmp, BoolOp, Ftz], [["u32", "s32", "f32", "f16", "f16x2", "bf16", "bf16x2", "u16", "s16"], CmpTypes], ["=0", "1", "1", "?pred"], Custom<"Set">>;
let section = "9.7.6.2", doc = "Compares, combines with a predicate, and writes predicates.", rules = CmpRules in
def Setp : Instr<"setp", [Cmp, BoolOp, Ftz], [CmpTypes], ["=any", "0", "0", "?pred"], Custom<"Setp">>;
let section = "9.7.6.3", doc = "Selects by a predicate." in
def Selp : Instr<"selp", [], [["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]], ["=0", "0", "0", "pred"], Op<"SelectLast">>;
let section = "9.7.6.4", doc = "Selects by the sign of a number.", rules = ["ftz -> 1=f32"] in
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
  def Lop3 : Instr<"lop3", [], [["b32"]], ["=0", "0", "0", "0", "imm:0:255"], Custom<"Lop3">>;
  def Lop3Bool : Instr<"lop3", [Req<"bool", ["or", "and"]>], [["b32"]], ["=any", "0", "0", "0", "imm:0:255", "pred"], Custom<"Lop3">>;
}
let section = "9.7.8.7", doc = "Funnel shift." in
def Shf : Instr<"shf", [Req<"dir", ["l", "r"]>, Req<"mode", ["clamp", "wrap"]>], [["b32"]], ["=b32", "b32", "b32", "u32"], Custom<"Shf">>;
let section = "9.7.8.8", doc = "Shifts left; amounts beyond the width give 0." in
def Shl : Instr<"shl", [], [Bits], ["=0", "0", "u32"], Custom<"Shl">>;
let section = "9.7.8.9", doc = "Shifts right; amounts beyond the width give the sign or 0." in
def Shr : Instr<"shr", [], [["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64"]], ["=0", "0", "u32"], Custom<"Shr">>;
