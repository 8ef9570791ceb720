// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine.h"

#include "ptx/devicelib/async.h"
#include "ptx/layout.h"
#include "ptx/lower.h"
#include "spmd/multimem_abi.h"

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>

namespace anywarp::ptxtest {
namespace {

using namespace llvm;

constexpr uint32_t kLane = 3;
jmp_buf gEnd;
const char* gEnding = "";
std::string* gPrinted = nullptr;
alignas(128) char gShared[1 << 16];

[[noreturn]] void endThread(const char* how) {
  gEnding = how;
  longjmp(gEnd, 1);
}
[[noreturn]] void trap() {
  endThread("trap");
}
[[noreturn]] void exitThread() {
  endThread("exit");
}
[[noreturn]] void assertFail(const char*, const char*, uint32_t, const char*, uint64_t) {
  endThread("trap");
}
uint32_t print(const char* format, const void*) {
  *gPrinted += format;
  return 1;
}

const AwReplicas* itself(const void*) {
  static const AwReplicas list = {1, {0}};
  return &list;
}

// Storage of module variables, by id.
struct Globals {
  std::vector<std::vector<char>> data;
};

char* aligned(std::vector<char>& v) {
  return v.data() + (128 - reinterpret_cast<uintptr_t>(v.data()) % 128) % 128;
}

Globals makeGlobals(const ptx::Index::Slice& slice) {
  Globals g;
  auto& variables = slice.module.variables;
  uint32_t count = 0;
  for (uint32_t id : slice.variableIds)
    if (id != ~0u)
      count = std::max(count, id + 1);
  g.data.resize(count);
  for (size_t i = 0; i < variables.size(); ++i)
    if (slice.variableIds[i] != ~0u)
      g.data[slice.variableIds[i]].resize(ptx::sizeOf(variables[i]) + 256);
  auto addressOf = [&](std::string_view name) -> uint64_t {
    for (size_t i = 0; i < variables.size(); ++i)
      if (variables[i].name == name && slice.variableIds[i] != ~0u)
        return reinterpret_cast<uint64_t>(aligned(g.data[slice.variableIds[i]]));
    for (size_t i = 0; i < slice.module.functions.size(); ++i)
      if (slice.module.functions[i].name == name)
        return ptx::kFunctionIdBase + slice.functionIds[i];
    return 0;
  };
  for (size_t i = 0; i < variables.size(); ++i) {
    if (slice.variableIds[i] == ~0u || !variables[i].init)
      continue;
    char* at = aligned(g.data[slice.variableIds[i]]);
    unsigned size = ptx::sizeOf(variables[i].type);
    for (const auto& e : variables[i].init->elements) {
      uint64_t v = e.symbol.empty() ? e.bits : addressOf(e.symbol) + e.offset;
      if (e.maskShift != 0xff)
        v = v >> e.maskShift & 0xff;
      memcpy(at, &v, size);
      at += size;
    }
  }
  return g;
}

// Gives every declared service a body: one thread alone in its warp's lane 3.
class Services {
public:
  Services(Module& m, Globals& globals, const char* params)
      : m_(m), b_(m.getContext()), globals_(globals), params_(params) {}

