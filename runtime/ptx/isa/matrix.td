// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14 "warp-level matrix" and 9.7.15 "wgmma": functions of the whole warp, in
// devicelib/matrix*.cpp. Types are slots, since each has its place in the name: D, A, B, C.

class Matrix<string m, list<Slot> s, list<string> o, string l> : Instr<m, s, [], o, Custom<l>> {
  let props = ["convergent"];
}
defvar SyncAligned = [Must<"sync">, Must<"aligned">];
defvar AnyLayout = ["row", "col"];
defvar MemorySpace = Opt<"space", ["global", "shared", "shared::cta"]>; // the manual's .ss
defvar SharedSpace = Opt<"space", ["shared", "shared::cta"]>;
defvar SignedUnsigned8 = ["s8", "u8"];
defvar SignedUnsigned4 = ["s4", "u4"];
defvar MatrixFp8 = ["e4m3", "e5m2"];
defvar WmmaShapes = ["m16n16k16", "m8n32k16", "m32n8k16"];

// ---- wmma

class WmmaMove<string verb, string matrix, list<string> layouts, list<string> shapes, list<string> t>
    : Matrix<"wmma", !listconcat([Must<verb>, Req<"matrix", [matrix]>], SyncAligned,
                                 [Req<"layout", layouts>, Req<"shape", shapes>, MemorySpace, Req<"type", t>]),
             !if(!eq(verb, "load"), ["=any", "any", "?u32"], ["any", "any", "?u32"]),
             !if(!eq(verb, "load"), "WmmaLoad", "WmmaStore")>;

let section = "9.7.14.4.3", doc = "Loads a matrix into the registers of a warp.", props = ["convergent", "reads"] in {
  foreach x = ["a", "b"] in {
    def WmmaLoad_#x : WmmaMove<"load", x, AnyLayout, WmmaShapes, ["f16", "bf16", "s8", "u8"]>;
    def WmmaLoadTf32_#x : WmmaMove<"load", x, AnyLayout, ["m16n16k8"], ["tf32"]>;
    def WmmaLoadF64_#x : WmmaMove<"load", x, AnyLayout, ["m8n8k4"], ["f64"]>;
    defvar layout = !if(!eq(x, "a"), "row", "col");
    def WmmaLoadS4_#x : WmmaMove<"load", x, [layout], ["m8n8k32"], SignedUnsigned4>;
    def WmmaLoadB1_#x : WmmaMove<"load", x, [layout], ["m8n8k128"], ["b1"]>;
  }
  def WmmaLoad_c : WmmaMove<"load", "c", AnyLayout, WmmaShapes, ["f16", "f32", "s32"]>;
  def WmmaLoadTf32_c : WmmaMove<"load", "c", AnyLayout, ["m16n16k8"], ["f32"]>;
  def WmmaLoadF64_c : WmmaMove<"load", "c", AnyLayout, ["m8n8k4"], ["f64"]>;
  def WmmaLoadS32_c : WmmaMove<"load", "c", AnyLayout, ["m8n8k32", "m8n8k128"], ["s32"]>;
}
let section = "9.7.14.4.4", doc = "Stores a matrix from the registers of a warp.", props = ["convergent", "writes"] in {
  def WmmaStore : WmmaMove<"store", "d", AnyLayout, WmmaShapes, ["f16", "f32", "s32"]>;
  def WmmaStoreTf32 : WmmaMove<"store", "d", AnyLayout, ["m16n16k8"], ["f32"]>;
  def WmmaStoreF64 : WmmaMove<"store", "d", AnyLayout, ["m8n8k4"], ["f64"]>;
  def WmmaStoreS32 : WmmaMove<"store", "d", AnyLayout, ["m8n8k32", "m8n8k128"], ["s32"]>;
}

