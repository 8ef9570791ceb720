// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <algorithm>

namespace anywarp::test {

Unit::Unit(std::vector<std::string> kernels, bool withPtx)
    : kernels_(std::move(kernels)), ptx_(fakePtx(kernels_)) {
  image::NewImage image;
  image.kind = withPtx ? image::Kind::Ptx : image::Kind::Cubin;
  image.arch = 90;
  image.bytes = ptx_;
  fatbin_ = image::writeFatbin({&image, 1});
  wrapper_.data = fatbin_.data();
  handle_ = __cudaRegisterFatBinary(&wrapper_);
  for (const std::string& kernel : kernels_)
    __cudaRegisterFunction(handle_, static_cast<const char*>(host(kernel)), nullptr, kernel.c_str(),
                           -1, nullptr, nullptr, nullptr, nullptr, nullptr);
  __cudaRegisterFatBinaryEnd(handle_);
}

Unit::~Unit() {
  __cudaUnregisterFatBinary(handle_);
}

// Any address of our own will do for a stub.
const void* Unit::host(const std::string& kernel) const {
  return &*std::find(kernels_.begin(), kernels_.end(), kernel);
}

void CudartTest::SetUp() {
  initRuntime();
  cudaSetDevice(1);
  cudaDeviceReset();
  cudaSetDevice(0);
  cudaDeviceReset();
  cudaGetLastError();
}

} // namespace anywarp::test
