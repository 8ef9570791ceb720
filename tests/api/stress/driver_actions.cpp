// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace stress {
namespace {

// The primary context for as long as an action of the driver API lasts.
class Current {
public:
  explicit Current(Worker& w) { STRESS_OK(cuCtxPushCurrent(w.shared.primary)); }
  ~Current() {
    CUcontext popped;
    (void)cuCtxPopCurrent(&popped);
  }
};

void memory(Worker& w) {
  Current current(w);
  size_t count = 1 + w.below(w.below(20) ? 3000 : 300000);
  CUdeviceptr p = 0;
  STRESS_OK(cuMemAlloc(&p, count * 4));
  unsigned value = w.below(1000);
  STRESS_OK(cuMemsetD32(p, value, count));
  std::vector<unsigned> back(count);
  STRESS_OK(cuMemcpyDtoH(back.data(), p, count * 4));
  STRESS_TRUE(std::all_of(back.begin(), back.end(), [&](unsigned v) { return v == value; }));
  CUdeviceptr base = 0;
  size_t size = 0;
  STRESS_OK(cuMemGetAddressRange(&base, &size, p + w.below(4)));
  STRESS_TRUE(base == p && size == count * 4);
  unsigned kind = 0;
  STRESS_OK(cuPointerGetAttribute(&kind, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, p));
  STRESS_TRUE(kind == CU_MEMORYTYPE_DEVICE);
  STRESS_OK(cuMemFree(p));
}

void hostMemory(Worker& w) {
  Current current(w);
  void* host = nullptr;
  unsigned flags = 0;
  CUdeviceptr p = 0;
  STRESS_OK(cuMemHostAlloc(&host, 1 + w.below(10000), CU_MEMHOSTALLOC_DEVICEMAP));
  STRESS_OK(cuMemHostGetDevicePointer(&p, host, 0));
  STRESS_OK(cuMemHostGetFlags(&flags, host));
  std::memset(host, 1, 1);
  STRESS_OK(cuMemFreeHost(host));
  std::vector<char> mine(8192);
  STRESS_OK(cuMemHostRegister(mine.data(), mine.size(), 0));
  STRESS_OK(cuMemHostUnregister(mine.data()));
}

void pooled(Worker& w) {
  Current current(w);
  CUstream stream = w.shared.streams[w.below(uint32_t(w.shared.streams.size()))];
  CUdeviceptr p = 0;
  size_t count = 1 + w.below(2000);
  std::vector<unsigned> back(count);
  STRESS_OK(cuMemAllocAsync(&p, count * 4, stream));
  STRESS_OK(cuMemsetD32Async(p, 7, count, stream));
  STRESS_OK(cuMemcpyDtoHAsync(back.data(), p, count * 4, stream));
  STRESS_OK(cuMemFreeAsync(p, stream));
  STRESS_OK(cuStreamSynchronize(stream));
  STRESS_TRUE(std::all_of(back.begin(), back.end(), [](unsigned v) { return v == 7; }));
}

void launches(Worker& w) {
  Current current(w);
  CUfunction function = nullptr;
  STRESS_OK(cuKernelGetFunction(&function, w.shared.kernel));
  CUstream stream = w.shared.streams[w.below(uint32_t(w.shared.streams.size()))];
  unsigned count = 1 + w.below(5000), times = 1 + w.below(6);
  CUdeviceptr p = 0;
  STRESS_OK(cuMemAlloc(&p, count * 4));
  STRESS_OK(cuMemsetD32Async(p, 0, count, stream));
  void* params[] = {&p, &count};
  for (unsigned i = 0; i < times; ++i)
    STRESS_OK(cuLaunchKernel(i % 2 ? function : reinterpret_cast<CUfunction>(w.shared.kernel),
                             (count + 127) / 128, 1, 1, 128, 1, 1, 0, stream, params, nullptr));
  std::vector<unsigned> back(count);
  STRESS_OK(cuMemcpyDtoHAsync(back.data(), p, count * 4, stream));
  STRESS_OK(cuStreamSynchronize(stream));
  STRESS_TRUE(std::all_of(back.begin(), back.end(), [&](unsigned v) { return v == times; }));
  STRESS_OK(cuMemFree(p));
}

void streamsAndEvents(Worker& w) {
  Current current(w);
  CUstream a = nullptr, b = nullptr;
  CUevent event = nullptr;
  STRESS_OK(cuStreamCreateWithPriority(&a, w.below(2), int(w.below(6)) - 5));
  STRESS_OK(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
  STRESS_OK(cuEventCreate(&event, w.below(2) ? CU_EVENT_DISABLE_TIMING : 0));
  struct Order {
    std::atomic<int> at{0};
    bool right = true;
  } order;
  STRESS_OK(
      cuLaunchHostFunc(a, [](void* data) { static_cast<Order*>(data)->at.store(1); }, &order));
  STRESS_OK(cuEventRecord(event, a));
  STRESS_OK(cuStreamWaitEvent(b, event, 0));
  STRESS_OK(cuLaunchHostFunc(
      b,
      [](void* data) {
        auto* o = static_cast<Order*>(data);
        o->right = o->at.exchange(2) == 1;
      },
      &order));
  if (w.below(2))
    STRESS_OK(cuEventSynchronize(event));
  STRESS_OK(cuStreamSynchronize(b));
  STRESS_TRUE(order.right && order.at == 2);
  STRESS_OK(cuEventDestroy(event));
  STRESS_OK(cuStreamDestroy(a));
  STRESS_OK(cuStreamDestroy(b));
}

void values(Worker& w) {
  Current current(w);
  CUstream a = nullptr, b = nullptr;
  CUdeviceptr word = 0;
  STRESS_OK(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
  STRESS_OK(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
  STRESS_OK(cuMemAlloc(&word, 8));
  STRESS_OK(cuMemsetD32Async(word, 0, 2, b));
  STRESS_OK(cuStreamSynchronize(b));
  STRESS_OK(cuStreamWaitValue32(a, word, 3, CU_STREAM_WAIT_VALUE_GEQ));
  STRESS_OK(cuStreamWriteValue32(a, word + 4, 9, 0));
  STRESS_OK(cuStreamWriteValue32(b, word, 3, 0));
  STRESS_OK(cuStreamSynchronize(a));
  unsigned got[2] = {};
  STRESS_OK(cuMemcpyDtoH(got, word, 8));
  STRESS_TRUE(got[0] == 3 && got[1] == 9);
  STRESS_OK(cuStreamDestroy(a));
  STRESS_OK(cuStreamDestroy(b));
  STRESS_OK(cuMemFree(word));
}

void contexts(Worker& w) {
  CUcontext context = nullptr, current = nullptr;
  CUdeviceptr p = 0;
  STRESS_OK(cuCtxCreate(&context, nullptr, 0, 0));
  STRESS_OK(cuMemAlloc(&p, 100));
  STRESS_OK(cuMemsetD8Async(p, 1, 100, nullptr));
  CUfunction function = nullptr;
  STRESS_OK(cuKernelGetFunction(&function, w.shared.kernel));
  if (w.below(2))
    STRESS_OK(cuCtxSynchronize());
  STRESS_OK(cuCtxGetCurrent(&current));
  STRESS_TRUE(current == context);
  STRESS_OK(cuCtxDestroy(context));
  CUcontext retained = nullptr;
  STRESS_OK(cuDevicePrimaryCtxRetain(&retained, 0));
  STRESS_TRUE(retained == w.shared.primary);
  STRESS_OK(cuDevicePrimaryCtxRelease(0));
}

void greenContexts(Worker& w) {
  Current current(w);
  CUdevResource all = {};
  CUdevResourceDesc desc = nullptr;
  CUgreenCtx green = nullptr;
  CUstream stream = nullptr;
  STRESS_OK(cuDeviceGetDevResource(0, &all, CU_DEV_RESOURCE_TYPE_SM));
  STRESS_OK(cuDevResourceGenerateDesc(&desc, &all, 1));
  STRESS_OK(cuGreenCtxCreate(&green, desc, 0, CU_GREEN_CTX_DEFAULT_STREAM));
  STRESS_OK(cuGreenCtxStreamCreate(&stream, green, CU_STREAM_NON_BLOCKING, 0));
  CUevent event = nullptr;
  STRESS_OK(cuEventCreate(&event, 0));
  STRESS_OK(cuLaunchHostFunc(stream, [](void*) {}, nullptr));
  STRESS_OK(cuGreenCtxRecordEvent(green, event));
  STRESS_OK(cuEventSynchronize(event));
  STRESS_OK(cuEventDestroy(event));
  STRESS_OK(cuStreamDestroy(stream));
  STRESS_OK(cuGreenCtxDestroy(green));
}

void modules(Worker& w) {
  Current current(w);
  static constexpr const char* kSmall = ".version 8.0\n.target sm_70\n.address_size 64\n"
                                        ".visible .global .align 4 .u32 counter;\n"
                                        ".visible .entry nothing() { ret; }\n";
  CUmodule module = nullptr;
  CUfunction function = nullptr;
  CUdeviceptr p = 0;
  size_t bytes = 0;
  STRESS_OK(cuModuleLoadData(&module, kSmall));
  STRESS_OK(cuModuleGetFunction(&function, module, "nothing"));
  STRESS_OK(cuModuleGetGlobal(&p, &bytes, module, "counter"));
  STRESS_TRUE(bytes == 4);
  int value = 0;
  STRESS_OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
  int blocks = 0;
  STRESS_OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 128, 0));
  STRESS_TRUE(blocks > 0);
  STRESS_OK(cuModuleUnload(module));
}

void graphs(Worker& w) {
  Current current(w);
  CUstream stream = nullptr;
  CUgraph graph = nullptr;
  CUgraphExec exec = nullptr;
  CUdeviceptr p = 0;
  unsigned count = 1 + w.below(500);
  STRESS_OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  STRESS_OK(cuMemAlloc(&p, count * 4));
  void* params[] = {&p, &count};
  {
    std::shared_lock capturing(w.shared.captures);
    STRESS_OK(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
    STRESS_OK(cuMemsetD32Async(p, 3, count, stream));
    STRESS_OK(cuLaunchKernel(reinterpret_cast<CUfunction>(w.shared.kernel), (count + 63) / 64, 1, 1,
                             64, 1, 1, 0, stream, params, nullptr));
    STRESS_OK(cuStreamEndCapture(stream, &graph));
  }
  STRESS_OK(cuGraphInstantiate(&exec, graph, 0));
  for (unsigned i = w.below(3); i-- > 0;)
    STRESS_OK(cuGraphLaunch(exec, stream));
  STRESS_OK(cuGraphLaunch(exec, stream));
  STRESS_OK(cuStreamSynchronize(stream));
  std::vector<unsigned> back(count);
  STRESS_OK(cuMemcpyDtoH(back.data(), p, count * 4));
  STRESS_TRUE(std::all_of(back.begin(), back.end(), [](unsigned v) { return v == 4; }));
  STRESS_OK(cuGraphExecDestroy(exec));
  STRESS_OK(cuGraphDestroy(graph));
  STRESS_OK(cuMemFree(p));
  STRESS_OK(cuStreamDestroy(stream));
}

void questions(Worker& w) {
  int value = 0;
  size_t bytes = 0;
  char name[100];
  void* function = nullptr;
  const char* text = nullptr;
  STRESS_OK(cuDeviceGetAttribute(&value, CUdevice_attribute(1 + w.below(100)), 0));
  STRESS_OK(cuDeviceGetName(name, sizeof name, 0));
  STRESS_OK(cuDeviceTotalMem(&bytes, 0));
  STRESS_OK(cuGetProcAddress("cuMemAlloc", &function, 12000, 0, nullptr));
  STRESS_OK(cuGetErrorString(CUDA_ERROR_INVALID_VALUE, &text));
  Current current(w);
  STRESS_OK(cuMemGetInfo(&bytes, &bytes));
  STRESS_OK(cuCtxGetLimit(&bytes, CU_LIMIT_STACK_SIZE));
  unsigned count = 0;
  STRESS_OK(cuLibraryGetKernelCount(&count, w.shared.library));
  STRESS_TRUE(count == 4);
}

// Wrong in every way, and nothing happens.
void mistakes(Worker& w) {
  Current current(w);
  char garbage[64] = {};
  CUdeviceptr p = 0;
  STRESS_TRUE(cuMemAlloc(&p, 0) == CUDA_ERROR_INVALID_VALUE);
  STRESS_TRUE(cuMemFree(CUdeviceptr(garbage)) == CUDA_ERROR_INVALID_VALUE);
  STRESS_TRUE(cuStreamDestroy(reinterpret_cast<CUstream>(garbage)) == CUDA_ERROR_INVALID_HANDLE);
  STRESS_TRUE(cuEventQuery(reinterpret_cast<CUevent>(garbage)) == CUDA_ERROR_INVALID_HANDLE);
  STRESS_TRUE(cuModuleUnload(reinterpret_cast<CUmodule>(garbage)) == CUDA_ERROR_INVALID_HANDLE);
  CUlogIterator at = 0;
  STRESS_OK(cuLogsCurrent(&at, 0));
  char text[2000];
  size_t size = sizeof text;
  STRESS_OK(cuLogsDumpToMemory(nullptr, text, &size, 0));
}

void textures(Worker& w) {
  Current current(w);
  CUDA_ARRAY_DESCRIPTOR desc = {1 + w.below(60), 1 + w.below(60), CU_AD_FORMAT_FLOAT, 1};
  CUarray array = nullptr;
  STRESS_OK(cuArrayCreate(&array, &desc));
  CUDA_RESOURCE_DESC resource = {};
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  resource.res.array.hArray = array;
  CUDA_TEXTURE_DESC texture = {};
  CUtexObject object = 0;
  STRESS_OK(cuTexObjectCreate(&object, &resource, &texture, nullptr));
  STRESS_OK(cuTexObjectDestroy(object));
  STRESS_OK(cuArrayDestroy(array));
}

} // namespace

const std::vector<Action>& driverActions() {
  static const std::vector<Action> list = {
      memory,   hostMemory,    pooled,  launches, launches,  streamsAndEvents, values,
      contexts, greenContexts, modules, graphs,   questions, mistakes,         textures};
  return list;
}

} // namespace stress
