// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// User objects: when the destructor is called.
#include "graph_fixture.h"

#include <atomic>
#include <chrono>
#include <climits>
#include <thread>

namespace {

class UserObject : public GraphTest {
protected:
  CUuserObject make(unsigned references) {
    CUuserObject object = nullptr;
    EXPECT_CU(cuUserObjectCreate(
        &object, &gone, [](void* p) { ++*static_cast<std::atomic<int>*>(p); }, references,
        CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
    return object;
  }
  // The destructor runs on another thread.
  bool goes() {
    for (int i = 0; i < 20000 && !gone; i++) // the machine may be busy
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return gone == 1;
  }
  bool stays() {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return gone == 0;
  }
  std::atomic<int> gone{0};
};

TEST_F(UserObject, goes_with_its_last_reference) {
  CUuserObject object = make(2);
  EXPECT_CU(cuUserObjectRetain(object, 3));
  EXPECT_CU(cuUserObjectRelease(object, 4));
  EXPECT_TRUE(stays());
  EXPECT_CU(cuUserObjectRelease(object, 1));
  EXPECT_TRUE(goes());
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 1));
}

TEST_F(UserObject, lives_as_long_as_graphs_and_launches_need_it) {
  CUuserObject object = make(1);
  EXPECT_CU(cuGraphRetainUserObject(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 1)); // moved
  CUgraph clone = nullptr;
  EXPECT_CU(cuGraphClone(&clone, graph));
  CUgraphExec exec = instantiate(graph);
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_TRUE(stays());
  EXPECT_CU(cuGraphDestroy(clone));
  EXPECT_TRUE(stays());
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_TRUE(goes());
  EXPECT_CU(cuGraphCreate(&graph, 0));
}

TEST_F(UserObject, of_a_child_lives_with_the_parent) {
  CUgraph child = nullptr;
  EXPECT_CU(cuGraphCreate(&child, 0));
  CUuserObject object = make(1);
  EXPECT_CU(cuGraphRetainUserObject(child, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
  CUgraphNode node = nullptr;
  EXPECT_CU(cuGraphAddChildGraphNode(&node, graph, nullptr, 0, child));
  EXPECT_CU(cuGraphDestroy(child));
  EXPECT_TRUE(stays());
  CUgraphExec exec = instantiate(graph);
  EXPECT_CU(cuGraphDestroy(graph));
  EXPECT_TRUE(stays());
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_TRUE(goes());
  EXPECT_CU(cuGraphCreate(&graph, 0));
}

TEST_F(UserObject, can_be_taken_from_a_graph) {
  CUuserObject object = make(1);
  EXPECT_CU(cuGraphRetainUserObject(graph, object, 2, 0));
  EXPECT_CU(cuUserObjectRelease(object, 1));
  EXPECT_CU(cuGraphReleaseUserObject(graph, object, 1));
  EXPECT_TRUE(stays());
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphReleaseUserObject(graph, object, 2));
  EXPECT_CU(cuGraphReleaseUserObject(graph, object, 1));
  EXPECT_TRUE(goes());
}

TEST_F(UserObject, wrong_calls_are_refused) {
  CUuserObject object = make(1), none = nullptr;
  auto create = [&](CUuserObject* out, CUhostFn fn, unsigned count, unsigned flags) {
    return cuUserObjectCreate(out, nullptr, fn, count, flags);
  };
  CUhostFn fn = [](void*) {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(nullptr, fn, 1, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(&none, nullptr, 1, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(&none, fn, 0, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(&none, fn, unsigned(INT_MAX) + 1, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(&none, fn, 1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRetain(nullptr, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRetain(object, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuUserObjectRelease(object, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRetainUserObject(nullptr, object, 1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRetainUserObject(graph, nullptr, 1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRetainUserObject(graph, object, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRetainUserObject(graph, object, 1, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphRetainUserObject(graph, object, 2, 1)); // has one
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphReleaseUserObject(graph, object, 1));
  EXPECT_CU(cuUserObjectRelease(object, 1));
  EXPECT_TRUE(goes());
}

} // namespace
