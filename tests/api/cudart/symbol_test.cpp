// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device variables by their host shadows.
#include "fixture.h"

namespace anywarp::test {
namespace {

class Symbols : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    declareVariable("table", sizeof shadow, false);
    declareVariable("counter", sizeof(int), true);
    unit = std::make_unique<Unit>(std::vector<std::string>{"k"});
    __cudaRegisterVar(unit->handle(), reinterpret_cast<char*>(shadow), nullptr, "table", 0,
                      sizeof shadow, 0, 0);
    __cudaRegisterVar(unit->handle(), &missing, nullptr, "missing", 0, 1, 0, 0);
    __cudaRegisterManagedVar(unit->handle(), &counter, nullptr, "counter", 0, sizeof(int), 0, 0);
  }
  int shadow[4] = {};
  char missing = 0;
  void* counter = nullptr;
  std::unique_ptr<Unit> unit;
};

TEST_F(Symbols, copies) {
  int in[] = {1, 2, 3, 4}, out[4] = {};
  ASSERT_OK(cudaMemcpyToSymbol(shadow, in, sizeof in, 0, cudaMemcpyHostToDevice));
  ASSERT_OK(cudaMemcpyFromSymbol(out, shadow, 8, 8, cudaMemcpyDeviceToHost));
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(out[1], 4);
  EXPECT_EQ(shadow[0], 0); // the shadow itself is only a name
  EXPECT_EQ(cudaMemcpyToSymbol(shadow, in, sizeof in, 4, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyToSymbol(shadow, in, 4, 0, cudaMemcpyDeviceToHost),
            cudaErrorInvalidMemcpyDirection);
  ASSERT_OK(cudaMemcpyToSymbolAsync(shadow, in + 2, 4, 0, cudaMemcpyHostToDevice, nullptr));
  ASSERT_OK(cudaMemcpyFromSymbolAsync(out, shadow, 4, 0, cudaMemcpyDeviceToHost, nullptr));
  ASSERT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(out[0], 3);
}

TEST_F(Symbols, address_and_size) {
  void* address = nullptr;
  size_t size = 0;
  ASSERT_OK(cudaGetSymbolAddress(&address, shadow));
  EXPECT_NE(address, nullptr);
  EXPECT_NE(address, shadow);
  ASSERT_OK(cudaGetSymbolSize(&size, shadow));
  EXPECT_EQ(size, sizeof shadow);
}

TEST_F(Symbols, unknown_ones) {
  int nothing;
  void* address = nullptr;
  EXPECT_EQ(cudaGetSymbolAddress(&address, &nothing), cudaErrorInvalidSymbol);
  EXPECT_EQ(cudaGetSymbolAddress(&address, &missing), cudaErrorInvalidSymbol);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidSymbol);
}

TEST_F(Symbols, managed_variables_are_there_after_the_module_is_initialised) {
  EXPECT_EQ(__cudaInitModule(unit->handle()), 1);
  ASSERT_NE(counter, nullptr);
  *static_cast<int*>(counter) = 5;
  cudaPointerAttributes attributes;
  ASSERT_OK(cudaPointerGetAttributes(&attributes, counter));
  EXPECT_EQ(attributes.type, cudaMemoryTypeManaged);
}

} // namespace
} // namespace anywarp::test
