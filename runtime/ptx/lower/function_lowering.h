// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The state of lowering one PTX function and the operations that the instruction lowerings
// (lower/<family>.cpp) are written with. Registers are allocas until the function is finished.
// Lives on the stack of lowerFunction(); private to lower/; one thread.
//
// Errors: fail() records the first one; afterwards every operation still returns some value of the
// right type, so lowerings need no checks.
#pragma once

#include "ptx/isa.h"
#include "ptx/lower/module_lowering.h"
#include "ptx/lower/types.h"

#include <deque>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/ValueHandle.h>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace anywarp::ptx {

// What a name stands for inside a function.
struct Symbol {
  enum class Kind : uint8_t {
    Register, // pointer: its alloca
    Memory,   // pointer: local variable, .param variable of a call, parameter of a device function
    Shared,   // offset in the shared window
    KernelParam,    // offset in the parameter block
    Global,         // id
    Function,       // function
    Label,          // label
    VectorRegister, // its components are registers "name.x" ...
    Prototype,
    Targets,
  };
  Kind kind;
  Type type = Type::None;
  llvm::Value* pointer = nullptr;
  uint64_t offset = 0;
  uint32_t id = 0;
  llvm::BasicBlock* label = nullptr;
  const Variable* variable = nullptr;
  const Prototype* prototype = nullptr;
  const Targets* targets = nullptr;
  LoweredFunction* function = nullptr;
};

// A value and the same with subnormal numbers flushed to zero.
struct Flush {
  llvm::WeakTrackingVH input, result;
};

class FunctionLowering {
public:
  FunctionLowering(ModuleLowering& module, LoweredFunction& function);
  Result<void> run();

  llvm::IRBuilder<> b;
  ModuleLowering& module;
  LoweredFunction& function;

  void fail(SourceLoc loc, std::string message, Status status = Status::InvalidPtx);
  bool failed() const { return error_.status != Status::Success; }

  // Types. Values of f16, bf16 and packed types are integers.
  llvm::Type* llvmType(Type t);
  llvm::IntegerType* intType(unsigned bits) { return b.getIntNTy(bits); }
  llvm::Value* undef(Type t) { return llvm::Constant::getNullValue(llvmType(t)); }

  // Operands.
  llvm::Value* read(const Operand& op, Type t);
  // Stores to a register, a {vector} of registers or nowhere (_), extending as PTX ISA 9.4.1 says.
  void write(const Operand& op, llvm::Value* value, Type t);
  llvm::Value* readPred(const Operand& op) { return read(op, Type::Pred); }
  // d or d|p.
  void writePair(const Operand& op, llvm::Value* d, Type t, llvm::Value* p);
  std::vector<llvm::Value*> readAll(const Matched& m); // all operands that are not written
  // The type of a register or {vector} operand, None for anything else.
  Type declaredType(const Operand& op);
  const Symbol* find(std::string_view name);
  // Value of `symbol + offset` as mov sees it, 64 bits.
  // Bytes to element op.elements[0] of an array, for a[2] (PTX ISA 6.4.2); 0 for plain names.
  int64_t elementOffset(const Operand& op, const Symbol& symbol);
  llvm::Value* symbolAddress(const Symbol& symbol, int64_t offset, SourceLoc loc);
  // Host pointer of an [address] operand.
  llvm::Value* address(const Operand& op, Space space);
  llvm::Value* sharedPointer(llvm::Value* address); // of a 32- or 64-bit shared address
  llvm::Value* sharedBase() { return service("aw.shared.base", b.getPtrTy(), {}); }
  // What shared address 0 stands for: this block's window, in cluster kernels that of rank 0.
  llvm::Value* sharedZero();
  llvm::Value* clusterRank() { return service("aw.cluster.rank", b.getInt32Ty(), {}); }
  // Rank * AW_CLUSTER_STRIDE in cluster kernels: this block's first shared address. 64 bits.
  llvm::Value* sharedOrigin();
  llvm::Value* offsetPointer(llvm::Value* base, int64_t offset);

