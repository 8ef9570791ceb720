// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The trace in Chrome's JSON format ("Trace Event Format"), which Perfetto reads as well.
//
// Tracks: the threads of a process under its number; the streams of a device as a process of their
// own. A complete event ("X") for each piece of work, an arrow ("s", "f") from the call to what it
// asked for.
#include "support/log.h"
#include "support/timeline_internal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

extern char* program_invocation_short_name;

namespace anywarp::timeline {
namespace {

constexpr std::string_view kBegin =
    "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
    "{\"ph\":\"M\",\"name\":\"process_labels\",\"pid\":0,\"args\":{\"labels\":\"Anywarp\"}}";
constexpr std::string_view kEnd = "\n]}\n";
// More than a viewer can open.
constexpr uint64_t kMaxFile = uint64_t(2) << 30;
constexpr size_t kMaxName = 400; // of templates with long argument lists

// Numbers of processes have at most 22 bits (proc(5), pid_max), so these are no process's.
uint64_t deviceProcess(uint16_t device) {
  return (uint64_t(device % 256) + 1) << 22 | uint64_t(getpid());
}

bool writeAll(int fd, const char* data, size_t size, off_t at) {
  while (size) {
    ssize_t n = pwrite(fd, data, size, at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    data += n;
    at += n;
    size -= size_t(n);
  }
  return true;
}

// The digits of a number, up to 20; how many.
size_t decimal(char* out, uint64_t value) {
  char digits[20];
  size_t n = 0;
  do
    digits[n++] = char('0' + value % 10);
  while (value /= 10);
  std::reverse_copy(digits, digits + n, out);
  return n;
}

const char* const kCategories[kKinds] = {"api",  "kernel",  "copy", "fill",
                                         "host", "compile", "load"};

} // namespace

bool createTrace(const std::string& path) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return false;
  std::string text = std::string(kBegin) + std::string(kEnd);
  bool good = writeAll(fd, text.data(), text.size(), 0);
  int why = errno;
  close(fd);
  errno = why;
  return good;
}

bool TraceFile::open(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    log::error("ANYWARP_TRACE_FILE={} cannot be opened: {}", path, strerror(errno));
    return false;
  }
  flock(fd, LOCK_EX);
  struct stat info = {};
  bool good = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  if (good && info.st_size == 0) {
    std::string text = std::string(kBegin) + std::string(kEnd);
    good = writeAll(fd, text.data(), text.size(), 0);
  } else if (good) {
    char first[32] = {}, last[kEnd.size()] = {};
    good =
        size_t(info.st_size) >= kBegin.size() + kEnd.size() &&
        pread(fd, first, sizeof first, 0) == ssize_t(sizeof first) &&
        !memcmp(first, kBegin.data(), sizeof first) &&
        pread(fd, last, sizeof last, info.st_size - off_t(sizeof last)) == ssize_t(sizeof last) &&
        !memcmp(last, kEnd.data(), sizeof last);
  }
  flock(fd, LOCK_UN);
  if (!good) {
    log::error("ANYWARP_TRACE_FILE={} is there and no trace of Anywarp; nothing is written", path);
    close(fd);
    return false;
  }
  fd_ = fd;
  return true;
}

void TraceFile::forked() {
  announced_ = false;
  used_ = 0;
  seenDevices_ = 0;
  memset(seenStreams_, 0, sizeof seenStreams_);
}

void TraceFile::append(const char* text, size_t bytes) {
  flock(fd_, LOCK_EX);
  struct stat info = {};
  bool good = fstat(fd_, &info) == 0 && size_t(info.st_size) >= kEnd.size();
  if (good && uint64_t(info.st_size) > kMaxFile) {
    static constexpr char kText[] = "anywarp: warning: the trace file is full; tracing ends\n";
    [[maybe_unused]] ssize_t n = ::write(2, kText, sizeof kText - 1);
    good = false;
  }
  off_t end = info.st_size - off_t(kEnd.size());
  if (good && !writeAll(fd_, text, bytes, end)) { // the disk is full: as it was before
    if (ftruncate(fd_, info.st_size) == 0)
      (void)writeAll(fd_, kEnd.data(), kEnd.size(), end);
    static constexpr char kText[] = "anywarp: warning: the trace cannot be written; tracing ends\n";
    [[maybe_unused]] ssize_t n = ::write(2, kText, sizeof kText - 1);
    good = false;
  }
  flock(fd_, LOCK_UN);
  if (!good) {
    close(fd_);
    fd_ = -1;
  }
}

void TraceFile::write() {
  size_t bytes = std::exchange(used_, 0);
  if (!bytes || fd_ < 0)
    return;
  memcpy(buffer_ + bytes, kEnd.data(), kEnd.size());
  append(buffer_, bytes + kEnd.size());
}

void TraceFile::room(size_t bytes) {
  if (used_ + bytes + kEnd.size() > kBuffer)
    write();
}

