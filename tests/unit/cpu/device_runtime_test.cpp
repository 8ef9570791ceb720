// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that launch kernels: order, streams, events, errors (CUDA programming guide, "CUDA
// Dynamic Parallelism"). The PTX is our own, in the shape that compilers give to such programs.
#include "core/backend.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <numeric>
#include <string>

namespace anywarp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader = R"(
.version 9.0
.target sm_90
.address_size 64
.extern .func (.param .b64 r) __cudaCDP2GetParameterBufferV2 (.param .b64 f, .param .align 4 .b8 g[12], .param .align 4 .b8 b[12], .param .b32 s);
.extern .func (.param .b32 r) __cudaCDP2LaunchDeviceV2 (.param .b64 p, .param .b64 s);
.extern .func (.param .b64 r) cudaGetParameterBuffer (.param .b64 a, .param .b64 n);
.extern .func (.param .b32 r) cudaLaunchDevice (.param .b64 f, .param .b64 p, .param .align 4 .b8 g[12], .param .align 4 .b8 b[12], .param .b32 s, .param .b64 st);
.extern .func (.param .b32 r) cudaDeviceSynchronize ();
.extern .func (.param .b32 r) __cudaCDP2GetLastError ();
.extern .func (.param .b32 r) __cudaCDP2PeekAtLastError ();
.extern .func (.param .b64 r) __cudaCDP2GetErrorName (.param .b32 e);
.extern .func (.param .b32 r) __cudaCDP2StreamCreateWithFlags (.param .b64 s, .param .b32 f);
.extern .func (.param .b32 r) __cudaCDP2StreamDestroy (.param .b64 s);
.extern .func (.param .b32 r) __cudaCDP2StreamWaitEvent (.param .b64 s, .param .b64 e, .param .b32 f);
.extern .func (.param .b32 r) __cudaCDP2EventCreateWithFlags (.param .b64 e, .param .b32 f);
.extern .func (.param .b32 r) __cudaCDP2EventRecord (.param .b64 e, .param .b64 s);
.extern .func (.param .b32 r) __cudaCDP2EventDestroy (.param .b64 e);
.extern .func (.param .b32 r) __cudaCDP2MemcpyAsync (.param .b64 d, .param .b64 s, .param .b64 n, .param .b32 k, .param .b64 st);
.extern .func (.param .b32 r) __cudaCDP2MemsetAsync (.param .b64 d, .param .b32 v, .param .b64 n, .param .b64 st);
.extern .func (.param .b32 r) __cudaCDP2DeviceGetAttribute (.param .b64 v, .param .b32 a, .param .b32 d);
.extern .func (.param .b32 r) __cudaCDP2DeviceGetLimit (.param .b64 v, .param .b32 l);
.extern .func (.param .b32 r) __cudaCDP2FuncGetAttributes (.param .b64 a, .param .b64 f);
.extern .func (.param .b32 r) __cudaCDP2OccupancyMaxActiveBlocksPerMultiprocessor (.param .b64 n, .param .b64 f, .param .b32 b, .param .b64 s);
.extern .func (.param .b32 r) __cudaCDP2Malloc (.param .b64 p, .param .b64 n);
.extern .func (.param .b32 r) __cudaCDP2Free (.param .b64 p);
.extern .func (.param .b64 r) cudaCGGetIntrinsicHandle (.param .b32 s);
.extern .func (.param .b32 r) cudaCGSynchronizeGrid (.param .b64 h, .param .b32 f);
.extern .func (.param .b32 r) cudaCGGetSize (.param .b64 t, .param .b64 g, .param .b64 h);
.extern .func (.param .b32 r) cudaCGGetRank (.param .b64 t, .param .b64 g, .param .b64 h);

// kernel(p, v)<<<grid, block, shared, stream>>>, every child has these parameters.
.func (.param .b32 error) spawn (.param .b64 kernel, .param .b32 grid, .param .b32 block, .param .b32 shared, .param .b64 stream, .param .b64 p, .param .b32 v)
{
  .reg .pred %p<2>; .reg .b32 %r<6>; .reg .b64 %rd<6>;
  ld.param.b64 %rd1, [kernel];
  ld.param.b32 %r1, [grid];
  ld.param.b32 %r2, [block];
  ld.param.b32 %r3, [shared];
  {
  .param .b64 a; .param .align 4 .b8 b[12]; .param .align 4 .b8 c[12]; .param .b32 d; .param .b64 r;
  st.param.b64 [a], %rd1;
  st.param.b32 [b], %r1; st.param.b32 [b+4], 1; st.param.b32 [b+8], 1;
  st.param.b32 [c], %r2; st.param.b32 [c+4], 1; st.param.b32 [c+8], 1;
  st.param.b32 [d], %r3;
  call.uni (r), __cudaCDP2GetParameterBufferV2, (a, b, c, d);
  ld.param.b64 %rd2, [r];
  }
  mov.u32 %r5, 12345;
  setp.eq.u64 %p1, %rd2, 0;
  @%p1 bra done;
  ld.param.b64 %rd3, [p];
  ld.param.b32 %r4, [v];
  st.u64 [%rd2], %rd3;
  st.u32 [%rd2+8], %r4;
  ld.param.b64 %rd4, [stream];
  {
  .param .b64 a; .param .b64 b; .param .b32 r;
  st.param.b64 [a], %rd2;
  st.param.b64 [b], %rd4;
  call.uni (r), __cudaCDP2LaunchDeviceV2, (a, b);
  ld.param.b32 %r5, [r];
  }
done:
  st.param.b32 [error], %r5;
  ret;
}

