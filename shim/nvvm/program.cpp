// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of NVVM IR: modules in, PTX out.
#include "api/nvvm/print.h"
#include "frontend/loader.h"
#include "nvvm/support.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace anywarp::nvvm {
namespace {

struct Module {
  std::string name, bytes;
  bool lazy = false;
};

struct Program {
  std::mutex mutex; // guards what follows
  std::vector<Module> modules;
  std::string ptx, log;
};

struct Table {
  std::mutex mutex; // guards programs
  std::unordered_map<void*, std::shared_ptr<Program>> programs;
};
Table& table() {
  static Table* value = new Table; // never destroyed: static destructors may still call in
  return *value;
}

Result<std::shared_ptr<Program>> find(nvvmProgram handle) {
  std::lock_guard lock(table().mutex);
  auto at = table().programs.find(handle);
  if (at == table().programs.end())
    return fail(NVVM_ERROR_INVALID_PROGRAM, "not a live program");
  return at->second;
}

bool setArchitecture(frontend::Target& target, std::string_view value) {
  static constexpr unsigned kKnown[] = {75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121};
  if (!value.starts_with("compute_"))
    return false;
  value.remove_prefix(8);
  unsigned number = 0;
  auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), number);
  std::string_view suffix(end, size_t(value.data() + value.size() - end));
  target.arch = number;
  target.archSuffix = suffix.empty() ? char(0) : suffix[0];
  return bad == std::errc() &&
         std::find(std::begin(kKnown), std::end(kKnown), number) != std::end(kKnown) &&
         (suffix.empty() || suffix == "a" || suffix == "f");
}

bool isNumber(std::string_view value) {
  return !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
}

// Options of the libNVVM manual (nvvmCompileProgram); false: there is none like it.
bool applyOption(frontend::Target& target, std::string_view word) {
  size_t equals = word.find('=');
  std::string_view name = word.substr(0, equals),
                   value = equals == word.npos ? "" : word.substr(equals + 1);
  bool bit = value == "0" || value == "1";
  if (name == "-arch")
    return setArchitecture(target, value);
  if (name == "-opt") {
    target.optimization = value == "0" ? 0 : 3;
    return value.size() == 1 && value[0] >= '0' && value[0] <= '3';
  }
  if (name == "-ftz") {
    target.flushDenormals = value == "1";
    return bit;
  }
  if (name == "-prec-sqrt" || name == "-prec-div" || name == "-fma")
    return bit;
  if (word == "-g" || word == "-generate-line-info") {
    target.lineInfo = true;
    return true;
  }
  return (name == "-split-compile" || name == "-maxreg" || name == "-jump-table-density") &&
         isNumber(value);
}

Result<frontend::ModuleRequest> request(Program& program, int count, const char** options) {
  frontend::ModuleRequest out;
  out.target.ptxVersion = 90;
  out.target.relocatable = true; // all that is not internal keeps its name
  AW_ARG(count >= 0 && (count == 0 || options), "the options are null");
  for (int i = 0; i < count; i++) {
    AW_ARG(options[i], "an option is null");
    if (applyOption(out.target, options[i]))
      continue;
    program.log = fmt::format("libnvvm : error: {} is an unsupported option", options[i]);
    return fail(NVVM_ERROR_INVALID_OPTION, program.log);
  }
  if (program.modules.empty())
    return fail(NVVM_ERROR_NO_MODULE_IN_PROGRAM, "there is no module");
  for (const Module& module : program.modules)
    out.inputs.push_back({module.bytes, module.name, module.lazy});
  return out;
}

Result<void> run(nvvmProgram prog, int count, const char** options, bool verify) {
  AW_LET(program, find(prog));
  std::lock_guard lock(program->mutex);
  program->log.clear();
  program->ptx.clear();
  AW_LET(asked, request(*program, count, options));
  asked.verifyOnly = verify;
  Result<frontend::ModuleResult> made = frontend::compile(asked);
  if (!made) {
    program->log = "libnvvm : error: " + made.error().message;
    return fail(NVVM_ERROR_COMPILATION, program->log);
  }
  program->log = made->log.substr(0, made->log.find_last_not_of('\n') + 1);
  if (made->outcome != frontend::Outcome::Success)
    return fail(verify ? NVVM_ERROR_INVALID_IR : NVVM_ERROR_COMPILATION, program->log);
  program->ptx = std::move(made->output);
  return {};
}

