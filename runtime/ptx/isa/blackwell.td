// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions of sm_100 and later that nothing else in these tables covers: they parse, so that the other
// kernels of a module work.

defvar AnyWord = Many<"any", ["*"]>;
defvar NoTensorMemory = Refused<"tensor memory (sm_100 and later) is not emulated">;
let props = ["reads", "writes", "convergent"] in {
  let section = "9.7.16", doc = "Instructions of the fifth-generation tensor core." in
  def Tcgen05 : Instr<"tcgen05", [Req<"op", ["alloc", "dealloc", "relinquish_alloc_permit", "fence::before_thread_sync", "fence::after_thread_sync", "ld", "st", "wait::ld", "wait::st", "cp", "shift", "mma", "commit"]>, AnyWord], [], ["?any", "?any", "?any", "?any", "?any", "?any", "?any", "?any", "?any", "?any", "?any", "?any"], NoTensorMemory>;
  let section = "9.7.14.17", doc = "Takes over the work of a block that has not started." in {
    def ClusterLaunchControl : Instr<"clusterlaunchcontrol", [Req<"op", ["try_cancel", "query_cancel::is_canceled", "query_cancel::get_first_ctaid", "query_cancel::get_first_ctaid::x", "query_cancel::get_first_ctaid::y", "query_cancel::get_first_ctaid::z"]>, AnyWord], [], ["any", "any", "?any"], Refused<"blocks are never cancelled here; sm_100 and later only">>;
  }
}
