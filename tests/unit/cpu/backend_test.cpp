// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cpu backend through its door: PTX in, results out, with the real compiler and the disk cache.
// The PTX is our own.
#include "core/backend.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace anywarp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = R"(
.version 7.0
.target sm_70
.address_size 64

.visible .global .align 4 .u32 counter = 5;
.visible .global .align 8 .u64 where = generic(counter) + 4;
.visible .const .align 4 .f32 coef[4] = {0f3F800000, 0f40000000, 0f40400000, 0f40800000};
.global .align 1 .b8 text[9] = {116, 32, 61, 32, 37, 100, 10, 0, 0};
.global .align 1 .b8 message[6] = {105, 32, 60, 32, 110, 0};
.global .align 1 .b8 file[5] = {102, 46, 99, 117, 0};
.global .align 1 .b8 func[2] = {107, 0};

.extern .func (.param .b32 r) vprintf (.param .b64 f, .param .b64 a);
.extern .func __assertfail (.param .b64 m, .param .b64 f, .param .b32 l, .param .b64 n, .param .b64 c);
.extern .func (.param .b64 r) malloc (.param .b64 n);
.extern .func free (.param .b64 p);

.visible .entry saxpy(.param .u32 n, .param .f32 a, .param .u64 x, .param .u64 y)
{
  .reg .pred %p<2>; .reg .b32 %r<6>; .reg .f32 %f<5>; .reg .b64 %rd<8>;
  ld.param.u32 %r1, [n];
  ld.param.f32 %f1, [a];
  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [y];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p1, %r5, %r1;
  @%p1 bra done;
  mul.wide.s32 %rd3, %r5, 4;
  add.s64 %rd4, %rd1, %rd3;
  add.s64 %rd5, %rd2, %rd3;
  ld.global.f32 %f2, [%rd4];
  ld.global.f32 %f3, [%rd5];
  fma.rn.f32 %f4, %f1, %f2, %f3;
  st.global.f32 [%rd5], %f4;
done:
  ret;
}

// Thread 0 waits for the last thread, in another warp, and no barrier lets them take turns.
.visible .entry waits(.param .u64 flags)
{
  .reg .pred %p<3>; .reg .b32 %r<6>; .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [flags];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ntid.x;
  sub.u32 %r2, %r2, 1;
  setp.eq.u32 %p1, %r1, %r2;
  @%p1 st.volatile.global.u32 [%rd1], 1;
  setp.ne.u32 %p2, %r1, 0;
  @%p2 bra done;
loop:
  ld.volatile.global.u32 %r3, [%rd1];
  setp.eq.u32 %p1, %r3, 0;
  @%p1 bra loop;
  st.global.u32 [%rd1+4], %r3;
done:
  ret;
}

// Sum of a block's thread numbers through shared memory and a tree of barriers.
.visible .entry blocksum(.param .u64 out)
{
  .shared .align 4 .b32 s[1024];
  .reg .pred %p<4>; .reg .b32 %r<16>; .reg .b64 %rd<8>;
  ld.param.u64 %rd1, [out];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ntid.x;
  mov.u32 %r3, s;
  shl.b32 %r4, %r1, 2;
  add.s32 %r5, %r3, %r4;
  st.shared.u32 [%r5], %r1;
  bar.sync 0;
  shr.u32 %r6, %r2, 1;
loop:
  setp.eq.u32 %p1, %r6, 0;
  @%p1 bra end;
  setp.ge.u32 %p2, %r1, %r6;
  @%p2 bra skip;
  shl.b32 %r7, %r6, 2;
  add.s32 %r8, %r5, %r7;
  ld.shared.u32 %r9, [%r8];
  ld.shared.u32 %r10, [%r5];
  add.s32 %r11, %r9, %r10;
  st.shared.u32 [%r5], %r11;
skip:
  bar.sync 0;
  shr.u32 %r6, %r6, 1;
  bra loop;
end:
  setp.ne.u32 %p3, %r1, 0;
  @%p3 bra done;
  ld.shared.u32 %r12, [s];
  mov.u32 %r13, %ctaid.x;
  mul.wide.u32 %rd2, %r13, 4;
  add.s64 %rd3, %rd1, %rd2;
  st.global.u32 [%rd3], %r12;
done:
  ret;
}

