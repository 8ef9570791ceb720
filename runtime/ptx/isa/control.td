// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.13 "Control Flow", 9.7.14 "Parallel Synchronization and Communication",
// 9.7.19 "Miscellaneous".

let props = ["terminator", "guard"] in {
  let section = "9.7.13.3", doc = "Branches." in
  def Bra : Instr<"bra", [Flag<"uni">], [], ["any"], Custom<"Bra">>;
  let section = "9.7.13.4", doc = "Branches through a table of labels." in
  def BrxIdx : Instr<"brx", [Must<"idx">, Flag<"uni">], [], ["u32", "any"], Custom<"BrxIdx">>;
}
let props = ["impure"] in {
  let section = "9.7.13.5", doc = "Calls a function, directly or through its address." in
  def Call : Instr<"call", [Flag<"uni">], [], ["any", "?any", "?any", "?any"], Custom<"Call">>;
  let section = "9.7.13.6", doc = "Returns from a function or ends the thread." in
  def Ret : Instr<"ret", [Flag<"uni">], [], [], Custom<"Ret">>;
  let section = "9.7.13.7", doc = "Ends the thread." in
  def Exit : Instr<"exit", [], [], [], Custom<"Exit">>;
  let section = "9.7.19.4", doc = "Stops the kernel with an error." in
  def Trap : Instr<"trap", [], [], [], Custom<"Trap">>;
  let section = "9.7.19.1", doc = "A breakpoint; without a debugger it stops the kernel." in
  def Brkpt : Instr<"brkpt", [], [], [], Custom<"Trap">>;
  let section = "9.7.19.2", doc = "Waits about the given number of nanoseconds." in
  def Nanosleep : Instr<"nanosleep", [], [["u32"]], ["u32"], Custom<"Nanosleep">>;
  let section = "9.7.19.3", doc = "Triggers a performance event (nothing to do here)." in
  def Pmevent : Instr<"pmevent", [Flag<"mask">], [], ["imm"], Custom<"Nothing">>;
  let section = "9.7.19.5", doc = "Changes the number of registers (nothing to do here)." in
  def Setmaxnreg : Instr<"setmaxnreg", [Req<"dir", ["inc", "dec"]>, Must<"sync">, Must<"aligned">], [["u32"]], ["imm:24:256"], Custom<"Nothing">>;
}

