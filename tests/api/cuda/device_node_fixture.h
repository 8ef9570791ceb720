// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that change device-updatable nodes, and short ways to make such nodes.
#pragma once

#include "graph_fixture.h"

// Each returns what the device runtime says in *result.
// set_param(node, size_t offset, const void* value, size_t size, int* result)
// set_enabled(node, int enable, int* result)
// set_grid(node, x, y, z, int* result)
// apply(updates, size_t count, int* result)
// set_lane(node, const int* values): thread i sets the i-th int of the parameters.
// count(int* p, int v): adds v to *p, once a block.
// sum8(a0 ... a7, int* p): their sum.
// same(int a, int b, int* different): adds 1 if they differ.
inline constexpr const char* kDeviceNodePtx = R"(
.version 8.0
.target sm_90
.address_size 64

.extern .func (.param .b32 result) cudaGraphKernelNodeSetParam
    (.param .b64 node, .param .b64 offset, .param .b64 value, .param .b64 size);
.extern .func (.param .b32 result) cudaGraphKernelNodeSetEnabled
    (.param .b64 node, .param .b32 enable);
.extern .func (.param .b32 result) cudaGraphKernelNodeSetGridDim
    (.param .b64 node, .param .align 4 .b8 grid[12]);
.extern .func (.param .b32 result) cudaGraphKernelNodeUpdatesApply
    (.param .b64 updates, .param .b64 count);

.visible .entry set_param(.param .u64 p_node, .param .u64 p_offset, .param .u64 p_value,
                          .param .u64 p_size, .param .u64 p_result)
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<6>;
  ld.param.u64 %rd1, [p_node];
  ld.param.u64 %rd2, [p_offset];
  ld.param.u64 %rd3, [p_value];
  ld.param.u64 %rd4, [p_size];
  ld.param.u64 %rd5, [p_result];
  {
    .param .b64 a0;
    .param .b64 a1;
    .param .b64 a2;
    .param .b64 a3;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b64 [a1], %rd2;
    st.param.b64 [a2], %rd3;
    st.param.b64 [a3], %rd4;
    call.uni (back), cudaGraphKernelNodeSetParam, (a0, a1, a2, a3);
    ld.param.b32 %r1, [back];
  }
  st.global.u32 [%rd5], %r1;
  ret;
}

.visible .entry set_enabled(.param .u64 p_node, .param .u32 p_enable, .param .u64 p_result)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_node];
  ld.param.u32 %r1, [p_enable];
  ld.param.u64 %rd2, [p_result];
  {
    .param .b64 a0;
    .param .b32 a1;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b32 [a1], %r1;
    call.uni (back), cudaGraphKernelNodeSetEnabled, (a0, a1);
    ld.param.b32 %r2, [back];
  }
  st.global.u32 [%rd2], %r2;
  ret;
}

.visible .entry set_grid(.param .u64 p_node, .param .u32 p_x, .param .u32 p_y, .param .u32 p_z,
                         .param .u64 p_result)
{
  .reg .b32 %r<5>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_node];
  ld.param.u32 %r1, [p_x];
  ld.param.u32 %r2, [p_y];
  ld.param.u32 %r3, [p_z];
  ld.param.u64 %rd2, [p_result];
  {
    .param .b64 a0;
    .param .align 4 .b8 a1[12];
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b32 [a1+0], %r1;
    st.param.b32 [a1+4], %r2;
    st.param.b32 [a1+8], %r3;
    call.uni (back), cudaGraphKernelNodeSetGridDim, (a0, a1);
    ld.param.b32 %r4, [back];
  }
  st.global.u32 [%rd2], %r4;
  ret;
}

.visible .entry apply(.param .u64 p_updates, .param .u64 p_count, .param .u64 p_result)
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_updates];
  ld.param.u64 %rd2, [p_count];
  ld.param.u64 %rd3, [p_result];
  {
    .param .b64 a0;
    .param .b64 a1;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b64 [a1], %rd2;
    call.uni (back), cudaGraphKernelNodeUpdatesApply, (a0, a1);
    ld.param.b32 %r1, [back];
  }
  st.global.u32 [%rd3], %r1;
  ret;
}

.visible .entry set_lane(.param .u64 p_node, .param .u64 p_values)
{
  .reg .b32 %r<5>;
  .reg .b64 %rd<6>;
  ld.param.u64 %rd1, [p_node];
  ld.param.u64 %rd2, [p_values];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mad.lo.u32 %r1, %r2, %r3, %r1;
  mul.wide.u32 %rd3, %r1, 4;
  add.u64 %rd4, %rd2, %rd3;
  mov.u64 %rd5, 4;
  {
    .param .b64 a0;
    .param .b64 a1;
    .param .b64 a2;
    .param .b64 a3;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b64 [a1], %rd3;
    st.param.b64 [a2], %rd4;
    st.param.b64 [a3], %rd5;
    call (back), cudaGraphKernelNodeSetParam, (a0, a1, a2, a3);
  }
  ret;
}

