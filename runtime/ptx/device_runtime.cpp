// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/device_runtime.h"

#include <string>
#include <unordered_map>

namespace anywarp::ptx {
namespace {

struct Row {
  const char* name;
  const char* signature;
  const char* forms;
};

constexpr Row kRows[] = {
#define AW_DEVICE_RUNTIME(name, signature, forms, status, note) {#name, signature, forms},
#include "ptx/device_runtime.def"
#undef AW_DEVICE_RUNTIME
};

using Table = std::unordered_map<std::string, DeviceRuntimeFunction>;

Table makeTable() {
  Table table;
  uint32_t number = 0;
  for (const Row& row : kRows) {
    DeviceRuntimeFunction function{DeviceRuntimeId(number++), row.signature};
    std::string_view forms = row.forms;
    std::string name = row.name, cdp2;
    if (forms.find('2') != forms.npos)
      cdp2 = "__cudaCDP2" + name.substr(4); // without "cuda"
    for (const std::string& spelled : {name, cdp2}) {
      if (spelled.empty())
        continue;
      function.cdp2 = spelled == cdp2;
      function.perThread = false;
      table.emplace(spelled, function);
      function.perThread = true;
      if (forms.find('s') != forms.npos)
        table.emplace(spelled + "_ptsz", function);
    }
  }
  return table;
}

} // namespace

const DeviceRuntimeFunction* findDeviceRuntime(std::string_view name) {
  if (!name.starts_with("cuda") && !name.starts_with("__cuda"))
    return nullptr;
  static const Table table = makeTable();
  auto it = table.find(std::string(name));
  return it == table.end() ? nullptr : &it->second;
}

} // namespace anywarp::ptx
