// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "device.h"

#include "cpu_identity.h"
#include "execute.h"
#include "launch_tree.h"
#include "ptx/check.h"
#include "ptx/index.h"
#include "support/compute_capability.h"
#include "support/log.h"
#include "support/options.h"
#include "transfer.h"

#include <algorithm>
#include <charconv>
#include <sched.h>
#include <thread>
#include <unistd.h>
#include <xxhash.h>

namespace anywarp::cpu {
namespace {

unsigned usableProcessors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return unsigned(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

unsigned threadCount(const DeviceSettings& settings) {
  unsigned threads = settings.threads ? settings.threads : options().threads;
  return std::clamp(threads ? threads : usableProcessors(), 1u, 4096u);
}

bool parseNumber(std::string_view text, uint64_t& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data())
    return false;
  std::string_view unit = text.substr(size_t(end - text.data()));
  if (unit.empty())
    return true;
  size_t power = std::string_view("KMGT").find(char(toupper(unit[0])));
  if (unit.size() != 1 || power == std::string_view::npos || value >> (54 - 10 * power))
    return false;
  value <<= 10 * (power + 1);
  return true;
}

bool parseIsa(std::string_view name, DeviceSettings& settings) {
  const std::pair<const char*, const char*> known[] = {{"native", ""},
                                                       {"sse4", "x86-64-v2"},
                                                       {"avx2", "x86-64-v3"},
                                                       {"avx512", "x86-64-v4"},
                                                       {"neon", "generic"}};
  for (auto [isa, cpu] : known)
    if (name == isa) {
      settings.target.cpu = cpu;
      settings.isa = *cpu ? isa : "";
      return true;
    }
  return false;
}

// A kernel with instructions that the machine lacks would end the process.
bool canRun(const DeviceSettings& settings) {
#if defined(__aarch64__)
  return settings.isa.empty() || settings.isa == "neon";
#else
  return settings.isa.empty() || cpuHasLevel(settings.target.cpu);
#endif
}

bool parseCapability(std::string_view text, int& capability) {
  size_t dot = text.find('.');
  uint64_t major = 0, minor = 0;
  if (dot == text.npos || !parseNumber(text.substr(0, dot), major) ||
      !parseNumber(text.substr(dot + 1), minor) || major < 1 || major > 99 || minor > 9)
    return false;
  capability = int(10 * major + minor);
  return true;
}

bool applySetting(std::string_view key, std::string_view value, DeviceSettings& settings) {
  uint64_t number = 0;
  if (key == "threads" && parseNumber(value, number) && number >= 1 && number <= 4096) {
    settings.threads = unsigned(number);
    return true;
  }
  if (key == "memory" && parseNumber(value, number) && number >= (16u << 20)) {
    settings.memory = number;
    return true;
  }
  if (key == "sms" && parseNumber(value, number) && number >= 1 && number <= 65535) {
    settings.multiprocessors = unsigned(number);
    return true;
  }
  if (key == "name" && !value.empty() && value.size() < 96) { // NVML has room for 96
    settings.name = value;
    return true;
  }
  return (key == "isa" && parseIsa(value, settings)) ||
         (key == "cc" && parseCapability(value, settings.capability));
}

} // namespace

Result<DeviceSettings> parseSettings(std::string_view spec) {
  DeviceSettings settings;
  while (!spec.empty()) {
    size_t comma = std::min(spec.find(','), spec.size());
    std::string_view part = spec.substr(0, comma);
    spec.remove_prefix(std::min(spec.size(), comma + 1));
    size_t equals = part.find('=');
    if (equals == std::string_view::npos ||
        !applySetting(part.substr(0, equals), part.substr(equals + 1), settings))
      return makeError(
          Status::InvalidValue,
          fmt::format(
              "ANYWARP_DEVICES: \"{}\" is no setting of a cpu device; there are "
              "threads=N, memory=BYTES, isa=native|sse4|avx2|avx512, cc=X.Y, sms=N, name=TEXT",
              part));
  }
  if (!canRun(settings))
    return makeError(
        Status::InvalidValue,
        fmt::format("ANYWARP_DEVICES: this machine has no {} instructions", settings.isa));
  return settings;
}

CpuDevice::CpuDevice(const DeviceSettings& settings, unsigned ordinal, std::shared_ptr<Cache> cache,
                     CompileFn compiler)
    : info_(describeDevice(settings, ordinal)), memory_(info_.totalMemory),
      loader_(std::move(cache), settings.target, compiler), workers_(threadCount(settings)),
      pool_(workers_.size()) {
  services_.clockKHz = uint64_t(info_.clockKHz);
}

CpuDevice::~CpuDevice() = default;

DeviceInfo describeDevice(const DeviceSettings& settings, unsigned index) {
  DeviceInfo info;
  info.name = settings.name;
  if (info.name.empty())
    info.name = "Anywarp on " + cpuName() + (settings.isa.empty() ? "" : ", " + settings.isa);
  info.totalMemory = settings.memory ? settings.memory : defaultMemoryLimit();
  OptionVersion capability = options().computeCapability;
  if (settings.capability)
    capability = {settings.capability / 10, settings.capability % 10};
  info.computeMajor = capability.major;
  info.computeMinor = capability.minor;
  const ComputeLimits& limits = computeLimits(capability.major, capability.minor);
  info.maxThreadsPerMultiprocessor = limits.threadsPerMultiprocessor;
  info.maxBlocksPerMultiprocessor = limits.blocksPerMultiprocessor;
  info.maxSharedPerMultiprocessor = limits.sharedPerMultiprocessor << 10;
  info.maxSharedPerBlockOptin = limits.sharedPerBlockOptin << 10;
  info.reservedSharedPerBlock = limits.reservedSharedPerBlock;
  info.registersPerBlock = limits.registersPerBlock;
  info.coresPerMultiprocessor = limits.coresPerMultiprocessor;
  info.maxClusterBlocks = portableClusterBlocks(capability.major);
  info.maxClusterBlocksNonPortable = largestClusterBlocks(capability.major);
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  // Not of the settings: tools of another environment shall find the device's users.
  std::string identity = fmt::format("anywarp cpu {} {}", host, index);
  XXH128_hash_t hash = XXH3_128bits(identity.data(), identity.size());
  std::copy_n(reinterpret_cast<const uint8_t*>(&hash), sizeof info.uuid, info.uuid);
  info.workers = threadCount(settings);
  info.multiprocessors = int(settings.multiprocessors ? settings.multiprocessors : info.workers);
  info.clockKHz = cpuClockKHz();
  info.memoryClockKHz = 2'400'000;
  info.memoryBusBits = 128;
  long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
  info.l2CacheBytes = l2 > 0 ? int(l2) : 1 << 20;
  // A bus of its own for each device, as on a board with a root port for each slot.
  info.pciDomain = int(index / 255);
  info.pciBus = int(index % 255) + 1;
  return info;
}

Result<void*> CpuDevice::allocate(size_t bytes, MemoryKind kind) {
  return memory_.allocate(bytes, kind);
}

void CpuDevice::release(void* pointer, size_t bytes, MemoryKind kind) {
  memory_.release(pointer, bytes, kind);
}

Result<uint64_t> CpuDevice::loadWord(const void* address, unsigned bytes) {
  return transfer::loadWord(address, bytes);
}

Result<void> CpuDevice::storeWord(void* address, uint64_t value, unsigned bytes) {
  return transfer::storeWord(address, value, bytes);
}

Result<void> CpuDevice::copy(void* dst, const void* src, size_t bytes) {
  return transfer::copy(pool_, dst, src, bytes);
}

Result<void> CpuDevice::copy2d(void* dst, size_t dstPitch, const void* src, size_t srcPitch,
                               size_t widthBytes, size_t height) {
  return transfer::copy2d(pool_, dst, dstPitch, src, srcPitch, widthBytes, height);
}

Result<void> CpuDevice::fill(void* dst, uint32_t value, unsigned elementSize, size_t count) {
  return transfer::fill(pool_, dst, value, elementSize, count);
}

Result<void> CpuDevice::check(const std::vector<PtxUnit>& units) {
  auto index = ptx::Index::build(units);
  if (!index)
    return index.error();
  return ptx::checkBodies(**index);
}

Result<std::unique_ptr<Program>> CpuDevice::load(std::vector<PtxUnit> units) {
  return CpuProgram::load(std::move(units), memory_, loader_);
}

Result<void> CpuDevice::run(BackendKernel& kernel, const LaunchConfig& config) {
  GridScope scope(*this, static_cast<CpuKernel&>(kernel), config.graph, config.context);
  return scope.finish(runGrid(config, scope));
}

Result<void> CpuDevice::runGrid(const LaunchConfig& config, GridScope& scope) {
  CpuKernel& kernel = scope.kernel();
  uint64_t threads = uint64_t(config.block[0]) * config.block[1] * config.block[2];
  if (!threads || threads > info_.maxThreadsPerBlock || !config.grid[0] || !config.grid[1] ||
      !config.grid[2])
    return makeError(
        Status::InvalidValue,
        fmt::format("kernel {}: a block of {} threads or an empty grid", kernel.name(), threads));
  for (int i = 0; i < 3; i++)
    if (uint32_t n = std::max(config.cluster[i], 1u);
        config.grid[i] % n || n > info_.maxClusterBlocksNonPortable ||
        uint64_t(std::max(config.cluster[0], 1u)) * std::max(config.cluster[1], 1u) *
                std::max(config.cluster[2], 1u) >
            info_.maxClusterBlocksNonPortable)
      return makeError(Status::InvalidClusterSize,
                       fmt::format("kernel {}: clusters of ({}, {}, {}) blocks", kernel.name(),
                                   config.cluster[0], config.cluster[1], config.cluster[2]));
  if (config.params.size() < kernel.paramBytes())
    return makeError(Status::InvalidValue,
                     fmt::format("kernel {}: {} bytes of parameters, it takes {}", kernel.name(),
                                 config.params.size(), kernel.paramBytes()));
  auto image = kernel.image(config.block);
  if (!image)
    return image.error();
  const AwKernelInfo& code = (*image)->info();
  if (uint64_t(code.static_shared) + config.dynamicShared > info_.maxSharedPerBlockOptin)
    return makeError(Status::InvalidValue,
                     fmt::format("kernel {}: {} + {} bytes of shared memory, a block may have {}",
                                 kernel.name(), code.static_shared, config.dynamicShared,
                                 info_.maxSharedPerBlockOptin));
  Grid grid(code, kernel.name(), config, kernel.program().globals(), workers_, services_);
  grid.setScope(&scope);
  uint64_t blocks = uint64_t(config.grid[0]) * config.grid[1] * config.grid[2];
  if (!config.cooperative || blocks == 1)
    return grid.run(pool_, (*image)->nanosPerBlock());
  auto fitting = maxActiveBlocks(kernel, uint32_t(threads), config.dynamicShared);
  if (fitting && blocks > uint64_t(*fitting) * uint64_t(info_.multiprocessors))
    return makeError(
        Status::CooperativeLaunchTooLarge,
        fmt::format("kernel {}: {} blocks cannot be on the device at once, {} x {} can",
                    kernel.name(), blocks, *fitting, info_.multiprocessors));
  return grid.runCoResident();
}

Result<void> CpuDevice::prepare(BackendKernel& kernel, const uint32_t block[3]) {
  auto image = static_cast<CpuKernel&>(kernel).image(block);
  if (!image)
    return image.error();
  return {};
}

// CUDA programming guide, "Occupancy": the scarcest of threads, blocks and shared memory. Registers
// limit nothing here.
Result<uint32_t> CpuDevice::maxActiveBlocks(BackendKernel& kernel, uint32_t blockThreads,
                                            uint32_t dynamicShared) {
  if (!blockThreads || blockThreads > info_.maxThreadsPerBlock)
    return uint32_t(0);
  auto attributes = kernel.attributes();
  if (!attributes)
    return attributes.error();
  uint32_t warpThreads = (blockThreads + 31) / 32 * 32;
  uint64_t shared = uint64_t(attributes->staticShared) + dynamicShared;
  if (blockThreads > attributes->maxThreadsPerBlock || shared > info_.maxSharedPerBlockOptin)
    return uint32_t(0);
  uint32_t blocks =
      std::min(info_.maxBlocksPerMultiprocessor, info_.maxThreadsPerMultiprocessor / warpThreads);
  uint64_t perBlock = std::max<uint64_t>(shared + info_.reservedSharedPerBlock, 1);
  return uint32_t(std::min<uint64_t>(blocks, info_.maxSharedPerMultiprocessor / perBlock));
}

} // namespace anywarp::cpu