class WmmaMma<list<Slot> s> : Matrix<"wmma", !listconcat([Must<"mma">], SyncAligned, s), ["=any", "any", "any", "any"], "Mma">;
class WmmaInt<string l, list<string> shapes, list<string> t>
    : WmmaMma<[Req<"alayout", !if(!empty(l), AnyLayout, ["row"])>, Req<"blayout", !if(!empty(l), AnyLayout, ["col"])>,
               Req<"shape", shapes>, Req<"dtype", ["s32"]>, Req<"atype", t>, Req<"btype", t>, Req<"ctype", ["s32"]>, Satfinite]>;
let section = "9.7.14.4.5", doc = "D = A * B + C with matrices in the registers of a warp." in {
  def WmmaF16 : WmmaMma<[Req<"alayout", AnyLayout>, Req<"blayout", AnyLayout>, Req<"shape", WmmaShapes>,
                         Req<"dtype", ["f16", "f32"]>, Req<"ctype", ["f16", "f32"]>, Satfinite]>;
  def WmmaBf16 : WmmaMma<[Req<"alayout", AnyLayout>, Req<"blayout", AnyLayout>, Req<"shape", WmmaShapes>, Req<"dtype", ["f32"]>,
                          Req<"atype", ["bf16"]>, Req<"btype", ["bf16"]>, Req<"ctype", ["f32"]>]>;
  def WmmaTf32 : WmmaMma<[Req<"alayout", AnyLayout>, Req<"blayout", AnyLayout>, Req<"shape", ["m16n16k8"]>, Req<"dtype", ["f32"]>,
                          Req<"atype", ["tf32"]>, Req<"btype", ["tf32"]>, Req<"ctype", ["f32"]>]>;
  def WmmaF64 : WmmaMma<[Req<"alayout", AnyLayout>, Req<"blayout", AnyLayout>, Req<"shape", ["m8n8k4"]>, Rnd, Req<"dtype", ["f64"]>,
                         Req<"atype", ["f64"]>, Req<"btype", ["f64"]>, Req<"ctype", ["f64"]>]>;
  // "The values for .atype and .btype must be the same": mma.sync mixes them, wmma does not.
  let rules = ["atype=s8 -> btype=s8", "atype=u8 -> btype=u8"] in
  def WmmaS8 : WmmaInt<"", WmmaShapes, SignedUnsigned8>;
  let rules = ["atype=s4 -> btype=s4", "atype=u4 -> btype=u4"] in
  def WmmaS4 : WmmaInt<"fixed", ["m8n8k32"], SignedUnsigned4>;
  def WmmaB1 : WmmaMma<[Req<"op", ["xor", "and"]>, Must<"popc">, Must<"row">, Must<"col">, Req<"shape", ["m8n8k128"]>,
                        Req<"dtype", ["s32"]>, Req<"atype", ["b1"]>, Req<"btype", ["b1"]>, Req<"ctype", ["s32"]>]>;
}

// ---- mma

class MmaTypes<list<string> shapes, list<string> d, list<string> a, list<string> b, list<string> c, list<Slot> more = []>
    : Matrix<"mma", !listconcat(SyncAligned, [Must<"row">, Must<"col">, Req<"shape", shapes>, Req<"dtype", d>, Req<"atype", a>,
                                              Req<"btype", b>, Req<"ctype", c>], more),
             ["=any", "any", "any", "any"], "Mma">;
