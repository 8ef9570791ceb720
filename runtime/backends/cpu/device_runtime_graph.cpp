// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device runtime's functions that change nodes of graphs. What they are given is copied first:
// a bad pointer leaves these functions (device_runtime.h), and core has locks.
#include "device.h"
#include "device_call.h"
#include "device_runtime.h"

#include <vector>

namespace anywarp::cpu {

using namespace cuda_error;

namespace {

uint32_t change(const DeviceCall& call, const NodeChange& change) {
  const DeviceRole& role = call.scope.device().role();
  return role.changeNode ? role.changeNode(role.ordinal, change) : kNotSupported;
}

uint32_t changeParam(const DeviceCall& call, NodeChange asked, uint64_t value, uint64_t bytes) {
  if (bytes > kMaxParamBytes || (bytes && !value))
    return kInvalidValue;
  std::vector<std::byte> copy(bytes);
  if (bytes)
    memcpy(copy.data(), reinterpret_cast<const void*>(value), bytes);
  asked.field = NodeChange::Field::Param;
  asked.value = copy;
  return change(call, asked);
}

// cudaGraphKernelNodeUpdate (CUDA runtime API manual).
struct Update {
  uint64_t node;
  uint32_t field, pad;
  union {
    uint32_t grid[3];
    struct {
      uint64_t value, offset, size;
    } param;
    uint32_t enabled;
  };
};
static_assert(sizeof(Update) == 40 && offsetof(Update, grid) == 16);

uint32_t apply(const DeviceCall& call, const Update& update) {
  NodeChange asked;
  asked.node = update.node;
  asked.field = NodeChange::Field(update.field);
  switch (asked.field) {
  case NodeChange::Field::GridDim:
    std::copy(update.grid, update.grid + 3, asked.grid);
    return change(call, asked);
  case NodeChange::Field::Param:
    asked.offset = update.param.offset;
    return changeParam(call, asked, update.param.value, update.param.size);
  case NodeChange::Field::Enabled:
    asked.enabled = update.enabled != 0;
    return change(call, asked);
  }
  return kInvalidValue;
}

} // namespace

// cudaGraphKernelNodeSetParam(node, offset, value, size)
uint32_t deviceNodeSetParam(const DeviceCall& call) {
  NodeChange asked;
  asked.node = call.args[0];
  asked.offset = call.args[1];
  return changeParam(call, asked, call.args[2], call.args[3]);
}

// cudaGraphKernelNodeSetEnabled(node, enable)
uint32_t deviceNodeSetEnabled(const DeviceCall& call) {
  NodeChange asked;
  asked.node = call.args[0];
  asked.field = NodeChange::Field::Enabled;
  asked.enabled = (call.word(1) & 0xff) != 0; // a bool
  return change(call, asked);
}

// cudaGraphKernelNodeSetGridDim(node, gridDim)
uint32_t deviceNodeSetGridDim(const DeviceCall& call) {
  NodeChange asked;
  asked.node = call.args[0];
  asked.field = NodeChange::Field::GridDim;
  memcpy(asked.grid, call.pointer(1), sizeof asked.grid);
  return change(call, asked);
}

// cudaGraphKernelNodeUpdatesApply(updates, updateCount): in their order, up to the first that is
// wrong.
uint32_t deviceNodeUpdatesApply(const DeviceCall& call) {
  if (!call.args[0] && call.args[1])
    return kInvalidValue;
  for (uint64_t i = 0; i < call.args[1]; ++i)
    if (uint32_t error = apply(call, call.get<Update>(call.args[0] + i * sizeof(Update))))
      return error;
  return kSuccess;
}

} // namespace anywarp::cpu
