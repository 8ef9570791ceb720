// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See environment.h.
#include "environment.h"

#include <cstdlib>

namespace anywarp::cli {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void setEnvironment(const char* name, const std::string& value) {
  setenv(name, value.c_str(), 1);
}

void prependEnvironment(const char* name, const std::string& entry) {
  std::string old = environment(name), list = entry;
  for (size_t at = 0; at <= old.size() && !old.empty();) {
    size_t end = std::min(old.find(':', at), old.size());
    std::string item = old.substr(at, end - at);
    if (!item.empty() && item != entry) // an empty item would mean the current folder
      list += ":" + item;
    at = end + 1;
  }
  setEnvironment(name, list);
}

} // namespace anywarp::cli
