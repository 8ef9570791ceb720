// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Messages between a process and its compile process: what is sent arrives, nothing else does. And
// the compile process itself, told nonsense.
#include "backends/cpu/compile_message.h"
#include "backends/cpu/compiler_module.h"
#include "support/detached_process.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <poll.h>
#include <random>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

CompileOrder sampleOrder() {
  CompileOrder order;
  order.id = 77;
  order.request.kernel = "_Z6kernelPf";
  order.request.cpu = "znver4";
  order.request.features = "+avx2,-avx512f";
  order.request.vectorize = {spmd::BlockShape::Tile8, spmd::BarrierMode::Fiber, true};
  order.textHash = 0x1234'5678'9abc'def0;
  order.key = {1, 2};
  order.cacheFolder = "/some/folder";
  order.cacheLimit = 1000;
  order.compilerId = std::string("\0\1binary", 8);
  return order;
}

// No prefix, no longer text, and nothing that says another size or choice is taken for the whole.
template <typename Decode> void expectOnlyTheWhole(const std::string& bytes, Decode decode) {
  ASSERT_TRUE(decode(bytes));
  for (size_t size = 0; size < bytes.size(); size++)
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(decode(bytes + "x"));
  for (size_t i = 0; i < 8; i++) { // another magic
    std::string other = bytes;
    other[i] = char(other[i] ^ 1);
    EXPECT_FALSE(decode(other));
  }
}

// Whatever comes, it ends and stays within the bytes (the sanitizers look).
template <typename Decode> void decodeNoise(const std::string& bytes, Decode decode) {
  std::mt19937 random(42);
  for (int round = 0; round < 20'000; round++) {
    std::string noise = bytes;
    for (unsigned i = 0; i <= random() % 4; i++) {
      size_t at = random() % noise.size();
      uint64_t odd[] = {0, ~uint64_t(0), uint64_t(1) << 63, noise.size(), random()};
      if (random() % 2)
        noise[at] = char(random());
      else
        memcpy(&noise[at], &odd[random() % 5], std::min<size_t>(8, noise.size() - at));
    }
    if (random() % 4 == 0)
      noise.resize(random() % (noise.size() + 1));
    decode(noise);
  }
}

TEST(CompileMessage, order_arrives_as_it_was) {
  CompileOrder order = sampleOrder();
  auto bytes = encodeOrder(order);
  ASSERT_TRUE(bytes);
  auto back = decodeOrder(*bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, order.id);
  EXPECT_EQ(back->request.kernel, order.request.kernel);
  EXPECT_EQ(back->request.cpu, order.request.cpu);
  EXPECT_EQ(back->request.features, order.request.features);
  EXPECT_EQ(back->request.vectorize.shape, order.request.vectorize.shape);
  EXPECT_EQ(back->request.vectorize.barriers, order.request.vectorize.barriers);
  EXPECT_EQ(back->request.vectorize.exactIndex, order.request.vectorize.exactIndex);
  EXPECT_EQ(back->textHash, order.textHash);
  EXPECT_EQ(back->key.high, order.key.high);
  EXPECT_EQ(back->key.low, order.key.low);
  EXPECT_EQ(back->cacheFolder, order.cacheFolder);
  EXPECT_EQ(back->cacheLimit, order.cacheLimit);
  EXPECT_EQ(back->compilerId, order.compilerId);
}

TEST(CompileMessage, only_whole_orders_are_orders) {
  expectOnlyTheWhole(*encodeOrder(sampleOrder()), decodeOrder);
  decodeNoise(*encodeOrder(sampleOrder()), decodeOrder);
}

TEST(CompileMessage, orders_that_make_no_sense_are_none) {
  auto refused = [](auto change) {
    CompileOrder order = sampleOrder();
    change(order);
    return !decodeOrder(*encodeOrder(order));
  };
  EXPECT_FALSE(refused([](CompileOrder& o) { o.cacheFolder = ""; }));
  EXPECT_TRUE(refused([](CompileOrder& o) { o.request.kernel = ""; }));
  EXPECT_TRUE(refused([](CompileOrder& o) { o.request.kernel = std::string("a\0b", 3); }));
  EXPECT_TRUE(refused([](CompileOrder& o) { o.cacheFolder = "relative"; }));
  EXPECT_TRUE(refused([](CompileOrder& o) { o.request.vectorize.shape = spmd::BlockShape(6); }));
  EXPECT_TRUE(
      refused([](CompileOrder& o) { o.request.vectorize.barriers = spmd::BarrierMode(2); }));
}

TEST(CompileMessage, an_order_that_fits_no_message_is_not_made) {
  CompileOrder order = sampleOrder();
  order.request.kernel.assign(kMaxOrderBytes, 'k');
  EXPECT_FALSE(encodeOrder(order));
}