let props = ["convergent", "reads", "writes"] in {
  let section = "9.7.14.1", doc = "A barrier for the threads of a block." in {
    def BarSync : Instr<"bar", [Flag<"cta">, Must<"sync">], [], ["any", "?any"], Custom<"BarrierSync">>;
    def BarrierSync : Instr<"barrier", [Flag<"cta">, Must<"sync">, Flag<"aligned">], [], ["any", "?any"], Custom<"BarrierSync">>;
    def BarArrive : Instr<"bar", [Flag<"cta">, Must<"arrive">], [], ["any", "any"], Custom<"BarrierArrive">>;
    def BarrierArrive : Instr<"barrier", [Flag<"cta">, Must<"arrive">, Flag<"aligned">], [], ["any", "any"], Custom<"BarrierArrive">>;
    let rules = ["popc -> u32", "u32 -> popc"] in
    def BarRed : Instr<"bar", [Flag<"cta">, Must<"red">, Req<"op", ["popc", "and", "or"]>], [["u32", "pred"]], ["=0", "any", "any", "?pred"], Custom<"BarrierRed">>;
    let rules = ["popc -> u32", "u32 -> popc"] in
    def BarrierRed : Instr<"barrier", [Flag<"cta">, Must<"red">, Req<"op", ["popc", "and", "or"]>, Flag<"aligned">], [["u32", "pred"]], ["=0", "any", "any", "?pred"], Custom<"BarrierRed">>;
  }
  let section = "9.7.14.2", doc = "A barrier for threads of a warp." in
  def BarWarpSync : Instr<"bar", [Must<"warp">, Must<"sync">], [], ["b32"], Custom<"BarWarpSync">>;
  let section = "9.7.14.3", doc = "A barrier for the threads of a cluster." in {
    def ClusterArrive : Instr<"barrier", [Must<"cluster">, Must<"arrive">, Opt<"sem", ["release", "relaxed"]>, Flag<"aligned">], [], [], Custom<"ClusterArrive">>;
    def ClusterWait : Instr<"barrier", [Must<"cluster">, Must<"wait">, Opt<"sem", ["acquire"]>, Flag<"aligned">], [], [], Custom<"ClusterWait">>;
  }
}
let section = "9.7.14.4", doc = "Orders memory accesses." in {
  let props = ["reads", "writes"] in {
    def Membar : Instr<"membar", [Req<"level", ["cta", "gl", "sys"]>], [], [], Custom<"Fence">>;
    def Fence : Instr<"fence", [Opt<"sem", ["sc", "acq_rel", "acquire", "release"]>, Req<"scope", ["cta", "cluster", "gpu", "sys"]>], [], [], Custom<"Fence">>;
    let rules = ["acquire -> sync_restrict::shared::cluster", "release -> sync_restrict::shared::cta"] in
    def FenceRestrict : Instr<"fence", [Req<"sem", ["acquire", "release"]>, Req<"restrict", ["sync_restrict::shared::cta", "sync_restrict::shared::cluster"]>, Must<"cluster">], [], [], Custom<"Fence">>;
    let rules = ["alias & space"] in
    def FenceProxy : Instr<"fence", [Must<"proxy">, Req<"kind", ["alias", "async"]>, Opt<"space", ["global", "shared::cta", "shared::cluster"]>], [], [], Custom<"Fence">>;
    let rules = ["acquire -> operand1", "release & operand0"] in
    def FenceProxyTensormap : Instr<"fence", [Must<"proxy">, Must<"tensormap::generic">, Req<"sem", ["acquire", "release"]>, Req<"scope", ["cta", "cluster", "gpu", "sys"]>], [], ["?any", "?imm:128:128"], Custom<"Fence">>;
    let rules = ["acquire -> sync_restrict::shared::cluster", "release -> sync_restrict::shared::cta"] in
    def FenceProxyRestrict : Instr<"fence", [Must<"proxy">, Must<"async::generic">, Req<"sem", ["acquire", "release"]>, Req<"restrict", ["sync_restrict::shared::cta", "sync_restrict::shared::cluster"]>, Must<"cluster">], [], [], Custom<"Fence">>;
    def FenceMbarrier : Instr<"fence", [Must<"mbarrier_init">, Must<"release">, Must<"cluster">], [], [], Custom<"Fence">>;
  }
}
let props = ["convergent"] in {
  defvar ShflMode = Req<"mode", ["up", "down", "bfly", "idx"]>;
  let section = "9.7.9.5", doc = "Moves data between threads of a warp (old form, all lanes)." in
  def Shfl : Instr<"shfl", [ShflMode], [["b32"]], ["=any", "b32", "b32", "b32"], Custom<"Shfl">>;
  let section = "9.7.9.6", doc = "Moves data between the named threads of a warp." in
  def ShflSync : Instr<"shfl", [Must<"sync">, ShflMode], [["b32"]], ["=any", "b32", "b32", "b32", "b32"], Custom<"Shfl">>;
  let section = "9.7.14.7", doc = "Votes among the threads of a warp (old form, all lanes)." in {
    def Vote : Instr<"vote", [Req<"mode", ["all", "any", "uni"]>], [["pred"]], ["=pred", "pred"], Custom<"Vote">>;
    def VoteBallot : Instr<"vote", [Req<"mode", ["ballot"]>], [["b32"]], ["=b32", "pred"], Custom<"Vote">>;
  }
  let section = "9.7.14.8", doc = "Votes among the named threads of a warp." in {
    def VoteSync : Instr<"vote", [Must<"sync">, Req<"mode", ["all", "any", "uni"]>], [["pred"]], ["=pred", "pred", "b32"], Custom<"Vote">>;
    def VoteSyncBallot : Instr<"vote", [Must<"sync">, Req<"mode", ["ballot"]>], [["b32"]], ["=b32", "pred", "b32"], Custom<"Vote">>;
  }
  let section = "9.7.14.9", doc = "Finds the threads of a warp that hold the same value." in
  def Match : Instr<"match", [Must<"sync">, Req<"mode", ["any", "all"]>], [["b32", "b64"]], ["=any", "0", "b32"], Custom<"Match">>;
  let section = "9.7.14.10", doc = "The mask of active threads." in
  def Activemask : Instr<"activemask", [], [["b32"]], ["=b32"], Custom<"Activemask">>;
  let section = "9.7.14.11", doc = "Reduces over the named threads of a warp." in {
    def ReduxInt : Instr<"redux", [Must<"sync">, Req<"op", ["add", "min", "max"]>], [Ints32], ["=0", "0", "b32"], Custom<"Redux">>;
    def ReduxBits : Instr<"redux", [Must<"sync">, Req<"op", ["and", "or", "xor"]>], [["b32"]], ["=0", "0", "b32"], Custom<"Redux">>;
    def ReduxFloat : Instr<"redux", [Must<"sync">, Req<"op", ["min", "max"]>, Flag<"abs">, Flag<"NaN">], [["f32"]], ["=0", "0", "b32"], Custom<"ReduxFloat">>;
  }
  let section = "9.7.14.13", doc = "Elects one thread of the named ones." in
  def Elect : Instr<"elect", [Must<"sync">], [], ["=any", "b32"], Custom<"Elect">>;
}
let section = "9.7.14.12", doc = "Dependent launches; grids run in stream order here." in
def Griddepcontrol : Instr<"griddepcontrol", [Req<"what", ["launch_dependents", "wait"]>], [], [], Custom<"Nothing">>;
