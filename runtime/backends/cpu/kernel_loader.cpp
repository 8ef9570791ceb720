// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kernel_loader.h"

#include "cpu_identity.h"
#include "fault.h"
#include "float_state.h"
#include "support/log.h"
#include "support/timeline.h"
#include "support/trace.h"

#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kCompilerStack = size_t(64) << 20;

// Guarded, because the compiler must not take the process down.
struct CompileJob {
  CompileFn compile;
  const CompileRequest& request;
  Result<CompiledCode> result = makeError(Status::Unknown, "");

  void run() {
    IeeeFloatState ieee; // constants are folded with the host's arithmetic
    Fault fault;
    auto body = [this] { result = compile(request); };
    if (!runGuarded(body, fault))
      result = makeError(
          Status::InvalidPtx,
          fmt::format("kernel {}: the compiler crashed (signal {} at {:#x}); please report it",
                      request.kernel, fault.signal, fault.pc));
  }
};

void* compileThread(void* job) {
  static_cast<CompileJob*>(job)->run();
  return nullptr;
}

// Keeps it in the cache if it can.
Result<std::shared_ptr<KernelImage>> keepAndOpen(Cache& cache, const CacheKey& key,
                                                 const CompiledCode& code,
                                                 const std::string& kernel) {
  if (std::string path = cache.store(key, code.library); !path.empty())
    if (auto image = KernelImage::open(path, -1, kernel))
      return image;
  return KernelImage::openInMemory(code.library, kernel);
}

// Null: it has to be compiled.
std::shared_ptr<KernelImage> cached(Cache& cache, const CacheKey& key, const std::string& kernel) {
  std::string path = cache.find(key);
  if (path.empty())
    return nullptr;
  timeline::Work work(timeline::Kind::Load, timeline::nameOf(kernel));
  auto image = KernelImage::open(path, -1, kernel);
  if (image) {
    trace::line(trace::kJit, "{} from {}", kernel, path);
    return *image;
  }
  log::info("{}; compiling again", image.error().message);
  cache.drop(key);
  return nullptr;
}

// An absolute path, as the compile process stands in another folder; empty: there is none.
std::string existingFolder(const std::string& path) {
  char absolute[PATH_MAX];
  return !path.empty() && realpath(path.c_str(), absolute) ? absolute : "";
}

double millisSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

} // namespace

KernelImage::~KernelImage() {
  dlclose(handle_);
}

void KernelImage::awaitBetter(std::shared_ptr<CompileProcess> maker) {
  maker_ = std::move(maker);
  waits_.store(true, std::memory_order_release);
}

void KernelImage::replace(std::shared_ptr<KernelImage> better) {
  betterOwner_ = std::move(better);
  better_.store(betterOwner_.get(), std::memory_order_release);
  waits_.store(false, std::memory_order_release);
}

KernelLoader::KernelLoader(std::shared_ptr<Cache> cache, TargetChoice target, CompileFn compiler,
                           std::shared_ptr<CompileProcess> later)
    : cache_(std::move(cache)), compiler_(compilerPath(), compiler), later_(std::move(later)),
      target_(std::move(target)) {
  if (!later_ && !compiler)
    later_ = CompileProcess::instance();
  identity_ = cpuIdentity() + "|" + buildId(compilerPath());
}

CacheKey KernelLoader::keyOf(const CompileRequest& request, Tier tier) const {
  CacheKeyBuilder key;
  key.add(AW_KERNEL_ABI).add(identity_).add(request.cpu).add(request.features);
  key.add(request.index ? request.index->hash() : 0).add(request.kernel);
  key.add(uint64_t(request.vectorize.shape)).add(uint64_t(request.vectorize.barriers));
  key.add(uint64_t(request.vectorize.exactIndex)).add(uint64_t(tier));
  return key.build();
}

CacheKey KernelLoader::factsKey(const ptx::Index& index, std::string_view kernel,
                                std::string_view what) const {
  return CacheKeyBuilder().add(what).add(identity_).add(index.hash()).add(kernel).build();
}

Result<std::shared_ptr<KernelImage>> KernelLoader::load(CompileRequest request) {
  request.cpu = target_.cpu;
  request.features = target_.features;
  bool dumping = !request.dumpPrefix.empty(); // somebody wants to see the compiler at work
  CacheKey full = keyOf(request, Tier::Full), quick = keyOf(request, Tier::Quick);
  if (!dumping && request.tier != Tier::Quick)
    if (auto image = cached(*cache_, full, request.kernel))
      return image;
  if (request.tier == Tier::Auto && (dumping || !later_ || !later_->mayTake()))
    request.tier = Tier::Full; // one compilation
  if (!dumping && request.tier != Tier::Full)
    if (auto image = cached(*cache_, quick, request.kernel)) {
      if (request.tier == Tier::Quick || improve(request, image))
        return image;
      request.tier = Tier::Full;
    }
  auto image = compileAndKeep(request, full, quick);
  if (request.tier == Tier::Auto && image && (*image)->quick()) {
    if (improve(request, *image))
      return image;
    request.tier = Tier::Full;
    image = compileAndKeep(request, full, quick);
  }
  return image;
}