// p[v + thread of the grid] = v
.visible .entry mark(.param .u64 p, .param .u32 v)
{
  .reg .b32 %r<8>; .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [v];
  mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
  mad.lo.u32 %r5, %r2, %r3, %r4;
  add.u32 %r5, %r5, %r1;
  mul.wide.u32 %rd2, %r5, 4;
  add.u64 %rd3, %rd1, %rd2;
  st.global.u32 [%rd3], %r1;
  ret;
}
// *p = *p * 3 + v: the order shows
.visible .entry step(.param .u64 p, .param .u32 v)
{
  .reg .b32 %r<4>; .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [v];
  ld.global.u32 %r2, [%rd1];
  mad.lo.u32 %r3, %r2, 3, %r1;
  st.global.u32 [%rd1], %r3;
  ret;
}
// p[0] = p[1] + ... + p[v]
.visible .entry total(.param .u64 p, .param .u32 v)
{
  .reg .pred %p<2>; .reg .b32 %r<6>; .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [v];
  mov.u32 %r2, 0;
  mov.u64 %rd2, %rd1;
loop:
  setp.eq.u32 %p1, %r1, 0;
  @%p1 bra done;
  add.u64 %rd2, %rd2, 4;
  ld.global.u32 %r3, [%rd2];
  add.u32 %r2, %r2, %r3;
  sub.u32 %r1, %r1, 1;
  bra loop;
done:
  st.global.u32 [%rd1], %r2;
  ret;
}
.visible .entry fault(.param .u64 p, .param .u32 v)
{
  .reg .b64 %rd<2>;
  mov.u64 %rd1, 64;
  st.global.u32 [%rd1], 7;
  ret;
}
)";

// PTX text of `call (%result), name, (arguments)`; an argument is "b64:operand".
std::string call(const std::string& result, const std::string& name,
                 const std::vector<std::string>& args) {
  std::string text = "{ ", list;
  for (size_t i = 0; i < args.size(); i++) {
    std::string type = args[i].substr(0, 3), param = "x" + std::to_string(i);
    text += ".param ." + type + " " + param + "; st.param." + type + " [" + param + "], " +
            args[i].substr(4) + "; ";
    list += (i ? ", " : "") + param;
  }
  std::string type = result.substr(0, 3);
  text += ".param ." + type + " y; call.uni (y), " + name + ", (" + list + "); ld.param." + type +
          " " + result.substr(4) + ", [y]; }\n";
  return text;
}
std::string spawn(const std::string& kernel, const std::string& grid, const std::string& block,
                  const std::string& stream, const std::string& p, const std::string& v,
                  const std::string& error = "%r9", const std::string& shared = "0") {
  return "mov.u64 %rd20, " + kernel + ";\n" +
         call("b32:" + error, "spawn",
              {"b64:%rd20", "b32:" + grid, "b32:" + block, "b32:" + shared, "b64:" + stream,
               "b64:" + p, "b32:" + v});
}
// A kernel(p, v) with p in %rd1, v in %r1, the thread in %r2, the block in %r3, and local memory.
std::string kernel(const std::string& name, const std::string& body) {
  return ".visible .entry " + name + "(.param .u64 p, .param .u32 v)\n" +
         R"({
  .local .align 8 .b8 local[256];
  .reg .pred %p<8>; .reg .b32 %r<32>; .reg .b64 %rd<32>;
  ld.param.u64 %rd1, [p]; ld.param.u32 %r1, [v];
  mov.u32 %r2, %tid.x; mov.u32 %r3, %ctaid.x;
  mov.u64 %rd2, local; cvta.local.u64 %rd2, %rd2;
)" + body +
         "ret;\n}\n";
}
// Stores a 32-bit register into p[index].
std::string out(int index, const std::string& value) {
  return "st.global.u32 [%rd1+" + std::to_string(4 * index) + "], " + value + ";\n";
}

