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

// A thread of its own with a deep stack, because the caller may be a small thread of the
// application; guarded, because the compiler must not take the process down.
struct CompileJob {
  CompileFn compile;
  const CompileRequest& request;
  Result<std::vector<char>> result;
  Fault fault;
  bool finished;
};

void* compileThread(void* arg) {
  auto& job = *static_cast<CompileJob*>(arg);
  IeeeFloatState ieee; // constants are folded with the host's arithmetic
  auto body = [&job] { job.result = job.compile(job.request); };
  job.finished = runGuarded(body, job.fault);
  return nullptr;
}

} // namespace

KernelImage::~KernelImage() {
  dlclose(handle_);
  if (fd_ >= 0)
    close(fd_);
}

KernelLoader::KernelLoader(std::shared_ptr<Cache> cache, TargetChoice target, CompileFn compiler)
    : cache_(std::move(cache)), target_(std::move(target)), compiler_(compiler) {
  identity_ = cpuIdentity() + "|" + buildId(compilerPath());
}

CacheKey KernelLoader::keyOf(const CompileRequest& request) const {
  CacheKeyBuilder key;
  key.add(AW_KERNEL_ABI).add(identity_).add(request.cpu).add(request.features);
  key.add(request.index ? request.index->hash() : 0).add(request.kernel);
  key.add(uint64_t(request.vectorize.shape)).add(uint64_t(request.vectorize.barriers));
  key.add(uint64_t(request.vectorize.exactIndex));
  return key.build();
}

Result<std::shared_ptr<KernelImage>> KernelLoader::load(CompileRequest request) {
  request.cpu = target_.cpu;
  request.features = target_.features;
  CacheKey key = keyOf(request);
  bool dumping = !request.dumpPrefix.empty(); // somebody wants to see the compiler at work
  if (std::string path = dumping ? "" : cache_->find(key); !path.empty()) {
    timeline::Work work(timeline::Kind::Load, timeline::nameOf(request.kernel));
    auto image = open(path, -1, request.kernel);
    if (image) {
      trace::line(trace::kJit, "{} from {}", request.kernel, path);
      return image;
    }
    log::info("{}; compiling again", image.error().message);
    cache_->drop(key);
  }
  timeline::Work work(timeline::Kind::Compile, timeline::nameOf(request.kernel));
  auto start = std::chrono::steady_clock::now();
  auto bytes = compile(request);
  if (!bytes)
    return bytes.error();
  auto took = std::chrono::steady_clock::now() - start;
  trace::line(trace::kJit, "compiled {} for block shape {} in {:.1f} ms, {} bytes", request.kernel,
              unsigned(request.vectorize.shape),
              std::chrono::duration<double, std::milli>(took).count(), bytes->size());
  if (std::string path = cache_->store(key, *bytes); !path.empty())
    if (auto image = open(path, -1, request.kernel))
      return image;
  return openInMemory(*bytes, request.kernel);
}

Result<CompileFn> KernelLoader::compiler() {
  std::lock_guard lock(mutex_);
  if (compiler_)
    return compiler_;
  std::string path = compilerPath();
  // No RTLD_DEEPBIND: the compiler must share operator new with whoever takes its results, also in
  // programs that replace it. Other copies of LLVM are kept apart by LLVM's symbol versions.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed,
                     fmt::format("cannot load the kernel compiler: {}", dlerror()));
  compiler_ = reinterpret_cast<CompileFn>(dlsym(library, kCompileSymbol));
  if (!compiler_)
    return makeError(Status::SharedObjectInitFailed, path + " is not Anywarp's kernel compiler");
  return compiler_;
}

Result<std::vector<char>> KernelLoader::compile(const CompileRequest& request) {
  auto fn = compiler();
  if (!fn)
    return fn.error();
  installFaultHandlers();
  CompileJob job{*fn, request, makeError(Status::Unknown, ""), {}, false};
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
  if (!job.finished)
    return makeError(
        Status::InvalidPtx,
        fmt::format("kernel {}: the compiler crashed (signal {} at {:#x}); please report it",
                    request.kernel, job.fault.signal, job.fault.pc));
  return std::move(job.result);
}

Result<std::shared_ptr<KernelImage>> KernelLoader::open(const std::string& path, int fd,
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

Result<std::shared_ptr<KernelImage>> KernelLoader::openInMemory(const std::vector<char>& bytes,
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
