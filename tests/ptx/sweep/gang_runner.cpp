// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gang_runner.h"

#include "backends/cpu/compiler/compile.h"
#include "spmd/multimem_abi.h"

#include <boost/context/detail/fcontext.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

namespace anywarp::ptxsweep {
namespace {

namespace context = boost::context::detail;

constexpr size_t kStack = size_t(1) << 20;
constexpr unsigned kMaxGangs = 8;

// One block whose gangs run on stacks of their own; AwBlock::owner points here.
struct Fibers {
  const AwKernelInfo* info;
  AwBlock* block;
  unsigned gang = 0;
  context::fcontext_t scheduler = nullptr;
  context::fcontext_t fibers[kMaxGangs] = {};
  bool done[kMaxGangs] = {};
};

thread_local std::vector<std::unique_ptr<char[]>> stacks;

char* stackTop(unsigned gang) {
  while (stacks.size() <= gang)
    stacks.push_back(std::make_unique<char[]>(kStack));
  return stacks[gang].get() + kStack;
}

void entry(context::transfer_t from) {
  auto* f = static_cast<Fibers*>(from.data);
  f->scheduler = from.fctx;
  unsigned gang = f->gang;
  f->info->gang(f->block, gang, 0);
  f->done[gang] = true;
  context::jump_fcontext(f->scheduler, nullptr);
}

// All gangs stop at the same barriers: switching to the scheduler is enough.
void barrier(AwBlock* block, uint32_t, AwSuspend*) {
  auto* f = static_cast<Fibers*>(block->owner);
  f->scheduler = context::jump_fcontext(f->scheduler, nullptr).fctx;
}

void unexpected(AwBlock*) {
  fputs("ptx_sweep: a kernel trapped\n", stderr);
  abort();
}

const AwRuntime* runtime() {
  static const AwRuntime table = [] {
    AwRuntime t = {};
    t.trap = t.index_wrap = t.misaligned = t.illegal_instruction = unexpected;
    t.barrier = barrier;
    t.multimem = [](AwBlock*, const void*) -> const AwReplicas* {
      static const AwReplicas itself = {1, {0}};
      return &itself;
    };
    return t;
  }();
  return &table;
}

} // namespace

GangRunner::~GangRunner() {
  if (library_)
    dlclose(library_);
  if (file_ >= 0)
    close(file_);
}

std::string GangRunner::compile(const std::string& ptx, const std::string& kernel,
                                const spmd::VectorizeOptions& options,
                                const std::string& features) {
  auto index = ptx::Index::build({std::make_shared<const PtxText>(ptx)});
  if (!index)
    return index.error().message;
  cpu::CompileRequest request;
  request.index = *index;
  request.kernel = kernel;
  request.vectorize = options;
  if (!features.empty()) {
    request.cpu = "x86-64";
    request.features = features;
  }
  if (const char* prefix = getenv("PTX_SWEEP_DUMP"))
    request.dumpPrefix = prefix;
  auto code = cpu::compile(request);
  if (!code)
    return code.error().message;
  const std::vector<char>* bytes = &code->library;
  // Stays open: the loader knows libraries by name, and the name holds the number.
  file_ = memfd_create("sweep", MFD_CLOEXEC);
  if (file_ < 0 || write(file_, bytes->data(), bytes->size()) != ssize_t(bytes->size()))
    return "cannot write a shared object";
  library_ = dlopen(("/proc/self/fd/" + std::to_string(file_)).c_str(), RTLD_NOW | RTLD_LOCAL);
  std::string error = library_ ? "" : dlerror();
  if (library_)
    info_ = static_cast<const AwKernelInfo*>(dlsym(library_, "aw_kernel_info"));
  return info_ ? "" : "no kernel in the object: " + error;
}

void GangRunner::run(uint32_t blocks, uint32_t threads, const std::vector<uint64_t>& params) {
  AwLaunch launch = {};
  launch.grid[0] = blocks;
  launch.grid[1] = launch.grid[2] = launch.block[1] = launch.block[2] = 1;
  launch.block[0] = launch.threads = threads;
  launch.block_inverse[0] = AW_INVERSE(threads);
  launch.block_inverse[1] = AW_INVERSE(1u);
  launch.gangs = (threads + AW_GANG_WIDTH - 1) / AW_GANG_WIDTH;
  alignas(16) uint64_t parameters[16] = {};
  memcpy(parameters, params.data(), params.size() * sizeof(uint64_t));
  launch.params = parameters;
  launch.runtime = runtime();
  auto buffer = [](size_t bytes) {
    return std::unique_ptr<char, void (*)(void*)>(
        static_cast<char*>(aligned_alloc(128, (bytes + 128) & ~size_t(127))), free);
  };
  auto frames = buffer(size_t(launch.gangs) * info_->frame_size);
  auto local = buffer(size_t(launch.gangs) * info_->local_size);
  auto shared = buffer(info_->static_shared);
  AwBlock block = {};
  block.launch = &launch;
  block.frames = frames.get();
  block.local = local.get();
  block.shared = shared.get();
  if (info_->range)
    return info_->range(&block, 0, blocks);
  for (uint32_t i = 0; i < blocks; ++i) {
    block.ctaid[0] = i;
    if (info_->flags & AW_KERNEL_FIBER)
      runFibers(block);
    else
      runResumable(block);
  }
}

void GangRunner::runResumable(AwBlock& block) {
  uint32_t resume[kMaxGangs] = {};
  for (bool first = true, more = true; more; first = false) {
    more = false;
    for (uint32_t g = 0; g < block.launch->gangs; ++g)
      if (first || resume[g]) {
        resume[g] = info_->gang(&block, g, resume[g]) & ~AW_STOP_WHOLE;
        more |= resume[g] != 0;
      }
  }
}

void GangRunner::runFibers(AwBlock& block) {
  Fibers f{info_, &block};
  block.owner = &f;
  uint32_t gangs = block.launch->gangs;
  for (unsigned g = 0; g < gangs; ++g)
    f.fibers[g] = context::make_fcontext(stackTop(g), kStack, entry);
  for (bool more = true; more;) {
    more = false;
    for (f.gang = 0; f.gang < gangs; ++f.gang)
      if (unsigned g = f.gang; !f.done[g]) {
        f.fibers[g] = context::jump_fcontext(f.fibers[g], &f).fctx;
        more |= !f.done[g];
      }
  }
}

} // namespace anywarp::ptxsweep