  bool define(Function& f) {
    StringRef name = f.getName();
    BasicBlock* block = BasicBlock::Create(m_.getContext(), "", &f);
    b_.SetInsertPoint(block);
    if (Value* v = value(f, name)) {
      b_.CreateRet(v);
      return true;
    }
    if (name == "aw.barrier" || name == "aw.barrier.arrive" || name == "aw.warpsync" ||
        name == "aw.rt.nanosleep") {
      b_.CreateRetVoid();
      return true;
    }
    if (void* host = hostFunction(name)) {
      std::vector<Value*> args;
      for (Argument& a : f.args())
        args.push_back(&a);
      Value* r = b_.CreateCall(f.getFunctionType(), pointer(host), args);
      f.removeFnAttr(Attribute::NoReturn);
      f.getReturnType()->isVoidTy() ? b_.CreateRetVoid() : b_.CreateRet(r);
      return true;
    }
    return false;
  }

private:
  Value* pointer(const void* p) {
    return b_.CreateIntToPtr(b_.getInt64(reinterpret_cast<uint64_t>(p)), b_.getPtrTy());
  }
  void* hostFunction(StringRef name) {
    return StringSwitch<void*>(name)
        .Case("aw.exit", (void*)exitThread)
        .Case("aw.rt.trap", (void*)trap)
        .Case("aw.rt.assertfail", (void*)assertFail)
        .Case("aw.rt.vprintf", (void*)print)
        .Case("aw.rt.malloc", (void*)malloc)
        .Case("aw.rt.free", (void*)free)
        .Case("aw.rt.bulk_copy", (void*)ptx_bulk_copy)
        .Case("aw.rt.bulk_reduce", (void*)ptx_bulk_reduce)
        .Case("aw.rt.tensor_copy", (void*)ptx_tensor_copy)
        .Case("aw.rt.tensormap_replace", (void*)ptx_tensormap_replace)
        .Case("aw.rt.multimem", (void*)itself)
        .Default(nullptr);
  }
  Value* withPredicate(Function& f, Value* v) {
    return b_.CreateInsertValue(b_.CreateInsertValue(PoisonValue::get(f.getReturnType()), v, 0),
                                b_.getTrue(), 1);
  }
  Value* value(Function& f, StringRef name) {
    uint32_t lane = 1u << kLane;
    if (name == "aw.param.base")
      return pointer(params_);
    if (name == "aw.shared.base")
      return pointer(gShared);
    if (name == "aw.global.addr") {
      std::vector<Constant*> addresses;
      for (auto& g : globals_.data)
        addresses.push_back(b_.getInt64(reinterpret_cast<uint64_t>(aligned(g))));
      auto* type = ArrayType::get(b_.getInt64Ty(), addresses.size());
      auto* table = new GlobalVariable(m_, type, true, GlobalValue::PrivateLinkage,
                                       ConstantArray::get(type, addresses));
      return b_.CreateIntToPtr(
          b_.CreateLoad(b_.getInt64Ty(), b_.CreateGEP(b_.getInt64Ty(), table, f.getArg(0))),
          b_.getPtrTy());
    }
    uint64_t constant = StringSwitch<uint64_t>(name)
                            .Case("aw.tid.x", kLane)
                            .Case("aw.ntid.x", 8)
                            .Cases("aw.ntid.y", "aw.ntid.z", 1)
                            .Case("aw.ctaid.x", 5)
                            .Case("aw.nctaid.x", 9)
                            .Cases("aw.nctaid.y", "aw.nctaid.z", 1)
                            .Cases("aw.tid.y", "aw.tid.z", "aw.ctaid.y", "aw.ctaid.z", "aw.warpid",
                                   "aw.smid", "aw.rt.grid_workspace", 0)
                            .Cases("aw.cluster.x", "aw.cluster.y", "aw.cluster.z", 1)
                            .Cases("aw.cluster.rank", "aw.cluster.explicit", 0)
                            .Cases("aw.nwarpid", "aw.nsmid", 1)
                            .Case("aw.gridid", 77)
                            .Case("aw.laneid", kLane)
                            .Cases("aw.lanemask.eq", "aw.activemask", lane)
                            .Case("aw.lanemask.lt", lane - 1)
                            .Case("aw.lanemask.le", lane * 2 - 1)
                            .Case("aw.lanemask.gt", ~(lane * 2 - 1))
                            .Case("aw.lanemask.ge", ~(lane - 1))
                            .Case("aw.dynsmem", 256)
                            .Case("aw.totalsmem", sizeof gShared)
                            .Cases("aw.rt.clock64", "aw.rt.globaltimer", 0x1234500006789)
                            .Default(~0ull);
    if (constant != ~0ull)
      return ConstantInt::get(f.getReturnType(), constant, false);
    if (name.starts_with("aw.shfl."))
      return withPredicate(f, f.getArg(0));
    if (name.starts_with("aw.match.all."))
      return withPredicate(f, b_.getInt32(lane));
    if (name.starts_with("aw.match.any."))
      return b_.getInt32(lane);
    if (name.starts_with("aw.redux."))
      return f.getArg(0);
    if (name == "aw.vote.uni")
      return b_.getTrue();
    if (name == "aw.vote.all" || name == "aw.vote.any")
      return f.getArg(0);
    if (name == "aw.vote.ballot")
      return b_.CreateShl(b_.CreateZExt(f.getArg(0), b_.getInt32Ty()), kLane);
    if (name == "aw.barrier.red.popc")
      return b_.CreateZExt(f.getArg(2), b_.getInt32Ty());
    if (name.starts_with("aw.barrier.red."))
      return f.getArg(2);
    return nullptr;
  }

  Module& m_;
  IRBuilder<> b_;
  Globals& globals_;
  const char* params_;
};

void optimizeModule(Module& m) {
  LoopAnalysisManager lam;
  FunctionAnalysisManager fam;
  CGSCCAnalysisManager cgam;
  ModuleAnalysisManager mam;
  PassBuilder pb;
  pb.registerModuleAnalyses(mam);
  pb.registerCGSCCAnalyses(cgam);
  pb.registerFunctionAnalyses(fam);
  pb.registerLoopAnalyses(lam);
  pb.crossRegisterProxies(lam, fam, cgam, mam);
  pb.buildPerModuleDefaultPipeline(OptimizationLevel::O2).run(m, mam);
}

} // namespace

Outcome runKernel(const ptx::Index& index, const std::string& entry,
                  const std::vector<char>& params, bool optimize) {
  static bool ready = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)ready;
  Outcome outcome;
  auto slice = index.slice(entry);
  if (!slice) {
    outcome.error = slice.error().message;
    return outcome;
  }
  auto context = std::make_unique<LLVMContext>();
  auto lowered = ptx::lower(*slice, entry, {}, *context);
  if (!lowered) {
    outcome.error = lowered.error().message;
    return outcome;
  }
  std::unique_ptr<Module> m = std::move(*lowered);
  Globals globals = makeGlobals(*slice);
  Services services(*m, globals, params.data());
  std::vector<Function*> declared;
  for (Function& f : *m)
    if (f.isDeclaration() && f.getName().starts_with("aw."))
      declared.push_back(&f);
  for (Function* f : declared)
    if (!services.define(*f)) {
      outcome.error = "the test machine has no service " + f->getName().str();
      return outcome;
    }
  Function* kernel = m->getFunction(entry);
  kernel->setName("test_kernel");
  if (optimize)
    optimizeModule(*m);
  auto jit = cantFail(orc::LLJITBuilder().create());
  m->setDataLayout(jit->getDataLayout());
  if (auto error = jit->addIRModule(orc::ThreadSafeModule(std::move(m), std::move(context)))) {
    outcome.error = toString(std::move(error));
    return outcome;
  }
  auto symbol = jit->lookup("test_kernel");
  if (!symbol) {
    outcome.error = toString(symbol.takeError());
    return outcome;
  }
  gEnding = "";
  gPrinted = &outcome.printed;
  auto run = symbol->toPtr<void (*)()>();
  if (setjmp(gEnd) == 0)
    run();
  outcome.ending = gEnding;
  return outcome;
}

} // namespace anywarp::ptxtest
