// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Thread block clusters: launch attributes, kernel attributes, occupancy, and their errors.
#include "fixture.h"

namespace {

// Writes %cluster_nctarank of each block.
constexpr const char* kClusterPtx = R"(
.version 8.6
.target sm_90
.address_size 64
.visible .entry any(.param .u64 out)
{
  .reg .b64 %rd<3>;
  .reg .b32 %r<3>;
  ld.param.u64 %rd0, [out];
  mov.u32 %r0, %ctaid.x;
  mov.u32 %r1, %cluster_nctarank;
  mul.wide.u32 %rd1, %r0, 4;
  add.u64 %rd0, %rd0, %rd1;
  st.global.u32 [%rd0], %r1;
  ret;
}
.visible .entry fixed(.param .u64 out) .reqnctapercluster 2, 1, 1
{
  .reg .b64 %rd<3>;
  .reg .b32 %r<3>;
  ld.param.u64 %rd0, [out];
  mov.u32 %r0, %ctaid.x;
  mov.u32 %r1, %cluster_nctarank;
  mul.wide.u32 %rd1, %r0, 4;
  add.u64 %rd0, %rd0, %rd1;
  st.global.u32 [%rd0], %r1;
  ret;
}
.visible .entry explicit(.param .u64 out) .explicitcluster .maxclusterrank 4
{
  ret;
}
)";

class cuLaunchKernelExCluster : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuModuleLoadData(&module_, kClusterPtx));
    out_ = upload(std::vector<int>(16, -1));
  }
  CUfunction kernel(const char* name) {
    CUfunction f = nullptr;
    EXPECT_CU(cuModuleGetFunction(&f, module_, name));
    return f;
  }
  // `cluster` 0: no attribute.
  CUresult launch(CUfunction f, unsigned blocks, unsigned cluster) {
    CUlaunchAttribute attribute = {};
    attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    attribute.value.clusterDim.x = cluster;
    attribute.value.clusterDim.y = attribute.value.clusterDim.z = 1;
    CUlaunchConfig config = configOf(blocks, attribute);
    config.numAttrs = cluster != 0;
    void* params[] = {&out_};
    CUresult result = cuLaunchKernelEx(&config, f, params, nullptr);
    return result ? result : cuCtxSynchronize();
  }
  static CUlaunchConfig configOf(unsigned blocks, CUlaunchAttribute& attribute) {
    CUlaunchConfig config = {};
    config.gridDimX = blocks;
    config.gridDimY = config.gridDimZ = 1;
    config.blockDimX = 32;
    config.blockDimY = config.blockDimZ = 1;
    config.attrs = &attribute;
    config.numAttrs = 1;
    return config;
  }
  CUmodule module_ = nullptr;
  CUdeviceptr out_ = 0;
};

TEST_F(cuLaunchKernelExCluster, runs_in_clusters) {
  CUfunction f = kernel("any");
  for (unsigned cluster : {0u, 1u, 2u, 4u, 8u}) {
    ASSERT_CU(launch(f, 16, cluster));
    EXPECT_EQ(download<int>(out_, 16), std::vector<int>(16, cluster ? int(cluster) : 1));
  }
}

TEST_F(cuLaunchKernelExCluster, size_errors) {
  CUfunction f = kernel("any");
  EXPECT_EQ(launch(f, 15, 2), CUDA_ERROR_INVALID_CLUSTER_SIZE); // not a multiple
  EXPECT_EQ(launch(f, 16, 16), CUDA_ERROR_INVALID_CLUSTER_SIZE);
  ASSERT_CU(cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1));
  EXPECT_CU(launch(f, 16, 16));
  EXPECT_EQ(launch(f, 32, 32), CUDA_ERROR_INVALID_CLUSTER_SIZE);
}

TEST_F(cuLaunchKernelExCluster, kernels_that_were_compiled_for_a_size) {
  CUfunction f = kernel("fixed");
  int width = 0;
  EXPECT_CU(cuFuncGetAttribute(&width, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, f));
  EXPECT_EQ(width, 2);
  EXPECT_EQ(cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, 4),
            CUDA_ERROR_NOT_PERMITTED);
  ASSERT_CU(launch(f, 4, 0));
  EXPECT_EQ(download<int>(out_, 4), std::vector<int>(4, 2));
  EXPECT_CU(launch(f, 4, 2));
  EXPECT_EQ(launch(f, 4, 4), CUDA_ERROR_INVALID_CLUSTER_SIZE);
  EXPECT_EQ(launch(f, 3, 0), CUDA_ERROR_INVALID_CLUSTER_SIZE);
}

TEST_F(cuLaunchKernelExCluster, kernels_that_need_a_size) {
  CUfunction f = kernel("explicit");
  int needed = 0;
  EXPECT_CU(cuFuncGetAttribute(&needed, CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET, f));
  EXPECT_EQ(needed, 1);
  EXPECT_EQ(launch(f, 8, 0), CUDA_ERROR_INVALID_CLUSTER_SIZE);
  EXPECT_CU(launch(f, 8, 4));
  EXPECT_EQ(launch(f, 8, 8), CUDA_ERROR_INVALID_CLUSTER_SIZE); // .maxclusterrank 4
}

TEST_F(cuLaunchKernelExCluster, a_size_set_at_run_time) {
  CUfunction f = kernel("any");
  for (auto axis :
       {CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT,
        CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH})
    ASSERT_CU(
        cuFuncSetAttribute(f, axis, axis == CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH ? 4 : 1));
  ASSERT_CU(launch(f, 8, 0));
  EXPECT_EQ(download<int>(out_, 8), std::vector<int>(8, 4));
}

TEST_F(cuLaunchKernelExCluster, occupancy) {
  CUfunction f = kernel("any");
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  attribute.value.clusterDim.x = 4;
  attribute.value.clusterDim.y = attribute.value.clusterDim.z = 1;
  CUlaunchConfig config = configOf(16, attribute);
  int size = 0, clusters = 0;
  ASSERT_CU(cuOccupancyMaxPotentialClusterSize(&size, f, &config));
  EXPECT_EQ(size, 8);
  ASSERT_CU(cuOccupancyMaxActiveClusters(&clusters, f, &config));
  EXPECT_GE(clusters, 1);
  ASSERT_CU(cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1));
  ASSERT_CU(cuOccupancyMaxPotentialClusterSize(&size, f, &config));
  EXPECT_EQ(size, 16);
  attribute.value.clusterDim.x = 17;
  EXPECT_EQ(cuOccupancyMaxActiveClusters(&clusters, f, &config), CUDA_ERROR_INVALID_CLUSTER_SIZE);
  EXPECT_EQ(cuOccupancyMaxActiveClusters(nullptr, f, &config), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(cuLaunchKernelExCluster, device_attributes) {
  int value = 0;
  EXPECT_CU(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, device));
  EXPECT_EQ(value, 1);
  EXPECT_CU(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_TENSOR_MAP_ACCESS_SUPPORTED, device));
  EXPECT_EQ(value, 1);
}

} // namespace
