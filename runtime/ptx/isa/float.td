// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.3 "Floating-Point Instructions" and 9.7.4 "Half Precision".

defvar F3264 = [["f32", "f64"]];

let section = "9.7.3.1", doc = "Tests a floating-point property." in
def Testp : Instr<"testp", [Req<"test", ["finite", "infinite", "number", "notanumber", "normal", "subnormal"]>], F3264, ["=pred", "0"], DeviceLib<"testp_{test}_{0}">>;
let section = "9.7.3.2", doc = "Copies the sign of the first operand to the second." in
def Copysign : Instr<"copysign", [], F3264, ["=0", "0", "0"], Op<"Copysign">>;
let section = "9.7.3.3", doc = "Adds floating-point numbers." in {
  let rules = ["f64 & ftz", "f64 & sat"] in
  def AddF : Instr<"add", [Rnd, Ftz, Sat], [["f32", "f64"]], ["=0", "0", "0"], Rounded<"FAdd">>;
  def AddF32x2 : Instr<"add", [Rnd, Ftz, Must<"f32x2">], [], ["=b64", "b64", "b64"], Custom<"FloatPair">>;
}
let section = "9.7.3.4", doc = "Subtracts floating-point numbers." in {
  let rules = ["f64 & ftz", "f64 & sat"] in
  def SubF : Instr<"sub", [Rnd, Ftz, Sat], [["f32", "f64"]], ["=0", "0", "0"], Rounded<"FSub">>;
  def SubF32x2 : Instr<"sub", [Rnd, Ftz, Must<"f32x2">], [], ["=b64", "b64", "b64"], Custom<"FloatPair">>;
}
let section = "9.7.3.5", doc = "Multiplies floating-point numbers." in {
  let rules = ["f64 & ftz", "f64 & sat"] in
  def MulF : Instr<"mul", [Rnd, Ftz, Sat], [["f32", "f64"]], ["=0", "0", "0"], Rounded<"FMul">>;
  def MulF32x2 : Instr<"mul", [Rnd, Ftz, Must<"f32x2">], [], ["=b64", "b64", "b64"], Custom<"FloatPair">>;
}
let section = "9.7.3.6", doc = "Multiplies and adds with a single rounding." in {
  let rules = ["f64 & ftz", "f64 & sat", "-> rnd"] in
  def FmaF : Instr<"fma", [Rnd, Ftz, Sat], [["f32", "f64"]], ["=0", "0", "0", "0"], Rounded<"Fma">>;
  let rules = ["-> rnd"] in
  def FmaF32x2 : Instr<"fma", [Rnd, Ftz, Must<"f32x2">], [], ["=b64", "b64", "b64", "b64"], Custom<"FloatPair">>;
}
let section = "9.7.3.7", doc = "Multiplies and adds (the same as fma since sm_20); PTX older than 2.0 does not name the rounding of f32." in
let rules = ["f64 & ftz", "f64 & sat", "f64 -> rnd"] in
def MadF : Instr<"mad", [Rnd, Ftz, Sat], [["f32", "f64"]], ["=0", "0", "0", "0"], Rounded<"Fma">>;
let section = "9.7.3.8", doc = "Divides floating-point numbers." in {
  let rules = ["f64 & ftz", "-> rnd"] in
  def DivF : Instr<"div", [Rnd, Ftz], [["f32", "f64"]], ["=0", "0", "0"], Rounded<"FDiv">>;
  def DivApprox : Instr<"div", [Must<"approx">, Ftz], [["f32"]], ["=0", "0", "0"], DeviceLib<"div_approx_f32">>;
  def DivFull : Instr<"div", [Must<"full">, Ftz], [["f32"]], ["=0", "0", "0"], Op<"FDiv">>;
}
let section = "9.7.3.9", doc = "The absolute value." in
let rules = ["f64 & ftz"] in
def AbsF : Instr<"abs", [Ftz], [["f32", "f64"]], ["=0", "0"], Op<"FAbs">>;
let section = "9.7.3.10", doc = "Negates." in
let rules = ["f64 & ftz"] in
def NegF : Instr<"neg", [Ftz], [["f32", "f64"]], ["=0", "0"], Op<"FNeg">>;
defvar MinMaxSlots = [Ftz, Flag<"NaN">, Flag<"xorsign">, Flag<"abs">];
let section = "9.7.3.11", doc = "The smaller number; a NaN operand loses unless .NaN is given." in {
  let rules = ["f64 & ftz", "xorsign -> abs", "abs -> xorsign", "f64 & NaN", "f64 & abs"] in
  def MinF : Instr<"min", MinMaxSlots, [["f32", "f64"]], ["=0", "0", "0"], Custom<"FloatMin">>;
  def MinF3 : Instr<"min", [Ftz, Flag<"NaN">, Flag<"abs">], [["f32"]], ["=0", "0", "0", "0"], Custom<"FloatMin">>;
}
let section = "9.7.3.12", doc = "The larger number; a NaN operand loses unless .NaN is given." in {
  let rules = ["f64 & ftz", "xorsign -> abs", "abs -> xorsign", "f64 & NaN", "f64 & abs"] in
  def MaxF : Instr<"max", MinMaxSlots, [["f32", "f64"]], ["=0", "0", "0"], Custom<"FloatMax">>;
  def MaxF3 : Instr<"max", [Ftz, Flag<"NaN">, Flag<"abs">], [["f32"]], ["=0", "0", "0", "0"], Custom<"FloatMax">>;
}
let section = "9.7.3.13", doc = "The reciprocal." in {
  let rules = ["f64 & ftz"] in
  def Rcp : Instr<"rcp", [MustRnd, Ftz], [["f32", "f64"]], ["=0", "0"], Rounded<"Rcp">>;
  def RcpApprox : Instr<"rcp", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], Op<"RcpApprox">>;
}
let section = "9.7.3.14", doc = "A coarse reciprocal of a double." in
def RcpApproxF64 : Instr<"rcp", [Must<"approx">, Must<"ftz">], [["f64"]], ["=0", "0"], DeviceLib<"rcp_approx_f64">>;
let section = "9.7.3.15", doc = "The square root." in {
  let rules = ["f64 & ftz"] in
  def Sqrt : Instr<"sqrt", [MustRnd, Ftz], [["f32", "f64"]], ["=0", "0"], Rounded<"Sqrt">>;
  def SqrtApprox : Instr<"sqrt", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], Op<"SqrtApprox">>;
}
let section = "9.7.3.16", doc = "The reciprocal of the square root." in {
  def RsqrtApprox : Instr<"rsqrt", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], Op<"RsqrtApprox">>;
  def RsqrtApproxF64 : Instr<"rsqrt", [Must<"approx">], [["f64"]], ["=0", "0"], DeviceLib<"rsqrt_approx_f64">>;
}
let section = "9.7.3.17", doc = "A coarse reciprocal square root of a double." in
def RsqrtApproxFtzF64 : Instr<"rsqrt", [Must<"approx">, Must<"ftz">], [["f64"]], ["=0", "0"], DeviceLib<"rsqrt_approx_ftz_f64">>;
let section = "9.7.3.18", doc = "Sine, approximated." in
def Sin : Instr<"sin", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], DeviceLib<"sin_approx_f32">>;
let section = "9.7.3.19", doc = "Cosine, approximated." in
def Cos : Instr<"cos", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], DeviceLib<"cos_approx_f32">>;
let section = "9.7.3.20", doc = "Base-2 logarithm, approximated." in
def Lg2 : Instr<"lg2", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], DeviceLib<"lg2_approx_f32">>;
let section = "9.7.3.21", doc = "Power of two, approximated." in
def Ex2 : Instr<"ex2", [Must<"approx">, Ftz], [["f32"]], ["=0", "0"], DeviceLib<"ex2_approx_f32">>;
let section = "9.7.3.22", doc = "Hyperbolic tangent, approximated." in
def Tanh : Instr<"tanh", [Must<"approx">], [["f32"]], ["=0", "0"], DeviceLib<"tanh_approx_f32">>;

