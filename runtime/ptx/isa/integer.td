// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.1 "Integer Arithmetic Instructions" and 9.7.2 "Extended-Precision".

let section = "9.7.1.1", doc = "Adds two integers, or two pairs of 16-bit integers." in {
  def AddInt : Instr<"add", [], [Ints], ["=0", "0", "0"], Op<"Add">>;
  def AddSat : Instr<"add", [Must<"sat">], [["s32"]], ["=0", "0", "0"], Intrinsic<"sadd.sat">>;
  def AddPair : Instr<"add", [], [["u16x2", "s16x2"]], ["=0", "0", "0"], DeviceLib<"add_{0}">>;
}
let section = "9.7.1.2", doc = "Subtracts integers." in {
  def SubInt : Instr<"sub", [], [Ints], ["=0", "0", "0"], Op<"Sub">>;
  def SubSat : Instr<"sub", [Must<"sat">], [["s32"]], ["=0", "0", "0"], Intrinsic<"ssub.sat">>;
}
let section = "9.7.1.3", doc = "Multiplies integers: low half, high half or both." in {
  def MulLo : Instr<"mul", [Must<"lo">], [Ints], ["=0", "0", "0"], Op<"Mul">>;
  def MulHi : Instr<"mul", [Must<"hi">], [Ints], ["=0", "0", "0"], Custom<"MulHi">>;
  def MulWide : Instr<"mul", [Must<"wide">], [["u16", "u32", "s16", "s32"]], ["=w0", "0", "0"], Custom<"MulWide">>;
}
let section = "9.7.1.4", doc = "Multiplies integers, takes one half or both, and adds." in {
  def MadLo : Instr<"mad", [Must<"lo">], [Ints], ["=0", "0", "0", "0"], Op<"MulAdd">>;
  def MadHi : Instr<"mad", [Must<"hi">], [Ints], ["=0", "0", "0", "0"], Custom<"MadHi">>;
  def MadHiSat : Instr<"mad", [Must<"hi">, Must<"sat">], [["s32"]], ["=0", "0", "0", "0"], DeviceLib<"mad_hi_sat_s32">>;
  def MadWide : Instr<"mad", [Must<"wide">], [["u16", "u32", "s16", "s32"]], ["=w0", "0", "0", "w0"], Custom<"MadWide">>;
}
let section = "9.7.1.5", doc = "Multiplies the low 24 bits of two integers." in
def Mul24 : Instr<"mul24", [Req<"half", ["lo", "hi"]>], [Ints32], ["=0", "0", "0"], DeviceLib<"mul24_{half}_{0}">>;
let section = "9.7.1.6", doc = "Multiplies the low 24 bits of two integers and adds." in {
  def Mad24 : Instr<"mad24", [Req<"half", ["lo", "hi"]>], [Ints32], ["=0", "0", "0", "0"], DeviceLib<"mad24_{half}_{0}">>;
  def Mad24Sat : Instr<"mad24", [Must<"hi">, Must<"sat">], [["s32"]], ["=0", "0", "0", "0"], DeviceLib<"mad24_hi_sat_s32">>;
}
let section = "9.7.1.7", doc = "Adds the absolute difference of two integers to a third." in
def Sad : Instr<"sad", [], [Ints], ["=0", "0", "0", "0"], DeviceLib<"sad_{0}">>;
let section = "9.7.1.8", doc = "Divides integers." in
def DivInt : Instr<"div", [], [Ints], ["=0", "0", "0"], Custom<"DivInt">>;
let section = "9.7.1.9", doc = "The remainder of integer division." in
def RemInt : Instr<"rem", [], [Ints], ["=0", "0", "0"], Custom<"RemInt">>;
let section = "9.7.1.10", doc = "The absolute value of a signed integer." in
def AbsInt : Instr<"abs", [], [Signed], ["=0", "0"], Op<"Abs">>;
let section = "9.7.1.11", doc = "Negates a signed integer." in
def NegInt : Instr<"neg", [], [Signed], ["=0", "0"], Op<"Neg">>;
let section = "9.7.1.12", doc = "The smaller of two integers." in {
  def MinUint : Instr<"min", [], [["u16", "u32", "u64"]], ["=0", "0", "0"], Intrinsic<"umin">>;
  def MinSint : Instr<"min", [], [Signed], ["=0", "0", "0"], Intrinsic<"smin">>;
  def MinRelu : Instr<"min", [Must<"relu">], [["s32"]], ["=0", "0", "0"], DeviceLib<"min_relu_s32">>;
  let rules = ["relu & u16x2"] in
  def MinPair : Instr<"min", [Flag<"relu">], [["u16x2", "s16x2"]], ["=0", "0", "0"], DeviceLib<"min_{0}{relu}">>;
}
let section = "9.7.1.13", doc = "The larger of two integers." in {
  def MaxUint : Instr<"max", [], [["u16", "u32", "u64"]], ["=0", "0", "0"], Intrinsic<"umax">>;
  def MaxSint : Instr<"max", [], [Signed], ["=0", "0", "0"], Intrinsic<"smax">>;
  def MaxRelu : Instr<"max", [Must<"relu">], [["s32"]], ["=0", "0", "0"], DeviceLib<"max_relu_s32">>;
  let rules = ["relu & u16x2"] in
  def MaxPair : Instr<"max", [Flag<"relu">], [["u16x2", "s16x2"]], ["=0", "0", "0"], DeviceLib<"max_{0}{relu}">>;
}
let section = "9.7.1.14", doc = "Counts one bits." in
def Popc : Instr<"popc", [], [["b32", "b64"]], ["=u32", "0"], Intrinsic<"ctpop">>;
let section = "9.7.1.15", doc = "Counts leading zero bits." in
def Clz : Instr<"clz", [], [["b32", "b64"]], ["=u32", "0"], DeviceLib<"clz_{0}">>;
let section = "9.7.1.16", doc = "Finds the most significant bit that is not a sign bit." in
def Bfind : Instr<"bfind", [Flag<"shiftamt">], [Ints3264], ["=u32", "0"], DeviceLib<"bfind{shiftamt}_{0}">>;
let section = "9.7.1.17", doc = "Finds the n-th set bit from a base position." in
def Fns : Instr<"fns", [], [["b32"]], ["=b32", "b32", "b32", "s32"], DeviceLib<"fns_b32">>;
let section = "9.7.1.18", doc = "Reverses the order of bits." in
def Brev : Instr<"brev", [], [["b32", "b64"]], ["=0", "0"], Intrinsic<"bitreverse">>;
let section = "9.7.1.19", doc = "Extracts a bit field." in
def Bfe : Instr<"bfe", [], [Ints3264], ["=0", "0", "u32", "u32"], DeviceLib<"bfe_{0}">>;
let section = "9.7.1.20", doc = "Inserts a bit field." in
def Bfi : Instr<"bfi", [], [["b32", "b64"]], ["=0", "0", "0", "u32", "u32"], DeviceLib<"bfi_{0}">>;
let section = "9.7.1.21", doc = "Sign- or zero-extends the low n bits." in
def Szext : Instr<"szext", [Req<"mode", ["clamp", "wrap"]>], [Ints32], ["=0", "0", "u32"], DeviceLib<"szext_{mode}_{0}">>;
let section = "9.7.1.22", doc = "Makes a mask of n bits at a position." in
def Bmsk : Instr<"bmsk", [Req<"mode", ["clamp", "wrap"]>], [["b32"]], ["=b32", "u32", "u32"], DeviceLib<"bmsk_{mode}_b32">>;
let section = "9.7.1.23", doc = "Dot product of four byte pairs, accumulated." in
def Dp4a : Instr<"dp4a", [], [Ints32, Ints32], ["=s32", "b32", "b32", "s32"], DeviceLib<"dp4a_{0}_{1}">>;
let section = "9.7.1.24", doc = "Dot product of two 16-bit and two byte values, accumulated." in
def Dp2a : Instr<"dp2a", [Req<"half", ["lo", "hi"]>], [Ints32, Ints32], ["=s32", "b32", "b32", "s32"], DeviceLib<"dp2a_{half}_{0}_{1}">>;