let section = "9.7.14.5.14", doc = "D = A * B + C with matrices in the registers of a warp." in {
  let rules = ["ctype=f32 -> dtype=f32"] in // "when .ctype is .f32, .dtype must also be .f32"
  def MmaVolta : Matrix<"mma", !listconcat(SyncAligned, [Req<"alayout", AnyLayout>, Req<"blayout", AnyLayout>, Req<"shape", ["m8n8k4"]>,
                                                         Req<"dtype", ["f16", "f32"]>, Req<"atype", ["f16"]>, Req<"btype", ["f16"]>,
                                                         Req<"ctype", ["f16", "f32"]>]),
                        ["=any", "any", "any", "any"], "MmaVolta">;
  foreach acc = ["f16", "f32"] in {
    def MmaF16_#acc : MmaTypes<["m16n8k8", "m16n8k16"], [acc], ["f16"], ["f16"], [acc]>;
    def MmaFp8_#acc : MmaTypes<["m16n8k16", "m16n8k32"], [acc], MatrixFp8, MatrixFp8, [acc]>;
  }
  def MmaBf16 : MmaTypes<["m16n8k8", "m16n8k16"], ["f32"], ["bf16"], ["bf16"], ["f32"]>;
  def MmaTf32 : MmaTypes<["m16n8k4", "m16n8k8"], ["f32"], ["tf32"], ["tf32"], ["f32"]>;
  def MmaF64 : MmaTypes<["m8n8k4", "m16n8k4", "m16n8k8", "m16n8k16"], ["f64"], ["f64"], ["f64"], ["f64"], [Rnd]>;
  def MmaS8 : MmaTypes<["m8n8k16", "m16n8k16", "m16n8k32"], ["s32"], SignedUnsigned8, SignedUnsigned8, ["s32"], [Satfinite]>;
  def MmaS4 : MmaTypes<["m8n8k32", "m16n8k32", "m16n8k64"], ["s32"], SignedUnsigned4, SignedUnsigned4, ["s32"], [Satfinite]>;
  def MmaB1 : MmaTypes<["m8n8k128", "m16n8k128", "m16n8k256"], ["s32"], ["b1"], ["b1"], ["s32"],
                       [Req<"op", ["xor", "and"]>, Must<"popc">]>;
}

// ---- mma.sp

class MmaSparse<list<string> shapes, list<string> d, list<string> t, list<string> c, list<Slot> more = []>
    : Matrix<"mma", !listconcat([Req<"sp", ["sp", "sp::ordered_metadata"]>], SyncAligned,
                                [Must<"row">, Must<"col">, Req<"shape", shapes>, Req<"dtype", d>, Req<"atype", t>, Req<"btype", t>,
                                 Req<"ctype", c>], more),
             ["=any", "any", "any", "any", "b32", "any"], "MmaSparse">;
let section = "9.7.14.6.3", doc = "D = A * B + C where half of A is zero and only the rest is stored." in {
  foreach acc = ["f16", "f32"] in {
    def MmaSpF16_#acc : MmaSparse<["m16n8k16", "m16n8k32"], [acc], ["f16"], [acc]>;
    def MmaSpFp8_#acc : MmaSparse<["m16n8k64"], [acc], MatrixFp8, [acc]>;
  }
  def MmaSpBf16 : MmaSparse<["m16n8k16", "m16n8k32"], ["f32"], ["bf16"], ["f32"]>;
  def MmaSpTf32 : MmaSparse<["m16n8k8", "m16n8k16"], ["f32"], ["tf32"], ["f32"]>;
  def MmaSpS8 : MmaSparse<["m16n8k32", "m16n8k64"], ["s32"], SignedUnsigned8, ["s32"], [Satfinite]>;
  def MmaSpS4 : MmaSparse<["m16n8k64", "m16n8k128"], ["s32"], SignedUnsigned4, ["s32"], [Satfinite]>;
}

// ---- 8x8 matrices of 16-bit elements

let section = "9.7.14.5.15", doc = "Loads 8x8 matrices, a row from each address.", props = ["convergent", "reads"] in
def Ldmatrix : Matrix<"ldmatrix", !listconcat(SyncAligned, [Must<"m8n8">, Req<"num", ["x1", "x2", "x4"]>, Flag<"trans">, SharedSpace, Must<"b16">]),
                      ["=any", "any"], "Ldmatrix">;
let section = "9.7.14.5.16", doc = "Stores 8x8 matrices, a row to each address.", props = ["convergent", "writes"] in
def Stmatrix : Matrix<"stmatrix", !listconcat(SyncAligned, [Must<"m8n8">, Req<"num", ["x1", "x2", "x4"]>, Flag<"trans">, SharedSpace, Must<"b16">]),
                      ["any", "any"], "Stmatrix">;
