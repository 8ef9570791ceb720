// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A context with memory for arrays that are mapped later, and what maps it. One thread.
#pragma once

#include "fixture.h"

class WithTilePool : public WithContext {
protected:
  explicit WithTilePool(size_t bytes) : poolBytes_(bytes) {}
  void SetUp() override {
    WithContext::SetUp();
    desc.Format = CU_AD_FORMAT_UNSIGNED_INT32;
    desc.NumChannels = 1;
    prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    prop.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    prop.allocFlags.usage = CU_MEM_CREATE_USAGE_TILE_POOL;
    ASSERT_CU(cuMemCreate(&pool, poolBytes_, &prop, 0));
  }
  void TearDown() override {
    EXPECT_CU(cuMemRelease(pool));
    WithContext::TearDown();
  }
  // The pool from `offset` on, for an array.
  CUarrayMapInfo mapping(CUarray array, unsigned long long offset) {
    CUarrayMapInfo info = {};
    info.resourceType = CU_RESOURCE_TYPE_ARRAY;
    info.resource.array = array;
    info.memOperationType = CU_MEM_OPERATION_TYPE_MAP;
    info.memHandleType = CU_MEM_HANDLE_TYPE_GENERIC;
    info.memHandle.memHandle = pool;
    info.offset = offset;
    info.deviceBitMask = 1;
    return info;
  }
  static void unmap(CUarrayMapInfo& info) {
    info.memOperationType = CU_MEM_OPERATION_TYPE_UNMAP;
    info.memHandle.memHandle = 0;
  }

  CUDA_ARRAY3D_DESCRIPTOR desc = {};
  CUmemAllocationProp prop = {};
  CUmemGenericAllocationHandle pool = 0;

private:
  size_t poolBytes_;
};
