// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9 "Data Movement and Conversion Instructions" and atomics of 9.7.14.

defvar MemoryTypes = ["b8", "b16", "b32", "b64", "b128", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f16", "f16x2", "bf16", "bf16x2", "f32", "f64"];
defvar Spaces = Opt<"space", ["const", "global", "local", "param", "shared", "param::entry", "param::func", "shared::cta", "shared::cluster"]>;
defvar Scope = Opt<"scope", ["cta", "cluster", "gpu", "sys"]>;
defvar Vec = Opt<"vec", ["v2", "v4", "v8"]>;
defvar Hints = Many<"hint", ["L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate", "L2::evict_normal", "L2::evict_first", "L2::evict_last", "L2::cache_hint", "L2::64B", "L2::128B", "L2::256B"]>;

let section = "9.7.9.3", doc = "Copies a value, packs or unpacks a vector, takes an address, reads a special register." in
let rules = ["vec & pred", "vec & b128", "v4 & b64", "v4 & u64", "v4 & s64", "v4 & f64"] in
def Mov : Instr<"mov", [Opt<"vec", ["v2", "v4"]>], [["pred", "b16", "b32", "b64", "b128", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]], ["=any", "any"], Custom<"Mov">>;
let section = "9.7.9.7", doc = "Permutes bytes of a register pair." in
def Prmt : Instr<"prmt", [Opt<"mode", ["f4e", "b4e", "rc8", "ecl", "ecr", "rc16"]>], [["b32"]], ["=b32", "b32", "b32", "b32"], DeviceLib<"prmt{mode}_b32">>;

defvar LoadTypes = ["b8", "b16", "b32", "b64", "b128", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64"];
// v8 is for 32-bit types and, as v4 of 64-bit ones, for global memory. Ordered accesses are for memory that others
// see, eviction hints for global memory.
defvar Evict = ["L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate"];
defvar WideEvict = ["L2::evict_normal", "L2::evict_first", "L2::evict_last"];
defvar LocalSpaces = ["local", "param", "param::func"];
defvar SharedSpaces = ["shared", "shared::cta", "shared::cluster"];
defvar AccessRules = !listconcat(
    ["relaxed -> scope", "mmio -> relaxed", "mmio -> sys", "mmio & shared", "mmio & shared::cta", "mmio & shared::cluster",
     "relaxed & cop", "volatile & cop", "b128 & vec", "v8 -> b32 | u32 | s32 | f32"],
    !foldl([]<string>, !listconcat(LocalSpaces, SharedSpaces), l, s,
           !listconcat(l, ["v8 & " # s, "v4 & b64 & " # s, "v4 & u64 & " # s, "v4 & s64 & " # s, "v4 & f64 & " # s, "L2::cache_hint & " # s])),
    !foldl([]<string>, LocalSpaces, l, s, !listconcat(l, ["volatile & " # s, "relaxed & " # s])),
    !foldl([]<string>, !listconcat(Evict, WideEvict), l, h,
           !listconcat(l, [h # " & cop", h # " & volatile", h # " & mmio"],
                       !foldl([]<string>, !listconcat(LocalSpaces, SharedSpaces), k, s, !listconcat(k, [h # " & " # s])))),
    !foldl([]<string>, WideEvict, l, h, !listconcat(l, [h # " -> v8 | b64 | u64 | s64 | f64", h # " -> v8 | v4"])));
let props = ["reads"] in {
  let section = "9.7.9.8", doc = "Loads from memory." in
  let rules = !listconcat(AccessRules, ["scope -> relaxed | acquire", "acquire -> scope", "nc -> global", "nc & sem", "nc & mmio", "nc & lu", "nc & cv", "acquire & cop",
       "volatile & const", "relaxed & const", "acquire & const", "volatile & param::entry", "relaxed & param::entry", "acquire & param::entry",
       "acquire & local", "acquire & param", "acquire & param::func", "operand2 -> L2::cache_hint", "L2::cache_hint -> operand2", "L2::cache_hint & const", "L2::cache_hint & param::entry"],
      !foldl([]<string>, ["L2::64B", "L2::128B", "L2::256B"], l, h,
             !listconcat(l, !foldl([]<string>, ["const", "local", "param", "param::entry", "param::func", "shared", "shared::cta", "shared::cluster"], k, s, !listconcat(k, [h # " & " # s])))),
      !foldl([]<string>, Evict, l, h, !listconcat(l, [h # " & const", h # " & param::entry"]))) in
  def Ld : Instr<"ld", [Opt<"sem", ["weak", "relaxed", "acquire", "volatile"]>, Flag<"mmio">, Scope, Spaces, Flag<"nc">, Opt<"cop", ["ca", "cg", "cs", "lu", "cv"]>, Vec, Hints], [LoadTypes], ["=any", "mem", "?b64"], Custom<"Ld">>;
  let section = "9.7.9.10", doc = "Loads read-only data that is the same for all threads." in
  let rules = ["v4 & b64", "v4 & u64", "v4 & s64", "v4 & f64", "b128 & vec"] in
  def Ldu : Instr<"ldu", [Opt<"space", ["global"]>, Opt<"vec", ["v2", "v4"]>], [LoadTypes], ["=any", "mem"], Custom<"Ld">>;
}
let props = ["writes"] in {
  let section = "9.7.9.11", doc = "Stores to memory." in
  let rules = !listconcat(AccessRules, ["scope -> relaxed | release", "release -> scope", "release & cop", "release & local", "release & param", "release & param::func", "operand2 -> L2::cache_hint", "L2::cache_hint -> operand2"]) in
  def St : Instr<"st", [Opt<"sem", ["weak", "relaxed", "release", "volatile"]>, Flag<"mmio">, Scope, Opt<"space", ["global", "local", "shared", "shared::cta", "shared::cluster", "param", "param::func"]>, Opt<"cop", ["wb", "cg", "cs", "wt"]>, Vec, Many<"hint", !listconcat(Evict, WideEvict, ["L2::cache_hint"])>], [LoadTypes], ["mem", "any", "?b64"], Custom<"St">>;
  let section = "9.7.9.13", doc = "Fills shared memory with zeros." in
  def StBulk : Instr<"st", [Must<"bulk">, Flag<"weak">, Opt<"space", ["shared::cta"]>], [], ["mem", "u64", "imm:0:0"], Custom<"StBulk">>;
}
let section = "9.7.9.16", doc = "Brings data nearer to the processor (nothing to do here)." in {
  let rules = ["L2::evict_last -> global", "L2::evict_normal -> global"] in
  def Prefetch : Instr<"prefetch", [Opt<"space", ["global", "local"]>, Req<"level", ["L1", "L2", "L2::evict_last", "L2::evict_normal"]>], [], ["mem"], Custom<"Nothing">>;
  def PrefetchTensormap : Instr<"prefetch", [Opt<"space", ["const", "param"]>, Must<"tensormap">], [], ["mem"], Custom<"Nothing">>;
  def Prefetchu : Instr<"prefetchu", [Must<"L1">], [], ["mem"], Custom<"Nothing">>;
  def Applypriority : Instr<"applypriority", [Opt<"space", ["global"]>, Must<"L2::evict_normal">], [], ["mem", "imm:128:128"], Custom<"Nothing">>;
}
let section = "9.7.9.18", doc = "Gives up data without writing it back (nothing to do here)." in
def Discard : Instr<"discard", [Opt<"space", ["global"]>, Must<"L2">], [], ["mem", "imm:128:128"], Custom<"Nothing">>;
let section = "9.7.9.19", doc = "Makes a cache policy; policies are ignored." in {
  defvar Primary = Req<"primary", ["L2::evict_last", "L2::evict_normal", "L2::evict_first", "L2::evict_unchanged"]>;
  defvar Secondary = Opt<"secondary", ["L2::evict_first", "L2::evict_unchanged"]>;
  def CreatepolicyFractional : Instr<"createpolicy", [Must<"fractional">, Primary, Secondary], [["b64"]], ["=b64", "?f32"], Custom<"WriteZero">>;
  def CreatepolicyRange : Instr<"createpolicy", [Must<"range">, Opt<"space", ["global"]>, Primary, Secondary], [["b64"]], ["=b64", "mem", "b32", "b32"], Custom<"WriteZero">>;
  def CreatepolicyCvt : Instr<"createpolicy", [Must<"cvt">, Must<"L2">], [["b64"]], ["=b64", "b64"], Custom<"WriteZero">>;
}
let section = "9.7.9.20", doc = "Asks whether a generic address lies in a state space; constant, local and parameter memory count as global." in
def Isspacep : Instr<"isspacep", [Req<"space", ["const", "global", "local", "shared", "shared::cta", "shared::cluster", "param", "param::entry"]>], [], ["=pred", "any"], Custom<"Isspacep">>;
let section = "9.7.9.21", doc = "Converts an address between a state space and generic." in
def Cvta : Instr<"cvta", [Flag<"to">, Req<"space", ["const", "global", "local", "shared", "shared::cta", "shared::cluster", "param", "param::entry"]>], [["u32", "u64"]], ["=0", "0"], Custom<"Cvta">>;
defvar CvtInts = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"];
defvar CvtIntRnd = ["rni", "rzi", "rmi", "rpi"];
defvar CvtFloatRnd = ["rn", "rz", "rm", "rp"];
defvar PackRnd = Req<"rnd", ["rn", "rz"]>;
defvar Fp8x2 = ["e4m3x2", "e5m2x2"];
defvar Fp6x2 = ["e2m3x2", "e3m2x2"];
let section = "9.7.9.22", doc = "Converts between types." in {
  // .sat only where something can be out of range.
  let rules = ["sat & 0=s8 & 1=s8", "sat & 0=u8 & 1=u8", "sat & 0=s16 & 1=s8", "sat & 0=u16 & 1=u8", "sat & 0=s16 & 1=u8", "sat & 0=s16 & 1=s16", "sat & 0=u16 & 1=u16", "sat & 0=s32 & 1=s8", "sat & 0=u32 & 1=u8", "sat & 0=s32 & 1=u8", "sat & 0=s32 & 1=s16", "sat & 0=u32 & 1=u16", "sat & 0=s32 & 1=u16", "sat & 0=s32 & 1=s32", "sat & 0=u32 & 1=u32", "sat & 0=s64 & 1=s8", "sat & 0=u64 & 1=u8", "sat & 0=s64 & 1=u8", "sat & 0=s64 & 1=s16", "sat & 0=u64 & 1=u16", "sat & 0=s64 & 1=u16", "sat & 0=s64 & 1=s32", "sat & 0=u64 & 1=u32", "sat & 0=s64 & 1=u32", "sat & 0=s64 & 1=s64", "sat & 0=u64 & 1=u64"] in
  def CvtIntInt : Instr<"cvt", [Sat], [CvtInts, CvtInts], ["=0+", "1+"], Custom<"Cvt">>;
  let rules = ["ftz -> f32", "bf16 & sat", "bf16 & u8", "bf16 & s8"] in
  def CvtFloatInt : Instr<"cvt", [Req<"rnd", CvtIntRnd>, Ftz, Sat], [CvtInts, ["f16", "bf16", "f32", "f64"]], ["=0+", "1+"], Custom<"Cvt">>;
  let rules = ["ftz -> 0=f32", "0=bf16 & sat", "0=bf16 & u8", "0=bf16 & s8"] in
  def CvtIntFloat : Instr<"cvt", [Req<"rnd", CvtFloatRnd>, Ftz, Sat], [["f16", "bf16", "f32", "f64"], CvtInts], ["=0+", "1+"], Custom<"Cvt">>;
  // Narrowing rounds; anything else may round to a whole number.
  let rules = ["0=f16 & 1=f16", "0=bf16 & 1=bf16", "ftz -> 1=f32", "0=bf16 & sat", "relu -> 1=f32", "satfinite -> 1=f32", "sat & 1=bf16", "relu & sat",
               "satfinite & sat", "relu & ftz", "relu & 1=f64", "satfinite & 1=f64", "relu & rm", "relu & rp", "satfinite & rm", "satfinite & rp", "satfinite & ftz"] in
  def CvtNarrow : Instr<"cvt", [Req<"rnd", CvtFloatRnd>, Ftz, Sat, Flag<"relu">, Satfinite], [["f16", "bf16"], ["f16", "bf16", "f32", "f64"]], ["=0+", "1+"], Custom<"Cvt">>;
  def CvtF64F32 : Instr<"cvt", [Req<"rnd", CvtFloatRnd>, Ftz, Sat], [["f32"], ["f64"]], ["=0+", "1+"], Custom<"Cvt">>;
  let rules = ["0=f64 & 1=f64 & ftz", "0=f64 & 1=f16 & ftz", "0=f64 & 1=bf16 & ftz", "0=f16 & 1=f16 & ftz", "1=bf16 & sat", "1=bf16 & ftz", "0=f16 -> 1=f16 | 1=bf16", "0=f16 & 1=bf16 & rnd", "0=f16 & 1=bf16 & sat", "0=bf16 & 1=f16 & rnd", "0=bf16 & sat", "0=bf16 & ftz",
               "0=f32 -> 1=f32 | 1=f16 | 1=bf16", "0=bf16 -> 1=bf16 | 1=f16", "rnd & 0=f32 & 1=f16", "rnd & 0=f32 & 1=bf16", "rnd & 0=f64 & 1=f16", "rnd & 0=f64 & 1=bf16", "rnd & 0=f64 & 1=f32"] in
  def CvtWiden : Instr<"cvt", [Opt<"rnd", CvtIntRnd>, Ftz, Sat], [["f16", "bf16", "f32", "f64"], ["f16", "bf16", "f32", "f64"]], ["=0+", "1+"], Custom<"Cvt">>;
  def CvtPair : Instr<"cvt", [PackRnd, Flag<"relu">, Satfinite], [["f16x2", "bf16x2"], ["f32"]], ["=0", "1", "1"], Custom<"CvtPair">>;
  let rules = ["rna & relu"] in
  def CvtTf32 : Instr<"cvt", [Req<"rnd", ["rn", "rz", "rna"]>, Flag<"relu">, Satfinite], [["tf32"], ["f32"]], ["=b32", "f32"], DeviceLib<"cvt_{rnd}_tf32_f32{relu}{satfinite}">>;
  def CvtToFp8 : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [Fp8x2, ["f32"]], ["=b16", "f32", "f32"], DeviceLib<"cvt_{0}_f32{relu}">>;
  def CvtToFp8Half : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [Fp8x2, ["f16x2"]], ["=b16", "b32"], DeviceLib<"cvt_{0}_f16x2{relu}">>;
  def CvtFromFp8 : Instr<"cvt", [Must<"rn">, Flag<"relu">], [["f16x2"], Fp8x2], ["=b32", "b16"], DeviceLib<"cvt_f16x2_{1}{relu}">>;
  def CvtToFp6 : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [Fp6x2, ["f32"]], ["=b16", "f32", "f32"], DeviceLib<"cvt_{0}_f32{relu}">>;
  def CvtFromFp6 : Instr<"cvt", [Must<"rn">, Flag<"relu">], [["f16x2"], Fp6x2], ["=b32", "b16"], DeviceLib<"cvt_f16x2_{1}{relu}">>;
  def CvtToFp4 : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [["e2m1x2"], ["f32"]], ["=b8", "f32", "f32"], DeviceLib<"cvt_{0}_f32{relu}">>;
  def CvtFromFp4 : Instr<"cvt", [Must<"rn">, Flag<"relu">], [["f16x2"], ["e2m1x2"]], ["=b32", "b8"], DeviceLib<"cvt_f16x2_{1}{relu}">>;
  def CvtToScale : Instr<"cvt", [Req<"rnd", ["rz", "rp"]>, Satfinite], [["ue8m0x2"], ["f32"]], ["=b16", "f32", "f32"], DeviceLib<"cvt_{rnd}_ue8m0x2_f32{satfinite}">>;
  def CvtToScaleBf16 : Instr<"cvt", [Req<"rnd", ["rz", "rp"]>, Satfinite], [["ue8m0x2"], ["bf16x2"]], ["=b16", "b32"], DeviceLib<"cvt_{rnd}_ue8m0x2_bf16x2{satfinite}">>;
  def CvtFromScale : Instr<"cvt", [Must<"rn">], [["bf16x2"], ["ue8m0x2"]], ["=b32", "b16"], DeviceLib<"cvt_bf16x2_ue8m0x2">>;
  defvar NoRandom = Refused<"stochastic rounding is not emulated; sm_100a and later only">;
  def CvtRandomPair : Instr<"cvt", [Must<"rs">, Flag<"relu">, Satfinite], [["f16x2", "bf16x2"], ["f32"]], ["=0", "1", "1", "b32"], NoRandom>;
  def CvtRandomFour : Instr<"cvt", [Must<"rs">, Flag<"relu">, Must<"satfinite">], [["e4m3x4", "e5m2x4", "e2m3x4", "e3m2x4", "e2m1x4"], ["f32"]], ["=any", "any", "b32"], NoRandom>;
}
let section = "9.7.9.23", doc = "Converts two integers to a narrower type with saturation and packs them." in {
  def CvtPack : Instr<"cvt", [Must<"pack">, Must<"sat">], [["u16", "s16"], ["s32"]], ["=b32", "s32", "s32"], DeviceLib<"cvt_pack_{0}">>;
  def CvtPackMore : Instr<"cvt", [Must<"pack">, Must<"sat">], [["u2", "s2", "u4", "s4", "u8", "s8"], ["s32"], ["b32"]], ["=b32", "s32", "s32", "b32"], DeviceLib<"cvt_pack_{0}">>;
}
let section = "9.7.9.25", doc = "Copies from global to shared memory; here at once." in {
  let props = ["reads", "writes"] in
  def CpAsync : Instr<"cp", [Must<"async">, Req<"cop", ["ca", "cg"]>, Req<"to", ["shared", "shared::cta"]>, Must<"global">, Hints], [], ["mem", "mem", "imm:4:16", "?any", "?any"], Custom<"CpAsync">>;
  def CpAsyncCommit : Instr<"cp", [Must<"async">, Must<"commit_group">], [], [], Custom<"Nothing">>;
  def CpAsyncWait : Instr<"cp", [Must<"async">, Must<"wait_group">], [], ["any"], Custom<"Nothing">>;
  def CpAsyncWaitAll : Instr<"cp", [Must<"async">, Must<"wait_all">], [], [], Custom<"Nothing">>;
}
let section = "9.7.9.24", doc = "The rank of the block that owns a shared address." in
def Getctarank : Instr<"getctarank", [Opt<"space", ["shared::cluster"]>], [["u32", "u64"]], ["=b32", "0"], Custom<"Getctarank">>;
let section = "9.7.9.24", doc = "Maps a shared address to a block of the cluster." in
def Mapa : Instr<"mapa", [Opt<"space", ["shared::cluster"]>], [["u32", "u64"]], ["=0", "0", "b32"], Custom<"Mapa">>;

defvar AtomSem = Opt<"sem", ["relaxed", "acquire", "release", "acq_rel"]>;
defvar AtomSpace = Opt<"space", ["global", "shared", "shared::cta", "shared::cluster"]>;
defvar AtomTypes = ["b16", "b32", "b64", "b128", "u32", "u64", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"];
defvar AtomOps = Req<"op", ["and", "or", "xor", "exch", "add", "inc", "dec", "min", "max"]>;
defvar RedSem = Opt<"sem", ["relaxed", "release"]>;
defvar AtomHint = Opt<"hint", ["L2::cache_hint"]>;
// Which operation takes which types; 16-bit floating-point addition says .noftz.
defvar AtomRules = ["and -> b32 | b64", "or -> b32 | b64", "xor -> b32 | b64", "inc -> u32", "dec -> u32",
                    "add -> u32 | u64 | s32 | f32 | f64 | f16 | f16x2 | bf16 | bf16x2", "min -> u32 | u64 | s32 | s64", "max -> u32 | u64 | s32 | s64",
                    "f16 -> noftz", "f16x2 -> noftz", "bf16 -> noftz", "bf16x2 -> noftz", "noftz -> f16 | f16x2 | bf16 | bf16x2",
                    "L2::cache_hint & shared", "L2::cache_hint & shared::cta", "L2::cache_hint & shared::cluster"];
defvar AtomVecRules = ["f32 & noftz", "f32 & min", "f32 & max", "f32 & v8", "f16x2 & v8", "bf16x2 & v8",
                       "f16 -> noftz", "f16x2 -> noftz", "bf16 -> noftz", "bf16x2 -> noftz"];
let props = ["reads", "writes"] in {
  let section = "9.7.14.5", doc = "Atomic read-modify-write; returns the old value." in {
    let rules = !listconcat(AtomRules, ["exch -> b32 | b64 | b128", "operand3 -> L2::cache_hint", "L2::cache_hint -> operand3"]) in
    def Atom : Instr<"atom", [AtomSem, Scope, AtomSpace, AtomOps, Flag<"noftz">, AtomHint], [AtomTypes], ["=0", "mem", "0", "?b64"], Custom<"Atom">>;
    def AtomCas : Instr<"atom", [AtomSem, Scope, AtomSpace, Must<"cas">], [["b16", "b32", "b64", "b128"]], ["=0", "mem", "0", "0"], Custom<"Atom">>;
    let rules = !listconcat(AtomVecRules, ["operand3 -> L2::cache_hint", "L2::cache_hint -> operand3"]) in
    def AtomVec : Instr<"atom", [AtomSem, Scope, Opt<"space", ["global"]>, Req<"op", ["add", "min", "max"]>, Flag<"noftz">, AtomHint, Req<"vec", ["v2", "v4", "v8"]>], [["f32", "f16", "f16x2", "bf16", "bf16x2"]], ["=any", "mem", "any", "?b64"], Custom<"AtomVec">>;
  }
  let section = "9.7.14.6", doc = "Atomic read-modify-write without a result." in {
    let rules = !listconcat(AtomRules, ["operand2 -> L2::cache_hint", "L2::cache_hint -> operand2"]) in
    def RedOp : Instr<"red", [RedSem, Scope, AtomSpace, Req<"op", ["and", "or", "xor", "add", "inc", "dec", "min", "max"]>, Flag<"noftz">, AtomHint], [AtomTypes], ["mem", "0", "?b64"], Custom<"Red">>;
    let rules = !listconcat(AtomVecRules, ["operand2 -> L2::cache_hint", "L2::cache_hint -> operand2"]) in
    def RedVec : Instr<"red", [RedSem, Scope, Opt<"space", ["global"]>, Req<"op", ["add", "min", "max"]>, Flag<"noftz">, AtomHint, Req<"vec", ["v2", "v4", "v8"]>], [["f32", "f16", "f16x2", "bf16", "bf16x2"]], ["mem", "any", "?b64"], Custom<"RedVec">>;
  }
}

// lower/multimem.cpp
defvar MultimemRules = ["and -> b32 | b64", "or -> b32 | b64", "xor -> b32 | b64", "add -> u32 | u64 | s32 | f32 | f64 | f16 | f16x2 | bf16 | bf16x2",
                        "min -> u32 | u64 | s32 | s64 | f16 | f16x2 | bf16 | bf16x2", "max -> u32 | u64 | s32 | s64 | f16 | f16x2 | bf16 | bf16x2",
                        "vec -> f32 | f16 | f16x2 | bf16 | bf16x2", "f16 -> vec", "bf16 -> vec", "v8 -> f16 | bf16", "relaxed -> scope"];
let section = "9.7.9.14", doc = "Loads from, stores to and reduces in the memories of a multicast object." in {
  let props = ["reads"], rules = !listconcat(MultimemRules, ["acc::f32 -> f16 | f16x2 | bf16 | bf16x2", "acc::f32 -> add", "acquire -> scope", "scope -> relaxed | acquire"]) in
  def MultimemLdReduce : Instr<"multimem", [Must<"ld_reduce">, Opt<"sem", ["weak", "relaxed", "acquire"]>, Scope, Opt<"space", ["global"]>, Req<"op", ["add", "min", "max", "and", "or", "xor"]>, Flag<"acc::f32">, Vec], [["b32", "b64", "u32", "u64", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"]], ["=any", "mem"], Custom<"MultimemLdReduce">>;
  let props = ["reads"], rules = ["acc::f16 -> add", "e4m3 -> vec", "e5m2 -> vec", "e4m3x2 -> vec", "e5m2x2 -> vec", "acquire -> scope", "relaxed -> scope", "scope -> relaxed | acquire", "v8 -> e4m3 | e5m2"] in
  def MultimemLdReduceFp8 : Instr<"multimem", [Must<"ld_reduce">, Opt<"sem", ["weak", "relaxed", "acquire"]>, Scope, Opt<"space", ["global"]>, Req<"op", ["add", "min", "max"]>, Flag<"acc::f16">, Vec], [["e4m3", "e5m2", "e4m3x2", "e5m2x2", "e4m3x4", "e5m2x4"]], ["=any", "mem"], Custom<"MultimemLdReduce">>;
  let props = ["writes"], rules = ["vec -> f32 | f16 | f16x2 | bf16 | bf16x2", "v8 -> f16 | bf16", "f16 -> vec", "bf16 -> vec", "relaxed -> scope", "release -> scope", "scope -> relaxed | release"] in
  def MultimemSt : Instr<"multimem", [Must<"st">, Opt<"sem", ["weak", "relaxed", "release"]>, Scope, Opt<"space", ["global"]>, Vec], [["b32", "b64", "u32", "u64", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"]], ["mem", "any"], Custom<"MultimemSt">>;
  let props = ["reads", "writes"], rules = !listconcat(MultimemRules, ["release -> scope", "scope -> relaxed | release", "min & f16x2 -> vec", "max & f16x2 -> vec", "min & bf16x2 -> vec", "max & bf16x2 -> vec"]) in
  def MultimemRed : Instr<"multimem", [Must<"red">, Opt<"sem", ["relaxed", "release"]>, Scope, Opt<"space", ["global"]>, Req<"op", ["add", "min", "max", "and", "or", "xor"]>, Vec], [["b32", "b64", "u32", "u64", "s32", "s64", "f32", "f64", "f16", "f16x2", "bf16", "bf16x2"]], ["mem", "any"], Custom<"MultimemRed">>;
}