let section = "9.7.5.1", doc = "Adds a 16-bit number to an f32." in
def AddMixed : Instr<"add", [Rnd, Sat], [["f32"], ["f16", "bf16"]], ["=0", "1", "0"], Custom<"MixedFloat">>;
let section = "9.7.5.2", doc = "Subtracts an f32 from a 16-bit number." in
def SubMixed : Instr<"sub", [Rnd, Sat], [["f32"], ["f16", "bf16"]], ["=0", "1", "0"], Custom<"MixedFloat">>;
let section = "9.7.5.3", doc = "Multiplies 16-bit numbers and adds an f32 with a single rounding." in
def FmaMixed : Instr<"fma", [MustRnd, Sat], [["f32"], ["f16", "bf16"]], ["=0", "1", "1", "0"], Custom<"MixedFloat">>;

defvar NoBf16 = ["bf16 & ftz", "bf16x2 & ftz", "bf16 & sat", "bf16x2 & sat"];
let section = "9.7.4.1", doc = "Adds 16-bit floating-point numbers.", rules = NoBf16 in
def AddHalf : Instr<"add", [RnOnly, Ftz, Sat], [Halves], ["=0", "0", "0"], Half<"FAdd">>;
let section = "9.7.4.2", doc = "Subtracts 16-bit floating-point numbers.", rules = NoBf16 in
def SubHalf : Instr<"sub", [RnOnly, Ftz, Sat], [Halves], ["=0", "0", "0"], Half<"FSub">>;
let section = "9.7.4.3", doc = "Multiplies 16-bit floating-point numbers.", rules = NoBf16 in
def MulHalf : Instr<"mul", [RnOnly, Ftz, Sat], [Halves], ["=0", "0", "0"], Half<"FMul">>;
let section = "9.7.4.4", doc = "Multiplies and adds 16-bit floating-point numbers with a single rounding." in {
  let rules = !listconcat(NoBf16, ["sat & relu"]) in
  def FmaHalf : Instr<"fma", [Must<"rn">, Ftz, Sat, Flag<"relu">], [Halves], ["=0", "0", "0", "0"], Custom<"HalfFma">>;
  def FmaHalfOob : Instr<"fma", [Must<"rn">, Must<"oob">, Flag<"relu">], [Halves], ["=0", "0", "0", "0"], Custom<"HalfFma">>;
}
let section = "9.7.4.5", doc = "Negates 16-bit floating-point numbers.", rules = ["bf16 & ftz", "bf16x2 & ftz"] in
def NegHalf : Instr<"neg", [Ftz], [Halves], ["=0", "0"], Custom<"HalfNeg">>;
let section = "9.7.4.6", doc = "The absolute value of 16-bit floating-point numbers.", rules = ["bf16 & ftz", "bf16x2 & ftz"] in
def AbsHalf : Instr<"abs", [Ftz], [Halves], ["=0", "0"], Custom<"HalfAbs">>;
defvar HalfMinMaxRules = ["bf16 & ftz", "bf16x2 & ftz", "xorsign -> abs", "abs -> xorsign"];
let section = "9.7.4.7", doc = "The smaller 16-bit floating-point number.", rules = HalfMinMaxRules in
def MinHalf : Instr<"min", MinMaxSlots, [Halves], ["=0", "0", "0"], Custom<"HalfMin">>;
let section = "9.7.4.8", doc = "The larger 16-bit floating-point number.", rules = HalfMinMaxRules in
def MaxHalf : Instr<"max", MinMaxSlots, [Halves], ["=0", "0", "0"], Custom<"HalfMax">>;
let section = "9.7.4.9", doc = "Hyperbolic tangent of 16-bit floating-point numbers, approximated." in
def TanhHalf : Instr<"tanh", [Must<"approx">], [Halves], ["=0", "0"], Half<"tanh_approx_f32">>;
let section = "9.7.4.10", doc = "Power of two of 16-bit floating-point numbers, approximated." in {
  let rules = ["f16 & ftz", "f16x2 & ftz", "bf16 -> ftz", "bf16x2 -> ftz"] in
  def Ex2Half : Instr<"ex2", [Must<"approx">, Ftz], [Halves], ["=0", "0"], Half<"ex2_approx_f32">>;
}
