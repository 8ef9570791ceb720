// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile_message.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr uint64_t kOrderMagic = 0x3152'444f'5754'4e41; // also the version
constexpr uint64_t kTextsMagic = 0x3158'4554'5754'4e41;
constexpr uint64_t kReportMagic = 0x3150'4552'5754'4e41;
constexpr size_t kMaxUnits = 1 << 20;
constexpr size_t kMaxReportText = 1000;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

class Writer {
public:
  Writer& add(uint64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Writer& add(std::string_view text) {
    add(uint64_t(text.size()));
    bytes_ += text;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

// Once something is missing, all that follows is empty and finished() false.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  uint64_t number() {
    uint64_t value = 0;
    if (rest_.size() < sizeof value) {
      fail();
      return 0;
    }
    memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  // A number of [0, count).
  uint64_t choice(uint64_t count) {
    uint64_t value = number();
    if (value >= count) {
      fail();
      return 0;
    }
    return value;
  }
  std::string text() {
    uint64_t size = number();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    std::string result(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return result;
  }
  void expect(uint64_t value) {
    if (number() != value)
      fail();
  }
  bool good() const { return good_; }
  bool finished() const { return good_ && rest_.empty(); }
  size_t left() const { return rest_.size(); }

private:
  void fail() {
    good_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool good_ = true;
};

// A path or name that C functions get to see whole.
bool isPlain(std::string_view text) {
  return text.find('\0') == text.npos;
}

} // namespace

std::optional<std::string> encodeOrder(const CompileOrder& order) {
  Writer writer;
  writer.add(kOrderMagic).add(order.id);
  const CompileRequest& request = order.request;
  writer.add(request.kernel).add(request.cpu).add(request.features);
  writer.add(uint64_t(request.vectorize.shape)).add(uint64_t(request.vectorize.barriers));
  writer.add(uint64_t(request.vectorize.exactIndex)).add(order.textHash);
  writer.add(order.key.high).add(order.key.low).add(order.cacheFolder).add(order.cacheLimit);
  writer.add(order.compilerId);
  std::string bytes = writer.take();
  if (bytes.size() > kMaxOrderBytes)
    return std::nullopt;
  return bytes;
}

std::optional<CompileOrder> decodeOrder(std::string_view bytes) {
  Reader reader(bytes);
  reader.expect(kOrderMagic);
  CompileOrder order;
  order.id = reader.number();
  CompileRequest& request = order.request;
  request.kernel = reader.text();
  request.cpu = reader.text();
  request.features = reader.text();
  request.vectorize.shape =
      spmd::BlockShape(reader.choice(uint64_t(spmd::BlockShape::Generic) + 1));
  request.vectorize.barriers =
      spmd::BarrierMode(reader.choice(uint64_t(spmd::BarrierMode::Fiber) + 1));
  request.vectorize.exactIndex = reader.choice(2);
  order.textHash = reader.number();
  order.key = {reader.number(), reader.number()};
  order.cacheFolder = reader.text();
  order.cacheLimit = reader.number();
  order.compilerId = reader.text();
  bool makesSense = !request.kernel.empty() && isPlain(request.kernel) && isPlain(request.cpu) &&
                    isPlain(request.features) && isPlain(order.cacheFolder) &&
                    (order.cacheFolder.empty() || order.cacheFolder[0] == '/');
  if (!reader.finished() || !makesSense || bytes.size() > kMaxOrderBytes)
    return std::nullopt;
  return order;
}

std::string encodeTexts(const std::vector<PtxUnit>& units) {
  Writer writer;
  writer.add(kTextsMagic).add(uint64_t(units.size()));
  for (const PtxUnit& unit : units)
    writer.add(unit->origin).add(*unit);
  return writer.take();
}

std::optional<std::vector<PtxUnit>> decodeTexts(std::string_view bytes) {
  Reader reader(bytes);
  reader.expect(kTextsMagic);
  uint64_t count = reader.choice(kMaxUnits + 1);
  std::vector<PtxUnit> units;
  for (uint64_t i = 0; i < count && reader.good(); i++) {
    std::string origin = reader.text();
    std::string text = reader.text();
    units.push_back(std::make_shared<const PtxText>(std::move(text), std::move(origin)));
  }
  if (!reader.finished())
    return std::nullopt;
  return units;
}

std::string encodeReport(const CompileReport& report) {
  Writer writer;
  writer.add(kReportMagic).add(report.id).add(uint64_t(report.outcome)).add(report.millis);
  writer.add(report.bytes).add(std::string_view(report.text).substr(0, kMaxReportText));
  return writer.take();
}

std::optional<CompileReport> decodeReport(std::string_view bytes) {
  Reader reader(bytes);
  reader.expect(kReportMagic);
  CompileReport report;
  report.id = reader.number();
  report.outcome = CompileOutcome(reader.choice(uint64_t(CompileOutcome::Failed) + 1));
  report.millis = uint32_t(reader.choice(uint64_t(UINT32_MAX) + 1));
  report.bytes = reader.number();
  report.text = reader.text();
  if (!reader.finished() || report.text.size() > kMaxReportText)
    return std::nullopt;
  // It goes into a line of the log.
  std::replace_if(
      report.text.begin(), report.text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return report;
}

bool sendMessage(int socket, std::string_view bytes, int descriptor) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (descriptor >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  }
  ssize_t n;
  do
    n = sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n == ssize_t(bytes.size());
}

Received receiveMessage(int socket, Message& message) {
  constexpr size_t kMostDescriptors = 8;
  message.bytes.resize(kMaxOrderBytes);
  message.descriptor = -1;
  iovec part{message.bytes.data(), message.bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))] = {};
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  ssize_t n;
  do
    n = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  message.bytes.resize(size_t(std::max<ssize_t>(n, 0)));
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK ? Received::Nothing : Received::End;
  message.complete = !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(c) + at, sizeof descriptor);
      if (message.descriptor < 0)
        message.descriptor = descriptor;
      else {
        close(descriptor);
        message.complete = false;
      }
    }
  }
  // We send no empty messages; a closed socket looks like one.
  if (n == 0) {
    if (message.descriptor >= 0)
      close(message.descriptor);
    message.descriptor = -1;
    return Received::End;
  }
  return Received::Message;
}

int makeSealedFile(const char* name, std::string_view bytes) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -1;
  for (size_t done = 0; done < bytes.size();) {
    ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      close(fd);
      return -1;
    }
    done += size_t(n);
  }
  if (fcntl(fd, F_ADD_SEALS, kSeals) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

bool isSealed(int descriptor) {
  int seals = fcntl(descriptor, F_GET_SEALS);
  return seals >= 0 && (seals & kSeals) == kSeals;
}

std::optional<std::string> readSealedFile(int descriptor, uint64_t most) {
  struct stat info;
  if (!isSealed(descriptor) || fstat(descriptor, &info) != 0 || info.st_size < 0 ||
      uint64_t(info.st_size) > most)
    return std::nullopt;
  std::string bytes(size_t(info.st_size), '\0');
  for (size_t done = 0; done < bytes.size();) {
    ssize_t n = pread(descriptor, bytes.data() + done, bytes.size() - done, off_t(done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return std::nullopt;
    done += size_t(n);
  }
  return bytes;
}

} // namespace anywarp::cpu
