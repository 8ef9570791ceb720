/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What compiled kernels and the backend that runs them agree on. C layout: spmd/ emits accesses by
 * offsetof(), backends/cpu fills the structs. Change AW_KERNEL_ABI when anything here changes: it
 * is part of the cache key.
 *
 * A kernel runs in gangs of AW_GANG_WIDTH threads: gang g of a block holds the threads with linear
 * index 32 g .. 32 g + 31 (a warp). A gang function runs one gang until it finishes or stops at a
 * barrier; between the two lies no stack: live values are saved in the gang's frame. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AW_KERNEL_ABI 11u
#define AW_GANG_WIDTH 32u

struct AwRuntime;
struct AwSuspend;
struct AwTensorMap; /* tensor_map.h */
struct AwReplicas;  /* multimem_abi.h */

/* One per launch; read-only while it runs. */
struct AwLaunch {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t threads;        /* in a block */
  uint32_t gangs;          /* in a block */
  uint32_t dynamic_shared; /* bytes asked for at launch */
  uint32_t total_shared;   /* static (aligned to 16) + dynamic */
  uint64_t grid_id;
  const void* params;   /* the kernel's parameter block, laid out as PTX says; 16-byte aligned */
  void* const* globals; /* address of module variable i (ptx/index.h numbers them) */
  const struct AwRuntime* runtime;
  void* owner;               /* the backend's own launch object */
  uint32_t cluster[3];       /* blocks of a cluster along each axis; 1 without clusters */
  uint32_t cluster_explicit; /* the launch or the kernel asks for clusters */
  uint64_t all_threads;      /* of the whole grid: how much it writes */
  uint32_t block_inverse[2]; /* AW_INVERSE(block[0]), AW_INVERSE(block[1]) */
};

/* x / n == (x * AW_INVERSE(n)) >> 20 for x below 1024 and n up to 1024: what the product has too
 * much is at most x, which is below 2^20 / n. */
#define AW_INVERSE(n) ((1u << 20) / (n) + 1)

/* One per worker while it runs blocks. */
struct AwBlock {
  const struct AwLaunch* launch;
  uint32_t ctaid[3];
  uint32_t sm;  /* %smid: the worker's number */
  char* shared; /* shared window: total_shared bytes, 128-byte aligned */
  char* frames; /* gangs * frame_size bytes, 64-byte aligned; frame g belongs to gang g */
  char* local; /* gangs * local_size bytes, 64-byte aligned: local memory that outlives a barrier */
  void* owner; /* the backend's own worker object */
  uint32_t current_thread; /* linear thread index a per-lane service is called for */
  uint32_t cluster_rank;   /* of this block in its cluster */
};

/* The shared windows of a cluster lie this far apart, in order of rank: a 32-bit shared::cluster
 * address is rank * AW_CLUSTER_STRIDE + offset. */
#define AW_CLUSTER_STRIDE (1u << 24)
/* The barriers 0..15 are PTX's own. 8 from here on are where the warps of each warpgroup meet
 * (wgmma.wait_group). */
#define AW_WARPGROUP_BARRIER 16u
/* Barriers from this number on are the cluster's: arriving and waiting apart, no count. */
#define AW_CLUSTER_BARRIER 24u

/* Why a gang stopped; lies at the start of its frame. Barriers count threads, as PTX does. */
enum { AW_STOP_BARRIER = 0, AW_STOP_YIELD = 1 };
enum { AW_RED_NONE = 0, AW_RED_POPC = 1, AW_RED_AND = 2, AW_RED_OR = 3 };
struct AwSuspend {
  uint32_t kind;    /* AW_STOP_* */
  uint32_t barrier; /* 0..15, AW_WARPGROUP_BARRIER + 0..7, AW_CLUSTER_BARRIER */
  uint32_t count;   /* threads the barrier waits for; 0: all of the block's that have not exited */
  uint32_t lanes;   /* threads of this gang that arrive with this stop */
  uint32_t live;    /* threads of this gang that have not exited */
  uint32_t red;     /* AW_RED_* */
  uint32_t
      value; /* in: this gang's popcount of the predicate among arriving lanes; out: popc, or 0/1 */
  uint32_t reserved[9];
};

/* Runs gang `gang` of the block from `resume` (0: from the start). Returns 0 when all its threads
 * have exited, else a resume point to call again with once frame->AwSuspend has been served.
 *
 * AW_STOP_WHOLE in what it returns: all 32 threads wait at barrier 0 for all of the block, the rest
 * is the resume point. That is what nearly all stops are; nothing is written to the frame then,
 * and awWholeStop() is what would be there. */
#define AW_STOP_WHOLE 0x80000000u
static inline struct AwSuspend awWholeStop(void) {
  struct AwSuspend stop = {AW_STOP_BARRIER, 0,           0, AW_GANG_WIDTH,
                           AW_GANG_WIDTH,   AW_RED_NONE, 0, {0}};
  return stop;
}
typedef uint32_t (*AwGangFn)(struct AwBlock*, uint32_t gang, uint32_t resume);

/* Runs whole blocks first .. first+count-1 in linear order (x fastest); sets block->ctaid itself.
 * Null for kernels with barriers. */
typedef void (*AwRangeFn)(struct AwBlock*, uint64_t first, uint64_t count);

/* Runs gangs gang .. gang + fused_gangs - 1, all of whose threads exist, side by side from the same
 * resume point, resume[0], to their next stops; resume[k] becomes what the gang function would
 * return for gang + k. Null where that is not faster. */
typedef void (*AwFusedFn)(struct AwBlock*, uint32_t gang, uint32_t* resume);

/* Exported by every compiled kernel as the symbol "aw_kernel_info". */
struct AwKernelInfo {
  uint32_t abi;           /* AW_KERNEL_ABI */
  uint32_t flags;         /* AW_KERNEL_* */
  uint32_t frame_size;    /* bytes a gang, multiple of 64; 0 without barriers */
  uint32_t local_size;    /* bytes of AwBlock::local a gang, multiple of 64 */
  uint32_t static_shared; /* bytes */
  uint32_t local_bytes;   /* local memory a thread, for cuFuncGetAttribute */
  uint32_t max_registers; /* estimate, for cuFuncGetAttribute */
  uint32_t fused_gangs;
  AwGangFn gang;
  AwRangeFn range;
  const char* name;
  AwFusedFn fused;
};
enum {
  AW_KERNEL_BARRIER = 1, /* gang() may stop; range is null */
  AW_KERNEL_FIBER = 2, /* barriers are calls of runtime->barrier: run each gang on its own stack */
};

/* Services that compiled code calls through AwLaunch::runtime. Per-thread services get the block
 * first; one call serves one thread. Those marked noreturn leave the kernel by unwinding nothing.
 */
struct AwRuntime {
#define AW_RUNTIME_FUNCTION(ret, name, ...) ret (*name)(__VA_ARGS__);
#include "spmd/runtime_functions.def"
#undef AW_RUNTIME_FUNCTION
};

#ifdef __cplusplus
}
#endif
