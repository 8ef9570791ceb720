// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvrtc/options.h"

#include "nvrtc/support.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <functional>

namespace anywarp::nvrtc {
namespace {

enum class Kind {
  Flag,    // no value
  Bool,    // =true or =false, or the next word
  Integer, // likewise
  Text,    // likewise
  Joined,  // -Ifolder, -I folder
  Equals,  // the value follows '=' only
};

struct Option;
struct Parser;
using Apply = void (*)(Parser& parser, const Option& option, const std::string& value);

struct Option {
  const char* name;  // "--fmad"
  const char* brief; // "-fmad"; null: none
  Kind kind;
  Apply apply;
};

struct Parser {
  ParsedOptions out;
  std::string arch; // as given, for the warning about a second one

  void error(std::string text, nvrtcResult code = NVRTC_ERROR_INVALID_OPTION) {
    out.messages += text;
    if (out.result == NVRTC_SUCCESS)
      out.result = code;
  }
};

void nothing(Parser&, const Option&, const std::string&) {}
template <bool frontend::SourceRequest::* field>
void setFlag(Parser& p, const Option&, const std::string&) {
  p.out.request.*field = true;
}
template <bool frontend::SourceRequest::* field>
void setBool(Parser& p, const Option&, const std::string& value) {
  p.out.request.*field = value == "true";
}
template <bool frontend::SourceRequest::* field>
void clearFlag(Parser& p, const Option&, const std::string&) {
  p.out.request.*field = false;
}
template <bool frontend::Target::* field>
void setTarget(Parser& p, const Option&, const std::string& value) {
  p.out.request.target.*field = value != "false";
}
template <std::string ParsedOptions::* field>
void setText(Parser& p, const Option&, const std::string& value) {
  p.out.*field = value;
}
template <std::vector<std::string> frontend::SourceRequest::* field>
void addText(Parser& p, const Option&, const std::string& value) {
  if (!value.empty())
    (p.out.request.*field).push_back(value);
}

void setArchitecture(Parser& p, const Option&, const std::string& value) {
  std::string_view rest = value;
  bool virtualArch = rest.starts_with("compute_");
  if (virtualArch || rest.starts_with("sm_") || rest.starts_with("lto_")) {
    rest.remove_prefix(rest.find('_') + 1);
    unsigned number = 0;
    auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    std::string_view suffix(end, size_t(rest.data() + rest.size() - end));
    const auto& known = architectures();
    if (bad == std::errc() && std::find(known.begin(), known.end(), int(number)) != known.end() &&
        (suffix.empty() || suffix == "a" || suffix == "f")) {
      if ((suffix == "a" && number < 90) || (suffix == "f" && number < 100))
        return p.error("Command-line error: invalid or no value specified with --nv_arch flag\n\n1 "
                       "catastrophic error "
                       "detected in this compilation.\nCompilation terminated.\n",
                       NVRTC_ERROR_COMPILATION);
      if (!p.arch.empty())
        p.out.messages +=
            fmt::format("nvrtc: warning: \"--gpu-architecture(-arch)={}\" followed by "
                        "\"--gpu-architecture(-arch)={}\"\n",
                        p.arch, rest);
      p.arch = rest;
      p.out.machineCode = value.starts_with("sm_");
      p.out.request.target.arch = number;
      p.out.request.target.archSuffix = suffix.empty() ? char(0) : suffix[0];
      return;
    }
  }
  p.error("nvrtc: error: invalid value for --gpu-architecture (-arch)\n");
}

void setStandard(Parser& p, const Option&, const std::string& value) {
  static constexpr const char* kKnown[] = {"c++03", "c++11", "c++14", "c++17", "c++20"};
  for (const char* known : kKnown)
    if (value == known && (kCudaMajor >= 12 || value != "c++20")) {
      p.out.request.standard = value;
      return;
    }
  p.error("nvrtc: error: invalid value for --std(-std)\n");
}

void defineMacro(Parser& p, const Option&, const std::string& value) {
  char first = value.empty() ? '\0' : value[0];
  if (!isalpha(static_cast<unsigned char>(first)) && first != '_' && first != '$')
    return p.error(fmt::format("Command-line error: invalid macro definition: {}\n\n1 catastrophic "
                               "error detected in the "
                               "compilation of \"{}\".\nCompilation terminated.\n",
                               value, p.out.request.name),
                   NVRTC_ERROR_COMPILATION);
  p.out.request.macros.push_back("D" + value);
}
void undefineMacro(Parser& p, const Option&, const std::string& value) {
  p.out.request.macros.push_back("U" + value);
}

template <std::vector<unsigned> frontend::SourceRequest::* field>
void addNumbers(Parser& p, const Option&, const std::string& value) {
  for (size_t at = 0; at <= value.size();) {
    size_t end = std::min(value.find(',', at), value.size());
    unsigned number = 0;
    auto [stop, bad] = std::from_chars(value.data() + at, value.data() + end, number);
    if (bad != std::errc() && value.find_first_not_of(' ', at) == std::string::npos)
      return p.error(fmt::format("Command-line error: invalid error tag in diagnostic control "
                                 "option: {}\n\n1 catastrophic error "
                                 "detected in this compilation.\nCompilation terminated.\n",
                                 value),
                     NVRTC_ERROR_COMPILATION);
    if (bad == std::errc()) // a name of a message is of no message of clang's
      (p.out.request.*field).push_back(number);
    at = end + 1;
  }
}

void setFastMath(Parser& p, const Option&, const std::string&) {
  p.out.request.fastMath = p.out.request.target.flushDenormals = p.out.request.contract = true;
}
void setDebug(Parser& p, const Option&, const std::string&) {
  p.out.request.debug = true;
}
void setOptimization(Parser& p, const Option& option, const std::string& value) {
  if (value != "on")
    return p.error(fmt::format("nvrtc: error: invalid argument for option {} ({}): {}\n",
                               option.name, option.brief, value));
  p.out.request.target.optimization = 4; // asked for, whatever -G says
}
void setFastCompile(Parser& p, const Option& option, const std::string& value) {
  if (value != "0" && value != "min" && value != "mid" && value != "max")
    p.error(fmt::format("nvrtc: error: invalid argument for option {} ({}): {}\n", option.name,
                        option.brief, value));
  else if (value == "max")
    p.out.request.target.optimization = 0;
}
void setLto(Parser& p, const Option&, const std::string&) {
  p.out.lto = true;
}
void setOptix(Parser& p, const Option&, const std::string&) {
  p.out.optix = true;
}
void setSeparate(Parser& p, const Option&, const std::string&) {
  p.out.request.target.relocatable = true;
}
void setExtensible(Parser& p, const Option&, const std::string&) {
  p.out.request.target.relocatable = true; // functions keep their names, as they must there
}
void checkInline(Parser& p, const Option& option, const std::string& value) {
  if (value != "inline")
    p.error(fmt::format("nvrtc: error: invalid optimization tag for option {} ({}): {}\n",
                        option.name, option.brief, value));
}
void setFloat128(Parser& p, const Option&, const std::string&) {
  p.error("nvrtc: error: option --device-float128 is not supported by Anywarp\n");
}

using Request = frontend::SourceRequest;
constexpr Option kOptions[] = {
    {"--gpu-architecture", "-arch", Kind::Text, setArchitecture},
    {"--device-c", "-dc", Kind::Flag, setSeparate},
    {"--device-w", "-dw", Kind::Flag, nothing},
    {"--relocatable-device-code", "-rdc", Kind::Bool, setTarget<&frontend::Target::relocatable>},
    {"--extensible-whole-program", "-ewp", Kind::Flag, setExtensible},
    {"--device-debug", "-G", Kind::Flag, setDebug},
    {"--generate-line-info", "-lineinfo", Kind::Flag, setTarget<&frontend::Target::lineInfo>},
    {"--dopt", "-dopt", Kind::Text, setOptimization},
    {"--Ofast-compile", "-Ofc", Kind::Text, setFastCompile},
    {"--ptxas-options", "-Xptxas", Kind::Text, nothing},
    {"--maxrregcount", "-maxrregcount", Kind::Integer, nothing},
    {"--ftz", "-ftz", Kind::Bool, setTarget<&frontend::Target::flushDenormals>},
    {"--prec-sqrt", "-prec-sqrt", Kind::Bool, nothing},
    {"--prec-div", "-prec-div", Kind::Bool, nothing},
    {"--fmad", "-fmad", Kind::Bool, setBool<&Request::contract>},
    {"--use_fast_math", "-use_fast_math", Kind::Flag, setFastMath},
    {"--extra-device-vectorization", "-extra-device-vectorization", Kind::Flag, nothing},
    {"--modify-stack-limit", "-modify-stack-limit", Kind::Bool, nothing},
    {"--dlink-time-opt", "-dlto", Kind::Flag, setLto},
    {"--gen-opt-lto", "-gen-opt-lto", Kind::Flag, nothing},
    {"--optix-ir", "-optix-ir", Kind::Flag, setOptix},
    {"--jump-table-density", "-jtd", Kind::Integer, nothing},
    {"--device-stack-protector", "-device-stack-protector", Kind::Bool, nothing},
    {"--define-macro", "-D", Kind::Joined, defineMacro},
    {"--undefine-macro", "-U", Kind::Joined, undefineMacro},
    {"--include-path", "-I", Kind::Joined, addText<&Request::includeFolders>},
    {"--pre-include", "-include", Kind::Text, addText<&Request::preIncludes>},
    {"--no-source-include", "-no-source-include", Kind::Flag, clearFlag<&Request::sourceFolder>},
    {"--std", "-std", Kind::Equals, setStandard},
    {"--builtin-move-forward", "-builtin-move-forward", Kind::Bool, setBool<&Request::moveForward>},
    {"--builtin-initializer-list", "-builtin-initializer-list", Kind::Bool,
     setBool<&Request::initializerList>},
    {"--pch", "-pch", Kind::Flag, nothing},
    {"--create-pch", "-create-pch", Kind::Text, nothing},
    {"--use-pch", "-use-pch", Kind::Text, setText<&ParsedOptions::usePch>},
    {"--pch-dir", "-pch-dir", Kind::Text, nothing},
    {"--pch-verbose", "-pch-verbose", Kind::Bool, nothing},
    {"--pch-messages", "-pch-messages", Kind::Bool, nothing},
    {"--instantiate-templates-in-pch", "-instantiate-templates-in-pch", Kind::Bool, nothing},
    {"--disable-warnings", "-w", Kind::Flag, clearFlag<&Request::warnings>},
    {"--restrict", "-restrict", Kind::Flag, nothing},
    {"--device-as-default-execution-space", "-default-device", Kind::Flag,
     setFlag<&Request::defaultDevice>},
    {"--device-int128", "-device-int128", Kind::Flag, nothing},
    {"--device-float128", "-device-float128", Kind::Flag, setFloat128},
    {"--optimization-info", "-opt-info", Kind::Text, checkInline},
    {"--display-error-number", "-err-no", Kind::Flag, setFlag<&Request::numbers>},
    {"--no-display-error-number", "-no-err-no", Kind::Flag, clearFlag<&Request::numbers>},
    {"--diag-error", "-diag-error", Kind::Text, addNumbers<&Request::errors>},
    {"--diag-suppress", "-diag-suppress", Kind::Text, addNumbers<&Request::suppressed>},
    {"--diag-warn", "-diag-warn", Kind::Text, addNumbers<&Request::remarks>},
    {"--brief-diagnostics", "-brief-diag", Kind::Bool, nothing},
    {"--time", "-time", Kind::Text, setText<&ParsedOptions::timeFile>},
    {"--split-compile", "-split-compile", Kind::Integer, nothing},
    {"--fdevice-syntax-only", "-fdevice-syntax-only", Kind::Flag, setFlag<&Request::syntaxOnly>},
    {"--minimal", "-minimal", Kind::Flag, nothing},
    {"--version-ident", "-version-ident", Kind::Bool, nothing},
    {"--fdevice-time-trace", "-fdevice-time-trace", Kind::Text,
     setText<&ParsedOptions::timeTraceFile>},
    {"--frandom-seed", "-frandom-seed", Kind::Text, nothing},
    {"--no-cache", "-no-cache", Kind::Flag, nothing},
};

struct Match {
  const Option* option = nullptr;
  bool attached = false; // a value came with the word
  std::string value;
};

Match match(const std::string& word) {
  std::string head = word.substr(0, word.find('='));
  bool equals = head.size() < word.size();
  for (const Option& option : kOptions) {
    bool named = head == option.name || head == option.brief ||
                 (option.kind == Kind::Flag &&
                  head == "-" + std::string(option.name + 1)); // --w and -w alike
    if (named && !(option.kind == Kind::Joined && head == option.brief))
      return {&option, equals, equals ? word.substr(head.size() + 1) : std::string()};
  }
  for (const Option& option : kOptions)
    if (option.kind == Kind::Joined && word.starts_with(option.brief)) {
      std::string value = word.substr(std::char_traits<char>::length(option.brief));
      value.erase(0, value.find_first_not_of(' '));
      return {&option, !value.empty(), value};
    }
  return {};
}

// Insertions, deletions and replacements between two words.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    size_t corner = row[0]++;
    for (size_t j = 1; j <= b.size(); j++) {
      size_t next = std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1])});
      corner = std::exchange(row[j], next);
    }
  }
  return row[b.size()];
}

