// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bytes_util.h"
#include "image/elf.h"
#include "image/memory.h"
#include "image/ptx_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anywarp::image {
namespace {

using ::testing::ElementsAre;

TEST(Cubin, kernels_and_architecture) {
  std::string bytes = makeCubin(86, {"_Z3fooPi", "bar"});
  auto cubin = readCubin(asBytes(bytes));
  ASSERT_TRUE(cubin) << cubin.error().message;
  EXPECT_EQ(cubin->arch, 86u);
  EXPECT_FALSE(cubin->relocatable);
  EXPECT_THAT(cubin->kernels, ElementsAre("_Z3fooPi", "bar"));
  auto set = openBytes(asBytes(bytes));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->container(), Container::Cubin);
  EXPECT_EQ(set->images()[0].archName(), "sm_86");
}

// CUDA 13 writes e_flags 0x6005a04 with ABI version 8 for sm_90, 0x6007802 for sm_120.
TEST(Cubin, architecture_of_the_new_abi) {
  EXPECT_EQ(readCubin(asBytes(makeElf(190, ET_EXEC, 0x6005a04, 8, {})))->arch, 90u);
  EXPECT_EQ(readCubin(asBytes(makeElf(190, ET_REL, 0x6007802, 8, {})))->arch, 120u);
  EXPECT_TRUE(readCubin(asBytes(makeElf(190, ET_REL, 0x6007802, 8, {})))->relocatable);
}

TEST(Cubin, in_memory_without_a_size) {
  Guarded guard(makeCubin(75, {"k"}));
  auto set = openPointer(guard.data());
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->images()[0].arch, 75u);
  EXPECT_EQ(set->images()[0].stored.size(), guard.bytes().size());
  EXPECT_EQ(set->ptxUnits().status(), Status::NoBinaryForGpu);
}

TEST(Cubin, section_table_in_other_memory_is_not_followed) {
  Guarded guard(makeCubin(75, {"k"}));
  static Elf64_Shdr elsewhere[64];
  auto* header = static_cast<Elf64_Ehdr*>(guard.data());
  header->e_shoff =
      reinterpret_cast<uintptr_t>(elsewhere) - reinterpret_cast<uintptr_t>(guard.data());
  EXPECT_EQ(openPointer(guard.data()).status(), Status::InvalidImage);
}

TEST(Cubin, other_elf_files_are_refused) {
  EXPECT_EQ(readCubin(asBytes(makeElf(62, ET_DYN, 0, 0, {}))).status(), Status::InvalidImage);
  std::string small = makeCubin(75, {});
  small[EI_CLASS] = ELFCLASS32;
  EXPECT_EQ(readCubin(asBytes(small)).status(), Status::InvalidImage);
}

TEST(HostFile, device_code_sections) {
  std::string ptx = ptxFor(80);
  NewImage image{Kind::Ptx, 80, 7, 0, Compression::Lz4, ptx, {}, {}};
  std::string one = toString(writeFatbin({&image, 1}));
  std::string pad(24, '\0');
  std::string host =
      makeElf(62, ET_REL, 0, 0, {{".nv_fatbin", one + pad + one}, {"__nv_relfatbin", one}},
              {{"cudaMalloc", ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), 0, SHN_UNDEF},
               {"main", ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 4}});
  auto set = openFileBytes(asBytes(host));
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->container(), Container::HostElf);
  EXPECT_EQ(set->unitCount(), 3u);
  ASSERT_EQ(set->images().size(), 3u);
  EXPECT_FALSE(set->images()[1].relocatable);
  EXPECT_TRUE(set->images()[2].relocatable);
  auto file = readHostFile(asBytes(host));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->type, HostFile::Type::Object);
  EXPECT_TRUE(file->hasDeviceCode);
  ASSERT_EQ(file->imports.size(), 1u);
  EXPECT_EQ(file->imports[0].name, "cudaMalloc");
}

TEST(HostFile, this_test_program) {
  std::string bytes;
  FILE* f = fopen("/proc/self/exe", "rb");
  ASSERT_TRUE(f);
  char buffer[65536];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;)
    bytes.append(buffer, n);
  fclose(f);
  auto file = readHostFile(asBytes(bytes));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->type, HostFile::Type::Executable);
  EXPECT_THAT(file->needed, testing::Contains(testing::StartsWith("libc.so")));
  // sysconf comes from the C library under a version (and no sanitizer intercepts it).
  auto it = std::find_if(file->imports.begin(), file->imports.end(),
                         [](const Import& i) { return i.name == "sysconf"; });
  ASSERT_NE(it, file->imports.end());
  EXPECT_THAT(std::string(it->version), testing::StartsWith("GLIBC_"));
  EXPECT_THAT(std::string(it->library), testing::StartsWith("libc.so"));
}

TEST(PtxHeader, header_and_kernels) {
  std::string_view ptx = R"(
// .entry inComment()
.version 8.7 /* .target sm_10 */
.target sm_100a, debug
.address_size 64
.extern .func (.param .b32 r) vprintf(.param .b64 a, .param .b64 b);
.visible .entry first(.param .u64 p)
.maxntid 256, 1, 1
{ ret; }
.entry declared();
.global .align 1 .b8 text[7] = "{.entry no}";
.weak .entry _Z6secondIfEvT_() { bra L; L: ret; }
)";
  PtxHeader header = readPtxHeader(ptx);
  EXPECT_EQ(header.versionMajor, 8);
  EXPECT_EQ(header.versionMinor, 7);
  EXPECT_EQ(header.arch, 100u);
  EXPECT_EQ(header.archSuffix, 'a');
  EXPECT_THAT(ptxKernels(ptx), ElementsAre("first", "_Z6secondIfEvT_"));
}

TEST(Memory, readable_tells_mapped_from_unmapped) {
  Guarded guard("abc");
  EXPECT_TRUE(readable(guard.data(), 3));
  EXPECT_FALSE(readable(guard.data(), 4));
  EXPECT_FALSE(readable(nullptr, 1));
  EXPECT_FALSE(readable(guard.data(), SIZE_MAX));
  EXPECT_EQ(boundedLength(static_cast<const char*>(guard.data()), 1000), 1000u);
  EXPECT_EQ(boundedLength("abc", 1000), 3u);
  EXPECT_EQ(boundedLength("abc", 2), 2u);
}

} // namespace
} // namespace anywarp::image
