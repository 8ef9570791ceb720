// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls of a thread without a context, and of one whose context another thread has destroyed.
#include "errors.h"

namespace {

using CudaContextErrors = CudaErrors;

constexpr const char* kReferences = R"(
.version 8.0
.target sm_70
.address_size 64
.global .texref texture;
.global .surfref surface;
.visible .global .align 4 .u32 counter;
.visible .entry empty() { ret; }
)";

TEST_F(CudaContextErrors, no_context) {
  CUmodule referring = nullptr;
  CUtexref texture = nullptr;
  CUsurfref surface = nullptr;
  CUlibrary library = nullptr;
  CUkernel kernel = nullptr;
  CUmemoryPool pool = nullptr;
  CUarray array = nullptr;
  CUgraphNode node = nullptr;
  CUfunction f = nullptr;
  CUdeviceptr p = 0;
  size_t bytes = 0;
  unsigned flags = 0;
  ASSERT_CU(cuModuleLoadData(&referring, kReferences));
  ASSERT_CU(cuModuleGetTexRef(&texture, referring, "texture"));
  ASSERT_CU(cuModuleGetSurfRef(&surface, referring, "surface"));
  ASSERT_CU(cuLibraryLoadData(&library, kReferences, nullptr, nullptr, 0, nullptr, nullptr, 0));
  ASSERT_CU(cuLibraryGetKernel(&kernel, library, "empty"));
  ASSERT_CU(cuDeviceGetDefaultMemPool(&pool, 0));
  CUDA_ARRAY_DESCRIPTOR flat = {16, 16, CU_AD_FORMAT_FLOAT, 1}, back;
  CUDA_ARRAY3D_DESCRIPTOR deep = {16, 16, 0, CU_AD_FORMAT_FLOAT, 1, CUDA_ARRAY3D_SURFACE_LDST};
  ASSERT_CU(cuArray3DCreate(&array, &deep));
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = data, copy.dstHost = data + 8;
  copy.WidthInBytes = 4, copy.Height = 1;
  CUmemDecompressParams decompress = {};
  decompress.srcNumBytes = decompress.dstNumBytes = 16;
  decompress.src = data, decompress.dst = data + 8;
  decompress.algo = CU_MEM_DECOMPRESS_ALGORITHM_LZ4;
  size_t failed = 0;
  CUgraphNodeParams fill = {};
  fill.type = CU_GRAPH_NODE_TYPE_MEMSET;
  fill.memset = {at(0), 0, 3, 4, 1, 1, nullptr};
  CUstreamCallback callback = [](CUstream, CUresult, void*) {};
  const std::vector<ErrorCase> cases = {
      CASE(cuArrayCreate(&array, &flat)),
      CASE(cuArrayGetDescriptor(&back, array)),
      CASE(cuEventRecord(event, nullptr)),
      CASE(cuEventRecordWithFlags(event, nullptr, 0)),
      CASE(cuFlushGPUDirectRDMAWrites(CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TARGET_CURRENT_CTX,
                                      CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_OWNER)),
      CASE(cuGraphAddNode(&node, graph, nullptr, nullptr, 0, &fill)),
      CASE(cuKernelGetFunction(&f, kernel)),
      CASE(cuLibraryGetGlobal(&p, &bytes, library, "counter")),
      CASE(cuMemAllocFromPoolAsync(&p, 64, pool, nullptr)),
      CASE(cuMemBatchDecompressAsync(&decompress, 1, 0, &failed, nullptr)),
      CASE(cuMemHostGetDevicePointer(&p, memory, 0)),
      CASE(cuMemHostGetFlags(&flags, memory)),
      CASE(cuMemcpy2D(&copy)),
      CASE(cuMemcpy2DUnaligned(&copy)),
      CASE(cuMemcpy2DAsync(&copy, nullptr)),
      CASE(cuModuleEnumerateFunctions(&f, 1, module)),
      CASE(cuModuleGetFunction(&f, module, "bump")),
      CASE(cuModuleGetGlobal(&p, &bytes, referring, "counter")),
      CASE(cuModuleGetTexRef(&texture, referring, "texture")),
      CASE(cuModuleGetSurfRef(&surface, referring, "surface")),
      CASE(cuStreamAddCallback(nullptr, callback, nullptr, 0)),
      CASE(cuSurfRefSetArray(surface, array, 0)),
      CASE(cuTexRefSetFormat(texture, CU_AD_FORMAT_FLOAT, 1)),
  };
  elsewhere([&] { expectAll(CUDA_ERROR_INVALID_CONTEXT, cases); });
  EXPECT_CU(cuLibraryUnload(library));
}

