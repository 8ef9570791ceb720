// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <thread>
#include <vector>

namespace anywarp::ptxsweep {

constexpr size_t kStack = size_t(256) << 20;

unsigned processors() {
  return std::max(1u, std::thread::hardware_concurrency());
}

void inParallel(size_t count, const std::function<void(size_t)>& fn) {
  struct Shared {
    std::atomic<size_t> next{0};
    size_t count;
    const std::function<void(size_t)>& fn;
  } shared{{0}, count, fn};
  auto work = [](void* arg) -> void* {
    auto& s = *static_cast<Shared*>(arg);
    for (size_t i; (i = s.next++) < s.count;)
      s.fn(i);
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  std::vector<pthread_t> threads(std::min<size_t>(count, processors()));
  for (pthread_t& t : threads)
    if (pthread_create(&t, &attributes, work, &shared))
      exit((perror("pthread_create"), 2));
  for (pthread_t t : threads)
    pthread_join(t, nullptr);
}

} // namespace anywarp::ptxsweep
