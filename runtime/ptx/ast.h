// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The syntax tree of PTX text: what stands in the source and nothing derived from it.
//
// Names and modifiers are views into Module::source, which the Module keeps alive. The tree knows
// no instruction by name: runtime/ptx/isa describes what each mnemonic means. Built by parser.h,
// linked by index.h, printed by printer.h, read by lower/. Plain data; no locking.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::ptx {

struct SourceLoc {
  uint32_t line = 0;   // 1-based, in the PTX text
  uint32_t column = 0; // 1-based
};

// PTX ISA 5.1, "State Spaces".
enum class Space : uint8_t { Generic, Reg, Sreg, Const, Global, Local, Param, Shared, Tex };

// PTX ISA 5.2, "Types".
enum class Type : uint8_t {
  None,
  Pred,
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  F16x2,
  BF16,
  BF16x2,
  TF32,
  F32,
  F64,
  E4M3,
  E5M2,
  E4M3x2,
  E5M2x2,
  E2M1,
  E2M3,
  E3M2,
  UE8M0,
  U16x2,
  S16x2,
  U8x4,
  S8x4,
  TexRef,
  SamplerRef,
  SurfRef,
  UE4M3,
  E2M1x2,
  E2M3x2,
  E3M2x2,
  UE8M0x2,
  F32x2,
  E4M3x4,
  E5M2x4,
  E2M1x4,
  E2M3x4,
  E3M2x4,
  U2,
  S2,
  U4,
  S4,
  B1,
};

enum class Linkage : uint8_t { None, Extern, Visible, Weak, Common };

// An operand as written. `elements` holds the parts of a vector, pair or call list.
struct Operand {
  enum class Kind : uint8_t {
    Register, // name [+ offset]: "%r1", "%tid.x" (a component suffix stays part of the name),
              // "%p1"; negated for
              // "!%p1". Every name that starts with % or that a .reg in scope declares ("p" in
              // inline assembly).
    Symbol, // name [+ offset]: variable, function, label or prototype; which one is decided later.
            // a[i] (PTX ISA 6.4.2): elements[0] is the index, Int or Register [+ offset]
    Int,    // bits: integer constant expression, evaluated as PTX ISA 4.5 says (64 bits)
    F32,    // bits: 0f........ constant
    F64,    // bits: 0d................ or decimal floating constant (PTX ISA 4.5.2: always 64 bits)
    Address, // [elements[0] + offset]; elements[0] is Register, Symbol or Int; more elements: [tex,
             // {coords}] and such
    Vector,  // {a, b, c, d}
    Pair,    // a|b (shfl, setp, wmma); elements[0], elements[1]
    Sink,    // _
    List,    // ( ... ) of call: return values, arguments
  };
  Kind kind = Kind::Sink;
  bool negated = false; // !%p
  bool minus = false;   // -%r1.b0 of the video instructions
  std::string_view name;
  uint64_t bits = 0;
  int64_t offset = 0;
  std::vector<Operand> elements;
  SourceLoc loc;
};

// @%p / @!%p
struct Guard {
  std::string_view reg;
  bool negated = false;
};

struct Instruction {
  SourceLoc loc;
  uint32_t debugFile = 0, debugLine = 0, debugColumn = 0; // from the last .loc, 0 if none
  std::optional<Guard> guard;
  std::string_view mnemonic;               // "add", "cp", "wgmma": text before the first dot
  std::vector<std::string_view> modifiers; // in order, without the dot: "lo", "s32", "shared::cta"
  std::vector<Operand> operands;
};

struct Label {
  std::string_view name;
  SourceLoc loc;
};

struct Initializer {
  // One flattened element: integer/float bits, or the address of `symbol` + offset (generic() if
  // set).
  struct Element {
    uint64_t bits = 0;
    std::string_view symbol; // empty: a plain constant
    int64_t offset = 0;
    bool isFloat = false; // bits holds the pattern of the variable's own type
    bool generic = false; // generic(symbol)
    uint8_t maskShift =
        0xff; // mask() operator 0xFF..: byte index picked from the address, 0xff: none
  };
  std::vector<Element> elements; // fewer than the array holds: the rest is zero
};

// .reg, .local, .shared, .global, .const, .param, .tex variables. `reg` ranges (%r<10>) set
// `count`.
struct Variable {
  SourceLoc loc;
  Space space = Space::Generic;
  Linkage linkage = Linkage::None;
  Type type = Type::None;
  uint32_t vector = 1; // .v2, .v4, .v8
  uint32_t align = 0;  // bytes; 0: natural
  std::string_view name;
  uint32_t count = 0;         // %r<count>; 0: a single name
  std::vector<uint64_t> dims; // array dimensions; empty: scalar; a first dimension of 0: []
  bool isPointer = false;     // .param .u64 .ptr .global .align 16 p
  Space pointerSpace = Space::Generic;
  uint32_t pointerAlign = 0;
  std::optional<Initializer> init;
  std::vector<std::pair<std::string_view, std::string_view>>
      attributes; // .attribute(.managed, ...)
  std::vector<std::pair<std::string_view, std::string_view>>
      opaque; // .samplerref s = { filter_mode = nearest, ... }
};

// .callprototype / .calltargets / .branchtargets: named by a label inside a body.
struct Prototype {
  std::string_view name;
  std::vector<Variable> returns, params;
};
struct Targets {
  std::string_view name;
  bool isCall = false; // .calltargets, else .branchtargets
  std::vector<std::string_view> targets;
};

struct Statement;
struct Block { // { ... } opens a scope for names
  std::vector<Statement> statements;
};

struct Statement {
  enum class Kind : uint8_t { Instruction, Label, Variable, Block, Prototype, Targets };
  Kind kind;
  // Exactly the one that `kind` names is set.
  Instruction instruction;
  Label label;
  Variable variable;
  std::unique_ptr<Block> block;
  std::unique_ptr<Prototype> prototype;
  std::unique_ptr<Targets> targets;
};

struct FunctionHeader {
  SourceLoc loc;
  bool isEntry = false;
  bool isDeclaration = false; // no body
  bool noreturn = false;
  Linkage linkage = Linkage::None;
  std::string_view name;
  std::vector<Variable> returns, params;
  uint32_t maxntid[3] = {0, 0, 0}; // 0: not given
  uint32_t reqntid[3] = {0, 0, 0};
  uint32_t maxnreg = 0, minnctapersm = 0, maxnctapersm = 0;
  uint32_t reqnctapercluster[3] = {0, 0, 0};
  uint32_t maxclusterrank = 0;
  bool explicitcluster = false, blocksareclusters = false;
  std::vector<std::string_view> pragmas; // of the header and of the body
  std::string_view aliasOf;              // .alias name, aliasee
  std::string_view origin = "ptx";       // of the text, for messages; a slice says where from
};

struct Function : FunctionHeader { // moves only, as bodies do
  Block body;
};

struct Module {
  std::shared_ptr<const std::string> source;                   // owns every string_view of the tree
  std::vector<std::shared_ptr<const std::string>> moreSources; // after linking
  uint32_t versionMajor = 0, versionMinor = 0;
  std::vector<std::string_view> targets; // "sm_90a", "debug", "texmode_independent"
  uint32_t addressSize = 64;
  std::vector<std::pair<uint32_t, std::string_view>> files; // .file index "name"
  std::vector<Variable> variables;                          // module scope
  std::vector<Function> functions;                          // definitions and declarations
};

} // namespace anywarp::ptx
