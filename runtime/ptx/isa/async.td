// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.25 on: asynchronous copies in bulk and of tensors, tensor maps, asynchronous stores
// and reductions. Here they end at once; an mbarrier still gets their bytes.

defvar CompleteTx = Must<"mbarrier::complete_tx::bytes">;
defvar Dim = Req<"dim", ["1d", "2d", "3d", "4d", "5d"]>;
defvar ReduceOps = Req<"op", ["and", "or", "xor", "add", "inc", "dec", "min", "max"]>;
// Which reduction takes which types; 16-bit floating-point addition says .noftz.
defvar ReduceRules = ["and -> b32", "or -> b32", "xor -> b32", "inc -> u32", "dec -> u32", "add -> u32 | s32 | u64",
                      "min -> u32 | s32", "max -> u32 | s32"];
defvar ReduceGlobalRules = ["and -> b32 | b64", "or -> b32 | b64", "xor -> b32 | b64", "inc -> u32", "dec -> u32",
                            "add -> u32 | s32 | u64 | f16 | bf16 | f32 | f64", "min -> u32 | s32 | u64 | s64 | f16 | bf16",
                            "max -> u32 | s32 | u64 | s64 | f16 | bf16", "noftz -> add", "noftz -> f16 | bf16",
                            "add & f16 -> noftz", "add & bf16 -> noftz"];
defvar Bulk = [Must<"async">, Must<"bulk">];
defvar BulkReduce = [Must<"reduce">, Must<"async">, Must<"bulk">];

