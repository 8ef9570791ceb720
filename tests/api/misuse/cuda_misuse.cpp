// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every function of the driver API that works, called wrongly: before cuInit, after the driver has
// gone, without a context, with null for each pointer and handle, with destroyed objects and with
// devices and values that there are not.
#include "misuse.h"

#include <cstdlib>
#include <cuda.h>

namespace {

const std::vector<Call>& calls() {
  static const std::vector<Call> list = {
#include "cuda_calls.inc"
  };
  return list;
}

const Exceptions& exceptions() {
  static const Exceptions list = {
      // Locks the process; finds its own tables by other names; starts the driver.
      .skipped = {"cuCheckpointProcessLock", "cuCheckpointProcessCheckpoint",
                  "cuCheckpointProcessRestore", "cuCheckpointProcessUnlock", "cuGetExportTable",
                  "cuInit"},
      .mayBeNull =
          {// The default stream; the current context; what callbacks are given.
           "hStream", "dstStream", "srcStream", "ctx", "hCtx", "userData", "cuUserObjectCreate ptr",
           // Nobody asks for this result.
           "id_out", "graph_out", "dependencies_out", "edgeData_out", "numDependencies_out",
           "edgeData", "pctx", "leastPriority", "greatestPriority", "cuGraphGetNodes nodes",
           "cuGraphGetRootNodes rootNodes", "cuGraphNodeGetDependencies dependencies",
           "cuGraphNodeGetDependentNodes dependentNodes", "cuGraphExecUpdate hErrorNode_out",
           "cuGraphExecUpdate updateResult_out", "callback_out", "cuMemGetInfo free",
           "cuMemGetInfo total", "pbase", "psize", "cuTexRefSetAddress ByteOffset",
           "cuTexRefGetFormat pFormat", "cuTexRefGetFormat pNumChannels",
           // Nothing to pass, to free or to unbind.
           "ctxCreateParams", "kernelParams", "extra", "blockSizeToDynamicSMemSize", "configFile",
           "outputFile", "cuMemFree dptr", "cuMemFreeAsync dptr", "cuMemFreeHost p",
           "cuSurfObjectDestroy surfObject", "cuTexRefSetAddress dptr"},
      .mayHaveAny = {},
      .more = {
          {"cuStreamBeginCapture", CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED}, // of the legacy stream
          {"cuStreamEndCapture", CUDA_ERROR_ILLEGAL_STATE},                // none was begun
          {"cuEventRecordWithFlags", CUDA_ERROR_ILLEGAL_STATE},            // external: nor here
          {"cuStreamWaitEvent", CUDA_ERROR_ILLEGAL_STATE},
          {"cuCtxCreate", CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY},
          {"cuGetProcAddress", CUDA_ERROR_NOT_FOUND}, // that is its name for an unknown function
          {"cuGraphAddKernelNode", CUDA_ERROR_INVALID_HANDLE}, // zeros name no function
          {"cuGraphAddNode", CUDA_ERROR_INVALID_HANDLE},
          {"cuTexObjectCreate", CUDA_ERROR_INVALID_HANDLE}, // and no array
          {"cuLibraryLoadData", CUDA_ERROR_INVALID_IMAGE},
          {"cuLibraryLoadFromFile", CUDA_ERROR_FILE_NOT_FOUND},
      }};
  return list;
}

struct Objects {
  CUcontext context;
  CUstream stream;
  CUevent event;
  CUmodule module;
  CUfunction function;
  CUgraph graph;
  CUgraphNode node;
  CUgraphExec exec;
  CUlibrary library;
  CUkernel kernel;
  CUmemoryPool pool;
  CUdeviceptr memory;
  CUarray array;
  CUmipmappedArray mipmaps;
  CUtexref texref;
  CUlinkState link;
  CUuserObject userObject;
  CUgreenCtx green;

