// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The validity check of CUDA's static runtime library: it sends a version and the time, and accepts
// the driver if the answer is the right digest over what it already knows about the process and the
// devices. Without it every runtime call of such a program fails with error 103. An
// interoperability fact (docs/legal.md); left out with -DANYWARP_STATIC_CUDART=OFF.
#include "cuda/export_tables.h"
#include "cuda/md2.h"
#include "cuda/support.h"

#include <atomic>
#include <cstring>
#include <pthread.h>
#include <unistd.h>
#include <vector>

namespace anywarp::cuda {
namespace {

constexpr uint8_t kKey[16] = {0x14, 0x6A, 0xDD, 0xAE, 0x53, 0xA9, 0xA7, 0x52,
                              0xAA, 0x08, 0x41, 0x36, 0x0B, 0xF5, 0x5A, 0x9F};

// The answers for the first two of each ten versions do not depend on anything.
constexpr unsigned long long kFixed[2][2] = {{0x3341181C03CB675Cull, 0x8ED383AA1F4CD1E8ull},
                                             {0x1841181C03CB675Cull, 0x8ED383AA1F4CD1E8ull}};

std::atomic<bool> seen{false};

// A record of little-endian numbers without gaps.
class Record {
public:
  template <typename T> void put(T value) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  void putBytes(const uint8_t* bytes, size_t count) {
    bytes_.insert(bytes_.end(), bytes, bytes + count);
  }
  std::span<const uint8_t> bytes() const { return bytes_; }

private:
  std::vector<uint8_t> bytes_;
};

} // namespace

bool staticCudartSeen() {
  return seen.load(std::memory_order_relaxed);
}

CUresult answerValidityCheck(unsigned version, unsigned long long unixSeconds,
                             unsigned long long out[2], const void* interfaceTable,
                             const void* checkTable, const void* checkFunction) {
  if (!out)
    return CUDA_ERROR_INVALID_VALUE;
  seen.store(true, std::memory_order_relaxed);
  if (unsigned kind = version % 10; kind < 2) {
    std::memcpy(out, kFixed[kind], sizeof kFixed[kind]);
    return CUDA_SUCCESS;
  }
  Record record;
  record.put(uint32_t(core::driverVersion()));
  record.put(uint32_t(version));
  record.put(uint32_t(getpid()));
  record.put(uint32_t(uintptr_t(pthread_self())));
  record.put(uint64_t(uintptr_t(interfaceTable)));
  record.put(uint64_t(uintptr_t(checkTable)));
  record.put(uint64_t(uintptr_t(checkFunction)));
  record.put(uint64_t(unixSeconds));
  for (core::Device* device : core::Runtime::get().devices()) {
    record.putBytes(device->info().uuid, sizeof device->info().uuid);
    for (int code : {CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID,
                     CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID}) {
      auto value = device->attribute(code);
      record.put(int32_t(value ? *value : 0));
    }
  }
  Md2Digest digest = hmacMd2(kKey, record.bytes());
  std::memcpy(out, digest.data(), digest.size());
  return CUDA_SUCCESS;
}

} // namespace anywarp::cuda
