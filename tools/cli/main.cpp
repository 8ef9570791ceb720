// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `anywarp`. Only parsing: the work is in the files named after the commands.
// The one file with exceptions, because CLI11 reports by them.
#include "commands.h"
#include "paths.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

using namespace anywarp::cli;

namespace {

constexpr const char* kAbout = "Runs CUDA programs on devices that CUDA was not made for.";
constexpr const char* kRunNotes =
    "The program replaces this process, so its exit status and signals are its own.\n"
    "125: Anywarp is incomplete, 126: PROGRAM cannot be executed, 127: it was not found.\n"
    "FILE.json is for ui.perfetto.dev; KINDS are api,launch,memory,jit or all.";
constexpr const char* kProfileNotes =
    "The exit status is the program's; the table comes when it has ended.";
constexpr const char* kSmiNotes =
    "FIELDS: index, name, uuid, memory.used, utilization.gpu, ...; a wrong one lists them all.";
constexpr const char* kInspectNotes =
    "FILE is an executable, library, object, archive, fatbin, cubin or PTX text.";

// CLI11 does not know of the program's own arguments after ours.
class Formatter : public CLI::Formatter {
public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (app->get_name() == "run" || app->get_name() == "profile")
      return "Usage: " + name + " [OPTIONS] [--] PROGRAM [ARGS...]\n";
    return CLI::Formatter::make_usage(app, name);
  }
};

const CLI::Validator kVersion(
    [](std::string& s) {
      size_t dot = s.find('.');
      bool ok = dot != std::string::npos && dot > 0 && dot + 1 < s.size() && s.size() <= 5 &&
                s.find_first_not_of("0123456789.") == std::string::npos && s.rfind('.') == dot;
      return ok ? std::string() : "'" + s + "' is not a compute capability such as 9.0";
    },
    "X.Y");

// What looks like words of ANYWARP_TRACE is checked as such; the rest is a file.
const CLI::Validator kTrace(
    [](std::string& s) {
      bool file = s.find('/') != std::string::npos || s.find('.') != std::string::npos;
      return file || isTraceKinds(s) ? std::string()
                                     : "'" + s +
                                           "' is neither a file such as trace.json nor some of "
                                           "api, launch, memory, jit, all";
    },
    "FILE");

struct Arguments {
  RunOptions run;
  ProfileOptions profile;
  SmiOptions smi;
  InfoOptions info;
  InspectOptions inspect;
  WarmOptions warm;
  bool cacheJson = false;
  std::string shell = "sh";
};

void addProgramOptions(CLI::App& command, RunOptions& options) {
  command.prefix_command();
  command
      .add_option("-d,--device", options.device, "Devices it sees: 0 or 0,2 or as ANYWARP_DEVICES")
      ->option_text("D");
  command
      .add_option("--compute-capability", options.computeCapability,
                  "Compute capability that devices report")
      ->check(kVersion)
      ->option_text("X.Y");
  command.add_option("--log", options.log, "Least important message that is written")
      ->check(CLI::IsMember({"error", "warn", "info", "debug"}))
      ->option_text("LEVEL");
  command
      .add_option("--threads", options.threads, "Worker threads of a cpu device; 0: all processors")
      ->check(CLI::Range(0, 4096))
      ->option_text("N");
  command.add_flag("--profiler-range", options.profilerRange,
                   "Look only between cudaProfilerStart and -Stop");
}

void addRun(CLI::App& app, Arguments& a) {
  CLI::App* run = app.add_subcommand("run", "Run a program on Anywarp's devices");
  run->footer(kRunNotes);
  run->add_flag("--trace{api}", a.run.trace, "Write a trace to FILE.json, or lines of these kinds")
      ->check(kTrace)
      ->option_text("[FILE.json|=KINDS]");
  addProgramOptions(*run, a.run);
}

void addProfile(CLI::App& app, Arguments& a) {
  CLI::App* profile =
      app.add_subcommand("profile", "Run a program and show where its time on devices goes");
  profile->footer(kProfileNotes);
  auto* json = profile->add_flag("--json", a.profile.json, "Print JSON; times in nanoseconds");
  profile->add_flag("--csv", a.profile.csv, "Print comma-separated values")->excludes(json);
  profile->add_option("-o,--output", a.profile.output, "Print to this file instead of stderr")
      ->option_text("FILE");
  addProgramOptions(*profile, a.profile.run);
}

void addSmi(CLI::App& app, Arguments& a) {
  CLI::App* smi = app.add_subcommand("smi", "Show devices, their use and the processes on them");
  smi->footer(kSmiNotes);
  smi->add_flag("--json", a.smi.json, "Print JSON");
  smi->add_flag("-L,--list-gpus", a.smi.list, "One line for each device");
  smi->add_option("-i,--id", a.smi.id, "Only this device: index, UUID or PCI address")
      ->option_text("ID");
  smi->add_option("-l,--loop", a.smi.loop, "Again every so many seconds")
      ->check(CLI::Range(1, 86400))
      ->option_text("SEC");
  smi->add_option("--query-gpu", a.smi.queryGpu, "Fields of devices, as nvidia-smi names them")
      ->option_text("FIELDS");
  smi->add_option("--query-compute-apps", a.smi.queryApps, "Fields of processes")
      ->option_text("FIELDS");
  smi->add_option("--format", a.smi.format, "For queries: csv[,noheader][,nounits]")
      ->option_text("FORMAT");
}

void addInspect(CLI::App& app, Arguments& a) {
  CLI::App* inspect =
      app.add_subcommand("inspect", "Show what CUDA code a file holds and whether it runs here");
  inspect->footer(kInspectNotes);
  inspect->add_option("FILE", a.inspect.file, "File to look into")->required()->option_text(" ");
  inspect->add_flag("--json", a.inspect.json, "Print JSON");
  inspect->add_flag("--all", a.inspect.all, "Print long lists in full");
  inspect
      ->add_option("--ptx", a.inspect.ptx,
                   "Write the PTX there: file, folder for several, -: stdout")
      ->option_text("OUT");
}