  void make() {
    const char* ptx =
        ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry empty() { ret; }\n";
    auto ok = [](CUresult result) { ASSERT_EQ(CUDA_SUCCESS, result); };
    ok(cuCtxCreate(&context, nullptr, 0, 0));
    ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    ok(cuEventCreate(&event, 0));
    ok(cuModuleLoadData(&module, ptx));
    ok(cuModuleGetFunction(&function, module, "empty"));
    ok(cuGraphCreate(&graph, 0));
    ok(cuGraphAddEmptyNode(&node, graph, nullptr, 0));
    ok(cuGraphInstantiate(&exec, graph, 0));
    ok(cuLibraryLoadData(&library, ptx, nullptr, nullptr, 0, nullptr, nullptr, 0));
    ok(cuLibraryGetKernel(&kernel, library, "empty"));
    CUmemPoolProps props = {};
    props.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    props.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    ok(cuMemPoolCreate(&pool, &props));
    ok(cuMemAlloc(&memory, 1 << 20));
    CUDA_ARRAY_DESCRIPTOR flat = {16, 16, CU_AD_FORMAT_FLOAT, 1};
    ok(cuArrayCreate(&array, &flat));
    CUDA_ARRAY3D_DESCRIPTOR deep = {16, 16, 0, CU_AD_FORMAT_FLOAT, 1, 0};
    ok(cuMipmappedArrayCreate(&mipmaps, &deep, 2));
    ok(cuTexRefCreate(&texref));
    ok(cuLinkCreate(0, nullptr, nullptr, &link));
    ok(cuUserObjectCreate(&userObject, this, [](void*) {}, 1, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
    CUdevResource resource;
    CUdevResourceDesc desc;
    ok(cuDeviceGetDevResource(0, &resource, CU_DEV_RESOURCE_TYPE_SM));
    ok(cuDevResourceGenerateDesc(&desc, &resource, 1));
    ok(cuGreenCtxCreate(&green, desc, 0, CU_GREEN_CTX_DEFAULT_STREAM));
  }
  // One by one, then the context.
  void destroy() {
    auto ok = [](CUresult result) { ASSERT_EQ(CUDA_SUCCESS, result); };
    ok(cuGreenCtxDestroy(green));
    ok(cuUserObjectRelease(userObject, 1));
    ok(cuLinkDestroy(link));
    ok(cuTexRefDestroy(texref));
    ok(cuMipmappedArrayDestroy(mipmaps));
    ok(cuArrayDestroy(array));
    ok(cuMemPoolDestroy(pool));
    ok(cuLibraryUnload(library));
    ok(cuGraphExecDestroy(exec));
    ok(cuGraphDestroy(graph));
    ok(cuModuleUnload(module));
    ok(cuEventDestroy(event));
    ok(cuStreamDestroy(stream));
    ok(cuCtxDestroy(context));
  }
  template <typename Put> void each(Put put) {
    put(context), put(stream), put(event), put(module), put(function), put(graph), put(node);
    put(exec), put(library), put(kernel), put(pool), put(array), put(mipmaps), put(texref);
    put(link), put(userObject), put(green);
  }
};

class CudaMisuse : public MisuseTest {
protected:
  void begin() {
    ASSERT_EQ(CUDA_SUCCESS, cuInit(0));
    gone.make();
    live.make(); // before the others go: no object has the handle of another one
    ASSERT_EQ(CUDA_SUCCESS, cuCtxSetCurrent(gone.context));
    gone.destroy();
    ASSERT_EQ(CUDA_SUCCESS, cuCtxSetCurrent(live.context));
    gone.each([this](auto object) { arguments.putGone(object); });
    live.each([this](auto object) { arguments.put(object); });
    arguments.setAddress(live.memory);
  }
  void check(How how) {
    begin();
    spoilEach(calls(), arguments, how, exceptions(), [this] { cuCtxSetCurrent(live.context); });
    // Nothing of it has hurt what is there.
    EXPECT_EQ(CUDA_SUCCESS, cuGraphLaunch(live.exec, live.stream));
    EXPECT_EQ(CUDA_SUCCESS,
              cuLaunchKernel(live.function, 1, 1, 1, 1, 1, 1, 0, live.stream, nullptr, nullptr));
    EXPECT_EQ(CUDA_SUCCESS, cuStreamSynchronize(live.stream));
    EXPECT_EQ(CUDA_SUCCESS, cuCtxSynchronize());
  }
  Arguments arguments;
  Objects live = {}, gone = {};
};

TEST_F(CudaMisuse, null) {
  check(How::Null);
}

TEST_F(CudaMisuse, unknown_objects_devices_and_values) {
  check(How::Unknown);
}

TEST_F(CudaMisuse, destroyed_objects) {
  check(How::Gone);
}

// A page that names the error for a thread without a context: that one, or one that comes first.
TEST_F(CudaMisuse, no_context) {
  ASSERT_EQ(CUDA_SUCCESS, cuInit(0));
  // "Any function" may name it; these need no context.
  const std::set<std::string> needsNone = {
      "cuCtxCreate",           "cuDeviceGetCount",          "cuDeviceGetName",
      "cuDeviceTotalMem",      "cuDevicePrimaryCtxRetain",  "cuDeviceGetExecAffinitySupport",
      "cuDeviceGetProperties", "cuDeviceComputeCapability", "cuDevicePrimaryCtxRelease"};
  size_t count = 0;
  for (const Call& call : calls()) {
    if (!documents(call, CUDA_ERROR_INVALID_CONTEXT) || needsNone.contains(call.name) ||
        exceptions().skipped.contains(call.name))
      continue;
    arguments.spoil(-1, How::Null);
    ASSERT_EQ(CUDA_SUCCESS, cuCtxSetCurrent(nullptr));
    int code = run(call, arguments);
    bool nothing = std::string_view(call.name) == "cuMemFree"; // of null
    EXPECT_TRUE((code == 0 && nothing) || documents(call, code) || code == kInvalidValue ||
                code == kInvalidHandle)
        << call.symbol << ": error " << code;
    count += code == CUDA_ERROR_INVALID_CONTEXT;
  }
  EXPECT_GT(count, 150u);
}

// All functions that need the driver say that it is not there, whatever they are given; prints
// those that do not. In a child.
[[noreturn]] void callWithoutDriver(int expected, const char* when) {
  Arguments arguments;
  int wrong = 0;
  for (bool nothing : {false, true})
    for (const Call& call : calls()) {
      if (!call.needsInit || exceptions().skipped.contains(call.name))
        continue;
      arguments.spoil(-1, Arguments::How::Null);
      arguments.nothing(nothing);
      int code = call.run(dlsym(RTLD_DEFAULT, call.symbol), arguments);
      if (code != expected)
        fprintf(stderr, "%s %s: error %d\n", call.symbol, when, code), ++wrong;
    }
  _exit(wrong != 0);
}

struct CallsLate {
  ~CallsLate() { callWithoutDriver(CUDA_ERROR_DEINITIALIZED, "after the driver"); }
};

[[noreturn]] void callAfterExit() {
  calls(); // made before the driver: destroyed after it
  exceptions();
  static CallsLate late;
  CUcontext context = nullptr;
  if (cuInit(0) != CUDA_SUCCESS || cuCtxCreate(&context, nullptr, 0, 0) != CUDA_SUCCESS)
    _exit(2);
  exit(0);
}

class CudaLifetimeMisuse : public ::testing::Test {
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(CudaLifetimeMisuse, before_init) {
  EXPECT_EXIT(callWithoutDriver(CUDA_ERROR_NOT_INITIALIZED, "before cuInit"),
              ::testing::ExitedWithCode(0), "");
}

TEST_F(CudaLifetimeMisuse, while_the_process_ends) {
  EXPECT_EXIT(callAfterExit(), ::testing::ExitedWithCode(0), "");
}

} // namespace