.visible .entry say(.param .u32 first)
{
  .local .align 8 .b8 buffer[8];
  .reg .b32 %r<4>; .reg .b64 %rd<6>;
  mov.u32 %r1, %tid.x;
  ld.param.u32 %r2, [first];
  add.s32 %r2, %r1, %r2;
  mov.u64 %rd1, buffer;
  cvta.local.u64 %rd2, %rd1;
  st.local.u32 [%rd1], %r2;
  mov.u64 %rd3, text;
  cvta.global.u64 %rd4, %rd3;
  {
  .param .b64 p0; .param .b64 p1; .param .b32 r;
  st.param.b64 [p0], %rd4;
  st.param.b64 [p1], %rd2;
  call.uni (r), vprintf, (p0, p1);
  }
  ret;
}

.visible .entry check(.param .u32 limit)
{
  .reg .pred %p<2>; .reg .b32 %r<4>; .reg .b64 %rd<8>;
  mov.u32 %r1, %tid.x;
  ld.param.u32 %r2, [limit];
  setp.lt.u32 %p1, %r1, %r2;
  @%p1 bra done;
  mov.u64 %rd1, message;
  cvta.global.u64 %rd2, %rd1;
  mov.u64 %rd3, file;
  cvta.global.u64 %rd4, %rd3;
  mov.u64 %rd5, func;
  cvta.global.u64 %rd6, %rd5;
  {
  .param .b64 p0; .param .b64 p1; .param .b32 p2; .param .b64 p3; .param .b64 p4;
  st.param.b64 [p0], %rd2;
  st.param.b64 [p1], %rd4;
  st.param.b32 [p2], 42;
  st.param.b64 [p3], %rd6;
  st.param.b64 [p4], 1;
  call.uni __assertfail, (p0, p1, p2, p3, p4);
  }
done:
  ret;
}

.visible .entry poke(.param .u64 p)
{
  .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p];
  st.global.u32 [%rd1], 7;
  ret;
}

.visible .entry stop()
{
  trap;
}

.visible .entry stop_after_barrier()
{
  bar.sync 0;
  trap;
}

.visible .entry bounded() .maxntid 64, 2, 1
{
  .shared .align 8 .b8 a[100];
  .reg .b32 %r<2>;
  mov.u32 %r1, 0;
  st.shared.u32 [a], %r1;
  ret;
}

.visible .entry broken()
{
  no.such.instruction %r1;
  ret;
}
)";

class CpuBackendTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    char path[] = "/tmp/anywarp-backend-test-XXXXXX";
    const char* given = getenv("AW_TEST_CACHE");
    cacheDir = given ? given : mkdtemp(path);
    ownsCache = !given;
    setenv("ANYWARP_CACHE_DIR", cacheDir.c_str(), 1);
    void* module = dlopen(AW_CPU_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(module, nullptr) << dlerror();
    auto entry = reinterpret_cast<BackendEntry>(dlsym(module, "anywarpBackend"));
    ASSERT_NE(entry, nullptr);
    backend = entry();
  }
  static void TearDownTestSuite() {
    if (ownsCache)
      fs::remove_all(cacheDir);
  }

  void SetUp() override {
    auto opened = backend->open("threads=3,memory=1G");
    ASSERT_TRUE(opened) << opened.error().message;
    device_ = std::move(*opened);
    context_ = device_->makeContext();
    program_ = load(kProgram);
    ASSERT_TRUE(program_);
  }
  std::unique_ptr<Program> load(const std::string& text) {
    auto program = device_->load({std::make_shared<const PtxText>(text)});
    EXPECT_TRUE(program) << program.error().message;
    return program ? std::move(*program) : nullptr;
  }

  // Packs parameters at their natural alignment, as PTX lays them out.
  template <typename... Args>
  Result<void> launch(const char* name, uint32_t blocks, uint32_t threads, Args... args) {
    BackendKernel* kernel = program_->kernel(name);
    EXPECT_NE(kernel, nullptr);
    std::vector<std::byte> params;
    auto put = [&params](auto value) {
      while (params.size() % sizeof value)
        params.push_back(std::byte(0));
      auto* p = reinterpret_cast<const std::byte*>(&value);
      params.insert(params.end(), p, p + sizeof value);
    };
    (put(args), ...);
    LaunchConfig config;
    config.grid[0] = blocks;
    config.block[0] = threads;
    config.context = context_.get();
    config.params = params;
    return device_->run(*kernel, config);
  }

  static inline std::string cacheDir;
  static inline bool ownsCache = true;
  static inline Backend* backend = nullptr;
  std::unique_ptr<BackendDevice> device_;
  std::unique_ptr<BackendContext> context_;
  std::unique_ptr<Program> program_;
};

