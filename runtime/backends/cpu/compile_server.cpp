// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile_server.h"

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kStack = size_t(64) << 20;
constexpr size_t kMaxJobs = 64;
constexpr auto kIdle = std::chrono::seconds(10);
constexpr auto kAlone = std::chrono::seconds(60); // no job begins later than that after the maker
constexpr rlim_t kCpuSeconds = 180;               // of one job; the slowest known kernel takes 8
constexpr auto kLockPatience = std::chrono::seconds(60);

// Whether code can be put there now. A folder that was there and is not any more stays away.
bool canKeep(const CompileOrder& order) {
  struct stat info;
  return order.cacheLimit && !order.cacheFolder.empty() &&
         stat(order.cacheFolder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         access(order.cacheFolder.c_str(), W_OK) == 0;
}

// A compiler that does not come to an end is killed by the kernel.
void limitProcessorTime() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  rlimit limit = {};
  getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = std::min<rlim_t>(
      limit.rlim_max, rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + kCpuSeconds);
  setrlimit(RLIMIT_CPU, &limit);
}

} // namespace

CompileServer::CompileServer(int socket, std::string compilerPath)
    : socket_(socket), compilerPath_(std::move(compilerPath)), module_(compilerPath_) {}

void CompileServer::run() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, &CompileServer::entry, this) != 0)
    _exit(1);
  pthread_attr_destroy(&attributes);
  for (;;) {
    pollfd wait = {socket_, POLLIN, 0};
    int ready = poll(&wait, 1, 1000);
    if (ready > 0 && !receive())
      finishAlone();
    if (ready <= 0 && endWhenIdle())
      finishAlone();
  }
}

bool CompileServer::receive() {
  for (;;) {
    Message message;
    Received what = receiveMessage(socket_, message);
    if (what != Received::Message)
      return what == Received::Nothing;
    take(message);
  }
}

// What is no order is nobody's: there is nothing to answer to.
void CompileServer::take(Message& message) {
  std::optional<CompileOrder> order;
  if (message.complete && message.descriptor >= 0)
    order = decodeOrder(message.bytes);
  std::unique_lock lock(mutex_);
  if (order && jobs_.size() < kMaxJobs) {
    jobs_.push_back({std::move(*order), message.descriptor});
    changed_.notify_all();
    return;
  }
  lock.unlock();
  if (message.descriptor >= 0)
    close(message.descriptor);
  if (order) {
    CompileReport refused;
    refused.id = order->id;
    refused.text = "too many orders";
    report(refused);
  }
}

// Orders that were sent before this are still there to be read; later ones fail where they are
// sent, so none is lost.
bool CompileServer::endWhenIdle() {
  {
    std::lock_guard lock(mutex_);
    if (busy_ || !jobs_.empty() || Clock::now() - idleSince_ < kIdle)
      return false;
  }
  shutdown(socket_, SHUT_RD);
  receive();
  return true;
}

void CompileServer::finishAlone() {
  auto end = Clock::now() + kAlone;
  std::unique_lock lock(mutex_);
  // Does anybody still take an answer? After endWhenIdle(), yes.
  pollfd state = {socket_, 0, 0};
  bool heard = poll(&state, 1, 0) >= 0 && !(state.revents & (POLLHUP | POLLERR));
  while (busy_ || !jobs_.empty()) {
    if (!heard) {
      std::erase_if(jobs_, [](const Job& job) { return !canKeep(job.order); });
      if (Clock::now() > end)
        jobs_.clear();
      if (busy_ && !keeps_)
        break;
    }
    if (busy_ || !jobs_.empty())
      changed_.wait_for(lock, std::chrono::seconds(1));
  }
  _exit(0);
}

void* CompileServer::entry(void* self) {
  static_cast<CompileServer*>(self)->work();
}

void CompileServer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    keeps_ = canKeep(job.order);
    lock.unlock();
    compile(job);
    close(job.texts);
    lock.lock();
    busy_ = false;
    idleSince_ = Clock::now();
    changed_.notify_all();
  }
}

Result<std::shared_ptr<const ptx::Index>> CompileServer::indexOf(const Job& job) {
  if (index_ && index_->hash() == job.order.textHash)
    return index_;
  index_ = nullptr;
  auto bytes = readSealedFile(job.texts, kMaxTextBytes);
  auto units = bytes ? decodeTexts(*bytes) : std::nullopt;
  bytes.reset();
  if (!units)
    return makeError(Status::InvalidSource, "the order came without its texts");
  auto index = ptx::Index::build(std::move(*units));
  if (!index)
    return index.error();
  if ((*index)->hash() != job.order.textHash)
    return makeError(Status::InvalidSource, "the order's texts are others");
  return index_ = *index;
}

void CompileServer::compile(Job& job) {
  auto start = Clock::now();
  CompileOrder& order = job.order;
  CompileReport result;
  result.id = order.id;
  auto done = [&](CompileOutcome outcome, std::string text = {}, int descriptor = -1) {
    result.outcome = outcome;
    result.text = std::move(text);
    result.millis = uint32_t(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
    report(result, descriptor);
  };
  limitProcessorTime();
  // An update of the installation meanwhile: its code would be kept under a key of the old one.
  if (buildId(compilerPath_) != order.compilerId)
    return done(CompileOutcome::Failed, "the compiler is another one now");
  if (!cache_ || cacheFolder_ != order.cacheFolder)
    cache_ = std::make_unique<Cache>(cacheFolder_ = order.cacheFolder, order.cacheLimit);
  // Other processes may want the same.
  CacheLock lock;
  if (canKeep(order)) {
    lock = cache_->lock(order.key, kLockPatience);
    if (!cache_->find(order.key).empty())
      return done(CompileOutcome::Kept);
  }
  auto index = indexOf(job);
  if (!index)
    return done(CompileOutcome::Failed, index.error().message);
  order.request.index = *index;
  order.request.tier = Tier::Full;
  auto function = module_.get();
  auto code = function ? (*function)(order.request) : Result<CompiledCode>(function.error());
  if (!code)
    return done(CompileOutcome::Failed, code.error().message);
  result.bytes = code->library.size();
  if (canKeep(order) && !cache_->store(order.key, code->library).empty())
    return done(CompileOutcome::Kept);
  int file = makeSealedFile("anywarp-kernel", {code->library.data(), code->library.size()});
  if (file < 0)
    return done(CompileOutcome::Failed, std::string("no memory file: ") + strerror(errno));
  done(CompileOutcome::Attached, {}, file);
  close(file);
}

void CompileServer::report(const CompileReport& report, int descriptor) {
  sendMessage(socket_, encodeReport(report), descriptor); // nobody there: nobody wants to know
}

} // namespace anywarp::cpu
