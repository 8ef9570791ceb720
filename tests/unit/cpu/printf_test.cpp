// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device printf against the host's snprintf; buffer rules from the CUDA programming guide
// ("Formatted output").
#include "backends/cpu/printf.h"

#include <cstring>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace anywarp::cpu {
namespace {

// Lays arguments out as nvcc does for vprintf.
class Buffer {
public:
  template <typename T> Buffer& add(T value) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    while (bytes_.size() % sizeof(T))
      bytes_.push_back('\x55');
    const char* p = reinterpret_cast<const char*>(&value);
    bytes_.insert(bytes_.end(), p, p + sizeof(T));
    return *this;
  }
  const void* data() const { return bytes_.data(); }

private:
  std::vector<char> bytes_;
};

std::string format(const char* text, const Buffer& buffer, int arguments) {
  std::string out;
  EXPECT_EQ(formatDevice(out, text, buffer.data()), arguments) << text;
  return out;
}

template <typename... Args> std::string host(const char* text, Args... args) {
  char out[4096];
  snprintf(out, sizeof out, text, args...);
  return out;
}

TEST(DevicePrintf, integers) {
  for (const char* conversion :
       {"%d", "%i", "%u", "%o", "%x", "%X", "%5d", "%-8d|", "%+d", "% d", "%08d", "%#x", "%#o",
        "%.5d", "%12.5d|", "%-12.5X|", "%hd", "%hhu", "%hx"})
    for (int value : {0, 1, -1, 42, -123456, 2147483647, -2147483647 - 1})
      EXPECT_EQ(format(conversion, Buffer().add(value), 1), host(conversion, value)) << conversion;
}

TEST(DevicePrintf, takes_32_arguments_and_leaves_further_formats_as_they_are) {
  Buffer buffer;
  std::string text, expected;
  for (int i = 0; i < 34; i++) {
    buffer.add(i);
    text += "%d,";
    expected += i < 32 ? std::to_string(i) + "," : "%d,";
  }
  EXPECT_EQ(format((text + "%%|%5.2lf").c_str(), buffer, 32), expected + "%|%5.2lf");
}

TEST(DevicePrintf, wide_integers) {
  for (const char* conversion :
       {"%lld", "%llu", "%llx", "%ld", "%lu", "%lX", "%20lld|", "%-20llo|", "%zu"})
    for (long long value : {0LL, -1LL, 1LL << 40, (long long)(~0ULL >> 1)})
      EXPECT_EQ(format(conversion, Buffer().add(value), 1), host(conversion, value)) << conversion;
}

TEST(DevicePrintf, floating_point) {
  for (const char* conversion : {"%f", "%F", "%e", "%E", "%g", "%G", "%a", "%A", "%.3f", "%10.2f|",
                                 "%-10.1e|", "%+g", "%010.3f", "%.0f", "%#.0f", "%.15g"})
    for (double value : {0.0, -0.0, 1.0, 3.14159265358979, -1e-30, 1e300, 1.0 / 0.0, -1.0 / 0.0})
      EXPECT_EQ(format(conversion, Buffer().add(value), 1), host(conversion, value)) << conversion;
}

TEST(DevicePrintf, characters_strings_pointers) {
  EXPECT_EQ(format("%c%c", Buffer().add(int('a')).add(int('b')), 2), "ab");
  const char* text = "hello";
  EXPECT_EQ(
      format("[%s] [%10s] [%-10s] [%.2s]", Buffer().add(text).add(text).add(text).add(text), 4),
      "[hello] [     hello] [hello     ] [he]");
  EXPECT_EQ(format("%p", Buffer().add((void*)0x1234), 1), host("%p", (void*)0x1234));
  EXPECT_EQ(format("%s", Buffer().add((const char*)nullptr), 1), "(null)");
  EXPECT_EQ(format("%c", Buffer().add(0), 1), std::string(1, '\0'));
}