TEST_F(CpuBackendTest, saxpy_for_all_sizes_and_shapes) {
  for (int n : {1, 31, 1000, 100'000})
    for (uint32_t threads : {1u, 17u, 32u, 100u, 256u, 1024u}) {
      std::vector<float> x(n), y(n), expected(n);
      for (int i = 0; i < n; i++) {
        x[i] = float(i % 1000);
        y[i] = float(i % 77);
        expected[i] = std::fma(2.5f, x[i], y[i]);
      }
      uint32_t blocks = (uint32_t(n) + threads - 1) / threads;
      auto ok = launch("saxpy", blocks, threads, n, 2.5f, x.data(), y.data());
      ASSERT_TRUE(ok) << ok.error().message;
      ASSERT_EQ(y, expected) << n << " " << threads;
    }
}

TEST_F(CpuBackendTest, barriers) {
  for (uint32_t threads : {2u, 32u, 64u, 512u, 1024u}) {
    std::vector<uint32_t> sums(500);
    auto ok = launch("blocksum", 500, threads, sums.data());
    ASSERT_TRUE(ok) << ok.error().message;
    EXPECT_EQ(sums, std::vector<uint32_t>(500, threads * (threads - 1) / 2));
  }
}

TEST_F(CpuBackendTest, warps_wait_for_each_other_without_barriers) {
  uint32_t flags[2] = {0, 0};
  auto ok = launch("waits", 1, 96, &flags[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(flags[1], 1u);
}

TEST_F(CpuBackendTest, variables_have_their_initial_values) {
  const ProgramVariable* counter = program_->variable("counter");
  ASSERT_NE(counter, nullptr);
  EXPECT_EQ(counter->size, 4u);
  EXPECT_EQ(*static_cast<uint32_t*>(counter->address), 5u);
  const ProgramVariable* where = program_->variable("where");
  ASSERT_NE(where, nullptr);
  EXPECT_EQ(*static_cast<uint64_t*>(where->address), uint64_t(uintptr_t(counter->address)) + 4);
  const ProgramVariable* coef = program_->variable("coef");
  ASSERT_NE(coef, nullptr);
  EXPECT_TRUE(coef->constant);
  const float expected[] = {1, 2, 3, 4};
  EXPECT_EQ(memcmp(coef->address, expected, sizeof expected), 0);
  EXPECT_EQ(program_->variable("nothing"), nullptr);
  auto second = load(kProgram); // its own storage
  EXPECT_NE(second->variable("counter")->address, counter->address);
}

TEST_F(CpuBackendTest, kernels_describe_themselves) {
  EXPECT_EQ(program_->kernel("nothing"), nullptr);
  EXPECT_EQ(program_->kernelNames().size(), 10u);
  BackendKernel* saxpy = program_->kernel("saxpy");
  ASSERT_EQ(saxpy->params().size(), 4u);
  EXPECT_EQ(saxpy->params()[1].offset, 4u);
  EXPECT_EQ(saxpy->params()[2].offset, 8u);
  EXPECT_EQ(saxpy->paramBytes(), 24u);
  EXPECT_EQ(program_->kernel("saxpy"), saxpy);
  auto attributes = program_->kernel("bounded")->attributes();
  ASSERT_TRUE(attributes) << attributes.error().message;
  EXPECT_EQ(attributes->maxThreadsPerBlock, 128u);
  EXPECT_EQ(attributes->ptxVersion, 70); // the .target, not the .version
  EXPECT_EQ(attributes->staticShared, 100u);
  EXPECT_EQ(program_->kernel("blocksum")->attributes()->staticShared, 4096u);
}

// Of long kernels the sizes are kept in the cache, or every first launch would parse the text.
TEST_F(CpuBackendTest, long_kernels_describe_themselves_the_same_from_the_cache) {
  std::string text = ".version 7.8\n.target sm_80\n.address_size 64\n"
                     ".const .align 4 .b8 table[200];\n"
                     ".visible .entry long_one(.param .u64 p)\n{\n"
                     ".shared .align 8 .b8 a[1000];\n.local .align 4 .b8 l[48];\n"
                     ".reg .b32 %r<3>;\nmov.u32 %r1, table;\n";
  for (int i = 0; i < 20'000; i++)
    text += "mad.lo.s32 %r2, %r1, %r1, " + std::to_string(i) + ";\n";
  text += "ret;\n}\n";
  auto entries = [] {
    size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(cacheDir))
      count += entry.is_regular_file();
    return count;
  };
  size_t before = entries();
  for (int round = 0; round < 2; round++) {
    auto program = load(text);
    ASSERT_TRUE(program);
    auto attributes = program->kernel("long_one")->attributes();
    ASSERT_TRUE(attributes) << attributes.error().message;
    EXPECT_EQ(attributes->staticShared, 1000u);
    EXPECT_EQ(attributes->localBytes, 48u);
    EXPECT_EQ(attributes->constBytes, 200u);
    EXPECT_EQ(attributes->ptxVersion, 80);
    EXPECT_EQ(entries(), before + 1);
  }
}

TEST_F(CpuBackendTest, occupancy_follows_the_scarcest_resource) {
  // 2048 threads, 32 blocks, 228 KB with 1 KB a block for the system (compute capability 9.0).
  BackendKernel* saxpy = program_->kernel("saxpy");
  EXPECT_EQ(*device_->maxActiveBlocks(*saxpy, 256, 0), 8u);
  EXPECT_EQ(*device_->maxActiveBlocks(*saxpy, 33, 0), 32u);
  EXPECT_EQ(*device_->maxActiveBlocks(*saxpy, 1024, 100 * 1024), 2u);
  EXPECT_EQ(*device_->maxActiveBlocks(*saxpy, 1025, 0), 0u);
}

TEST_F(CpuBackendTest, printf_comes_in_thread_order) {
  ::testing::internal::CaptureStdout();
  auto ok = launch("say", 1, 3, 10);
  context_->flushPrintf();
  std::string text = ::testing::internal::GetCapturedStdout();
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(text, "t = 10\nt = 11\nt = 12\n");
}

TEST_F(CpuBackendTest, assert_names_block_and_thread) {
  ASSERT_TRUE(launch("check", 4, 40, 40));
  ::testing::internal::CaptureStderr();
  auto result = launch("check", 1, 40, 35);
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(result.status(), Status::Assert);
  EXPECT_NE(text.find("f.cu:42: k: block: [0,0,0], thread: [35,0,0] Assertion `i < n` failed.\n"),
            std::string::npos)
      << text;
}

TEST_F(CpuBackendTest, faults_are_errors_and_the_device_lives) {
  EXPECT_EQ(launch("poke", 1, 1, uint64_t(64)).status(), Status::IllegalAddress);
  EXPECT_EQ(launch("poke", 100, 256, uint64_t(64)).status(), Status::IllegalAddress);
  for (uint32_t threads : {1u, 32u, 33u}) {
    EXPECT_EQ(launch("stop", 1, threads).status(), Status::LaunchFailed) << threads;
    EXPECT_EQ(launch("stop_after_barrier", 1, threads).status(), Status::LaunchFailed) << threads;
  }
  uint32_t value = 0;
  EXPECT_TRUE(launch("poke", 1, 1, &value));
  EXPECT_EQ(value, 7u);
}

TEST_F(CpuBackendTest, a_kernel_that_does_not_compile_spoils_no_other) {
  auto result = launch("broken", 1, 1);
  EXPECT_EQ(result.status(), Status::InvalidPtx) << result.error().message;
  EXPECT_EQ(launch("broken", 1, 1).status(), Status::InvalidPtx);
  uint32_t value = 0;
  EXPECT_TRUE(launch("poke", 1, 1, &value));
}

TEST_F(CpuBackendTest, bad_programs_and_launches_are_errors) {
  EXPECT_FALSE(device_->load({std::make_shared<const PtxText>("this is not PTX {")}));
  EXPECT_FALSE(launch("poke", 1, 1)); // no parameters
  EXPECT_FALSE(launch("stop", 1, 2000));
  EXPECT_FALSE(launch("stop", 0, 1));
  EXPECT_FALSE(backend->open("nonsense"));
  EXPECT_FALSE(backend->open("threads=0"));
}

TEST_F(CpuBackendTest, tasks_run_kernels) {
  std::atomic<int> right{0}, done{0};
  for (int i = 0; i < 20; i++)
    device_->post([&] {
      std::vector<uint32_t> sums(50);
      right += launch("blocksum", 50, 64, sums.data()) && sums == std::vector<uint32_t>(50, 2016);
      done++;
      done.notify_one();
    });
  for (int seen = done; seen < 20; seen = done)
    done.wait(seen);
  EXPECT_EQ(right, 20);
}

TEST_F(CpuBackendTest, threads_that_need_the_same_kernel_compile_it_once) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&] {
      std::vector<uint32_t> sums(5);
      right += launch("blocksum", 5, 96, sums.data()).status() == Status::Success;
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 4);
}

TEST_F(CpuBackendTest, damaged_cache_entries_are_replaced) {
  uint32_t value = 0;
  ASSERT_TRUE(launch("poke", 1, 1, &value));
  program_.reset();
  int damaged = 0;
  for (auto& entry : fs::recursive_directory_iterator(cacheDir))
    if (entry.is_regular_file()) {
      // A new file, as a crashed machine leaves it; running code keeps the old one.
      fs::remove(entry);
      std::ofstream(entry.path()) << "not code";
      damaged++;
    }
  ASSERT_GT(damaged, 0);
  program_ = load(kProgram);
  value = 0;
  ASSERT_TRUE(launch("poke", 1, 1, &value));
  EXPECT_EQ(value, 7u);
}

// Run by the next test in a process of its own.
TEST_F(CpuBackendTest, DISABLED_in_a_second_process) {
  uint32_t value = 0;
  ASSERT_TRUE(launch("poke", 1, 1, &value));
  EXPECT_EQ(value, 7u);
  std::ifstream maps("/proc/self/maps");
  std::string all((std::istreambuf_iterator<char>(maps)), {});
  EXPECT_EQ(all.find("libLLVM"), std::string::npos);
  EXPECT_EQ(all.find("libanywarp_compiler"), std::string::npos);
}

TEST_F(CpuBackendTest, a_warm_start_does_not_load_llvm) {
  uint32_t value = 0;
  ASSERT_TRUE(launch("poke", 1, 1, &value));
  std::string self = fs::read_symlink("/proc/self/exe");
  std::string command = "AW_TEST_CACHE=" + cacheDir + " '" + self +
                        "' --gtest_also_run_disabled_tests --gtest_filter=*in_a_second_process >&2";
  EXPECT_EQ(system(command.c_str()), 0);
}

} // namespace
} // namespace anywarp
