// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface references: what is set reads back, bad bindings are refused, and a binding
// reaches the kernel that is launched next.
#include "fixture.h"

namespace {

// Reads texel `i` of a reference to linear memory, and the other reference's handle.
constexpr const char* kPtx = R"(
.version 7.0
.target sm_70
.address_size 64
.visible .global .texref image;
.visible .global .surfref target;
.global .u32 hidden = 42;
.visible .global .u32 shown = 7;
.visible .entry fetch(.param .u64 out) {
  .reg .b64 %rd<4>;
  .reg .b32 %r<2>;
  .reg .f32 %f<5>;
  ld.param.u64 %rd1, [out];
  mov.u32 %r1, %tid.x;
  tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [image, {%r1}];
  mul.wide.u32 %rd2, %r1, 4;
  add.u64 %rd3, %rd1, %rd2;
  st.global.f32 [%rd3], %f1;
  ret;
}
.visible .entry address(.param .u64 out) {
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [out];
  mov.u64 %rd2, hidden;
  st.global.u64 [%rd1], %rd2;
  ret;
}
)";

class cuTexRefTest : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    if (HasFatalFailure())
      return;
    ASSERT_CU(cuModuleLoadData(&module, kPtx));
    ASSERT_CU(cuModuleGetTexRef(&image, module, "image"));
    ASSERT_CU(cuModuleGetSurfRef(&target, module, "target"));
    ASSERT_CU(cuMemAlloc(&memory, 4096));
  }
  CUarray array(unsigned flags = 0) {
    CUDA_ARRAY3D_DESCRIPTOR d = {16, 16, 0, CU_AD_FORMAT_UNSIGNED_INT8, 4, flags};
    CUarray made = nullptr;
    EXPECT_CU(cuArray3DCreate(&made, &d));
    return made;
  }
  CUmodule module = nullptr;
  CUtexref image = nullptr;
  CUsurfref target = nullptr;
  CUdeviceptr memory = 0;
};

} // namespace

TEST_F(cuTexRefTest, names) {
  CUtexref other = nullptr;
  CUsurfref surface = nullptr;
  CUdeviceptr pointer = 0;
  EXPECT_CU(cuModuleGetTexRef(&other, module, "image"));
  EXPECT_EQ(image, other);
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetTexRef(&other, module, "target"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetTexRef(&other, module, "shown"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetSurfRef(&surface, module, "image"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetGlobal(&pointer, nullptr, module, "image"));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuModuleGetTexRef(nullptr, module, "image"));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuModuleGetTexRef(&other, nullptr, "image"));
}

