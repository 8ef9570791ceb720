// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fatbins, cubins and programs as nvcc makes them; skipped where there is no nvcc.
#include "bytes_util.h"
#include "image/elf.h"
#include "image/ptx_text.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

namespace anywarp::image {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Nvcc : public testing::Test {
protected:
  void SetUp() override {
#ifndef ANYWARP_NVCC
    GTEST_SKIP() << "nvcc was not found when this was configured";
#endif
    std::string pattern = testing::TempDir() + "anywarp-image-XXXXXX";
    ASSERT_TRUE(mkdtemp(pattern.data()));
    folder_ = pattern;
    std::ofstream(folder_ + "/a.cu")
        << "extern \"C\" __global__ void foo(int* p) { *p = 1; }\n"
           "__global__ void bar(float* p) { *p *= 2; }\n"
           "int main() { foo<<<1, 1>>>(nullptr); bar<<<1, 1>>>(nullptr); }\n";
  }
  void TearDown() override {
    if (!folder_.empty())
      std::filesystem::remove_all(folder_);
  }

  // Output of nvcc with these options; empty (and a failure) where it does not compile.
  std::string compile(const std::string& options) {
#ifdef ANYWARP_NVCC
    std::string out = folder_ + "/out";
    std::string command = ANYWARP_NVCC " " + options + " -o " + out + " " + folder_ + "/a.cu > " +
                          folder_ + "/log 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::ifstream in(out, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
#else
    return {};
#endif
  }

  std::string folder_;
};

TEST_F(Nvcc, fatbin_with_specific_targets_and_compression) {
  for (std::string mode : {"default", "none", "size"}) {
    std::string bytes = compile("-fatbin -gencode arch=compute_80,code=[sm_80,compute_80] "
                                "-gencode arch=compute_90a,code=compute_90a -Xfatbin "
                                "-compress-all -Xfatbin -compress-mode=" +
                                mode);
    auto set = openBytes(asBytes(bytes));
    ASSERT_TRUE(set) << set.error().message;
    std::vector<std::string> names;
    for (const Image& image : set->images()) {
      names.push_back(image.archName());
      auto unpacked = image.unpack();
      ASSERT_TRUE(unpacked) << unpacked.error().message;
      if (image.kind == Kind::Ptx)
        EXPECT_THAT(ptxKernels(*unpacked), UnorderedElementsAre("foo", "_Z3barPf"));
      else
        EXPECT_THAT(readCubin(asBytes(*unpacked))->kernels,
                    UnorderedElementsAre("foo", "_Z3barPf"));
    }
    EXPECT_THAT(names, UnorderedElementsAre("sm_80", "compute_80", "compute_90a")) << mode;
    EXPECT_EQ(set->damage(), "");
  }
}

TEST_F(Nvcc, cubin) {
  std::string bytes = compile("-cubin -arch=sm_90");
  auto set = openBytes(asBytes(bytes));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->images()[0].archName(), "sm_90");
}

TEST_F(Nvcc, relocatable_program_with_shared_cudart) {
  std::string bytes =
      compile("-rdc=true -cudart shared -gencode arch=compute_80,code=[sm_80,compute_80]");
  auto set = openFileBytes(asBytes(bytes));
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_TRUE(set->relocatable());
  EXPECT_EQ(set->damage(), "");
  EXPECT_EQ(set->ptxUnits()->size(), 1u);
  auto file = readHostFile(asBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->staticCudart);
  EXPECT_THAT(file->needed, testing::Contains(testing::StartsWith("libcudart.so")));
}

TEST_F(Nvcc, program_with_static_cudart) {
  std::string bytes = compile("-arch=sm_80 -cudart static");
  auto file = readHostFile(asBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->staticCudart);
  EXPECT_TRUE(file->hasDeviceCode);
  EXPECT_TRUE(openFileBytes(asBytes(bytes))->ptxUnits());
}

} // namespace
} // namespace anywarp::image
