// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links of several inputs of all types.
#include "fixture.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <string>
#include <unistd.h>

namespace {

constexpr const char* kCallee = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .func (.param .b32 result) twice(.param .b32 value)
{
  .reg .b32 %r<3>;
  ld.param.b32 %r1, [value];
  add.s32 %r2, %r1, %r1;
  st.param.b32 [result], %r2;
  ret;
}
)";
constexpr const char* kCaller = R"(
.version 8.0
.target sm_70
.address_size 64
.extern .func (.param .b32 result) twice(.param .b32 value);
.visible .entry apply(.param .u64 data)
{
  .reg .b32 %r<3>;
  .reg .b64 %rd<3>;
  ld.param.u64 %rd1, [data];
  cvta.to.global.u64 %rd2, %rd1;
  ld.global.b32 %r1, [%rd2];
  {
    .param .b32 in;
    .param .b32 out;
    st.param.b32 [in], %r1;
    call (out), twice, (in);
    ld.param.b32 %r2, [out];
  }
  st.global.b32 [%rd2], %r2;
  ret;
}
)";

template <typename T> void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A fatbin as CUDA has had it since version 4, with one image that is not compressed.
constexpr uint16_t kPtxImage = 1, kMachineCode = 2;
std::string fatbin(std::string_view image, uint16_t kind, uint32_t arch) {
  std::string payload(image);
  payload.push_back(0);
  payload.resize((payload.size() + 7) & ~size_t(7));
  std::string out;
  append(out, uint32_t(0xBA55ED50));
  append(out, uint16_t(1));
  append(out, uint16_t(16)); // bytes of this header
  append(out, uint64_t(64 + payload.size()));
  append(out, kind);
  append(out, uint16_t(0x0101));
  append(out, uint32_t(64)); // bytes of the entry's header
  append(out, uint64_t(payload.size()));
  append(out, uint64_t(0));
  append(out, uint16_t(0)), append(out, uint16_t(8)); // PTX ISA 8.0
  append(out, arch);
  append(out, uint64_t(0));    // no name
  append(out, uint64_t(0x11)); // 64 bits, Linux
  append(out, uint64_t(0));
  append(out, uint64_t(0));
  return out + payload;
}

// An object file of the host's with these bytes in one section.
std::string object(std::string_view contents, std::string_view section) {
  std::string names = std::string(1, '\0') + std::string(section) + '\0' + ".shstrtab" + '\0';
  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 2;
  std::string body(contents);
  body += names;
  body.resize((body.size() + 7) & ~size_t(7));
  header.e_shoff = sizeof header + body.size();
  Elf64_Shdr sections[3] = {};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = contents.size();
  sections[1].sh_addralign = 8;
  sections[2].sh_name = Elf64_Word(section.size() + 2);
  sections[2].sh_type = SHT_STRTAB;
  sections[2].sh_offset = sizeof header + contents.size();
  sections[2].sh_size = names.size();
  std::string out;
  append(out, header);
  out += body;
  append(out, sections);
  return out;
}

