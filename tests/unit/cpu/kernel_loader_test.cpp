// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loader with compilers that misbehave, without a usable cache, and with quick code first.
#include "backends/cpu/kernel_loader.h"
#include "engine_fixture.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
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

// The quick code says 1. The best, which later_compiler.cpp makes in a process of its own, says 2.
std::atomic<int> quickCompilations{0}, fullHere{0};
Result<CompiledCode> tieredCompiler(const CompileRequest& request) {
  if (request.tier == Tier::Full) {
    fullHere++;
    return CompiledCode{readFile(AW_KERNEL_TWO)};
  }
  quickCompilations++;
  return CompiledCode{readFile(AW_KERNEL_ONE), /*quick=*/true};
}

class KernelLoaderTest : public EngineTest {
protected:
  KernelLoaderTest() {
    char path[] = "/tmp/anywarp-loader-test-XXXXXX";
    directory_ = mkdtemp(path);
    std::filesystem::create_directory(directory_ + "/cache");
    compilations = quickCompilations = fullHere = 0;
    index_ = *ptx::Index::build({std::make_shared<const PtxText>(
        ".version 8.0\n.target sm_80\n.address_size 64\n", directory_)});
    later_ = process(AW_COMPILE_PROGRAM, AW_LATER_COMPILER);
  }
  ~KernelLoaderTest() override {
    finish();
    std::filesystem::remove_all(directory_);
  }

