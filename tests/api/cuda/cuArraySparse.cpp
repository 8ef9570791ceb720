// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sparse arrays: their tiles, what memory of a pool shows through them, and the errors of the CUDA
// driver API manual's cuMemMapArrayAsync. A tile has 64 KiB; its shape is for the driver to say.
#include "tile_pool.h"

namespace {

constexpr size_t kTile = 65536;

class cuArraySparseTest : public WithTilePool {
protected:
  cuArraySparseTest() : WithTilePool(kPool) {
    desc.Width = 1000;
    desc.Height = 300;
    desc.Flags = CUDA_ARRAY3D_SPARSE;
  }
  CUarrayMapInfo map(CUarray array, unsigned long long offset) {
    CUarrayMapInfo info = mapping(array, offset);
    info.subresourceType = CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_SPARSE_LEVEL;
    return info;
  }
  // One tile, by its number along each axis.
  CUarrayMapInfo tile(CUarray array, unsigned x, unsigned y, unsigned z,
                      unsigned long long offset) {
    CUarrayMapInfo info = map(array, offset);
    auto& part = info.subresource.sparseLevel;
    part.offsetX = x * properties.tileExtent.width;
    part.offsetY = y * properties.tileExtent.height;
    part.offsetZ = z * properties.tileExtent.depth;
    part.extentWidth = properties.tileExtent.width;
    part.extentHeight = properties.tileExtent.height;
    part.extentDepth = properties.tileExtent.depth;
    return info;
  }
  uint32_t texel(CUarray array, size_t x, size_t y, size_t z = 0) {
    uint32_t value = 0;
    CUDA_MEMCPY3D copy = box(x, y, z);
    copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.srcArray = array;
    copy.dstMemoryType = CU_MEMORYTYPE_HOST;
    copy.dstHost = &value;
    EXPECT_CU(cuMemcpy3D(&copy));
    return value;
  }
  void set(CUarray array, size_t x, size_t y, size_t z, uint32_t value) {
    CUDA_MEMCPY3D copy = box(0, 0, 0);
    copy.dstXInBytes = 4 * x;
    copy.dstY = y;
    copy.dstZ = z;
    copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    copy.srcHost = &value;
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = array;
    EXPECT_CU(cuMemcpy3D(&copy));
  }
  static CUDA_MEMCPY3D box(size_t x, size_t y, size_t z) {
    CUDA_MEMCPY3D copy = {};
    copy.srcXInBytes = 4 * x;
    copy.srcY = y;
    copy.srcZ = z;
    copy.WidthInBytes = 4;
    copy.Height = copy.Depth = 1;
    return copy;
  }
  static constexpr size_t kPool = 16 << 20;
  CUDA_ARRAY_SPARSE_PROPERTIES properties = {};
};

} // namespace

TEST_F(cuArraySparseTest, tiles_show_what_the_pool_has) {
  int supported = 0;
  EXPECT_CU(cuDeviceGetAttribute(&supported, CU_DEVICE_ATTRIBUTE_SPARSE_CUDA_ARRAY_SUPPORTED, 0));
  EXPECT_EQ(1, supported);
  CUarray first = nullptr, second = nullptr;
  ASSERT_CU(cuArray3DCreate(&first, &desc));
  ASSERT_CU(cuArray3DCreate(&second, &desc));
  ASSERT_CU(cuArrayGetSparseProperties(&properties, first));
  const auto& extent = properties.tileExtent;
  EXPECT_EQ(kTile, 4ull * extent.width * extent.height * extent.depth);
  EXPECT_EQ(0u, texel(first, 999, 299)); // nothing is mapped
  CUarrayMapInfo list[] = {tile(first, 0, 0, 0, 0), tile(first, 0, 1, 0, kTile)};
  ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
  set(first, 3, extent.height - 1, 0, 7);
  set(first, 5, extent.height, 0, 8);
  EXPECT_EQ(7u, texel(first, 3, extent.height - 1));
  // The same memory as another tile of another array.
  list[0] = tile(second, 0, 2, 0, kTile);
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(8u, texel(second, 5, 2 * extent.height));
  EXPECT_EQ(0u, texel(second, 5, extent.height));
  set(second, 6, 2 * extent.height, 0, 9);
  EXPECT_EQ(9u, texel(first, 6, extent.height));
  // Unmapped, it is zero; mapped again, it is what it was.
  list[0] = tile(first, 0, 1, 0, 0);
  unmap(list[0]);
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(0u, texel(first, 5, extent.height));
  EXPECT_EQ(7u, texel(first, 3, extent.height - 1));
  list[0] = tile(first, 0, 1, 0, kTile);
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(8u, texel(first, 5, extent.height));
  // All of it at once, up to its edge.
  list[0] = map(second, kTile);
  list[0].subresource.sparseLevel.extentWidth = 1000;
  list[0].subresource.sparseLevel.extentHeight = 300;
  list[0].subresource.sparseLevel.extentDepth = 1;
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(8u, texel(second, 5, 0));
  set(second, 999, 299, 0, 10);
  EXPECT_EQ(10u, texel(second, 999, 299));
  EXPECT_CU(cuArrayDestroy(first));
  EXPECT_CU(cuArrayDestroy(second));
}