let props = ["reads", "writes"] in {
  let section = "9.7.9.25.4.1", doc = "Copies a block of memory; here at once." in {
    let rules = ["multicast::cluster -> shared::cluster", "multicast::cluster -> operand4"] in
    def CpAsyncBulkIn : Instr<"cp", !listconcat(Bulk, [Req<"to", ["shared::cluster", "shared::cta"]>, Must<"global">, CompleteTx, Flag<"multicast::cluster">, Hints]), [], ["any", "any", "u32", "any", "?any", "?any"], Custom<"CpAsyncBulkIn">>;
    def CpAsyncBulkAcross : Instr<"cp", !listconcat(Bulk, [Must<"shared::cluster">, Must<"shared::cta">, CompleteTx, Hints]), [], ["any", "any", "u32", "any"], Custom<"CpAsyncBulkIn">>;
    def CpAsyncBulkOut : Instr<"cp", !listconcat(Bulk, [Must<"global">, Must<"shared::cta">, Must<"bulk_group">, Hints]), [], ["any", "any", "u32", "?any"], Custom<"CpAsyncBulkOut">>;
  }
  let section = "9.7.9.25.4.2", doc = "Reduces a block of memory into another, element by element." in {
    let rules = ReduceRules in
    def CpReduceAsyncBulkAcross : Instr<"cp", !listconcat(BulkReduce, [Must<"shared::cluster">, Must<"shared::cta">, CompleteTx, ReduceOps]), [["b32", "u32", "s32", "u64"]], ["any", "any", "u32", "any"], Custom<"CpReduceAsyncBulk">>;
    let rules = ReduceGlobalRules in
    def CpReduceAsyncBulkOut : Instr<"cp", !listconcat(BulkReduce, [Must<"global">, Must<"shared::cta">, Must<"bulk_group">, ReduceOps, Flag<"noftz">, Hints]), [["b32", "b64", "u32", "s32", "u64", "s64", "f16", "bf16", "f32", "f64"]], ["any", "any", "u32", "?any"], Custom<"CpReduceAsyncBulk">>;
  }
  let section = "9.7.9.27.1.2", doc = "Copies a box of a tensor to shared memory." in
  let rules = ["im2col -> 3d | 4d | 5d", "im2col -> operand3", "multicast::cluster -> shared::cluster", "multicast::cluster -> operand3"] in
  def CpAsyncBulkTensorIn : Instr<"cp", !listconcat(Bulk, [Must<"tensor">, Dim, Req<"to", ["shared::cluster", "shared::cta"]>, Must<"global">, Opt<"mode", ["tile", "im2col"]>, CompleteTx, Flag<"multicast::cluster">, Hints]), [], ["any", "any", "any", "?any", "?any", "?any"], Custom<"CpAsyncBulkTensorIn">>;
  let section = "9.7.9.27.1.2", doc = "Copies shared memory to a box of a tensor." in
  let rules = ["im2col_no_offs -> 3d | 4d | 5d"] in
  def CpAsyncBulkTensorOut : Instr<"cp", !listconcat(Bulk, [Must<"tensor">, Dim, Must<"global">, Must<"shared::cta">, Opt<"mode", ["tile", "im2col_no_offs"]>, Must<"bulk_group">, Hints]), [], ["any", "any", "?any"], Custom<"CpAsyncBulkTensorOut">>;
  let section = "9.7.9.27.1.3", doc = "Reduces shared memory into a box of a tensor, element by element." in
  let rules = ["im2col_no_offs -> 3d | 4d | 5d"] in
  def CpReduceAsyncBulkTensor : Instr<"cp", !listconcat(BulkReduce, [Must<"tensor">, Dim, Must<"global">, Must<"shared::cta">, ReduceOps, Opt<"mode", ["tile", "im2col_no_offs"]>, Must<"bulk_group">, Hints]), [], ["any", "any", "?any"], Custom<"CpAsyncBulkTensorOut">>;
  let section = "9.7.9.28", doc = "Changes a field of a tensor map." in {
    let rules = ["global_address -> b64", "b64 -> global_address"] in
    def TensormapReplace : Instr<"tensormap", [Must<"replace">, Must<"tile">, Req<"field", ["global_address", "rank", "elemtype", "interleave_layout", "swizzle_mode", "swizzle_atomicity", "fill_mode"]>, Opt<"space", ["global", "shared::cta"]>, Must<"b1024">], [["b32", "b64"]], ["any", "0"], Custom<"TensormapReplace">>;
    let rules = ["global_stride -> b64", "b64 -> global_stride"] in
    def TensormapReplaceDim : Instr<"tensormap", [Must<"replace">, Must<"tile">, Req<"field", ["box_dim", "global_dim", "global_stride", "element_stride"]>, Opt<"space", ["global", "shared::cta"]>, Must<"b1024">], [["b32", "b64"]], ["any", "u32", "0"], Custom<"TensormapReplace">>;
  }
  let section = "9.7.14.17", doc = "Copies a tensor map to global memory and orders the copy." in
  def TensormapCpFenceproxy : Instr<"tensormap", [Must<"cp_fenceproxy">, Must<"global">, Must<"shared::cta">, Must<"tensormap::generic">, Must<"release">, Req<"scope", ["cta", "cluster", "gpu", "sys"]>, Must<"sync">, Must<"aligned">], [], ["any", "any", "any"], Custom<"TensormapCpFenceproxy">>;
}
let props = ["reads", "writes"] in {
  let section = "9.7.9.12", doc = "Stores to shared memory of the cluster and tells an mbarrier object." in
  def StAsync : Instr<"st", [Must<"async">, Flag<"weak">, Opt<"space", ["shared::cluster"]>, CompleteTx, Opt<"vec", ["v2", "v4"]>], [["b32", "b64", "u32", "u64", "s32", "s64", "f32", "f64"]], ["any", "any", "any"], Custom<"StAsync">>;
  let section = "9.7.14.7", doc = "Reduces into shared memory of the cluster and tells an mbarrier object." in
  let rules = ReduceRules in
  def RedAsync : Instr<"red", [Must<"async">, Must<"relaxed">, Must<"cluster">, Opt<"space", ["shared::cluster"]>, CompleteTx, ReduceOps], [["b32", "u32", "s32", "u64"]], ["any", "0", "any"], Custom<"RedAsync">>;
}
let section = "9.7.9.25.4.3", doc = "Brings data nearer to the processor (nothing to do here)." in {
  def CpAsyncBulkPrefetch : Instr<"cp", !listconcat(Bulk, [Must<"prefetch">, Must<"L2">, Must<"global">, Hints]), [], ["any", "u32", "?any"], Custom<"Nothing">>;
  let rules = ["im2col -> 3d | 4d | 5d", "im2col -> operand1"] in
  def CpAsyncBulkPrefetchTensor : Instr<"cp", !listconcat(Bulk, [Must<"prefetch">, Must<"tensor">, Dim, Must<"L2">, Must<"global">, Opt<"mode", ["tile", "im2col"]>, Hints]), [], ["any", "?any", "?any"], Custom<"Nothing">>;
}
let section = "9.7.9.25.5", doc = "Ends a group of bulk copies or waits for groups; copies have ended already." in {
  def CpAsyncBulkCommit : Instr<"cp", !listconcat(Bulk, [Must<"commit_group">]), [], [], Custom<"Nothing">>;
  def CpAsyncBulkWait : Instr<"cp", !listconcat(Bulk, [Must<"wait_group">, Flag<"read">]), [], ["any"], Custom<"Nothing">>;
}
