// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Warp matrix functions of mma.h: every element type, shape and pair of layouts against a plain
// triple loop. Small whole numbers, so that each type holds all sums exactly.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mma.h>
#include <type_traits>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

using namespace nvcuda;
namespace precision = wmma::experimental::precision;
using wmma::precision::tf32;

static int failures = 0;
static uint32_t state = 12345;
static int random(int low, int high) {
  state = state * 1664525 + 1013904223;
  return low + int((state >> 8) % unsigned(high - low + 1));
}

// How a type's numbers lie in memory: their type, or packed bits.
template <class T> struct Memory {
  typedef T type;
  static constexpr int bits = 8 * sizeof(T), low = std::is_unsigned<T>::value ? 0 : -3, high = 3;
};
template <> struct Memory<tf32> {
  typedef float type;
  static constexpr int bits = 32, low = -3, high = 3;
};
template <> struct Memory<precision::s4> {
  typedef uint8_t type;
  static constexpr int bits = 4, low = -8, high = 7;
};
template <> struct Memory<precision::u4> {
  typedef uint8_t type;
  static constexpr int bits = 4, low = 0, high = 15;
};
template <> struct Memory<precision::b1> {
  typedef uint8_t type;
  static constexpr int bits = 1, low = 0, high = 1;
};

template <class T> static void put(std::vector<uint8_t>& bytes, int i, int value) {
  constexpr int bits = Memory<T>::bits;
  if constexpr (bits < 8) {
    unsigned mask = (1u << bits) - 1, shift = i * bits % 8;
    bytes[i * bits / 8] |= uint8_t((unsigned(value) & mask) << shift);
  } else {
    typename Memory<T>::type v = (typename Memory<T>::type)(float)value;
    std::memcpy(&bytes[i * sizeof v], &v, sizeof v);
  }
}

// A matrix of rows x columns with a gap after each row or column, as ldm allows.
template <class T, class Layout> struct Matrix {
  static constexpr bool byRows = std::is_same<Layout, wmma::row_major>::value;
  int rows, columns, ldm;
  std::vector<int> values;
  std::vector<uint8_t> bytes;
  Matrix(int rows_, int columns_)
      : rows(rows_), columns(columns_), ldm((byRows ? columns_ : rows_) + 128 / Memory<T>::bits),
        values(rows_ * columns_),
        bytes((size_t)ldm * (byRows ? rows_ : columns_) * Memory<T>::bits / 8) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        int v = random(Memory<T>::low, Memory<T>::high);
        values[r * columns + c] = v;
        put<T>(bytes, at(r, c), v);
      }
  }
  int at(int r, int c) const { return byRows ? r * ldm + c : c * ldm + r; }
};

template <class Bytes> static void* toDevice(const Bytes& bytes) {
  void* p;
  CHECK(cudaMalloc(&p, bytes.size()));
  CHECK(cudaMemcpy(p, bytes.data(), bytes.size(), cudaMemcpyHostToDevice));
  return p;
}

enum Operation { kMultiply, kXor, kAnd };

template <class T, class TD, class TC, int M, int N, int K, class LA, class LB>
__global__ void product(const void* a, int lda, const void* b, int ldb, const TC* c, TD* d, int ldd,
                        bool cByRows, bool satf, int operation) {
  typedef typename Memory<T>::type Element;
  wmma::fragment<wmma::matrix_a, M, N, K, T, LA> fa;
  wmma::fragment<wmma::matrix_b, M, N, K, T, LB> fb;
  wmma::fragment<wmma::accumulator, M, N, K, TC> fc;
  wmma::fragment<wmma::accumulator, M, N, K, TD> fd;
  wmma::load_matrix_sync(fa, (const Element*)a, lda);
  wmma::load_matrix_sync(fb, (const Element*)b, ldb);
  wmma::layout_t layout = cByRows ? wmma::mem_row_major : wmma::mem_col_major;
  if (c)
    wmma::load_matrix_sync(fc, c, ldd, layout);
  else
    wmma::fill_fragment(fc, (TC)(float)7);
  if constexpr (K == 128)
    wmma::bmma_sync(fd, fa, fb, fc,
                    operation == kAnd ? wmma::experimental::bmmaBitOpAND
                                      : wmma::experimental::bmmaBitOpXOR);
  else
    wmma::mma_sync(fd, fa, fb, fc, satf);
  // Each number of the fragment is the thread's own.
  for (int i = 0; i < fd.num_elements; ++i)
    fd.x[i] = fd.x[i] + (TD)(float)1;
  wmma::store_matrix_sync(d, fd, ldd, layout);
}

