// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "common/ptx_symbols.h"

#include <algorithm>

namespace anywarp::shim {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

// Functions that PTX may call without a definition (PTX ABI, device runtime).
bool isSystem(std::string_view name) {
  return name == "vprintf" || name == "malloc" || name == "free" || name == "__assertfail" ||
         name.starts_with("cuda") || name.starts_with("__cuda");
}

bool takeWord(std::string_view& text, std::string_view word) {
  size_t at = text.find_first_not_of(kBlank);
  if (at == std::string_view::npos || !text.substr(at).starts_with(word))
    return false;
  text.remove_prefix(at + word.size());
  return true;
}

// The name behind ".func", over the result in parentheses.
std::string_view takeName(std::string_view& text) {
  size_t at = text.find_first_not_of(kBlank);
  if (at != std::string_view::npos && text[at] == '(') {
    at = text.find(')', at);
    at = at == std::string_view::npos ? at : text.find_first_not_of(kBlank, at + 1);
  }
  if (at == std::string_view::npos)
    return {};
  size_t end = std::min(text.find_first_of(" \t\r\n(;{", at), text.size());
  std::string_view name = text.substr(at, end - at);
  text.remove_prefix(end);
  return name;
}

void add(std::vector<std::string_view>& list, std::string_view name) {
  if (!name.empty() && std::find(list.begin(), list.end(), name) == list.end())
    list.push_back(name);
}

} // namespace

PtxSymbols findPtxSymbols(std::string_view ptx) {
  PtxSymbols symbols;
  for (size_t at = 0; (at = ptx.find(".extern", at)) != std::string_view::npos; at += 7) {
    std::string_view rest = ptx.substr(at + 7);
    if (!takeWord(rest, ".func"))
      continue;
    std::string_view name = takeName(rest);
    if (!isSystem(name))
      add(symbols.wanted, name);
  }
  for (size_t at = 0; (at = ptx.find(".visible", at)) != std::string_view::npos; at += 8) {
    std::string_view rest = ptx.substr(at + 8);
    if (!takeWord(rest, ".func") && !takeWord(rest, ".entry"))
      continue;
    std::string_view name = takeName(rest);
    size_t body = rest.find_first_of(";{");
    if (body != std::string_view::npos && rest[body] == '{')
      add(symbols.defined, name);
  }
  return symbols;
}

} // namespace anywarp::shim
