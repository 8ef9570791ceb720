// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loader with compilers that misbehave, without a usable cache, and with quick code first.
#include "backends/cpu/background.h"
#include "backends/cpu/kernel_loader.h"
#include "engine_fixture.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace anywarp::cpu {
namespace {

std::atomic<int> compilations{0};

std::vector<char> readFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Kernel "one" or "two" of loaded_kernel.c.
Result<CompiledCode> goodCompiler(const CompileRequest& request) {
  compilations++;
  return CompiledCode{readFile(request.kernel == "one" ? AW_KERNEL_ONE : AW_KERNEL_TWO)};
}
Result<CompiledCode> crashingCompiler(const CompileRequest&) {
  *reinterpret_cast<volatile int*>(8) = 1;
  return CompiledCode{};
}
Result<CompiledCode> garbageCompiler(const CompileRequest&) {
  return CompiledCode{std::vector<char>(1000, 'x')};
}
Result<CompiledCode> failingCompiler(const CompileRequest& request) {
  return makeError(Status::InvalidPtx, request.kernel + " makes no sense");
}

// The best code says 2, the quick code 1. The best waits until it may.
std::atomic<bool> mayFinish{true};
std::atomic<int> quickCompilations{0}, fullCompilations{0};
Result<CompiledCode> tieredCompiler(const CompileRequest& request) {
  if (request.tier != Tier::Full) {
    quickCompilations++;
    return CompiledCode{readFile(AW_KERNEL_ONE), /*quick=*/true};
  }
  mayFinish.wait(false);
  fullCompilations++;
  return CompiledCode{readFile(AW_KERNEL_TWO)};
}
// Where the best code is not to be had.
Result<CompiledCode> quickOnlyCompiler(const CompileRequest& request) {
  return request.tier == Tier::Full ? failingCompiler(request) : tieredCompiler(request);
}
Result<CompiledCode> crashingAtBestCompiler(const CompileRequest& request) {
  return request.tier == Tier::Full ? crashingCompiler(request) : tieredCompiler(request);
}

class KernelLoaderTest : public EngineTest {
protected:
  KernelLoaderTest() {
    char path[] = "/tmp/anywarp-loader-test-XXXXXX";
    directory_ = mkdtemp(path);
    compilations = quickCompilations = fullCompilations = 0;
  }
  ~KernelLoaderTest() override {
    finish();
    std::filesystem::remove_all(directory_);
  }

  KernelLoader loader(CompileFn compiler, bool cached = true) {
    return KernelLoader(std::make_shared<Cache>(cached ? directory_ : "/proc/nowhere", 1 << 30), {},
                        compiler);
  }
  static CompileRequest request(const char* kernel, Tier tier = Tier::Full) {
    CompileRequest result;
    result.kernel = kernel;
    result.tier = tier;
    return result;
  }
  // Lets the background compile, and waits for it.
  static void finish() {
    mayFinish = true;
    mayFinish.notify_all();
    Background::instance().drain();
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

TEST_F(KernelLoaderTest, better_code_replaces_quick_code_which_stays_usable) {
  mayFinish = false;
  KernelLoader l = loader(tieredCompiler);
  auto image = l.load(request("k", Tier::Auto));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(&(*image)->best(), image->get());
  EXPECT_EQ(resultOf((*image)->best()), 1);
  finish();
  EXPECT_EQ(resultOf((*image)->best()), 2);
  EXPECT_EQ(resultOf(**image), 1); // as blocks do that run since before
  EXPECT_EQ(quickCompilations, 1);
  EXPECT_EQ(fullCompilations, 1);
}

TEST_F(KernelLoaderTest, cached_best_code_never_meets_the_quick_one) {
  for (Tier first : {Tier::Auto, Tier::Full}) {
    std::string kernel = first == Tier::Auto ? "a" : "b";
    ASSERT_TRUE(loader(tieredCompiler).load(request(kernel.c_str(), first)));
    finish();
    int quick = quickCompilations, full = fullCompilations;
    auto image = loader(tieredCompiler).load(request(kernel.c_str(), Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf(**image), 2);
    Background::instance().drain();
    EXPECT_EQ(quickCompilations, quick);
    EXPECT_EQ(fullCompilations, full);
  }
}

TEST_F(KernelLoaderTest, cached_quick_code_is_used_and_made_better) {
  ASSERT_TRUE(loader(quickOnlyCompiler).load(request("k", Tier::Auto)));
  finish();
  mayFinish = false;
  auto image = loader(tieredCompiler).load(request("k", Tier::Auto));
  ASSERT_TRUE(image);
  EXPECT_EQ(quickCompilations, 1); // the first time
  EXPECT_EQ(resultOf((*image)->best()), 1);
  finish();
  EXPECT_EQ(resultOf((*image)->best()), 2);
}

TEST_F(KernelLoaderTest, a_tier_that_was_asked_for_is_what_comes) {
  KernelLoader l = loader(tieredCompiler);
  auto quick = l.load(request("k", Tier::Quick));
  ASSERT_TRUE(quick);
  Background::instance().drain();
  EXPECT_EQ(resultOf((*quick)->best()), 1);
  EXPECT_EQ(fullCompilations, 0);
  auto full = l.load(request("k", Tier::Full));
  ASSERT_TRUE(full);
  EXPECT_EQ(resultOf((*full)->best()), 2);
  quick = l.load(request("k", Tier::Quick)); // though there is better code in the cache
  ASSERT_TRUE(quick);
  EXPECT_EQ(resultOf((*quick)->best()), 1);
  EXPECT_EQ(quickCompilations, 1);
}

TEST_F(KernelLoaderTest, quick_code_stays_where_better_cannot_be_made) {
  for (CompileFn compiler : {quickOnlyCompiler, crashingAtBestCompiler}) {
    KernelLoader l = loader(compiler, /*cached=*/false);
    auto image = l.load(request("k", Tier::Auto));
    ASSERT_TRUE(image);
    finish();
    EXPECT_EQ(resultOf((*image)->best()), 1);
  }
}

TEST_F(KernelLoaderTest, better_code_is_kept_when_nobody_has_the_quick_one_any_more) {
  mayFinish = false;
  {
    KernelLoader l = loader(tieredCompiler);
    ASSERT_TRUE(l.load(request("k", Tier::Auto)));
  } // image and loader are gone
  finish();
  auto image = loader(tieredCompiler).load(request("k", Tier::Auto));
  ASSERT_TRUE(image);
  EXPECT_EQ(resultOf(**image), 2);
  EXPECT_EQ(fullCompilations, 1);
}

TEST_F(KernelLoaderTest, launches_go_on_while_code_is_replaced) {
  mayFinish = false;
  KernelLoader l = loader(tieredCompiler);
  auto image = l.load(request("k", Tier::Auto));
  ASSERT_TRUE(image);
  std::atomic<bool> stop{false}, wrong{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; i++)
    threads.emplace_back([&] {
      for (bool better = false; !stop;) {
        KernelImage& best = (*image)->best();
        bool now = &best != image->get();
        if ((better && !now) || best.info().abi != AW_KERNEL_ABI)
          wrong = true;
        better = now;
      }
    });
  finish();
  EXPECT_EQ(resultOf((*image)->best()), 2);
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_FALSE(wrong);
}

} // namespace
} // namespace anywarp::cpu
