// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen.h"

#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fmt/core.h>
#include <lld/Common/Driver.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Signals.h>
#include <llvm/Support/raw_ostream.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

namespace anywarp::cpu {
namespace {

// A fresh directory for lld's output, removed with what is in it. In memory where possible: the
// result lives for milliseconds, and a full disk is no reason to fail.
class ScratchDir {
public:
  explicit ScratchDir(const char* base) {
    std::string path = std::string(base) + "/anywarp-XXXXXX";
    if (mkdtemp(path.data()))
      path_ = path;
  }
  ScratchDir(const ScratchDir&) = delete;
  ~ScratchDir() {
    if (path_.empty())
      return;
    unlink(file().c_str());
    rmdir(path_.c_str());
  }
  bool valid() const { return !path_.empty(); }
  std::string file() const { return path_ + "/kernel.so"; }

private:
  std::string path_;
};

// Bytes as a file that lld can open.
class MemoryFile {
public:
  explicit MemoryFile(const std::vector<char>& bytes) : fd_(memfd_create("kernel.o", MFD_CLOEXEC)) {
    size_t done = 0;
    while (fd_ >= 0 && done < bytes.size()) {
      ssize_t n = write(fd_, bytes.data() + done, bytes.size() - done);
      if (n <= 0)
        break;
      done += size_t(n);
    }
    complete_ = fd_ >= 0 && done == bytes.size();
  }
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (fd_ >= 0)
      close(fd_);
  }
  bool complete() const { return complete_; }
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }

private:
  int fd_;
  bool complete_ = false;
};

std::vector<std::string> undefinedSymbols(const std::vector<char>& object) {
  std::vector<std::string> names;
  llvm::MemoryBufferRef buffer(llvm::StringRef(object.data(), object.size()), "kernel.o");
  auto file = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!file) {
    llvm::consumeError(file.takeError());
    return names;
  }
  for (const llvm::object::SymbolRef& symbol : (*file)->symbols()) {
    auto flags = symbol.getFlags();
    if (!flags) {
      llvm::consumeError(flags.takeError());
      continue;
    }
    if (!(*flags & llvm::object::SymbolRef::SF_Undefined))
      continue;
    auto name = symbol.getName();
    if (!name)
      llvm::consumeError(name.takeError());
    else if (!name->empty() && *name != "_GLOBAL_OFFSET_TABLE_")
      names.push_back(name->str());
  }
  return names;
}

// Where a library of the C runtime lies on this machine, so that no development package is needed.
std::string loadedPath(const char* soname) {
  void* handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return {};
  char directory[PATH_MAX] = {};
  if (dlinfo(handle, RTLD_DI_ORIGIN, directory) != 0)
    return {};
  return std::string(directory) + "/" +
         soname; // stays open: kernels that need it are about to be loaded
}

Result<std::vector<char>> readAll(const std::string& path) {
  FILE* file = fopen(path.c_str(), "rbe");
  if (!file)
    return makeError(Status::OperatingSystem, "cannot read " + path);
  std::vector<char> bytes;
  char buffer[65536];
  while (size_t n = fread(buffer, 1, sizeof buffer, file))
    bytes.insert(bytes.end(), buffer, buffer + n);
  bool failed = ferror(file);
  fclose(file);
  if (failed)
    return makeError(Status::OperatingSystem, "cannot read " + path);
  return bytes;
}

// lld keeps global state: one link at a time. Timed, because a crash inside lld that was caught
// further up leaves it locked.
std::timed_mutex& lldMutex() {
  static auto* mutex = new std::timed_mutex;
  return *mutex;
}
bool lldBroken = false; // guarded by lldMutex()

} // namespace

namespace {

Result<std::vector<char>> linkIn(const char* base, const std::vector<char>& object,
                                 const std::string& kernel) {
  ScratchDir scratch(base);
  MemoryFile input(object);
  if (!scratch.valid() || !input.complete())
    return makeError(Status::OperatingSystem,
                     fmt::format("cannot link kernel {}: cannot write to {} "
                                 "or memory is full",
                                 kernel, base));
  std::string inputPath = input.path(), outputPath = scratch.file();
  std::vector<std::string> args = {"ld.lld",
                                   "-shared",
                                   "-z",
                                   "now",
                                   "-z",
                                   "defs",
                                   "--hash-style=gnu",
                                   "--threads=1",
                                   "--error-limit=0",
                                   "--eh-frame-hdr",
                                   "--build-id=none",
                                   "--as-needed",
                                   "-o",
                                   outputPath,
                                   inputPath};
  // libgcc_s converts halves for processors without F16C.
  if (!undefinedSymbols(object).empty())
    for (const char* soname : {"libc.so.6", "libm.so.6", "libmvec.so.1", "libgcc_s.so.1"})
      if (std::string path = loadedPath(soname); !path.empty())
        args.push_back(path);
  std::vector<const char*> argv;
  for (const std::string& arg : args)
    argv.push_back(arg.c_str());

  std::string outText, errText;
  llvm::raw_string_ostream out(outText), err(errText);
  std::unique_lock lock(lldMutex(), std::chrono::seconds(60));
  if (!lock.owns_lock() || lldBroken)
    return makeError(Status::SharedObjectInitFailed,
                     "cannot link kernel " + kernel +
                         ": the linker crashed earlier; start the program again");
  lld::Result result = lld::lldMain(argv, out, err, {{lld::Gnu, &lld::elf::link}});
  lldBroken = !result.canRunAgain;
  // lld has LLVM watch for signals, to delete its output; the application's handlers (and those of
  // a timeline) are to be called again.
  llvm::sys::unregisterHandlers();
  lock.unlock();
  if (result.retCode != 0)
    return makeError(err.str().find("No space left") != std::string::npos
                         ? Status::OperatingSystem
                         : Status::SharedObjectInitFailed,
                     "cannot link kernel " + kernel + ": " + err.str());
  return readAll(outputPath);
}

} // namespace

Result<std::vector<char>> linkShared(const std::vector<char>& object, const std::string& kernel) {
  Result<std::vector<char>> result = makeError(Status::OperatingSystem, "");
  for (const char* base : {"/dev/shm", "/tmp", "/var/tmp", "."}) {
    result = linkIn(base, object, kernel);
    if (result.status() != Status::OperatingSystem)
      break;
  }
  return result;
}

} // namespace anywarp::cpu
