// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA 11's texture and surface references: registered as nvcc's host code does it, bound, and read
// by a kernel of the fake backend through the module's variable.
#include "fixture.h"
#include "spmd/texture_abi.h"

extern "C" {
void __cudaRegisterTexture(void** handle, const void* hostVar, const void** deviceAddress,
                           const char* deviceName, int dimension, int normalized, int isExtern);
void __cudaRegisterSurface(void** handle, const void* hostVar, const void** deviceAddress,
                           const char* deviceName, int dimension, int isExtern);
}

namespace anywarp::test {
namespace {

class TextureReferences : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    declareVariable("image", 8, false, VariableKind::Texref);
    declareVariable("target", 8, false, VariableKind::Surfref);
    declareKernel("look", {{}, {}, [](const LaunchConfig&) -> Result<void> { return {}; }});
    unit = std::make_unique<Unit>(std::vector<std::string>{"look"});
    __cudaRegisterTexture(unit->handle(), &image, nullptr, "image", 2, /*normalized=*/0, 0);
    __cudaRegisterSurface(unit->handle(), &target, nullptr, "target", 2, 0);
    image.channelDesc = desc;
    ASSERT_OK(cudaMalloc(&memory, 4096));
  }
  void TearDown() override { EXPECT_OK(cudaFree(memory)); }
  cudaError_t launch() {
    return cudaLaunchKernel(unit->host("look"), {1, 1, 1}, {1, 1, 1}, nullptr, 0, nullptr);
  }

  const cudaChannelFormatDesc desc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindFloat);
  textureReference image = {};
  surfaceReference target = {};
  char* memory = nullptr;
  std::unique_ptr<Unit> unit;
};

TEST_F(TextureReferences, linear_memory_and_its_offset) {
  size_t offset = 99;
  EXPECT_EQ(cudaGetTextureAlignmentOffset(&offset, &image), cudaErrorInvalidTextureBinding);
  ASSERT_OK(cudaBindTexture(&offset, &image, memory, &desc, UINT32_MAX));
  EXPECT_EQ(offset, 0u);
  ASSERT_OK(cudaBindTexture(&offset, &image, memory + 520, &desc, 64));
  EXPECT_EQ(offset, 8u);
  EXPECT_EQ(cudaBindTexture(nullptr, &image, memory + 520, &desc, 64), cudaErrorInvalidValue);
  ASSERT_OK(cudaGetTextureAlignmentOffset(&offset, &image));
  EXPECT_EQ(offset, 8u);
  EXPECT_OK(launch());
  EXPECT_OK(cudaUnbindTexture(&image));
  EXPECT_EQ(cudaGetTextureAlignmentOffset(&offset, &image), cudaErrorInvalidTextureBinding);
  EXPECT_OK(launch());
}

TEST_F(TextureReferences, pitched_memory_and_arrays) {
  size_t offset = 0;
  EXPECT_OK(cudaBindTexture2D(&offset, &image, memory, &desc, 16, 32, 128));
  EXPECT_EQ(cudaBindTexture2D(&offset, &image, memory, &desc, 16, 33, 128), cudaErrorInvalidValue);
  EXPECT_EQ(cudaBindTexture2D(&offset, &image, memory, &desc, 16, 16, 72), cudaErrorInvalidValue);
  cudaArray_t array = nullptr;
  ASSERT_OK(cudaMallocArray(&array, &desc, 16, 16));
  EXPECT_OK(cudaBindTextureToArray(&image, array, &desc));
  cudaChannelFormatDesc other = cudaCreateChannelDesc(16, 0, 0, 0, cudaChannelFormatKindFloat);
  EXPECT_EQ(cudaBindTextureToArray(&image, array, &other), cudaErrorInvalidValue);
  EXPECT_OK(launch());
  EXPECT_OK(cudaFreeArray(array));
  EXPECT_EQ(cudaBindTextureToArray(&image, array, &desc), cudaErrorInvalidResourceHandle);
  image.normalized = 1;
  cudaMipmappedArray_t mipmap = nullptr;
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {16, 16, 0}, 3));
  EXPECT_OK(cudaBindTextureToMipmappedArray(&image, mipmap, &desc));
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
}

TEST_F(TextureReferences, what_a_binding_refuses) {
  textureReference stranger = {};
  size_t offset = 0;
  EXPECT_EQ(cudaBindTexture(&offset, &stranger, memory, &desc, 64), cudaErrorInvalidTexture);
  EXPECT_EQ(cudaUnbindTexture(&stranger), cudaErrorInvalidTexture);
  EXPECT_EQ(cudaBindTexture(&offset, &image, nullptr, &desc, 64), cudaErrorInvalidValue);
  cudaChannelFormatDesc words = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindSigned);
  cudaArray_t array = nullptr;
  ASSERT_OK(cudaMallocArray(&array, &words, 16, 16));
  image.filterMode = cudaFilterModeLinear;
  EXPECT_EQ(cudaBindTextureToArray(&image, array, &words), cudaErrorInvalidFilterSetting);
  EXPECT_OK(cudaFreeArray(array));
}

TEST_F(TextureReferences, references_by_symbol) {
  const textureReference* found = nullptr;
  ASSERT_OK(cudaGetTextureReference(&found, &image));
  EXPECT_EQ(found, &image);
  EXPECT_EQ(cudaGetTextureReference(&found, &target), cudaErrorInvalidTexture);
  const surfaceReference* surface = nullptr;
  ASSERT_OK(cudaGetSurfaceReference(&surface, &target));
  EXPECT_EQ(surface, &target);
  EXPECT_EQ(cudaGetSurfaceReference(&surface, &image), cudaErrorInvalidSurface);
}

TEST_F(TextureReferences, surfaces) {
  cudaArray_t plain = nullptr, array = nullptr;
  ASSERT_OK(cudaMallocArray(&plain, &desc, 16, 16));
  ASSERT_OK(cudaMallocArray(&array, &desc, 16, 16, cudaArraySurfaceLoadStore));
  EXPECT_EQ(cudaBindSurfaceToArray(&target, plain, &desc), cudaErrorInvalidValue);
  EXPECT_OK(cudaBindSurfaceToArray(&target, array, &desc));
  EXPECT_OK(launch());
}

} // namespace
} // namespace anywarp::test