std::string unknown(const std::string& word) {
  std::string text = fmt::format("nvrtc: error: unrecognized option {} found\n", word);
  std::string_view head = std::string_view(word).substr(0, word.find('='));
  const char* nearest = nullptr;
  size_t best = 4;
  for (const Option& option : kOptions)
    for (const char* name : {option.name, option.brief})
      if (size_t d = distance(head, name); d < best && d * 2 < head.size())
        best = d, nearest = name;
  if (nearest)
    text += fmt::format("nvrtc: note: the nearest option is {}\n", nearest);
  return text;
}

void applyOption(Parser& p, const Match& found) {
  const Option& option = *found.option;
  auto say = [&](const char* what) {
    p.error(fmt::format("nvrtc: error: {} ({}) {}\n", option.name, option.brief, what));
  };
  switch (option.kind) {
  case Kind::Flag:
    if (found.attached)
      return say("does not accept any argument");
    break;
  case Kind::Bool:
    if (found.value != "true" && found.value != "false")
      return say("expects true or false");
    break;
  case Kind::Integer: {
    int number = 0;
    const char* end = found.value.data() + found.value.size();
    auto [stop, bad] = std::from_chars(found.value.data(), end, number);
    if (bad != std::errc() || stop != end)
      return say("expects an integer value");
    break;
  }
  default:
    break;
  }
  option.apply(p, option, found.value);
}

