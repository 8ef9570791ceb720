// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See invocation.h.
#include "invocation.h"

#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <thread>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

// The devices of this build report this unless a user says otherwise.
constexpr Architecture kNative{90, 0};

Error bad(std::string message) {
  return makeError(Status::InvalidValue, std::move(message));
}

Result<Phase> phaseOf(const CommandLine& line) {
  struct Choice {
    OptionId option;
    Phase phase;
  };
  constexpr Choice kChoices[] = {{OPT_ptx, Phase::Ptx},
                                 {OPT_cubin, Phase::Cubin},
                                 {OPT_fatbin, Phase::Fatbin},
                                 {OPT_cuda, Phase::HostSource},
                                 {OPT_preprocess, Phase::Preprocess},
                                 {OPT_generate_dependencies, Phase::Dependencies},
                                 {OPT_generate_nonsystem_dependencies, Phase::Dependencies},
                                 {OPT_device_link, Phase::DeviceLink},
                                 {OPT_lib, Phase::Library},
                                 {OPT_compile, Phase::Object},
                                 {OPT_device_c, Phase::Object},
                                 {OPT_device_w, Phase::Object},
                                 {OPT_run, Phase::Run}};
  for (OptionId no : {OPT_optix_ir, OPT_ltoir})
    if (line.has(no))
      return bad(fmt::format("--{} is not supported: the format is NVIDIA's own",
                             optionTable().getOptionName(no).str()));
  for (const Choice& choice : kChoices)
    if (line.has(choice.option))
      return choice.phase;
  return Phase::Link;
}

Result<InputKind> kindOf(const std::string& path, const std::string& language) {
  static const std::map<std::string, InputKind> kExtensions = {
      {".cu", InputKind::Cuda},
      {".gpu", InputKind::Gpu},
      {".cup", InputKind::CudaPreprocessed},
      {".c", InputKind::C},
      {".cc", InputKind::Cxx},
      {".cpp", InputKind::Cxx},
      {".cxx", InputKind::Cxx},
      {".C", InputKind::Cxx},
      {".c++", InputKind::Cxx},
      {".i", InputKind::CPreprocessed},
      {".ii", InputKind::CxxPreprocessed},
      {".ptx", InputKind::Ptx},
      {".cubin", InputKind::Cubin},
      {".fatbin", InputKind::Fatbin},
      {".o", InputKind::Object},
      {".obj", InputKind::Object},
      {".a", InputKind::Object},
      {".lib", InputKind::Object},
      {".so", InputKind::Object},
      {".res", InputKind::Object}};
  fs::path file(path);
  std::string extension = file.extension();
  auto found = kExtensions.find(extension);
  bool linkable = (found != kExtensions.end() && found->second >= InputKind::Ptx) ||
                  file.filename().string().find(".so.") != std::string::npos;
  if (!language.empty() && !linkable)
    return language == "cu" ? InputKind::Cuda : language == "c" ? InputKind::C : InputKind::Cxx;
  if (found != kExtensions.end())
    return found->second;
  if (linkable)
    return InputKind::Object;
  return bad(fmt::format("Don't know what to do with '{}' (-x says which language it is)", path));
}

Result<void> readInputs(const CommandLine& line, Invocation& out) {
  std::string language = line.last(OPT_language);
  for (const llvm::opt::Arg* arg : line.args().filtered(OPT_INPUT)) {
    auto kind = kindOf(arg->getValue(), language);
    if (!kind)
      return kind.error();
    out.inputs.push_back({arg->getValue(), *kind});
  }
  if (out.inputs.empty())
    return bad("No input files specified; use option --help for more information");
  bool oneOutput = out.phase == Phase::Link || out.phase == Phase::Run ||
                   out.phase == Phase::Library || out.phase == Phase::DeviceLink;
  if (!out.output.empty() && !oneOutput && out.inputs.size() > 1)
    return bad(
        "A single input file is required for a non-link phase when an outputfile is specified");
  return {};
}