TEST(CompileMessage, texts_arrive_as_they_were) {
  std::vector<PtxUnit> units;
  for (int i = 0; i < 3; i++)
    units.push_back(std::make_shared<const PtxText>(std::string(size_t(i) * 1000, char('a' + i)),
                                                    "origin " + std::to_string(i)));
  std::string bytes = encodeTexts(units);
  auto back = decodeTexts(bytes);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 3u);
  for (size_t i = 0; i < 3; i++) {
    EXPECT_EQ(*(*back)[i], *units[i]);
    EXPECT_EQ((*back)[i]->origin, units[i]->origin);
  }
  expectOnlyTheWhole(bytes, decodeTexts);
  decodeNoise(bytes, decodeTexts);
}

TEST(CompileMessage, report_arrives_as_it_was_on_one_line) {
  CompileReport report{9, CompileOutcome::Attached, 1234, 5678, "two\nlines"};
  auto back = decodeReport(encodeReport(report));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, 9u);
  EXPECT_EQ(back->outcome, CompileOutcome::Attached);
  EXPECT_EQ(back->millis, 1234u);
  EXPECT_EQ(back->bytes, 5678u);
  EXPECT_EQ(back->text, "two lines");
  expectOnlyTheWhole(encodeReport(report), decodeReport);
  decodeNoise(encodeReport(report), decodeReport);
  report.text.assign(100'000, 't');
  ASSERT_TRUE(decodeReport(encodeReport(report)));
}

TEST(CompileMessage, only_sealed_files_are_read) {
  int fd = makeSealedFile("test", "content");
  ASSERT_GE(fd, 0);
  EXPECT_EQ(readSealedFile(fd, 7), "content");
  EXPECT_FALSE(readSealedFile(fd, 6));
  EXPECT_EQ(ftruncate(fd, 3), -1);
  EXPECT_EQ(pwrite(fd, "x", 1, 0), -1);
  close(fd);
  for (int other : {memfd_create("test", MFD_ALLOW_SEALING), open("/dev/null", O_RDONLY),
                    open("/", O_RDONLY), 1000}) {
    EXPECT_FALSE(isSealed(other));
    EXPECT_FALSE(readSealedFile(other, 1000));
    close(other);
  }
}

class Sockets : public ::testing::Test {
protected:
  Sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_), 0); }
  ~Sockets() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  static size_t openDescriptors() {
    auto list = std::filesystem::directory_iterator("/proc/self/fd");
    return size_t(std::distance(begin(list), end(list)));
  }
  int ends_[2];
};

TEST_F(Sockets, messages_come_one_by_one_with_their_descriptor) {
  int fd = makeSealedFile("test", "content");
  ASSERT_TRUE(sendMessage(ends_[0], "one", fd));
  ASSERT_TRUE(sendMessage(ends_[0], "two"));
  close(fd);
  Message message;
  ASSERT_EQ(receiveMessage(ends_[1], message), Received::Message);
  EXPECT_EQ(message.bytes, "one");
  EXPECT_TRUE(message.complete);
  EXPECT_EQ(readSealedFile(message.descriptor, 100), "content");
  EXPECT_EQ(fcntl(message.descriptor, F_GETFD), FD_CLOEXEC);
  close(message.descriptor);
  ASSERT_EQ(receiveMessage(ends_[1], message), Received::Message);
  EXPECT_EQ(message.bytes, "two");
  EXPECT_EQ(message.descriptor, -1);
  EXPECT_EQ(receiveMessage(ends_[1], message), Received::Nothing);
  close(ends_[0]);
  EXPECT_EQ(receiveMessage(ends_[1], message), Received::End);
  EXPECT_FALSE(sendMessage(ends_[1], "into the void")); // and no SIGPIPE
  ends_[0] = -1;
}

TEST_F(Sockets, too_much_is_not_complete_and_leaks_nothing) {
  ASSERT_TRUE(sendMessage(ends_[0], std::string(kMaxOrderBytes + 1, 'x')));
  Message message;
  ASSERT_EQ(receiveMessage(ends_[1], message), Received::Message);
  EXPECT_FALSE(message.complete);
  for (size_t count : {2, 8, 20}) {
    size_t before = openDescriptors();
    std::vector<int> many(count, STDIN_FILENO);
    std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
    char byte = 'x';
    iovec part{&byte, 1};
    msghdr header = {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(rights), many.data(), count * sizeof(int));
    ASSERT_EQ(sendmsg(ends_[0], &header, 0), 1);
    ASSERT_EQ(receiveMessage(ends_[1], message), Received::Message);
    EXPECT_FALSE(message.complete);
    close(message.descriptor);
    EXPECT_EQ(openDescriptors(), before);
  }
}

