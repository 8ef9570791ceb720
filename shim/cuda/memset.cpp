// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fills with 8-, 16- and 32-bit values.
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

Result<void> fill(CUdeviceptr dst, uint32_t value, unsigned size, size_t count, CUstream handle,
                  bool async) {
  AW_ARG(dst % size == 0, "the address is not aligned to the element");
  AW_LET(stream, findStream(handle));
  return core::Memory::fill(*stream, address(dst), value, size, count, async);
}

Result<void> fill2d(CUdeviceptr dst, size_t pitch, uint32_t value, unsigned size, size_t width,
                    size_t height, CUstream handle, bool async) {
  AW_ARG(dst % size == 0, "the address is not aligned to the element");
  AW_ARG(height <= 1 || pitch % size == 0, "the pitch is not a multiple of the element");
  AW_LET(stream, findStream(handle));
  return core::Memory::fill2d(*stream, address(dst), pitch, value, size, width, height, async);
}

} // namespace

Result<void> memsetD8(CUdeviceptr dst, unsigned char value, size_t count, CUstream stream) {
  return fill(dst, value, 1, count, stream, false);
}

Result<void> memsetD16(CUdeviceptr dst, unsigned short value, size_t count, CUstream stream) {
  return fill(dst, value, 2, count, stream, false);
}

Result<void> memsetD32(CUdeviceptr dst, unsigned int value, size_t count, CUstream stream) {
  return fill(dst, value, 4, count, stream, false);
}

Result<void> memsetD2D8(CUdeviceptr dst, size_t pitch, unsigned char value, size_t width,
                        size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 1, width, height, stream, false);
}

Result<void> memsetD2D16(CUdeviceptr dst, size_t pitch, unsigned short value, size_t width,
                         size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 2, width, height, stream, false);
}

Result<void> memsetD2D32(CUdeviceptr dst, size_t pitch, unsigned int value, size_t width,
                         size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 4, width, height, stream, false);
}

Result<void> memsetD8Async(CUdeviceptr dst, unsigned char value, size_t count, CUstream stream) {
  return fill(dst, value, 1, count, stream, true);
}

Result<void> memsetD16Async(CUdeviceptr dst, unsigned short value, size_t count, CUstream stream) {
  return fill(dst, value, 2, count, stream, true);
}

Result<void> memsetD32Async(CUdeviceptr dst, unsigned int value, size_t count, CUstream stream) {
  return fill(dst, value, 4, count, stream, true);
}

Result<void> memsetD2D8Async(CUdeviceptr dst, size_t pitch, unsigned char value, size_t width,
                             size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 1, width, height, stream, true);
}

Result<void> memsetD2D16Async(CUdeviceptr dst, size_t pitch, unsigned short value, size_t width,
                              size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 2, width, height, stream, true);
}

Result<void> memsetD2D32Async(CUdeviceptr dst, size_t pitch, unsigned int value, size_t width,
                              size_t height, CUstream stream) {
  return fill2d(dst, pitch, value, 4, width, height, stream, true);
}

} // namespace anywarp::cuda
