// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The decoder of block-compressed images for backends: AwImage::block_texel. Stateless.
#pragma once

#include <stdint.h>

extern "C" void ptx_block_texel(uint32_t channel, const uint8_t* block, uint32_t i, float rgba[4]);
