// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/linker.h"

#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/image_units.h"
#include "core/runtime.h"
#include "support/log.h"

#include <cstring>

namespace anywarp::core {
namespace {

enum InputType { // CUjitInputType
  kCubin = 0,
  kPtx = 1,
  kFatbin = 2,
  kObject = 3,
  kLibrary = 4,
  kNvvm = 5,
};

} // namespace

Linker::Linker(const JitOptions& options) : options_(options) {}

Result<LinkerRef> Linker::create(const JitOptions& options) {
  AW_TRY(Runtime::get().check());
  auto linker = std::make_shared<Linker>(options);
  HandleTable<Linker>::get().insert(linker);
  return linker;
}

Result<void> Linker::destroy() {
  if (!HandleTable<Linker>::get().remove(this))
    return makeError(Status::InvalidHandle, "the link state was destroyed before");
  return {};
}

LinkerRef Linker::fromHandle(const void* handle) {
  return HandleTable<Linker>::get().find(handle);
}

Result<void> Linker::addData(int type, const void* data, size_t size, const char* name) {
  if (!data || size == 0)
    return makeError(Status::InvalidValue, "the linker input is empty");
  if (type < kCubin || type > kNvvm)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUjitInputType", type));
  if (type == kNvvm)
    return makeError(Status::NotSupported, "NVVM (LTO) code cannot be linked; give PTX");
  std::lock_guard lock(mutex_);
  if (!image_.empty())
    return makeError(Status::InvalidValue, "the link state is complete");
  const char* text = static_cast<const char*>(data);
  const char* origin = name && *name ? name : "ptx";
  if (type == kPtx) {
    units_.push_back(
        std::make_shared<const PtxText>(std::string(text, strnlen(text, size)), origin));
    return {};
  }
  Result<std::vector<PtxUnit>> units = type == kObject
                                           ? readHostBytes({text, size}, options_, origin)
                                           : readImageBytes({text, size}, options_, 0, origin);
  if (!units) {
    // A library of SASS alone (libcudadevrt.a) may not be needed; a missing symbol says so later.
    if (type == kLibrary && units.status() == Status::NoBinaryForGpu)
      return {};
    return makeError(units.status(),
                     fmt::format("{}: {}", name ? name : "<data>", units.error().message));
  }
  units_.insert(units_.end(), units->begin(), units->end());
  return {};
}

Result<void> Linker::addFile(int type, const char* path) {
  Result<std::vector<char>> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  return addData(type, bytes->data(), bytes->size(), path);
}

Result<std::span<const char>> Linker::complete() {
  std::lock_guard lock(mutex_);
  if (units_.empty())
    return makeError(Status::InvalidValue, "there is nothing to link");
  if (image_.empty()) {
    // Unresolved and duplicate symbols are this call's errors, so try it where it would be loaded.
    Context* context = Context::currentRaw();
    if (context && context->check()) {
      Result<std::unique_ptr<Program>> trial = context->device().backend().load(units_);
      if (!trial) {
        log::warn("linking failed: {}", trial.error().message);
        options_.writeError(trial.error().message);
        return trial.error();
      }
      AW_TRY(checkText(context->device().backend(), units_, options_));
    }
    image_ = writeLinked(units_);
    options_.writeInfo(fmt::format("anywarp: linked {} PTX units", units_.size()));
  }
  return std::span<const char>(image_);
}

} // namespace anywarp::core
