// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream_attributes.h"

#include "core/device.h"
#include "core/node_attributes.h"
#include "core/stream.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

// CUlaunchAttributeID.
constexpr int kAccessPolicyWindow = 1, kSynchronizationPolicy = 3, kPriority = 8,
              kMemSyncDomainMap = 9, kMemSyncDomain = 10;
constexpr int kAutoPolicy = 1, kLastPolicy = 4;                       // CU_SYNC_POLICY_*
constexpr int kMaxWindowAttribute = 109, kDomainCountAttribute = 126; // CU_DEVICE_ATTRIBUTE_*

template <typename T> T read(const void* value) {
  T result;
  std::memcpy(&result, value, sizeof result);
  return result;
}

Error invalid(std::string why) {
  return makeError(Status::InvalidValue, std::move(why));
}

Result<void> checkKnown(int attribute) {
  switch (attribute) {
  case kAccessPolicyWindow:
  case kSynchronizationPolicy:
  case kPriority:
  case kMemSyncDomainMap:
  case kMemSyncDomain:
    return {};
  default:
    return invalid(fmt::format("streams have no attribute {}", attribute));
  }
}

Result<void> checkValue(Device& device, int attribute, const void* value) {
  switch (attribute) {
  case kAccessPolicyWindow: {
    auto window = read<AccessPolicyWindow>(value);
    Result<int> most = device.attribute(kMaxWindowAttribute);
    if (most && window.bytes > size_t(*most))
      return invalid(fmt::format("a window of {} bytes; {} are allowed "
                                 "(CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE)",
                                 window.bytes, *most));
    if (!window.legal())
      return invalid("a hit ratio outside of 0 to 1, or an unknown property");
    return {};
  }
  case kSynchronizationPolicy: {
    int policy = read<int>(value);
    if (policy < kAutoPolicy || policy > kLastPolicy)
      return invalid(fmt::format("{} is no synchronisation policy", policy));
    return {};
  }
  case kMemSyncDomainMap: {
    Result<int> domains = device.attribute(kDomainCountAttribute);
    if (domains)
      for (int i = 0; i < 2; ++i) // default, remote
        if (static_cast<const unsigned char*>(value)[i] >= *domains)
          return invalid(fmt::format("there are {} memory synchronisation domains", *domains));
    return {};
  }
  case kMemSyncDomain:
    if (unsigned domain = read<unsigned>(value); domain > 1)
      return invalid(fmt::format("{} is no logical domain", domain));
    return {};
  default:
    return {};
  }
}

} // namespace

Result<void> StreamAttributes::get(Stream& stream, int attribute, void* value) {
  AW_TRY(checkKnown(attribute));
  std::memset(value, 0, kBytes);
  if (attribute == kPriority) {
    int priority = stream.priority();
    std::memcpy(value, &priority, sizeof priority);
    return {};
  }
  if (stream.readAttribute(attribute, value))
    return {};
  if (attribute == kSynchronizationPolicy)
    std::memcpy(value, &kAutoPolicy, sizeof kAutoPolicy);
  return {};
}

Result<void> StreamAttributes::set(Stream& stream, int attribute, const void* value) {
  AW_TRY(checkKnown(attribute));
  if (attribute == kPriority) {
    stream.setPriority(
        std::clamp(read<int>(value), Stream::kGreatestPriority, Stream::kLeastPriority));
    return {};
  }
  AW_TRY(checkValue(stream.device(), attribute, value));
  stream.writeAttribute(attribute, value);
  return {};
}

Result<void> StreamAttributes::copy(Stream& to, Stream& from) {
  if (&to.context() != &from.context())
    return invalid("the streams are of different contexts");
  char value[kBytes];
  for (int attribute : {kAccessPolicyWindow, kSynchronizationPolicy, kPriority, kMemSyncDomainMap,
                        kMemSyncDomain}) {
    AW_TRY(get(from, attribute, value));
    AW_TRY(set(to, attribute, value));
  }
  return {};
}

} // namespace anywarp::core
