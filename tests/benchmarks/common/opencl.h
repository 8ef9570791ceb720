// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the OpenCL variants: the CPU device of the platform that --platform names (a part of its
// name), or of the first platform that has one.
#pragma once
#define CL_TARGET_OPENCL_VERSION 120
#include "bench.h"

#include <CL/cl.h>
#include <initializer_list>
#include <utility>

namespace bench {

void clCheck(cl_int error, const std::string& what); // ends the process, exit code 2

struct ClDevice {
  cl_context context;
  cl_command_queue queue;
  cl_device_id device;
  ClDevice();
};
ClDevice& clDevice();

struct Buffer {
  cl_mem memory;
  size_t bytes;
  explicit Buffer(size_t bytes, const void* host = nullptr);
  template <class T>
  explicit Buffer(const std::vector<T>& host) : Buffer(host.size() * sizeof(T), host.data()) {}
  Buffer(const Buffer&) = delete;
  ~Buffer() { clReleaseMemObject(memory); }
  void read(void* to) const;
  template <class T> std::vector<T> host() const {
    std::vector<T> out(bytes / sizeof(T));
    read(out.data());
    return out;
  }
};

// A kernel with its arguments; calling it enqueues it.
class Launch {
public:
  Launch(cl_program program, const char* kernel, std::vector<size_t> global,
         std::vector<size_t> local);
  Launch(Launch&& other)
      : name_(other.name_), kernel_(std::exchange(other.kernel_, nullptr)), global_(other.global_),
        local_(other.local_) {}
  ~Launch() {
    if (kernel_)
      clReleaseKernel(kernel_);
  }
  template <class T> void argument(cl_uint index, const T& value) {
    set(index, sizeof value, &value);
  }
  void argument(cl_uint index, const Buffer& buffer) {
    set(index, sizeof buffer.memory, &buffer.memory);
  }
  void operator()() const;

private:
  void set(cl_uint index, size_t bytes, const void* value);
  std::string name_;
  cl_kernel kernel_;
  std::vector<size_t> global_, local_;
};

class Program {
public:
  // `path` relative to tests/benchmarks; `defines` become -Dname=value.
  Program(const char* path, std::initializer_list<std::pair<const char*, double>> defines);
  ~Program() { clReleaseProgram(program_); }
  template <class... A>
  Launch launch(const char* kernel, std::vector<size_t> global, std::vector<size_t> local,
                const A&... arguments) {
    Launch result(program_, kernel, std::move(global), std::move(local));
    cl_uint i = 0;
    (result.argument(i++, arguments), ...);
    return result;
  }

private:
  cl_program program_;
};

// measure() for launches: each run ends when the device has finished.
template <class F, class Check>
int measureLaunch(const char* name, F&& launch, Check check, int repeats = 1) {
  return measure(
      name,
      [&] {
        launch();
        clCheck(clFinish(clDevice().queue), "finish");
      },
      check, repeats);
}

} // namespace bench
