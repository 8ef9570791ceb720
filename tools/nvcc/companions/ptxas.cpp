// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptxas: checks PTX as the runtime does when it loads it. What it writes is called cubin, holds the
// PTX, and loads wherever Anywarp's driver takes a cubin: machine code depends on the processor and
// is made there.
#include "arguments.h"
#include "image/ptx_text.h"
#include "image/writer.h"
#include "ptx/check.h"
#include "ptx/index.h"
#include "session.h"
#include "usage.h"

#include <memory>

using namespace anywarp;
using namespace anywarp::nvcc;

namespace {

constexpr const char* kHelp =
    "Usage: ptxas [options] file.ptx...\n"
    "  -arch, --gpu-name sm_NN     accepted: the PTX names its own architecture\n"
    "  -o, --output-file FILE      output, elf.o if not given\n"
    "  -v, --verbose               report what kernels use\n"
    "  -c, --compile-only          do not link: functions of other files may be missing\n"
    "Other options of NVIDIA's ptxas are accepted and have no effect.\n";

Result<void> check(const std::string& text, const std::string& path) {
  auto index = ptx::Index::build({std::make_shared<const PtxText>(text, path)});
  if (!index)
    return index.error();
  return ptx::checkBodies(**index);
}

} // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv,
                      {"arch", "gpu-name", "o", "output-file", "maxrregcount", "m", "opt-level",
                       "O", "e", "entry", "def-load-cache", "dlcm", "dscm", "def-store-cache",
                       "optf", "options-file"});
  if (arguments.has("h") || arguments.has("help"))
    return std::fputs(kHelp, stdout), 0;
  if (arguments.has("V") || arguments.has("version"))
    return printToolVersion("ptxas", "Ptx optimizing assembler");
  if (arguments.files.empty())
    return failTool("ptxas", "No input files specified; use option --help for more information");
  std::vector<std::string> texts;
  for (const std::string& path : arguments.files) {
    auto text = readFile(path);
    if (!text)
      return failTool("ptxas", text.error().message);
    if (auto good = check(*text, path); !good) {
      std::fprintf(stderr, "%s\n", good.error().message.c_str());
      return failTool("ptxas", "Ptx assembly aborted due to errors");
    }
    if (arguments.has("v") || arguments.has("verbose"))
      reportUsage(*text, path, arguments.last({"arch", "gpu-name"}, "sm_75"));
    texts.push_back(std::move(*text));
  }
  std::vector<image::NewImage> images;
  for (size_t i = 0; i < texts.size(); ++i) {
    image::PtxHeader header = image::readPtxHeader(texts[i]);
    image::NewImage image;
    image.arch = header.arch;
    image.versionMajor = header.versionMajor;
    image.versionMinor = header.versionMinor;
    image.bytes = texts[i];
    image.name = arguments.files[i];
    images.push_back(image);
  }
  std::vector<std::byte> bytes = image::writeFatbin(images);
  Session session({});
  auto written = session.write(arguments.last({"o", "output-file"}, "elf.o"),
                               {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return written ? 0 : failTool("ptxas", written.error().message);
}
