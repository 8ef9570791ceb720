// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fatbinary: puts PTX and cubins into one fatbin. A cubin of ours is a fatbin already, and its
// images are taken over.
#include "arguments.h"
#include "image/image.h"
#include "image/ptx_text.h"
#include "image/writer.h"
#include "options.h"
#include "session.h"

#include <deque>
#include <fmt/format.h>
#include <span>

using namespace anywarp;
using namespace anywarp::nvcc;

namespace {

constexpr const char* kHelp =
    "Usage: fatbinary --create=FILE --image3=kind={ptx|elf},sm=NN,file=FILE...\n"
    "  --image=profile={compute|sm}_NN,file=FILE   the older form of the same\n"
    "  --no-compress                               store PTX as it is\n"
    "Other options of NVIDIA's fatbinary are accepted and have no effect, but for "
    "--embedded-fatbin.\n";

// "kind=ptx,sm=75,file=x" -> the value of `key`.
std::string field(const std::string& specification, std::string_view key) {
  for (const std::string& part : splitList(specification))
    if (part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=')
      return part.substr(key.size() + 1);
  return "";
}

class Packer {
public:
  explicit Packer(bool compress) : compress_(compress) {}

  Result<void> add(const std::string& path) {
    auto bytes = readFile(path);
    if (!bytes)
      return bytes.error();
    texts_.push_back(std::move(*bytes));
    const std::string& text = texts_.back();
    auto set = image::openFileBytes(std::as_bytes(std::span(text)));
    if (!set)
      return makeError(set.status(), fmt::format("'{}': {}", path, set.error().message));
    for (const image::Image& image : set->images())
      AW_TRY(add(image, path));
    return {};
  }
  std::vector<std::byte> finish() const { return image::writeFatbin(images_); }

private:
  Result<void> add(const image::Image& image, const std::string& path) {
    auto bytes = image.unpack();
    if (!bytes)
      return makeError(bytes.status(), fmt::format("'{}': {}", path, bytes.error().message));
    texts_.push_back(std::move(*bytes));
    image::NewImage added;
    added.kind = image.kind;
    added.arch = image.arch;
    added.versionMajor = image.versionMajor;
    added.versionMinor = image.versionMinor;
    if (image.kind == image::Kind::Ptx && !added.versionMajor) {
      image::PtxHeader header = image::readPtxHeader(texts_.back());
      added.arch = header.arch;
      added.versionMajor = header.versionMajor;
      added.versionMinor = header.versionMinor;
    }
    added.bytes = texts_.back();
    names_.push_back(path);
    added.name = names_.back();
    added.compression = compress_ ? image::Compression::Zstd : image::Compression::None;
    images_.push_back(added);
    return {};
  }

  bool compress_;
  std::deque<std::string> texts_, names_; // the images view into them
  std::vector<image::NewImage> images_;
};

} // namespace

int main(int argc, char** argv) {
  Arguments arguments(
      argc, argv,
      {"create", "image", "image3", "cmdline", "cicc-cmdline", "ident", "embedded-fatbin"});
  if (arguments.has("h") || arguments.has("help"))
    return std::fputs(kHelp, stdout), 0;
  if (arguments.has("V") || arguments.has("version"))
    return printToolVersion("fatbinary", "Fatbinary constructor");
  std::string output = arguments.last({"create"});
  if (!arguments.last({"embedded-fatbin"}).empty())
    return failTool("fatbinary", "--embedded-fatbin is not supported: the objects that nvcc makes "
                                 "embed their fatbins themselves");
  if (output.empty())
    return failTool("fatbinary",
                    "No output file specified; use option --help for more information");
  Packer packer(!arguments.has("no-compress"));
  for (const char* form : {"image3", "image"})
    for (const std::string& specification : arguments.values[form]) {
      std::string file = field(specification, "file");
      if (file.empty())
        return failTool("fatbinary", fmt::format("'{}' names no file", specification));
      if (auto added = packer.add(file); !added)
        return failTool("fatbinary", added.error().message);
    }
  std::vector<std::byte> bytes = packer.finish();
  Session session({});
  auto written = session.write(output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return written ? 0 : failTool("fatbinary", written.error().message);
}