TEST_F(cuArraySparseTest, volumes_and_layers) {
  for (unsigned flags :
       {unsigned(CUDA_ARRAY3D_SPARSE), unsigned(CUDA_ARRAY3D_SPARSE | CUDA_ARRAY3D_LAYERED)}) {
    desc.Depth = 5;
    desc.Flags = flags;
    CUarray array = nullptr;
    ASSERT_CU(cuArray3DCreate(&array, &desc));
    ASSERT_CU(cuArrayGetSparseProperties(&properties, array));
    ASSERT_EQ(1u, properties.tileExtent.depth); // what the next lines count on
    CUarrayMapInfo list[] = {tile(array, 0, 0, 0, 0), tile(array, 0, 0, 0, kTile)};
    if (flags & CUDA_ARRAY3D_LAYERED) {
      list[1].subresource.sparseLevel.layer = 3;
    } else {
      list[1].subresource.sparseLevel.offsetZ = 3;
    }
    ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
    set(array, 1, 1, 0, flags);
    set(array, 1, 1, 3, flags + 1);
    EXPECT_EQ(flags, texel(array, 1, 1, 0));
    EXPECT_EQ(flags + 1, texel(array, 1, 1, 3));
    // Both change places.
    std::swap(list[0].offset, list[1].offset);
    ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
    EXPECT_EQ(flags + 1, texel(array, 1, 1, 0));
    EXPECT_EQ(flags, texel(array, 1, 1, 3));
    EXPECT_CU(cuArrayDestroy(array));
  }
}

TEST_F(cuArraySparseTest, levels_and_the_mip_tail) {
  CUmipmappedArray mipmap = nullptr;
  desc.Flags |= CUDA_ARRAY3D_SURFACE_LDST;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &desc, 99)); // 1000 x 300 has 10
  ASSERT_CU(cuMipmappedArrayGetSparseProperties(&properties, mipmap));
  ASSERT_LT(0u, properties.miptailFirstLevel);
  ASSERT_GT(10u, properties.miptailFirstLevel);
  EXPECT_EQ(0u, properties.miptailSize % kTile);
  ASSERT_LT(0u, properties.miptailSize);
  std::vector<CUarrayMapInfo> list;
  unsigned long long offset = 0;
  for (unsigned level = 0; level < properties.miptailFirstLevel; ++level) {
    CUarrayMapInfo info = map(nullptr, offset);
    info.resourceType = CU_RESOURCE_TYPE_MIPMAPPED_ARRAY;
    info.resource.mipmap = mipmap;
    auto& part = info.subresource.sparseLevel;
    part.level = level;
    auto tiles = [](unsigned n, unsigned tile) { return (n + tile - 1) / tile; };
    unsigned x = tiles(1000u >> level, properties.tileExtent.width);
    unsigned y = tiles(300u >> level, properties.tileExtent.height);
    part.extentWidth = x * properties.tileExtent.width;
    part.extentHeight = y * properties.tileExtent.height;
    part.extentDepth = 1;
    offset += x * y * kTile;
    list.push_back(info);
  }
  CUarrayMapInfo tail = list[0];
  tail.subresourceType = CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_MIPTAIL;
  tail.subresource.miptail = {0, 0, properties.miptailSize};
  tail.offset = offset;
  list.push_back(tail);
  ASSERT_GE(kPool, offset + properties.miptailSize);
  ASSERT_CU(cuMemMapArrayAsync(list.data(), unsigned(list.size()), nullptr));
  for (int round = 0; round < 2; ++round)
    for (unsigned level = 0; level < 10; ++level) {
      CUarray array = nullptr;
      ASSERT_CU(cuMipmappedArrayGetLevel(&array, mipmap, level));
      size_t x = std::max(1000u >> level, 1u) - 1, y = std::max(300u >> level, 1u) - 1;
      if (round == 0) {
        set(array, x, y, 0, 100 + level);
        set(array, 0, 0, 0, x + y ? 200 + level : 100 + level);
      }
      EXPECT_EQ(100 + level, texel(array, x, y));
      EXPECT_EQ(x + y ? 200 + level : 100 + level, texel(array, 0, 0));
    }
  // Without memory all of it is zero again; the pool's other tiles are not touched by that.
  for (CUarrayMapInfo& info : list)
    unmap(info);
  ASSERT_CU(cuMemMapArrayAsync(list.data(), unsigned(list.size()), nullptr));
  CUarray array = nullptr;
  for (unsigned level : {0u, 9u}) {
    ASSERT_CU(cuMipmappedArrayGetLevel(&array, mipmap, level));
    EXPECT_EQ(0u, texel(array, 0, 0));
  }
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetSparseProperties(&properties, array)); // a level
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
}