  static std::shared_ptr<CompileProcess> process(const char* program, const char* compiler) {
    return std::make_shared<CompileProcess>(program, compiler, buildId(compiler));
  }
  KernelLoader loader(CompileFn compiler, bool cached = true) {
    return KernelLoader(
        std::make_shared<Cache>(cached ? directory_ + "/cache" : "/proc/nowhere", 1 << 30), {},
        compiler, later_);
  }
  CompileRequest request(const char* kernel, Tier tier = Tier::Full) {
    CompileRequest result;
    result.index = index_;
    result.kernel = kernel;
    result.tier = tier;
    return result;
  }
  // later_compiler.cpp waits until finish().
  void holdBack() { std::ofstream(directory_ + "/wait"); }
  void finish() {
    std::filesystem::remove(directory_ + "/wait");
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (later_->pending() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(later_->pending(), 0u);
  }
  // What later_compiler.cpp has compiled.
  size_t fullCompilations() { return readFile((directory_ + "/done").c_str()).size(); }
  int resultOf(KernelImage& image) {
    int value = 0;
    int* pointer = &value;
    EXPECT_TRUE(launch(image.info(), 1, 1, &pointer, sizeof pointer));
    return value;
  }
  // Quick code now, better code after finish(), for an index of this test's texts.
  void expectBetter(KernelLoader& l, const char* kernel) {
    auto image = l.load(request(kernel, Tier::Auto));
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(resultOf(**image), 1);
    finish();
    EXPECT_EQ(resultOf((*image)->best()), 2);
  }
  std::string directory_;
  std::shared_ptr<const ptx::Index> index_;
  std::shared_ptr<CompileProcess> later_;
};

class CompileProcessTest : public KernelLoaderTest {
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the thread sanitizer cannot start it";
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "the thread sanitizer cannot start it";
#endif
#endif
  }
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

TEST_F(CompileProcessTest, better_code_replaces_quick_code_which_stays_usable) {
  holdBack();
  KernelLoader l = loader(tieredCompiler);
  auto image = l.load(request("k", Tier::Auto));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(&(*image)->best(), image->get());
  EXPECT_EQ(resultOf((*image)->best()), 1);
  finish();
  EXPECT_EQ(resultOf((*image)->best()), 2);
  EXPECT_EQ(resultOf(**image), 1); // as blocks do that run since before
  EXPECT_EQ(quickCompilations, 1);
  EXPECT_EQ(fullCompilations(), 1u);
  EXPECT_EQ(fullHere, 0);
}

TEST_F(CompileProcessTest, cached_best_code_never_meets_the_quick_one) {
  for (Tier first : {Tier::Auto, Tier::Full}) {
    std::string kernel = first == Tier::Auto ? "a" : "b";
    ASSERT_TRUE(loader(tieredCompiler).load(request(kernel.c_str(), first)));
    finish();
    int quick = quickCompilations, here = fullHere;
    size_t full = fullCompilations();
    auto image = loader(tieredCompiler).load(request(kernel.c_str(), Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf(**image), 2);
    finish();
    EXPECT_EQ(quickCompilations, quick);
    EXPECT_EQ(fullCompilations(), full);
    EXPECT_EQ(fullHere, here);
  }
}

TEST_F(CompileProcessTest, cached_quick_code_is_used_and_made_better) {
  ASSERT_TRUE(loader(tieredCompiler).load(request("k", Tier::Quick)));
  holdBack();
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
  EXPECT_EQ(later_->pending(), 0u);
  EXPECT_EQ(resultOf((*quick)->best()), 1);
  auto full = l.load(request("k", Tier::Full));
  ASSERT_TRUE(full);
  EXPECT_EQ(resultOf((*full)->best()), 2);
  quick = l.load(request("k", Tier::Quick)); // though there is better code in the cache
  ASSERT_TRUE(quick);
  EXPECT_EQ(resultOf((*quick)->best()), 1);
  EXPECT_EQ(quickCompilations, 1);
  EXPECT_EQ(fullHere, 1);
  EXPECT_EQ(fullCompilations(), 0u);
}

// later_compiler.cpp does what the kernels are called.
TEST_F(CompileProcessTest, quick_code_stays_where_better_cannot_be_made) {
  for (bool cached : {true, false}) {
    later_ = process(AW_COMPILE_PROGRAM, AW_LATER_COMPILER);
    KernelLoader l = loader(tieredCompiler, cached);
    expectBetter(l, "k");
    std::vector<std::shared_ptr<KernelImage>> images;
    for (const char* kernel : {"fails", "garbage", "crashes"}) {
      auto image = l.load(request(kernel, Tier::Auto));
      ASSERT_TRUE(image);
      images.push_back(*image);
    }
    finish();
    for (auto& image : images)
      EXPECT_EQ(resultOf(image->best()), 1);
    EXPECT_EQ(fullHere, 0);
  }
}

TEST_F(CompileProcessTest, a_crash_costs_one_kernel_its_better_code) {
  KernelLoader l = loader(tieredCompiler);
  expectBetter(l, "first");
  holdBack();
  auto crash = l.load(request("crashes", Tier::Auto)), next = l.load(request("next", Tier::Auto)),
       last = l.load(request("last", Tier::Auto));
  ASSERT_TRUE(crash && next && last);
  finish();
  EXPECT_EQ(resultOf((*crash)->best()), 1);
  EXPECT_EQ(resultOf((*next)->best()), 2);
  EXPECT_EQ(resultOf((*last)->best()), 2);
}

TEST_F(CompileProcessTest, a_compiler_that_keeps_crashing_is_not_asked_any_more) {
  KernelLoader l = loader(tieredCompiler, /*cached=*/false);
  expectBetter(l, "k");
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(fullHere, 0);
    ASSERT_TRUE(l.load(request("crashes", Tier::Auto)));
    finish();
  }
  auto image = l.load(request("k", Tier::Auto));
  ASSERT_TRUE(image);
  EXPECT_EQ(resultOf(**image), 2);
  EXPECT_EQ(fullHere, 1);
}

TEST_F(KernelLoaderTest, without_a_compile_process_all_is_compiled_fully_at_once) {
  later_ = process("/nowhere/anywarp-compile", AW_LATER_COMPILER);
  KernelLoader l = loader(tieredCompiler);
  for (const char* kernel : {"a", "b"}) {
    auto image = l.load(request(kernel, Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf(**image), 2);
  }
  EXPECT_EQ(quickCompilations, 0);
}

TEST_F(KernelLoaderTest, a_program_that_cannot_be_started_is_found_out_in_time) {
  std::string program = directory_ + "/program"; // executable by its mode only
  std::ofstream(program) << "no program";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  later_ = process(program.c_str(), AW_LATER_COMPILER);
  KernelLoader l = loader(tieredCompiler);
  for (const char* kernel : {"a", "b"}) {
    auto image = l.load(request(kernel, Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf((*image)->best()), 2);
  }
  EXPECT_EQ(quickCompilations, 1);
}

// bad_compile_program.cpp misbehaves as its argument says.
TEST_F(CompileProcessTest, a_process_that_makes_no_sense_is_left_alone) {
  for (const char* mode :
       {"leaves", "garbage", "long", "other", "descriptor", "writable", "flood"}) {
    SCOPED_TRACE(mode);
    fullHere = 0;
    later_ = process(AW_BAD_COMPILE_PROGRAM, mode);
    KernelLoader l = loader(tieredCompiler, /*cached=*/false);
    auto image = l.load(request("k", Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf(**image), 1);
    finish();
    EXPECT_EQ(resultOf((*image)->best()), 1);
    image = l.load(request("k", Tier::Auto));
    ASSERT_TRUE(image);
    EXPECT_EQ(resultOf(**image), 2);
    EXPECT_EQ(fullHere, 1);
  }
}

TEST_F(CompileProcessTest, a_full_queue_means_full_compilation) {
  holdBack();
  KernelLoader l = loader(tieredCompiler, /*cached=*/false);
  std::vector<std::shared_ptr<KernelImage>> images;
  while (!fullHere && images.size() < 1000) {
    auto image = l.load(request(fmt::format("k{}", images.size()).c_str(), Tier::Auto));
    ASSERT_TRUE(image);
    images.push_back(*image);
  }
  EXPECT_LE(images.size(), 100u);
  EXPECT_EQ(quickCompilations, int(images.size()) - 1);
  finish();
  for (auto& image : images)
    EXPECT_EQ(resultOf(image->best()), 2);
}

TEST_F(CompileProcessTest, better_code_comes_without_a_cache) {
  KernelLoader l = loader(tieredCompiler, /*cached=*/false);
  expectBetter(l, "k");
  expectBetter(l, "k"); // nothing was kept
  EXPECT_EQ(fullCompilations(), 2u);
}

TEST_F(CompileProcessTest, better_code_comes_where_the_cache_can_only_be_read) {
  // Also for root, who may write where permissions say otherwise: files where folders should be.
  for (unsigned i = 0; i < 256; i++)
    std::ofstream(fmt::format("{}/cache/{:02x}", directory_, i));
  KernelLoader l = loader(tieredCompiler);
  expectBetter(l, "k");
}

TEST_F(CompileProcessTest, better_code_is_kept_when_nobody_has_the_quick_one_any_more) {
  holdBack();
  {
    KernelLoader l = loader(tieredCompiler);
    ASSERT_TRUE(l.load(request("k", Tier::Auto)));
  } // image and loader are gone
  finish();
  auto image = loader(tieredCompiler).load(request("k", Tier::Auto));
  ASSERT_TRUE(image);
  EXPECT_EQ(resultOf(**image), 2);
  EXPECT_EQ(fullCompilations(), 1u);
}

TEST_F(CompileProcessTest, two_processes_compile_a_kernel_once) {
  holdBack();
  auto first = later_, second = process(AW_COMPILE_PROGRAM, AW_LATER_COMPILER);
  auto one = loader(tieredCompiler).load(request("k", Tier::Auto));
  later_ = second;
  auto two = loader(tieredCompiler).load(request("k", Tier::Auto));
  ASSERT_TRUE(one && two);
  finish();
  later_ = first;
  finish();
  EXPECT_EQ(resultOf((*one)->best()), 2);
  EXPECT_EQ(resultOf((*two)->best()), 2);
  EXPECT_EQ(fullCompilations(), 1u);
}

TEST_F(CompileProcessTest, launches_go_on_while_code_is_replaced) {
  holdBack();
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