TEST_F(cuTexRefTest, state_reads_back) {
  EXPECT_CU(cuTexRefSetAddressMode(image, 2, CU_TR_ADDRESS_MODE_MIRROR));
  CUaddress_mode mode;
  EXPECT_CU(cuTexRefGetAddressMode(&mode, image, 2));
  EXPECT_EQ(CU_TR_ADDRESS_MODE_MIRROR, mode);
  EXPECT_CU(cuTexRefSetFilterMode(image, CU_TR_FILTER_MODE_LINEAR));
  CUfilter_mode filter;
  EXPECT_CU(cuTexRefGetFilterMode(&filter, image));
  EXPECT_EQ(CU_TR_FILTER_MODE_LINEAR, filter);
  EXPECT_CU(cuTexRefSetMipmapFilterMode(image, CU_TR_FILTER_MODE_LINEAR));
  EXPECT_CU(cuTexRefGetMipmapFilterMode(&filter, image));
  EXPECT_EQ(CU_TR_FILTER_MODE_LINEAR, filter);
  EXPECT_CU(cuTexRefSetMipmapLevelBias(image, 1.5f));
  EXPECT_CU(cuTexRefSetMipmapLevelClamp(image, 2, 3));
  float bias = 0, least = 0, most = 0;
  EXPECT_CU(cuTexRefGetMipmapLevelBias(&bias, image));
  EXPECT_CU(cuTexRefGetMipmapLevelClamp(&least, &most, image));
  EXPECT_EQ(1.5f, bias);
  EXPECT_EQ(2, least);
  EXPECT_EQ(3, most);
  EXPECT_CU(cuTexRefSetMaxAnisotropy(image, 8));
  int anisotropy = 0;
  EXPECT_CU(cuTexRefGetMaxAnisotropy(&anisotropy, image));
  EXPECT_EQ(8, anisotropy);
  float color[4] = {1, 2, 3, 4}, back[4] = {};
  EXPECT_CU(cuTexRefSetBorderColor(image, color));
  EXPECT_CU(cuTexRefGetBorderColor(back, image));
  EXPECT_EQ(3, back[2]);
  EXPECT_CU(cuTexRefSetFlags(image, CU_TRSF_NORMALIZED_COORDINATES));
  unsigned flags = 0;
  EXPECT_CU(cuTexRefGetFlags(&flags, image));
  EXPECT_EQ(unsigned(CU_TRSF_NORMALIZED_COORDINATES), flags);
  EXPECT_CU(cuTexRefSetFormat(image, CU_AD_FORMAT_HALF, 2));
  CUarray_format format;
  int channels = 0;
  EXPECT_CU(cuTexRefGetFormat(&format, &channels, image));
  EXPECT_EQ(CU_AD_FORMAT_HALF, format);
  EXPECT_EQ(2, channels);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddressMode(image, 3, CU_TR_ADDRESS_MODE_WRAP));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetFilterMode(image, CUfilter_mode(2)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetFlags(image, 0x400));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetFormat(image, CU_AD_FORMAT_HALF, 3));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuTexRefSetFlags(CUtexref(&flags), 0));
}

TEST_F(cuTexRefTest, bindings_read_back) {
  CUarray bound = nullptr, made = array();
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefGetArray(&bound, image));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetArray(image, made, 0));
  EXPECT_CU(cuTexRefSetArray(image, made, CU_TRSA_OVERRIDE_FORMAT));
  EXPECT_CU(cuTexRefGetArray(&bound, image));
  EXPECT_EQ(made, bound);
  CUarray_format format;
  int channels = 0;
  EXPECT_CU(cuTexRefGetFormat(&format, &channels, image));
  EXPECT_EQ(CU_AD_FORMAT_UNSIGNED_INT8, format);
  EXPECT_EQ(4, channels);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefGetAddress(&pointer, image));
  EXPECT_CU(cuArrayDestroy(made));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuTexRefSetArray(image, made, CU_TRSA_OVERRIDE_FORMAT));

  CUDA_ARRAY_DESCRIPTOR d = {16, 16, CU_AD_FORMAT_FLOAT, 1};
  EXPECT_CU(cuTexRefSetAddress2D(image, &d, memory, 64));
  EXPECT_CU(cuTexRefGetAddress(&pointer, image));
  EXPECT_EQ(memory, pointer);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddress2D(image, &d, memory + 4, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddress2D(image, &d, memory, 48));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddress2D(image, &d, memory, 32));
}

TEST_F(cuTexRefTest, an_unaligned_address_gives_an_offset) {
  EXPECT_CU(cuTexRefSetFormat(image, CU_AD_FORMAT_FLOAT, 1));
  size_t offset = 99;
  EXPECT_CU(cuTexRefSetAddress(&offset, image, memory, 4096));
  EXPECT_EQ(0u, offset);
  EXPECT_CU(cuTexRefSetAddress(&offset, image, memory + 600, 64));
  EXPECT_EQ(88u, offset); // behind the last multiple of 512
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddress(nullptr, image, memory + 600, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetAddress(&offset, image, memory, 8192));
}

