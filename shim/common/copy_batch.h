// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several copies in one call, in the order of a stream, as both APIs have them. Where memory lies
// and how copies overlap are hints; when a source is read is not. Stateless.
#pragma once

#include "common/call.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace anywarp::shim {

// CUmemcpySrcAccessOrder, cudaMemcpySrcAccessOrder. Whether the copy must be over when the call
// returns.
template <typename Order> Result<bool> duringCall(Order order) {
  AW_ARG(int(order) >= 1 && int(order) <= 3, "unknown order of source accesses");
  return int(order) == 2;
}

// Attribute i is that of the copies from first[i] on.
template <typename Attributes>
Result<void> checkAttributes(const Attributes* attributes, const size_t* first, size_t number,
                             size_t copies) {
  AW_ARG(number <= copies && (number == 0 || (attributes && first && first[0] == 0)),
         "the attributes are more than the copies, null or do not begin with the first copy");
  for (size_t i = 0; i < number; ++i) {
    AW_ARG(first[i] < copies && (i == 0 || first[i] > first[i - 1]),
           "the indices of the attributes do not ascend");
    AW_TRY(duringCall(attributes[i].srcAccessOrder));
  }
  return {};
}

// copy(i) for each; *failed is the first that fails.
template <typename Copy> Result<void> copyEach(size_t count, size_t* failed, Copy copy) {
  for (size_t i = 0; i < count; ++i) {
    Result<void> result = copy(i);
    if (!result) {
      if (failed)
        *failed = i;
      return result;
    }
  }
  return {};
}

// copy(i, now) for each, with attributes that checkAttributes() has passed.
template <typename Attributes, typename Copy>
Result<void> copyEach(size_t count, const Attributes* attributes, const size_t* first,
                      size_t number, size_t* failed, Copy copy) {
  return copyEach(count, failed, [&](size_t i) {
    size_t which = number ? size_t(std::upper_bound(first, first + number, i) - first) - 1 : 0;
    return copy(i, number && *duringCall(attributes[which].srcAccessOrder));
  });
}

} // namespace anywarp::shim
