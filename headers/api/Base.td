// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words in which the CUDA surface is described. tools/gen/api.py reads records of these classes
// (llvm-tblgen --dump-json) and writes entry points, exports, tables, headers and coverage pages.
// Data only: no code in tables, apart from C declarations (prototypes, fields), which are facts.
#ifndef ANYWARP_API_BASE_TD
#define ANYWARP_API_BASE_TD

// One drop-in library. There is exactly one record of this class in a library's top file.
class Library<string name, string prefix, string result, string header> {
  string Name = name;            // folder under shim/ and headers/api/, namespace anywarp::<name>
  string Prefix = prefix;        // what implementation names drop: "cu" makes cuMemAlloc memAlloc
  string Result = result;        // the type most functions return
  string Header = header;        // the public header that declares types and prototypes
  bit NeedsInit = false;         // functions fail with NOT_INITIALIZED before cuInit
}

// One exported ABI of a function. The symbol is the function's name followed by `suffix`; with
// `perThread` ("ptds" or "ptsz") there is a second symbol <symbol>_<perThread> whose default stream is
// the calling thread's.
//   params: C parameters separated by commas; a leading word gives the direction:
//           "out" (written), "inout", none (read). "out int* value, CUdevice device"
//   since:  CUDA version (1000 * major + 10 * minor) in which this ABI appeared
class Version<string suffix, int since, string params, string perThread = "", int perThreadSince = 7000> {
  string Suffix = suffix;
  int Since = since;
  string Params = params;
  string PerThread = perThread;
  int PerThreadSince = perThreadSince;
  int Removed = 0;               // first CUDA version without it; 0: still there
  string Symbol = "";            // when it is not <name><suffix>
  string Status = "";            // when it differs from the function's
  bit Own = false;               // has an implementation of its own, though another has the same parameters
}

// An ABI from before CUDA 3.2, with 32-bit device addresses: exported, never usable here.
class Version32<string suffix, int since, string params> : Version<suffix, since, params> {
  let Status = "stub";
}

// One API function with all its ABIs, oldest first.
//   Status: full | partial (works, Note says what is missing) | stub (NOT_SUPPORTED, logged once) |
//           refused (NOT_SUPPORTED for good, Note says why)
class Function<string doc, list<Version> versions> {
  string Doc = doc;              // one sentence
  list<Version> Versions = versions;
  string Object = "";            // set by `let Object = ... in`: shim/<library>/<object>.cpp
  string Status = "stub";
  string Note = "";
  string Returns = "";           // when not the library's result type
  string Header = "";            // public header that declares it; default: the library's
  string Current = "";           // symbol that the plain name means in the header; default: the newest
  bit NeedsInit = true;          // may not be called before the library is initialised
  bit NoTrace = false;           // never traced (called from inside tracing, or at exit)
}
class Full<string doc, list<Version> versions> : Function<doc, versions> { let Status = "full"; }
class Partial<string doc, string note, list<Version> versions> : Function<doc, versions> {
  let Status = "partial";
  let Note = note;
}
// Exported, and will never do anything here: NOT_SUPPORTED with the reason, logged once.
class Refused<string doc, string reason, list<Version> versions> : Function<doc, versions> {
  let Status = "refused";
  let Note = reason;
}
class NoGl<string doc, list<Version> versions> : Refused<doc,
    "there is no OpenGL driver that shares memory with a CPU device; copy through host memory", versions>;
class NoEgl<string doc, list<Version> versions> : Refused<doc,
    "EGL images and streams are made by GPU drivers; copy through host memory", versions>;
class NoVdpau<string doc, list<Version> versions> : Refused<doc,
    "VDPAU decodes on GPUs only; copy through host memory", versions>;
class Stub<string doc, list<Version> versions> : Function<doc, versions>;

// Types. The record's name is the C name that programs use.
class Type { string Object = ""; int Since = 0; }
// typedef struct <tag>* <name>
class Handle<string tag> : Type { string Tag = tag; }
// typedef <definition> <name>; with `declares` the definition already holds the name
// ("void (*CUhostFn)(void* userData)").
class Alias<string definition> : Type { string Definition = definition; bit Declares = false; }
class FunctionPointer<string definition> : Alias<definition> { let Declares = true; }
// Items "NAME=value" or "NAME" (one more than the item before).
class Enum<string tag, list<string> items> : Type { string Tag = tag; list<string> Items = items; }
// Fields are C declarations without the semicolon; nested structs and unions are written inline.
class Struct<string tag, list<string> fields> : Type {
  string Tag = tag;
  list<string> Fields = fields;
  string Keyword = "struct";
  int Align = 0;
}
class Union<string tag, list<string> fields> : Struct<tag, fields> { let Keyword = "union"; }
// #define <name> <value>
class Constant<string value> : Type { string Value = value; }

// One error as both APIs see it. An empty name: that API does not have it.
//   as: for codes of one API only, the code of the other one that it becomes
class Error<int value, string driver, string runtime, string text> {
  int Value = value;
  string Driver = driver;
  string Runtime = runtime;
  string Text = text;
  string As = "";
}

#endif