TEST_F(cuArraySparseTest, arguments_are_checked) {
  CUarray array = nullptr, none = nullptr;
  ASSERT_CU(cuArray3DCreate(&array, &desc));
  ASSERT_CU(cuArrayGetSparseProperties(&properties, array));
  auto refused = [&](auto change) {
    CUarrayMapInfo info = tile(array, 0, 0, 0, 0);
    change(info);
    return cuMemMapArrayAsync(&info, 1, nullptr);
  };
  using Info = CUarrayMapInfo;
  auto part = [](Info& i) -> auto& { return i.subresource.sparseLevel; };
  EXPECT_EQ(CUDA_SUCCESS, refused([](Info&) {}));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).level = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).layer = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).offsetX = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).offsetY = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).offsetZ = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).offsetY = 1 << 20; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).extentWidth = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).extentHeight -= 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).extentHeight <<= 10; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { part(i).extentDepth = 2; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.offset = 100; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.offset = kPool; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Info& i) { i.subresourceType = CUarraySparseSubresourceType(2); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) {
              i.subresourceType = CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_MIPTAIL;
              i.subresource.miptail = {0, 0, kTile}; // there is none
            }));
  CUDA_ARRAY_MEMORY_REQUIREMENTS need = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetMemoryRequirements(&need, array, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetSparseProperties(nullptr, array));
  EXPECT_CU(cuArrayDestroy(array));
  desc.Height = 0; // of one dimension
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArray3DCreate(&none, &desc));
}

namespace {

// Arrays of compressed blocks: a tile has 64 KiB of blocks of 4 x 4 texels.
struct BlockKind {
  CUarray_format format;
  unsigned channels, bytes;
};

class cuArraySparseBlocksTest : public cuArraySparseTest,
                                public ::testing::WithParamInterface<BlockKind> {
protected:
  void SetUp() override {
    cuArraySparseTest::SetUp();
    desc.Format = GetParam().format;
    desc.NumChannels = GetParam().channels;
    desc.Width = 2050; // 513 blocks
    desc.Height = 700; // 175
  }
  // One block from or to an array.
  uint64_t block(CUarray array, size_t column, size_t row, const uint64_t* write = nullptr) {
    uint64_t value[2] = {write ? *write : 0, 0};
    CUDA_MEMCPY3D copy = {};
    (write ? copy.dstXInBytes : copy.srcXInBytes) = column * GetParam().bytes;
    (write ? copy.dstY : copy.srcY) = row;
    copy.srcMemoryType = write ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_ARRAY;
    copy.dstMemoryType = write ? CU_MEMORYTYPE_ARRAY : CU_MEMORYTYPE_HOST;
    copy.srcHost = copy.dstHost = value;
    copy.srcArray = copy.dstArray = array;
    copy.WidthInBytes = GetParam().bytes;
    copy.Height = copy.Depth = 1;
    EXPECT_CU(cuMemcpy3D(&copy));
    return value[0];
  }
  void setBlock(CUarray array, size_t column, size_t row, uint64_t value) {
    block(array, column, row, &value);
  }
};

} // namespace

