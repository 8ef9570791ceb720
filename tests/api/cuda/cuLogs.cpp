// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The error log.
#include "fixture.h"

#include <fstream>
#include <sstream>
#include <unistd.h>

namespace {

using cuLogs = WithContext;

std::string dump(CUlogIterator* iterator) {
  std::string buffer(30000, 'x');
  size_t size = buffer.size();
  EXPECT_CU(cuLogsDumpToMemory(iterator, buffer.data(), &size, 0));
  EXPECT_EQ('\0', buffer[size]);
  buffer.resize(size);
  return buffer;
}

TEST_F(cuLogs, tell_what_failed_since) {
  CUlogIterator from = 0;
  ASSERT_CU(cuLogsCurrent(&from, 0));
  EXPECT_EQ("", dump(&from));
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0));
  CUlogIterator again = from;
  std::string text = dump(&from);
  EXPECT_NE(std::string::npos, text.find("cuMemAlloc")) << text;
  EXPECT_EQ('\n', text.back());
  EXPECT_EQ("", dump(&from)); // the iterator has moved on
  EXPECT_EQ(text, dump(&again));
  EXPECT_NE(std::string::npos, dump(nullptr).find(text));

  char path[] = "/tmp/anywarp_logs_XXXXXX";
  close(mkstemp(path));
  again = from - 1;
  EXPECT_CU(cuLogsDumpToFile(&again, path, 0));
  EXPECT_EQ(from, again);
  std::stringstream file;
  file << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, file.str());
  unlink(path);
}

TEST_F(cuLogs, small_buffers_get_the_newest) {
  CUlogIterator from = 0;
  CUdeviceptr pointer = 0;
  ASSERT_CU(cuLogsCurrent(&from, 0));
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0));
  CUlogIterator last = 0;
  ASSERT_CU(cuLogsCurrent(&last, 0));
  --last;
  CUlogIterator copy = last;
  std::string newest = dump(&copy);
  std::string buffer(newest.size() + 200, 'x');
  size_t size = buffer.size();
  copy = from;
  EXPECT_CU(cuLogsDumpToMemory(&copy, buffer.data(), &size, 0));
  buffer.resize(size);
  ASSERT_GT(buffer.size(), newest.size()); // with an indication at the head
  EXPECT_EQ(newest, buffer.substr(buffer.size() - newest.size()));
  size = 4;
  copy = from;
  char small[4];
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsDumpToMemory(&copy, small, &size, 0));
  EXPECT_EQ(0u, size);
}

TEST_F(cuLogs, callbacks) {
  struct Seen {
    int count = 0;
    std::string text;
  } seen;
  CUlogsCallbackHandle handle = nullptr;
  ASSERT_CU(cuLogsRegisterCallback(
      [](void* data, CUlogLevel level, char* text, size_t length) {
        auto* s = static_cast<Seen*>(data);
        ++s->count;
        EXPECT_EQ(CU_LOG_LEVEL_ERROR, level);
        s->text.assign(text, length);
        CUdeviceptr pointer = 0;
        EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0)); // does not come back here
      },
      &seen, &handle));
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0));
  EXPECT_EQ(1, seen.count);
  EXPECT_NE(std::string::npos, seen.text.find("CUDA_ERROR_INVALID_VALUE"));
  EXPECT_CU(cuLogsUnregisterCallback(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsUnregisterCallback(handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0));
  EXPECT_EQ(1, seen.count);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsRegisterCallback(nullptr, nullptr, &handle));
  CUlogIterator iterator = 0;
  size_t size = 0;
  char buffer[8];
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsCurrent(nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsCurrent(&iterator, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsDumpToFile(nullptr, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsDumpToFile(nullptr, "/nowhere/at/all", 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsDumpToMemory(nullptr, nullptr, &size, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLogsDumpToMemory(nullptr, buffer, nullptr, 0));
}

} // namespace
