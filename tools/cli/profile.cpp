// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp profile`: runs a program with ANYWARP_PROFILE_DIR and prints the table of times.
#include "support/profile.h"

#include "commands.h"
#include "environment.h"
#include "paths.h"
#include "table.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using anywarp::timeline::Kind;
using anywarp::timeline::ProfileRow;
using nlohmann::ordered_json;

namespace anywarp::cli {
namespace {

struct Section {
  const char* title;
  const char* key;
  std::vector<Kind> kinds;
  std::vector<ProfileRow> rows = {}; // the longest first
  uint64_t total = 0;
};

std::vector<Section> sectionsOf(std::vector<ProfileRow> rows) {
  std::vector<Section> sections = {
      {"Work on devices", "device", {Kind::Kernel, Kind::Copy, Kind::Fill, Kind::Host}},
      {"API calls", "api", {Kind::Api}},
      {"Kernels compiled", "compile", {Kind::Compile}},
      {"Kernels loaded from the cache", "load", {Kind::Load}}};
  std::sort(rows.begin(), rows.end(), [](const ProfileRow& a, const ProfileRow& b) {
    return a.total != b.total ? a.total > b.total : a.name < b.name;
  });
  for (ProfileRow& row : rows)
    for (Section& section : sections)
      if (std::find(section.kinds.begin(), section.kinds.end(), row.kind) != section.kinds.end()) {
        section.total += row.total;
        section.rows.push_back(std::move(row));
        break;
      }
  return sections;
}

std::string duration(uint64_t nanos) {
  double value = double(nanos);
  for (const char* unit : {"ns", "us", "ms"}) {
    if (value < 1000)
      return fmt::format("{:.{}f} {}", value, *unit == 'n' ? 0 : 2, unit);
    value /= 1000;
  }
  return fmt::format("{:.3f} s", value);
}

double percent(const ProfileRow& row, const Section& section) {
  return section.total ? 100.0 * double(row.total) / double(section.total) : 0.0;
}

// `started`: of a program that did not, run() has said why.
void printText(FILE* out, const std::vector<Section>& sections, bool started) {
  bool any = false;
  for (const Section& section : sections) {
    if (section.rows.empty())
      continue;
    any = true;
    fmt::print(out, "\n{}\n", styled(Style::Heading, section.title, out));
    Table table({{"time", Table::Align::Right},
                 {"total", Table::Align::Right},
                 {"count", Table::Align::Right},
                 {"average", Table::Align::Right},
                 {"least", Table::Align::Right},
                 {"most", Table::Align::Right},
                 {"name", Table::Align::Left, true}});
    for (const ProfileRow& row : section.rows)
      table.row({fmt::format("{:.1f}%", percent(row, section)), duration(row.total),
                 std::to_string(row.count), duration(row.total / row.count), duration(row.least),
                 duration(row.most), row.name});
    table.print(2, out);
  }
  if (!any && started)
    fmt::print(out, "anywarp: the program made no CUDA calls\n");
}

void printJson(FILE* out, const std::vector<Section>& sections) {
  ordered_json json;
  for (const Section& section : sections) {
    json[section.key] = ordered_json::array();
    for (const ProfileRow& row : section.rows)
      json[section.key].push_back({{"name", row.name},
                                   {"count", row.count},
                                   {"total_ns", row.total},
                                   {"average_ns", row.total / row.count},
                                   {"least_ns", row.least},
                                   {"most_ns", row.most},
                                   {"percent", percent(row, section)},
                                   {"bytes", row.bytes}});
  }
  std::string text = json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
  fmt::print(out, "{}\n", text);
}

void printCsv(FILE* out, const std::vector<Section>& sections) {
  fmt::print(out, "section,percent,total_ns,count,average_ns,least_ns,most_ns,bytes,name\n");
  for (const Section& section : sections)
    for (const ProfileRow& row : section.rows) {
      std::string name = "\"";
      for (char c : row.name)
        name += c == '"' ? std::string("\"\"") : std::string(1, c);
      fmt::print(out, "{},{:.2f},{},{},{},{},{},{},{}\"\n", section.key, percent(row, section),
                 row.total, row.count, row.total / row.count, row.least, row.most, row.bytes, name);
    }
}

// The program's end as a status; ends this process by the same signal.
int endAs(int status) {
  if (WIFEXITED(status))
    return WEXITSTATUS(status);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

} // namespace

int profile(const ProfileOptions& options) {
  if (options.run.command.empty())
    return fail("profile needs a program: anywarp profile [OPTIONS] [--] PROGRAM [ARGS...]", 2);
  FILE* out = stderr;
  if (!options.output.empty() && !(out = std::fopen(options.output.c_str(), "we")))
    return fail(fmt::format("cannot write {}: {}", options.output, std::strerror(errno)));
  std::error_code error;
  fs::path temporary = fs::temp_directory_path(error);
  std::string folder = (error ? fs::path("/tmp") : temporary) / "anywarp-profile-XXXXXX";
  if (!mkdtemp(folder.data()))
    return fail(fmt::format("cannot make {}: {}", folder, std::strerror(errno)));
  setEnvironment("ANYWARP_PROFILE_DIR", folder);
  pid_t child = fork();
  if (child == 0)
    _exit(run(options.run)); // comes back only when it cannot run the program
  // Ctrl-C is for the program; the table comes all the same.
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  int why = errno;
  std::vector<Section> sections = sectionsOf(timeline::readProfile(folder));
  fs::remove_all(folder, error);
  if (child < 0)
    return fail(fmt::format("cannot start a process: {}", std::strerror(why)));
  if (options.json)
    printJson(out, sections);
  else if (options.csv)
    printCsv(out, sections);
  else
    printText(out, sections, !WIFEXITED(status) || WEXITSTATUS(status) < 125);
  if (out == stderr ? std::fflush(out) != 0 : std::fclose(out) != 0)
    return fail(fmt::format("cannot write {}", options.output));
  return endAs(status);
}

} // namespace anywarp::cli