// The real program with the compiler of the tests.
class CompileServerTest : public Sockets {
protected:
  CompileServerTest() {
    char path[] = "/tmp/anywarp-server-test-XXXXXX";
    folder_ = mkdtemp(path);
    units_ = {std::make_shared<const PtxText>(".version 8.0\n.target sm_80\n.address_size 64\n",
                                              folder_)};
    texts_ = makeSealedFile("texts", encodeTexts(units_));
  }
  void SetUp() override {
    int error =
        startDetached(AW_COMPILE_PROGRAM, {"anywarp-compile", AW_LATER_COMPILER}, {}, ends_[1]);
    if (error == ENOSYS)
      GTEST_SKIP() << "the thread sanitizer cannot start it";
    ASSERT_EQ(error, 0);
  }
  ~CompileServerTest() override {
    close(texts_);
    std::filesystem::remove_all(folder_);
  }
  CompileOrder order(uint64_t id) {
    CompileOrder result;
    result.id = id;
    result.request.kernel = "k";
    result.textHash = (*ptx::Index::build(units_))->hash();
    result.compilerId = buildId(AW_LATER_COMPILER);
    return result;
  }
  // What comes back for it.
  CompileReport answer(const CompileOrder& order, int texts) {
    EXPECT_TRUE(sendMessage(ends_[0], *encodeOrder(order), texts));
    return next();
  }
  CompileReport next() {
    pollfd wait = {ends_[0], POLLIN, 0};
    EXPECT_EQ(poll(&wait, 1, 60'000), 1);
    Message message;
    EXPECT_EQ(receiveMessage(ends_[0], message), Received::Message);
    if (message.descriptor >= 0)
      close(message.descriptor);
    return decodeReport(message.bytes).value_or(CompileReport{});
  }
  std::string folder_;
  std::vector<PtxUnit> units_;
  int texts_;
};

TEST_F(CompileServerTest, nonsense_is_not_answered_and_does_no_harm) {
  std::mt19937 random(7);
  std::string good = *encodeOrder(order(1));
  for (int round = 0; round < 300; round++) {
    std::string noise = good;
    for (int i = 0; i < 3; i++)
      noise[random() % 8 + size_t(i)] = char(random()); // never an order, whose magic stands there
    noise.resize(1 + random() % noise.size());
    for (int tries = 0; tries < 1000 && !sendMessage(ends_[0], noise, round % 2 ? texts_ : -1);
         tries++)
      usleep(1000); // it is behind
  }
  sendMessage(ends_[0], good); // no texts
  CompileReport report = answer(order(2), texts_);
  EXPECT_EQ(report.id, 2u);
  EXPECT_EQ(report.outcome, CompileOutcome::Attached);
}

TEST_F(CompileServerTest, orders_that_do_not_fit_fail) {
  CompileOrder wrongHash = order(1), wrongCompiler = order(2), good = order(5);
  wrongHash.textHash++;
  wrongCompiler.compilerId = "another";
  EXPECT_EQ(answer(wrongHash, texts_).outcome, CompileOutcome::Failed);
  EXPECT_EQ(answer(wrongCompiler, texts_).outcome, CompileOutcome::Failed);
  int writable = memfd_create("texts", MFD_ALLOW_SEALING);
  std::string bytes = encodeTexts(units_);
  ASSERT_EQ(write(writable, bytes.data(), bytes.size()), ssize_t(bytes.size()));
  EXPECT_EQ(answer(order(3), writable).outcome, CompileOutcome::Failed);
  int noTexts = makeSealedFile("texts", bytes + "more");
  EXPECT_EQ(answer(order(4), noTexts).outcome, CompileOutcome::Failed);
  close(writable);
  close(noTexts);
  CompileReport report = answer(good, texts_);
  EXPECT_EQ(report.id, 5u);
  EXPECT_EQ(report.outcome, CompileOutcome::Attached);
}

TEST_F(CompileServerTest, it_refuses_more_than_it_can_remember) {
  std::ofstream(folder_ + "/wait");
  int refused = 0, done = 0, sent = 0;
  for (; sent < 80; sent++)
    if (!sendMessage(ends_[0], *encodeOrder(order(uint64_t(sent))), texts_))
      usleep(1000);
  for (int i = 0; i < 10; i++)
    refused += next().text == "too many orders";
  EXPECT_EQ(refused, 10);
  std::filesystem::remove(folder_ + "/wait");
  while (done < 60)
    done += next().outcome == CompileOutcome::Attached;
}

} // namespace
} // namespace anywarp::cpu