class DeviceRuntimeTest : public ::testing::TestWithParam<int> {
protected:
  static void SetUpTestSuite() {
    if (backend)
      return;
    static char path[] = "/tmp/anywarp-device-runtime-XXXXXX";
    ASSERT_NE(mkdtemp(path), nullptr);
    setenv("ANYWARP_CACHE_DIR", path, 1);
    atexit([] { fs::remove_all(path); });
    void* module = dlopen(AW_CPU_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(module, nullptr) << dlerror();
    backend = reinterpret_cast<BackendEntry>(dlsym(module, "anywarpBackend"))();
  }
  void SetUp() override {
    auto opened = backend->open("memory=1G,threads=" + std::to_string(GetParam()));
    ASSERT_TRUE(opened) << opened.error().message;
    device_ = std::move(*opened);
    DeviceRole role;
    role.ordinal = 1;
    role.count = 3;
    role.attribute = [](const DeviceInfo&, int code) {
      return code < 100 ? std::optional<int>(code * 7) : std::nullopt;
    };
    device_->setRole(role);
  }
  Result<void> run(const std::string& body, uint32_t grid, uint32_t block, void* p, uint32_t v = 0,
                   bool cooperative = false) {
    return runText(std::string(kHeader) + kernel("parent", body), grid, block, p, v, cooperative);
  }
  Result<void> runText(const std::string& text, uint32_t grid, uint32_t block, void* p,
                       uint32_t v = 0, bool cooperative = false) {
    return runUnits({std::make_shared<const PtxText>(text)}, grid, block, p, v, cooperative);
  }
  Result<void> runUnits(std::vector<PtxUnit> units, uint32_t grid, uint32_t block, void* p,
                        uint32_t v = 0, bool cooperative = false) {
    auto program = device_->load(std::move(units));
    if (!program)
      return program.error();
    BackendKernel* kernel = (*program)->kernel("parent");
    struct {
      void* p;
      uint32_t v, pad = 0;
    } params{p, v};
    LaunchConfig config;
    config.grid[0] = grid;
    config.block[0] = block;
    config.cooperative = cooperative;
    config.context = context_.get();
    config.params = {reinterpret_cast<const std::byte*>(&params), sizeof params};
    return device_->run(*kernel, config);
  }

  static inline Backend* backend = nullptr;
  std::unique_ptr<BackendDevice> device_;
  std::unique_ptr<BackendContext> context_; // null: none that the device was told of
};

#define RUN_OK(...)                                                                                \
  do {                                                                                             \
    auto result = run(__VA_ARGS__);                                                                \
    ASSERT_TRUE(result) << result.error().message;                                                 \
  } while (0)

// The thread's number in the grid times 8, from all lanes of several blocks at once.
TEST_P(DeviceRuntimeTest, the_parent_is_done_when_all_children_are) {
  std::vector<uint32_t> p(4 * 50 * 8, ~0u), expected;
  RUN_OK("mad.lo.u32 %r4, %r3, 50, %r2; shl.b32 %r4, %r4, 3;\n" +
             spawn("mark", "2", "4", "0", "%rd1", "%r4"),
         4, 50, p.data());
  for (uint32_t i = 0; i < p.size(); i++)
    expected.push_back(i / 8 * 8);
  EXPECT_EQ(p, expected);
}

TEST_P(DeviceRuntimeTest, launches_into_a_blocks_null_stream_run_in_order) {
  std::vector<uint32_t> p(3, 1), expected(3, 1);
  std::string body = "mul.wide.u32 %rd3, %r3, 4; add.u64 %rd3, %rd1, %rd3;\n";
  for (int i = 0; i < 12; i++) {
    body += spawn("step", "1", "1", "0", "%rd3", std::to_string(i));
    for (uint32_t& value : expected)
      value = value * 3 + uint32_t(i);
  }
  RUN_OK(body, 3, 1, p.data());
  EXPECT_EQ(p, expected);
}

TEST_P(DeviceRuntimeTest, the_tail_runs_after_everything_else_and_in_order) {
  std::vector<uint32_t> p(1 + 64, 0);
  // The tail is launched first: a sum of what the others write, then one more step.
  std::string body =
      "setp.ne.u32 %p1, %r2, 0; @%p1 bra others;\n" + spawn("total", "1", "1", "3", "%rd1", "64") +
      spawn("step", "1", "1", "3", "%rd1", "5") + spawn("step", "1", "1", "3", "%rd1", "7") +
      "others: add.u64 %rd3, %rd1, 4;\n" +
      spawn("mark", "1", "1", "4", "%rd3", "%r2"); // fire and forget
  RUN_OK(body, 1, 64, p.data());
  EXPECT_EQ(p[0], (63u * 64 / 2 * 3 + 5) * 3 + 7);
}

TEST_P(DeviceRuntimeTest, a_tail_launch_waits_for_grandchildren) {
  std::vector<uint32_t> p(1 + 32, 0);
  std::string text =
      std::string(kHeader) + kernel("child", spawn("mark", "1", "1", "0", "%rd1", "%r1")) +
      kernel("parent", spawn("total", "1", "1", "3", "%rd1", "32") + "mov.u32 %r4, 1;\nagain:\n" +
                           spawn("child", "1", "1", "4", "%rd1", "%r4") +
                           "add.u32 %r4, %r4, 1; setp.le.u32 %p1, %r4, 32; @%p1 "
                           "bra again;\n");
  auto result = runText(text, 1, 1, p.data());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(p[0], 32u * 33 / 2);
}

TEST_P(DeviceRuntimeTest, a_tail_may_launch_itself_many_times) {
  uint32_t p = 0;
  std::string text =
      std::string(kHeader) +
      kernel("parent", "ld.global.u32 %r4, [%rd1]; add.u32 %r4, %r4, 1; st.global.u32 [%rd1], "
                       "%r4; setp.ge.u32 %p1, %r4, %r1; @%p1 bra done;\n" +
                           spawn("parent", "1", "1", "3", "%rd1", "%r1") + "done:\n");
  auto result = runText(text, 1, 1, &p, 500);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(p, 500u);
}

TEST_P(DeviceRuntimeTest, events_order_named_streams) {
  uint32_t p[8] = {};
  std::string body =
      call("b32:%r10", "__cudaCDP2StreamCreateWithFlags", {"b64:%rd2", "b32:1"}) +
      "add.u64 %rd3, %rd2, 8; add.u64 %rd4, %rd2, 16;\n" +
      call("b32:%r11", "__cudaCDP2StreamCreateWithFlags", {"b64:%rd3", "b32:1"}) +
      call("b32:%r12", "__cudaCDP2EventCreateWithFlags", {"b64:%rd4", "b32:2"}) +
      "ld.u64 %rd5, [%rd2]; ld.u64 %rd6, [%rd3]; ld.u64 %rd7, [%rd4];\n" +
      spawn("step", "1", "1", "%rd5", "%rd1", "1") + spawn("step", "1", "1", "%rd5", "%rd1", "2") +
      call("b32:%r13", "__cudaCDP2EventRecord", {"b64:%rd7", "b64:%rd5"}) +
      call("b32:%r14", "__cudaCDP2StreamWaitEvent", {"b64:%rd6", "b64:%rd7", "b32:0"}) +
      call("b32:%r15", "__cudaCDP2EventDestroy", {"b64:%rd7"}) +
      spawn("step", "1", "1", "%rd6", "%rd1", "4") +
      call("b32:%r16", "__cudaCDP2StreamDestroy", {"b64:%rd5"}) +
      call("b32:%r17", "__cudaCDP2StreamDestroy", {"b64:%rd6"}) +
      spawn("step", "1", "1", "%rd6", "%rd1", "4", "%r18") + // destroyed
      "or.b32 %r10, %r10, %r11; or.b32 %r10, %r10, %r12; or.b32 %r10, %r10, %r13;"
      "or.b32 %r10, %r10, %r14; or.b32 %r10, %r10, %r15; or.b32 %r10, %r10, %r16;"
      "or.b32 %r10, %r10, %r17;\n" +
      out(1, "%r10") + out(2, "%r18");
  RUN_OK(body, 1, 1, p);
  EXPECT_EQ(p[0], (1u * 3 + 2) * 3 + 4);
  EXPECT_EQ(p[1], 0u);
  EXPECT_EQ(p[2], 400u); // cudaErrorInvalidResourceHandle
}

TEST_P(DeviceRuntimeTest, grids_nest_24_deep) {
  uint32_t p[64] = {};
  // Each level writes p[level] = 1 + the error of its launch.
  std::string text =
      std::string(kHeader) +
      kernel("parent", "add.u32 %r4, %r1, 1;\n" + spawn("parent", "1", "1", "0", "%rd1", "%r4") +
                           "add.u32 %r9, %r9, 1; mul.wide.u32 %rd3, %r1, 4; add.u64 %rd3, %rd1, "
                           "%rd3; st.global.u32 [%rd3], %r9;\n");
  auto result = runText(text, 1, 1, p);
  ASSERT_TRUE(result) << result.error().message;
  for (int i = 0; i < 24; i++)
    EXPECT_EQ(p[i], 1u) << i;
  EXPECT_EQ(p[24], 66u); // cudaErrorLaunchMaxDepthExceeded
  EXPECT_EQ(p[25], 0u);
}

TEST_P(DeviceRuntimeTest, errors_come_back_and_stay_with_their_thread) {
  uint32_t p[40] = {};
  std::string body =
      "setp.ne.u32 %p1, %r2, 1; @%p1 bra other;\n" +
      spawn("mark", "1", "2000", "0", "%rd1", "0", "%r10") + out(1, "%r10") +
      call("b32:%r10", "__cudaCDP2PeekAtLastError", {}) + out(2, "%r10") +
      spawn("mark", "0", "1", "0", "%rd1", "0", "%r10") + out(3, "%r10") +
      spawn("mark", "1", "1", "77", "%rd1", "0", "%r10") + out(4, "%r10") +
      spawn("99", "1", "1", "0", "%rd1", "0", "%r10") + out(5, "%r10") +
      call("b32:%r10", "__cudaCDP2GetLastError", {}) + out(6, "%r10") +
      call("b32:%r10", "__cudaCDP2GetLastError", {}) + out(7, "%r10") +
      call("b32:%r10", "__cudaCDP2StreamCreateWithFlags", {"b64:%rd2", "b32:0"}) + out(8, "%r10") +
      call("b32:%r10", "__cudaCDP2EventCreateWithFlags", {"b64:%rd2", "b32:0"}) + out(9, "%r10") +
      call("b32:%r10", "__cudaCDP2EventCreateWithFlags", {"b64:%rd2", "b32:2"}) +
      "ld.u64 %rd3, [%rd2];\n" + call("b32:%r10", "__cudaCDP2EventRecord", {"b64:%rd3", "b64:3"}) +
      out(10, "%r10") +
      call("b32:%r10", "__cudaCDP2StreamWaitEvent", {"b64:4", "b64:%rd3", "b32:0"}) +
      out(11, "%r10") + call("b32:%r10", "__cudaCDP2LaunchDeviceV2", {"b64:%rd1", "b64:0"}) +
      out(12, "%r10") +
      call("b32:%r10", "__cudaCDP2MemcpyAsync",
           {"b64:%rd1", "b64:%rd1", "b64:4", "b32:1", "b64:0"}) + // host to device
      out(13, "%r10") +
      call("b32:%r10", "__cudaCDP2MemcpyAsync",
           {"b64:%rd1", "b64:%rd2", "b64:4", "b32:3", "b64:0"}) + // from local memory
      out(14, "%r10") +
      call("b64:%rd4", "__cudaCDP2GetErrorName", {"b32:9"}) +
      "ld.u64 %rd5, [%rd4]; st.global.u64 [%rd1+120], %rd5;\n" +
      "bra done;\nother: setp.ne.u32 %p1, %r2, 2; @%p1 bra done;\n" +
      call("b32:%r10", "__cudaCDP2GetLastError", {}) + out(0, "%r10") + "done:\n";
  RUN_OK(body, 1, 3, p);
  const uint32_t expected[15] = {0, 9, 9, 9, 400, 12345, 98, 0, 1, 1, 1, 1, 1, 21, 1};
  for (int i = 0; i < 15; i++)
    EXPECT_EQ(p[i], expected[i]) << i;
  EXPECT_EQ(memcmp(&p[30], "cudaErro", 8), 0);
}

TEST_P(DeviceRuntimeTest, a_childs_fault_is_the_error_of_the_launch) {
  uint32_t p = 0;
  EXPECT_EQ(
      run(spawn("fault", "1", "1", "0", "%rd1", "0") + spawn("step", "1", "1", "0", "%rd1", "4"), 2,
          40, &p)
          .status(),
      Status::IllegalAddress);
  EXPECT_EQ(p, 0u); // nothing starts behind it
  // A bad pointer given to the device runtime itself.
  EXPECT_EQ(
      run(call("b32:%r10", "__cudaCDP2DeviceGetLimit", {"b64:64", "b32:2"}), 1, 1, &p).status(),
      Status::IllegalAddress);
  // A copy that goes wrong.
  EXPECT_EQ(run(call("b32:%r10", "__cudaCDP2MemcpyAsync",
                     {"b64:%rd1", "b64:64", "b64:4", "b32:3", "b64:0"}),
                1, 1, &p)
                .status(),
            Status::IllegalAddress);
  RUN_OK(spawn("step", "1", "1", "0", "%rd1", "4"), 1, 1, &p);
  EXPECT_EQ(p, 4u);
}

TEST_P(DeviceRuntimeTest, copies_and_fills_keep_their_place_in_the_stream) {
  uint32_t p[4] = {1, 0, 0, 9};
  std::string body =
      "add.u64 %rd3, %rd1, 8;\n" + spawn("step", "1", "1", "0", "%rd1", "4") +
      call("b32:%r10", "__cudaCDP2MemcpyAsync",
           {"b64:%rd3", "b64:%rd1", "b64:4", "b32:3", "b64:0"}) +
      spawn("step", "1", "1", "0", "%rd3", "1") +
      call("b32:%r11", "__cudaCDP2MemsetAsync", {"b64:%rd1", "b32:258", "b64:4", "b64:0"}) +
      "or.b32 %r10, %r10, %r11; or.b32 %r10, %r10, %r9; add.u32 %r10, %r10, 6;\n" + out(1, "%r10");
  RUN_OK(body, 1, 1, p);
  EXPECT_EQ(p[0], 0x02020202u);
  EXPECT_EQ(p[1], 6u);
  EXPECT_EQ(p[2], 7u * 3 + 1);
  EXPECT_EQ(p[3], 9u);
}

TEST_P(DeviceRuntimeTest, kernels_are_launched_through_pointers_with_shared_memory) {
  uint32_t p[40] = {};
  std::string text =
      std::string(kHeader) + R"(
.visible .global .align 8 .u64 pointer = reverse;
.extern .shared .align 4 .b8 dynamic[];
.visible .entry reverse(.param .u64 p, .param .u32 v)
{
  .reg .b32 %r<10>; .reg .b64 %rd<6>;
  ld.param.u64 %rd1, [p];
  mov.u32 %r1, %tid.x; mov.u32 %r2, %ntid.x;
  mov.u32 %r3, dynamic;
  shl.b32 %r4, %r1, 2; add.u32 %r4, %r3, %r4;
  st.shared.u32 [%r4], %r1;
  bar.sync 0;
  sub.u32 %r5, %r2, %r1; sub.u32 %r5, %r5, 1;
  shl.b32 %r6, %r5, 2; add.u32 %r6, %r3, %r6;
  ld.shared.u32 %r7, [%r6];
  mul.wide.u32 %rd2, %r1, 4; add.u64 %rd3, %rd1, %rd2;
  mov.u32 %r8, %dynamic_smem_size; mad.lo.u32 %r7, %r8, 1000, %r7;
  st.global.u32 [%rd3], %r7;
  ret;
}
)" +
      kernel("parent", "ld.global.u64 %rd21, [pointer];\n" +
                           spawn("%rd21", "1", "40", "0", "%rd1", "0", "%r9", "160"));
  auto result = runText(text, 1, 1, p);
  ASSERT_TRUE(result) << result.error().message;
  for (uint32_t i = 0; i < 40; i++)
    EXPECT_EQ(p[i], 160'000 + 39 - i);
}

TEST_P(DeviceRuntimeTest, queries) {
  uint32_t p[64] = {};
  std::string body =
      call("b32:%r10", "__cudaCDP2DeviceGetAttribute", {"b64:%rd1", "b32:16", "b32:1"}) +
      "add.u64 %rd3, %rd1, 8;\n" +
      call("b32:%r11", "__cudaCDP2DeviceGetLimit", {"b64:%rd3", "b32:4"}) +
      "add.u64 %rd4, %rd1, 64; mov.u64 %rd5, total;\n" +
      call("b32:%r12", "__cudaCDP2FuncGetAttributes", {"b64:%rd4", "b64:%rd5"}) +
      "add.u64 %rd6, %rd1, 16;\n" +
      call("b32:%r13", "__cudaCDP2OccupancyMaxActiveBlocksPerMultiprocessor",
           {"b64:%rd6", "b64:%rd5", "b32:256", "b64:0"}) +
      "or.b32 %r10, %r10, %r11; or.b32 %r10, %r10, %r12; or.b32 %r10, %r10, %r13;\n" +
      out(1, "%r10") +
      call("b32:%r10", "__cudaCDP2DeviceGetAttribute", {"b64:%rd2", "b32:16", "b32:0"}) +
      out(5, "%r10") +
      call("b32:%r10", "__cudaCDP2DeviceGetAttribute", {"b64:%rd2", "b32:100", "b32:1"}) +
      out(6, "%r10") + call("b32:%r10", "__cudaCDP2Malloc", {"b64:%rd2", "b64:100"}) +
      "ld.u64 %rd7, [%rd2]; st.u8 [%rd7+99], 1; and.b64 %rd8, %rd7, 15; cvt.u32.u64 %r11, %rd8;\n" +
      call("b32:%r12", "__cudaCDP2Free", {"b64:%rd7"}) +
      "or.b32 %r10, %r10, %r11; or.b32 %r10, %r10, %r12;\n" + out(7, "%r10") +
      call("b32:%r10", "__cudaCDP2Malloc", {"b64:%rd2", "b64:100000000"}) + out(8, "%r10") +
      call("b32:%r10", "__cudaCDP2Free", {"b64:%rd1"}) + out(9, "%r10");
  RUN_OK(body, 1, 1, p);
  EXPECT_EQ(p[0], 112u); // what the test's device says
  EXPECT_EQ(p[1], 0u);
  EXPECT_EQ(p[2], 2048u); // cudaLimitDevRuntimePendingLaunchCount
  EXPECT_EQ(p[4], 8u);
  EXPECT_EQ(p[5], 101u); // of another device: cudaErrorInvalidDevice
  EXPECT_EQ(p[6], 1u);
  EXPECT_EQ(p[7], 0u);
  EXPECT_EQ(p[8], 2u); // cudaErrorMemoryAllocation
  EXPECT_EQ(p[9], 17u);
  EXPECT_EQ(p[16 + 6], 1024u); // maxThreadsPerBlock
  EXPECT_EQ(p[16 + 8], 90u);   // ptxVersion
}

TEST_P(DeviceRuntimeTest, the_heap_lives_as_long_as_a_context_does) {
  constexpr int kLimitMallocHeapSize = 2; // CU_LIMIT_MALLOC_HEAP_SIZE
  uint32_t p[2] = {};
  context_ = device_->makeContext();
  ASSERT_TRUE(context_->setLimit(kLimitMallocHeapSize, 1 << 20));
  std::string take = call("b32:%r10", "__cudaCDP2Malloc", {"b64:%rd2", "b64:700000"});
  RUN_OK(take + out(0, "%r10") + take + out(1, "%r10"), 1, 1, p);
  EXPECT_EQ(p[0], 0u);
  EXPECT_EQ(p[1], 2u); // exhausted: cudaErrorMemoryAllocation
  EXPECT_EQ(context_->setLimit(kLimitMallocHeapSize, 4 << 20).status(), Status::InvalidValue);
  RUN_OK(take + out(0, "%r10"), 1, 1, p); // a later kernel finds what was taken
  EXPECT_EQ(p[0], 2u);
  context_ = device_->makeContext();
  ASSERT_TRUE(context_->setLimit(kLimitMallocHeapSize, 2 << 20));
  RUN_OK(take + out(0, "%r10") + take + out(1, "%r10"), 1, 1, p);
  EXPECT_EQ(p[0] | p[1], 0u);
}

TEST_P(DeviceRuntimeTest, what_a_program_brings_along_under_these_names_is_not_used) {
  uint32_t p = 0;
  const char* library = R"(
.version 9.0
.target sm_90
.address_size 64
.visible .func (.param .b32 r) __cudaCDP2DeviceGetAttribute (.param .b64 v, .param .b32 a, .param .b32 d)
{ trap; }
.visible .func (.param .b32 r) __cudaCDP2LaunchDeviceV2 (.param .b64 p, .param .b64 s)
{ trap; }
)";
  std::string body = spawn("step", "1", "1", "0", "%rd1", "4");
  auto result = runUnits({std::make_shared<const PtxText>(kHeader + kernel("parent", body)),
                          std::make_shared<const PtxText>(library)},
                         1, 1, &p);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(p, 4u);
  // The stubs of programs without relocatable code are the program's own.
  const char* stub = R"(
.version 9.0
.target sm_90
.address_size 64
.weak .func (.param .b32 r) __cudaCDP2GetDevice (.param .b64 v)
{ st.param.b32 [r], 999; ret; }
)";
  result = runText(stub + kernel("parent", call("b32:%r10", "__cudaCDP2GetDevice", {"b64:%rd1"}) +
                                               out(0, "%r10")),
                   1, 1, &p);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(p, 999u);
}

