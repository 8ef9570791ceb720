// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MD2 against the vectors of RFC 1319, appendix A.5; HMAC against its definition (RFC 2104) for a
// key of one block and for a long key.
#include "cuda/md2.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace {

using anywarp::cuda::hmacMd2;
using anywarp::cuda::md2;

std::vector<uint8_t> bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string hex(std::span<const uint8_t> digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Md2, rfc_1319_vectors) {
  EXPECT_EQ("8350e5a3e24c153df2275c9f80692773", hex(md2(bytes(""))));
  EXPECT_EQ("32ec01ec4a6dac72c0ab96fb34c0b5d1", hex(md2(bytes("a"))));
  EXPECT_EQ("da853b0d3f88d99b30283a69e6ded6bb", hex(md2(bytes("abc"))));
  EXPECT_EQ("ab4f496bfb2a530b219ff33031fe06b0", hex(md2(bytes("message digest"))));
  EXPECT_EQ("4e8ddff3650292ab5a4108c3aa47940b", hex(md2(bytes("abcdefghijklmnopqrstuvwxyz"))));
  EXPECT_EQ("da33def2a42df13975352846c30338cd",
            hex(md2(bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))));
  EXPECT_EQ(
      "d5976f79d83d3a0dc9806c3c66f3efd8",
      hex(md2(bytes("1234567890123456789012345678901234567890123456789012345678901234567890123"
                    "4567890"))));
}

std::vector<uint8_t> xored(std::vector<uint8_t> key, uint8_t value) {
  for (uint8_t& byte : key)
    byte ^= value;
  return key;
}

TEST(HmacMd2, follows_rfc_2104) {
  std::vector<uint8_t> key = bytes("0123456789abcdef"), message = bytes("what is signed");
  auto inner = xored(key, 0x36);
  inner.insert(inner.end(), message.begin(), message.end());
  auto digest = md2(inner);
  auto outer = xored(key, 0x5c);
  outer.insert(outer.end(), digest.begin(), digest.end());
  EXPECT_EQ(hex(md2(outer)), hex(hmacMd2(key, message)));
}

TEST(HmacMd2, long_keys_are_hashed_first) {
  std::vector<uint8_t> key = bytes("a key that is longer than one block");
  auto shortened = md2(key);
  EXPECT_EQ(hex(hmacMd2(shortened, bytes("text"))), hex(hmacMd2(key, bytes("text"))));
}

} // namespace
