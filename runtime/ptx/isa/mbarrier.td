// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.15 "mbarrier"; the object is a word of our own (devicelib/mbarrier.cpp).

defvar MbSlots = [Opt<"sem", ["release", "relaxed", "acquire"]>, Opt<"scope", ["cta", "cluster"]>, Opt<"space", ["shared", "shared::cta", "shared::cluster"]>];
let props = ["reads", "writes"] in {
  let section = "9.7.14.15", doc = "Makes or destroys an mbarrier object." in {
    def MbarrierInit : Instr<"mbarrier", !listconcat([Must<"init">], MbSlots), [["b64"]], ["mem", "u32"], Custom<"MbarrierInit">>;
    def MbarrierInval : Instr<"mbarrier", !listconcat([Must<"inval">], MbSlots), [["b64"]], ["mem"], Custom<"Nothing">>;
  }
  let section = "9.7.14.15", doc = "Adjusts the bytes that an mbarrier object waits for." in {
    def MbarrierExpectTx : Instr<"mbarrier", !listconcat([Must<"expect_tx">], MbSlots), [["b64"]], ["mem", "u32"], Custom<"MbarrierExpectTx">>;
    def MbarrierCompleteTx : Instr<"mbarrier", !listconcat([Must<"complete_tx">], MbSlots), [["b64"]], ["mem", "u32"], Custom<"MbarrierCompleteTx">>;
  }
  let section = "9.7.14.15", doc = "Arrives at an mbarrier object." in {
    def MbarrierArrive : Instr<"mbarrier", !listconcat([Must<"arrive">, Flag<"noComplete">, Flag<"expect_tx">], MbSlots), [["b64"]], ["=b64", "mem", "?u32"], Custom<"MbarrierArrive">>;
    def MbarrierArriveDrop : Instr<"mbarrier", !listconcat([Must<"arrive_drop">, Flag<"noComplete">, Flag<"expect_tx">], MbSlots), [["b64"]], ["=b64", "mem", "?u32"], Custom<"MbarrierArriveDrop">>;
    def CpAsyncMbarrierArrive : Instr<"cp", [Must<"async">, Must<"mbarrier">, Must<"arrive">, Flag<"noinc">, Opt<"space", ["shared", "shared::cta"]>], [["b64"]], ["mem"], Custom<"CpAsyncMbarrierArrive">>;
  }
  let section = "9.7.14.15", doc = "Asks whether a phase of an mbarrier object is complete." in
  def MbarrierWait : Instr<"mbarrier", !listconcat([Req<"kind", ["test_wait", "try_wait"]>, Flag<"parity">], MbSlots), [["b64"]], ["=pred", "mem", "any", "?u32"], Custom<"MbarrierWait">>;
}
let section = "9.7.14.15", doc = "The pending arrivals in a state of an mbarrier object." in
def MbarrierPendingCount : Instr<"mbarrier", [Must<"pending_count">], [["b64"]], ["=u32", "b64"], DeviceLib<"mbarrier_pending">>;
