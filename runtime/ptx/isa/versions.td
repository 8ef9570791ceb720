// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Since when each form exists (PTX ISA "PTX ISA Notes" and "Target ISA Notes" of each instruction); a form that
// is not named here is as old as PTX. Words: see class Since in Base.td.

def : Since<Set, "1.0", "", ["bf16: 7.8, 90", "bf16x2: 7.8, 90", "f16: 4.2, 53", "f16x2: 4.2, 53"]>;
def : Since<Setp, "1.0", "", ["bf16: 7.8, 90", "bf16x2: 7.8, 90", "f16: 4.2, 53", "f16x2: 4.2, 53"]>;
def : Since<Lop3, "4.3", "50">;
def : Since<Lop3Bool, "8.2", "70">;
def : Since<Shf, "3.1", "32">;
def : Since<Nanosleep, "6.2", "70">;
def : Since<Pmevent, "1.0", "", ["mask: 3.0"]>;
def : Since<Setmaxnreg, "8.0", "90a">;
def : Since<BarSync, "1.0", "", ["cta: 7.8"]>;
def : Since<BarrierSync, "6.0", "", ["cta: 7.8"]>;
def : Since<BarArrive, "2.0", "", ["cta: 7.8"]>;
def : Since<BarrierArrive, "6.0", "", ["cta: 7.8"]>;
def : Since<BarRed, "2.0", "", ["cta: 7.8"]>;
def : Since<BarrierRed, "6.0", "", ["cta: 7.8"]>;
def : Since<BarWarpSync, "6.0">;
def : Since<ClusterArrive, "7.8", "90", ["relaxed: 8.0", "release: 8.0"]>;
def : Since<ClusterWait, "7.8", "90", ["acquire: 8.0"]>;
def : Since<Membar, "1.0", "", ["sys: 2.0"]>;
def : Since<Fence, "6.0", "70", ["cluster: 7.8, 90"]>;
def : Since<FenceProxy, "1.0", "", ["alias: 7.5, 70", "async: 8.0, 90"]>;
def : Since<FenceMbarrier, "8.0", "90">;
def : Since<Shfl, "3.0">;
def : Since<ShflSync, "6.0">;
def : Since<VoteBallot, "2.0">;
def : Since<VoteSync, "6.0">;
def : Since<VoteSyncBallot, "6.0">;
def : Since<Match, "6.0", "70">;
def : Since<Activemask, "6.2">;
def : Since<ReduxInt, "7.0", "80">;
def : Since<ReduxBits, "7.0", "80">;
def : Since<ReduxFloat, "8.6", "100a">;
def : Since<Elect, "8.0", "90">;
def : Since<Griddepcontrol, "7.8", "90">;
def : Since<Testp, "2.0">;
def : Since<Copysign, "2.0">;
def : Since<AddF32x2, "8.6", "100">;
def : Since<SubF32x2, "8.6", "100">;
def : Since<MulF32x2, "8.6", "100">;
def : Since<FmaF, "1.0", "", ["f32: 2.0", "ftz: 2.0", "sat: 2.0"]>;
def : Since<FmaF32x2, "8.6", "100">;
def : Since<MinF, "1.0", "", ["NaN: 7.0, 80", "abs: 7.2, 86", "xorsign: 7.2, 86"]>;
def : Since<MinF3, "8.8", "100">;
def : Since<MaxF, "1.0", "", ["NaN: 7.0, 80", "abs: 7.2, 86", "xorsign: 7.2, 86"]>;
def : Since<MaxF3, "8.8", "100">;
def : Since<RcpApproxF64, "2.1">;
def : Since<RsqrtApproxFtzF64, "4.0">;
def : Since<Tanh, "7.0", "75">;
def : Since<AddMixed, "8.6", "100">;
def : Since<SubMixed, "8.6", "100">;
def : Since<FmaMixed, "8.6", "100">;
def : Since<AddHalf, "4.2", "53", ["bf16: 7.8, 90", "bf16x2: 7.8, 90"]>;
def : Since<SubHalf, "4.2", "53", ["bf16: 7.8, 90", "bf16x2: 7.8, 90"]>;
def : Since<MulHalf, "4.2", "53", ["bf16: 7.8, 90", "bf16x2: 7.8, 90"]>;
def : Since<FmaHalf, "4.2", "53", ["bf16: 7.0, 80", "bf16x2: 7.0, 80", "relu: 7.0, 80"]>;
def : Since<FmaHalfOob, "8.1", "90">;
def : Since<NegHalf, "6.0", "53", ["bf16: 7.0, 80", "bf16x2: 7.0, 80"]>;
def : Since<AbsHalf, "6.5", "53", ["bf16: 7.0, 80", "bf16x2: 7.0, 80"]>;
def : Since<MinHalf, "7.0", "80", ["abs: 7.2, 86", "xorsign: 7.2, 86"]>;
def : Since<MaxHalf, "7.0", "80", ["abs: 7.2, 86", "xorsign: 7.2, 86"]>;
def : Since<TanhHalf, "7.0", "75", ["bf16: 7.8, 90", "bf16x2: 7.8, 90"]>;
def : Since<Ex2Half, "7.0", "75", ["bf16: 7.8, 90", "bf16x2: 7.8, 90", "ftz: 7.8, 90"]>;
def : Since<AddPair, "8.0", "90">;
def : Since<MinRelu, "8.0", "90">;
def : Since<MinPair, "8.0", "90">;
def : Since<MaxRelu, "8.0", "90">;
def : Since<MaxPair, "8.0", "90">;
def : Since<Popc, "2.0">;
def : Since<Clz, "2.0">;
def : Since<Bfind, "2.0">;
def : Since<Fns, "6.0">;
def : Since<Brev, "2.0">;
def : Since<Bfe, "2.0">;
def : Since<Bfi, "2.0">;
def : Since<Szext, "7.6", "70">;
def : Since<Bmsk, "7.6", "70">;
def : Since<Dp4a, "5.0", "61">;
def : Since<Dp2a, "5.0", "61">;
def : Since<AddCc, "1.0", "", ["s64: 4.3", "u64: 4.3"]>;
def : Since<SubCc, "1.0", "", ["s64: 4.3", "u64: 4.3"]>;
def : Since<MadCc, "3.0", "", ["s64: 4.3", "u64: 4.3"]>;
def : Since<Madc, "3.0", "", ["s64: 4.3", "u64: 4.3"]>;
def : Since<Mov, "1.0", "", ["b128: 8.3, 70"]>;
def : Since<Prmt, "2.0">;
def : Since<Ld, "1.0", "", ["b128: 8.3, 70", "mmio: 8.2, 70", "param::entry: 8.3", "param::func: 8.3",
                 "shared::cluster: 7.8, 90", "shared::cta: 7.8", "v8: 8.8, 100", "weak: 6.0, 70",
                 "L1::evict_first: 7.4, 70", "L1::evict_last: 7.4, 70", "L1::evict_normal: 7.4, 70",
                 "L1::evict_unchanged: 7.4, 70", "L1::no_allocate: 7.4, 70", "L2::128B: 7.4, 75", "L2::256B: 7.4, 80",
                 "L2::64B: 7.4, 75", "L2::evict_last: 8.8, 100", "L2::evict_normal: 8.8, 100", "acquire: 6.0, 70",
                 "cluster: 7.8, 90", "cta: 6.0, 70", "gpu: 6.0, 70", "nc: 3.1, 32", "relaxed: 6.0, 70",
                 "sys: 6.0, 70"]>;