template <class T, class TD, class TC, int M, int N, int K, class LA, class LB>
static void test(const char* name, bool cByRows, bool filled, Operation operation = kMultiply) {
  Matrix<T, LA> a(M, K);
  Matrix<T, LB> b(K, N);
  int ldd = (cByRows ? N : M) + 8, others = cByRows ? M : N;
  std::vector<TC> c(ldd * others);
  for (TC& v : c)
    v = (TC)(float)random(-20, 20);
  std::vector<TD> d(ldd * others, (TD)(float)99);
  void* da = toDevice(a.bytes);
  void* db = toDevice(b.bytes);
  TC* dc;
  TD* dd;
  CHECK(cudaMalloc(&dc, c.size() * sizeof(TC)));
  CHECK(cudaMalloc(&dd, d.size() * sizeof(TD)));
  CHECK(cudaMemcpy(dc, c.data(), c.size() * sizeof(TC), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(dd, d.data(), d.size() * sizeof(TD), cudaMemcpyHostToDevice));
  product<T, TD, TC, M, N, K, LA, LB>
      <<<1, 32>>>(da, a.ldm, db, b.ldm, filled ? nullptr : dc, dd, ldd, cByRows, filled, operation);
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaMemcpy(d.data(), dd, d.size() * sizeof(TD), cudaMemcpyDeviceToHost));
  int wrong = 0;
  for (int i = 0; i < ldd * others; ++i) {
    int along = i % ldd, across = i / ldd, want = 99; // the gap stays as it was
    if (along < (cByRows ? N : M)) {
      int row = cByRows ? across : along, column = cByRows ? along : across;
      want = 1 + (filled ? 7 : (int)(float)c[i]);
      for (int k = 0; k < K; ++k) {
        int x = a.values[row * K + k], y = b.values[k * N + column];
        want += operation == kMultiply ? x * y : operation == kXor ? x ^ y : x & y;
      }
    }
    wrong += (float)d[i] != (float)want;
  }
  if (wrong) {
    ++failures;
    std::printf("%s m%dn%dk%d: %d wrong\n", name, M, N, K, wrong);
  }
  for (void* p : {da, db, (void*)dc, (void*)dd})
    CHECK(cudaFree(p));
}

template <class T, class TD, class TC, int M, int N, int K>
static void testLayouts(const char* name) {
  typedef wmma::row_major Row;
  typedef wmma::col_major Col;
  test<T, TD, TC, M, N, K, Row, Row>(name, true, false);
  test<T, TD, TC, M, N, K, Row, Col>(name, false, false);
  test<T, TD, TC, M, N, K, Col, Row>(name, true, true);
  test<T, TD, TC, M, N, K, Col, Col>(name, false, true);
}
template <class T, class TD, class TC> static void testShapes(const char* name) {
  testLayouts<T, TD, TC, 16, 16, 16>(name);
  testLayouts<T, TD, TC, 32, 8, 16>(name);
  testLayouts<T, TD, TC, 8, 32, 16>(name);
}
template <class T, int K> static void testPacked(const char* name, Operation operation) {
  for (bool byRows : {true, false})
    test<T, int, int, 8, 8, K, wmma::row_major, wmma::col_major>(name, byRows, !byRows, operation);
}

static __global__ void roundToTf32(const float* in, float* out) {
  out[threadIdx.x] = wmma::__float_to_tf32(in[threadIdx.x]);
}
static void testTf32() {
  const int n = 4;
  float in[n] = {1 + 0x1p-10f, 1 + 0x1p-11f, -(1 + 0x1p-11f), 1 + 0x1.ffp-12f};
  float want[n] = {1 + 0x1p-10f, 1 + 0x1p-10f, -(1 + 0x1p-10f), 1}, out[n];
  float *din, *dout;
  CHECK(cudaMalloc(&din, sizeof in));
  CHECK(cudaMalloc(&dout, sizeof out));
  CHECK(cudaMemcpy(din, in, sizeof in, cudaMemcpyHostToDevice));
  roundToTf32<<<1, n>>>(din, dout);
  CHECK(cudaMemcpy(out, dout, sizeof out, cudaMemcpyDeviceToHost));
  if (std::memcmp(out, want, sizeof out)) {
    ++failures;
    std::printf("__float_to_tf32 rounds wrongly\n");
  }
}

int main() {
  testShapes<__half, float, float>("half to float");
  testShapes<__half, __half, __half>("half to half");
  testShapes<__half, float, __half>("half and half to float");
  testShapes<__half, __half, float>("half and float to half");
  testShapes<__nv_bfloat16, float, float>("bfloat16");
  testShapes<signed char, int, int>("signed char");
  testShapes<unsigned char, int, int>("unsigned char");
  testLayouts<tf32, float, float, 16, 16, 8>("tf32");
  testLayouts<double, double, double, 8, 8, 4>("double");
  testPacked<precision::s4, 32>("s4", kMultiply);
  testPacked<precision::u4, 32>("u4", kMultiply);
  testPacked<precision::b1, 128>("b1 xor", kXor);
  testPacked<precision::b1, 128>("b1 and", kAnd);
  testTf32();
  std::printf(failures ? "%d failures\n" : "warp matrices: passed\n", failures);
  return failures != 0;
}