// As ar writes them: 60 bytes of text before each member, which start at even places.
std::string archive(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out = "!<arch>\n";
  for (auto& [name, bytes] : members) {
    char header[61];
    snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8d%-10zu`\n", (name + "/").c_str(), 0, 0,
             0, 644, bytes.size());
    out.append(header, 60);
    out += bytes;
    if (out.size() & 1)
      out += '\n';
  }
  return out;
}

class cuLink : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &link));
  }
  void TearDown() override {
    EXPECT_CU(cuLinkDestroy(link));
    WithContext::TearDown();
  }
  CUresult add(CUjitInputType type, const char* text) {
    return cuLinkAddData(link, type, const_cast<char*>(text), strlen(text) + 1, "input", 0, nullptr,
                         nullptr);
  }
  CUresult addBytes(CUjitInputType type, std::string bytes) {
    return cuLinkAddData(link, type, bytes.data(), bytes.size(), "input", 0, nullptr, nullptr);
  }
  CUresult addFile(CUjitInputType type, const std::string& bytes) {
    char path[] = "/tmp/anywarp_link_XXXXXX";
    int file = mkstemp(path);
    EXPECT_EQ(ssize_t(bytes.size()), write(file, bytes.data(), bytes.size()));
    close(file);
    CUresult result = cuLinkAddFile(link, type, path, 0, nullptr, nullptr);
    unlink(path);
    return result;
  }
  // What was added is apply() and twice().
  void expectWhole() {
    void* image = nullptr;
    size_t bytes = 0;
    ASSERT_CU(cuLinkComplete(link, &image, &bytes));
    CUmodule module = nullptr;
    CUfunction kernel = nullptr;
    ASSERT_CU(cuModuleLoadData(&module, image));
    ASSERT_CU(cuModuleGetFunction(&kernel, module, "apply"));
    CUdeviceptr data = upload<int>({21});
    void* params[] = {&data};
    EXPECT_CU(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
    EXPECT_EQ(std::vector<int>{42}, download<int>(data, 1));
    EXPECT_CU(cuModuleUnload(module));
    EXPECT_CU(cuMemFree(data));
  }
  CUlinkState link = nullptr;
};

TEST_F(cuLink, fatbins) {
  EXPECT_CU(addBytes(CU_JIT_INPUT_FATBINARY, fatbin(kCaller, kPtxImage, 70)));
  EXPECT_CU(addFile(CU_JIT_INPUT_FATBINARY, fatbin(kCallee, kPtxImage, 70)));
  expectWhole();
}

TEST_F(cuLink, objects) {
  // As nvcc -dc and nvcc -c make them.
  EXPECT_CU(
      addBytes(CU_JIT_INPUT_OBJECT, object(fatbin(kCaller, kPtxImage, 70), "__nv_relfatbin")));
  EXPECT_CU(addFile(CU_JIT_INPUT_OBJECT, object(fatbin(kCallee, kPtxImage, 70), ".nv_fatbin")));
  expectWhole();
}

TEST_F(cuLink, libraries) {
  std::string host = object("text", ".text"); // no device code
  EXPECT_CU(
      addBytes(CU_JIT_INPUT_LIBRARY,
               archive({{"host.o", host},
                        {"caller.o", object(fatbin(kCaller, kPtxImage, 70), "__nv_relfatbin")}})));
  EXPECT_CU(addFile(CU_JIT_INPUT_LIBRARY,
                    archive({{"callee.o", object(fatbin(kCallee, kPtxImage, 70), "__nv_relfatbin")},
                             {"odd.txt", "odd"}})));
  expectWhole();
}

TEST_F(cuLink, the_newest_text_that_fits_is_taken) {
  std::string two = fatbin(kCallee, kPtxImage, 70);
  // Text for a device of the far future, in front.
  std::string future = fatbin("not looked at", kPtxImage, 990);
  two.insert(16, future.substr(16));
  uint64_t size = two.size() - 16;
  memcpy(two.data() + 8, &size, sizeof size);
  EXPECT_CU(addBytes(CU_JIT_INPUT_FATBINARY, two));
  EXPECT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  expectWhole();
}

TEST_F(cuLink, machine_code_cannot_be_linked) {
  std::string code = fatbin("machine code", kMachineCode, 70);
  EXPECT_EQ(CUDA_ERROR_NO_BINARY_FOR_GPU, addBytes(CU_JIT_INPUT_FATBINARY, code));
  EXPECT_EQ(CUDA_ERROR_NO_BINARY_FOR_GPU,
            addBytes(CU_JIT_INPUT_OBJECT, object(code, "__nv_relfatbin")));
  // A library of it may not be needed; what is missing is said when the link is completed.
  EXPECT_CU(addBytes(CU_JIT_INPUT_LIBRARY, archive({{"a.o", object(code, "__nv_relfatbin")}})));
  EXPECT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  void* image = nullptr;
  EXPECT_NE(CUDA_SUCCESS, cuLinkComplete(link, &image, nullptr)); // no twice()
}

TEST_F(cuLink, cut_off_files_are_errors) {
  std::string whole[] = {fatbin(kCallee, kPtxImage, 70),
                         object(fatbin(kCallee, kPtxImage, 70), "__nv_relfatbin"),
                         archive({{"a.o", object(fatbin(kCallee, kPtxImage, 70), ".nv_fatbin")}})};
  CUjitInputType types[] = {CU_JIT_INPUT_FATBINARY, CU_JIT_INPUT_OBJECT, CU_JIT_INPUT_LIBRARY};
  for (int i = 0; i < 3; ++i)
    for (size_t size : {size_t(5), size_t(20), size_t(70), whole[i].size() / 2})
      EXPECT_EQ(0, addBytes(types[i], whole[i].substr(0, size)) == CUDA_ERROR_UNKNOWN) << i << size;
}

TEST_F(cuLink, ptx_that_calls_other_ptx) {
  char path[] = "/tmp/anywarp_link_XXXXXX";
  int file = mkstemp(path);
  ASSERT_EQ(ssize_t(strlen(kCallee)), write(file, kCallee, strlen(kCallee)));
  close(file);
  ASSERT_CU(add(CU_JIT_INPUT_PTX, kCaller));
  ASSERT_CU(cuLinkAddFile(link, CU_JIT_INPUT_PTX, path, 0, nullptr, nullptr));
  unlink(path);
  void* image = nullptr;
  size_t bytes = 0;
  ASSERT_CU(cuLinkComplete(link, &image, &bytes));
  // "cubinOut is owned by state": a copy lives on; it can be an input of another link, too.
  std::string copy(static_cast<char*>(image), bytes);
  CUmodule module = nullptr;
  CUfunction kernel = nullptr;
  ASSERT_CU(cuModuleLoadData(&module, copy.data()));
  ASSERT_CU(cuModuleGetFunction(&kernel, module, "apply"));
  CUdeviceptr data = upload<int>({21});
  void* params[] = {&data};
  EXPECT_CU(cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_EQ(std::vector<int>{42}, download<int>(data, 1));
  EXPECT_CU(cuModuleUnload(module));
  EXPECT_CU(cuMemFree(data));
  CUlinkState second = nullptr;
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &second));
  EXPECT_CU(cuLinkAddData(second, CU_JIT_INPUT_CUBIN, copy.data(), copy.size(), "linked", 0,
                          nullptr, nullptr));
  EXPECT_CU(cuLinkDestroy(second));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, add(CU_JIT_INPUT_PTX, kCallee)); // it is complete
}

TEST_F(cuLink, inputs_that_cannot_be_used) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, add(CUjitInputType(77), kCaller));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuLinkAddData(link, CU_JIT_INPUT_PTX, nullptr, 4, "x", 0, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_FILE_NOT_FOUND,
            cuLinkAddFile(link, CU_JIT_INPUT_PTX, "/no/such/file", 0, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, add(CU_JIT_INPUT_NVVM, "BC"));
  // An ELF file for a GPU (e_machine 190, EM_CUDA) that holds machine code alone.
  unsigned char elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0x33};
  elf[16] = 2, elf[18] = 190, elf[20] = 1, elf[52] = 64;
  CUresult cubin =
      cuLinkAddData(link, CU_JIT_INPUT_CUBIN, elf, sizeof elf, "x", 0, nullptr, nullptr);
  EXPECT_TRUE(cubin == CUDA_ERROR_NO_BINARY_FOR_GPU || cubin == CUDA_ERROR_INVALID_IMAGE) << cubin;
  CUresult garbage = add(CU_JIT_INPUT_FATBINARY, "this is no fatbin at all");
  EXPECT_TRUE(garbage == CUDA_ERROR_INVALID_IMAGE || garbage == CUDA_ERROR_NO_BINARY_FOR_GPU)
      << garbage;
  void* image = nullptr;
  EXPECT_NE(CUDA_SUCCESS, cuLinkComplete(link, &image, nullptr)); // nothing to link
  CUlinkState none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLinkCreate(0, nullptr, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuLinkDestroy(none));
}

} // namespace