let section = "9.7.14.5.17", doc = "Transposes an 8x8 matrix of 16-bit elements that lies across a warp." in
def Movmatrix : Matrix<"movmatrix", !listconcat(SyncAligned, [Must<"m8n8">, Must<"trans">, Must<"b16">]), ["=b32", "b32"], "Movmatrix">;

// ---- wgmma: each warp computes its 16 rows of D when it comes to the instruction; the warps of a
// warpgroup meet where they wait for the group.

class Wgmma<list<Slot> sparse, string k, list<string> d, list<string> t, list<Slot> more, list<string> o>
    : Matrix<"wgmma", !listconcat([Must<"mma_async">], sparse, SyncAligned, [Req<"shape", ["m64n*k"#k]>, Req<"dtype", d>,
                                  Req<"atype", t>, Req<"btype", t>], more),
             !listconcat(["=any", "any", "b64"], !if(!empty(sparse), []<string>, ["b32", "any"]), ["pred"], o), "Wgmma">;
defvar SparseWord = [Must<"sp">];
let section = "9.7.15.5.2", doc = "D = A * B + D by a warpgroup, B and perhaps A in shared memory.", props = ["convergent", "reads"] in {
  def WgmmaF16 : Wgmma<[]<Slot>, "16", ["f16", "f32"], ["f16"], [], ["any", "any", "any", "?any"]>;
  def WgmmaBf16 : Wgmma<[]<Slot>, "16", ["f32"], ["bf16"], [], ["any", "any", "any", "?any"]>;
  def WgmmaTf32 : Wgmma<[]<Slot>, "8", ["f32"], ["tf32"], [], ["any", "any"]>;
  def WgmmaFp8 : Wgmma<[]<Slot>, "32", ["f16", "f32"], MatrixFp8, [], ["any", "any"]>;
  def WgmmaS8 : Wgmma<[]<Slot>, "32", ["s32"], SignedUnsigned8, [Satfinite], []<string>>;
  def WgmmaB1 : Wgmma<[]<Slot>, "256", ["s32"], ["b1"], [Req<"op", ["and"]>, Must<"popc">], []<string>>;
}
let section = "9.7.15.6.4", doc = "wgmma.mma_async where half of A is zero and only the rest is stored.", props = ["convergent", "reads"] in {
  def WgmmaSpF16 : Wgmma<SparseWord, "32", ["f16", "f32"], ["f16"], [], ["any", "any", "any", "?any"]>;
  def WgmmaSpBf16 : Wgmma<SparseWord, "32", ["f32"], ["bf16"], [], ["any", "any", "any", "?any"]>;
  def WgmmaSpTf32 : Wgmma<SparseWord, "16", ["f32"], ["tf32"], [], ["any", "any"]>;
  def WgmmaSpFp8 : Wgmma<SparseWord, "64", ["f16", "f32"], MatrixFp8, [], ["any", "any"]>;
  def WgmmaSpS8 : Wgmma<SparseWord, "64", ["s32"], SignedUnsigned8, [Satfinite], []<string>>;
}
let section = "9.7.15.7.1", doc = "Orders register accesses before wgmma.mma_async." in
def WgmmaFence : Matrix<"wgmma", !listconcat([Must<"fence">], SyncAligned), []<string>, "WgmmaOrder">;
let section = "9.7.15.7.2", doc = "Makes a group of the wgmma.mma_async before it." in
def WgmmaCommit : Matrix<"wgmma", !listconcat([Must<"commit_group">], SyncAligned), []<string>, "WgmmaOrder">;
let section = "9.7.15.7.3", doc = "Waits for groups of wgmma.mma_async." in
def WgmmaWait : Matrix<"wgmma", !listconcat([Must<"wait_group">], SyncAligned), ["any"], "WgmmaWait">;
