// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Litmus tests of the PTX memory model (PTX ISA, "Memory Consistency Model"): small programs of two
// to four threads, each with an outcome that the model forbids. They run between the warps of a
// block, between blocks, and between the host and the device; every lane plays a game of its own,
// with all lanes of a warp and with some of them. With an argument it prints how often the weak
// outcome of store buffering without fences was seen: the games do meet.
#include <cstdio>
#include <cuda_runtime.h>

enum Scope { Cta, Gpu, Sys };

#define BY_SCOPE(S, BEFORE, AFTER, ...)                                                            \
  do {                                                                                             \
    if constexpr (S == Cta)                                                                        \
      asm volatile(BEFORE ".cta" AFTER __VA_ARGS__);                                               \
    else if constexpr (S == Gpu)                                                                   \
      asm volatile(BEFORE ".gpu" AFTER __VA_ARGS__);                                               \
    else                                                                                           \
      asm volatile(BEFORE ".sys" AFTER __VA_ARGS__);                                               \
  } while (0)

template <Scope S> __device__ void store(int* p, int v) {
  BY_SCOPE(S, "st.relaxed", ".s32 [%0], %1;", ::"l"(p), "r"(v) : "memory");
}
template <Scope S> __device__ int load(int* p) {
  int v;
  BY_SCOPE(S, "ld.relaxed", ".s32 %0, [%1];", : "=r"(v) : "l"(p) : "memory");
  return v;
}
template <Scope S> __device__ void storeRelease(int* p, int v) {
  BY_SCOPE(S, "st.release", ".s32 [%0], %1;", ::"l"(p), "r"(v) : "memory");
}
template <Scope S> __device__ int loadAcquire(int* p) {
  int v;
  BY_SCOPE(S, "ld.acquire", ".s32 %0, [%1];", : "=r"(v) : "l"(p) : "memory");
  return v;
}
template <Scope S> __device__ void fenceSc() {
  BY_SCOPE(S, "fence.sc", ";", :: : "memory");
}
template <Scope S> __device__ void fenceAcqRel() {
  BY_SCOPE(S, "fence.acq_rel", ";", :: : "memory");
}
__device__ void storeVolatile(int* p, int v) {
  asm volatile("st.volatile.s32 [%0], %1;" ::"l"(p), "r"(v) : "memory");
}
__device__ int loadVolatile(int* p) {
  int v;
  asm volatile("ld.volatile.s32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}
template <Scope S> __device__ void membar() {
  if constexpr (S == Cta)
    asm volatile("membar.cta;" ::: "memory");
  else if constexpr (S == Gpu)
    asm volatile("membar.gl;" ::: "memory");
  else
    asm volatile("membar.sys;" ::: "memory");
}

// One game: places x and y, far apart, and what the players saw.
struct Game {
  int x, padX[31], y, padY[31];
  int seen[4], padSeen[28];
};

// Each has players() roles and forbidden(game); play<S>(role, game) is what one role does.
struct MessageFences {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "message passing, fence.acq_rel";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role == 0) {
      g.x = 1;
      fenceAcqRel<S>();
      store<S>(&g.y, 1);
    } else {
      g.seen[0] = load<S>(&g.y);
      fenceAcqRel<S>();
      g.seen[1] = load<S>(&g.x);
    }
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 1 && g.seen[1] == 0; }
};
struct MessageOrders {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "message passing, st.release and ld.acquire";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role == 0) {
      g.x = 1;
      storeRelease<S>(&g.y, 1);
    } else {
      g.seen[0] = loadAcquire<S>(&g.y);
      g.seen[1] = load<S>(&g.x);
    }
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 1 && g.seen[1] == 0; }
};
struct MessageVolatile {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "message passing, volatile and membar";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role == 0) {
      storeVolatile(&g.x, 1);
      membar<S>();
      storeVolatile(&g.y, 1);
    } else {
      g.seen[0] = loadVolatile(&g.y);
      membar<S>();
      g.seen[1] = loadVolatile(&g.x);
    }
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 1 && g.seen[1] == 0; }
};
struct MessageAtomics {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "message passing, red.release and atom.acquire";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role == 0) {
      g.x = 1;
      BY_SCOPE(S, "red.release", ".add.s32 [%0], 1;", ::"l"(&g.y) : "memory");
    } else {
      int v;
      BY_SCOPE(S, "atom.acquire", ".or.b32 %0, [%1], 0;", : "=r"(v) : "l"(&g.y) : "memory");
      g.seen[0] = v;
      g.seen[1] = load<S>(&g.x);
    }
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 1 && g.seen[1] == 0; }
};
struct StoreBuffering {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "store buffering, fence.sc";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    store<S>(role ? &g.y : &g.x, 1);
    fenceSc<S>();
    g.seen[role] = load<S>(role ? &g.x : &g.y);
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 0 && g.seen[1] == 0; }
};
struct StoreBufferingWeak {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "store buffering without fences (allowed)";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    store<S>(role ? &g.y : &g.x, 1);
    g.seen[role] = load<S>(role ? &g.x : &g.y);
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 0 && g.seen[1] == 0; }
};
struct LoadBuffering {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "load buffering, fence.acq_rel";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    g.seen[role] = load<S>(role ? &g.y : &g.x);
    fenceAcqRel<S>();
    store<S>(role ? &g.x : &g.y, 1);
  }
  static bool forbidden(const Game& g) { return g.seen[0] == 1 && g.seen[1] == 1; }
};
struct TwoWrites {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "2+2W, fence.sc";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    store<S>(role ? &g.y : &g.x, 1);
    fenceSc<S>();
    store<S>(role ? &g.x : &g.y, 2);
  }
  static bool forbidden(const Game& g) { return g.x == 1 && g.y == 1; }
};
struct Coherence {
  static constexpr int kPlayers = 2;
  static constexpr const char* kName = "coherence of reads";
  template <Scope S> static __device__ void play(int role, Game& g, int lane) {
    if (role == 0) {
      store<S>(&g.x, 1);
      store<S>(&g.x, 2);
      return;
    }
    int* again = lane >= 0 ? &g.x : &g.y; // the same place, by another address computation
    g.seen[0] = load<S>(&g.x);
    g.seen[1] = load<S>(again);
    g.seen[2] = loadVolatile(&g.x);
  }
  static bool forbidden(const Game& g) {
    return g.seen[0] > g.seen[1] || g.seen[1] > g.seen[2] || g.x != 2;
  }
};
struct Causality {
  static constexpr int kPlayers = 3;
  static constexpr const char* kName = "write to read causality";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role == 0) {
      store<S>(&g.x, 1);
    } else if (role == 1) {
      g.seen[0] = loadAcquire<S>(&g.x);
      storeRelease<S>(&g.y, g.seen[0] + 1);
    } else {
      g.seen[1] = loadAcquire<S>(&g.y);
      g.seen[2] = load<S>(&g.x);
    }
  }
  static bool forbidden(const Game& g) { return g.seen[1] == 2 && g.seen[2] == 0; }
};
struct IndependentReads {
  static constexpr int kPlayers = 4;
  static constexpr const char* kName = "independent reads, fence.sc";
  template <Scope S> static __device__ void play(int role, Game& g, int) {
    if (role < 2) {
      store<S>(role ? &g.y : &g.x, 1);
      return;
    }
    g.seen[(role - 2) * 2] = load<S>(role == 2 ? &g.x : &g.y);
    fenceSc<S>();
    g.seen[(role - 2) * 2 + 1] = load<S>(role == 2 ? &g.y : &g.x);
  }
  static bool forbidden(const Game& g) {
    return g.seen[0] == 1 && g.seen[1] == 0 && g.seen[2] == 1 && g.seen[3] == 0;
  }
};