void TraceFile::put(const char* text) {
  size_t bytes = strlen(text);
  memcpy(buffer_ + used_, text, bytes);
  used_ += bytes;
}

void TraceFile::quoted(const char* text) {
  buffer_[used_++] = '"';
  size_t count = 0;
  for (; *text && count < kMaxName; ++text, ++count) {
    auto c = static_cast<unsigned char>(*text);
    if (c == '"' || c == '\\')
      buffer_[used_++] = '\\';
    // Not ASCII may be no UTF-8, and a cut could be in the middle of a character.
    buffer_[used_++] = c < 0x20 || c > 0x7e ? '?' : char(c);
  }
  if (*text) {
    memcpy(buffer_ + used_, "...", 3);
    used_ += 3;
  }
  buffer_[used_++] = '"';
}

void TraceFile::number(uint64_t value) {
  used_ += decimal(buffer_ + used_, value);
}

void TraceFile::micros(uint64_t nanos) {
  number(nanos / 1000);
  uint64_t rest = nanos % 1000;
  buffer_[used_++] = '.';
  for (uint64_t unit : {100, 10, 1})
    buffer_[used_++] = char('0' + rest / unit % 10);
}

void TraceFile::head(char phase, const char* category, uint64_t process, uint64_t track,
                     uint64_t time) {
  put(",\n{\"ph\":\"");
  buffer_[used_++] = phase;
  put("\",\"cat\":\"");
  put(category);
  put("\",\"pid\":");
  number(process);
  put(",\"tid\":");
  number(track);
  put(",\"ts\":");
  micros(time);
}

void TraceFile::nameTrack(uint64_t process, uint64_t track, const char* what, const char* name) {
  room(1024);
  put(",\n{\"ph\":\"M\",\"name\":\"");
  put(what);
  put("\",\"pid\":");
  number(process);
  put(",\"tid\":");
  number(track);
  put(",\"args\":{\"name\":");
  quoted(name);
  put("}}");
}

void TraceFile::thread(uint32_t thread, const char* name) {
  if (!announced_) {
    nameTrack(uint64_t(getpid()), 0, "process_name", program_invocation_short_name);
    announced_ = true;
  }
  nameTrack(uint64_t(getpid()), thread, "thread_name", name);
}

void TraceFile::deviceTrack(uint16_t device, uint32_t stream) {
  auto text = [](char* out, const char* word, uint64_t number) {
    size_t n = strlen(word);
    memcpy(out, word, n);
    n += decimal(out + n, number);
    out[n] = '\0';
    return n;
  };
  char name[64];
  if (device < 64 && !(seenDevices_ & uint64_t(1) << device)) {
    seenDevices_ |= uint64_t(1) << device;
    size_t n = text(name, "CUDA device ", device);
    text(name + n, " of process ", uint64_t(getpid()));
    nameTrack(deviceProcess(device), 0, "process_name", name);
  }
  // Streams have numbers of their own over all devices.
  if (stream < 4096 && !(seenStreams_[stream / 64] & uint64_t(1) << stream % 64)) {
    seenStreams_[stream / 64] |= uint64_t(1) << stream % 64;
    text(name, "stream ", stream);
    nameTrack(deviceProcess(device), stream, "thread_name", name);
  }
}

void TraceFile::event(const Event& e, uint32_t thread) {
  uint64_t process = uint64_t(getpid()), track = thread;
  if (e.stream) {
    deviceTrack(e.device, e.stream);
    process = deviceProcess(e.device);
    track = e.stream;
  }
  room(2 * kMaxName + 1024);
  const char* category = kCategories[int(e.kind)];
  head('X', category, process, track, e.start);
  put(",\"dur\":");
  micros(e.nanos);
  put(",\"name\":");
  quoted(e.name);
  if (e.kind == Kind::Kernel) {
    put(",\"args\":{\"grid\":[");
    for (int i = 0; i < 3; ++i) {
      put(i ? "," : "");
      number(e.grid[i]);
    }
    put("],\"block\":[");
    for (int i = 0; i < 3; ++i) {
      put(i ? "," : "");
      number(e.block[i]);
    }
    put("],\"dynamic_shared\":");
    number(e.shared);
    put("}");
  } else if (e.bytes) {
    put(",\"args\":{\"bytes\":");
    number(e.bytes);
    put("}");
  }
  put("}");
  if (!e.stream || !e.origin.thread)
    return;
  ++arrows_;
  for (char phase : {'s', 'f'}) {
    bool begin = phase == 's';
    head(phase, "queued", begin ? uint64_t(getpid()) : process, begin ? e.origin.thread : track,
         begin ? e.origin.time : e.start);
    put(",\"name\":\"queued\",\"id\":");
    number(arrows_ << 22 | uint64_t(getpid()));
    put(begin ? "}" : ",\"bp\":\"e\"}");
  }
}

} // namespace anywarp::timeline