def : Since<Ldu, "2.0", "", ["b128: 8.3, 70"]>;
def : Since<St, "1.0", "", ["mmio: 8.2, 70", "L1::evict_first: 7.4, 70", "L1::evict_last: 7.4, 70",
                 "L1::evict_normal: 7.4, 70", "L1::evict_unchanged: 7.4, 70", "L1::no_allocate: 7.4, 70",
                 "L2::evict_first: 8.8, 100", "L2::evict_last: 8.8, 100", "L2::evict_normal: 8.8, 100",
                 "b128: 8.3, 70", "cg: 2.0", "cluster: 7.8, 90", "cs: 2.0", "cta: 6.0, 70", "gpu: 6.0, 70",
                 "param::func: 8.3", "relaxed: 6.0, 70", "release: 6.0, 70", "shared::cluster: 7.8, 90",
                 "shared::cta: 7.8", "sys: 6.0, 70", "v8: 8.8, 100", "wb: 2.0", "weak: 6.0, 70", "wt: 2.0"]>;
def : Since<StBulk, "8.6", "100">;
def : Since<Prefetch, "2.0", "", ["L2::evict_last: 7.4, 80", "L2::evict_normal: 7.4, 80"]>;
def : Since<PrefetchTensormap, "8.0", "90">;
def : Since<Prefetchu, "2.0">;
def : Since<Applypriority, "7.4", "80">;
def : Since<Discard, "7.4", "80">;
def : Since<CreatepolicyFractional, "7.4", "80">;
def : Since<CreatepolicyRange, "7.4", "80">;
def : Since<CreatepolicyCvt, "7.4", "80">;
def : Since<Isspacep, "2.0", "", ["const: 3.1", "param: 7.7, 70", "param::entry: 8.3, 70", "shared::cluster: 7.8, 90",
                 "shared::cta: 7.8"]>;
