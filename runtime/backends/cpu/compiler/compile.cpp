// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile.h"

#include "codegen.h"
#include "gather_addresses.h"
#include "host_instructions.h"
#include "ptx/lower.h"
#include "ptx/printer.h"
#include "spin_wait.h"
#include "split_vectors.h"
#include "support/fault_guard.h"
#include "support/log.h"

#include <ctime>
#include <fstream>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <mutex>

namespace anywarp::cpu {
namespace {

void onFatalError(void*, const char* reason, bool) {
  leaveFatal(reason); // comes back when it is none of our compilations: LLVM goes on to abort
}

void installHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler(onFatalError);
  });
}

// Runs fn with LLVM's fatal errors turned into an Error. fn must not leave C++ objects of the
// caller half changed.
template <typename Fn> Result<std::vector<char>> guardFatal(const std::string& kernel, Fn&& fn) {
  installHandlers();
  Result<std::vector<char>> result = makeError(Status::Unknown, "");
  auto body = [&] { result = fn(); };
  FatalReason reason;
  if (!runFatalGuarded(body, reason))
    return makeError(Status::InvalidPtx, "kernel " + kernel + ": LLVM gave up: " + reason.text);
  return result;
}

// LLVM's diagnostics (inline limits, stack size warnings) go to the log, never to exit().
void onDiagnostic(const llvm::DiagnosticInfo* info, void* context) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::DiagnosticPrinterRawOStream printer(out);
  info->print(printer);
  auto* firstError = static_cast<std::string*>(context);
  if (info->getSeverity() == llvm::DS_Error && firstError->empty())
    *firstError = out.str();
  else
    log::debug("llvm: {}", out.str());
}

void writeDump(const CompileRequest& request, const char* suffix, std::string_view text) {
  std::string path = request.dumpPrefix + suffix;
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file)
    log::warn("cannot write {}", path);
}

void dump(const CompileRequest& request, const llvm::Module& module, const char* suffix) {
  if (request.dumpPrefix.empty())
    return;
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out, nullptr);
  writeDump(request, suffix, out.str());
}

void dumpAssembly(const CompileRequest& request, const llvm::Module& module,
                  llvm::TargetMachine& target) {
  if (request.dumpPrefix.empty())
    return;
  auto clone = llvm::CloneModule(module);
  auto text = emit(*clone, target, EmitKind::Assembly);
  if (text)
    writeDump(request, ".s", std::string_view(text->data(), text->size()));
}

bool usesGangFunctions(const llvm::Module& module) {
  return llvm::any_of(module, [](const llvm::Function& f) {
    return f.getName().starts_with("aw.gang.") && !f.use_empty();
  });
}

// Where the time of a compilation goes, with ANYWARP_LOG=debug: processor time, so that other
// threads and programs do not count.
class StageClock {
public:
  explicit StageClock(const std::string& kernel) : kernel_(kernel) {}
  void stage(const char* name) {
    double now = used();
    text_ += fmt::format(" {} {:.1f} ms", name, now - last_);
    last_ = now;
  }
  ~StageClock() { log::debug("compiled {}:{}", kernel_, text_); }

private:
  static double used() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
  }

  const std::string& kernel_;
  std::string text_;
  double last_ = used();
};

// Instructions of gang code from which on Tier::Auto is quick: about a second of full compilation.
constexpr unsigned kDearModule = 12000;

Effort effortFor(const llvm::Module& module, Tier tier) {
  bool quick =
      tier == Tier::Quick || (tier == Tier::Auto && module.getInstructionCount() > kDearModule);
  return quick ? Effort::Quick : Effort::Full;
}

