// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a process and its compile process (compile_process.h, compile_server.h) say to each other,
// as bytes over a socket that keeps messages apart. Both check every byte that they get: a message
// is what it should be, or is not there. Stateless.
#pragma once

#include "cache.h"
#include "compiler.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::cpu {

inline constexpr size_t kMaxOrderBytes = 64 << 10; // kernels' names can be long
inline constexpr uint64_t kMaxTextBytes = uint64_t(1) << 30;

// "Compile this fully": the request without its texts, which come as a file.
struct CompileOrder {
  uint64_t id = 0;
  CompileRequest request;  // no index; the tier is Full
  uint64_t textHash = 0;   // ptx::Index::hash() of the texts
  CacheKey key;            // where the code belongs
  std::string cacheFolder; // empty: nothing is kept
  uint64_t cacheLimit = 0;
  std::string
      compilerId; // what file the compiler must be: part of the key, so none other may do it
};
// Nothing: too long for a message.
std::optional<std::string> encodeOrder(const CompileOrder& order);
std::optional<CompileOrder> decodeOrder(std::string_view bytes);

std::string encodeTexts(const std::vector<PtxUnit>& units);
std::optional<std::vector<PtxUnit>> decodeTexts(std::string_view bytes);

enum class CompileOutcome : uint32_t {
  Kept,     // the code is in the cache
  Attached, // it comes with the message, as a file in memory
  Failed,
};
struct CompileReport {
  uint64_t id = 0;
  CompileOutcome outcome = CompileOutcome::Failed;
  uint32_t millis = 0;
  uint64_t bytes = 0; // of code
  std::string text;   // why it failed; short
};
std::string encodeReport(const CompileReport& report);
std::optional<CompileReport> decodeReport(std::string_view bytes);

// One message and at most one descriptor with it. sendMessage() never waits and raises no signal:
// false with errno, EAGAIN when the other side is behind.
bool sendMessage(int socket, std::string_view bytes, int descriptor = -1);
struct Message {
  std::string bytes;
  int descriptor = -1;   // the caller's to close
  bool complete = false; // not cut off, and no more descriptors than one
};
enum class Received { Message, Nothing, End };
Received receiveMessage(int socket, Message& message);

// A file in memory that nobody can change any more; -1 with errno. And all of such a file's bytes;
// nothing: it is none, or has more than `most`.
int makeSealedFile(const char* name, std::string_view bytes);
std::optional<std::string> readSealedFile(int descriptor, uint64_t most);
bool isSealed(int descriptor);

} // namespace anywarp::cpu
