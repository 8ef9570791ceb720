// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See device_link.h.
#include "device_link.h"

#include "image/image.h"
#include "ptx/parser.h"

#include <fmt/format.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <map>
#include <set>

namespace object = llvm::object;

namespace anywarp::nvcc {
namespace {

constexpr std::string_view kRegister = "__cudaRegisterLinkedBinary";

// What one object file gives and wants, on both sides.
struct Member {
  std::string id;
  std::set<std::string> defined, undefined, deviceDefined, deviceUndefined,
      taken; // taken: ids linked already
  bool required = false;
};

class Collector {
public:
  Result<void> addFile(const std::string& path, bool requireObject) {
    auto buffer = llvm::MemoryBuffer::getFile(path, false, false);
    if (!buffer)
      return makeError(Status::FileNotFound,
                       fmt::format("Cannot open '{}': {}", path, buffer.getError().message()));
    files_.push_back(std::move(*buffer));
    llvm::MemoryBufferRef reference = *files_.back();
    if (!reference.getBuffer().starts_with("!<arch>"))
      return addObject(reference, requireObject);
    llvm::Error error = llvm::Error::success();
    object::Archive archive(reference, error);
    for (const object::Archive::Child& child : archive.children(error))
      if (auto member = child.getMemoryBufferRef())
        AW_TRY(addObject(*member, false));
      else
        llvm::consumeError(member.takeError());
    if (error) {
      std::string why = llvm::toString(std::move(error));
      return makeError(Status::InvalidImage,
                       fmt::format("'{}' is a damaged library: {}", path, why));
    }
    return {};
  }

  std::vector<DeviceUnit> finish() {
    require();
    std::set<std::string> taken;
    for (const Member& member : members_)
      taken.insert(member.taken.begin(), member.taken.end());
    std::vector<DeviceUnit> units;
    std::set<std::string> seen;
    for (const Member& member : members_)
      if (!member.id.empty() && !taken.contains(member.id) && seen.insert(member.id).second)
        units.push_back({member.id, member.required});
    return units;
  }

private:
  Result<void> addObject(llvm::MemoryBufferRef bytes, bool required) {
    auto file = object::ObjectFile::createObjectFile(bytes);
    if (!file) { // shared libraries are linker scripts at times
      llvm::consumeError(file.takeError());
      return {};
    }
    if (auto* elf = llvm::dyn_cast<object::ELFObjectFileBase>(file->get());
        elf && elf->getEType() == llvm::ELF::ET_DYN)
      return {};
    Member member;
    member.required = required;
    for (const object::SymbolRef& symbol : (*file)->symbols())
      addSymbol(symbol, member);
    if (!member.id.empty())
      AW_TRY(addDeviceSymbols(bytes, member));
    members_.push_back(std::move(member));
    return {};
  }

  static void addSymbol(const object::SymbolRef& symbol, Member& member) {
    auto name = symbol.getName();
    auto flags = symbol.getFlags();
    if (!name || !flags) {
      llvm::consumeError(name.takeError());
      llvm::consumeError(flags.takeError());
      return;
    }
    if (!(*flags & object::SymbolRef::SF_Global))
      return;
    bool undefined = *flags & object::SymbolRef::SF_Undefined;
    (undefined ? member.undefined : member.defined).insert(name->str());
    if (!name->starts_with(llvm::StringRef(kRegister.data(), kRegister.size())))
      return;
    std::string id = name->drop_front(kRegister.size()).str();
    if (undefined)
      member.id = id;
    else
      member.taken.insert(id);
  }

  static Result<void> addDeviceSymbols(llvm::MemoryBufferRef bytes, Member& member) {
    auto set = image::openFileBytes(
        {reinterpret_cast<const std::byte*>(bytes.getBufferStart()), bytes.getBufferSize()});
    auto units = set ? set->ptxUnits(0, bytes.getBufferIdentifier().str()) : set.error();
    if (!units)
      return makeError(units.status(), fmt::format("'{}': {}", bytes.getBufferIdentifier().str(),
                                                   units.error().message));
    for (const PtxUnit& unit : *units) {
      auto module = ptx::parse(unit);
      if (!module)
        return makeError(module.status(), fmt::format("'{}': {}", bytes.getBufferIdentifier().str(),
                                                      module.error().message));
      for (const ptx::Function& function : module->functions)
        (function.isDeclaration ? member.deviceUndefined : member.deviceDefined)
            .insert(std::string(function.name));
      for (const ptx::Variable& variable : module->variables)
        (variable.linkage == ptx::Linkage::Extern ? member.deviceUndefined : member.deviceDefined)
            .insert(std::string(variable.name));
    }
    return {};
  }

