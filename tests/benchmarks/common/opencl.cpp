// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "opencl.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace bench {

void clCheck(cl_int error, const std::string& what) {
  if (error == CL_SUCCESS)
    return;
  std::fprintf(stderr, "%s: OpenCL error %d\n", what.c_str(), error);
  std::exit(2);
}

ClDevice::ClDevice() : device(nullptr) {
  cl_uint platforms = 0;
  cl_platform_id ids[8];
  clCheck(clGetPlatformIDs(8, ids, &platforms), "no platform");
  for (cl_uint i = 0; i < std::min(platforms, 8u) && !device; ++i) {
    char name[256] = "";
    clGetPlatformInfo(ids[i], CL_PLATFORM_NAME, sizeof name - 1, name, nullptr);
    if (std::string(name).find(settings().platform) == std::string::npos ||
        clGetDeviceIDs(ids[i], CL_DEVICE_TYPE_CPU, 1, &device, nullptr) != CL_SUCCESS)
      device = nullptr;
  }
  clCheck(device ? CL_SUCCESS : CL_DEVICE_NOT_FOUND,
          "no CPU device of platform '" + settings().platform + "'");
  cl_int error;
  context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, &error);
  clCheck(error, "context");
  queue = clCreateCommandQueue(context, device, 0, &error);
  clCheck(error, "queue");
}
ClDevice& clDevice() {
  static ClDevice instance;
  return instance;
}

Buffer::Buffer(size_t bytes, const void* host) : bytes(bytes) {
  cl_int error;
  memory = clCreateBuffer(clDevice().context, CL_MEM_READ_WRITE | (host ? CL_MEM_COPY_HOST_PTR : 0),
                          bytes, const_cast<void*>(host), &error);
  clCheck(error, "buffer");
}
void Buffer::read(void* to) const {
  clCheck(clEnqueueReadBuffer(clDevice().queue, memory, CL_TRUE, 0, bytes, to, 0, nullptr, nullptr),
          "read");
}

Launch::Launch(cl_program program, const char* kernel, std::vector<size_t> global,
               std::vector<size_t> local)
    : name_(kernel), global_(std::move(global)), local_(std::move(local)) {
  cl_int error;
  kernel_ = clCreateKernel(program, kernel, &error);
  clCheck(error, name_);
}
void Launch::set(cl_uint index, size_t bytes, const void* value) {
  clCheck(clSetKernelArg(kernel_, index, bytes, value),
          name_ + ", argument " + std::to_string(index));
}
void Launch::operator()() const {
  clCheck(clEnqueueNDRangeKernel(clDevice().queue, kernel_, cl_uint(global_.size()), nullptr,
                                 global_.data(), local_.data(), 0, nullptr, nullptr),
          name_);
}

Program::Program(const char* path, std::initializer_list<std::pair<const char*, double>> defines) {
  std::ifstream file(std::string(BENCH_SOURCES "/") + path);
  std::stringstream text;
  text << file.rdbuf();
  std::string source = text.str();
  if (source.empty())
    clCheck(CL_INVALID_PROGRAM, std::string("cannot read ") + path);
  const char* pointer = source.c_str();
  cl_int error;
  program_ = clCreateProgramWithSource(clDevice().context, 1, &pointer, nullptr, &error);
  clCheck(error, path);
  std::ostringstream options;
  options.precision(9);
  options << "-cl-std=CL1.2 -cl-mad-enable";
  for (auto& [name, value] : defines) {
    options << " -D" << name << "=" << value;
    if (value != std::floor(value))
      options << "f";
  }
  if (clBuildProgram(program_, 1, &clDevice().device, options.str().c_str(), nullptr, nullptr) !=
      CL_SUCCESS) {
    std::string log(1 << 16, '\0');
    clGetProgramBuildInfo(program_, clDevice().device, CL_PROGRAM_BUILD_LOG, log.size(), log.data(),
                          nullptr);
    std::fprintf(stderr, "%s\n", log.c_str());
    clCheck(CL_BUILD_PROGRAM_FAILURE, path);
  }
}

} // namespace bench