void readDependencies(const CommandLine& line, Invocation& out) {
  Dependencies& d = out.dependencies;
  bool with = line.has(OPT_generate_dependencies_with_compile);
  bool withUser = line.has(OPT_generate_nonsystem_dependencies_with_compile);
  if (out.phase == Phase::Dependencies)
    d.mode = Dependencies::Mode::Only;
  else if (with || withUser)
    d.mode = Dependencies::Mode::WithCompile;
  d.system = with || line.has(OPT_generate_dependencies);
  d.phony = line.has(OPT_generate_dependency_targets);
  d.file = line.last(OPT_dependency_output);
  d.target = line.last(OPT_dependency_target_name);
  d.quotedTarget = line.last(OPT_dependency_quoted_target_name);
}

void readPreprocessor(const CommandLine& line, Invocation& out) {
  out.defines = line.list(OPT_define_macro);
  out.undefines = line.list(OPT_undefine_macro);
  out.includes = line.list(OPT_include_path);
  out.systemIncludes = line.list(OPT_system_include);
  out.preIncludes = line.list(OPT_pre_include);
  out.standard = line.last(OPT_std);
  if (out.relocatable)
    out.dialectMacros.push_back("__CUDACC_RDC__");
  if (line.has(OPT_extended_lambda) || line.has(OPT_expt_extended_lambda))
    out.dialectMacros.push_back("__CUDACC_EXTENDED_LAMBDA__");
  if (line.has(OPT_expt_relaxed_constexpr))
    out.dialectMacros.push_back("__CUDACC_RELAXED_CONSTEXPR__");
  if (line.has(OPT_device_debug))
    out.dialectMacros.push_back("__CUDACC_DEBUG__");
  if (line.has(OPT_extensible_whole_program))
    out.dialectMacros.push_back("__CUDACC_EWP__");
}

void readDeviceOptions(const CommandLine& line, Invocation& out) {
  out.deviceDebug = line.has(OPT_device_debug);
  out.optimizeDebug = line.has(OPT_dopt);
  out.lineInfo = line.has(OPT_generate_line_info);
  out.fastMath = line.has(OPT_use_fast_math);
  out.ftz = line.boolean(OPT_ftz).value_or(out.fastMath);
  out.precDiv = line.boolean(OPT_prec_div).value_or(!out.fastMath);
  out.precSqrt = line.boolean(OPT_prec_sqrt).value_or(!out.fastMath);
  out.fmad = line.boolean(OPT_fmad).value_or(true);
  std::string fast = line.last(OPT_ofast_compile);
  out.fastCompile = fast == "max" || fast == "mid";
  out.perThreadStream = line.last(OPT_default_stream) == "per-thread";
  out.syntaxOnly = line.has(OPT_fdevice_syntax_only);
  out.timeTrace = line.last(OPT_fdevice_time_trace);
  out.reportInlining = line.has(OPT_optimization_info);
  out.compress = !line.has(OPT_no_compress) && line.last(OPT_compress_mode) != "none";
  if (std::string registers = line.last(OPT_maxrregcount); !registers.empty())
    out.ptxasOptions += "-maxrregcount=" + registers + " ";
  out.reportUsage = line.has(OPT_resource_usage);
  for (const std::string& word : line.words(OPT_ptxas_options)) {
    out.reportUsage |= word == "-v" || word == "--verbose";
    out.ptxasOptions += word + " ";
  }
}

