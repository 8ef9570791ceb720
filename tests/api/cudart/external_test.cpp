// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and semaphores by file descriptor, and pools that other processes open; for all versions.
#include "fixture.h"
#include "tests/api/two_processes.h"

#include <atomic>
#include <cstring>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

namespace anywarp::test {
namespace {

using External = CudartTest;

int makeFile(size_t bytes) {
  int file = memfd_create("external", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  EXPECT_EQ(0, ftruncate(file, off_t(bytes)));
  return file;
}

TEST_F(External, memory_is_mapped_as_buffer_and_array) {
  constexpr size_t kBytes = 1 << 16;
  int file = makeFile(kBytes), ours = dup(file);
  cudaExternalMemoryHandleDesc desc = {};
  desc.type = cudaExternalMemoryHandleTypeOpaqueFd;
  desc.handle.fd = file;
  desc.size = kBytes;
  cudaExternalMemory_t memory;
  EXPECT_EQ(cudaImportExternalMemory(nullptr, &desc), cudaErrorInvalidValue);
  EXPECT_EQ(cudaImportExternalMemory(&memory, nullptr), cudaErrorInvalidValue);
  desc.handle.fd = -1;
  EXPECT_EQ(cudaImportExternalMemory(&memory, &desc), cudaErrorInvalidResourceHandle);
  desc.type = cudaExternalMemoryHandleTypeNvSciBuf;
  EXPECT_EQ(cudaImportExternalMemory(&memory, &desc), cudaErrorNotSupported);
  desc.type = cudaExternalMemoryHandleTypeOpaqueFd;
  desc.handle.fd = file;
  ASSERT_OK(cudaImportExternalMemory(&memory, &desc));
  cudaExternalMemoryBufferDesc range = {};
  range.offset = 4096;
  range.size = 8192;
  void* buffer = nullptr;
  EXPECT_EQ(cudaExternalMemoryGetMappedBuffer(nullptr, memory, &range), cudaErrorInvalidValue);
  EXPECT_EQ(cudaExternalMemoryGetMappedBuffer(&buffer, nullptr, &range),
            cudaErrorInvalidResourceHandle);
  ASSERT_OK(cudaExternalMemoryGetMappedBuffer(&buffer, memory, &range));
  ASSERT_OK(cudaMemset(buffer, 0x5a, 8192));
  ASSERT_OK(cudaDeviceSynchronize());
  unsigned char byte = 0;
  EXPECT_EQ(1, pread(ours, &byte, 1, 4096 + 8191));
  EXPECT_EQ(0x5a, byte);
  cudaExternalMemoryMipmappedArrayDesc image = {};
  image.formatDesc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindUnsigned);
  image.extent = {16, 2, 0};
  image.numLevels = 1;
  cudaMipmappedArray_t mipmap;
  ASSERT_OK(cudaExternalMemoryGetMappedMipmappedArray(&mipmap, memory, &image));
  cudaArray_t level;
  ASSERT_OK(cudaGetMipmappedArrayLevel(&level, mipmap, 0));
  unsigned texels[32];
  for (unsigned i = 0; i < 32; ++i)
    texels[i] = i + 100;
  ASSERT_OK(cudaMemcpy2DToArray(level, 0, 0, texels, 64, 64, 2, cudaMemcpyHostToDevice));
  unsigned read = 0;
  EXPECT_EQ(4, pread(ours, &read, 4, 64 + 8));
  EXPECT_EQ(118u, read);
  EXPECT_OK(cudaDestroyExternalMemory(memory));
  EXPECT_EQ(cudaDestroyExternalMemory(memory), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
  EXPECT_OK(cudaFree(buffer));
  close(ours);
}

TEST_F(External, semaphores_order_streams) {
  cudaExternalSemaphoreHandleDesc desc = {};
  desc.type = cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd;
  desc.handle.fd = makeFile(8);
  cudaExternalSemaphore_t timeline, binary;
  ASSERT_OK(cudaImportExternalSemaphore(&timeline, &desc));
  desc.type = cudaExternalSemaphoreHandleTypeOpaqueFd;
  desc.handle.fd = eventfd(0, EFD_CLOEXEC);
  ASSERT_OK(cudaImportExternalSemaphore(&binary, &desc));
  cudaStream_t a, b;
  ASSERT_OK(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking));
  ASSERT_OK(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking));
  cudaExternalSemaphoreSignalParams signal = {};
  cudaExternalSemaphoreWaitParams wait = {};
  wait.params.fence.value = 5;
  ASSERT_OK(cudaWaitExternalSemaphoresAsync(&timeline, &wait, 1, a));
  ASSERT_OK(cudaSignalExternalSemaphoresAsync(&binary, &signal, 1, a));
  EXPECT_EQ(cudaStreamQuery(a), cudaErrorNotReady);
  signal.params.fence.value = 5;
  ASSERT_OK(cudaSignalExternalSemaphoresAsync(&timeline, &signal, 1, b));
  ASSERT_OK(cudaWaitExternalSemaphoresAsync(&binary, &wait, 1, b));
  EXPECT_OK(cudaStreamSynchronize(b));
  EXPECT_OK(cudaStreamSynchronize(a));
  EXPECT_EQ(cudaWaitExternalSemaphoresAsync(nullptr, &wait, 1, a), cudaErrorInvalidValue);
  EXPECT_EQ(cudaSignalExternalSemaphoresAsync(&timeline, nullptr, 1, a), cudaErrorInvalidValue);
  EXPECT_OK(cudaDestroyExternalSemaphore(timeline));
  EXPECT_EQ(cudaSignalExternalSemaphoresAsync(&timeline, &signal, 1, a),
            cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaDestroyExternalSemaphore(binary));
  EXPECT_EQ(cudaDestroyExternalSemaphore(binary), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaStreamDestroy(a));
  EXPECT_OK(cudaStreamDestroy(b));
}

TEST_F(External, semaphores_are_nodes_of_graphs) {
  cudaExternalSemaphoreHandleDesc desc = {};
  desc.type = cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd;
  desc.handle.fd = makeFile(8);
  auto* word = static_cast<std::atomic<uint64_t>*>(
      mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, desc.handle.fd, 0));
  cudaExternalSemaphore_t timeline;
  ASSERT_OK(cudaImportExternalSemaphore(&timeline, &desc));
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  cudaExternalSemaphoreWaitParams wait = {};
  wait.params.fence.value = 2;
  cudaExternalSemaphoreSignalParams signal = {};
  signal.params.fence.value = 3;
  cudaExternalSemaphoreWaitNodeParams waits = {&timeline, &wait, 1};
  cudaExternalSemaphoreSignalNodeParams signals = {&timeline, &signal, 1};
  cudaGraph_t graph;
  ASSERT_OK(cudaGraphCreate(&graph, 0));
  cudaGraphNode_t first, second;
  ASSERT_OK(cudaGraphAddExternalSemaphoresWaitNode(&first, graph, nullptr, 0, &waits));
  ASSERT_OK(cudaGraphAddExternalSemaphoresSignalNode(&second, graph, &first, 1, &signals));
  cudaGraphNodeType type;
  EXPECT_OK(cudaGraphNodeGetType(first, &type));
  EXPECT_EQ(type, cudaGraphNodeTypeExtSemaphoreWait);
  EXPECT_OK(cudaGraphNodeGetType(second, &type));
  EXPECT_EQ(type, cudaGraphNodeTypeExtSemaphoreSignal);
  cudaGraphExec_t exec;
  ASSERT_OK(cudaGraphInstantiateWithFlags(&exec, graph, 0));
  ASSERT_OK(cudaGraphLaunch(exec, stream));
  usleep(40'000);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorNotReady);
  *word = 2;
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(*word, 3u);

  wait.params.fence.value = 1; // the nodes have copies
  cudaExternalSemaphoreWaitNodeParams waited = {};
  ASSERT_OK(cudaGraphExternalSemaphoresWaitNodeGetParams(first, &waited));
  EXPECT_EQ(waited.numExtSems, 1u);
  EXPECT_EQ(waited.extSemArray[0], timeline);
  EXPECT_EQ(waited.paramsArray[0].params.fence.value, 2u);
  cudaExternalSemaphoreSignalNodeParams signalled = {};
  ASSERT_OK(cudaGraphExternalSemaphoresSignalNodeGetParams(second, &signalled));
  EXPECT_EQ(signalled.paramsArray[0].params.fence.value, 3u);
  signal.params.fence.value = 5;
  ASSERT_OK(cudaGraphExternalSemaphoresWaitNodeSetParams(first, &waits));
  ASSERT_OK(cudaGraphExternalSemaphoresSignalNodeSetParams(second, &signals));
  ASSERT_OK(cudaGraphExternalSemaphoresSignalNodeGetParams(second, &signalled));
  EXPECT_EQ(signalled.paramsArray[0].params.fence.value, 5u);
  ASSERT_OK(cudaGraphExecExternalSemaphoresWaitNodeSetParams(exec, first, &waits));
  ASSERT_OK(cudaGraphExecExternalSemaphoresSignalNodeSetParams(exec, second, &signals));
  ASSERT_OK(cudaGraphLaunch(exec, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(*word, 5u);

  EXPECT_EQ(cudaGraphAddExternalSemaphoresWaitNode(nullptr, graph, nullptr, 0, &waits),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphAddExternalSemaphoresSignalNode(&second, graph, nullptr, 0, nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphExternalSemaphoresSignalNodeGetParams(first, &signalled),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphExternalSemaphoresWaitNodeGetParams(first, nullptr), cudaErrorInvalidValue);
  cudaExternalSemaphoreWaitNodeParams empty = {nullptr, nullptr, 1};
  EXPECT_EQ(cudaGraphExecExternalSemaphoresWaitNodeSetParams(exec, first, &empty),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphExternalSemaphoresWaitNodeSetParams(first, &empty), cudaErrorInvalidValue);

  cudaGraph_t captured;
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
  EXPECT_OK(cudaWaitExternalSemaphoresAsync(&timeline, &wait, 1, stream));
  EXPECT_OK(cudaSignalExternalSemaphoresAsync(&timeline, &signal, 1, stream));
  ASSERT_OK(cudaStreamEndCapture(stream, &captured));
  cudaGraphNode_t nodes[2] = {};
  size_t count = 2;
  ASSERT_OK(cudaGraphGetNodes(captured, nodes, &count));
  ASSERT_EQ(count, 2u);
  ASSERT_OK(cudaGraphExternalSemaphoresSignalNodeGetParams(nodes[1], &signalled));
  EXPECT_EQ(signalled.extSemArray[0], timeline);
  EXPECT_EQ(signalled.paramsArray[0].params.fence.value, 5u);

#if CUDART_VERSION >= 13000
  cudaGraphNodeParams any = {};
  any.type = cudaGraphNodeTypeExtSemaphoreSignal;
  signal.params.fence.value = 8;
  any.extSemSignal = {&timeline, &signal, 1};
  cudaGraph_t single;
  ASSERT_OK(cudaGraphCreate(&single, 0));
  cudaGraphNode_t node;
  ASSERT_OK(cudaGraphAddNode(&node, single, nullptr, nullptr, 0, &any));
  cudaGraphExec_t run;
  ASSERT_OK(cudaGraphInstantiateWithFlags(&run, single, 0));
  signal.params.fence.value = 9;
  EXPECT_OK(cudaGraphNodeSetParams(node, &any));
  EXPECT_OK(cudaGraphLaunch(run, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(*word, 8u);
  EXPECT_OK(cudaGraphExecNodeSetParams(run, node, &any));
  EXPECT_OK(cudaGraphLaunch(run, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(*word, 9u);
  any.type = cudaGraphNodeTypeExtSemaphoreWait;
  any.extSemWait = {&timeline, &wait, 1};
  EXPECT_OK(cudaGraphAddNode(&node, single, nullptr, nullptr, 0, &any));
#endif
  EXPECT_OK(cudaDestroyExternalSemaphore(timeline));
  EXPECT_OK(cudaStreamDestroy(stream));
  munmap(word, 8);
}

void* asHandle(int file) {
  return reinterpret_cast<void*>(intptr_t(file));
}

// The other process.
TEST_F(External, DISABLED_opens_a_pool) {
  Peer peer = Peer::other();
  cudaMemPoolPtrExportData data;
  int file = peer.receive(data);
  ASSERT_GE(file, 0);
  cudaMemPool_t pool;
  ASSERT_OK(cudaMemPoolImportFromShareableHandle(&pool, asHandle(file),
                                                 cudaMemHandleTypePosixFileDescriptor, 0));
  void* memory = nullptr;
  ASSERT_OK(cudaMemPoolImportPointer(&memory, pool, &data));
  int value = 0;
  EXPECT_OK(cudaMemcpy(&value, memory, 4, cudaMemcpyDeviceToHost));
  EXPECT_EQ(value, 0x01010101);
  EXPECT_OK(cudaMemset(memory, 2, 4)); // in the default stream, as the free
  EXPECT_OK(cudaFreeAsync(memory, nullptr));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_OK(cudaMemPoolDestroy(pool));
}

TEST_F(External, pools_are_shared_between_processes) {
  cudaMemPoolProps props = {};
  props.allocType = cudaMemAllocationTypePinned;
  props.location = {cudaMemLocationTypeDevice, 0};
  props.handleTypes = cudaMemHandleTypePosixFileDescriptor;
  cudaMemPool_t pool;
  ASSERT_OK(cudaMemPoolCreate(&pool, &props));
  void* memory = nullptr;
  ASSERT_OK(cudaMallocFromPoolAsync(&memory, 5000, pool, nullptr));
  ASSERT_OK(cudaMemset(memory, 1, 5000));
  ASSERT_OK(cudaDeviceSynchronize()); // the other process is in no order with our streams
  int file = -1;
  EXPECT_EQ(cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypeNone, 0),
            cudaErrorInvalidValue);
  EXPECT_EQ(
      cudaMemPoolExportToShareableHandle(nullptr, pool, cudaMemHandleTypePosixFileDescriptor, 0),
      cudaErrorInvalidValue);
  ASSERT_OK(
      cudaMemPoolExportToShareableHandle(&file, pool, cudaMemHandleTypePosixFileDescriptor, 0));
  cudaMemPoolPtrExportData data;
  EXPECT_EQ(cudaMemPoolExportPointer(nullptr, memory), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemPoolExportPointer(&data, &data), cudaErrorInvalidValue);
  ASSERT_OK(cudaMemPoolExportPointer(&data, memory));
  Peer peer = Peer::start("External.DISABLED_opens_a_pool");
  ASSERT_TRUE(peer.send(data, file));
  close(file);
  EXPECT_EQ(peer.finish(), 0);
  int value = 0;
  EXPECT_OK(cudaMemcpy(&value, memory, 4, cudaMemcpyDeviceToHost));
  EXPECT_EQ(value, 0x02020202);
  EXPECT_OK(cudaFree(memory));
  EXPECT_OK(cudaMemPoolDestroy(pool));
}

} // namespace
} // namespace anywarp::test