Result<std::shared_ptr<KernelImage>> KernelLoader::compileAndKeep(const CompileRequest& request,
                                                                  const CacheKey& full,
                                                                  const CacheKey& quick) {
  timeline::Work work(timeline::Kind::Compile, timeline::nameOf(request.kernel));
  auto start = std::chrono::steady_clock::now();
  auto code = compile(request);
  if (!code)
    return code.error();
  trace::line(trace::kJit, "compiled {} for block shape {} in {:.1f} ms, {} bytes{}",
              request.kernel, unsigned(request.vectorize.shape), millisSince(start),
              code->library.size(), code->quick ? ", quick" : "");
  auto image = keepAndOpen(*cache_, code->quick ? quick : full, *code, request.kernel);
  if (image)
    (*image)->setQuick(code->quick);
  return image;
}

// Orders the full compilation; what it makes replaces `quick`, if anybody still has that.
bool KernelLoader::improve(const CompileRequest& request,
                           const std::shared_ptr<KernelImage>& quick) {
  CompileOrder order;
  order.request = request;
  order.key = keyOf(request, Tier::Full);
  order.cacheFolder = existingFolder(cache_->directory());
  order.cacheLimit = cache_->limit();
  auto done = [cache = cache_, key = order.key, kernel = request.kernel,
               shape = request.vectorize.shape,
               old = std::weak_ptr(quick)](const CompileReport& report, int descriptor) {
    Result<std::shared_ptr<KernelImage>> better =
        makeError(Status::Unknown, "kernel " + kernel + ": " + report.text);
    if (report.outcome == CompileOutcome::Attached)
      better = KernelImage::openFile(descriptor, kernel);
    else if (report.outcome == CompileOutcome::Kept)
      if (auto image = cached(*cache, key, kernel))
        better = image;
    if (!better)
      log::debug("not compiled better: {}", better.error().message);
    else
      trace::line(trace::kJit, "compiled better: {} for block shape {} in {} ms, {} bytes", kernel,
                  unsigned(shape), report.millis, report.bytes);
    if (auto place = old.lock())
      place->replace(better ? *better : nullptr);
  };
  quick->awaitBetter(later_);
  if (later_->post(std::move(order), request.index, std::move(done)))
    return true;
  quick->replace(nullptr);
  return false;
}

// On a thread of its own with a deep stack, because the caller may be a small thread of the
// application.
Result<CompiledCode> KernelLoader::compile(const CompileRequest& request) {
  auto function = compiler_.get();
  if (!function)
    return function.error();
  installFaultHandlers();
  CompileJob job{*function, request};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kCompilerStack);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, compileThread, &job);
  pthread_attr_destroy(&attributes);
  if (failed)
    return makeError(Status::OperatingSystem, fmt::format("cannot start a thread to compile {}: {}",
                                                          request.kernel, strerror(failed)));
  pthread_join(thread, nullptr);
  return std::move(job.result);
}

Result<std::shared_ptr<KernelImage>> KernelImage::open(const std::string& path, int fd,
                                                       const std::string& kernel) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return makeError(Status::SharedObjectInitFailed,
                     fmt::format("kernel {}: cannot load its code: {}", kernel, dlerror()));
  auto* info = static_cast<const AwKernelInfo*>(dlsym(handle, "aw_kernel_info"));
  if (!info || info->abi != AW_KERNEL_ABI) {
    dlclose(handle);
    return makeError(Status::SharedObjectInitFailed,
                     fmt::format("kernel {}: {} is not code of this version", kernel, path));
  }
  return std::make_shared<KernelImage>(handle, fd, info);
}

Result<std::shared_ptr<KernelImage>> KernelImage::openInMemory(const std::vector<char>& bytes,
                                                               const std::string& kernel) {
  int fd = makeSealedFile("anywarp-kernel", {bytes.data(), bytes.size()});
  if (fd < 0)
    return makeError(Status::OutOfMemory, fmt::format("kernel {}: no memory file for its code: {}",
                                                      kernel, strerror(errno)));
  return openFile(fd, kernel);
}

Result<std::shared_ptr<KernelImage>> KernelImage::openFile(int fd, const std::string& kernel) {
  // dlopen knows libraries by name: the file stays open as long as the image, so that no other
  // image gets the same number and with it this one's code.
  auto image = open(fmt::format("/proc/self/fd/{}", fd), fd, kernel);
  if (!image)
    close(fd);
  return image;
}

} // namespace anywarp::cpu