constexpr int kRounds = 40, kTurns = 16, kGames = kRounds * kTurns * 32;

// All players are at the same round: they play its turns at about the same time.
__device__ void meet(int* arrived, int players, int round) {
  __syncwarp();
  if (threadIdx.x % 32 == 0) {
    atomicAdd(arrived, 1);
    while (*static_cast<volatile int*>(arrived) < players * (round + 1))
      ;
  }
  __syncwarp();
}

template <typename T, Scope S>
__global__ void tournament(Game* games, int* arrived, unsigned lanes) {
  int lane = int(threadIdx.x % 32);
  int role = S == Cta ? int(threadIdx.x / 32) : int(blockIdx.x);
  for (int round = 0; round < kRounds; round++) {
    meet(arrived, T::kPlayers, round);
    if (S == Cta && (round * 7 + role) % 3 == 0)
      asm volatile("nanosleep.u32 0;"); // warps of one block change places
    if (lanes >> lane & 1)
      for (int turn = 0; turn < kTurns; turn++)
        T::template play<S>(role, games[(round * kTurns + turn) * 32 + lane], lane);
  }
}

static Game* games;
static int* arrived;
static int failures = 0;

static void clear() {
  for (int i = 0; i < kGames; i++)
    games[i] = {};
  *arrived = 0;
}

template <typename T> static long count(unsigned lanes) {
  long n = 0;
  for (int i = 0; i < kGames; i++)
    if (lanes >> (i % 32) & 1)
      n += T::forbidden(games[i]);
  return n;
}

