// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "printf.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace anywarp::cpu {
namespace {

// Walks the argument buffer.
class Arguments {
public:
  explicit Arguments(const void* buffer) : base_(static_cast<const char*>(buffer)) {}
  template <typename T> T take() {
    offset_ = (offset_ + sizeof(T) - 1) / sizeof(T) * sizeof(T);
    T value{};
    if (base_)
      memcpy(&value, base_ + offset_, sizeof value);
    offset_ += sizeof(T);
    count_++;
    return value;
  }
  int count() const { return count_; }

private:
  const char* base_;
  size_t offset_ = 0;
  int count_ = 0;
};

struct Spec {
  std::string flags;
  int width = -1, precision = -1;
  int longs = 0, halves = 0; // l, h
  char conversion = 0;
  const char* end = nullptr; // behind the conversion
};

int parseNumber(const char*& p) {
  int value = 0;
  for (; *p >= '0' && *p <= '9'; p++)
    value = std::min(value * 10 + (*p - '0'), 1 << 20);
  return value;
}

// %[flags][width][.precision][size]type, p behind the '%'. conversion stays 0 if there is none.
Spec parseSpec(const char* p, Arguments& args) {
  Spec spec;
  for (; *p && strchr("-+ #0", *p); p++)
    spec.flags += *p;
  if (*p == '*') {
    spec.width = args.take<int32_t>();
    if (spec.width < 0) {
      spec.flags += '-';
      spec.width = spec.width == INT_MIN ? INT_MAX : -spec.width;
    }
    p++;
  } else if (*p >= '1' && *p <= '9') {
    spec.width = parseNumber(p);
  }
  if (*p == '.') {
    p++;
    if (*p == '*') {
      spec.precision = args.take<int32_t>();
      p++;
    } else {
      spec.precision = parseNumber(p);
    }
  }
  for (; *p && strchr("hljztL", *p); p++) {
    spec.halves += *p == 'h';
    spec.longs += *p != 'h' && *p != 'L'; // long and size_t are 8 bytes on the device
  }
  if (*p && strchr("diouxXfFeEgGaAcsp", *p))
    spec.conversion = *p;
  spec.end = *p ? p + 1 : p;
  return spec;
}

// CUDA programming guide, "Formatted output": "at most 32 arguments in addition to the format".
constexpr int kMaxArguments = 32;

// A kernel may ask for any width: enough for people, not enough to exhaust the memory.
constexpr int kMaxWidth = 1 << 16;

std::string hostFormat(const Spec& spec, const char* length) {
  std::string text = "%" + spec.flags;
  if (spec.width >= 0)
    text += std::to_string(std::min(spec.width, kMaxWidth));
  if (spec.precision >= 0)
    text += "." + std::to_string(std::min(spec.precision, kMaxWidth));
  return text + length + spec.conversion;
}

template <typename T> void append(std::string& out, const std::string& format, T value) {
  char small[128];
  int n = snprintf(small, sizeof small, format.c_str(), value);
  if (n < 0)
    return;
  if (size_t(n) < sizeof small) {
    out.append(small, size_t(n));
    return;
  }
  std::string large(size_t(n) + 1, '\0');
  snprintf(large.data(), large.size(), format.c_str(), value);
  out.append(large, 0, size_t(n));
}

void appendInteger(std::string& out, const Spec& spec, Arguments& args) {
  const char* length = spec.halves >= 2 ? "hh" : spec.halves ? "h" : "";
  if (spec.longs)
    append(out, hostFormat(spec, "ll"), args.take<int64_t>());
  else
    append(out, hostFormat(spec, length), args.take<int32_t>());
}

void appendString(std::string& out, const Spec& spec, const char* text) {
  if (!text)
    text = "(null)";
  // The precision bounds how far we may read, as in C.
  size_t limit = spec.precision >= 0 ? size_t(spec.precision) : SIZE_MAX;
  std::string copy(text, strnlen(text, limit));
  append(out, hostFormat(spec, ""), copy.c_str());
}

void appendConversion(std::string& out, const Spec& spec, Arguments& args) {
  switch (spec.conversion) {
  case 'f':
  case 'F':
  case 'e':
  case 'E':
  case 'g':
  case 'G':
  case 'a':
  case 'A':
    append(out, hostFormat(spec, ""), args.take<double>());
    break;
  case 'c':
    // Not through %c of a zero byte, which would end the text early.
    append(out, hostFormat(spec, ""), args.take<int32_t>());
    break;
  case 's':
    appendString(out, spec, args.take<const char*>());
    break;
  case 'p':
    append(out, hostFormat(spec, ""), args.take<void*>());
    break;
  default:
    appendInteger(out, spec, args);
  }
}

} // namespace

int formatDevice(std::string& out, const char* format, const void* buffer) {
  Arguments args(buffer);
  const char* p = format;
  while (*p) {
    const char* percent = strchr(p, '%');
    if (!percent) {
      out += p;
      break;
    }
    out.append(p, percent);
    if (percent[1] == '%') {
      out += '%';
      p = percent + 2;
      continue;
    }
    if (args.count() >= kMaxArguments) { // "the format specifier output as-is"
      Arguments none(nullptr);
      const char* end = parseSpec(percent + 1, none).end;
      out.append(percent, end);
      p = end;
      continue;
    }
    Spec spec = parseSpec(percent + 1, args);
    if (spec.conversion)
      appendConversion(out, spec, args);
    else
      out.append(percent, spec.end); // not a format that CUDA knows: as it stands
    p = spec.end;
  }
  return args.count();
}

int PrintBuffer::print(const char* format, const void* args) {
  if (!format)
    return -1;
  std::string text;
  // Before the lock: a bad pointer leaves this function without returning.
  int count = formatDevice(text, format, args);
  std::lock_guard lock(mutex_);
  bytes_ += text.size();
  records_.push_back(std::move(text));
  drop();
  return count;
}

// "Older output is overwritten" when the buffer is full.
void PrintBuffer::drop() {
  while (bytes_ > limit_ && records_.size() > 1) {
    bytes_ -= records_.front().size();
    records_.pop_front();
  }
}

void PrintBuffer::flush() {
  std::lock_guard order(flushMutex_);
  std::deque<std::string> records;
  {
    std::lock_guard lock(mutex_);
    if (records_.empty())
      return;
    records.swap(records_);
    bytes_ = 0;
  }
  for (const std::string& text : records)
    fwrite(text.data(), 1, text.size(), stdout);
  fflush(stdout);
}

void PrintBuffer::setLimit(size_t bytes) {
  std::lock_guard lock(mutex_);
  limit_ = bytes;
  drop();
}

size_t PrintBuffer::limit() const {
  std::lock_guard lock(mutex_);
  return limit_;
}

} // namespace anywarp::cpu
