// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp cache warm`: compiles every kernel of a file, so that the program starts warm.
#include "commands.h"
#include "mapped_file.h"
#include "modules.h"
#include "paths.h"
#include "table.h"

#ifdef ANYWARP_HAVE_CORE
#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/jit_options.h"
#include "core/module.h"
#include "core/runtime.h"
#endif

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace anywarp::cli {
namespace {

struct Shape {
  uint32_t block[3] = {1, 1, 1};
};

// X[,Y[,Z]] within CUDA's limits of a block.
std::optional<Shape> parseShape(std::string_view text) {
  constexpr uint32_t kMost[3] = {1024, 1024, 64};
  Shape shape;
  uint32_t threads = 1;
  for (size_t i = 0;; ++i) {
    size_t comma = std::min(text.find_first_of(",x"), text.size());
    auto [end, error] = std::from_chars(text.data(), text.data() + comma, shape.block[i]);
    if (error != std::errc{} || end != text.data() + comma || shape.block[i] == 0 ||
        shape.block[i] > kMost[i])
      return std::nullopt;
    threads *= shape.block[i];
    if (comma == text.size())
      break;
    if (i == 2)
      return std::nullopt;
    text.remove_prefix(comma + 1);
  }
  return threads <= 1024 ? std::optional(shape) : std::nullopt;
}

#ifdef ANYWARP_HAVE_CORE

class Warmer {
public:
  Warmer(core::ContextRef context, Shape shape, size_t modules)
      : context_(std::move(context)), shape_(shape), modules_(modules) {}

  void warm(size_t index, std::vector<PtxUnit> units) {
    auto module = core::Module::load(*context_, std::move(units), core::JitOptions{});
    if (!module)
      return failed(fmt::format("module {}", index), module.error());
    std::vector<core::FunctionRef> functions = (*module)->functions();
    for (size_t i = 0; i < functions.size(); ++i) {
      progress(index, i, functions.size());
      auto done = context_->device().backend().prepare(functions[i]->kernel(), shape_.block);
      if (done)
        ++compiled_;
      else
        failed(functions[i]->name(), done.error());
    }
    progress(index, functions.size(), functions.size());
    functions.clear();
    if (auto unloaded = (*module)->unload(); !unloaded)
      failed(fmt::format("module {}", index), unloaded.error());
  }

  void failed(const std::string& what, const Error& error) {
    endLine();
    ++failures_;
    std::fprintf(stderr, "anywarp: %s: %s\n", what.c_str(), error.message.c_str());
  }

  int finish(std::chrono::steady_clock::duration time) {
    endLine();
    std::puts(fmt::format("{} ready for blocks of {}x{}x{} in {:.1f} s{}",
                          counted(compiled_, "kernel"), shape_.block[0], shape_.block[1],
                          shape_.block[2], std::chrono::duration<double>(time).count(),
                          failures_ ? fmt::format(", {}", counted(failures_, "failure")) : "")
                  .c_str());
    return failures_ ? 1 : 0;
  }

private:
  // A line that is written over, only for people.
  void progress(size_t module, size_t done, size_t all) {
    if (!terminal_)
      return;
    std::fprintf(stderr, "\rmodule %zu of %zu: kernel %zu of %zu ", module + 1, modules_, done,
                 all);
    open_ = true;
  }
  void endLine() {
    if (open_)
      std::fputs("\r\033[K", stderr);
    open_ = false;
  }

  const core::ContextRef context_;
  const Shape shape_;
  const size_t modules_;
  const bool terminal_ = isatty(STDERR_FILENO);
  bool open_ = false;
  size_t compiled_ = 0, failures_ = 0;
};

Result<core::ContextRef> openContext() {
  auto& runtime = core::Runtime::get();
  AW_TRY(runtime.init());
  auto device = runtime.device(0);
  if (!device)
    return device.error();
  auto context = (*device)->primaryRetain();
  if (context)
    core::Context::setCurrent(*context);
  return context;
}

#endif

} // namespace

int cacheWarm(const WarmOptions& options) {
  // The best code of every kernel, as nobody waits for the first one.
  setenv("ANYWARP_TIER", "full", /*overwrite=*/0);
  std::optional<Shape> shape = parseShape(options.shape);
  if (!shape)
    return fail(fmt::format("'{}' is not the shape of a block: X[,Y[,Z]] with at most 1024 threads",
                            options.shape),
                2);
  auto file = MappedFile::open(options.file);
  if (!file)
    return fail(file.error().message);
  auto set = image::openFileBytes(file->bytes(), file->owner());
  if (!set)
    return fail(fmt::format("{}: {}", options.file, set.error().message));
  std::vector<ModuleImages> modules = modulesOf(*set);
  std::erase_if(modules, [](const ModuleImages& m) { return !m.hasAnyPtx(); });
  if (modules.empty())
    return fail(fmt::format("{}: {}", options.file, set->describe()));
#ifdef ANYWARP_HAVE_CORE
  auto context = openContext();
  if (!context)
    return fail("no device: " + context.error().message);
  Warmer warmer(*context, *shape, modules.size());
  auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < modules.size(); ++i) {
    auto ptx = ptxOf(*set, modules[i]);
    if (ptx)
      warmer.warm(i, std::move(*ptx));
    else
      warmer.failed(fmt::format("module {}", i), ptx.error());
  }
  return warmer.finish(std::chrono::steady_clock::now() - start);
#else
  return fail("this build has no runtime to compile with");
#endif
}

} // namespace anywarp::cli