// CUDA 11's form, which waits for its children.
TEST_P(DeviceRuntimeTest, a_block_waits_for_its_children) {
  std::vector<uint32_t> p(3 * 100, 0);
  std::string child = std::string(kHeader) + kernel("parent", R"(
  mul.lo.u32 %r4, %r3, 100; add.u32 %r4, %r4, %r1; add.u32 %r5, %r1, 1;
  mul.wide.u32 %rd3, %r4, 4; add.u64 %rd3, %rd1, %rd3;
  setp.ge.u32 %p1, %r5, 20; @%p1 bra leaf;
  mov.u64 %rd4, parent;
  { .param .b64 a; .param .b64 b; .param .b64 r; st.param.b64 [a], 8; st.param.b64 [b], 16;
    call.uni (r), cudaGetParameterBuffer, (a, b); ld.param.b64 %rd5, [r]; }
  mul.wide.u32 %rd6, %r3, 400; add.u64 %rd6, %rd1, %rd6;
  st.u64 [%rd5], %rd6; st.u32 [%rd5+8], %r5;
  { .param .b64 a; .param .b64 b; .param .align 4 .b8 c[12]; .param .align 4 .b8 d[12];
    .param .b32 e; .param .b64 f; .param .b32 r;
    st.param.b64 [a], %rd4; st.param.b64 [b], %rd5; st.param.b32 [c], 1; st.param.b32 [c+4], 1;
    st.param.b32 [c+8], 1; st.param.b32 [d], 1; st.param.b32 [d+4], 1; st.param.b32 [d+8], 1;
    st.param.b32 [e], 0; st.param.b64 [f], 0;
    call.uni (r), cudaLaunchDevice, (a, b, c, d, e, f); ld.param.b32 %r9, [r]; }
)" + call("b32:%r10", "cudaDeviceSynchronize", {}) + R"(
  ld.global.u32 %r11, [%rd3+4]; add.u32 %r11, %r11, %r9; add.u32 %r11, %r11, %r10;
  add.u32 %r11, %r11, %r1; st.global.u32 [%rd3], %r11; bra done;
leaf: st.global.u32 [%rd3], %r1;
done:
)");
  auto result = runText(child, 3, 1, p.data());
  ASSERT_TRUE(result) << result.error().message;
  for (int block = 0; block < 3; block++)
    EXPECT_EQ(p[size_t(block) * 100], 19u * 20 / 2) << block;
}