Result<std::vector<char>> objectOf(llvm::Module& module, const CompileRequest& request,
                                   const std::string& diagnosed, StageClock& clock,
                                   Effort& effort) {
  auto target = makeTargetMachine(request.cpu, request.features, request.triple);
  if (!target)
    return target.error();
  setTarget(module, **target);
  dump(request, module, ".scalar.ll");
  AW_TRY(verify(module, request.kernel, "lowering"));
  spmd::VectorizeOptions options = request.vectorize;
  // A stack for every gang, so that it can wait anywhere, and where hundreds of registers with
  // matrices would have to be saved and restored at every barrier.
  if (markSpinWaits(module) || usesGangFunctions(module))
    options.barriers = spmd::BarrierMode::Fiber;
  AW_TRY(spmd::vectorize(module, request.kernel, options, target->get()));
  clock.stage("vectorise");
  AW_TRY(ptx::linkGangFunctions(module));
  useHostInstructions(module, **target);
  setTarget(module, **target); // functions that the vectoriser made
  dump(request, module, ".gang.ll");
  AW_TRY(verify(module, request.kernel, "vectorising"));
  clock.stage("link");
  effort = effortFor(module, request.tier);
  optimize(module, **target, effort);
  if (effort == Effort::Full)
    splitVectors(module, **target);
  sinkGatherAddresses(module);
  clock.stage("optimise");
  dump(request, module, ".opt.ll");
  dumpAssembly(request, module, **target);
  auto object = emit(module, **target, EmitKind::Object, effort);
  if (!object)
    return object.error();
  clock.stage("emit");
  if (!diagnosed.empty())
    return makeError(Status::InvalidPtx, "kernel " + request.kernel + ": " + diagnosed);
  return object;
}

Result<std::vector<char>> compileObject(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request, StageClock& clock,
                                        Effort& effort) {
  std::string diagnosed;
  module->getContext().setDiagnosticHandlerCallBack(onDiagnostic, &diagnosed);
  return guardFatal(request.kernel,
                    [&] { return objectOf(*module, request, diagnosed, clock, effort); });
}

Result<std::vector<char>> compileModule(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request, StageClock& clock,
                                        Effort& effort) {
  auto object = compileObject(std::move(module), request, clock, effort);
  if (!object)
    return object;
  auto library = guardFatal(request.kernel, [&] { return linkShared(*object, request.kernel); });
  clock.stage("lld");
  return library;
}

Result<std::vector<char>> compilePtx(const CompileRequest& request, Effort& effort) {
  auto slice = request.index->slice(request.kernel);
  if (!slice)
    return slice.error();
  // The slice may have renamed a static kernel.
  CompileRequest renamed = request;
  renamed.kernel = slice->module.functions.front().name;
  if (!request.dumpPrefix.empty())
    writeDump(request, ".ptx", ptx::print(slice->module));
  StageClock clock(renamed.kernel);
  llvm::LLVMContext context;
  auto target = makeTargetMachine(request.cpu, request.features, request.triple);
  if (!target)
    return target.error();
  ptx::LowerOptions options;
  options.directedRounding = hasDirectedRounding(**target);
  auto module = ptx::lower(*slice, renamed.kernel, options, context);
  if (!module)
    return module.error();
  keepHostFunctions(**module, **target);
  clock.stage("lower");
  return compileModule(std::move(*module), renamed, clock, effort);
}

} // namespace

Result<std::vector<char>> compileObject(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request) {
  StageClock clock(request.kernel);
  Effort effort = Effort::Full;
  return compileObject(std::move(module), request, clock, effort);
}

Result<std::vector<char>> compileModule(std::unique_ptr<llvm::Module> module,
                                        const CompileRequest& request) {
  StageClock clock(request.kernel);
  Effort effort = Effort::Full;
  return compileModule(std::move(module), request, clock, effort);
}

Result<CompiledCode> compile(const CompileRequest& request) {
  Effort effort = Effort::Full;
  auto library = guardFatal(request.kernel, [&] { return compilePtx(request, effort); });
  if (!library)
    return library.error();
  return CompiledCode{std::move(*library), effort == Effort::Quick};
}

} // namespace anywarp::cpu