def : Since<Cvta, "2.0", "", ["const: 3.1", "param: 7.7, 70", "param::entry: 8.3, 70", "shared::cluster: 7.8, 90",
                 "shared::cta: 7.8"]>;
def : Since<CvtFloatInt, "1.0", "", ["bf16: 7.8, 90"]>;
def : Since<CvtIntFloat, "1.0", "", ["bf16: 7.8, 90"]>;
def : Since<CvtNarrow, "1.0", "", ["bf16: 7.0, 80", "relu: 7.0, 80", "satfinite: 8.1, 70"]>;
def : Since<CvtWiden, "1.0", "", ["bf16: 7.1, 80"]>;
def : Since<CvtPair, "7.0", "80", ["satfinite: 8.1"]>;
def : Since<CvtTf32, "7.0", "80", ["relu: 7.8, 90", "rn: 7.8, 90", "rz: 7.8, 90", "satfinite: 8.1"]>;
def : Since<CvtToFp8, "7.8", "89">;
def : Since<CvtToFp8Half, "7.8", "89">;
def : Since<CvtFromFp8, "7.8", "89">;
def : Since<CvtToFp6, "8.6", "100a">;
def : Since<CvtFromFp6, "8.6", "100a">;
def : Since<CvtToFp4, "8.6", "100a">;
def : Since<CvtFromFp4, "8.6", "100a">;
def : Since<CvtToScale, "8.6", "100a">;
def : Since<CvtToScaleBf16, "8.6", "100a">;
def : Since<CvtFromScale, "8.6", "100a">;
def : Since<CvtRandomPair, "8.7", "100a">;
def : Since<CvtRandomFour, "8.7", "100a">;
def : Since<CvtPack, "6.5", "72">;
def : Since<CvtPackMore, "6.5", "72", ["u4: 6.5, 75", "s4: 6.5, 75", "u2: 6.5, 75", "s2: 6.5, 75"]>;
def : Since<CpAsync, "7.0", "80">;
def : Since<CpAsyncCommit, "7.0", "80">;
def : Since<CpAsyncWait, "7.0", "80">;
def : Since<CpAsyncWaitAll, "7.0", "80">;
def : Since<Getctarank, "7.8", "90">;
def : Since<Mapa, "7.8", "90">;
def : Since<Atom, "1.0", "", ["acq_rel: 6.0, 70", "acquire: 6.0, 70", "b128: 8.3, 90", "bf16: 7.8, 90",
                 "bf16x2: 7.8, 90", "cluster: 7.8, 90", "cta: 5.0, 60", "f16: 6.3, 70", "f16x2: 6.2, 60", "f32: 2.0",
                 "f64: 5.0, 60", "gpu: 5.0, 60", "noftz: 6.2, 60", "relaxed: 6.0, 70", "release: 6.0, 70",
                 "s64: 3.1, 32", "shared::cluster: 7.8, 90", "shared::cta: 7.8", "sys: 5.0, 60", "u64: 2.0"]>;
def : Since<AtomCas, "1.0", "", ["acq_rel: 6.0, 70", "acquire: 6.0, 70", "b128: 8.3, 90", "b16: 6.3, 70",
                 "cluster: 7.8, 90", "cta: 5.0, 60", "gpu: 5.0, 60", "relaxed: 6.0, 70", "release: 6.0, 70",
                 "shared::cluster: 7.8, 90", "shared::cta: 7.8", "sys: 5.0, 60"]>;
def : Since<AtomVec, "8.1", "90">;
def : Since<RedOp, "1.0", "", ["b64: 3.1, 32", "bf16: 7.8, 90", "bf16x2: 7.8, 90", "cluster: 7.8, 90", "cta: 5.0, 60",
                 "f16: 6.3, 70", "f16x2: 6.2, 60", "f32: 2.0", "f64: 5.0, 60", "gpu: 5.0, 60", "noftz: 6.2, 60",
                 "relaxed: 6.0, 70", "release: 6.0, 70", "s64: 3.1, 32", "shared::cluster: 7.8, 90",
                 "shared::cta: 7.8", "sys: 5.0, 60"]>;
