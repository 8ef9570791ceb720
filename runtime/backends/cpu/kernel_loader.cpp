// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kernel_loader.h"

#include "background.h"
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
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kCompilerStack = size_t(64) << 20;
constexpr const char* kCompilerFile = "libanywarp_compiler.so";

// The compiler lies beside the module that holds this code, in build and installed trees.
std::string compilerPath() {
  Dl_info info;
  char path[PATH_MAX];
  if (!dladdr(reinterpret_cast<void*>(&compilerPath), &info) || !info.dli_fname ||
      !realpath(info.dli_fname, path))
    return kCompilerFile;
  std::string folder = path;
  return folder.substr(0, folder.rfind('/') + 1) + kCompilerFile;
}

// The note that the linker wrote (--build-id), so that a rebuilt compiler never meets old entries.
// Falls back to size and time of the file.
std::string buildId(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {};
  std::string id;
  struct stat info = {};
  fstat(fd, &info);
  Elf64_Ehdr header;
  if (pread(fd, &header, sizeof header, 0) == sizeof header &&
      memcmp(header.e_ident, ELFMAG, SELFMAG) == 0)
    for (unsigned i = 0; i < header.e_phnum && id.empty(); i++) {
      Elf64_Phdr segment;
      off_t at = off_t(header.e_phoff + i * sizeof segment);
      if (pread(fd, &segment, sizeof segment, at) != sizeof segment || segment.p_type != PT_NOTE)
        continue;
      std::string notes(std::min<size_t>(segment.p_filesz, 4096), '\0');
      if (pread(fd, notes.data(), notes.size(), off_t(segment.p_offset)) != ssize_t(notes.size()))
        continue;
      for (size_t p = 0; p + sizeof(Elf64_Nhdr) <= notes.size();) {
        Elf64_Nhdr note;
        memcpy(&note, notes.data() + p, sizeof note);
        size_t name = p + sizeof note, desc = name + (note.n_namesz + 3) / 4 * 4;
        if (desc + note.n_descsz > notes.size())
          break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            !memcmp(notes.data() + name, "GNU", 4))
          id.assign(notes, desc, note.n_descsz);
        p = desc + (note.n_descsz + 3) / 4 * 4;
      }
    }
  close(fd);
  if (id.empty())
    id = fmt::format("{}:{}:{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  return id;
}

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

double millisSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

} // namespace

KernelImage::~KernelImage() {
  dlclose(handle_);
  if (fd_ >= 0)
    close(fd_);
}

void KernelImage::replace(std::shared_ptr<KernelImage> better) {
  betterOwner_ = std::move(better);
  better_.store(betterOwner_.get(), std::memory_order_release);
}

