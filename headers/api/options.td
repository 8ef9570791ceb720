// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every environment variable that Anywarp reads. tools/gen/options.py makes of it the struct
// anywarp::Options, the parser's table and docs/environment.md. Read once, when first needed.

class Option<string member, string default, string doc> {
  string Name = NAME;
  string Field = member;    // member of anywarp::Options
  string Default = default; // as the user would write it
  string Doc = doc;
}

// Text as it is.
class Text<string f, string d, string doc> : Option<f, d, doc> { string Type = "Text"; }
// Text where "unset" and "empty" differ: std::optional<std::string>.
class MaybeText<string f, string doc> : Option<f, "", doc> { string Type = "MaybeText"; }
// 1/0, on/off, yes/no, true/false.
class Flag<string f, string d, string doc> : Option<f, d, doc> { string Type = "Flag"; }
// A whole number within limits.
class Count<string f, string d, int min, int max, string doc> : Option<f, d, doc> {
  string Type = "Count";
  int Min = min;
  int Max = max;
}
// Bytes, with an optional K, M, G or T (powers of 1024).
class Size<string f, string d, string doc> : Option<f, d, doc> { string Type = "Size"; }
// major.minor
class Version<string f, string d, string doc> : Option<f, d, doc> { string Type = "Version"; }
// One of these words; becomes an enum class `enumName`.
class Choice<string f, string d, string enumName, list<string> values, string doc>
    : Option<f, d, doc> {
  string Type = "Choice";
  string EnumName = enumName;
  list<string> Values = values;
}
// Some of these words, separated by commas; "all" for all. Becomes a bit mask, bit i for Values[i].
class Set<string f, string d, list<string> values, string doc> : Option<f, d, doc> {
  string Type = "Set";
  list<string> Values = values;
}

def ANYWARP_DEVICES : Text<"devices", "cpu",
  "The devices of the process, separated by semicolons or commas: `backend` or `backend:settings`;"
  " settings are separated by colons or commas. For example `cpu,cpu:isa=avx2:threads=1` or"
  " `cpu:threads=4,memory=2G;cpu` (two devices each). Settings of `cpu`: `threads=N`, `memory=BYTES`,"
  " `isa=native|sse4|avx2|avx512` (instructions of compiled kernels), `cc=X.Y` (compute capability),"
  " `sms=N` (multiprocessors reported), `name=TEXT`. A device with a setting that makes no sense, or"
  " with instructions that this machine lacks, is reported and opened without settings.">;
def ANYWARP_COMPUTE_CAPABILITY : Version<"computeCapability", "9.0",
  "The compute capability that devices report where `ANYWARP_DEVICES` says no `cc=`. Programs choose"
  " code paths by it, and limits such as threads of a multiprocessor follow from it.">;
def ANYWARP_DRIVER_VERSION : Version<"driverVersion", "13.0",
  "The CUDA version that the driver reports. libcuda has the functions of 13.0; some programs built"
  " with a newer toolkit hand over PTX only to a driver that is not older.">;
def ANYWARP_LOG : Choice<"log", "warn", "LogOption", ["error", "warn", "info", "debug"],
  "The least important message that is still written.">;
def ANYWARP_LOG_FILE : Text<"logFile", "",
  "Append log and trace lines to this file instead of writing them to stderr.">;
def ANYWARP_TRACE : Set<"trace", "", ["api", "launch", "memory", "jit"],
  "Write one line for each API call, kernel launch, allocation and copy, or compilation.">;
def ANYWARP_TRACE_FILE : Text<"traceFile", "",
  "Append to this file (or make it) a trace for Perfetto (ui.perfetto.dev) or chrome://tracing: API"
  " calls of each thread, kernels and copies of each stream, compilations. Valid JSON at all times;"
  " several processes may share it. `anywarp run --trace FILE.json` sets it.">;
def ANYWARP_TRACE_RANGE : Choice<"traceRange", "all", "TraceRangeOption", ["all", "profiler"],
  "What `ANYWARP_TRACE_FILE` and `anywarp profile` see: everything, or what is between"
  " `cudaProfilerStart` and `cudaProfilerStop`.">;
def ANYWARP_PROFILE_DIR : Text<"profileDir", "",
  "Each process keeps a table of the times of its calls and kernels in this folder; `anywarp profile`"
  " sets it and prints the table.">;
def ANYWARP_CACHE_DIR : Text<"cacheDir", "",
  "Where compiled kernels are kept. Empty: `$CUDA_CACHE_PATH/anywarp`, else"
  " `$XDG_CACHE_HOME/anywarp`, else `~/.cache/anywarp`.">;
def ANYWARP_CACHE_SIZE : Size<"cacheSize", "4G",
  "The cache deletes its oldest entries beyond this size. 0 turns the cache off.">;