void readHostOptions(const CommandLine& line, Invocation& out) {
  out.hostCompiler = line.last(OPT_compiler_bindir, environment("NVCC_CCBIN"));
  out.hostDebug = line.has(OPT_debug);
  out.profile = line.has(OPT_profile);
  out.noExceptions = line.has(OPT_no_exceptions);
  out.noWarnings = line.has(OPT_disable_warnings);
  out.optimization = line.last(OPT_optimize);
  out.hostOptions = line.words(OPT_compiler_options);
  if (line.has(OPT_forward_unknown_to_host_compiler) || line.has(OPT_forward_unknown_opts))
    out.hostOptions.insert(out.hostOptions.end(), line.unknown().begin(), line.unknown().end());
  for (OptionId limit : {OPT_ftemplate_backtrace_limit, OPT_ftemplate_depth})
    if (line.has(limit))
      out.warningOptions.push_back(
          fmt::format("-{}={}", optionTable().getOptionName(limit).str(), line.last(limit)));
  if (line.has(OPT_Wreorder))
    out.warningOptions.push_back("-Wreorder");
  if (line.has(OPT_Wno_deprecated_declarations))
    out.warningOptions.push_back("-Wno-deprecated-declarations");
  if (line.boolean(OPT_brief_diagnostics).value_or(false))
    out.warningOptions.push_back("-fno-caret-diagnostics");
  for (const std::string& kind : line.list(OPT_Werror)) {
    if (kind == "all-warnings")
      out.warningOptions.push_back("-Werror");
    else if (kind == "reorder" || kind == "deprecated-declarations")
      out.warningOptions.push_back("-Werror=" + kind);
  }
}

void readLinkOptions(const CommandLine& line, Invocation& out) {
  out.shared = line.has(OPT_shared);
  out.relocatableLink = line.has(OPT_relocatable_link);
  out.skipDeviceLink = line.has(OPT_no_device_link);
  out.cudart = line.last(OPT_cudart, "static");
  out.cudadevrt = line.last(OPT_cudadevrt, "static") != "none";
  out.libraryPaths = line.list(OPT_library_path);
  out.libraries = line.list(OPT_library);
  out.linkerOptions = line.words(OPT_linker_options);
  if (line.has(OPT_forward_unknown_to_host_linker) &&
      !line.has(OPT_forward_unknown_to_host_compiler))
    out.linkerOptions.insert(out.linkerOptions.end(), line.unknown().begin(), line.unknown().end());
  out.archiveOptions = line.words(OPT_archive_options);
  out.archiver = line.last(OPT_archiver_binary);
  out.runArguments = line.list(OPT_run_args);
}

Result<void> checkPhase(const CommandLine& line, const Invocation& out) {
  bool oneImage = out.phase == Phase::Ptx || out.phase == Phase::Cubin;
  if (oneImage && out.architectures.passes.size() > 1)
    return bad(fmt::format(
        "Option '--{0} (-{0})' is not allowed when compiling for multiple GPU architectures",
        out.phase == Phase::Ptx ? "ptx" : "cubin"));
  if (!out.dependencies.file.empty() && out.dependencies.mode != Dependencies::Mode::None &&
      out.inputs.size() > 1)
    return bad("-MF allows only one source file");
  return {};
}

} // namespace

std::string Input::stem() const {
  return fs::path(path).stem();
}

std::string Invocation::outputName(const Input& input, std::string_view extension) const {
  if (!output.empty())
    return output;
  return (fs::path(outputDirectory) / (input.stem() + std::string(extension))).string();
}

Result<Invocation> readInvocation(const CommandLine& line) {
  Invocation out;
  auto phase = phaseOf(line);
  if (!phase)
    return phase.error();
  out.phase = *phase;
  out.output = line.last(OPT_output_file);
  out.outputDirectory = line.last(OPT_output_directory);
  AW_TRY(readInputs(line, out));
  auto architectures = architecturesOf(line, kNative);
  if (!architectures)
    return architectures.error();
  out.architectures = *architectures;
  bool lto = line.has(OPT_dlink_time_opt) || line.has(OPT_lto);
  out.relocatable =
      line.boolean(OPT_relocatable_device_code).value_or(lto) || line.has(OPT_device_c);
  if (line.has(OPT_device_w))
    out.relocatable = false;
  std::string threads = line.last(OPT_threads, "1");
  out.threads = unsigned(std::strtoul(threads.c_str(), nullptr, 10));
  if (out.threads == 0)
    out.threads = std::max(1u, std::thread::hardware_concurrency());
  out.clean = line.has(OPT_clean_targets);
  readDependencies(line, out);
  readPreprocessor(line, out);
  readDeviceOptions(line, out);
  readHostOptions(line, out);
  readLinkOptions(line, out);
  AW_TRY(checkPhase(line, out));
  return out;
}

} // namespace anywarp::nvcc