  // Building blocks.
  llvm::Value* toBits(llvm::Value* v);           // float or double as an integer
  llvm::Value* fromBits(llvm::Value* v, Type t); // integer of the same size as a value of t
  llvm::Value* resize(llvm::Value* v, unsigned bits,
                      bool isSigned); // integer truncation or extension
  llvm::Value* operation(std::string_view name, llvm::ArrayRef<llvm::Value*> args, SourceLoc loc);
  llvm::Value* service(llvm::StringRef name, llvm::Type* result, llvm::ArrayRef<llvm::Value*> args);
  // A function of the whole warp, ptx_gang_NAME in devicelib: `result` is a struct for several.
  // `groups`: how many arguments share each pointer (INTRINSICS.md).
  llvm::Value* gangLib(std::string_view name, llvm::Type* result, llvm::ArrayRef<llvm::Value*> args,
                       bool touchesMemory = false, llvm::ArrayRef<unsigned> groups = {});
  llvm::Value* roundedOperation(std::string_view name, llvm::Type* result,
                                llvm::ArrayRef<llvm::Value*> args);
  llvm::Value* deviceLib(std::string_view name, llvm::Type* result,
                         llvm::ArrayRef<llvm::Value*> args);
  llvm::Value* intrinsic(llvm::Intrinsic::ID id,
                         llvm::ArrayRef<llvm::Value*> args); // overloaded on args[0]
  llvm::Value* flush(llvm::Value* v);             // .ftz: subnormal -> zero with its sign
  llvm::Value* saturate(llvm::Value* v);          // .sat: [0, 1], NaN -> +0
  llvm::Value* relu(llvm::Value* v);              // negative -> +0, NaN stays
  llvm::Value* half(llvm::Value* bits, Type t);   // f16 or bf16 bits -> float
  llvm::Value* toHalf(llvm::Value* f, Type t);    // float -> bits, nearest even
  llvm::Value* flushHalf(llvm::Value* f, Type t); // .ftz of a 16-bit number held as float
  // Applies `fn` to each 16-bit part of packed arguments, or once to unpacked ones.
  llvm::Value* forParts(Type t, llvm::ArrayRef<llvm::Value*> args,
                        llvm::function_ref<llvm::Value*(llvm::ArrayRef<llvm::Value*>)> fn);
  llvm::Value* floatMinMax(llvm::Value* x, llvm::Value* y, bool isMax, bool nan);
  llvm::Value* compare(std::string_view cmp, Type t, llvm::Value* x, llvm::Value* y, SourceLoc loc);
  llvm::Value* mulHi(llvm::Value* x, llvm::Value* y, bool isSigned);
  llvm::AllocaInst* stackSlot(llvm::Type* type, llvm::Align align, const llvm::Twine& name = "");
  llvm::AllocaInst* carry(); // the condition code register CC.CF (PTX ISA 9.7.2)
  void setCarry(llvm::Value* value);

  // Where alloca takes memory from (lower/stack.cpp); made when first asked for.
  struct Stack {
    llvm::AllocaInst *memory = nullptr, *used = nullptr;
    uint64_t size = 0;
  };
  Stack& stack();

  // Control.
  llvm::Value* guardValue() {
    return guard_;
  } // condition of a conditional instruction that handles it itself
  llvm::BasicBlock* newBlock(const llvm::Twine& name = "");
  void enter(llvm::BasicBlock* block) { b.SetInsertPoint(block); }
  void unreachableAfter(); // ends the block with unreachable and goes on in a dead one
  void startDeadBlock() { enter(newBlock("dead")); }
  llvm::BasicBlock* labelBlock(const Operand& op);
  void emitReturn();

private:
  struct Range {
    Type type;
    uint32_t count;
  };
  struct Scope {
    std::unordered_map<std::string_view, Symbol> names;
    std::unordered_map<std::string_view, Range> ranges;
  };

  void declareParameters();
  void declare(const Variable& v);
  void declareVector(const Variable& v);
  void declareBlock(const Block& block);
  void lowerBlock(const Block& block);
  void lowerInstruction(const Instruction& inst);
  void emit(const Matched& m);
  Instruction expandVectors(const Instruction& inst);
  void emitGeneric(const Matched& m);
  void lowerCustom(const Matched& m); // the C++ function that the record names
  void setDebugLocation(const Instruction& inst);
  void storeRegister(const Symbol& s, llvm::Value* value, Type t, SourceLoc loc);
  llvm::Value* loadRegister(const Symbol& s);
  llvm::Value* readNamed(const Operand& op, Type t);
  llvm::Value* constant(const Operand& op, Type t);
  llvm::Value* fit(llvm::Value* v, Type t, SourceLoc loc, std::string_view what);
  llvm::Value* specialRegister(std::string_view name); // null: no such
  llvm::Value* clusterRegister(std::string_view name);
  static bool isVectorSpecial(std::string_view name); // %tid, %ctaid, ...

  std::deque<Scope> scopes_;
  std::deque<std::string> strings_;
  llvm::BasicBlock* entry_ = nullptr;
  llvm::AllocaInst* carry_ = nullptr;
  Stack stack_;
  llvm::Value* guard_ = nullptr;       // for lowerings that handle it themselves
  llvm::Value* selectGuard_ = nullptr; // registers keep their value where this is false
  std::vector<llvm::AllocaInst*> registers_;
  std::vector<Flush> flushes_;
  llvm::AllocaInst* returnSlot_ = nullptr;
  Error error_{Status::Success, {}};
};

// lower/finish.cpp: registers to values, integer addresses of known objects to pointers; flushes of
// what is flushed already go.
void finishFunction(llvm::Function& function, const std::vector<llvm::AllocaInst*>& registers,
                    const std::vector<Flush>& flushes);

} // namespace anywarp::ptx
