// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/coredump.h"

#include "core/context.h"
#include "core/coredump_pipe.h"
#include "core/device.h"
#include "core/handles.h"
#include "support/log.h"
#include "support/options.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace anywarp::core {
namespace {

constexpr size_t kMaxText = 1024; // "up to 1023 characters"
// CUCoredumpGenerationFlags.
constexpr int kLightweight = 0b101111, kSkipAbort = 0b10000, kAllFlags = 0b111111;
constexpr unsigned kContextEnables = 0x20; // CU_CTX_COREDUMP_ENABLE

// What somebody has said; nothing: the next wider settings count.
struct Settings {
  std::optional<bool> enable, userTrigger;
  std::optional<int> flags;
  std::optional<std::string> file, pipe;
};

struct State {
  std::mutex mutex; // guards all below
  Settings environment, process;
  std::map<uint64_t, Settings> contexts; // by Context::id()
};

std::optional<bool> flag(const std::optional<std::string>& text) {
  if (!text || text->empty())
    return {};
  return *text != "0";
}

// CUDA_COREDUMP_GENERATION_FLAGS: words separated by commas (cuda-gdb manual, "GPU core dump").
int parseFlags(std::string_view text) {
  constexpr std::pair<std::string_view, int> kWords[] = {{"skip_nonrelocated_elf_images", 1},
                                                         {"skip_global_memory", 2},
                                                         {"skip_shared_memory", 4},
                                                         {"skip_local_memory", 8},
                                                         {"skip_abort", 16},
                                                         {"skip_constbank_memory", 32},
                                                         {"lightweight", kLightweight}};
  int flags = 0;
  while (!text.empty()) {
    size_t end = std::min(text.find(','), text.size());
    for (auto [word, value] : kWords)
      if (text.substr(0, end) == word)
        flags |= value;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return flags;
}

Settings readEnvironment() {
  const Options& o = options();
  Settings s;
  s.enable = flag(o.coredumpEnable);
  s.userTrigger = flag(o.coredumpUserTrigger);
  if (o.coredumpFile && !o.coredumpFile->empty())
    s.file = *o.coredumpFile;
  if (o.coredumpPipe && !o.coredumpPipe->empty())
    s.pipe = *o.coredumpPipe;
  if (o.coredumpFlags)
    s.flags = parseFlags(*o.coredumpFlags);
  if (std::optional<bool> light = flag(o.coredumpLightweight); light && *light)
    s.flags = s.flags.value_or(0) | kLightweight;
  if (std::optional<bool> host = flag(o.coredumpHost); host && !*host)
    s.flags = s.flags.value_or(0) | kSkipAbort;
  return s;
}

State& state() {
  static State* state = [] {
    auto* made = new State;
    made->environment = readEnvironment();
    return made;
  }();
  return *state;
}

std::string hostName() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

// The settings that count for a context (null: for the process).
struct Effective {
  bool enable, userTrigger;
  int flags;
  std::string file, pipe;
};
Effective effective(State& s, const Context* context) { // s.mutex held
  Settings of;
  if (context)
    if (auto it = s.contexts.find(context->id()); it != s.contexts.end())
      of = it->second;
  auto choose = [&](auto member, auto last) {
    return (s.environment.*member) ? *(s.environment.*member)
           : (of.*member)          ? *(of.*member)
                                   : (s.process.*member).value_or(last);
  };
  bool ownFlag = context && (context->flags() & kContextEnables);
  std::string suffix = fmt::format("cuda.{}.{}", hostName(), getpid());
  return {choose(&Settings::enable, ownFlag), choose(&Settings::userTrigger, false),
          choose(&Settings::flags, 0), choose(&Settings::file, "core." + suffix),
          choose(&Settings::pipe, "corepipe." + suffix)};
}

bool isText(int setting) {
  return setting == Coredump::File || setting == Coredump::Pipe;
}
// How many bytes a setting takes; without a value, that is all the caller asks for.
Result<size_t> sizeOf(int setting, const void* value, size_t* size) {
  if (!size)
    return makeError(Status::InvalidValue, "size is null");
  if (setting < Coredump::EnableOnException || setting > Coredump::GenerationFlags)
    return makeError(Status::InvalidValue, fmt::format("{} is no core dump setting", setting));
  size_t needed = isText(setting)                        ? kMaxText
                  : setting == Coredump::GenerationFlags ? sizeof(int)
                                                         : sizeof(bool);
  if (!value)
    *size = needed;
  return needed;
}

// %h, %p, %t: host, process, time.
std::string expand(const std::string& name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%' || i + 1 == name.size()) {
      out += name[i];
      continue;
    }
    switch (name[++i]) {
    case 'h':
      out += hostName();
      break;
    case 'p':
      out += std::to_string(getpid());
      break;
    case 't':
      out += std::to_string(std::time(nullptr));
      break;
    default:
      out += name[i];
    }
  }
  return out;
}

void dumpAll();

Result<void> setTrigger(State& s, bool on) { // s.mutex held
  if (on)
    return coredump_pipe::listen(expand(effective(s, nullptr).pipe), dumpAll);
  coredump_pipe::stop();
  return {};
}

} // namespace

