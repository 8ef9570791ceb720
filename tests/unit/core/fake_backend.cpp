// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fake_backend.h"

#include "core/runtime.h"
#include "spmd/texture_abi.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <thread>

namespace anywarp::test {
namespace {

std::mutex& mutex() {
  static auto* m = new std::mutex; // guards the two maps below
  return *m;
}
std::map<std::string, FakeKernelSpec>& kernels() {
  static auto* m = new std::map<std::string, FakeKernelSpec>;
  return *m;
}
struct FakeVariable {
  size_t size;
  bool managed;
  VariableKind kind;
};
std::map<std::string, FakeVariable>& variables() {
  static auto* m = new std::map<std::string, FakeVariable>;
  return *m;
}
std::atomic<size_t> live{0}, posted{0};

class FakeKernel : public BackendKernel {
public:
  FakeKernel(std::string name, FakeKernelSpec spec)
      : name_(std::move(name)), spec_(std::move(spec)) {}
  const std::string& name() const override { return name_; }
  std::span<const KernelParam> params() const override { return spec_.params; }
  uint32_t paramBytes() const override {
    return spec_.params.empty() ? 0 : spec_.params.back().offset + spec_.params.back().size;
  }
  Result<KernelAttributes> attributes() override { return spec_.attributes; }
  const FakeKernelSpec& spec() const { return spec_; }

private:
  std::string name_;
  FakeKernelSpec spec_;
};

class FakeProgram : public Program {
public:
  FakeProgram() {
    std::lock_guard lock(mutex());
    for (auto& [name, spec] : test::kernels())
      kernels_[name] = std::make_unique<FakeKernel>(name, spec);
    for (auto& [name, v] : test::variables())
      variables_[name] = {std::calloc(1, v.size), v.size, false, v.managed, v.kind};
  }
  ~FakeProgram() override {
    for (auto& [name, v] : variables_)
      std::free(v.address);
  }
  BackendKernel* kernel(std::string_view name) override {
    auto it = kernels_.find(std::string(name));
    return it == kernels_.end() ? nullptr : it->second.get();
  }
  std::vector<std::string> kernelNames() const override {
    std::vector<std::string> names;
    for (auto& [name, k] : kernels_)
      names.push_back(name);
    return names;
  }
  const ProgramVariable* variable(std::string_view name) override {
    auto it = variables_.find(std::string(name));
    return it == variables_.end() ? nullptr : &it->second;
  }
  std::vector<ProgramVariable> variables() override {
    std::vector<ProgramVariable> list;
    for (auto& [name, v] : variables_)
      list.push_back(v);
    return list;
  }

private:
  std::map<std::string, std::unique_ptr<FakeKernel>> kernels_;
  std::map<std::string, ProgramVariable> variables_;
};

class FakeContext final : public BackendContext {
public:
  Result<void> setLimit(int limit, size_t value) override {
    if (limit != 0)
      return makeError(Status::UnsupportedLimit, "unknown limit");
    stack_ = value;
    return {};
  }
  Result<size_t> limit(int limit) override {
    if (limit != 0)
      return makeError(Status::UnsupportedLimit, "unknown limit");
    return stack_.load();
  }
  void flushPrintf() override {}

private:
  std::atomic<size_t> stack_{1024};
};

class FakeDevice : public BackendDevice {
public:
  FakeDevice() {
    static int number = 0;
    info_.name = "Fake";
    info_.totalMemory = uint64_t(1) << 30;
    info_.multiprocessors = 4;
    info_.uuid[15] = uint8_t(++number);
    for (int i = 0; i < 3; ++i)
      std::thread([this] { work(); }).detach();
  }
  const DeviceInfo& info() const override { return info_; }
  Result<void*> allocate(size_t bytes, MemoryKind) override {
    if (bytes > info_.totalMemory)
      return makeError(Status::OutOfMemory, "too much");
    ++live;
    return std::aligned_alloc(512, (bytes + 511) / 512 * 512);
  }
  void release(void* pointer, size_t, MemoryKind) override {
    --live;
    std::free(pointer);
  }
  uint64_t freeMemory() override { return info_.totalMemory; }
  Result<void> copy(void* dst, const void* src, size_t bytes) override {
    std::memmove(dst, src, bytes);
    return {};
  }
  Result<void> copy2d(void* dst, size_t dstPitch, const void* src, size_t srcPitch, size_t width,
                      size_t height) override {
    for (size_t y = 0; y < height; ++y)
      std::memmove(static_cast<char*>(dst) + y * dstPitch,
                   static_cast<const char*>(src) + y * srcPitch, width);
    return {};
  }
  Result<void> fill(void* dst, uint32_t value, unsigned size, size_t count) override {
    for (size_t i = 0; i < count; ++i)
      std::memcpy(static_cast<char*>(dst) + i * size, &value, size); // little endian
    return {};
  }
  Result<uint64_t> createTexture(const AwTexture& description) override {
    return uint64_t(uintptr_t(new AwTexture(description)));
  }
  void destroyTexture(uint64_t handle) override { delete reinterpret_cast<AwTexture*>(handle); }
  Result<uint64_t> createSurface(const AwSurface& description) override {
    return uint64_t(uintptr_t(new AwSurface(description)));
  }
  void destroySurface(uint64_t handle) override { delete reinterpret_cast<AwSurface*>(handle); }
  Result<std::unique_ptr<Program>> load(std::vector<PtxUnit> units) override {
    for (const PtxUnit& unit : units)
      if (unit->find("syntax error") != unit->npos)
        return makeError(Status::InvalidPtx, "1:1: error: syntax error");
    return std::unique_ptr<Program>(new FakeProgram);
  }
  Result<void> run(BackendKernel& kernel, const LaunchConfig& config) override {
    return static_cast<FakeKernel&>(kernel).spec().body(config);
  }
  Result<void> prepare(BackendKernel& kernel, const uint32_t[3]) override {
    auto* prepare = static_cast<FakeKernel&>(kernel).spec().prepare;
    return prepare ? prepare() : Result<void>();
  }
  Result<uint32_t> maxActiveBlocks(BackendKernel&, uint32_t threads, uint32_t) override {
    return info_.maxThreadsPerMultiprocessor / threads;
  }
  void post(std::function<void()> task) override {
    ++posted;
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
  }
  std::unique_ptr<BackendContext> makeContext() override { return std::make_unique<FakeContext>(); }

private:
  void work() {
    for (;;) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return !tasks_.empty(); });
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }
  DeviceInfo info_;
  std::mutex mutex_; // guards tasks_
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
};

class FakeBackend : public Backend {
public:
  std::string_view name() const override { return "fake"; }
  Result<std::unique_ptr<BackendDevice>> open(std::string_view) override {
    return std::unique_ptr<BackendDevice>(new FakeDevice);
  }
};

} // namespace

void declareKernel(const std::string& name, FakeKernelSpec spec) {
  std::lock_guard lock(mutex());
  kernels()[name] = std::move(spec);
}
void declareVariable(const std::string& name, size_t size, bool managed, VariableKind kind) {
  std::lock_guard lock(mutex());
  variables()[name] = {size, managed, kind};
}

std::string fakePtx(const std::vector<std::string>& names) {
  std::string text = ".version 8.0\n.target sm_80\n.address_size 64\n";
  for (const std::string& name : names)
    text += ".visible .entry " + name + "()\n{\n  ret;\n}\n";
  return text;
}

Backend& fakeBackend() {
  static auto* backend = new FakeBackend;
  return *backend;
}
size_t liveAllocations() {
  return live;
}
size_t postedTasks() {
  return posted;
}

void initRuntime() {
  static const bool ready = bool(core::Runtime::get().initForTest(fakeBackend(), 2));
  ASSERT_TRUE(ready);
}

} // namespace anywarp::test
