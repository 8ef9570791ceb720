// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuTensorMapEncode*: every rule of the manual, and a map that a kernel uses.
#include "fixture.h"

#include <cstring>

namespace {

// Arguments of a valid call, for a test to break one.
struct Tiled {
  CUtensorMap map = {};
  CUtensorMapDataType type = CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
  cuuint32_t rank = 3;
  void* address = reinterpret_cast<void*>(0x1000);
  cuuint64_t sizes[5] = {64, 32, 16, 8, 4};
  cuuint64_t strides[4] = {256, 8192, 131072, 1048576};
  cuuint32_t box[5] = {8, 4, 2, 1, 1};
  cuuint32_t elementStrides[5] = {1, 1, 1, 1, 1};
  CUtensorMapInterleave interleave = CU_TENSOR_MAP_INTERLEAVE_NONE;
  CUtensorMapSwizzle swizzle = CU_TENSOR_MAP_SWIZZLE_NONE;
  CUtensorMapL2promotion l2 = CU_TENSOR_MAP_L2_PROMOTION_NONE;
  CUtensorMapFloatOOBfill fill = CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE;

  CUresult encode() {
    return cuTensorMapEncodeTiled(&map, type, rank, address, sizes, strides, box, elementStrides,
                                  interleave, swizzle, l2, fill);
  }
};

#define EXPECT_REFUSED(setup)                                                                      \
  do {                                                                                             \
    Tiled t;                                                                                       \
    setup;                                                                                         \
    EXPECT_EQ(t.encode(), CUDA_ERROR_INVALID_VALUE) << #setup;                                     \
  } while (0)
#define EXPECT_TAKEN(setup)                                                                        \
  do {                                                                                             \
    Tiled t;                                                                                       \
    setup;                                                                                         \
    EXPECT_EQ(t.encode(), CUDA_SUCCESS) << #setup;                                                 \
  } while (0)

using cuTensorMapEncodeTiledTest = Driver;

TEST_F(cuTensorMapEncodeTiledTest, takes_what_the_manual_allows) {
  EXPECT_TAKEN((void)t);
  for (cuuint32_t rank = 1; rank <= 5; rank++)
    EXPECT_TAKEN(t.rank = rank);
  for (int type = 0; type <= 12; type++)
    EXPECT_TAKEN(t.type = CUtensorMapDataType(type); t.box[0] = 16);
  for (int swizzle = 0; swizzle <= 6; swizzle++)
    EXPECT_TAKEN(t.swizzle = CUtensorMapSwizzle(swizzle));
  EXPECT_TAKEN(t.sizes[2] = cuuint64_t(1) << 32);
  EXPECT_TAKEN(t.box[1] = 256);
  EXPECT_TAKEN(t.elementStrides[1] = 8);
  EXPECT_TAKEN(t.elementStrides[0] = 0); // ignored without interleave
  EXPECT_TAKEN(t.interleave = CU_TENSOR_MAP_INTERLEAVE_16B; t.box[0] = 3);
  EXPECT_TAKEN(t.interleave = CU_TENSOR_MAP_INTERLEAVE_32B; t.swizzle = CU_TENSOR_MAP_SWIZZLE_32B);
  EXPECT_TAKEN(t.fill = CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA);
}

TEST_F(cuTensorMapEncodeTiledTest, refuses_what_breaks_a_rule) {
  EXPECT_REFUSED(t.type = CUtensorMapDataType(16));
  EXPECT_REFUSED(t.rank = 0);
  EXPECT_REFUSED(t.rank = 6);
  EXPECT_REFUSED(t.rank = 2; t.interleave = CU_TENSOR_MAP_INTERLEAVE_16B);
  EXPECT_REFUSED(t.address = reinterpret_cast<void*>(0x1008));
  EXPECT_REFUSED(t.address = reinterpret_cast<void*>(0x1010);
                 t.interleave = CU_TENSOR_MAP_INTERLEAVE_32B;
                 t.swizzle = CU_TENSOR_MAP_SWIZZLE_32B);
  EXPECT_REFUSED(t.sizes[1] = 0);
  EXPECT_REFUSED(t.sizes[1] = (cuuint64_t(1) << 32) + 1);
  EXPECT_REFUSED(t.strides[0] = 264);
  EXPECT_REFUSED(t.strides[1] = cuuint64_t(1) << 40);
  EXPECT_REFUSED(t.strides[0] = 272; t.interleave = CU_TENSOR_MAP_INTERLEAVE_32B;
                 t.swizzle = CU_TENSOR_MAP_SWIZZLE_32B);
  EXPECT_REFUSED(t.box[1] = 0);
  EXPECT_REFUSED(t.box[2] = 257);
  EXPECT_REFUSED(t.box[0] = 3); // 12 bytes
  EXPECT_REFUSED(t.elementStrides[1] = 0);
  EXPECT_REFUSED(t.elementStrides[2] = 9);
  EXPECT_REFUSED(t.interleave = CUtensorMapInterleave(3));
  EXPECT_REFUSED(t.interleave = CU_TENSOR_MAP_INTERLEAVE_32B);
  EXPECT_REFUSED(t.swizzle = CUtensorMapSwizzle(7));
  EXPECT_REFUSED(t.swizzle = CU_TENSOR_MAP_SWIZZLE_32B; t.box[0] = 16);
  EXPECT_REFUSED(t.swizzle = CU_TENSOR_MAP_SWIZZLE_64B; t.box[0] = 32);
  EXPECT_REFUSED(t.swizzle = CU_TENSOR_MAP_SWIZZLE_128B; t.box[0] = 64);
  EXPECT_REFUSED(t.l2 = CUtensorMapL2promotion(4));
  EXPECT_REFUSED(t.fill = CUtensorMapFloatOOBfill(2));
  EXPECT_REFUSED(t.fill = CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA;
                 t.type = CU_TENSOR_MAP_DATA_TYPE_INT32);
  Tiled t;
  EXPECT_EQ(
      cuTensorMapEncodeTiled(reinterpret_cast<CUtensorMap*>(reinterpret_cast<char*>(&t.map) + 16),
                             t.type, t.rank, t.address, t.sizes, t.strides, t.box, t.elementStrides,
                             t.interleave, t.swizzle, t.l2, t.fill),
      CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuTensorMapEncodeTiled(&t.map, t.type, t.rank, t.address, t.sizes, t.strides, nullptr,
                                   t.elementStrides, t.interleave, t.swizzle, t.l2, t.fill),
            CUDA_ERROR_INVALID_VALUE);
}

TEST_F(cuTensorMapEncodeTiledTest, packed_types_need_a_newer_device) {
  Tiled t;
  t.type = CU_TENSOR_MAP_DATA_TYPE_16U4_ALIGN8B;
  EXPECT_EQ(t.encode(), CUDA_ERROR_NOT_SUPPORTED);
}

CUresult encodeIm2col(cuuint32_t rank, int lower, int upper, cuuint32_t channels,
                      cuuint32_t pixels) {
  Tiled t;
  int low[3] = {lower, lower, lower}, up[3] = {upper, upper, upper};
  return cuTensorMapEncodeIm2col(&t.map, t.type, rank, t.address, t.sizes, t.strides, low, up,
                                 channels, pixels, t.elementStrides, t.interleave, t.swizzle, t.l2,
                                 t.fill);
}

TEST_F(cuTensorMapEncodeTiledTest, im2col) {
  EXPECT_EQ(encodeIm2col(4, -1, -1, 8, 64), CUDA_SUCCESS);
  EXPECT_EQ(encodeIm2col(3, -32768, 32767, 8, 1024), CUDA_SUCCESS);
  EXPECT_EQ(encodeIm2col(2, 0, 0, 8, 64), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(encodeIm2col(4, -129, 0, 8, 64), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(encodeIm2col(4, 0, 128, 8, 64), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(encodeIm2col(5, -17, 0, 8, 64), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(encodeIm2col(4, 20, 0, 8, 64), CUDA_ERROR_INVALID_VALUE); // empty: H has 16
  EXPECT_EQ(encodeIm2col(4, 0, 0, 260, 64), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(encodeIm2col(4, 0, 0, 8, 1025), CUDA_ERROR_INVALID_VALUE);
  Tiled t;
  EXPECT_EQ(cuTensorMapEncodeIm2colWide(&t.map, t.type, 4, t.address, t.sizes, t.strides, 0, 0, 8,
                                        64, t.elementStrides, t.interleave,
                                        CU_TENSOR_MAP_IM2COL_WIDE_MODE_W, t.swizzle, t.l2, t.fill),
            CUDA_ERROR_NOT_SUPPORTED);
}

TEST_F(cuTensorMapEncodeTiledTest, replace_address) {
  Tiled t;
  EXPECT_EQ(cuTensorMapReplaceAddress(&t.map, t.address), CUDA_ERROR_INVALID_VALUE); // none yet
  ASSERT_CU(t.encode());
  EXPECT_CU(cuTensorMapReplaceAddress(&t.map, reinterpret_cast<void*>(0x2000)));
  EXPECT_EQ(cuTensorMapReplaceAddress(&t.map, reinterpret_cast<void*>(0x2004)),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuTensorMapReplaceAddress(nullptr, t.address), CUDA_ERROR_INVALID_VALUE);
}

constexpr const char* kLoad = R"(
.version 8.6
.target sm_90a
.address_size 64
.visible .entry load(.param .align 64 .b8 map[128], .param .u64 out)
{
  .shared .align 128 .b8 box[32];
  .shared .align 8 .b64 bar;
  .reg .b64 %rd<3>;
  .reg .b32 %r<12>;
  .reg .pred %p;
  mov.b64 %rd0, map;
  cvta.param.u64 %rd1, %rd0;
  ld.param.u64 %rd2, [out];
  mov.u32 %r0, box;
  mov.u32 %r1, bar;
  mov.u32 %r2, 6;
  mov.u32 %r3, -1;
  mbarrier.init.shared.b64 [%r1], 1;
  mbarrier.arrive.expect_tx.shared.b64 _, [%r1], 32;
  cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%r0], [%rd1, {%r2, %r3}], [%r1];
wait:
  mbarrier.try_wait.parity.shared.b64 %p, [%r1], 0;
  @!%p bra wait;
  ld.shared.v4.u32 {%r4, %r5, %r6, %r7}, [%r0];
  ld.shared.v4.u32 {%r8, %r9, %r10, %r11}, [%r0+16];
  st.global.v4.u32 [%rd2], {%r4, %r5, %r6, %r7};
  st.global.v4.u32 [%rd2+16], {%r8, %r9, %r10, %r11};
  ret;
}
)";

using cuTensorMapInKernel = WithContext;

TEST_F(cuTensorMapInKernel, loads_a_box) {
  std::vector<int> values(64);
  for (int i = 0; i < 64; i++)
    values[size_t(i)] = i;
  CUdeviceptr tensor = upload(values), out = upload(std::vector<int>(8, -1));
  Tiled t;
  t.type = CU_TENSOR_MAP_DATA_TYPE_INT32;
  t.rank = 2;
  t.address = reinterpret_cast<void*>(tensor);
  t.sizes[0] = 8, t.sizes[1] = 8;
  t.strides[0] = 32;
  t.box[0] = 4, t.box[1] = 2;
  ASSERT_CU(t.encode());
  CUmodule module;
  CUfunction kernel;
  ASSERT_CU(cuModuleLoadData(&module, kLoad));
  ASSERT_CU(cuModuleGetFunction(&kernel, module, "load"));
  void* params[] = {&t.map, &out};
  ASSERT_CU(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  ASSERT_CU(cuCtxSynchronize());
  // Row -1 does not exist; of row 0 the columns 6 and 7 do.
  EXPECT_EQ(download<int>(out, 8), (std::vector<int>{0, 0, 0, 0, 6, 7, 0, 0}));
}

} // namespace
