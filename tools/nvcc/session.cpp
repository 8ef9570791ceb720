// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See session.h.
#include "session.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;
namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

constexpr int kCannotRun = 127;

Error system(std::string what) {
  return makeError(Status::OperatingSystem, std::move(what));
}

} // namespace

Session::Session(SessionOptions options) : options_(std::move(options)) {
  std::error_code error;
  if (options_.keep) {
    folder_ = options_.keepDir.empty() ? "." : options_.keepDir;
    if (!options_.dryrun)
      fs::create_directories(folder_, error);
  } else {
    fs::path base = fs::temp_directory_path(error);
    std::string name = ((error ? fs::path("/tmp") : base) / "nvcc-XXXXXX").string();
    folder_ = options_.dryrun ? name : mkdtemp(name.data()) ? name : ".";
  }
  // Ctrl-C reaches the commands as well; we stay to clean up.
  struct sigaction stay{};
  stay.sa_handler = [](int) {};
  sigaction(SIGINT, &stay, nullptr);
  sigaction(SIGTERM, &stay, nullptr);
}

Session::~Session() {
  std::error_code ignored;
  if (!options_.keep && !options_.dryrun && folder_ != ".")
    fs::remove_all(folder_, ignored);
}

std::string Session::intermediate(const std::string& name) {
  return folder_ == "." ? name : folder_ + "/" + name;
}

void Session::show(const std::string& line) {
  if (shows())
    std::fprintf(stderr, "#$ %s\n", line.c_str());
}

int Session::run(const Command& command) {
  std::string line;
  for (const std::string& word : command.words)
    line += shellWord(word) + " ";
  show(line);
  if (options_.dryrun)
    return 0;
  return execute(command, "");
}

int Session::runSilently(const Command& command) {
  return options_.dryrun ? 0 : execute(command, "");
}

int Session::runAll(const std::vector<Command>& commands, unsigned threads) {
  for (const Command& command : commands) {
    std::string line;
    for (const std::string& word : command.words)
      line += shellWord(word) + " ";
    show(line);
  }
  if (options_.dryrun)
    return 0;
  std::vector<int> codes(commands.size(), 0);
  std::vector<std::string> messages(commands.size());
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < commands.size();) {
      messages[i] = fmt::format("{}/messages-{}-{}", folder_, getpid(), i);
      codes[i] = execute(commands[i], messages[i]);
    }
  };
  std::vector<std::thread> team;
  for (unsigned i = 1; i < threads && i < commands.size(); ++i)
    team.emplace_back(work);
  work();
  for (std::thread& thread : team)
    thread.join();
  int code = 0;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (codes[i] && !code) {
      code = codes[i];
      lastMessages_ = readFile(messages[i]) ? *readFile(messages[i]) : "";
      std::fputs(lastMessages_.c_str(), stderr);
    }
    unlink(messages[i].c_str());
  }
  return code;
}

int Session::execute(const Command& command, const std::string& stderrFile) {
  std::vector<char*> words;
  for (const std::string& word : command.words)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!stderrFile.empty())
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderrFile.c_str(),
                                     O_CREAT | O_WRONLY | O_TRUNC, 0600);
  auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  int error = posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error) {
    std::fprintf(stderr, "nvcc fatal   : Cannot run '%s': %s\n", words[0], std::strerror(error));
    return kCannotRun;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  note(command, took.count());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Session::note(const Command& command, double milliseconds) {
  if (options_.timeFile.empty())
    return;
  std::lock_guard lock(mutex_);
  bool terminal = options_.timeFile == "-";
  std::error_code error;
  bool fresh = terminal || fs::file_size(options_.timeFile, error) == 0 || error;
  std::string line =
      fmt::format("{}, {}, {}, {}, {}, {:.4f}, ms\n", command.input, command.phase, command.output,
                  command.arch, fs::path(command.words[0]).filename().string(), milliseconds);
  if (fresh)
    line.insert(0, "source file name, phase name, phase output file, arch, tool, metric, unit\n");
  FILE* out = terminal ? stdout : std::fopen(options_.timeFile.c_str(), "ae");
  if (!out)
    return;
  std::fputs(line.c_str(), out);
  terminal ? std::fflush(out) : std::fclose(out);
}

Result<void> Session::write(const std::string& path, std::string_view bytes) {
  if (options_.dryrun)
    return {};
  std::string unfinished = unfinishedName(path);
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) {
    unlink(unfinished.c_str());
    return system(fmt::format("Cannot write '{}': {}", path, std::strerror(errno)));
  }
  return finish(unfinished, path);
}

std::string unfinishedName(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    return path;
  return fmt::format("{}.{}.unfinished", path, getpid());
}

Result<void> finish(const std::string& unfinished, const std::string& path) {
  if (unfinished == path || std::rename(unfinished.c_str(), path.c_str()) == 0)
    return {};
  std::string why = std::strerror(errno);
  unlink(unfinished.c_str());
  return system(fmt::format("Cannot write '{}': {}", path, why));
}

std::string shellWord(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%^";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos)
    return word;
  std::string quoted = "\"";
  for (char c : word) {
    if (c == '"' || c == '\\' || c == '$' || c == '`')
      quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

Result<std::string> readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return makeError(Status::FileNotFound,
                     fmt::format("Cannot open '{}': {}", path, std::strerror(errno)));
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

} // namespace anywarp::nvcc
