// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/backend_loader.h"

#include "support/log.h"
#include "support/options.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <strings.h>

namespace anywarp::core {
namespace {

// The folder libanywarp.so was loaded from, with a slash; empty when it cannot be told.
std::string ownFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&openBackendDevices), &info) || !info.dli_fname)
    return {};
  char path[PATH_MAX];
  if (!realpath(info.dli_fname, path))
    return {};
  std::string folder = path;
  folder.resize(folder.rfind('/') + 1);
  return folder;
}

Result<Backend*> loadBackend(const std::string& name) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), [](char c) { return isalnum(c); }))
    return makeError(Status::NoDevice,
                     fmt::format("ANYWARP_DEVICES: \"{}\" is no backend name", name));
  std::string file = fmt::format("{}libanywarp_{}.so", ownFolder(), name);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(
        Status::NoDevice,
        fmt::format("the backend \"{}\" of ANYWARP_DEVICES cannot be loaded: {}", name, dlerror()));
  auto entry = reinterpret_cast<BackendEntry>(dlsym(library, "anywarpBackend"));
  if (!entry)
    return makeError(Status::NoDevice, fmt::format("{} is no Anywarp backend", file));
  return entry();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

template <typename F> void forEachPart(std::string_view text, char separator, F f) {
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(separator, begin), text.size());
    if (!f(trim(text.substr(begin, end - begin))))
      return;
    begin = end + 1;
  }
}

// Settings behind each other, separated by commas, whatever separated them before.
void addSettings(std::string& settings, std::string_view text) {
  for (char separator : {',', ':'})
    if (text.find(separator) != text.npos)
      return forEachPart(text, separator, [&](std::string_view part) {
        addSettings(settings, part);
        return true;
      });
  text = trim(text);
  if (text.empty())
    return;
  if (!settings.empty())
    settings += ',';
  settings += text;
}

} // namespace

std::string uuidText(const uint8_t (&u)[16]) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
  return text;
}

std::vector<DeviceSpec> parseDevices(std::string_view text) {
  std::vector<DeviceSpec> specs;
  forEachPart(text, ';', [&](std::string_view device) {
    bool first = true; // after a semicolon there is always a new device
    forEachPart(device, ',', [&](std::string_view part) {
      if (part.empty())
        return true;
      // "cpu" and "cpu:threads=2" begin a device, "memory=4G" goes on with its settings.
      size_t colon = std::min(part.find(':'), part.size());
      std::string_view name = trim(part.substr(0, colon));
      if (!first && name.find('=') != name.npos) {
        addSettings(specs.back().settings, part);
        return true;
      }
      first = false;
      specs.push_back({std::string(name), {}});
      addSettings(specs.back().settings, part.substr(std::min(colon + 1, part.size())));
      return true;
    });
    return true;
  });
  return specs;
}

std::vector<size_t> visibleIndices(const std::optional<std::string>& visible,
                                   const std::vector<std::string>& uuids) {
  std::vector<size_t> indices;
  if (!visible) {
    for (size_t i = 0; i < uuids.size(); ++i)
      indices.push_back(i);
    return indices;
  }
  forEachPart(*visible, ',', [&](std::string_view part) {
    size_t index = uuids.size();
    if (part.size() >= 4 && !strncasecmp(part.data(), "GPU-", 4)) {
      auto fits = [&](const std::string& uuid) {
        return part.size() <= uuid.size() && !strncasecmp(uuid.data(), part.data(), part.size());
      };
      auto it = std::find_if(uuids.begin(), uuids.end(), fits);
      if (it != uuids.end() && std::find_if(it + 1, uuids.end(), fits) == uuids.end())
        index = size_t(it - uuids.begin()); // an ambiguous prefix is invalid
    } else {
      auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
      if (error != std::errc() || end != part.data() + part.size())
        index = uuids.size();
    }
    if (index >= uuids.size())
      return false;
    if (std::find(indices.begin(), indices.end(), index) != indices.end()) {
      indices.clear(); // as CUDA: a device named twice hides all
      return false;
    }
    indices.push_back(index);
    return true;
  });
  return indices;
}

Result<std::vector<ListedDevice>> listDevices() {
  std::vector<ListedDevice> all;
  std::optional<Error> firstError;
  for (DeviceSpec& spec : parseDevices(options().devices)) {
    unsigned index = unsigned(all.size());
    Result<Backend*> backend = loadBackend(spec.backend);
    if (!backend) {
      if (firstError)
        log::error("{}", backend.error().message); // the first one is the caller's
      else
        firstError = backend.error();
      continue;
    }
    Result<DeviceInfo> info = (*backend)->describe(spec.settings, index);
    if (!info) {
      if (log::firstTime(info.error().message))
        log::error("{}; the device is opened without settings", info.error().message);
      spec.settings.clear();
      info = (*backend)->describe(spec.settings, index);
    }
    if (!info)
      return info.error();
    all.push_back({std::move(spec), *backend, index, std::move(*info)});
  }
  if (all.empty())
    return firstError ? *firstError
                      : makeError(Status::NoDevice, "ANYWARP_DEVICES names no device");
  if (firstError)
    log::error("{}", firstError->message);
  return all;
}

Result<std::vector<std::unique_ptr<BackendDevice>>> openBackendDevices() {
  Result<std::vector<ListedDevice>> all = listDevices();
  if (!all)
    return all.error();
  std::vector<std::string> uuids;
  for (const ListedDevice& device : *all)
    uuids.push_back(uuidText(device.info.uuid));
  std::vector<std::unique_ptr<BackendDevice>> shown;
  for (size_t index : visibleIndices(visibleDevicesNow(), uuids)) {
    const ListedDevice& listed = (*all)[index];
    auto device = listed.backend->openAt(listed.spec.settings, listed.index);
    if (!device)
      return device.error();
    shown.push_back(std::move(*device));
  }
  if (shown.empty())
    return makeError(Status::NoDevice, "CUDA_VISIBLE_DEVICES hides all devices");
  return shown;
}

} // namespace anywarp::core