def : Since<RedVec, "8.1", "90">;
def : Since<MultimemLdReduce, "8.1", "90", ["acc::f32: 8.2"]>;
def : Since<MultimemLdReduceFp8, "8.6", "100a">;
def : Since<MultimemSt, "8.1", "90">;
def : Since<MultimemRed, "8.1", "90">;
def : Since<Stacksave, "7.3", "52">;
def : Since<Stackrestore, "7.3", "52">;
def : Since<Alloca, "7.3", "52">;
def : Since<V_vabsdiff, "2.0">;
def : Since<V_vadd, "2.0">;
def : Since<V_vmax, "2.0">;
def : Since<V_vmin, "2.0">;
def : Since<V_vsub, "2.0">;
def : Since<V_vshl, "2.0">;
def : Since<V_vshr, "2.0">;
def : Since<V_vmad, "2.0">;
def : Since<V_vset, "2.0">;
def : Since<V_vabsdiff2, "3.0">;
def : Since<V_vabsdiff4, "3.0">;
def : Since<V_vadd2, "3.0">;
def : Since<V_vadd4, "3.0">;
def : Since<V_vavrg2, "3.0">;
def : Since<V_vavrg4, "3.0">;
def : Since<V_vmax2, "3.0">;
def : Since<V_vmax4, "3.0">;
def : Since<V_vmin2, "3.0">;
def : Since<V_vmin4, "3.0">;
def : Since<V_vsub2, "3.0">;
def : Since<V_vsub4, "3.0">;
def : Since<V_vset2, "3.0">;
def : Since<V_vset4, "3.0">;
def : Since<Tcgen05, "8.6", "100a">;
def : Since<ClusterLaunchControl, "8.6", "100">;
def : Since<MbarrierInit, "7.0", "80">;
def : Since<MbarrierInval, "7.0", "80">;
def : Since<MbarrierExpectTx, "8.0", "90">;
def : Since<MbarrierCompleteTx, "8.0", "90">;
def : Since<MbarrierArrive, "7.0", "80", ["cluster: 8.0, 90", "expect_tx: 8.0, 90", "relaxed: 8.6, 90", "release: 8.0", "shared::cluster: 8.0, 90"]>;
def : Since<MbarrierArriveDrop, "7.0", "80", ["cluster: 8.0, 90", "expect_tx: 8.0, 90", "relaxed: 8.6, 90", "release: 8.0", "shared::cluster: 8.0, 90"]>;
def : Since<CpAsyncMbarrierArrive, "7.0", "80">;
def : Since<MbarrierWait, "7.0", "80", ["acquire: 8.0", "cluster: 8.0, 90", "parity: 7.1", "relaxed: 8.6, 90", "try_wait: 7.8, 90"]>;
def : Since<MbarrierPendingCount, "7.0", "80">;
def : Since<CpAsyncBulkIn, "8.0", "90", ["shared::cta: 8.6"]>;
def : Since<CpAsyncBulkAcross, "8.0", "90">;
def : Since<CpAsyncBulkOut, "8.0", "90">;
def : Since<CpReduceAsyncBulkAcross, "8.0", "90">;
def : Since<CpReduceAsyncBulkOut, "8.0", "90">;
def : Since<CpAsyncBulkTensorIn, "8.0", "90", ["shared::cta: 8.6"]>;
def : Since<CpAsyncBulkTensorOut, "8.0", "90">;
def : Since<CpReduceAsyncBulkTensor, "8.0", "90">;
def : Since<TensormapReplace, "8.3", "90a", ["swizzle_atomicity: 8.6, 100a"]>;
def : Since<TensormapReplaceDim, "8.3", "90a">;
def : Since<TensormapCpFenceproxy, "8.3", "90">;
def : Since<StAsync, "8.1", "90">;
def : Since<RedAsync, "8.1", "90">;
def : Since<CpAsyncBulkPrefetch, "8.0", "90">;
def : Since<CpAsyncBulkPrefetchTensor, "8.0", "90">;
def : Since<CpAsyncBulkCommit, "8.0", "90">;
def : Since<CpAsyncBulkWait, "8.0", "90">;
