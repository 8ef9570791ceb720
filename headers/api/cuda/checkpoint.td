// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "checkpoint" in {

def cuCheckpointProcessGetRestoreThreadId : Stub<"Gives the thread that restores a process.", 
    [Version<"", 12080, "int pid, out int* tid">]>;
def cuCheckpointProcessGetState : Stub<"Gives the checkpoint state of a process.", 
    [Version<"", 12080, "int pid, out CUprocessState* state">]>;
def cuCheckpointProcessLock : Stub<"Stops a process's CUDA calls.", 
    [Version<"", 12080, "int pid, CUcheckpointLockArgs* args">]>;
def cuCheckpointProcessCheckpoint : Stub<"Saves a process's device state.", 
    [Version<"", 12080, "int pid, CUcheckpointCheckpointArgs* args">]>;
def cuCheckpointProcessRestore : Stub<"Restores a process's device state.", 
    [Version<"", 12080, "int pid, CUcheckpointRestoreArgs* args">]>;
def cuCheckpointProcessUnlock : Stub<"Lets a process's CUDA calls go on.", 
    [Version<"", 12080, "int pid, CUcheckpointUnlockArgs* args">]>;

} // Object