defvar CarryTypes = [["u32", "s32", "u64", "s64"]];
let section = "9.7.2.1", doc = "Adds and writes the carry flag." in
def AddCc : Instr<"add", [Must<"cc">], CarryTypes, ["=0", "0", "0"], Custom<"AddCc">>;
let section = "9.7.2.2", doc = "Adds with the carry flag." in
def Addc : Instr<"addc", [Flag<"cc">], CarryTypes, ["=0", "0", "0"], Custom<"Addc">>;
let section = "9.7.2.3", doc = "Subtracts and writes the borrow flag." in
def SubCc : Instr<"sub", [Must<"cc">], CarryTypes, ["=0", "0", "0"], Custom<"SubCc">>;
let section = "9.7.2.4", doc = "Subtracts with the borrow flag." in
def Subc : Instr<"subc", [Flag<"cc">], CarryTypes, ["=0", "0", "0"], Custom<"Subc">>;
let section = "9.7.2.5", doc = "Multiplies, adds and writes the carry flag." in
def MadCc : Instr<"mad", [Req<"half", ["lo", "hi"]>, Must<"cc">], CarryTypes, ["=0", "0", "0", "0"], Custom<"MadCc">>;
let section = "9.7.2.6", doc = "Multiplies and adds with the carry flag." in
def Madc : Instr<"madc", [Req<"half", ["lo", "hi"]>, Flag<"cc">], CarryTypes, ["=0", "0", "0", "0"], Custom<"Madc">>;