Result<void> Coredump::get(const Context* context, int setting, void* value, size_t* size) {
  Result<size_t> needed = sizeOf(setting, value, size);
  if (!needed)
    return needed.error();
  if (!value)
    return {};
  State& s = state();
  std::lock_guard lock(s.mutex);
  Effective now = effective(s, context);
  if (isText(setting)) {
    const std::string& text = setting == File ? now.file : now.pipe;
    if (*size <= text.size())
      return makeError(Status::InvalidValue, "the buffer is too small");
    std::memcpy(value, text.c_str(), text.size() + 1);
    return {};
  }
  if (*size < *needed)
    return makeError(Status::InvalidValue, "the buffer is too small");
  if (setting == GenerationFlags) {
    std::memcpy(value, &now.flags, sizeof now.flags);
    return {};
  }
  *static_cast<bool*>(value) = setting == EnableOnException ? now.enable
                               : setting == TriggerHost     ? !(now.flags & kSkipAbort)
                               : setting == Lightweight ? (now.flags & kLightweight) == kLightweight
                                                        : now.userTrigger;
  return {};
}

Result<void> Coredump::set(const Context* context, int setting, const void* value, size_t* size) {
  Result<size_t> needed = sizeOf(setting, value, size);
  if (!needed)
    return needed.error();
  if (!value)
    return {};
  if (isText(setting) ? *size == 0 : *size != *needed)
    return makeError(Status::InvalidValue, fmt::format("{} bytes, not {}", *size, *needed));
  if (context && (setting == EnableUserTrigger || setting == Pipe))
    return makeError(Status::NotPermitted, "user triggers are a setting of the process");
  State& s = state();
  std::lock_guard lock(s.mutex);
  Settings& to = context ? s.contexts[context->id()] : s.process;
  auto decided = [&](bool is) -> Result<void> {
    if (is)
      return makeError(Status::NotPermitted, "the environment has decided this setting");
    return {};
  };
  if (isText(setting)) {
    std::string text(static_cast<const char*>(value),
                     strnlen(static_cast<const char*>(value), std::min(*size, kMaxText)));
    if (text.empty() || text.size() >= kMaxText)
      return makeError(Status::InvalidValue, "the name is empty or has more than 1023 characters");
    AW_TRY(
        decided(setting == File ? s.environment.file.has_value() : s.environment.pipe.has_value()));
    if (setting == Pipe && effective(s, nullptr).userTrigger)
      return makeError(Status::NotPermitted, "the pipe is in use");
    (setting == File ? to.file : to.pipe) = std::move(text);
    return {};
  }
  if (setting == EnableOnException || setting == EnableUserTrigger) {
    AW_TRY(decided(setting == EnableOnException ? s.environment.enable.has_value()
                                                : s.environment.userTrigger.has_value()));
    bool on = *static_cast<const bool*>(value);
    if (setting == EnableUserTrigger)
      AW_TRY(setTrigger(s, on));
    (setting == EnableOnException ? to.enable : to.userTrigger) = on;
    return {};
  }
  AW_TRY(decided(s.environment.flags.has_value()));
  int flags = effective(s, context).flags;
  if (setting == GenerationFlags) {
    std::memcpy(&flags, value, sizeof flags);
    if (flags & ~kAllFlags)
      return makeError(Status::InvalidValue, fmt::format("{:#x} are no flags of a dump", flags));
  } else {
    bool on = *static_cast<const bool*>(value);
    if (setting == TriggerHost)
      flags = on ? flags & ~kSkipAbort : flags | kSkipAbort;
    else
      flags = on ? flags | kLightweight : flags & ~kLightweight;
  }
  to.flags = flags;
  return {};
}

namespace {

std::string describe(const Context& context, uint32_t error, std::string_view what) {
  return fmt::format("anywarp core dump\nprocess: {}\nhost: {}\ndevice: {} ({})\n"
                     "context: {}\nerror: {}\nwhat: {}\nmemory: not part of the dump\n",
                     getpid(), hostName(), context.device().ordinal(), context.device().info().name,
                     context.id(), error, what);
}

void writeDump(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (!file)
    return log::error("the core dump {} cannot be written", path);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  log::error("a core dump is in {}", path);
}

void endUnless(bool skipAbort) {
  if (skipAbort)
    return;
  log::error("ending the process as core dumps do; CU_COREDUMP_SKIP_ABORT keeps it");
  std::abort();
}

// Somebody wrote to the pipe: all contexts, those with the same file one behind the other.
void dumpAll() {
  State& s = state();
  std::map<std::string, std::string> dumps; // by file
  bool skipAbort = true;
  for (const ContextRef& context : HandleTable<Context>::get().all()) {
    if (!context->active())
      continue;
    std::unique_lock lock(s.mutex);
    Effective now = effective(s, context.get());
    lock.unlock();
    dumps[expand(now.file)] +=
        describe(*context, uint32_t(context->stickyStatus()), "asked for through the pipe");
    skipAbort &= (now.flags & kSkipAbort) != 0;
  }
  for (const auto& [path, text] : dumps)
    writeDump(path, text);
  endUnless(skipAbort);
}

} // namespace

void Coredump::begin() {
  State& s = state();
  std::unique_lock lock(s.mutex);
  Effective now = effective(s, nullptr);
  lock.unlock();
  if (!now.userTrigger)
    return;
  if (Result<void> listening = coredump_pipe::listen(expand(now.pipe), dumpAll); !listening)
    log::error("{}", listening.error().message);
}

void Coredump::contextFailed(const Context& context, const Error& error) {
  State& s = state();
  std::unique_lock lock(s.mutex);
  Effective now = effective(s, &context);
  lock.unlock();
  if (!now.enable)
    return;
  writeDump(expand(now.file), describe(context, uint32_t(error.status), error.message));
  endUnless(now.flags & kSkipAbort);
}

} // namespace anywarp::core
