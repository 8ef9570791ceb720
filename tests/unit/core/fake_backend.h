// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A backend for tests: memory from the host's heap, kernels that are C++ lambdas found by name, and
// a few worker threads. Programs are PTX-looking texts; every kernel and variable that a test has
// declared is in every program. Safe from any thread.
#pragma once

#include "core/backend.h"

#include <functional>
#include <string>
#include <vector>

namespace anywarp::test {

using KernelBody = std::function<Result<void>(const LaunchConfig&)>;

struct FakeKernelSpec {
  std::vector<KernelParam> params;
  KernelAttributes attributes;
  KernelBody body;
  Result<void> (*prepare)() = nullptr;
};

void declareKernel(const std::string& name, FakeKernelSpec spec);
void declareVariable(const std::string& name, size_t size, bool managed,
                     VariableKind kind = VariableKind::Data);

// A texture's or surface's handle is the address of a copy of its AwTexture or AwSurface.

// The text of a unit that "defines" the kernels.
std::string fakePtx(const std::vector<std::string>& kernels);

Backend& fakeBackend();
size_t liveAllocations();
size_t postedTasks();

// Initialises the runtime with two devices on first use.
void initRuntime();

template <typename T> T param(const LaunchConfig& config, size_t offset) {
  T value;
  __builtin_memcpy(&value, config.params.data() + offset, sizeof value);
  return value;
}

} // namespace anywarp::test