def ANYWARP_DUMP_DIR : Text<"dumpDir", "",
  "Write each compiled kernel's PTX, LLVM IR and assembly to this folder.">;
def ANYWARP_THREADS : Count<"threads", "0", 0, 4096,
  "Worker threads of a cpu device. 0: one for each processor that the process may use.">;
def ANYWARP_TIER : Choice<"tier", "auto", "TierOption", ["auto", "quick", "full"],
  "How kernels are compiled. `auto`: where the best code would take long, the kernel starts with quickly made, slower"
  " code, while another process (`anywarp-compile`) makes the best, which later launches and programs use. `full`: the best"
  " code, before the first launch. `quick`: the quickly made code, of all kernels; for debugging. All give the same results.">;
def ANYWARP_BARRIERS : Choice<"barriers", "resume", "BarriersOption", ["resume", "fiber"],
  "How kernels with barriers run: gangs that return at a barrier and resume, or each gang on its own"
  " stack. Both give the same results; for debugging.">;
def ANYWARP_EXACT_INDEX : Flag<"exactIndex", "0",
  "Assume nothing about 32-bit index arithmetic not wrapping around. Slower; for debugging.">;
def ANYWARP_WATCHDOG : Count<"watchdog", "0", 0, 86400,
  "Seconds that a kernel of a cpu device may run. One that takes longer ends with"
  " `cudaErrorLaunchTimeout`, and the process goes on. 0: no limit.">;
def ANYWARP_STRICT : Flag<"strict", "0",
  "End the process at the first call of a function that is not implemented, with its name.">;
def CUDA_VISIBLE_DEVICES : MaybeText<"visibleDevices",
  "CUDA's own: ordinals or UUIDs (or their unique beginnings) of the devices to show, in this order."
  " Empty: none; the first entry that names no device ends the list.">;
def CUDA_CACHE_PATH : Text<"cudaCachePath", "",
  "CUDA's own: the cache is its folder `anywarp` where `ANYWARP_CACHE_DIR` is not set.">;
def CUDA_CACHE_DISABLE : Flag<"cudaCacheDisable", "0",
  "CUDA's own: turns the cache off where `ANYWARP_CACHE_SIZE` is not set.">;
def CUDA_CACHE_MAXSIZE : Size<"cudaCacheMaxSize", "4G",
  "CUDA's own: the size of the cache where `ANYWARP_CACHE_SIZE` is not set.">;
def CUDA_LAUNCH_BLOCKING : Flag<"launchBlocking", "0",
  "CUDA's own: every kernel launch waits for its end.">;
def CUDA_DEVICE_ORDER : Choice<"deviceOrder", "FASTEST_FIRST", "DeviceOrderOption",
  ["FASTEST_FIRST", "PCI_BUS_ID"],
  "CUDA's own. Both keep the order of `ANYWARP_DEVICES`, which is the order of PCI addresses too.">;
def CUDA_MODULE_LOADING : Choice<"moduleLoading", "DEFAULT", "ModuleLoadingOption",
  ["DEFAULT", "LAZY", "EAGER"],
  "CUDA's own. Kernels are always compiled when first used; EAGER only changes what is reported.">;
def CUDA_ENABLE_COREDUMP_ON_EXCEPTION : MaybeText<"coredumpEnable",
  "CUDA's own: 1 writes a core dump, a text file that says what failed where, when a kernel faults.">;
def CUDA_COREDUMP_FILE : MaybeText<"coredumpFile",
  "CUDA's own: where core dumps go. %h, %p and %t stand for host, process and time. Default:"
  " `core.cuda.HOST.PID`.">;
def CUDA_ENABLE_CPU_COREDUMP_ON_EXCEPTION : MaybeText<"coredumpHost",
  "CUDA's own: 0 lets the process live after a core dump, which otherwise ends by abort().">;
def CUDA_ENABLE_LIGHTWEIGHT_COREDUMP : MaybeText<"coredumpLightweight",
  "CUDA's own: core dumps without memory. They never have any; only what is reported changes.">;
def CUDA_COREDUMP_GENERATION_FLAGS : MaybeText<"coredumpFlags",
  "CUDA's own: what core dumps leave out, as words such as `skip_abort` separated by commas.">;
def CUDA_ENABLE_USER_TRIGGERED_COREDUMP : MaybeText<"coredumpUserTrigger",
  "CUDA's own: 1 writes a core dump of all contexts when somebody writes to a named pipe, and ends the process as others do.">;
def CUDA_COREDUMP_PIPE : MaybeText<"coredumpPipe",
  "CUDA's own: the name of that pipe; %h, %p and %t as above. Default: `corepipe.cuda.HOST.PID`.">;