KernelLoader::KernelLoader(std::shared_ptr<Cache> cache, TargetChoice target, CompileFn compiler)
    : cache_(std::move(cache)), compiler_(std::make_shared<Compiler>(compiler)),
      target_(std::move(target)) {
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

// Null: it has to be compiled.
std::shared_ptr<KernelImage> KernelLoader::cached(const CacheKey& key, const std::string& kernel) {
  std::string path = cache_->find(key);
  if (path.empty())
    return nullptr;
  timeline::Work work(timeline::Kind::Load, timeline::nameOf(kernel));
  auto image = KernelImage::open(path, -1, kernel);
  if (image) {
    trace::line(trace::kJit, "{} from {}", kernel, path);
    return *image;
  }
  log::info("{}; compiling again", image.error().message);
  cache_->drop(key);
  return nullptr;
}

Result<std::shared_ptr<KernelImage>> KernelLoader::load(CompileRequest request) {
  request.cpu = target_.cpu;
  request.features = target_.features;
  bool dumping = !request.dumpPrefix.empty(); // somebody wants to see the compiler at work
  if (dumping && request.tier == Tier::Auto)
    request.tier = Tier::Full; // one compilation
  CacheKey full = keyOf(request, Tier::Full), quick = keyOf(request, Tier::Quick);
  if (!dumping && request.tier != Tier::Quick)
    if (auto image = cached(full, request.kernel))
      return image;
  if (!dumping && request.tier != Tier::Full)
    if (auto image = cached(quick, request.kernel)) {
      if (request.tier == Tier::Auto)
        improve(std::move(request), image);
      return image;
    }
  timeline::Work work(timeline::Kind::Compile, timeline::nameOf(request.kernel));
  auto start = std::chrono::steady_clock::now();
  auto code = compile(request);
  if (!code)
    return code.error();
  trace::line(trace::kJit, "compiled {} for block shape {} in {:.1f} ms, {} bytes{}",
              request.kernel, unsigned(request.vectorize.shape), millisSince(start),
              code->library.size(), code->quick ? ", quick" : "");
  auto image = keepAndOpen(*cache_, code->quick ? quick : full, *code, request.kernel);
  if (image && code->quick && request.tier == Tier::Auto)
    improve(std::move(request), *image);
  return image;
}

// Compiles fully in the background; what it makes replaces `quick`, if anybody still has that.
void KernelLoader::improve(CompileRequest request, const std::shared_ptr<KernelImage>& quick) {
  request.tier = Tier::Full;
  CacheKey key = keyOf(request, Tier::Full);
  // Here and not in the background: exit() must not meet a thread that is loading libraries.
  auto function = compiler_->get();
  if (!function)
    return;
  Background::instance().post([request = std::move(request), key, cache = cache_,
                               function = *function, old = std::weak_ptr(quick)] {
    timeline::Work work(timeline::Kind::Compile, timeline::nameOf(request.kernel));
    auto start = std::chrono::steady_clock::now();
    installFaultHandlers();
    CompileJob job{function, request};
    {
      Background::Stoppable stoppable;
      job.run();
    }
    auto image = job.result ? keepAndOpen(*cache, key, *job.result, request.kernel)
                            : Result<std::shared_ptr<KernelImage>>(job.result.error());
    if (!image) { // the quick code does it, too
      log::info("not compiled better: {}", image.error().message);
      return;
    }
    if (auto place = old.lock())
      place->replace(*image);
    trace::line(trace::kJit, "compiled better: {} for block shape {} in {:.1f} ms, {} bytes",
                request.kernel, unsigned(request.vectorize.shape), millisSince(start),
                job.result->library.size());
  });
}

Result<CompileFn> KernelLoader::Compiler::get() {
  std::lock_guard lock(mutex_);
  if (function_)
    return function_;
  std::string path = compilerPath();
  // No RTLD_DEEPBIND: the compiler must share operator new with whoever takes its results, also in
  // programs that replace it. Other copies of LLVM are kept apart by LLVM's symbol versions.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed,
                     fmt::format("cannot load the kernel compiler: {}", dlerror()));
  function_ = reinterpret_cast<CompileFn>(dlsym(library, kCompileSymbol));
  if (!function_)
    return makeError(Status::SharedObjectInitFailed, path + " is not Anywarp's kernel compiler");
  Background::libraryLoaded();
  return function_;
}

// On a thread of its own with a deep stack, because the caller may be a small thread of the
// application.
Result<CompiledCode> KernelLoader::compile(const CompileRequest& request) {
  auto function = compiler_->get();
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
  int fd = memfd_create("anywarp-kernel", MFD_CLOEXEC);
  if (fd < 0)
    return makeError(
        Status::OperatingSystem,
        fmt::format("kernel {}: no memory file for its code: {}", kernel, strerror(errno)));
  for (size_t done = 0; done < bytes.size();) {
    ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) {
      close(fd);
      return makeError(Status::OutOfMemory,
                       fmt::format("kernel {}: no memory for its code", kernel));
    }
    done += size_t(n);
  }
  // dlopen knows libraries by name: the file stays open as long as the image, so that no other
  // image gets the same number and with it this one's code.
  auto image = open(fmt::format("/proc/self/fd/{}", fd), fd, kernel);
  if (!image)
    close(fd);
  return image;
}

} // namespace anywarp::cpu
