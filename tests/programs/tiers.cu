// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A kernel of so much code that it starts with quickly made code (ANYWARP_TIER=auto).
//   tiers until LOGFILE   launches until the log says that better code is there, then once more
//   tiers leave MILLIS    launches once and ends that much later, whatever is still being compiled
//   tiers stay FILE       launches once and ends when there is such a file
//   tiers children LOGFILE  as until, and notices no child and no signal of one but its own
//   tiers forked MILLIS   as leave, in a child that the process forks before it uses CUDA
//   tiers closes LOGFILE  closes all descriptors meanwhile, as daemons do, and uses the numbers
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

constexpr unsigned kRounds = 110, kThreads = 1000;

// Any function whose rounds are all different.
__host__ __device__ inline unsigned mixed(unsigned seed) {
  unsigned a = seed, b = ~seed;
#pragma clang loop unroll(full)
  for (unsigned i = 0; i < kRounds; i++) {
    unsigned c = (a ^ (b >> (i % 13 + 1))) * (2654435761u + 2 * i);
    float f = float(c >> 20) * float(i + 1) + float(b & 255); // exact, fused or not
    if (c & (1u << (i % 31)))
      b += a + unsigned(f * 0.25f);
    else
      b ^= c;
    a = c + (b << (i % 7 + 1)) + unsigned(f > 2e5f);
  }
  return a ^ b;
}

__global__ void mix(unsigned* out, unsigned salt) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < kThreads)
    out[i] = mixed(i * 17 + salt);
}

static unsigned* deviceOut;

static void launch(unsigned salt) {
  std::vector<unsigned> out(kThreads);
  mix<<<(kThreads + 127) / 128, 128>>>(deviceOut, salt);
  if (cudaMemcpy(out.data(), deviceOut, kThreads * sizeof(unsigned), cudaMemcpyDeviceToHost) !=
      cudaSuccess) {
    printf("error: %s\n", cudaGetErrorString(cudaGetLastError()));
    exit(1);
  }
  for (unsigned i = 0; i < kThreads; i++)
    if (out[i] != mixed(i * 17 + salt)) {
      printf("wrong at %u with salt %u\n", i, salt);
      exit(1);
    }
}

static bool says(const char* file, const char* text) {
  std::ifstream stream(file);
  std::string all((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  return all.find(text) != all.npos;
}

static void check(bool fine, const char* what) {
  if (fine)
    return;
  printf("not so: %s\n", what);
  exit(1);
}

static void start() {
  check(cudaMalloc(&deviceOut, kThreads * sizeof(unsigned)) == cudaSuccess, "memory");
  launch(0);
  printf("started\n");
  fflush(stdout);
}

static void leave(const char* millis) {
  start();
  std::this_thread::sleep_for(std::chrono::milliseconds(atoi(millis)));
}

static void stay(const char* file) {
  start();
  while (access(file, F_OK) != 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

// meanwhile() is called before each launch.
template <typename Fn> static void until(const char* file, Fn meanwhile) {
  start();
  for (unsigned salt = 1; salt < 20000 && !says(file, "compiled better"); salt++) {
    meanwhile();
    launch(salt);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (unsigned salt = 50000; salt < 50003; salt++)
    launch(salt);
  printf("ended\n");
}

static volatile sig_atomic_t childSignals = 0;

static void children(const char* file) {
  signal(SIGCHLD, [](int) { childSignals = childSignals + 1; });
  until(file, [] {
    check(waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD, "no children");
    check(childSignals == 0, "no signals of children");
  });
  pid_t child = fork();
  if (!child)
    _exit(3);
  int status = 0;
  check(waitpid(-1, &status, 0) == child && WEXITSTATUS(status) == 3, "the child is found");
  check(waitpid(-1, nullptr, 0) == -1 && errno == ECHILD, "and no other");
  check(childSignals == 1, "one signal for one child");
}

static void forked(const char* millis) {
  pid_t child = fork();
  if (!child) {
    leave(millis);
    exit(0);
  }
  int status = -1;
  check(waitpid(-1, &status, 0) == child && status == 0, "the child ends well");
  check(waitpid(-1, nullptr, 0) == -1 && errno == ECHILD, "and there is no other");
}

// All numbers that the runtime may have had for itself are pipes of the program then.
static void closes(const char* file) {
  constexpr int kMost = 64;
  bool done = false;
  int pipes[kMost][2], count = 0;
  until(file, [&] {
    if (done)
      return;
    done = true;
    for (int fd = 3; fd < kMost; fd++)
      close(fd);
    for (; count < kMost / 2 && pipe(pipes[count]) == 0; count++)
      check(write(pipes[count][1], "x", 1) == 1, "a pipe takes a byte");
  });
  for (int i = 0; i < count; i++) {
    char c = 0;
    check(read(pipes[i][0], &c, 1) == 1 && c == 'x', "and gives it back");
  }
}

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  std::string mode = argv[1];
  if (mode == "leave")
    leave(argv[2]);
  else if (mode == "stay")
    stay(argv[2]);
  else if (mode == "until")
    until(argv[2], [] {});
  else if (mode == "children")
    children(argv[2]);
  else if (mode == "forked")
    forked(argv[2]);
  else if (mode == "closes")
    closes(argv[2]);
  else
    return 2;
  return 0;
}
