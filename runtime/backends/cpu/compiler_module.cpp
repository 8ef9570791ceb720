// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler_module.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

std::string besideUs(const char* name) {
  Dl_info info;
  char path[PATH_MAX];
  if (!dladdr(reinterpret_cast<void*>(&besideUs), &info) || !info.dli_fname ||
      !realpath(info.dli_fname, path))
    return name;
  std::string folder = path;
  return folder.substr(0, folder.rfind('/') + 1) + name;
}

} // namespace

std::string compilerPath() {
  return besideUs("libanywarp_compiler.so");
}

std::string compileProgramPath() {
  return besideUs("anywarp/anywarp-compile");
}

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

Result<CompileFn> CompilerModule::get() {
  std::lock_guard lock(mutex_);
  if (function_)
    return function_;
  // No RTLD_DEEPBIND: the compiler must share operator new with whoever takes its results, also in
  // programs that replace it. Other copies of LLVM are kept apart by LLVM's symbol versions.
  void* library = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed,
                     fmt::format("cannot load the kernel compiler: {}", dlerror()));
  function_ = reinterpret_cast<CompileFn>(dlsym(library, kCompileSymbol));
  if (!function_)
    return makeError(Status::SharedObjectInitFailed, path_ + " is not Anywarp's kernel compiler");
  return function_;
}

} // namespace anywarp::cpu
