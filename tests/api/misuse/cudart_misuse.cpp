// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every function of the runtime API that works, called wrongly: with null for each pointer and
// handle, with destroyed objects and with devices and values that there are not.
#include "misuse.h"

#include <cuda_runtime_api.h>

namespace {

const std::vector<Call>& calls() {
  static const std::vector<Call> list = {
#include "cudart_calls.inc"
  };
  return list;
}

const Exceptions& exceptions() {
  static const Exceptions list = {
      .skipped = {"cudaGetExportTable"}, // finds its own tables by other names
      .mayBeNull =
          {// The default stream; what callbacks are given.
           "stream", "hStream", "cudaStreamCopyAttributes dst", "cudaStreamCopyAttributes src",
           "userData", "cudaUserObjectCreate ptr",
           // Nobody asks for this result.
           "cudaArrayGetInfo desc", "cudaArrayGetInfo extent", "cudaArrayGetInfo flags", "id_out",
           "graph_out", "dependencies_out", "edgeData_out", "numDependencies_out", "edgeData",
           "cudaGraphGetNodes nodes", "cudaGraphGetRootNodes pRootNodes", "callback_out",
           "cudaMemGetInfo free", "cudaMemGetInfo total", "leastPriority", "greatestPriority",
           // Nothing to free; memory that is not registered.
           "cudaFreeArray array", "cudaFreeMipmappedArray mipmappedArray", "cudaFree devPtr",
           "cudaFreeAsync devPtr", "cudaFreeHost ptr", "cudaDestroySurfaceObject surfObject",
           "cudaPointerGetAttributes ptr"},
      .mayHaveAny = {},
      .more = {
          {"cudaStreamBeginCapture", cudaErrorStreamCaptureUnsupported}, // of the legacy stream
          {"cudaStreamEndCapture", cudaErrorIllegalState},               // none was begun
          {"cudaEventRecordWithFlags", cudaErrorIllegalState},           // external: nor here
          {"cudaStreamWaitEvent", cudaErrorIllegalState},
          {"cudaGetDriverEntryPoint", cudaErrorSymbolNotFound}, // of the name for a function
          {"cudaGetDriverEntryPointByVersion", cudaErrorSymbolNotFound},
          {"cudaGetKernel", cudaErrorInvalidDeviceFunction},
          {"cudaCreateTextureObject", cudaErrorInvalidResourceHandle}, // zeros name no array
          {"cudaDeviceGetTexture1DLinearMaxWidth", cudaErrorInvalidChannelDescriptor}, // nor format
          {"cudaGraphAddMemcpyNode1D", cudaErrorInvalidMemcpyDirection},
          {"cudaGraphMemcpyNodeSetParams1D", cudaErrorInvalidMemcpyDirection},
          {"cudaGraphExecMemcpyNodeSetParams1D", cudaErrorInvalidMemcpyDirection},
      }};
  return list;
}

struct Objects {
  cudaStream_t stream;
  cudaEvent_t event;
  cudaGraph_t graph;
  cudaGraphNode_t node;
  cudaGraphExec_t exec;
  cudaArray_t array;
  cudaMipmappedArray_t mipmaps;
  cudaMemPool_t pool;
  cudaUserObject_t userObject;
  cudaLibrary_t library;
  cudaKernel_t kernel;

  void make() {
    const char* ptx =
        ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry empty() { ret; }\n";
    auto ok = [](cudaError_t result) { ASSERT_EQ(cudaSuccess, result); };
    ok(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    ok(cudaEventCreate(&event));
    ok(cudaGraphCreate(&graph, 0));
    ok(cudaGraphAddEmptyNode(&node, graph, nullptr, 0));
    ok(cudaGraphInstantiateWithFlags(&exec, graph, 0));
    cudaChannelFormatDesc format = {32, 0, 0, 0, cudaChannelFormatKindFloat};
    ok(cudaMallocArray(&array, &format, 16, 16, 0));
    ok(cudaMallocMipmappedArray(&mipmaps, &format, {16, 16, 0}, 2, 0));
    cudaMemPoolProps props = {};
    props.allocType = cudaMemAllocationTypePinned;
    props.location.type = cudaMemLocationTypeDevice;
    ok(cudaMemPoolCreate(&pool, &props));
    ok(cudaUserObjectCreate(&userObject, this, [](void*) {}, 1, cudaUserObjectNoDestructorSync));
    ok(cudaLibraryLoadData(&library, ptx, nullptr, nullptr, 0, nullptr, nullptr, 0));
    ok(cudaLibraryGetKernel(&kernel, library, "empty"));
  }
  void destroy() {
    auto ok = [](cudaError_t result) { ASSERT_EQ(cudaSuccess, result); };
    ok(cudaLibraryUnload(library));
    ok(cudaUserObjectRelease(userObject, 1));
    ok(cudaMemPoolDestroy(pool));
    ok(cudaFreeMipmappedArray(mipmaps));
    ok(cudaFreeArray(array));
    ok(cudaGraphExecDestroy(exec));
    ok(cudaGraphDestroy(graph));
    ok(cudaEventDestroy(event));
    ok(cudaStreamDestroy(stream));
  }
  template <typename Put> void each(Put put) {
    put(stream), put(event), put(graph), put(node), put(exec), put(array), put(mipmaps);
    put(cudaArray_const_t(array)), put(cudaMipmappedArray_const_t(mipmaps)), put(pool);
    put(userObject), put(library), put(kernel);
  }
};

class CudartMisuse : public MisuseTest {
protected:
  void check(How how) {
    gone.make();
    live.make(); // before the others go: no object has the handle of another one
    gone.destroy();
    gone.each([this](auto object) { arguments.putGone(object); });
    live.each([this](auto object) { arguments.put(object); });
    spoilEach(calls(), arguments, how, exceptions(), [] { cudaGetLastError(); });
    EXPECT_EQ(cudaSuccess, cudaGraphLaunch(live.exec, live.stream));
    EXPECT_EQ(cudaSuccess, cudaStreamSynchronize(live.stream));
    EXPECT_EQ(cudaSuccess, cudaDeviceSynchronize());
    EXPECT_EQ(cudaSuccess, cudaGetLastError());
  }
  Arguments arguments;
  Objects live = {}, gone = {};
};

TEST_F(CudartMisuse, null) {
  check(How::Null);
}

TEST_F(CudartMisuse, unknown_objects_devices_and_values) {
  check(How::Unknown);
}

TEST_F(CudartMisuse, destroyed_objects) {
  check(How::Gone);
}

} // namespace
