// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core_fixture.h"

#include <fstream>
#include <vector>

namespace anywarp::test {
namespace {

class ModuleTest : public CoreTest {
protected:
  void SetUp() override {
    CoreTest::SetUp();
    FakeKernelSpec spec;
    spec.params = {{0, 8}};
    spec.body = [](const LaunchConfig& c) {
      ++*param<int*>(c, 0);
      return Result<void>();
    };
    declareKernel("count", spec);
    declareVariable("table", 64, false);
    declareVariable("shared_with_host", 8, true);
    ptx = fakePtx({"count", "other_name"});
  }
  int runs(const FunctionRef& f) {
    int n = 0, *p = &n;
    void* params[] = {&p};
    LaunchRequest r;
    r.params = params;
    EXPECT_TRUE(bool(launch(f, *context->legacyStream(), r)));
    EXPECT_TRUE(bool(context->synchronize()));
    return n;
  }
  std::string ptx;
};

TEST_F(ModuleTest, functions_and_variables_by_name) {
  auto module = *Module::load(*context, ptx.c_str());
  auto f = *module->function("count");
  EXPECT_EQ(f, *module->function("count"));
  EXPECT_EQ(Function::fromHandle(f->handle()), f);
  EXPECT_EQ(*Function::resolve(f->handle(), *context), f);
  EXPECT_EQ(module->function("nothing").status(), Status::NotFound);
  auto v = *module->global("table");
  EXPECT_EQ(v.size, 64u);
  EXPECT_EQ(module->global("nothing").status(), Status::NotFound);
  // The host may copy to it, within its bounds.
  auto legacy = context->legacyStream();
  char data[65] = {};
  EXPECT_TRUE(bool(Memory::copy(*legacy, v.address, data, 64, CopyKind::HostToDevice, false)));
  EXPECT_EQ(Memory::copy(*legacy, v.address, data, 65, CopyKind::HostToDevice, false).status(),
            Status::InvalidValue);
  auto shared = *module->global("shared_with_host");
  uint32_t managed = 0;
  EXPECT_TRUE(bool(Memory::pointerAttribute(&managed, 8, shared.address)));
  EXPECT_EQ(managed, 1u);
  EXPECT_EQ(Memory::free(shared.address).status(), Status::InvalidValue); // the module's
  EXPECT_EQ(runs(f), 1);
  EXPECT_EQ(f->param(0)->size, 8u);
  EXPECT_EQ(f->param(1).status(), Status::InvalidValue);
}

TEST_F(ModuleTest, unload_invalidates_its_handles) {
  auto module = *Module::load(*context, ptx.c_str());
  auto f = *module->function("count");
  void *mh = module->handle(), *fh = f->handle();
  void* address = module->global("table")->address;
  ASSERT_TRUE(bool(module->unload()));
  EXPECT_EQ(Module::fromHandle(mh), nullptr);
  EXPECT_EQ(Function::fromHandle(fh), nullptr);
  EXPECT_FALSE(Memory::find(address));
  EXPECT_EQ(Function::resolve(fh, *context).status(), Status::InvalidHandle);
  EXPECT_EQ(module->unload().status(), Status::InvalidHandle);
}

TEST_F(ModuleTest, bad_images_give_cudas_errors) {
  EXPECT_EQ(Module::load(*context, nullptr).status(), Status::InvalidValue);
  EXPECT_FALSE(bool(Module::load(*context, "not an image at all")));
  std::string bad = ptx + "syntax error";
  char log[64];
  int codes[] = {5, 6};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  auto options = *JitOptions::parse(2, codes, values);
  EXPECT_EQ(Module::load(*context, bad.c_str(), options).status(), Status::InvalidPtx);
  EXPECT_STREQ(log, "1:1: error: syntax error");
  EXPECT_EQ(values[1], reinterpret_cast<void*>(strlen(log)));
  EXPECT_EQ(Module::loadFile(*context, "/nowhere/at/all").status(), Status::FileNotFound);
  int unknown = 999;
  EXPECT_EQ(JitOptions::parse(1, &unknown, values).status(), Status::InvalidValue);
}

TEST_F(ModuleTest, library_works_without_a_context_and_in_several) {
  Context::setCurrent(nullptr);
  auto library = *Library::load(ptx.c_str(), true);
  auto kernel = *library->kernel("count");
  EXPECT_EQ(library->kernel("nothing").status(), Status::NotFound);
  EXPECT_EQ(*library->kernelCount(), 2u);
  auto other = *Context::create(**Runtime::get().device(1), 0);
  auto here = *kernel->function(*context), there = *kernel->function(*other);
  EXPECT_NE(here, there);
  EXPECT_EQ(here, *kernel->function(*context));
  EXPECT_EQ(*Function::resolve(kernel->handle(), *context), here);
  EXPECT_EQ(&there->context(), other.get());
  EXPECT_EQ(runs(here), 1);
  EXPECT_NE(library->global(*context, "table")->address, library->global(*other, "table")->address);
  EXPECT_EQ(library->managed(*context, "table").status(), Status::NotFound);
  EXPECT_TRUE(bool(library->managed(*context, "shared_with_host")));
  void* fh = there->handle();
  ASSERT_TRUE(bool(other->destroy()));
  EXPECT_EQ(Function::fromHandle(fh), nullptr);
  EXPECT_EQ(*kernel->attribute(0, *device), 1024);
  void* kh = kernel->handle();
  ASSERT_TRUE(bool(library->unload()));
  EXPECT_EQ(Kernel::fromHandle(kh), nullptr);
  EXPECT_EQ(library->unload().status(), Status::InvalidHandle);
  EXPECT_FALSE(bool(kernel->function(*context)));
}

TEST_F(ModuleTest, kernel_attributes_hold_for_contexts_that_load_later) {
  auto library = *Library::load(ptx.c_str(), false);
  auto kernel = *library->kernel("count");
  ASSERT_TRUE(bool(kernel->setAttribute(8, 100000, *device)));
  EXPECT_EQ(*(*kernel->function(*context))->attribute(8), 100000);
  auto later = *Context::create(*device, 0);
  EXPECT_EQ(*(*kernel->function(*later))->attribute(8), 100000);
  EXPECT_TRUE(bool(later->destroy()));
  EXPECT_EQ(kernel->setAttribute(8, 1 << 30, *device).status(), Status::InvalidValue);
  EXPECT_TRUE(bool(library->unload()));
}

TEST_F(ModuleTest, linked_image_may_be_copied_and_loaded) {
  auto linker = *Linker::create({});
  EXPECT_EQ(linker->complete().status(), Status::InvalidValue); // nothing in it
  ASSERT_TRUE(bool(linker->addData(1, ptx.c_str(), ptx.size() + 1, "a")));
  std::string second = fakePtx({"second"});
  ASSERT_TRUE(bool(linker->addData(1, second.data(), second.size(), "b"))); // no NUL
  EXPECT_EQ(linker->addData(5, ptx.data(), ptx.size(), "c").status(), Status::NotSupported);
  EXPECT_EQ(linker->addData(9, ptx.data(), ptx.size(), "c").status(), Status::InvalidValue);
  auto image = *linker->complete();
  std::vector<char> copy(image.begin(), image.end());
  ASSERT_TRUE(bool(linker->destroy()));
  auto module = Module::load(*context, copy.data());
  ASSERT_TRUE(bool(module));
  EXPECT_EQ(runs(*(*module)->function("count")), 1);
  auto library = *Library::load(copy.data(), false);
  EXPECT_EQ(*library->kernelCount(), 3u);
  EXPECT_TRUE(bool(library->unload()));
  // Linked once more, as a cubin.
  auto again = *Linker::create({});
  EXPECT_TRUE(bool(again->addData(0, copy.data(), copy.size(), "linked")));
  EXPECT_EQ(again->addData(0, copy.data(), copy.size() - 5, "cut").status(), Status::InvalidImage);
  EXPECT_TRUE(bool(again->complete()));
  EXPECT_TRUE(bool(again->destroy()));
}

TEST_F(ModuleTest, link_errors_are_reported_by_complete) {
  char log[100];
  int codes[] = {5, 6};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  auto linker = *Linker::create(*JitOptions::parse(2, codes, values));
  std::string bad = ptx + "syntax error";
  ASSERT_TRUE(bool(linker->addData(1, bad.c_str(), bad.size() + 1, "a")));
  EXPECT_EQ(linker->complete().status(), Status::InvalidPtx);
  EXPECT_STREQ(log, "1:1: error: syntax error");
  EXPECT_EQ(linker->addFile(1, "/nowhere/at/all").status(), Status::FileNotFound);
  EXPECT_TRUE(bool(linker->destroy()));
}

} // namespace
} // namespace anywarp::test