TEST(DevicePrintf, a_string_may_end_where_the_precision_does) {
  char raw[4] = {'a', 'b', 'c', 'd'}; // no zero behind it
  EXPECT_EQ(format("%.4s", Buffer().add((const char*)raw), 1), "abcd");
}

TEST(DevicePrintf, arguments_are_aligned_to_their_size) {
  EXPECT_EQ(
      format("%d %f %d %lld %s", Buffer().add(1).add(2.5).add(3).add(4LL).add((const char*)"x"), 5),
      "1 2.500000 3 4 x");
}

TEST(DevicePrintf, width_and_precision_from_arguments) {
  EXPECT_EQ(format("[%*d]", Buffer().add(6).add(42), 2), host("[%*d]", 6, 42));
  EXPECT_EQ(format("[%*d]", Buffer().add(-6).add(42), 2), host("[%*d]", -6, 42));
  EXPECT_EQ(format("[%.*f]", Buffer().add(2).add(3.14159), 2), host("[%.*f]", 2, 3.14159));
  EXPECT_EQ(format("[%*.*f]", Buffer().add(9).add(1).add(3.14159), 3),
            host("[%*.*f]", 9, 1, 3.14159));
  EXPECT_EQ(format("[%.*d]", Buffer().add(-1).add(5), 2), host("[%.*d]", -1, 5));
}

TEST(DevicePrintf, percent_and_unknown_conversions) {
  EXPECT_EQ(format("100%%", Buffer(), 0), "100%");
  EXPECT_EQ(format("%", Buffer(), 0), "%");
  EXPECT_EQ(format("%y", Buffer(), 0), "%y");
  EXPECT_EQ(format("plain", Buffer(), 0), "plain");
}

TEST(DevicePrintf, absurd_widths_do_not_exhaust_memory) {
  std::string out = format("%2000000000d", Buffer().add(1), 1);
  EXPECT_LE(out.size(), 1u << 20);
}

class PrintBufferTest : public ::testing::Test {
protected:
  std::string flushed() {
    ::testing::internal::CaptureStdout();
    buffer_.flush();
    return ::testing::internal::GetCapturedStdout();
  }
  PrintBuffer buffer_;
};

TEST_F(PrintBufferTest, text_waits_for_the_flush) {
  Buffer args;
  args.add(1).add(2);
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(buffer_.print("%d %d\n", args.data()), 2);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(flushed(), "1 2\n");
  EXPECT_EQ(flushed(), "");
}

TEST_F(PrintBufferTest, returns_what_cuda_documents) {
  EXPECT_EQ(buffer_.print("none\n", nullptr), 0);
  EXPECT_EQ(buffer_.print(nullptr, nullptr), -1);
  flushed();
}

TEST_F(PrintBufferTest, older_output_is_overwritten) {
  buffer_.setLimit(100);
  for (int i = 0; i < 50; i++) {
    Buffer args;
    args.add(i);
    buffer_.print("line %02d\n", args.data()); // 8 bytes each: 12 fit
  }
  std::string text = flushed();
  EXPECT_EQ(text.size(), 96u);
  EXPECT_EQ(text.substr(text.size() - 8), "line 49\n");
  EXPECT_EQ(text.substr(0, 8), "line 38\n");
}

TEST_F(PrintBufferTest, order_is_kept_with_the_hosts_own_output) {
  ::testing::internal::CaptureStdout();
  printf("before\n");
  buffer_.print("kernel\n", nullptr);
  buffer_.flush();
  printf("after\n");
  fflush(stdout);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "before\nkernel\nafter\n");
}

TEST_F(PrintBufferTest, threads_do_not_mix_their_lines) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([this] {
      for (int i = 0; i < 500; i++)
        buffer_.print("0123456789\n", nullptr);
    });
  for (auto& thread : threads)
    thread.join();
  std::string text = flushed();
  ASSERT_EQ(text.size(), 4 * 500 * 11u);
  for (size_t i = 0; i < text.size(); i += 11)
    ASSERT_EQ(text.substr(i, 11), "0123456789\n");
}

} // namespace
} // namespace anywarp::cpu
