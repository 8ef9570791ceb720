// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A device-updatable node "must reside upon the same device as the calling kernel" (CUDA runtime
// API manual, cudaGraphKernelNodeSetEnabled).
#include <cuda.h>
#include <gtest/gtest.h>

#define ASSERT_CU(expression) ASSERT_EQ(CUDA_SUCCESS, (expression))
#define EXPECT_CU(expression) EXPECT_EQ(CUDA_SUCCESS, (expression))

namespace {

constexpr const char* kPtx = R"(
.version 8.0
.target sm_52
.address_size 64

.extern .func (.param .b32 result) cudaGraphKernelNodeSetEnabled
    (.param .b64 node, .param .b32 enable);

// disable(node, int* result)
.visible .entry disable(.param .u64 p_node, .param .u64 p_result)
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [p_node];
  ld.param.u64 %rd2, [p_result];
  {
    .param .b64 a0;
    .param .b32 a1;
    .param .b32 back;
    st.param.b64 [a0], %rd1;
    st.param.b32 [a1], 0;
    call.uni (back), cudaGraphKernelNodeSetEnabled, (a0, a1);
    ld.param.b32 %r1, [back];
  }
  st.global.u32 [%rd2], %r1;
  ret;
}

// add(int* p): adds 1.
.visible .entry add(.param .u64 p)
{
  .reg .b32 %r;
  .reg .b64 %rd;
  ld.param.u64 %rd, [p];
  ld.global.u32 %r, [%rd];
  add.u32 %r, %r, 1;
  st.global.u32 [%rd], %r;
  ret;
}
)";

// A context of a device, its own copy of the module, and two ints that all devices see.
struct Side {
  CUcontext context = nullptr;
  CUmodule module = nullptr;
  int* data = nullptr;
};

void open(int ordinal, Side& side) {
  CUdevice device = 0;
  ASSERT_CU(cuDeviceGet(&device, ordinal));
  ASSERT_CU(cuCtxCreate(&side.context, nullptr, 0, device));
  ASSERT_CU(cuModuleLoadData(&side.module, kPtx));
  void* memory = nullptr;
  ASSERT_CU(cuMemHostAlloc(&memory, 8, CU_MEMHOSTALLOC_PORTABLE));
  side.data = static_cast<int*>(memory);
  side.data[0] = 0;
}

// What a kernel of the side is told.
int disableFrom(Side& side, CUgraphDeviceNode node) {
  CUfunction function = nullptr;
  EXPECT_CU(cuCtxSetCurrent(side.context));
  EXPECT_CU(cuModuleGetFunction(&function, side.module, "disable"));
  side.data[1] = -1;
  int* result = side.data + 1;
  void* params[] = {&node, &result};
  EXPECT_CU(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_CU(cuCtxSynchronize());
  return side.data[1];
}

TEST(DeviceNode, only_kernels_of_its_device_change_a_node) {
  ASSERT_CU(cuInit(0));
  int count = 0;
  ASSERT_CU(cuDeviceGetCount(&count));
  if (count < 2)
    GTEST_SKIP() << "one device";
  Side own, other;
  ASSERT_NO_FATAL_FAILURE(open(1, other));
  ASSERT_NO_FATAL_FAILURE(open(0, own));

  CUgraph graph = nullptr;
  CUgraphNode node = nullptr;
  CUDA_KERNEL_NODE_PARAMS params = {};
  void* list[] = {&own.data};
  ASSERT_CU(cuGraphCreate(&graph, 0));
  ASSERT_CU(cuModuleGetFunction(&params.func, own.module, "add"));
  params.gridDimX = params.gridDimY = params.gridDimZ = 1;
  params.blockDimX = params.blockDimY = params.blockDimZ = 1;
  params.kernelParams = list;
  ASSERT_CU(cuGraphAddKernelNode(&node, graph, nullptr, 0, &params));
  CUlaunchAttributeValue value = {};
  value.deviceUpdatableKernelNode.deviceUpdatable = 1;
  ASSERT_CU(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE,
                                          &value));
  CUgraphDeviceNode handle = value.deviceUpdatableKernelNode.devNode;
  CUgraphExec exec = nullptr;
  ASSERT_CU(cuGraphInstantiate(&exec, graph, 0));
  ASSERT_CU(cuGraphUpload(exec, nullptr));
  ASSERT_CU(cuCtxSynchronize());

  auto run = [&] {
    EXPECT_CU(cuCtxSetCurrent(own.context));
    EXPECT_CU(cuGraphLaunch(exec, nullptr));
    EXPECT_CU(cuCtxSynchronize());
    return own.data[0];
  };
  EXPECT_EQ(1, disableFrom(other, handle)); // cudaErrorInvalidValue
  EXPECT_EQ(1, run());
  EXPECT_EQ(0, disableFrom(own, handle));
  EXPECT_EQ(1, run());
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_CU(cuCtxDestroy(own.context));
  EXPECT_CU(cuCtxDestroy(other.context));
}

} // namespace
