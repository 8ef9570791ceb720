// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `anywarp`. Only parsing: the work is in the files named after the commands.
// The one file with exceptions, because CLI11 reports by them.
#include "commands.h"
#include "paths.h"

#include <CLI/CLI.hpp>
#include <cstdio>

using namespace anywarp::cli;

namespace {

constexpr const char* kAbout = "Runs CUDA programs on devices that CUDA was not made for.";
constexpr const char* kRunNotes =
    "The program replaces this process, so its exit status and signals are its own.\n"
    "125: Anywarp is incomplete, 126: PROGRAM cannot be executed, 127: it was not found.";
constexpr const char* kInspectNotes =
    "FILE is an executable, library, object, archive, fatbin, cubin or PTX text.";

// CLI11 does not know of the program's own arguments after ours.
class Formatter : public CLI::Formatter {
public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (app->get_name() == "run")
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

const CLI::Validator kTraceKinds(
    [](std::string& s) {
      size_t at = 0;
      while (at <= s.size()) {
        size_t end = std::min(s.find(',', at), s.size());
        std::string kind = s.substr(at, end - at);
        if (kind != "api" && kind != "launch" && kind != "memory" && kind != "jit" && kind != "all")
          return "'" + kind + "' is not one of api, launch, memory, jit, all";
        at = end + 1;
      }
      return std::string();
    },
    "KINDS");

struct Arguments {
  RunOptions run;
  InfoOptions info;
  InspectOptions inspect;
  WarmOptions warm;
  bool cacheJson = false;
};

void addRun(CLI::App& app, Arguments& a) {
  CLI::App* run = app.add_subcommand("run", "Run a program on Anywarp's devices");
  run->footer(kRunNotes);
  run->prefix_command();
  run->add_option("-d,--device", a.run.device, "Devices it sees: 0 or 0,2 or as ANYWARP_DEVICES")
      ->option_text("D");
  run->add_option("--compute-capability", a.run.computeCapability,
                  "Compute capability that devices report")
      ->check(kVersion)
      ->option_text("X.Y");
  run->add_flag("--trace{api}", a.run.trace, "Write a line per event: api,launch,memory,jit,all")
      ->check(kTraceKinds)
      ->option_text("[=KINDS]");
  run->add_option("--log", a.run.log, "Least important message that is written")
      ->check(CLI::IsMember({"error", "warn", "info", "debug"}))
      ->option_text("LEVEL");
  run->add_option("--threads", a.run.threads, "Worker threads of a cpu device; 0: all processors")
      ->check(CLI::Range(0, 4096))
      ->option_text("N");
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

// CLI11 ends a subcommand at "--", so what follows it is cut off before parsing.
std::vector<std::string> cutProgram(int& argc, char** argv) {
  std::vector<std::string> program;
  for (int i = 2; i < argc && std::string_view(argv[1]) == "run"; ++i)
    if (std::string_view(argv[i]) == "--") {
      program.assign(argv + i, argv + argc);
      argc = i;
      break;
    }
  return program;
}

// Without a program in front of it, "--" was ours; otherwise it is an argument of the program.
std::vector<std::string> programOf(const CLI::App& run, const std::vector<std::string>& cut) {
  std::vector<std::string> command = run.remaining();
  auto begin = cut.begin() + (command.empty() && !cut.empty() ? 1 : 0);
  command.insert(command.end(), begin, cut.end());
  return command;
}

int dispatch(const CLI::App& app, const Arguments& a, const std::vector<std::string>& cut) {
  if (app.got_subcommand("run")) {
    RunOptions options = a.run;
    options.command = programOf(*app.get_subcommand("run"), cut);
    if (cut.empty() && !options.command.empty() && options.command[0].starts_with('-'))
      return fail(
          "run does not know the option " + options.command[0] + " (see anywarp run --help)", 2);
    return anywarp::cli::run(options);
  }
  if (app.got_subcommand("info"))
    return info(a.info);
  if (app.got_subcommand("inspect"))
    return inspect(a.inspect);
  const CLI::App* cache = app.get_subcommand("cache");
  if (cache->got_subcommand("info"))
    return cacheInfo(a.cacheJson);
  if (cache->got_subcommand("clear"))
    return cacheClear();
  return cacheWarm(a.warm);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout, "anywarp");
  Arguments arguments;
  app.set_version_flag("--version", "anywarp " ANYWARP_VERSION);
  app.require_subcommand(1);
  app.formatter(std::make_shared<Formatter>());
  app.get_formatter()->column_width(28);
  app.failure_message(CLI::FailureMessage::simple);
  addRun(app, arguments);
  CLI::App* info = app.add_subcommand("info", "Show devices, libraries, cache and settings");
  info->add_flag("--json", arguments.info.json, "Print JSON");
  addInspect(app, arguments);
  addCache(app, arguments);
  std::vector<std::string> cut = cutProgram(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) { // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "anywarp: %s\nTry 'anywarp --help' or 'anywarp COMMAND --help'.\n",
                 error.what());
    return 2;
  }
  return dispatch(app, arguments, cut);
}
