// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For instructions that the threads of a warp or block carry out together: the PTX of a file in
// this folder runs on the cpu backend with the real compiler; the C++ test beside it knows the
// expected results. runner.cpp counts the file's records as tested.
#pragma once

#include "core/backend.h"

#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace anywarp::ptxtest {

class GangTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    void* module = dlopen(AW_CPU_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(module, nullptr) << dlerror();
    auto entry = reinterpret_cast<BackendEntry>(dlsym(module, "anywarpBackend"));
    ASSERT_NE(entry, nullptr);
    auto opened = entry()->open("threads=2,memory=1G");
    ASSERT_TRUE(opened) << opened.error().message;
    device = std::move(*opened);
  }
  static void TearDownTestSuite() { device.reset(); }

  // `file`: name of a .ptx file in this folder.
  void load(const std::string& file) {
    std::ifstream in(std::string(AW_GANG_FOLDER "/") + file);
    std::stringstream text;
    text << in.rdbuf();
    ASSERT_TRUE(in) << file;
    loadText(text.str());
  }
  void loadText(const std::string& ptx) {
    auto program = device->load({std::make_shared<const PtxText>(ptx)});
    ASSERT_TRUE(program) << program.error().message;
    program_ = std::move(*program);
  }

  // One block after the other in x; parameters at their natural alignment, as PTX lays them out.
  template <typename... Args>
  Result<void> launch(const char* kernel, uint32_t blocks, uint32_t threads, Args... args) {
    return launchClusters(kernel, blocks, 0, threads, args...);
  }
  // The same in clusters of `cluster` blocks.
  template <typename... Args>
  Result<void> launchClusters(const char* kernel, uint32_t blocks, uint32_t cluster,
                              uint32_t threads, Args... args) {
    BackendKernel* k = program_->kernel(kernel);
    EXPECT_NE(k, nullptr) << kernel;
    if (!k)
      return makeError(Status::NotFound, kernel);
    std::vector<std::byte> params;
    auto put = [&params](auto value) {
      while (params.size() % std::min(sizeof value, size_t(8)))
        params.push_back(std::byte(0));
      auto* p = reinterpret_cast<const std::byte*>(&value);
      params.insert(params.end(), p, p + sizeof value);
    };
    (put(args), ...);
    LaunchConfig config;
    config.grid[0] = blocks;
    config.block[0] = threads;
    if (cluster)
      config.cluster[0] = cluster, config.cluster[1] = config.cluster[2] = 1;
    config.params = params;
    return device->run(*k, config);
  }

  static inline std::unique_ptr<BackendDevice> device;
  std::unique_ptr<Program> program_;
};

} // namespace anywarp::ptxtest
