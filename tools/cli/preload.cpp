// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See preload.h. The dynamic linker's order (ld.so(8)): DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH.
#include "preload.h"

#include "image/elf.h"
#include "mapped_file.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace fs = std::filesystem;

namespace anywarp::cli {
namespace {

constexpr size_t kMaxFiles = 256; // of one program, against odd RPATHs

std::vector<std::string> splitPath(std::string_view list, const std::string& origin) {
  std::vector<std::string> folders;
  for (size_t at = 0; at < list.size();) {
    size_t end = std::min(list.find(':', at), list.size());
    std::string folder(list.substr(at, end - at));
    for (std::string_view token : {"${ORIGIN}", "$ORIGIN"})
      for (size_t p; (p = folder.find(token)) != std::string::npos;)
        folder.replace(p, token.size(), origin);
    if (!folder.empty())
      folders.push_back(folder);
    at = end + 1;
  }
  return folders;
}

class Walk {
public:
  explicit Walk(std::string libraryFolder) : ours_(std::move(libraryFolder)) {}

  void visit(const std::string& path, const std::vector<std::string>& inherited) {
    std::error_code error;
    fs::path real = fs::canonical(path, error);
    if (error || !seen_.insert(real).second || seen_.size() > kMaxFiles)
      return;
    auto mapped = MappedFile::open(real);
    if (!mapped)
      return;
    auto file = image::readHostFile(mapped->bytes());
    if (!file)
      return;
    // A file with RUNPATH ignores its own and inherited RPATHs.
    std::string origin = real.parent_path();
    std::vector<std::string> first;
    if (file->runpath.empty()) {
      first = splitPath(file->rpath, origin);
      first.insert(first.end(), inherited.begin(), inherited.end());
    }
    std::vector<std::string> all = splitPath(file->runpath, origin);
    all.insert(all.begin(), first.begin(), first.end());
    for (std::string_view need : file->needed)
      visitNeed(std::string(need), first, all);
  }

  std::vector<std::string> preload;

private:
  bool haveOurs(const std::string& name) const {
    std::error_code ignored;
    return (name.starts_with("libcu") || name.starts_with("libnvidia-ml")) &&
           fs::exists(fs::path(ours_) / name, ignored);
  }

  void add(const std::string& name) {
    if (std::find(preload.begin(), preload.end(), name) == preload.end())
      preload.push_back(name);
  }

  void visitNeed(const std::string& need, const std::vector<std::string>& rpath,
                 const std::vector<std::string>& all) {
    std::string name = fs::path(need).filename();
    if (need.find('/') != std::string::npos) {
      if (haveOurs(name))
        add(name);
      else
        visit(need, rpath);
      return;
    }
    std::error_code ignored;
    if (haveOurs(name)) {
      for (const std::string& folder : rpath)
        if (fs::exists(fs::path(folder) / name, ignored) &&
            !fs::equivalent(fs::path(folder) / name, fs::path(ours_) / name, ignored)) {
          add(name);
          return;
        }
      return;
    }
    for (const std::string& folder : all)
      if (fs::exists(fs::path(folder) / name, ignored))
        return visit(fs::path(folder) / name, rpath);
  }

  const std::string ours_;
  std::set<std::string> seen_;
};

#if defined(__x86_64__)
constexpr uint16_t kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kThisMachine = EM_AARCH64;
#else
constexpr uint16_t kThisMachine = EM_NONE;
#endif

} // namespace

ProgramCheck checkProgram(const std::string& program, const std::string& libraryFolder) {
  ProgramCheck check;
  auto mapped = MappedFile::open(program);
  if (!mapped)
    return check;
  std::span<const std::byte> bytes = mapped->bytes();
  if (image::sniff(bytes) != image::Container::HostElf)
    return check;
  auto file = image::readHostFile(bytes);
  if (!file) {
    check.warning = program + ": " + file.error().message;
    return check;
  }
  if (file->machine != kThisMachine)
    check.warning = program + " is built for another processor; Anywarp's libraries will not fit";
  else if (!image::ElfFile::open(bytes)->find(".dynamic") &&
           !image::ElfFile::open(bytes)->sections().empty())
    check.warning = program + " is statically linked: it can load no libcuda, so CUDA calls fail";
  struct stat info;
  if (stat(program.c_str(), &info) == 0 && (info.st_mode & (S_ISUID | S_ISGID)))
    check.warning = program + " is set-user-ID or set-group-ID: the dynamic linker ignores where "
                              "Anywarp's libraries are";
  Walk walk(libraryFolder);
  walk.visit(program, {});
  check.preload = std::move(walk.preload);
  return check;
}

} // namespace anywarp::cli
