// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/loader.h"

#include <climits>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <pthread.h>

namespace anywarp::frontend {
namespace {

constexpr size_t kStack = size_t(64) << 20;
constexpr const char* kFile = "libanywarp_frontend.so";

// The front end lies beside the library that holds this code, in build and installed trees.
std::string modulePath() {
  Dl_info info;
  char path[PATH_MAX];
  if (!dladdr(reinterpret_cast<void*>(&modulePath), &info) || !info.dli_fname ||
      !realpath(info.dli_fname, path))
    return kFile;
  std::string folder = path;
  return folder.substr(0, folder.rfind('/') + 1) + kFile;
}

Result<const Door*> door() {
  static std::mutex mutex;
  static const Door* loaded = nullptr; // guarded by mutex; never unloaded
  std::lock_guard lock(mutex);
  if (loaded)
    return loaded;
  std::string path = modulePath();
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed,
                     std::string("cannot load the front end: ") + dlerror());
  loaded = static_cast<const Door*>(dlsym(library, kDoorSymbol));
  if (!loaded)
    return makeError(Status::SharedObjectInitFailed, path + " is not Anywarp's front end");
  return loaded;
}

template <typename Out> struct Job {
  std::function<Result<Out>()> work;
  Result<Out> result = makeError(Status::Unknown, "");
  static void* main(void* job) {
    auto* self = static_cast<Job*>(job);
    self->result = self->work();
    return nullptr;
  }
};

template <typename Out> Result<Out> onOwnThread(std::function<Result<Out>()> work) {
  Job<Out> job{std::move(work)};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, &Job<Out>::main, &job);
  pthread_attr_destroy(&attributes);
  if (failed)
    return makeError(Status::OperatingSystem,
                     std::string("cannot start a thread to compile: ") + strerror(failed));
  pthread_join(thread, nullptr);
  return std::move(job.result);
}

} // namespace

Result<SourceResult> compile(const SourceRequest& request) {
  Result<const Door*> open = door();
  if (!open)
    return open.error();
  return onOwnThread<SourceResult>([&] { return (*open)->compileSource(request); });
}

Result<ModuleResult> compile(const ModuleRequest& request) {
  Result<const Door*> open = door();
  if (!open)
    return open.error();
  return onOwnThread<ModuleResult>([&] { return (*open)->compileModule(request); });
}

} // namespace anywarp::frontend