void addCache(CLI::App& app, Arguments& a) {
  CLI::App* cache =
      app.add_subcommand("cache", "Look at, empty or fill the cache of compiled kernels");
  cache->require_subcommand(1);
  CLI::App* info = cache->add_subcommand("info", "Show where it is and how large");
  info->add_flag("--json", a.cacheJson, "Print JSON");
  cache->add_subcommand("clear", "Delete every entry");
  CLI::App* warm = cache->add_subcommand("warm", "Compile every kernel in FILE ahead of time");
  warm->add_option("FILE", a.warm.file, "Executable, library, fatbin or PTX file")
      ->required()
      ->option_text(" ");
  warm->add_option("--shape", a.warm.shape, "Threads of a block")->capture_default_str();
}

void addToolkit(CLI::App& app, Arguments& a) {
  app.add_subcommand("cc", "Compile CUDA sources: nvcc of Anywarp's toolkit, with nvcc's options")
      ->footer("All arguments are nvcc's: anywarp cc saxpy.cu -o saxpy. 'anywarp cc --help' lists "
               "them.");
  CLI::App* env = app.add_subcommand(
      "env", "Print the variables that make a shell use Anywarp as CUDA toolkit");
  env->footer("eval \"$(anywarp env)\"");
  env->add_option("--shell", a.shell, "Syntax: sh or fish")
      ->check(CLI::IsMember({"sh", "fish"}))
      ->capture_default_str();
}

bool runsProgram(std::string_view command) {
  return command == "run" || command == "profile";
}

// "--trace FILE.json" as "--trace=FILE.json": the value is optional, and a program may follow. What
// stands behind the program is its own.
std::vector<std::string> joinTrace(const CLI::App& run, int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments[0] != run.get_name())
    return arguments;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with('-'))
      break;
    const CLI::Option* option = run.get_option_no_throw(argument);
    if (option && option->get_items_expected_min() > 0)
      ++i; // its value
    if (argument == "--trace" && i + 1 < arguments.size() && arguments[i + 1].ends_with(".json")) {
      arguments[i] += "=" + arguments[i + 1];
      arguments.erase(arguments.begin() + long(i) + 1);
    }
  }
  return arguments;
}

// CLI11 ends a subcommand at "--", so what follows it is cut off before parsing.
std::vector<std::string> cutProgram(int& argc, char** argv) {
  std::vector<std::string> program;
  for (int i = 2; i < argc && runsProgram(argv[1]); ++i)
    if (std::string_view(argv[i]) == "--") {
      program.assign(argv + i, argv + argc);
      argc = i;
      break;
    }
  return program;
}

int dispatch(const CLI::App& app, const Arguments& a, const std::vector<std::string>& cut) {
  for (const char* name : {"run", "profile"}) {
    if (!app.got_subcommand(name))
      continue;
    std::vector<std::string> command = app.get_subcommand(name)->remaining();
    if (!command.empty() && command[0].starts_with('-'))
      return fail(std::string(name) + " does not know the option " + command[0] + " (see anywarp " +
                      name + " --help)",
                  2);
    // Without a program in front of it, "--" was ours; otherwise it is an argument of the program.
    command.insert(command.end(), cut.begin() + (command.empty() && !cut.empty() ? 1 : 0),
                   cut.end());
    ProfileOptions options = a.profile;
    if (std::string_view(name) == "run")
      options.run = a.run;
    options.run.command = std::move(command);
    return std::string_view(name) == "run" ? anywarp::cli::run(options.run) : profile(options);
  }
  if (app.got_subcommand("smi"))
    return smi(a.smi);
  if (app.got_subcommand("info"))
    return info(a.info);
  if (app.got_subcommand("inspect"))
    return inspect(a.inspect);
  if (app.got_subcommand("env"))
    return printToolkitEnvironment(a.shell);
  const CLI::App* cache = app.get_subcommand("cache");
  if (cache->got_subcommand("info"))
    return cacheInfo(a.cacheJson);
  if (cache->got_subcommand("clear"))
    return cacheClear();
  return cacheWarm(a.warm);
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "cc") // nvcc reads its command line itself
    return compile({argv + 2, argv + argc});
  CLI::App app(kAbout, "anywarp");
  Arguments arguments;
  app.set_version_flag("--version", "anywarp " ANYWARP_VERSION);
  app.require_subcommand(1);
  app.formatter(std::make_shared<Formatter>());
  app.get_formatter()->column_width(28);
  app.failure_message(CLI::FailureMessage::simple);
  addRun(app, arguments);
  addProfile(app, arguments);
  addSmi(app, arguments);
  CLI::App* info = app.add_subcommand("info", "Show devices, libraries, cache and settings");
  info->add_flag("--json", arguments.info.json, "Print JSON");
  addInspect(app, arguments);
  addCache(app, arguments);
  addToolkit(app, arguments);
  std::vector<std::string> cut = cutProgram(argc, argv);
  try {
    std::vector<std::string> joined = joinTrace(*app.get_subcommand("run"), argc, argv);
    std::reverse(joined.begin(), joined.end()); // as CLI11 takes a vector
    app.parse(joined);
  } catch (const CLI::Success& done) { // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    std::string why = error.what();
    auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(named).empty())
      why = std::string("there is no command ") + argv[1];
    std::fprintf(stderr, "anywarp: %s\nTry 'anywarp --help' or 'anywarp COMMAND --help'.\n",
                 why.c_str());
    return 2;
  }
  return dispatch(app, arguments, cut);
}
