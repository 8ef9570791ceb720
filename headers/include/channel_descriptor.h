// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cudaCreateChannelDesc<T>(): the channel format of a texel type, worked out from the type itself.
#pragma once
#define __CHANNEL_DESCRIPTOR_H__ // programs test for it
#ifdef __cplusplus
#include "cuda_runtime_api.h"
#include "vector_types.h"

namespace anywarp_detail {
// Bits and kind per channel type; the vector types below repeat it 1, 2 or 4 times.
template <class T> struct Channel;
template <> struct Channel<char> {
  static constexpr int kBits = 8;
  static constexpr cudaChannelFormatKind kKind =
      char(-1) < 0 ? cudaChannelFormatKindSigned : cudaChannelFormatKindUnsigned;
};
#define AW_CHANNEL(T, KIND)                                                                        \
  template <> struct Channel<T> {                                                                  \
    static constexpr int kBits = int(sizeof(T) * 8);                                               \
    static constexpr cudaChannelFormatKind kKind = cudaChannelFormatKind##KIND;                    \
  }
AW_CHANNEL(signed char, Signed);
AW_CHANNEL(unsigned char, Unsigned);
AW_CHANNEL(short, Signed);
AW_CHANNEL(unsigned short, Unsigned);
AW_CHANNEL(int, Signed);
AW_CHANNEL(unsigned int, Unsigned);
AW_CHANNEL(long, Signed);
AW_CHANNEL(unsigned long, Unsigned);
AW_CHANNEL(float, Float);
#undef AW_CHANNEL

template <class T> struct Texel {
  using Scalar = T;
  static constexpr int kCount = 1;
};
#define AW_TEXEL(NAME, T)                                                                          \
  template <> struct Texel<NAME##1> {                                                              \
    using Scalar = T;                                                                              \
    static constexpr int kCount = 1;                                                               \
  };                                                                                               \
  template <> struct Texel<NAME##2> {                                                              \
    using Scalar = T;                                                                              \
    static constexpr int kCount = 2;                                                               \
  };                                                                                               \
  template <> struct Texel<NAME##4> {                                                              \
    using Scalar = T;                                                                              \
    static constexpr int kCount = 4;                                                               \
  }
AW_TEXEL(char, signed char);
AW_TEXEL(uchar, unsigned char);
AW_TEXEL(short, short);
AW_TEXEL(ushort, unsigned short);
AW_TEXEL(int, int);
AW_TEXEL(uint, unsigned int);
AW_TEXEL(float, float);
#undef AW_TEXEL
} // namespace anywarp_detail

template <class T> inline cudaChannelFormatDesc cudaCreateChannelDesc() {
  using Texel = anywarp_detail::Texel<T>;
  using Channel = anywarp_detail::Channel<typename Texel::Scalar>;
  return cudaCreateChannelDesc(Channel::kBits, Texel::kCount > 1 ? Channel::kBits : 0,
                               Texel::kCount > 2 ? Channel::kBits : 0,
                               Texel::kCount > 2 ? Channel::kBits : 0, Channel::kKind);
}
template <> inline cudaChannelFormatDesc cudaCreateChannelDesc<void>() {
  return cudaCreateChannelDesc(0, 0, 0, 0, cudaChannelFormatKindNone);
}
#endif