TEST_F(cuTexRefTest, free_references) {
  CUtexref free = nullptr;
  ASSERT_CU(cuTexRefCreate(&free));
  EXPECT_CU(cuTexRefSetFlags(free, CU_TRSF_READ_AS_INTEGER));
  EXPECT_CU(cuTexRefDestroy(free));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuTexRefDestroy(free));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefDestroy(image));
  CUfunction function = nullptr;
  ASSERT_CU(cuModuleGetFunction(&function, module, "fetch"));
  EXPECT_CU(cuParamSetTexRef(function, CU_PARAM_TR_DEFAULT, image));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuParamSetTexRef(function, 0, image));
  EXPECT_CU(cuModuleUnload(module));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuTexRefSetFlags(image, 0));
}

TEST_F(cuTexRefTest, surface_references) {
  CUarray plain = array(), made = array(CUDA_ARRAY3D_SURFACE_LDST), bound = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfRefGetArray(&bound, target));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfRefSetArray(target, plain, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfRefSetArray(target, made, 1));
  EXPECT_CU(cuSurfRefSetArray(target, made, 0));
  EXPECT_CU(cuSurfRefGetArray(&bound, target));
  EXPECT_EQ(made, bound);
}

TEST_F(cuTexRefTest, a_launch_sees_what_was_bound_before_it) {
  CUfunction function = nullptr;
  ASSERT_CU(cuModuleGetFunction(&function, module, "fetch"));
  std::vector<float> first(32), second(32);
  for (int i = 0; i < 32; ++i) {
    first[size_t(i)] = float(i);
    second[size_t(i)] = float(-i);
  }
  CUdeviceptr a = upload(first), b = upload(second), out = 0;
  ASSERT_CU(cuMemAlloc(&out, 256));
  EXPECT_CU(cuTexRefSetFormat(image, CU_AD_FORMAT_FLOAT, 1));
  // Two launches one after the other, each with its own binding.
  for (int i = 0; i < 2; ++i) {
    EXPECT_CU(cuTexRefSetAddress(nullptr, image, i ? b : a, 128));
    CUdeviceptr where = out + CUdeviceptr(128 * i);
    void* params[] = {&where};
    EXPECT_CU(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, params, nullptr));
  }
  EXPECT_EQ(first, download<float>(out, 32));
  EXPECT_EQ(second, download<float>(out + 128, 32));
}

TEST_F(cuTexRefTest, variables_that_only_kernels_know_are_device_memory) {
  CUfunction function = nullptr;
  ASSERT_CU(cuModuleGetFunction(&function, module, "address"));
  void* params[] = {&memory};
  ASSERT_CU(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  CUdeviceptr hidden = download<CUdeviceptr>(memory, 1)[0];
  unsigned type = 0;
  EXPECT_CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, hidden));
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_DEVICE), type);
  EXPECT_EQ(42, download<int>(hidden, 1)[0]);
}

TEST_F(cuTexRefTest, mipmaps_are_bound) {
  CUDA_ARRAY3D_DESCRIPTOR d = {16, 16, 0, CU_AD_FORMAT_FLOAT, 2, 0};
  CUmipmappedArray mipmap = nullptr, back = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 3));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefGetMipmappedArray(&back, image)); // nothing bound
  ASSERT_CU(cuTexRefSetMipmappedArray(image, mipmap, CU_TRSA_OVERRIDE_FORMAT));
  ASSERT_CU(cuTexRefGetMipmappedArray(&back, image));
  EXPECT_EQ(mipmap, back);
  CUarray_format format = CU_AD_FORMAT_HALF;
  int channels = 0;
  EXPECT_CU(cuTexRefGetFormat(&format, &channels, image)); // taken from the array
  EXPECT_EQ(CU_AD_FORMAT_FLOAT, format);
  EXPECT_EQ(2, channels);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefSetMipmappedArray(image, mipmap, 0));
  EXPECT_NE(CUDA_SUCCESS, cuTexRefSetMipmappedArray(nullptr, mipmap, CU_TRSA_OVERRIDE_FORMAT));
  EXPECT_NE(CUDA_SUCCESS, cuTexRefSetMipmappedArray(image, nullptr, CU_TRSA_OVERRIDE_FORMAT));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexRefGetMipmappedArray(nullptr, image));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
}