std::string trimmed(const std::string& word) {
  size_t begin = word.find_first_not_of(' ');
  return begin == std::string::npos ? std::string()
                                    : word.substr(begin, word.find_last_not_of(' ') - begin + 1);
}

} // namespace

ParsedOptions parseOptions(const std::vector<std::string>& words, const std::string& name) {
  Parser p;
  p.out.request.name = name;
  p.out.request.target.arch = unsigned(kCudaMajor >= 13 ? 75 : 52);
  p.out.request.target.ptxVersion = kCudaMajor >= 13 ? 90 : kCudaMajor == 12 ? 88 : 85;
  p.out.request.cudaMajor = kCudaMajor;
  p.out.request.cudaMinor = kCudaMinor;
  if (kCudaMajor < 12)
    p.out.request.standard = "c++14";
  for (size_t i = 0; i < words.size() && p.out.result == NVRTC_SUCCESS; i++) {
    std::string word = trimmed(words[i]);
    Match found = match(word);
    if (!found.option || (found.option->kind == Kind::Equals && !found.attached)) {
      p.error(unknown(word));
      break;
    }
    if (found.option->kind != Kind::Flag && !found.attached && i + 1 < words.size())
      found.value = trimmed(words[++i]);
    applyOption(p, found);
  }
  frontend::Target& target = p.out.request.target;
  bool kept =
      std::exchange(target.optimization, target.optimization == 4 ? 3 : target.optimization) == 4;
  if (p.out.request.debug && !kept)
    target.optimization = 0;
  return std::move(p.out);
}

} // namespace anywarp::nvrtc
