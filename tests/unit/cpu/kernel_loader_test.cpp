// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loader with compilers that misbehave, and without a usable cache.
#include "backends/cpu/kernel_loader.h"
#include "engine_fixture.h"

#include <atomic>
#include <filesystem>
#include <fstream>

namespace anywarp::cpu {
namespace {

std::atomic<int> compilations{0};

std::vector<char> readFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Kernel "one" or "two" of loaded_kernel.c.
Result<std::vector<char>> goodCompiler(const CompileRequest& request) {
  compilations++;
  return readFile(request.kernel == "one" ? AW_KERNEL_ONE : AW_KERNEL_TWO);
}
Result<std::vector<char>> crashingCompiler(const CompileRequest&) {
  *reinterpret_cast<volatile int*>(8) = 1;
  return std::vector<char>();
}
Result<std::vector<char>> garbageCompiler(const CompileRequest&) {
  return std::vector<char>(1000, 'x');
}
Result<std::vector<char>> failingCompiler(const CompileRequest& request) {
  return makeError(Status::InvalidPtx, request.kernel + " makes no sense");
}

class KernelLoaderTest : public EngineTest {
protected:
  KernelLoaderTest() {
    char path[] = "/tmp/anywarp-loader-test-XXXXXX";
    directory_ = mkdtemp(path);
    compilations = 0;
  }
  ~KernelLoaderTest() override { std::filesystem::remove_all(directory_); }

  KernelLoader loader(CompileFn compiler, bool cached = true) {
    return KernelLoader(std::make_shared<Cache>(cached ? directory_ : "/proc/nowhere", 1 << 30), {},
                        compiler);
  }
  static CompileRequest request(const char* kernel) {
    CompileRequest result;
    result.kernel = kernel;
    return result;
  }
  int resultOf(KernelImage& image) {
    int value = 0;
    int* pointer = &value;
    EXPECT_TRUE(launch(image.info(), 1, 1, &pointer, sizeof pointer));
    return value;
  }
  std::string directory_;
};

TEST_F(KernelLoaderTest, compiles_once_and_finds_again) {
  for (int round = 0; round < 2; round++) {
    KernelLoader l = loader(goodCompiler);
    auto one = l.load(request("one")), two = l.load(request("two"));
    ASSERT_TRUE(one && two) << one.error().message;
    EXPECT_EQ(resultOf(**one), 1);
    EXPECT_EQ(resultOf(**two), 2);
  }
  EXPECT_EQ(compilations, 2);
}

TEST_F(KernelLoaderTest, different_options_are_different_code) {
  KernelLoader l = loader(goodCompiler);
  CompileRequest r = request("one");
  ASSERT_TRUE(l.load(r));
  r.vectorize.exactIndex = true;
  ASSERT_TRUE(l.load(r));
  r.vectorize.shape = spmd::BlockShape::Tile8;
  ASSERT_TRUE(l.load(r));
  r.vectorize.barriers = spmd::BarrierMode::Fiber;
  ASSERT_TRUE(l.load(r));
  EXPECT_EQ(compilations, 4);
}

TEST_F(KernelLoaderTest, works_without_a_cache) {
  KernelLoader l = loader(goodCompiler, false);
  for (int i = 0; i < 3; i++) { // images come and go; names of memory files must not mix them up
    auto one = l.load(request("one")), two = l.load(request("two"));
    ASSERT_TRUE(one && two) << one.error().message;
    EXPECT_EQ(resultOf(**one), 1);
    EXPECT_EQ(resultOf(**two), 2);
    one = l.load(request("two"));
    EXPECT_EQ(resultOf(**one), 2);
  }
}

TEST_F(KernelLoaderTest, a_crash_of_the_compiler_is_an_error) {
  auto result = loader(crashingCompiler).load(request("one"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().status, Status::InvalidPtx);
  EXPECT_NE(result.error().message.find("one"), std::string::npos);
}

TEST_F(KernelLoaderTest, code_that_cannot_be_loaded_is_an_error) {
  EXPECT_EQ(loader(garbageCompiler).load(request("one")).status(), Status::SharedObjectInitFailed);
  EXPECT_EQ(loader(garbageCompiler, false).load(request("one")).status(),
            Status::SharedObjectInitFailed);
}

TEST_F(KernelLoaderTest, errors_of_the_compiler_come_through) {
  auto result = loader(failingCompiler).load(request("one"));
  EXPECT_EQ(result.status(), Status::InvalidPtx);
  EXPECT_EQ(result.error().message, "one makes no sense");
}

TEST_F(KernelLoaderTest, a_cached_entry_that_is_no_kernel_is_compiled_again) {
  loader(garbageCompiler).load(request("one")).status(); // is stored before it is loaded
  auto result = loader(goodCompiler).load(request("one"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(resultOf(**result), 1);
}

} // namespace
} // namespace anywarp::cpu