// "The context current to the calling thread has been destroyed using cuCtxDestroy."
TEST_F(CudaContextErrors, destroyed_context) {
  CUcontext gone = nullptr;
  ASSERT_CU(cuCtxCreate(&gone, nullptr, 0, 0));
  CUlibrary library = nullptr;
  CUkernel kernel = nullptr;
  CUarray array = nullptr;
  CUmipmappedArray mipmaps = nullptr;
  CUmodule m = nullptr;
  CUfunction f = nullptr;
  CUdeviceptr p = 0;
  CUDA_ARRAY3D_DESCRIPTOR deep = {16, 16, 0, CU_AD_FORMAT_FLOAT, 1, 0};
  ASSERT_CU(cuLibraryLoadData(&library, kReferences, nullptr, nullptr, 0, nullptr, nullptr, 0));
  ASSERT_CU(cuLibraryGetKernel(&kernel, library, "empty"));
  ASSERT_CU(cuArray3DCreate(&array, &deep));
  ASSERT_CU(cuMipmappedArrayCreate(&mipmaps, &deep, 2));
  elsewhere([&] { EXPECT_CU(cuCtxDestroy(gone)); });
  bool on = false;
  size_t bytes = sizeof on;
  const std::vector<ErrorCase> cases = {
      CASE(cuArray3DGetDescriptor(&deep, array)),
      CASE(cuArrayDestroy(array)),
      CASE(cuMipmappedArrayDestroy(mipmaps)),
      CASE(cuCoredumpGetAttribute(CU_COREDUMP_LIGHTWEIGHT, &on, &bytes)),
      CASE(cuCoredumpSetAttribute(CU_COREDUMP_LIGHTWEIGHT, &on, &bytes)),
      CASE(cuKernelGetFunction(&f, kernel)),
      CASE(cuLibraryGetGlobal(&p, &bytes, library, "counter")),
      CASE(cuLibraryGetModule(&m, library)),
  };
  expectAll(CUDA_ERROR_CONTEXT_IS_DESTROYED, cases);
  CUcontext popped = nullptr;
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_CU(cuLibraryUnload(library));
}

TEST_F(CudaContextErrors, green_contexts) {
  CUdevResource all, part;
  CUdevResourceDesc desc;
  CUgreenCtx green = nullptr;
  unsigned groups = 1;
  unsigned long long id = 0;
  ASSERT_CU(cuDeviceGetDevResource(0, &all, CU_DEV_RESOURCE_TYPE_SM));
  CUdevResource wrong = all;
  wrong.type = CU_DEV_RESOURCE_TYPE_INVALID;
  FAILS(INVALID_RESOURCE_TYPE, cuDevResourceGenerateDesc(&desc, &wrong, 1));
  FAILS(INVALID_RESOURCE_TYPE, cuDevSmResourceSplitByCount(&part, &groups, &wrong, nullptr, 0, 1));
  ASSERT_CU(cuDevResourceGenerateDesc(&desc, &all, 1));
  ASSERT_CU(cuGreenCtxCreate(&green, desc, 0, CU_GREEN_CTX_DEFAULT_STREAM));
  // A capture of one of its streams: an event would have to wait for it.
  CUstream inside = nullptr;
  ASSERT_CU(cuGreenCtxStreamCreate(&inside, green, CU_STREAM_NON_BLOCKING, 0));
  CUgraph none = nullptr;
  for (auto call : {cuGreenCtxRecordEvent, cuGreenCtxWaitEvent}) {
    CUevent own = nullptr;
    CUcontext of = nullptr, popped = nullptr;
    ASSERT_CU(cuCtxFromGreenCtx(&of, green));
    ASSERT_CU(cuCtxPushCurrent(of));
    ASSERT_CU(cuEventCreate(&own, 0));
    ASSERT_CU(cuStreamBeginCapture(inside, CU_STREAM_CAPTURE_MODE_RELAXED));
    FAILS(STREAM_CAPTURE_UNSUPPORTED, call(green, own));
    FAILS(STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(inside, &none));
    EXPECT_CU(cuEventDestroy(own));
    EXPECT_CU(cuCtxPopCurrent(&popped));
  }
  EXPECT_CU(cuGreenCtxGetId(green, &id));
  // Its primary context ends before it does.
  EXPECT_CU(cuDevicePrimaryCtxReset(0));
  FAILS(INVALID_CONTEXT, cuGreenCtxGetId(green, &id));
  FAILS(INVALID_CONTEXT, cuGreenCtxDestroy(green));
}

TEST_F(CudaContextErrors, DISABLED_dumps_that_the_environment_has_decided) {
  bool light = false;
  size_t bytes = sizeof light;
  FAILS(NOT_PERMITTED,
        cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_ON_EXCEPTION, &light, &bytes));
  FAILS(NOT_PERMITTED, cuCoredumpSetAttribute(CU_COREDUMP_ENABLE_ON_EXCEPTION, &light, &bytes));
}

TEST_F(CudaContextErrors, dumps) {
  EXPECT_EQ(0, inProcessWith("CUDA_ENABLE_COREDUMP_ON_EXCEPTION", "0",
                             "CudaContextErrors.DISABLED_dumps_that_the_environment_has_decided"));
}

TEST_F(CudaContextErrors, contexts) {
  FAILS(OUT_OF_MEMORY, cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, size_t(1) << 60));
  CUctxCreateParams params = {};
  CUctxCigParam graphics = {};
  params.cigParams = &graphics;
  CUcontext c = nullptr;
  FAILS(NOT_SUPPORTED, cuCtxCreate(&c, &params, 0, 0));
  bool on = true;
  size_t bytes = sizeof on;
  FAILS(NOT_PERMITTED, cuCoredumpSetAttribute(CU_COREDUMP_ENABLE_USER_TRIGGER, &on, &bytes));
}

} // namespace
