// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9 "Data Movement and Conversion Instructions" and atomics of 9.7.14.

defvar MemoryTypes = ["b8", "b16", "b32", "b64", "b128", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f16", "f16x2", "bf16", "bf16x2", "f32", "f64"];
defvar Spaces = Opt<"space", ["const", "global", "local", "param", "shared", "param::entry", "param::func", "shared::cta", "shared::cluster"]>;
defvar Scope = Opt<"scope", ["cta", "cluster", "gpu", "sys"]>;
defvar Vec = Opt<"vec", ["v2", "v4", "v8"]>;
defvar Hints = Many<"hint", ["L1::*", "L2::*", "unified"]>;

let section = "9.7.9.3", doc = "Copies a value, packs or unpacks a vector, takes an address, reads a special register." in
def Mov : Instr<"mov", [Opt<"vec", ["v2", "v4"]>], [!listconcat(["pred"], MemoryTypes)], ["=any", "any"], Custom<"Mov">>;
let section = "9.7.9.7", doc = "Permutes bytes of a register pair." in
def Prmt : Instr<"prmt", [Opt<"mode", ["f4e", "b4e", "rc8", "ecl", "ecr", "rc16"]>], [["b32"]], ["=b32", "b32", "b32", "b32"], DeviceLib<"prmt{mode}_b32">>;

let props = ["reads"] in {
  let section = "9.7.9.8", doc = "Loads from memory." in
  def Ld : Instr<"ld", [Opt<"sem", ["weak", "relaxed", "acquire", "volatile", "mmio"]>, Scope, Spaces, Flag<"nc">, Opt<"cop", ["ca", "cg", "cs", "lu", "cv"]>, Vec, Hints], [MemoryTypes], ["=any", "any", "?any"], Custom<"Ld">>;
  let section = "9.7.9.10", doc = "Loads read-only data that is the same for all threads." in
  def Ldu : Instr<"ldu", [Spaces, Vec], [MemoryTypes], ["=any", "any"], Custom<"Ld">>;
}
let props = ["writes"] in {
  let section = "9.7.9.11", doc = "Stores to memory." in
  def St : Instr<"st", [Opt<"sem", ["weak", "relaxed", "release", "volatile", "mmio"]>, Scope, Spaces, Opt<"cop", ["wb", "cg", "cs", "wt"]>, Vec, Hints], [MemoryTypes], ["any", "any", "?any"], Custom<"St">>;
}
let section = "9.7.9.16", doc = "Brings data nearer to the processor (nothing to do here)." in {
  def Prefetch : Instr<"prefetch", [Opt<"space", ["global", "local", "const", "param"]>, Flag<"tensormap">, Many<"level", ["L1", "L2", "L2::*"]>], [], ["any"], Custom<"Nothing">>;
  def Prefetchu : Instr<"prefetchu", [Must<"L1">], [], ["any"], Custom<"Nothing">>;
  def Applypriority : Instr<"applypriority", [Opt<"space", ["global"]>, Many<"level", ["L2::*"]>], [], ["any", "any"], Custom<"Nothing">>;
}
let section = "9.7.9.18", doc = "Gives up data without writing it back (nothing to do here)." in
def Discard : Instr<"discard", [Opt<"space", ["global"]>, Must<"L2">], [], ["any", "any"], Custom<"Nothing">>;
let section = "9.7.9.19", doc = "Makes a cache policy; policies are ignored." in
def Createpolicy : Instr<"createpolicy", [Many<"what", ["fractional", "range", "cvt", "global", "L2", "L2::*", "unchanged"]>], [["b64"]], ["=b64", "?any", "?any", "?any", "?any"], Custom<"WriteZero">>;
let section = "9.7.9.20", doc = "Asks whether a generic address lies in a state space." in
def Isspacep : Instr<"isspacep", [Req<"space", ["const", "global", "local", "shared", "shared::cta", "shared::cluster", "param", "param::entry"]>], [], ["=pred", "u64"], Custom<"Isspacep">>;
let section = "9.7.9.21", doc = "Converts an address between a state space and generic." in
def Cvta : Instr<"cvta", [Flag<"to">, Req<"space", ["const", "global", "local", "shared", "shared::cta", "shared::cluster", "param", "param::entry"]>], [["u32", "u64"]], ["=0", "0"], Custom<"Cvta">>;
defvar CvtTypes = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f16", "bf16", "f32", "f64"];
defvar CvtRnd = Opt<"rnd", ["rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi"]>;
let section = "9.7.9.22", doc = "Converts between types." in {
  def Cvt : Instr<"cvt", [CvtRnd, Ftz, Sat, Flag<"relu">, Flag<"satfinite">], [CvtTypes, CvtTypes], ["=0", "1"], Custom<"Cvt">>;
  def CvtPair : Instr<"cvt", [Req<"rnd", ["rn", "rz"]>, Flag<"relu">, Flag<"satfinite">], [["f16x2", "bf16x2"], ["f32"]], ["=0", "1", "1"], Custom<"CvtPair">>;
  def CvtTf32 : Instr<"cvt", [Req<"rnd", ["rn", "rz", "rna"]>, Flag<"relu">, Flag<"satfinite">], [["tf32"], ["f32"]], ["=b32", "f32"], DeviceLib<"cvt_{rnd}_tf32_f32{relu}{satfinite}">>;
  def CvtToFp8 : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [["e4m3x2", "e5m2x2"], ["f32"]], ["=b16", "f32", "f32"], DeviceLib<"cvt_{0}_f32{relu}">>;
  def CvtToFp8Half : Instr<"cvt", [Must<"rn">, Must<"satfinite">, Flag<"relu">], [["e4m3x2", "e5m2x2"], ["f16x2"]], ["=b16", "b32"], DeviceLib<"cvt_{0}_f16x2{relu}">>;
  def CvtFromFp8 : Instr<"cvt", [Must<"rn">, Flag<"relu">], [["f16x2"], ["e4m3x2", "e5m2x2"]], ["=b32", "b16"], DeviceLib<"cvt_f16x2_{1}{relu}">>;
}
let section = "9.7.9.23", doc = "Converts two integers to a narrower type with saturation and packs them." in {
  def CvtPack : Instr<"cvt", [Must<"pack">, Must<"sat">], [["u16", "s16"], ["s32"]], ["=b32", "s32", "s32"], DeviceLib<"cvt_pack_{0}">>;
  def CvtPackMore : Instr<"cvt", [Must<"pack">, Must<"sat">], [["u8", "s8"], ["s32"], ["b32"]], ["=b32", "s32", "s32", "b32"], DeviceLib<"cvt_pack_{0}">>;
}
let section = "9.7.9.25", doc = "Copies from global to shared memory; here at once." in {
  let props = ["reads", "writes"] in
  def CpAsync : Instr<"cp", [Must<"async">, Req<"cop", ["ca", "cg"]>, Req<"to", ["shared", "shared::cta"]>, Must<"global">, Hints], [], ["any", "any", "any", "?any", "?any"], Custom<"CpAsync">>;
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
let props = ["reads", "writes"] in {
  let section = "9.7.14.5", doc = "Atomic read-modify-write; returns the old value." in {
    def Atom : Instr<"atom", [AtomSem, Scope, AtomSpace, AtomOps, Flag<"noftz">, Hints], [AtomTypes], ["=0", "any", "0", "?any"], Custom<"Atom">>;
    def AtomCas : Instr<"atom", [AtomSem, Scope, AtomSpace, Must<"cas">, Hints], [AtomTypes], ["=0", "any", "0", "0", "?any"], Custom<"Atom">>;
  }
  let section = "9.7.14.6", doc = "Atomic read-modify-write without a result." in
  def RedOp : Instr<"red", [AtomSem, Scope, AtomSpace, Req<"op", ["and", "or", "xor", "add", "inc", "dec", "min", "max"]>, Flag<"noftz">, Hints], [AtomTypes], ["any", "0", "?any"], Custom<"Red">>;
}