  // As linkers do: a library's member takes part when it defines what a part wants, on the host or
  // on the device.
  void require() {
    std::map<std::string, size_t> host, device;
    for (size_t i = 0; i < members_.size(); ++i) {
      for (const std::string& name : members_[i].defined)
        host.emplace(name, i);
      for (const std::string& name : members_[i].deviceDefined)
        device.emplace(name, i);
    }
    std::vector<size_t> work;
    for (size_t i = 0; i < members_.size(); ++i)
      if (members_[i].required)
        work.push_back(i);
    auto pull = [&](const std::set<std::string>& names,
                    const std::map<std::string, size_t>& definitions) {
      for (const std::string& name : names)
        if (auto found = definitions.find(name);
            found != definitions.end() && !members_[found->second].required) {
          members_[found->second].required = true;
          work.push_back(found->second);
        }
    };
    while (!work.empty()) {
      const Member& member = members_[work.back()];
      work.pop_back();
      pull(member.undefined, host);
      pull(member.deviceUndefined, device);
    }
  }

  std::vector<std::unique_ptr<llvm::MemoryBuffer>> files_;
  std::vector<Member> members_;
};

} // namespace

Result<std::vector<DeviceUnit>> unitsToLink(const DeviceLinkInputs& inputs) {
  Collector collector;
  for (const std::string& path : inputs.objects)
    AW_TRY(collector.addFile(path, true));
  for (const std::string& path : inputs.libraries)
    AW_TRY(collector.addFile(path, false));
  return collector.finish();
}

std::string linkStub(const std::vector<DeviceUnit>& units,
                     const std::vector<std::string>& fatbins) {
  std::string source = R"(#pragma GCC visibility push(hidden)
typedef void (*Callback)(void **);
typedef void (*Dummy)(void *);
struct Wrapper { int magic, version; const void *data; const void *const *prelinked; };
#pragma GCC visibility push(default)
extern void **__cudaRegisterFatBinary(void *);
extern void __cudaRegisterFatBinaryEnd(void **);
extern void __cudaUnregisterFatBinary(void **);
extern int atexit(void (*)(void));
#pragma GCC visibility pop
)";
  std::string list, functions;
  for (const DeviceUnit& unit : units) {
    source += fmt::format("extern const struct Wrapper __fatbinwrap{}{};\n", unit.id,
                          unit.required ? "" : " __attribute__((weak))");
    list += fmt::format("  &__fatbinwrap{},\n", unit.id);
    functions += fmt::format("void {}{}(Callback callback, void *wrapper, void *name, Dummy dummy) "
                             "{{ add(callback); }}\n",
                             kRegister, unit.id);
  }
  std::string extra;
  for (size_t i = 0; i < fatbins.size(); ++i) {
    source +=
        fmt::format("__asm__(\".section __nv_relfatbin, \\\"a\\\"\\n.balign 8\\naw_fatbin_{0}:\\n"
                    ".incbin {1}\\n.text\\n\");\nextern const char aw_fatbin_{0}[];\n",
                    i, "\\\"" + fatbins[i] + "\\\"");
    extra += fmt::format("    prelinked[count++] = aw_fatbin_{};\n", i);
  }
  source += fmt::format("enum {{ kUnits = {}, kFatbins = {} }};\n", units.size(), fatbins.size());
  source += "static const struct Wrapper *const units[kUnits + 1] = {\n" + list + "  0};\n";
  source += R"(static const void *prelinked[kUnits + kFatbins + 1];
static Callback callbacks[kUnits + 1];
static int waiting, expected;
static struct Wrapper module = {0x466243b1, 2, 0, prelinked};
static void **handle;
static void finish(void) { __cudaUnregisterFatBinary(handle); }
static void add(Callback callback) {
  if (!expected)
    for (int i = 0; i < kUnits; ++i)
      expected += units[i] != 0;
  callbacks[waiting++] = callback;
  if (waiting < expected)
    return;
  int count = 0;
  for (int i = 0; i < kUnits; ++i)
    if (units[i])
      prelinked[count++] = units[i]->data;
)" + extra + R"(  handle = __cudaRegisterFatBinary(&module);
  for (int i = 0; i < waiting; ++i)
    callbacks[i](handle);
  __cudaRegisterFatBinaryEnd(handle);
  atexit(finish);
}
)" + functions;
  return source;
}

} // namespace anywarp::nvcc