template <typename T, Scope S> static long run(unsigned lanes) {
  clear();
  if (S == Cta)
    tournament<T, S><<<1, 32 * T::kPlayers>>>(games, arrived, lanes);
  else
    tournament<T, S><<<T::kPlayers, 32>>>(games, arrived, lanes);
  if (cudaDeviceSynchronize() != cudaSuccess)
    return -1;
  return count<T>(lanes);
}

template <typename T> static void test() {
  long seen[4] = {run<T, Cta>(~0u), run<T, Gpu>(~0u), run<T, Gpu>(0xb6db6db6), run<T, Sys>(~0u)};
  bool right = true;
  for (long n : seen)
    right &= n == 0;
  failures += !right;
  printf("%s: %s", T::kName, right ? "never\n" : "");
  if (!right)
    printf("%ld in a block, %ld between blocks, %ld with some lanes, %ld .sys\n", seen[0], seen[1],
           seen[2], seen[3]);
}

// The host is role 0, the device role 1.
template <typename T> __global__ void deviceSide(Game* g, volatile int* round) {
  int lane = int(threadIdx.x);
  for (int r = 0; r < kRounds; r++) {
    while (*round < r + 1)
      ;
    for (int turn = 0; turn < kTurns; turn++)
      T::template play<Sys>(1, g[(r * kTurns + turn) * 32 + lane], lane);
    __syncwarp();
    if (lane == 0)
      round[32] = r + 1;
  }
}

template <typename T, typename Host> static void testHost(Host host) {
  clear();
  volatile int* round = arrived;
  round[32] = 0;
  deviceSide<T><<<1, 32>>>(games, round);
  bool alive = true;
  for (int r = 0; r < kRounds && alive; r++) {
    *round = r + 1;
    for (int i = 0; i < kTurns * 32; i++)
      host(games[r * kTurns * 32 + i]);
    while (round[32] < r + 1 && alive)
      alive = cudaStreamQuery(nullptr) == cudaErrorNotReady || round[32] == r + 1;
  }
  bool right = cudaDeviceSynchronize() == cudaSuccess && alive && count<T>(~0u) == 0;
  failures += !right;
  printf("%s, host and device: %s\n", T::kName, right ? "never" : "SEEN");
}

static void put(int& place, int v, int order) {
  __atomic_store(&place, &v, order);
}
static int get(int& place, int order) {
  int v;
  __atomic_load(&place, &v, order);
  return v;
}

// Every lane of every block adds; nothing is lost.
__global__ void adds(int* sum, unsigned long long* wide, float* real) {
  for (int i = 0; i < 50; i++) {
    atomicAdd(sum, 1);
    atomicAdd(wide + threadIdx.x % 2, 3ull);
    atomicAdd(real, 1.0f);
  }
}

int main(int argc, char**) {
  cudaMallocManaged(&games, sizeof(Game) * kGames);
  cudaMallocManaged(&arrived, 4096);
  if (argc > 1) {
    printf("%s: %ld\n", StoreBufferingWeak::kName, run<StoreBufferingWeak, Gpu>(~0u));
    return 0;
  }
  test<MessageFences>();
  test<MessageOrders>();
  test<MessageVolatile>();
  test<MessageAtomics>();
  test<StoreBuffering>();
  test<LoadBuffering>();
  test<TwoWrites>();
  test<Coherence>();
  test<Causality>();
  test<IndependentReads>();
  testHost<MessageOrders>([](Game& g) {
    put(g.x, 1, __ATOMIC_RELAXED);
    put(g.y, 1, __ATOMIC_RELEASE);
  });
  testHost<StoreBuffering>([](Game& g) {
    put(g.x, 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    g.seen[0] = get(g.y, __ATOMIC_RELAXED);
  });
  testHost<LoadBuffering>([](Game& g) {
    g.seen[0] = get(g.x, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQ_REL);
    put(g.y, 1, __ATOMIC_RELAXED);
  });
  int* sum = arrived + 8;
  auto* wide = reinterpret_cast<unsigned long long*>(arrived + 16);
  auto* real = reinterpret_cast<float*>(arrived + 24);
  *sum = 0;
  wide[0] = wide[1] = 0;
  *real = 0;
  adds<<<20, 96>>>(sum, wide, real);
  bool right = cudaDeviceSynchronize() == cudaSuccess && *sum == 96000 && wide[0] == 144000 &&
               wide[1] == 144000 && *real == 96000.0f;
  failures += !right;
  printf("atomic additions: %s\n", right ? "right" : "WRONG");
  return failures != 0;
}
