// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MD2 (RFC 1319) and HMAC over it (RFC 2104, block size 16). Only for static_cudart.cpp: MD2 is
// long broken and must not be used to protect anything. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace anywarp::cuda {

using Md2Digest = std::array<uint8_t, 16>;

Md2Digest md2(std::span<const uint8_t> message);
Md2Digest hmacMd2(std::span<const uint8_t> key, std::span<const uint8_t> message);

} // namespace anywarp::cuda