.visible .entry count(.param .u64 p_data, .param .u32 p_value)
{
  .reg .pred %p;
  .reg .b32 %r<3>;
  .reg .b64 %rd<2>;
  ld.param.u64 %rd1, [p_data];
  ld.param.u32 %r1, [p_value];
  mov.u32 %r2, %tid.x;
  setp.ne.u32 %p, %r2, 0;
  @%p bra done;
  red.global.add.u32 [%rd1], %r1;
done:
  ret;
}

.visible .entry sum8(.param .u32 p0, .param .u32 p1, .param .u32 p2, .param .u32 p3,
                     .param .u32 p4, .param .u32 p5, .param .u32 p6, .param .u32 p7,
                     .param .u64 p_data)
{
  .reg .b32 %r<9>;
  .reg .b64 %rd<2>;
  ld.param.u32 %r1, [p0];
  ld.param.u32 %r2, [p1];
  ld.param.u32 %r3, [p2];
  ld.param.u32 %r4, [p3];
  ld.param.u32 %r5, [p4];
  ld.param.u32 %r6, [p5];
  ld.param.u32 %r7, [p6];
  ld.param.u32 %r8, [p7];
  ld.param.u64 %rd1, [p_data];
  add.u32 %r1, %r1, %r2;
  add.u32 %r1, %r1, %r3;
  add.u32 %r1, %r1, %r4;
  add.u32 %r1, %r1, %r5;
  add.u32 %r1, %r1, %r6;
  add.u32 %r1, %r1, %r7;
  add.u32 %r1, %r1, %r8;
  st.global.u32 [%rd1], %r1;
  ret;
}

.visible .entry same(.param .u32 p_a, .param .u32 p_b, .param .u64 p_data)
{
  .reg .pred %p;
  .reg .b32 %r<3>;
  .reg .b64 %rd<2>;
  ld.param.u32 %r1, [p_a];
  ld.param.u32 %r2, [p_b];
  ld.param.u64 %rd1, [p_data];
  setp.eq.u32 %p, %r1, %r2;
  @%p bra done;
  red.global.add.u32 [%rd1], 1;
done:
  ret;
}
)";

class DeviceNodeTest : public GraphTest {
protected:
  void SetUp() override {
    GraphTest::SetUp();
    if (!HasFatalFailure())
      ASSERT_CU(cuModuleLoadData(&updates, kDeviceNodePtx));
  }
  // Parameters of one of the kernels above.
  template <typename... Args> CUDA_KERNEL_NODE_PARAMS updater(const char* name, Args... args) {
    auto params = kernel("bump", args...);
    params.func = nullptr;
    EXPECT_CU(cuModuleGetFunction(&params.func, updates, name));
    return params;
  }
  static CUresult setUpdatable(CUgraphNode node, int value, CUgraphDeviceNode* handle = nullptr) {
    CUlaunchAttributeValue attribute = {};
    attribute.deviceUpdatableKernelNode.deviceUpdatable = value;
    CUresult result = cuGraphKernelNodeSetAttribute(
        node, CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE, &attribute);
    if (handle)
      *handle = attribute.deviceUpdatableKernelNode.devNode;
    return result;
  }
  // Makes it device-updatable.
  static uint64_t handleOf(CUgraphNode node) {
    CUgraphDeviceNode handle = nullptr;
    EXPECT_CU(setUpdatable(node, 1, &handle));
    EXPECT_NE(nullptr, handle);
    return uint64_t(uintptr_t(handle));
  }
  CUgraphExec uploaded(CUgraph of, unsigned long long flags = 0) {
    CUgraphExec exec = instantiate(of, flags);
    EXPECT_CU(cuGraphUpload(exec, stream));
    return exec;
  }
  CUgraph newGraph() {
    CUgraph result = nullptr;
    EXPECT_CU(cuGraphCreate(&result, 0));
    return result;
  }
  // Launches a kernel that is no node.
  void launch(const CUDA_KERNEL_NODE_PARAMS& p, CUstream where) {
    EXPECT_CU(cuLaunchKernel(p.func, p.gridDimX, p.gridDimY, p.gridDimZ, p.blockDimX, p.blockDimY,
                             p.blockDimZ, 0, where, p.kernelParams, nullptr));
  }
  // The same, and what it writes to data[i], which is what the device runtime says.
  int ask(const CUDA_KERNEL_NODE_PARAMS& params, int i) {
    data[i] = -1;
    launch(params, stream);
    EXPECT_CU(cuStreamSynchronize(stream));
    return data[i];
  }
  static constexpr int kAnswer = 100; // data[] of answers
  int askParam(uint64_t node, size_t offset, const void* value, size_t size) {
    return ask(updater("set_param", node, offset, uintptr_t(value), size, at(kAnswer)), kAnswer);
  }
  int askEnabled(uint64_t node, int enable) {
    return ask(updater("set_enabled", node, enable, at(kAnswer)), kAnswer);
  }
  int askGrid(uint64_t node, unsigned x, unsigned y = 1, unsigned z = 1) {
    return ask(updater("set_grid", node, x, y, z, at(kAnswer)), kAnswer);
  }

  CUmodule updates = nullptr;
};
