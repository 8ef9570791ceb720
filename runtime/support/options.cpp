// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/options.h"

#include "support/log.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <strings.h>
#include <unistd.h>

namespace anywarp {
namespace {

bool parseText(std::string_view text, std::string& out) {
  out = text;
  return true;
}

bool parseMaybeText(std::string_view text, std::optional<std::string>& out) {
  out = std::string(text);
  return true;
}

bool sameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && !strncasecmp(a.data(), b.data(), a.size());
}

bool parseFlag(std::string_view text, bool& out) {
  for (std::string_view word : {"1", "on", "yes", "true"})
    if (sameWord(text, word))
      return out = true;
  for (std::string_view word : {"0", "off", "no", "false"})
    if (sameWord(text, word)) {
      out = false;
      return true;
    }
  return false;
}

template <typename T> bool parseNumber(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool parseCount(std::string_view text, unsigned min, unsigned max, unsigned& out) {
  unsigned value;
  if (!parseNumber(text, value) || value < min || value > max)
    return false;
  out = value;
  return true;
}

bool parseSize(std::string_view text, uint64_t& out) {
  unsigned shift = 0;
  if (!text.empty()) {
    constexpr std::string_view kUnits = "KMGT";
    if (size_t unit = kUnits.find(char(toupper(text.back()))); unit != kUnits.npos) {
      shift = 10 * unsigned(unit + 1);
      text.remove_suffix(1);
    }
  }
  uint64_t value;
  if (!parseNumber(text, value) || value > (UINT64_MAX >> shift))
    return false;
  out = value << shift;
  return true;
}

bool parseVersion(std::string_view text, OptionVersion& out) {
  size_t dot = text.find('.');
  unsigned major, minor;
  if (dot == text.npos || !parseNumber(text.substr(0, dot), major) ||
      !parseNumber(text.substr(dot + 1), minor) || major < 1 || major > 99 || minor > 9)
    return false;
  out = {int(major), int(minor)};
  return true;
}

template <typename E>
bool parseChoice(std::string_view text, std::initializer_list<std::string_view> words, E& out) {
  int index = 0;
  for (std::string_view word : words) {
    if (sameWord(text, word)) {
      out = E(index);
      return true;
    }
    ++index;
  }
  return false;
}

bool parseSet(std::string_view text, std::initializer_list<std::string_view> words, unsigned& out) {
  unsigned mask = 0;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (item.empty())
      continue;
    if (sameWord(item, "all")) {
      mask |= (1u << words.size()) - 1;
      continue;
    }
    auto word = std::find_if(words.begin(), words.end(),
                             [&](std::string_view w) { return sameWord(w, item); });
    if (word == words.end())
      return false;
    mask |= 1u << (word - words.begin());
  }
  out = mask;
  return true;
}

struct Entry {
  const char *name, *defaultText, *hint;
  bool (*parse)(std::string_view text, Options& o);
  bool emptyCounts; // set to nothing is not the same as not set
};

constexpr Entry kEntries[] = {
#define OPTION(name, defaultText, hint, parse, emptyCounts)                                        \
  {name, defaultText, hint, [](std::string_view text, Options& o) { return parse; }, emptyCounts},
#include "support/options_table.inc"
#undef OPTION
};

struct Process {
  Options options;
  std::vector<std::string> problems;
  std::atomic<bool> reported{false};
  Process() {
    options = parseOptions([](const char* name) { return getenv(name); }, problems);
    for (std::string& line : unknownOptions(environ))
      problems.push_back(std::move(line));
  }
};

} // namespace

Options parseOptions(const std::function<const char*(const char*)>& lookup,
                     std::vector<std::string>& problems) {
  Options o;
  for (const Entry& entry : kEntries) {
    const char* text = lookup(entry.name);
    bool set = text && (*text || entry.emptyCounts);
    if (!set && entry.emptyCounts)
      continue;
    if (set && entry.parse(text, o))
      continue;
    if (set)
      problems.push_back(fmt::format("{}={}: expected {}; using {}", entry.name, text, entry.hint,
                                     *entry.defaultText ? entry.defaultText : "the default"));
    entry.parse(entry.defaultText, o);
  }
  // CUDA's own variables for its cache mean ours where ours are not set.
  auto isSet = [&](const char* name) {
    const char* text = lookup(name);
    return text && *text;
  };
  if (!isSet("ANYWARP_CACHE_SIZE")) {
    if (o.cudaCacheDisable)
      o.cacheSize = 0;
    else if (isSet("CUDA_CACHE_MAXSIZE"))
      o.cacheSize = o.cudaCacheMaxSize;
  }
  return o;
}

std::vector<std::string> unknownOptions(const char* const* environment) {
  std::vector<std::string> lines;
  for (; environment && *environment; ++environment) {
    std::string_view entry = *environment;
    std::string_view name = entry.substr(0, entry.find('='));
    // ANYWARP_TEST_* belongs to our own test programs.
    if (!name.starts_with("ANYWARP_") || name.starts_with("ANYWARP_TEST_"))
      continue;
    if (std::none_of(std::begin(kEntries), std::end(kEntries),
                     [&](const Entry& e) { return name == e.name; }))
      lines.push_back(fmt::format(
          "{} is not an option of this version and has no effect; docs/environment.md lists them",
          name));
  }
  return lines;
}

const Options& options() {
  static Process* process = new Process; // never destroyed: needed until the very end
  // The log asks for its level here, so the flag changes before the first line is written.
  if (!process->reported.load(std::memory_order_relaxed) && !process->reported.exchange(true))
    for (const std::string& problem : process->problems)
      log::warn("{}", problem);
  return process->options;
}

std::optional<std::string> visibleDevicesNow() {
  const char* text = getenv("CUDA_VISIBLE_DEVICES");
  return text ? std::optional<std::string>(text) : std::nullopt;
}

std::string cacheDirectory() {
  if (!options().cacheDir.empty())
    return options().cacheDir;
  if (!options().cudaCachePath.empty())
    return options().cudaCachePath + "/anywarp"; // not among the files of another driver
  // The XDG base directory specification: relative paths are to be ignored.
  if (const char* xdg = getenv("XDG_CACHE_HOME"); xdg && *xdg == '/')
    return std::string(xdg) + "/anywarp";
  if (const char* home = getenv("HOME"); home && *home == '/')
    return std::string(home) + "/.cache/anywarp";
  return {};
}

std::vector<std::string> sharedFolders() {
  std::vector<std::string> folders = {"/dev/shm"};
  if (const char* run = getenv("XDG_RUNTIME_DIR"); run && *run == '/')
    folders.push_back(run);
  return folders;
}

std::vector<std::string> environmentOfHelpers() {
  std::vector<std::string> list;
  for (const char* name : {"LD_LIBRARY_PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const char* text = getenv(name))
      list.push_back(std::string(name) + "=" + text);
  return list;
}

std::vector<OptionInfo> listOptions() {
  std::vector<OptionInfo> list;
  for (const Entry& e : kEntries) {
    const char* text = getenv(e.name);
    list.push_back({e.name, e.defaultText, e.hint, text ? text : ""});
  }
  return list;
}

} // namespace anywarp