TEST_P(cuArraySparseBlocksTest, tiles_of_blocks) {
  CUarray first = nullptr, second = nullptr;
  ASSERT_CU(cuArray3DCreate(&first, &desc));
  ASSERT_CU(cuArray3DCreate(&second, &desc));
  ASSERT_CU(cuArrayGetSparseProperties(&properties, first));
  const auto& extent = properties.tileExtent;
  ASSERT_EQ(0u, extent.width % 4 + extent.height % 4);
  const size_t rows = extent.height / 4;
  EXPECT_EQ(kTile, size_t(extent.width / 4) * rows * extent.depth * GetParam().bytes);
  EXPECT_EQ(0u, block(first, 512, 174));
  CUarrayMapInfo list[] = {tile(first, 0, 0, 0, 0), tile(first, 0, 1, 0, kTile)};
  ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
  setBlock(first, 3, rows - 1, 7);
  setBlock(first, 5, rows, 8);
  list[0] = tile(second, 0, 2, 0, kTile);
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(8u, block(second, 5, 2 * rows));
  EXPECT_EQ(0u, block(second, 5, rows));
  unmap(list[1]);
  ASSERT_CU(cuMemMapArrayAsync(list + 1, 1, nullptr));
  EXPECT_EQ(0u, block(first, 5, rows));
  EXPECT_EQ(7u, block(first, 3, rows - 1));
  // All of it, up to an edge that is no whole block.
  list[0] = map(second, 0);
  list[0].subresource.sparseLevel.extentWidth = 2050;
  list[0].subresource.sparseLevel.extentHeight = 700;
  list[0].subresource.sparseLevel.extentDepth = 1;
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_EQ(7u, block(second, 3, rows - 1));
  setBlock(second, 512, 174, 11);
  EXPECT_EQ(11u, block(second, 512, 174));
  list[0].subresource.sparseLevel.extentHeight = 696;
  EXPECT_EQ(extent.height > 4 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS,
            cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_CU(cuArrayDestroy(first));
  EXPECT_CU(cuArrayDestroy(second));
}

TEST_P(cuArraySparseBlocksTest, levels_of_blocks) {
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &desc, 99)); // 12: 2050 x 700 to 1 x 1
  ASSERT_CU(cuMipmappedArrayGetSparseProperties(&properties, mipmap));
  ASSERT_LT(0u, properties.miptailFirstLevel);
  ASSERT_GT(12u, properties.miptailFirstLevel);
  CUarrayMapInfo info = map(nullptr, 0);
  info.resourceType = CU_RESOURCE_TYPE_MIPMAPPED_ARRAY;
  info.resource.mipmap = mipmap;
  auto& part = info.subresource.sparseLevel;
  part.extentWidth = 2050;
  part.extentHeight = 700;
  part.extentDepth = 1;
  ASSERT_CU(cuMemMapArrayAsync(&info, 1, nullptr));
  CUarrayMapInfo tail = info;
  tail.subresourceType = CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_MIPTAIL;
  tail.subresource.miptail = {0, 0, properties.miptailSize};
  tail.offset = kPool - properties.miptailSize;
  ASSERT_CU(cuMemMapArrayAsync(&tail, 1, nullptr));
  for (int round = 0; round < 2; ++round)
    for (unsigned level = 0; level < 12; ++level) {
      CUarray array = nullptr;
      ASSERT_CU(cuMipmappedArrayGetLevel(&array, mipmap, level));
      auto last = [&](unsigned length) { return (std::max(length >> level, 1u) + 3) / 4 - 1; };
      if (round == 0)
        setBlock(array, last(2050), last(700), 100 + level);
      EXPECT_EQ(100 + level, block(array, last(2050), last(700))) << level;
    }
  unmap(tail);
  ASSERT_CU(cuMemMapArrayAsync(&tail, 1, nullptr));
  CUarray array = nullptr;
  ASSERT_CU(cuMipmappedArrayGetLevel(&array, mipmap, 11));
  EXPECT_EQ(0u, block(array, 0, 0));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
}

INSTANTIATE_TEST_SUITE_P(formats, cuArraySparseBlocksTest,
                         ::testing::Values(BlockKind{CU_AD_FORMAT_BC1_UNORM, 4, 8},
                                           BlockKind{CU_AD_FORMAT_BC4_SNORM, 1, 8},
                                           BlockKind{CU_AD_FORMAT_BC6H_UF16, 3, 16},
                                           BlockKind{CU_AD_FORMAT_BC7_UNORM_SRGB, 4, 16}));