TEST_P(DeviceRuntimeTest, the_grid_group_of_a_cooperative_launch) {
  std::vector<uint32_t> p(8 * 64, 0);
  std::string body = "mad.lo.u32 %r4, %r3, 64, %r2; mul.wide.u32 %rd3, %r4, 4; add.u64 %rd3, %rd1, "
                     "%rd3; st.global.u32 [%rd3], %r4;\n" +
                     call("b64:%rd4", "cudaCGGetIntrinsicHandle", {"b32:1"}) +
                     call("b32:%r5", "cudaCGSynchronizeGrid", {"b64:%rd4", "b32:0"}) +
                     "add.u64 %rd5, %rd2, 4;\n" +
                     call("b32:%r6", "cudaCGGetSize", {"b64:%rd2", "b64:%rd5", "b64:%rd4"}) +
                     "ld.u32 %r7, [%rd2]; ld.u32 %r8, [%rd5];\n" +
                     call("b32:%r9", "cudaCGGetRank", {"b64:%rd2", "b64:%rd5", "b64:%rd4"}) +
                     "ld.u32 %r10, [%rd2]; ld.u32 %r11, [%rd5];\n"
                     // the value of the thread at the other end of the grid
                     "sub.u32 %r12, %r7, %r4; sub.u32 %r12, %r12, 1; mul.wide.u32 %rd6, %r12, 4; "
                     "add.u64 %rd6, %rd1, %rd6; ld.volatile.global.u32 %r13, [%rd6];\n" +
                     call("b32:%r14", "cudaCGSynchronizeGrid", {"b64:%rd4", "b32:0"}) +
                     "sub.u32 %r10, %r10, %r4; mad.lo.u32 %r13, %r10, 10000, %r13; mad.lo.u32 "
                     "%r13, %r11, 20000, %r13; mad.lo.u32 %r13, %r8, 100000, %r13; or.b32 %r5, "
                     "%r5, %r6; or.b32 %r5, %r5, %r9; or.b32 %r5, %r5, %r14; mad.lo.u32 %r13, "
                     "%r5, 1000000, %r13; st.global.u32 [%rd3], %r13;\n";
  RUN_OK(body, 8, 64, p.data(), 0, true);
  for (uint32_t i = 0; i < p.size(); i++)
    EXPECT_EQ(p[i], 100'000 + 511 - i) << i;
  // Without a cooperative launch there is no such group, and never one of several devices.
  std::string none = call("b64:%rd4", "cudaCGGetIntrinsicHandle", {"b32:1"}) +
                     call("b32:%r5", "cudaCGSynchronizeGrid", {"b64:%rd4", "b32:0"}) +
                     out(0, "%r5") + call("b64:%rd4", "cudaCGGetIntrinsicHandle", {"b32:2"}) +
                     call("b32:%r6", "cudaCGGetSize", {"b64:%rd2", "b64:0", "b64:%rd4"}) +
                     out(1, "%r6");
  RUN_OK(none, 1, 1, p.data());
  EXPECT_EQ(p[0], 999u);
  EXPECT_EQ(p[1], 999u);
}

INSTANTIATE_TEST_SUITE_P(threads, DeviceRuntimeTest, ::testing::Values(1, 3),
                         [](const auto& info) { return std::to_string(info.param); });

} // namespace
} // namespace anywarp
