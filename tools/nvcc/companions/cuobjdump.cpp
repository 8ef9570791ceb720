// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuobjdump: what device code a file holds: -lptx, -lelf list it, -ptx shows it, -xptx writes it to
// files.
#include "arguments.h"
#include "image/image.h"
#include "session.h"

#include <filesystem>
#include <fmt/format.h>
#include <span>

using namespace anywarp;
using namespace anywarp::nvcc;

namespace {

constexpr const char* kHelp =
    "Usage: cuobjdump [options] file...\n"
    "  -lptx, --list-ptx           list PTX\n"
    "  -lelf, --list-elf           list cubins\n"
    "  -ptx,  --dump-ptx           show PTX; the default\n"
    "  -xptx, --extract-ptx NAME   write PTX whose file name contains NAME ('all': all) to the "
    "current folder\n"
    "SASS (-sass, -elf) is NVIDIA's machine code, which is not disassembled here.\n";

// "saxpy.1.sm_75.ptx", as the listing calls it and the extraction writes it.
std::string nameOf(const std::string& file, const image::Image& image, size_t number) {
  const char* extension = image.kind == image::Kind::Ptx     ? "ptx"
                          : image.kind == image::Kind::Cubin ? "cubin"
                                                             : "bin";
  std::string arch = image.archName();
  return fmt::format("{}.{}.sm_{}.{}", std::filesystem::path(file).stem().string(), number,
                     arch.substr(arch.find('_') + 1), extension);
}

struct Wanted {
  bool listPtx, listElf, dump;
  std::string extract;
};

void dump(const image::Image& image, const std::string& text) {
  fmt::print("\nFatbin ptx code:\n================\narch = sm_{}\ncode version = [{},{}]\nhost = "
             "linux\ncompile_size = 64bit\n"
             "identifier = {}\n\n{}\n",
             image.archName().substr(8), image.versionMajor, image.versionMinor, image.name, text);
}

int show(const std::string& file, const Wanted& wanted) {
  auto bytes = readFile(file);
  if (!bytes)
    return failTool("cuobjdump", bytes.error().message);
  auto set = image::openFileBytes(std::as_bytes(std::span(*bytes)));
  if (!set)
    return failTool("cuobjdump", fmt::format("'{}': {}", file, set.error().message));
  if (set->images().empty()) {
    std::fprintf(stderr, "cuobjdump info    : File '%s' does not contain device code\n",
                 file.c_str());
    return 0;
  }
  size_t ptx = 0, elf = 0;
  for (const image::Image& image : set->images()) {
    bool isPtx = image.kind == image::Kind::Ptx;
    std::string name = nameOf(file, image, ++(isPtx ? ptx : elf));
    if (isPtx ? wanted.listPtx : wanted.listElf)
      fmt::print("{} file {:>4}: {}\n", isPtx ? "PTX" : "ELF", isPtx ? ptx : elf, name);
    bool extract = isPtx && (wanted.extract == "all" ||
                             (!wanted.extract.empty() && name.find(wanted.extract) != name.npos));
    if (!isPtx || !(wanted.dump || extract))
      continue;
    auto text = image.unpack();
    if (!text)
      return failTool("cuobjdump", fmt::format("'{}': {}", name, text.error().message));
    if (wanted.dump)
      dump(image, *text);
    Session session({});
    if (extract) {
      fmt::print("Extracting PTX file {:>4}: {}\n", ptx, name);
      if (auto written = session.write(name, *text); !written)
        return failTool("cuobjdump", written.error().message);
    }
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv,
                      {"xptx", "extract-ptx", "xelf", "extract-elf", "arch", "gpu-architecture"});
  if (arguments.has("h") || arguments.has("help"))
    return std::fputs(kHelp, stdout), 0;
  if (arguments.has("V") || arguments.has("version"))
    return printToolVersion("cuobjdump", "Cuda object dumper");
  for (const char* no : {"sass", "dump-sass", "elf", "dump-elf"})
    if (arguments.has(no))
      return failTool(
          "cuobjdump",
          "SASS is NVIDIA's machine code, which is not disassembled here; -ptx shows PTX");
  if (arguments.files.empty())
    return failTool("cuobjdump",
                    "No input files specified; use option --help for more information");
  Wanted wanted{arguments.has("lptx") || arguments.has("list-ptx"),
                arguments.has("lelf") || arguments.has("list-elf"),
                arguments.has("ptx") || arguments.has("dump-ptx"),
                arguments.last({"xptx", "extract-ptx"})};
  wanted.dump |= !wanted.listPtx && !wanted.listElf && wanted.extract.empty();
  int code = 0;
  for (const std::string& file : arguments.files)
    code |= show(file, wanted);
  return code;
}
