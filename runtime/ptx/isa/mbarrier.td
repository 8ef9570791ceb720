// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.15 "mbarrier"; the object is a word of our own (devicelib/mbarrier.cpp).

defvar MbHere = [Opt<"space", ["shared", "shared::cta"]>];
defvar MbScope = Opt<"scope", ["cta", "cluster"]>;
defvar MbAnywhere = Opt<"space", ["shared", "shared::cta", "shared::cluster"]>;
defvar MbTx = [Opt<"sem", ["relaxed"]>, MbScope, MbAnywhere];
defvar MbArrive = [Flag<"noComplete">, Flag<"expect_tx">, Opt<"sem", ["release", "relaxed"]>, MbScope, MbAnywhere];
defvar MbArriveRules = ["noComplete & expect_tx", "noComplete & relaxed", "noComplete & cluster", "noComplete & shared::cluster",
                        "noComplete -> operand2", "expect_tx -> operand2"];
let props = ["reads", "writes"] in {
  let section = "9.7.14.15", doc = "Makes or destroys an mbarrier object." in {
    def MbarrierInit : Instr<"mbarrier", !listconcat([Must<"init">], MbHere), [["b64"]], ["any", "u32"], Custom<"MbarrierInit">>;
    def MbarrierInval : Instr<"mbarrier", !listconcat([Must<"inval">], MbHere), [["b64"]], ["any"], Custom<"Nothing">>;
  }
  let section = "9.7.14.15", doc = "Adjusts the bytes that an mbarrier object waits for." in {
    def MbarrierExpectTx : Instr<"mbarrier", !listconcat([Must<"expect_tx">], MbTx), [["b64"]], ["any", "u32"], Custom<"MbarrierExpectTx">>;
    def MbarrierCompleteTx : Instr<"mbarrier", !listconcat([Must<"complete_tx">], MbTx), [["b64"]], ["any", "u32"], Custom<"MbarrierCompleteTx">>;
  }
  let section = "9.7.14.15", doc = "Arrives at an mbarrier object.", rules = MbArriveRules in {
    def MbarrierArrive : Instr<"mbarrier", !listconcat([Must<"arrive">], MbArrive), [["b64"]], ["=b64", "any", "?u32"], Custom<"MbarrierArrive">>;
    def MbarrierArriveDrop : Instr<"mbarrier", !listconcat([Must<"arrive_drop">], MbArrive), [["b64"]], ["=b64", "any", "?u32"], Custom<"MbarrierArriveDrop">>;
  }
  let section = "9.7.14.15", doc = "Arrives at an mbarrier object when the thread's copies have ended." in {
    def CpAsyncMbarrierArrive : Instr<"cp", [Must<"async">, Must<"mbarrier">, Must<"arrive">, Flag<"noinc">, Opt<"space", ["shared", "shared::cta"]>], [["b64"]], ["any"], Custom<"CpAsyncMbarrierArrive">>;
  }
  let section = "9.7.14.15", doc = "Asks whether a phase of an mbarrier object is complete.", rules = ["operand3 -> try_wait"] in
  def MbarrierWait : Instr<"mbarrier", !listconcat([Req<"kind", ["test_wait", "try_wait"]>, Flag<"parity">, Opt<"sem", ["acquire", "relaxed"]>, MbScope], MbHere), [["b64"]], ["=pred", "any", "any", "?u32"], Custom<"MbarrierWait">>;
}
let section = "9.7.14.15", doc = "The pending arrivals in a state of an mbarrier object." in
def MbarrierPendingCount : Instr<"mbarrier", [Must<"pending_count">], [["b64"]], ["=u32", "b64"], DeviceLib<"mbarrier_pending">>;
