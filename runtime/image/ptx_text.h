// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shallow look at PTX text: version, target, names of kernels. No parsing; the PTX room does
// that.
#pragma once

#include "image/reader.h"

#include <string_view>
#include <vector>

namespace anywarp::image {

struct PtxHeader {
  uint16_t versionMajor = 0, versionMinor = 0; // 0: no .version directive
  uint32_t arch = 0;                           // of the first .target; 0: none
  char archSuffix = 0;
  bool address64 = true;
};

// Text that begins (after white space and comments) with a directive. Binary bytes make it false.
bool looksLikePtx(std::string_view text);
// Reads directives up to the first function; never fails.
PtxHeader readPtxHeader(std::string_view text);
// Names of the .entry functions that are defined, in order; views into the text.
std::vector<std::string_view> ptxKernels(std::string_view text);

// A piece of memory that is one image by itself: cubin, PTX text or LTO-IR.
Image bareImage(Bytes bytes);

} // namespace anywarp::image