Result<void> addModule(nvvmProgram prog, const char* buffer, size_t size, const char* name,
                       bool lazy) {
  AW_LET(program, find(prog));
  AW_ARG(buffer && size, "the module is null or empty");
  std::lock_guard lock(program->mutex);
  program->modules.push_back({name && *name ? name : "<unnamed>", std::string(buffer, size), lazy});
  return {};
}

Result<void> textSize(nvvmProgram prog, size_t* out, std::string Program::* what) {
  AW_LET(program, find(prog));
  AW_ARG(out, "the place for the size is null");
  std::lock_guard lock(program->mutex);
  *out = ((*program).*what).size() + 1;
  return {};
}

Result<void> copyText(nvvmProgram prog, char* out, std::string Program::* what) {
  AW_LET(program, find(prog));
  AW_ARG(out, "the place for the text is null");
  std::lock_guard lock(program->mutex);
  std::memcpy(out, ((*program).*what).c_str(), ((*program).*what).size() + 1);
  return {};
}

} // namespace

const char* getErrorString(nvvmResult result) {
  std::string_view name = enumName(result);
  return name.empty() ? "NVVM_ERROR not found" : name.data(); // literals
}

Result<void> version(int* major, int* minor) {
  AW_ARG(major && minor, "the place for the version is null");
  *major = 2;
  *minor = 0;
  return {};
}

Result<void> iRVersion(int* majorIR, int* minorIR, int* majorDbg, int* minorDbg) {
  AW_ARG(majorIR && minorIR && majorDbg && minorDbg, "the place for the version is null");
  *majorIR = 2;
  *minorIR = 0;
  *majorDbg = 3;
  *minorDbg = 2;
  return {};
}

Result<void> createProgram(nvvmProgram* prog) {
  if (!prog)
    return fail(NVVM_ERROR_INVALID_PROGRAM, "the place for the program is null");
  auto program = std::make_shared<Program>();
  *prog = reinterpret_cast<nvvmProgram>(program.get());
  std::lock_guard lock(table().mutex);
  table().programs.emplace(program.get(), program);
  return {};
}

Result<void> destroyProgram(nvvmProgram* prog) {
  if (!prog)
    return fail(NVVM_ERROR_INVALID_PROGRAM, "the program is null");
  std::lock_guard lock(table().mutex);
  if (table().programs.erase(*prog) == 0)
    return fail(NVVM_ERROR_INVALID_PROGRAM, "not a live program");
  *prog = nullptr;
  return {};
}

Result<void> addModuleToProgram(nvvmProgram prog, const char* buffer, size_t size,
                                const char* name) {
  return addModule(prog, buffer, size, name, false);
}
Result<void> lazyAddModuleToProgram(nvvmProgram prog, const char* buffer, size_t size,
                                    const char* name) {
  return addModule(prog, buffer, size, name, true);
}

Result<void> compileProgram(nvvmProgram prog, int numOptions, const char** options) {
  return run(prog, numOptions, options, false);
}
Result<void> verifyProgram(nvvmProgram prog, int numOptions, const char** options) {
  return run(prog, numOptions, options, true);
}

Result<void> getCompiledResultSize(nvvmProgram prog, size_t* out) {
  return textSize(prog, out, &Program::ptx);
}
Result<void> getCompiledResult(nvvmProgram prog, char* out) {
  return copyText(prog, out, &Program::ptx);
}
Result<void> getProgramLogSize(nvvmProgram prog, size_t* out) {
  return textSize(prog, out, &Program::log);
}
Result<void> getProgramLog(nvvmProgram prog, char* out) {
  return copyText(prog, out, &Program::log);
}

} // namespace anywarp::nvvm
