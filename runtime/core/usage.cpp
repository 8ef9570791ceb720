// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/usage.h"

#include "support/log.h"
#include "support/options.h"

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

constexpr char kMagic[8] = {'A', 'W', 'U', 'S', 'A', 'G', 'E', '1'};
constexpr const char* kPrefix = "anywarp-usage.";
constexpr uint32_t kMaxDevices = 4096;

struct Slot {
  uint8_t uuid[16];
  DeviceCounters counters;
};
struct File {
  char magic[8];
  uint32_t process;
  uint32_t count;
  Slot slots[];
};

struct Own {
  File* file = nullptr; // in shared memory or not
  std::string path;     // empty: not in shared memory
  int process = 0;      // a forked child has it too, but it is not the child's
};
Own& own() {
  static Own* value = new Own; // written once at initialisation, before any reader
  return *value;
}

uint64_t coarseNow() {
  timespec t;
  // A kernel may take less than its tick; over many kernels the sum is right all the same, and the
  // precise clock would cost a tenth of an empty launch.
  clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return uint64_t(t.tv_sec) * 1'000'000'000 + uint64_t(t.tv_nsec);
}

// The lock belongs to the process, not to its forked children, and goes with exec and with the end.
bool lockFile(int fd) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return fcntl(fd, F_SETLK, &lock) == 0;
}
bool isLocked(int fd) {
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

// Under another name until it is locked: a reader must not take a new file for a left one.
File* makeFile(const std::string& folder, size_t bytes, std::string& path) {
  path = fmt::format("{}/{}{}", folder, kPrefix, getpid());
  std::string early = fmt::format("{}/anywarp-new.{}", folder, getpid());
  unlink(early.c_str()); // of a dead process with our number
  int fd = open(early.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0)
    return nullptr;
  void* memory = MAP_FAILED;
  if (lockFile(fd) && ftruncate(fd, off_t(bytes)) == 0)
    memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED || rename(early.c_str(), path.c_str()) != 0) {
    if (memory != MAP_FAILED)
      munmap(memory, bytes);
    unlink(early.c_str());
    close(fd);
    return nullptr;
  }
  return static_cast<File*>(memory); // the descriptor stays open: it holds the lock
}

ProcessUsage describe(const File& file, uint32_t count) {
  ProcessUsage result;
  result.process = int(file.process);
  for (uint32_t i = 0; i < count; ++i) {
    const DeviceCounters& c = file.slots[i].counters;
    DeviceUsage device;
    std::memcpy(device.uuid, file.slots[i].uuid, sizeof device.uuid);
    device.memoryUsed = c.memoryUsed.load(std::memory_order_relaxed);
    device.busyNanos = c.busyNanos.load(std::memory_order_relaxed);
    device.context = c.contexts.load(std::memory_order_relaxed) > 0;
    if (c.running.load(std::memory_order_relaxed)) {
      uint64_t since = c.busySince.load(std::memory_order_relaxed), now = coarseNow();
      device.busyNanos += now > since ? now - since : 0;
    }
    result.devices.push_back(device);
  }
  return result;
}

// One file of another process; everything in it may be wrong.
void readFile(const std::string& path, int process, std::vector<ProcessUsage>& list) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return;
  struct stat info = {};
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && size_t(info.st_size) >= sizeof(File)) {
    size_t bytes = size_t(info.st_size);
    if (!isLocked(fd)) {
      if (info.st_uid == geteuid())
        unlink(path.c_str());
    } else if (void* memory = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
               memory != MAP_FAILED) {
      const File& file = *static_cast<const File*>(memory);
      uint32_t count = file.count;
      if (!std::memcmp(file.magic, kMagic, sizeof kMagic) && int(file.process) == process &&
          count <= kMaxDevices && sizeof(File) + count * sizeof(Slot) <= bytes)
        list.push_back(describe(file, count));
      munmap(memory, bytes);
    }
  }
  close(fd);
}

} // namespace

std::vector<DeviceCounters*> publishUsage(std::span<const DeviceInfo* const> devices) {
  size_t bytes = sizeof(File) + devices.size() * sizeof(Slot);
  Own& mine = own();
  for (const std::string& folder : sharedFolders())
    if (!mine.file)
      mine.file = makeFile(folder, bytes, mine.path);
  if (!mine.file) {
    log::info("no shared memory for usage counters: NVML of other processes will not see this one");
    mine.path.clear();
    mine.file = static_cast<File*>(std::calloc(1, bytes));
    if (!mine.file)
      std::abort(); // a few hundred bytes
  }
  mine.process = getpid();
  mine.file->process = uint32_t(mine.process);
  std::vector<DeviceCounters*> counters;
  for (size_t i = 0; i < devices.size(); ++i) {
    Slot* slot = new (&mine.file->slots[i]) Slot{};
    std::memcpy(slot->uuid, devices[i]->uuid, sizeof slot->uuid);
    counters.push_back(&slot->counters);
  }
  mine.file->count = uint32_t(devices.size());
  std::memcpy(mine.file->magic, kMagic, sizeof kMagic);
  (void)readUsage(); // deletes what crashed processes left
  return counters;
}

void withdrawUsage() {
  Own& mine = own();
  if (!mine.path.empty() && mine.process == getpid())
    unlink(mine.path.c_str());
}

std::vector<ProcessUsage> readUsage() {
  std::vector<ProcessUsage> list;
  Own& mine = own();
  if (mine.file && mine.process == getpid())
    list.push_back(describe(*mine.file, mine.file->count));
  for (const std::string& folder : sharedFolders()) {
    DIR* directory = opendir(folder.c_str());
    if (!directory)
      continue;
    while (dirent* entry = readdir(directory)) {
      std::string_view name = entry->d_name;
      if (!name.starts_with(kPrefix))
        continue;
      int process = std::atoi(entry->d_name + std::strlen(kPrefix));
      // Not our own: closing another descriptor of a file gives up the process's lock on it.
      if (process > 0 && process != getpid())
        readFile(folder + "/" + entry->d_name, process, list);
    }
    closedir(directory);
  }
  return list;
}

KernelScope::KernelScope(DeviceCounters* counters) : counters_(counters) {
  if (counters_ && counters_->running.fetch_add(1, std::memory_order_relaxed) == 0)
    counters_->busySince.store(coarseNow(), std::memory_order_relaxed);
}

KernelScope::~KernelScope() {
  if (!counters_)
    return;
  // Read while this kernel still counts: nobody changes it before the count is 0.
  uint64_t since = counters_->busySince.load(std::memory_order_relaxed);
  if (counters_->running.fetch_sub(1, std::memory_order_relaxed) == 1)
    counters_->busyNanos.fetch_add(coarseNow() - since, std::memory_order_relaxed);
}

} // namespace anywarp::core
