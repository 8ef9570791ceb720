// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile_process.h"

#include "compiler_module.h"
#include "support/detached_process.h"
#include "support/log.h"
#include "support/options.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kMaxPending = 32;
constexpr unsigned kMaxLosses = 3; // crashes of the compiler after which there is no new process
constexpr int64_t kLookNanos = 5'000'000;

int64_t now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

} // namespace

CompileProcess::CompileProcess(std::string program, std::string compiler, std::string compilerId)
    : program_(std::move(program)), compiler_(std::move(compiler)),
      compilerId_(std::move(compilerId)), owner_(getpid()) {}

CompileProcess::~CompileProcess() {
  closeSocket();
}

std::shared_ptr<CompileProcess> CompileProcess::instance() {
  // Never destroyed: launches may go on while static data is.
  static auto* instance = new std::shared_ptr<CompileProcess>(std::make_shared<CompileProcess>(
      compileProgramPath(), compilerPath(), buildId(compilerPath())));
  return *instance;
}

bool CompileProcess::mayTake() {
  if (getpid() != owner_)
    return false;
  std::vector<Answer> answers;
  bool may;
  {
    std::lock_guard lock(mutex_);
    receive(answers);
    may = canStart() && pending_.size() < kMaxPending;
  }
  deliver(answers);
  return may;
}

bool CompileProcess::canStart() {
  if (usable_ && socket_ < 0) {
    if (access(program_.c_str(), X_OK) != 0) {
      log::info("large kernels are compiled fully at once: {}: {}", program_, strerror(errno));
      usable_ = false;
    } else if (collectsOrphans()) {
      log::info(
          "large kernels are compiled fully at once: orphans become children of this process");
      usable_ = false;
    }
  }
  return usable_;
}

bool CompileProcess::post(CompileOrder order, const std::shared_ptr<const ptx::Index>& index,
                          Done done) {
  if (!mayTake())
    return false;
  std::vector<Answer> answers;
  bool sent = false;
  {
    std::lock_guard lock(mutex_);
    order.id = nextId_++;
    order.compilerId = compilerId_;
    order.textHash = index ? index->hash() : 0;
    auto message = encodeOrder(order);
    auto texts = textsOf(index);
    if (message && texts && startUnless()) {
      sent = sendMessage(socket_, *message, texts->file.number());
      // It ended for want of work just now.
      if (!sent && errno == EPIPE && pending_.empty()) {
        closeSocket();
        sent = start() && sendMessage(socket_, *message, texts->file.number());
      }
      if (sent)
        pending_.push_back({order.id, std::move(*message), std::move(texts), std::move(done)});
    }
  }
  deliver(answers);
  return sent;
}

void CompileProcess::look() {
  int64_t time = now(), next = nextLook_.load(std::memory_order_relaxed);
  if (time < next || !nextLook_.compare_exchange_strong(next, time + kLookNanos) ||
      getpid() != owner_)
    return;
  std::vector<Answer> answers;
  {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || pending_.empty())
      return;
    receive(answers);
  }
  deliver(answers);
}

size_t CompileProcess::pending() {
  look();
  std::lock_guard lock(mutex_);
  return pending_.size();
}

void CompileProcess::deliver(std::vector<Answer>& answers) {
  for (Answer& answer : answers)
    answer.done(answer.report, answer.descriptor);
}

bool CompileProcess::startUnless() {
  return socket_ >= 0 || start();
}

bool CompileProcess::start() {
  int ends[2];
  if (!usable_ || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return false;
  int error =
      startDetached(program_, {"anywarp-compile", compiler_}, environmentOfHelpers(), ends[1]);
  close(ends[1]);
  struct stat info;
  if (error || fstat(ends[0], &info) != 0) {
    log::info("large kernels are compiled fully at once: cannot start {}: {}", program_,
              strerror(error));
    close(ends[0]);
    usable_ = false;
    return false;
  }
  socket_ = ends[0];
  device_ = info.st_dev;
  inode_ = info.st_ino;
  return true;
}

// Programs that become daemons close all descriptors, and ours may be a file of theirs now.
bool CompileProcess::isOurSocket() const {
  struct stat info;
  return fstat(socket_, &info) == 0 && info.st_dev == device_ && info.st_ino == inode_;
}

void CompileProcess::closeSocket() {
  if (socket_ >= 0 && isOurSocket())
    close(socket_);
  socket_ = -1;
}

void CompileProcess::receive(std::vector<Answer>& answers) {
  while (socket_ >= 0) {
    if (!isOurSocket())
      return giveUp(answers, "its socket was closed");
    Message message;
    Received what = receiveMessage(socket_, message);
    if (what == Received::Nothing)
      return;
    if (what == Received::Message)
      take(message, answers);
    else
      lost(answers);
  }
}

void CompileProcess::take(Message& message, std::vector<Answer>& answers) {
  auto report = message.complete ? decodeReport(message.bytes) : std::nullopt;
  auto place = pending_.end();
  if (report)
    place = std::find_if(pending_.begin(), pending_.end(),
                         [&](const Pending& p) { return p.id == report->id; });
  bool fits = report && place != pending_.end() &&
              (report->outcome == CompileOutcome::Attached) == (message.descriptor >= 0) &&
              (message.descriptor < 0 || isSealed(message.descriptor));
  if (!fits) {
    if (message.descriptor >= 0)
      close(message.descriptor);
    return giveUp(answers, "its answers make no sense");
  }
  answered_ = true;
  answers.push_back({std::move(*report), message.descriptor, std::move(place->done)});
  pending_.erase(place);
}

// The process is gone. It took the orders one after the other, so the first is the one that it
// could not do.
void CompileProcess::lost(std::vector<Answer>& answers) {
  closeSocket();
  if (pending_.empty())
    return;
  if (!answered_ || ++losses_ >= kMaxLosses)
    return giveUp(answers, answered_ ? "it ended too often" : "it ended without an answer");
  CompileReport failed;
  failed.id = pending_.front().id;
  failed.text = "the compile process ended";
  answers.push_back({std::move(failed), -1, std::move(pending_.front().done)});
  pending_.pop_front();
  for (const Pending& pending : pending_)
    if (!startUnless() || !sendMessage(socket_, pending.message, pending.texts->file.number()))
      return giveUp(answers, "it takes no orders");
}

void CompileProcess::giveUp(std::vector<Answer>& answers, const char* why) {
  log::info("large kernels are compiled fully at once: no compile process: {}", why);
  usable_ = false;
  closeSocket();
  for (Pending& pending : pending_) {
    CompileReport failed;
    failed.id = pending.id;
    failed.text = why;
    answers.push_back({std::move(failed), -1, std::move(pending.done)});
  }
  pending_.clear();
}

// Shared as long as somebody has them, as the kernels of a program tend to come together.
std::shared_ptr<CompileProcess::Texts>
CompileProcess::textsOf(const std::shared_ptr<const ptx::Index>& index) {
  if (auto texts = lastTexts_.lock(); texts && index && lastIndex_.lock() == index)
    return texts;
  std::string bytes = encodeTexts(index ? index->units() : std::vector<PtxUnit>{});
  if (bytes.size() > kMaxTextBytes)
    return nullptr;
  int file = makeSealedFile("anywarp-texts", bytes);
  if (file < 0)
    return nullptr;
  auto texts = std::make_shared<Texts>(file);
  lastIndex_ = index;
  lastTexts_ = texts;
  return texts;
}

} // namespace anywarp::cpu
