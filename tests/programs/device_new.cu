// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// new and delete in device code, and the device runtime without its header, as nvcc has them with
// every source.
#include <cstdio>

struct Weight {
  __device__ virtual ~Weight() {}
  __device__ virtual int weight() const = 0;
};
struct Node : Weight {
  __device__ Node(int value, Node* next) : value(value), next(next) {}
  __device__ int weight() const override { return value; }
  int value;
  Node* next;
};
struct Heavy : Node {
  using Node::Node;
  __device__ int weight() const override { return 10 * value; }
};

__global__ void lists(int* sums) {
  Node* list = nullptr;
  for (int i = 0; i <= int(threadIdx.x); ++i)
    list = i % 2 ? new Heavy(i, list) : new Node(i, list);
  int* array = new int[4];
  array[threadIdx.x % 4] = 1;
  int sum = array[threadIdx.x % 4];
  delete[] array;
  while (list) {
    Node* next = list->next;
    sum += list->weight();
    delete list;
    list = next;
  }
  int device = -1;
  sums[threadIdx.x] = cudaGetDevice(&device) == cudaSuccess ? sum + device : -1;
}

int main() {
  int* sums;
  cudaMallocManaged(&sums, 32 * sizeof *sums);
  lists<<<1, 32>>>(sums);
  int error = cudaDeviceSynchronize(), wrong = 0;
  for (int i = 0; i < 32; ++i) {
    int sum = 1;
    for (int j = 0; j <= i; ++j)
      sum += j % 2 ? 10 * j : j;
    wrong += sums[i] != sum;
  }
  std::printf("error %d, %d of 32 wrong\n", error, wrong);
}
