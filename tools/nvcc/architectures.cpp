// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See architectures.h.
#include "architectures.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace anywarp::nvcc {
namespace {

// nvcc 13.0's default, so that a project sees the same __CUDA_ARCH__ here.
constexpr Architecture kDefault{75, 0};
// Those of nvcc 13.0 first (from `nvcc --list-gpu-arch`), then older ones that clang still compiles
// for.
const std::vector<unsigned> kListed = {75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121};
const std::vector<unsigned> kOlder = {30, 32, 35, 37, 50, 52, 53, 60, 61, 62, 70, 72};
const std::vector<unsigned> kMajor = {75, 80, 90, 100, 110, 120};
// What clang 19 knows.
constexpr unsigned kNewestOfClang = 90;

Error bad(std::string message) {
  return makeError(Status::InvalidValue, std::move(message));
}

bool contains(const std::vector<unsigned>& list, unsigned number) {
  return std::find(list.begin(), list.end(), number) != list.end();
}

std::optional<Architecture> parseName(std::string_view name) {
  Architecture named;
  size_t prefix = name.find('_') + 1;
  std::string_view kind = name.substr(0, prefix);
  if (kind != "compute_" && kind != "sm_" && kind != "lto_")
    return std::nullopt;
  name.remove_prefix(prefix);
  if (!name.empty() && (name.back() == 'a' || name.back() == 'f')) {
    named.suffix = name.back();
    name.remove_suffix(1);
  }
  if (name.empty() || name.size() > 3 ||
      name.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  for (char c : name)
    named.number = named.number * 10 + unsigned(c - '0');
  unsigned number = named.number;
  bool known = contains(kListed, number) || contains(kOlder, number);
  bool suffixFits = !named.suffix || number >= 100 || (number == 90 && named.suffix == 'a');
  return known && suffixFits ? std::optional(named) : std::nullopt;
}

Result<Architecture> parseOrFail(const std::string& name) {
  if (auto named = parseName(name))
    return *named;
  return bad(fmt::format("Unsupported gpu architecture '{}'", name));
}

// code=[sm_80,sm_86], code="sm_80,sm_86", code=sm_80,sm_86
std::vector<std::string> codeList(std::string text) {
  std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == '"' || c == '\''; });
  return splitList(text);
}

class Collector {
public:
  explicit Collector(Architecture native) : native_(native) {}

  Result<void> pair(const std::string& arch, const std::vector<std::string>& codes) {
    if (arch == "native" || arch == "all" || arch == "all-major")
      return shorthand(arch);
    auto base = parseOrFail(arch);
    if (!base)
      return base.error();
    for (const std::string& code : codes) {
      auto named = parseOrFail(code);
      if (!named)
        return named.error();
      if (named->number < base->number)
        return bad(fmt::format("Incompatible code generation requested: arch='{}', code='{}'", arch,
                               code));
    }
    add(*base);
    return {};
  }

  // "arch=compute_80,code=[sm_80,compute_80]": a value goes on to the next key.
  Result<void> gencode(const std::string& text) {
    auto valueOf = [&text](std::string_view key, std::string_view other) {
      size_t at = text.find(key);
      if (at == std::string::npos)
        return std::string();
      at += key.size();
      size_t end = text.find(other, at);
      return text.substr(at, end == std::string::npos ? end : end - at);
    };
    std::string arch = valueOf("arch=", ",code="), codes = valueOf("code=", ",arch=");
    if (arch.empty())
      return bad(fmt::format("'{}' in --generate-code has no arch=", text));
    return pair(arch, codeList(codes));
  }

  Result<Architectures> finish() && {
    if (result_.passes.empty())
      add(kDefault);
    std::sort(result_.passes.begin(), result_.passes.end(),
              [](const Architecture& a, const Architecture& b) {
                return a.number != b.number ? a.number < b.number : a.suffix < b.suffix;
              });
    return std::move(result_);
  }

private:
  Result<void> shorthand(const std::string& name) {
    if (name == "native")
      add(native_);
    else
      for (unsigned number : name == "all" ? kListed : kMajor)
        add({number, 0});
    return {};
  }
  void add(Architecture architecture) {
    if (std::find(result_.passes.begin(), result_.passes.end(), architecture) ==
        result_.passes.end())
      result_.passes.push_back(architecture);
  }

  Architecture native_;
  Architectures result_;
};

} // namespace

std::string Architecture::name() const {
  return std::to_string(number) + (suffix ? std::string(1, suffix) : "");
}

bool Architecture::known() const {
  return number <= kNewestOfClang && number != 88 && suffix != 'f';
}

std::string Architecture::clangName() const {
  if (known())
    return "sm_" + name();
  return number == 88 ? "sm_87" : fmt::format("sm_{}", kNewestOfClang);
}

Result<Architectures> architecturesOf(const CommandLine& line, Architecture native) {
  Collector collector(native);
  std::string arch = line.last(OPT_gpu_architecture);
  std::vector<std::string> codes = line.list(OPT_gpu_code);
  if (!arch.empty()) {
    if ((arch == "native" || arch.starts_with("all")) && !codes.empty())
      return bad(fmt::format("-arch={} cannot be used with -code", arch));
    AW_TRY(collector.pair(arch, codes));
  } else if (!codes.empty()) {
    return bad("--gpu-code needs --gpu-architecture");
  }
  for (const llvm::opt::Arg* arg : line.args().filtered(OPT_generate_code))
    AW_TRY(collector.gencode(arg->getValue()));
  return std::move(collector).finish();
}

std::string architectureList(const std::vector<Architecture>& passes) {
  std::string list;
  for (const Architecture& pass : passes)
    list += fmt::format("{}{}0", list.empty() ? "" : ",", pass.number);
  return list;
}

const std::vector<unsigned>& listedArchitectures() {
  return kListed;
}

} // namespace anywarp::nvcc
