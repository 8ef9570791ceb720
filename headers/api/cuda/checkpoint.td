// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

// They must answer while all other calls wait.
let Object = "checkpoint", NeedsInit = false in {

def cuCheckpointProcessGetRestoreThreadId : Partial<"Gives the thread that restores a process.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, out int* tid">]>;
def cuCheckpointProcessGetState : Partial<"Gives the checkpoint state of a process.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, out CUprocessState* state">]>;
def cuCheckpointProcessLock : Partial<"Stops a process's CUDA calls.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, CUcheckpointLockArgs* args">]>;
def cuCheckpointProcessCheckpoint : Partial<"Saves a process's device state.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, CUcheckpointCheckpointArgs* args">]>;
def cuCheckpointProcessRestore : Partial<"Restores a process's device state.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, CUcheckpointRestoreArgs* args">]>;
def cuCheckpointProcessUnlock : Partial<"Lets a process's CUDA calls go on.", "of the calling process only: no thread of another one listens for such calls", 
    [Version<"", 12080, "int pid, CUcheckpointUnlockArgs* args">]>;

} // Object
