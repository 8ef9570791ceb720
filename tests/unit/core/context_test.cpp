// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core_fixture.h"

#include <algorithm>
#include <vector>

namespace anywarp::test {
namespace {

using ContextTest = CoreTest;

TEST_F(ContextTest, create_makes_it_current_and_destroy_pops_it) {
  EXPECT_EQ(Context::currentRaw(), context.get());
  auto second = *Context::create(*device, 0);
  EXPECT_EQ(Context::currentRaw(), second.get());
  void* handle = second->handle();
  ASSERT_TRUE(bool(second->destroy()));
  EXPECT_EQ(Context::currentRaw(), context.get());
  EXPECT_EQ(Context::fromHandle(handle), nullptr);
  EXPECT_EQ(second->check().status(), Status::ContextIsDestroyed);
  EXPECT_EQ(second->destroy().status(), Status::InvalidContext);
}

TEST_F(ContextTest, destroyed_context_leaves_nothing_behind) {
  declareKernel("noop", {.params = {}, .attributes = {}, .body = [](const LaunchConfig&) {
                           return Result<void>();
                         }});
  std::string ptx = fakePtx({"noop"});
  auto library = *Library::load(ptx.c_str(), true);
  std::weak_ptr<Context> weak;
  {
    auto c = *Context::create(*device, 0);
    weak = c;
    auto s = *Stream::create(*c, 0, 0);
    auto e = *Event::create(*c, 0);
    auto m = *Module::load(*c, ptx.c_str());
    EXPECT_TRUE(bool(launch(*m->function("noop"), *s, {})));
    EXPECT_TRUE(bool(launch(*(*library->kernel("noop"))->function(*c), *s, {})));
    EXPECT_TRUE(bool(launch(*m->function("noop"), *c->perThreadStream(), {})));
    EXPECT_TRUE(bool(e->record(*c->legacyStream())));
    EXPECT_TRUE(bool(s->waitEvent(e)));
    EXPECT_TRUE(bool(e->destroy()));
    EXPECT_TRUE(bool(c->destroy()));
  }
  // A worker may still hold the last task it looked at for a moment.
  for (int i = 0; i < 2000 && !weak.expired(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(weak.expired());
  EXPECT_TRUE(bool(library->unload()));
}

TEST_F(ContextTest, stack_pushes_pops_and_replaces) {
  auto popped = Context::pop();
  ASSERT_TRUE(bool(popped));
  EXPECT_EQ(*popped, context);
  EXPECT_EQ(Context::pop().status(), Status::InvalidContext);
  EXPECT_EQ(Context::require().status(), Status::InvalidContext);
  Context::setCurrent(context);
  EXPECT_EQ(Context::current(), context);
  Context::push(context);
  Context::setCurrent(nullptr); // pops one
  EXPECT_EQ(Context::current(), context);
}

TEST_F(ContextTest, current_context_belongs_to_the_thread) {
  Context* seen = context.get();
  std::thread([&] { seen = Context::currentRaw(); }).join();
  EXPECT_EQ(seen, nullptr);
}

TEST_F(ContextTest, primary_is_active_only_while_retained_and_keeps_its_handle) {
  Device* other = *Runtime::get().device(1);
  EXPECT_FALSE(other->primaryState().active);
  void* handle = other->primary().handle(); // what CUDART_INTERFACE gives out
  EXPECT_FALSE(other->primaryState().active);
  EXPECT_EQ(other->primary().check().status(), Status::ContextIsDestroyed);
  auto first = *other->primaryRetain();
  EXPECT_EQ(first->handle(), handle);
  EXPECT_TRUE(other->primaryState().active);
  auto again = *other->primaryRetain();
  EXPECT_EQ(first, again);
  EXPECT_TRUE(bool(other->primaryRelease()));
  EXPECT_TRUE(other->primaryState().active);
  EXPECT_TRUE(bool(other->primaryRelease()));
  EXPECT_FALSE(other->primaryState().active);
  EXPECT_EQ(other->primaryRelease().status(), Status::InvalidContext);
  EXPECT_EQ(first->destroy().status(), Status::InvalidContext);
}

TEST_F(ContextTest, reset_clears_the_sticky_error_and_frees_memory) {
  size_t before = liveAllocations();
  auto primary = *device->primaryRetain();
  uint64_t id = primary->id();
  ASSERT_TRUE(bool(Memory::allocate(*primary, 1000)));
  auto oldStream = *Stream::create(*primary, 0, 0);
  auto oldEvent = *Event::create(*primary, 0);
  primary->fail(makeError(Status::Assert, "device assert"));
  EXPECT_EQ(primary->check().status(), Status::Assert);
  ASSERT_TRUE(bool(device->primaryReset()));
  EXPECT_EQ(liveAllocations(), before);
  EXPECT_FALSE(device->primaryState().active);
  auto fresh = *device->primaryRetain();
  EXPECT_EQ(fresh->handle(), primary->handle());
  EXPECT_NE(fresh->id(), id);
  EXPECT_TRUE(bool(fresh->check()));
  EXPECT_EQ(Stream::fromHandle(oldStream->handle()), nullptr);
  EXPECT_EQ(oldEvent->record(*fresh->legacyStream()).status(), Status::InvalidHandle);
  EXPECT_TRUE(bool(device->primaryRelease()));
}

TEST_F(ContextTest, flags_are_checked_and_kept) {
  EXPECT_TRUE(bool(device->primarySetFlags(8 | 4)));
  EXPECT_EQ(device->primaryState().flags, 12u);
  EXPECT_TRUE(bool(device->primarySetFlags(0)));
  EXPECT_EQ(device->primarySetFlags(0x1000).status(), Status::InvalidValue);
  EXPECT_EQ(device->primarySetFlags(3).status(), Status::InvalidValue);
  EXPECT_EQ(Context::create(*device, 0x1000).status(), Status::InvalidValue);
}

std::vector<void*>* destructed;
void noteStorage(void* context, void* key, void* value) {
  destructed->push_back(context);
  destructed->push_back(key);
  destructed->push_back(value);
}

TEST_F(ContextTest, storage_keeps_values_and_runs_destructors) {
  std::vector<void*> seen;
  destructed = &seen;
  int a, b, c, d;
  EXPECT_EQ(context->storageGet(&a).status(), Status::InvalidHandle);
  ASSERT_TRUE(bool(context->storagePut(&a, &b, noteStorage)));
  ASSERT_TRUE(bool(context->storagePut(&c, &d, noteStorage)));
  EXPECT_EQ(*context->storageGet(&a), &b);
  ASSERT_TRUE(bool(context->storageDelete(&c)));
  EXPECT_EQ(context->storageDelete(&c).status(), Status::InvalidHandle);
  EXPECT_TRUE(seen.empty());
  void* handle = context->handle();
  ASSERT_TRUE(bool(context->destroy()));
  EXPECT_EQ(seen, (std::vector<void*>{handle, &a, &b}));
}

TEST_F(ContextTest, limits_go_to_the_device) {
  EXPECT_TRUE(bool(context->setLimit(0, 4096)));
  EXPECT_EQ(*context->limit(0), 4096u);
  EXPECT_EQ(context->limit(77).status(), Status::UnsupportedLimit);
  EXPECT_EQ(context->setCacheConfig(9).status(), Status::InvalidValue);
  EXPECT_TRUE(bool(context->setCacheConfig(2)));
  EXPECT_EQ(context->cacheConfig(), 2);
}

TEST_F(ContextTest, peer_access_is_booked) {
  auto peer = *Context::create(**Runtime::get().device(1), 0);
  EXPECT_TRUE(bool(context->enablePeerAccess(*peer)));
  EXPECT_EQ(context->enablePeerAccess(*peer).status(), Status::PeerAccessAlreadyEnabled);
  EXPECT_TRUE(bool(context->disablePeerAccess(*peer)));
  EXPECT_EQ(context->disablePeerAccess(*peer).status(), Status::PeerAccessNotEnabled);
  EXPECT_EQ(context->enablePeerAccess(*context).status(), Status::InvalidContext);
  EXPECT_TRUE(bool(peer->destroy()));
}

} // namespace
} // namespace anywarp::test
