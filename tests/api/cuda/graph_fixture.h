// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels, a stream and short ways to make nodes for the tests of graphs.
#pragma once

#include "fixture.h"

#include <cstring>

// bump(int* p, int v): *p = *p * 3 + v.
// count_down(handle, int* p): *p -= 1, and the condition becomes *p.
// set_condition(handle, int value).
// launch(exec, stream, int* result): launches a graph.
// again(int* p): *p -= 1; launches its own graph as a tail while *p is not 0.
// current(long* p): the graph that runs.
// meet(int* mine, int* other): *mine = 1; then waits until *other is not 0.
// gather(int* p, int n): adds 1 to *p; then waits until n have done so.
// fail(): traps.
inline constexpr const char* kGraphPtx = R"(
.version 8.0
.target sm_70
.address_size 64

.extern .func cudaGraphSetConditional (.param .b64 handle, .param .b32 value);
.extern .func (.param .b32 result) cudaGraphLaunch (.param .b64 exec, .param .b64 stream);

.visible .entry bump(.param .u64 p_data, .param .u32 p_value)
{
  .reg .b32 %r<4>;
  .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p_data];
  ld.param.u32 %r1, [p_value];
  ld.global.u32 %r2, [%rd1];
  mad.lo.s32 %r3, %r2, 3, %r1;
  st.global.u32 [%rd1], %r3;
  ret;
}

.visible .entry count_down(.param .u64 p_handle, .param .u64 p_data)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_handle];
  ld.param.u64 %rd2, [p_data];
  ld.global.u32 %r1, [%rd2];
  sub.s32 %r2, %r1, 1;
  st.global.u32 [%rd2], %r2;
  {
    .param .b64 a0;
    .param .b32 a1;
    st.param.b64 [a0], %rd1;
    st.param.b32 [a1], %r2;
    call.uni cudaGraphSetConditional, (a0, a1);
  }
  ret;
}

.visible .entry set_condition(.param .u64 p_handle, .param .u32 p_value)
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p_handle];
  ld.param.u32 %r1, [p_value];
  {
    .param .b64 a0;
    .param .b32 a1;
    st.param.b64 [a0], %rd1;
    st.param.b32 [a1], %r1;
    call.uni cudaGraphSetConditional, (a0, a1);
  }
  ret;
}

.visible .entry launch(.param .u64 p_exec, .param .u64 p_stream, .param .u64 p_result)
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_exec];
  ld.param.u64 %rd2, [p_stream];
  ld.param.u64 %rd3, [p_result];
  {
    .param .b64 a0;
    .param .b64 a1;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b64 [a1], %rd2;
    call.uni (back), cudaGraphLaunch, (a0, a1);
    ld.param.b32 %r1, [back];
  }
  st.global.u32 [%rd3], %r1;
  ret;
}

.visible .entry again(.param .u64 p_data)
{
  .reg .pred %p;
  .reg .b32 %r<4>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_data];
  ld.global.u32 %r1, [%rd1];
  sub.s32 %r2, %r1, 1;
  st.global.u32 [%rd1], %r2;
  setp.eq.s32 %p, %r2, 0;
  @%p bra done;
  mov.u64 %rd2, %current_graph_exec;
  mov.u64 %rd3, 0x0100000000000000;
  {
    .param .b64 a0;
    .param .b64 a1;
    .param .b32 back;
    st.param.b64 [a0], %rd2;
    st.param.b64 [a1], %rd3;
    call.uni (back), cudaGraphLaunch, (a0, a1);
    ld.param.b32 %r3, [back];
  }
done:
  ret;
}

.visible .entry current(.param .u64 p_data)
{
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_data];
  mov.u64 %rd2, %current_graph_exec;
  st.global.u64 [%rd1], %rd2;
  ret;
}

.visible .entry meet(.param .u64 p_mine, .param .u64 p_other)
{
  .reg .pred %p;
  .reg .b32 %r<3>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_mine];
  ld.param.u64 %rd2, [p_other];
  mov.u32 %r1, 1;
  st.release.sys.global.u32 [%rd1], %r1;
again:
  ld.acquire.sys.global.u32 %r2, [%rd2];
  setp.eq.u32 %p, %r2, 0;
  @%p bra again;
  ret;
}

.visible .entry gather(.param .u64 p_data, .param .u32 p_count)
{
  .reg .pred %p;
  .reg .b32 %r<5>;
  .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p_data];
  ld.param.u32 %r1, [p_count];
  atom.acq_rel.sys.global.add.u32 %r2, [%rd1], 1;
  add.u32 %r2, %r2, 1;
  mov.u32 %r4, 1;
  setp.ne.u32 %p, %r2, %r1;
  @%p bra again;
  st.release.sys.global.u32 [%rd1+4], %r4;
again:
  ld.acquire.sys.global.u32 %r3, [%rd1+4];
  setp.eq.u32 %p, %r3, 0;
  @%p bra again;
  ret;
}

.visible .entry fail()
{
  trap;
  ret;
}
)";

class GraphTest : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    if (HasFatalFailure())
      return;
    ASSERT_CU(cuModuleLoadData(&module, kGraphPtx));
    ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    ASSERT_CU(cuGraphCreate(&graph, 0));
    ASSERT_CU(cuMemAllocHost(&memory, 4096));
    data = static_cast<int*>(memory);
    std::memset(memory, 0, 4096);
  }

  CUfunction function(const char* name) {
    CUfunction result = nullptr;
    EXPECT_CU(cuModuleGetFunction(&result, module, name));
    return result;
  }
  CUdeviceptr at(int i) { return CUdeviceptr(uintptr_t(data + i)); }

  // Parameters of a node whose kernel takes these values; they live until the test ends.
  template <typename... Args> CUDA_KERNEL_NODE_PARAMS kernel(const char* name, Args... args) {
    auto* block = new std::vector<uint64_t>{uint64_t(args)...};
    auto* list = new std::vector<void*>;
    for (uint64_t& value : *block)
      list->push_back(&value);
    blocks.emplace_back(block);
    lists.emplace_back(list);
    CUDA_KERNEL_NODE_PARAMS params = {};
    params.func = function(name);
    params.gridDimX = params.gridDimY = params.gridDimZ = 1;
    params.blockDimX = params.blockDimY = params.blockDimZ = 1;
    params.kernelParams = list->data();
    return params;
  }
  CUgraphNode add(CUgraph to, const CUDA_KERNEL_NODE_PARAMS& params,
                  std::vector<CUgraphNode> before = {}) {
    CUgraphNode node = nullptr;
    EXPECT_CU(cuGraphAddKernelNode(&node, to, before.data(), before.size(), &params));
    return node;
  }
  CUgraphNode addBump(CUgraph to, int i, int v, std::vector<CUgraphNode> before = {}) {
    return add(to, kernel("bump", at(i), v), before);
  }
  CUgraphExec instantiate(CUgraph of, unsigned long long flags = 0) {
    CUgraphExec exec = nullptr;
    EXPECT_CU(cuGraphInstantiate(&exec, of, flags));
    return exec;
  }
  void run(CUgraphExec exec) {
    EXPECT_CU(cuGraphLaunch(exec, stream));
    EXPECT_CU(cuStreamSynchronize(stream));
  }

  CUmodule module = nullptr;
  CUstream stream = nullptr;
  CUgraph graph = nullptr;
  void* memory = nullptr; // pinned, zeros
  int* data = nullptr;    // the same
  std::vector<std::unique_ptr<std::vector<uint64_t>>> blocks;
  std::vector<std::unique_ptr<std::vector<void*>>> lists;
};
