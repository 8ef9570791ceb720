// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs: made of texts, compiled by the front end.
#include "common/ptx_symbols.h"
#include "frontend/loader.h"
#include "image/writer.h"
#include "nvrtc/options.h"
#include "nvrtc/support.h"
#include "support/log.h"
#include "support/options.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <unordered_map>

namespace anywarp::nvrtc {
namespace {

struct Table {
  std::mutex mutex; // guards programs
  std::unordered_map<void*, std::shared_ptr<Program>> programs;
};
Table& table() {
  static Table* value = new Table; // never destroyed: static destructors may still call in
  return *value;
}

std::string wrap(const std::string& ptx, const frontend::Target& target) {
  image::NewImage image;
  image.arch = target.arch;
  image.versionMajor = uint16_t(target.ptxVersion / 10);
  image.versionMinor = uint16_t(target.ptxVersion % 10);
  std::string text = ptx + '\0';
  image.bytes = text;
  std::vector<std::byte> fatbin = image::writeFatbin({&image, 1});
  return std::string(reinterpret_cast<const char*>(fatbin.data()), fatbin.size());
}

std::string times(const std::string& name, const frontend::SourceResult& result) {
  return fmt::format("\nFile name, phase name, metric, unit\n{0}, CUDA C++ Frontend, {1:.0f}, "
                     "ms\n{0}, NVVM Optimizer, {2:.0f}, ms\n",
                     name, result.frontendMs, result.optimizerMs);
}

// What was asked for besides code. A failure is NVRTC's code for it.
Result<void> writeTimes(Program& program, const ParsedOptions& options,
                        const frontend::SourceResult& result) {
  if (options.timeFile == "-") {
    program.log += times(program.name, result);
  } else if (!options.timeFile.empty()) {
    std::ofstream file(options.timeFile, std::ios::app);
    if (!file || !(file << times(program.name, result))) {
      program.log +=
          fmt::format("nvrtc: error: failed to open file {} for writing!", options.timeFile);
      return fail(NVRTC_ERROR_TIME_FILE_WRITE_FAILED);
    }
  }
  if (options.timeTraceFile.empty())
    return {};
  std::ofstream file(options.timeTraceFile + ".json");
  auto event = [](const char* name, double start, double length) {
    return fmt::format(
        "{{\"pid\":1,\"tid\":1,\"ph\":\"X\",\"ts\":{:.0f},\"dur\":{:.0f},\"name\":\"{}\"}}",
        start * 1000, length * 1000, name);
  };
  if (!file ||
      !(file << "{\"traceEvents\":[" << event("CUDA C++ Frontend", 0, result.frontendMs) << ","
             << event("NVVM Optimizer", result.frontendMs, result.optimizerMs) << "]}\n"))
    return fail(NVRTC_ERROR_TIME_TRACE_FILE_WRITE_FAILED);
  return {};
}

Result<void> refuse(Program& program, const std::string& text, nvrtcResult code) {
  program.log += text;
  return fail(code, text);
}

// Checks that need more than one option.
Result<void> checkTogether(Program& program, const ParsedOptions& options,
                           const std::vector<std::string>& words) {
  auto given = [&](std::string_view a, std::string_view b) {
    return std::find(words.begin(), words.end(), a) != words.end() ||
           std::find(words.begin(), words.end(), b) != words.end();
  };
  if (given("-ewp", "--extensible-whole-program") &&
      given("-rdc=true", "--relocatable-device-code=true"))
    return refuse(program,
                  "nvrtc: error: --extensible-whole-program (-ewp) is not compatible with "
                  "--relocatable-device-code=true "
                  "(-rdc=true)\n",
                  NVRTC_ERROR_INVALID_OPTION);
  if (!options.usePch.empty())
    return refuse(program,
                  fmt::format("Catastrophic error: cannot open precompiled header file \"{}\"\n\n1 "
                              "catastrophic error detected in "
                              "the compilation of \"{}\".\nCompilation terminated.\n",
                              options.usePch, program.name),
                  NVRTC_ERROR_COMPILATION);
  return {};
}

void takeResult(Program& program, const ParsedOptions& options, frontend::SourceResult& result) {
  program.lowered = std::move(result.lowered);
  if (options.lto) {
    program.lto = std::move(result.output);
    return;
  }
  if (options.optix)
    return;
  program.ptx = std::move(result.output);
  if (options.machineCode && !options.request.syntaxOnly)
    program.cubin = wrap(program.ptx, options.request.target);
}

Result<void> compile(Program& program, const std::vector<std::string>& words) {
  program.log.clear();
  program.ptx.clear();
  program.cubin.clear();
  program.lto.clear();
  program.succeeded = false;
  ParsedOptions options = parseOptions(words, program.name);
  program.log = options.messages;
  if (options.result != NVRTC_SUCCESS)
    return fail(options.result, options.messages);
  AW_TRY(checkTogether(program, options, words));
  program.compiled = true;
  frontend::SourceRequest& request = options.request;
  request.source = program.source;
  request.headers = program.headers;
  request.expressions = program.expressions;
  request.bitcode = options.lto;
  request.cacheFolder = cacheDirectory();
  if (program.callback)
    request.cancelled = [&program] { return program.callback(program.payload, nullptr) != 0; };
  Result<frontend::SourceResult> made = frontend::compile(request);
  if (!made) {
    log::warn("NVRTC: {}", made.error().message);
    return refuse(program, "nvrtc: error: " + made.error().message + "\n",
                  made.error().status == Status::OutOfMemory ? NVRTC_ERROR_OUT_OF_MEMORY
                                                             : NVRTC_ERROR_INTERNAL_ERROR);
  }
  if (made->outcome == frontend::Outcome::Cancelled) {
    program.log.clear();
    return fail(NVRTC_ERROR_CANCELLED);
  }
  program.log += made->log;
  if (made->outcome != frontend::Outcome::Success)
    return fail(NVRTC_ERROR_COMPILATION, program.log);
  if (options.machineCode && !request.target.relocatable && !options.lto)
    if (auto symbols = shim::findPtxSymbols(made->output);
        !symbols.wanted.empty()) // as ptxas would say
      return refuse(
          program,
          fmt::format("ptxas fatal   : Unresolved extern function '{}'\n", symbols.wanted[0]),
          NVRTC_ERROR_COMPILATION);
  takeResult(program, options, *made);
  program.succeeded = true;
  return writeTimes(program, options, *made);
}

} // namespace

Result<std::shared_ptr<Program>> find(nvrtcProgram handle) {
  std::lock_guard lock(table().mutex);
  auto at = table().programs.find(handle);
  if (at == table().programs.end())
    return fail(NVRTC_ERROR_INVALID_PROGRAM, "not a live program");
  return at->second;
}

Result<void> createProgram(nvrtcProgram* prog, const char* src, const char* name, int numHeaders,
                           const char* const* headers, const char* const* includeNames) {
  if (!prog)
    return fail(NVRTC_ERROR_INVALID_PROGRAM, "the place for the program is null");
  AW_ARG(src, "the source is null");
  AW_ARG(numHeaders >= 0, "a negative number of headers");
  AW_ARG(numHeaders == 0 || (headers && includeNames), "headers or their names are null");
  auto program = std::make_shared<Program>();
  program->source = src;
  program->name = name && *name ? name : "default_program";
  for (int i = 0; i < numHeaders; i++) {
    AW_ARG(headers[i] && includeNames[i], "a header or its name is null");
    program->headers.emplace_back(includeNames[i], headers[i]);
  }
  *prog = reinterpret_cast<nvrtcProgram>(program.get());
  std::lock_guard lock(table().mutex);
  table().programs.emplace(program.get(), program);
  return {};
}

Result<void> destroyProgram(nvrtcProgram* prog) {
  if (!prog)
    return fail(NVRTC_ERROR_INVALID_PROGRAM, "the program is null");
  std::lock_guard lock(table().mutex);
  if (table().programs.erase(*prog) == 0)
    return fail(NVRTC_ERROR_INVALID_PROGRAM, "not a live program");
  *prog = nullptr;
  return {};
}

Result<void> compileProgram(nvrtcProgram prog, int numOptions, const char* const* options) {
  AW_LET(program, find(prog));
  AW_ARG(numOptions >= 0, "a negative number of options");
  if (numOptions > 0 && !options)
    return fail(NVRTC_ERROR_INVALID_OPTION, "the options are null");
  std::vector<std::string> words;
  for (int i = 0; i < numOptions; i++) {
    if (!options[i])
      return fail(NVRTC_ERROR_INVALID_OPTION, "an option is null");
    words.emplace_back(options[i]);
  }
  std::lock_guard lock(program->mutex);
  return compile(*program, words);
}

#if ANYWARP_CUDA_VERSION >= 12080
Result<void> setFlowCallback(nvrtcProgram prog, nvrtcFlowCallback callback, void* payload) {
  AW_LET(program, find(prog));
  AW_ARG(callback, "the callback is null");
  std::lock_guard lock(program->mutex);
  program->callback = callback;
  program->payload = payload;
  return {};
}
#endif

} // namespace anywarp::nvrtc
