// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program.h"

#include "ptx/layout.h"
#include "spmd/texture_abi.h"
#include "support/log.h"
#include "support/options.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fmt/core.h>
#include <sys/stat.h>

namespace anywarp::cpu {
namespace {

// CUDA aligns module variables to 256 bytes; small ones need not waste that much.
size_t placementAlign(const ptx::IndexedVariable& variable) {
  return std::max<size_t>(variable.align, variable.size >= 256 ? 256 : 16);
}

// Looking into the cache costs some 20 us. Text of so many bytes is parsed in a quarter of a
// millisecond.
constexpr uint32_t kLongText = 16 << 10;
constexpr auto kLongParse = std::chrono::microseconds(300);

struct StaticSizes {
  uint64_t shared = 0, local = 0;
};

void count(const ptx::Variable& variable, StaticSizes& sizes) {
  uint64_t* total = variable.space == ptx::Space::Shared  ? &sizes.shared
                    : variable.space == ptx::Space::Local ? &sizes.local
                                                          : nullptr;
  if (!total || variable.linkage == ptx::Linkage::Extern) // extern shared: the dynamic part
    return;
  uint64_t align = std::max<uint64_t>(1, ptx::alignOf(variable));
  *total = (*total + align - 1) / align * align + ptx::sizeOf(variable);
}

void count(const ptx::Block& block, StaticSizes& sizes) {
  for (const ptx::Statement& statement : block.statements) {
    if (statement.kind == ptx::Statement::Kind::Variable)
      count(statement.variable, sizes);
    else if (statement.kind == ptx::Statement::Kind::Block)
      count(*statement.block, sizes);
  }
}

// What CU_FUNC_ATTRIBUTE_PTX_VERSION means: 10 * major + minor of the .target's architecture.
int virtualArchitecture(const ptx::Module& module) {
  for (std::string_view target : module.targets)
    if (int number = 0; target.starts_with("sm_"))
      if (std::from_chars(target.data() + 3, target.data() + target.size(), number).ec ==
          std::errc())
        return number;
  return 0;
}

VariableKind kindOf(ptx::Type type) {
  switch (type) {
  case ptx::Type::TexRef:
    return VariableKind::Texref;
  case ptx::Type::SurfRef:
    return VariableKind::Surfref;
  case ptx::Type::SamplerRef:
    return VariableKind::Samplerref;
  default:
    return VariableKind::Data;
  }
}

// What .samplerref s = { filter_mode = linear, ... } puts into the variable (PTX ISA 5.3).
Result<uint64_t> packedSampler(const ptx::Variable& variable) {
  uint64_t address[3] = {AW_ADDRESS_CLAMP, AW_ADDRESS_CLAMP, AW_ADDRESS_CLAMP};
  uint64_t filter = AW_FILTER_POINT, unnormalized = 0;
  for (auto [name, value] : variable.opaque) {
    if (name == "filter_mode" && (value == "linear" || value == "nearest"))
      filter = value == "linear" ? AW_FILTER_LINEAR : AW_FILTER_POINT;
    else if (name == "force_unnormalized_coords" && (value == "0" || value == "1"))
      unnormalized = value == "1";
    else if (name.size() == 11 && name.starts_with("addr_mode_") && name[10] >= '0' &&
             name[10] <= '2' &&
             (value == "wrap" || value == "mirror" || value == "clamp_ogl" ||
              value == "clamp_to_edge" || value == "clamp_to_border"))
      address[name[10] - '0'] = value == "wrap"              ? AW_ADDRESS_WRAP
                                : value == "mirror"          ? AW_ADDRESS_MIRROR
                                : value == "clamp_to_border" ? AW_ADDRESS_BORDER
                                : value == "clamp_ogl"       ? AW_ADDRESS_CLAMP_OGL
                                                             : AW_ADDRESS_CLAMP;
    else
      return makeError(Status::InvalidPtx,
                       fmt::format("ptx:{}:{}: error: samplers have no '{} = {}'",
                                   variable.loc.line, variable.loc.column, name, value));
  }
  return AW_SAMPLER_PACK(address[0], address[1], address[2], filter, unnormalized);
}

// Where ANYWARP_DUMP_DIR wants the files of this kernel; empty: nowhere.
std::string dumpPrefix(const std::string& kernel, const ptx::Index& index, spmd::BlockShape shape) {
  if (options().dumpDir.empty())
    return {};
  mkdir(options().dumpDir.c_str(), 0777); // whatever is wrong with it shows when writing
  return fmt::format("{}/{}.{:016x}.{}", options().dumpDir, kernel.substr(0, 100), index.hash(),
                     unsigned(shape));
}

} // namespace

CpuKernel::CpuKernel(CpuProgram& program, const ptx::IndexedFunction& function)
    : program_(program), function_(function), name_(function.header.name) {
  for (const ptx::ParamLayout& param : ptx::layoutParams(function.header.params, &paramBytes_))
    params_.push_back({param.offset, param.size});
}

Result<CpuKernel::Sizes> CpuKernel::sizesOfText() const {
  auto slice = program_.index()->slice(name_);
  if (!slice)
    return slice.error();
  StaticSizes total;
  Sizes result;
  for (const ptx::Variable& variable : slice->module.variables) {
    count(variable, total);
    if (variable.space == ptx::Space::Const)
      result.constBytes += uint32_t(std::min<uint64_t>(ptx::sizeOf(variable), 65536));
  }
  for (const ptx::Function& function : slice->module.functions)
    count(function.body, total);
  result.staticShared = uint32_t(std::min<uint64_t>(total.shared, UINT32_MAX));
  result.localBytes = uint32_t(std::min<uint64_t>(total.local, UINT32_MAX));
  result.ptxVersion = virtualArchitecture(slice->module);
  return result;
}

// Every launch asks for them, and a launch from the cache shall not wait until a long text has been
// parsed: those of long kernels are cached, too.
Result<CpuKernel::Sizes> CpuKernel::sizes() const {
  if (program_.index()->units()[function_.unit]->size() < kLongText)
    return sizesOfText();
  KernelLoader& loader = program_.loader();
  CacheKey key = loader.factsKey(*program_.index(), name_, "sizes");
  std::vector<char> bytes = loader.cache().read(key);
  Sizes result;
  if (bytes.size() == sizeof result) {
    memcpy(&result, bytes.data(), sizeof result);
    return result;
  }
  auto start = std::chrono::steady_clock::now();
  auto found = sizesOfText();
  if (!found || std::chrono::steady_clock::now() - start < kLongParse)
    return found;
  bytes.resize(sizeof result);
  memcpy(bytes.data(), &*found, sizeof result);
  loader.cache().store(key, bytes);
  return found;
}

Result<KernelAttributes> CpuKernel::attributes() {
  std::lock_guard lock(mutex_);
  if (attributes_)
    return *attributes_;
  auto sizes = this->sizes();
  if (!sizes)
    return *(attributes_ = Result<KernelAttributes>(sizes.error()));
  KernelAttributes result;
  result.staticShared = sizes->staticShared;
  result.localBytes = sizes->localBytes;
  result.constBytes = sizes->constBytes;
  result.ptxVersion = sizes->ptxVersion;
  result.registers = header().maxnreg ? std::min(header().maxnreg, 32u) : 32;
  const uint32_t* limit = header().reqntid[0] ? header().reqntid : header().maxntid;
  if (limit[0])
    result.maxThreadsPerBlock =
        std::min<uint32_t>(1024, limit[0] * std::max(limit[1], 1u) * std::max(limit[2], 1u));
  if (header().reqntid[0])
    for (int i = 0; i < 3; i++)
      result.requiredThreads[i] = std::max(header().reqntid[i], 1u);
  if (header().reqnctapercluster[0])
    for (int i = 0; i < 3; i++)
      result.requiredCluster[i] = std::max(header().reqnctapercluster[i], 1u);
  result.maxClusterBlocks = header().maxclusterrank;
  result.explicitCluster = header().explicitcluster;
  result.gridInClusters = header().blocksareclusters;
  return *(attributes_ = Result<KernelAttributes>(result));
}

Result<std::shared_ptr<KernelImage>> CpuKernel::compile(spmd::BlockShape shape) {
  CompileRequest request;
  request.index = program_.index();
  request.kernel = name_;
  request.vectorize.shape = shape;
  request.vectorize.exactIndex = options().exactIndex;
  request.tier = options().tier == TierOption::Auto    ? Tier::Auto
                 : options().tier == TierOption::Quick ? Tier::Quick
                                                       : Tier::Full;
  bool fiber = options().barriers == BarriersOption::Fiber;
  request.vectorize.barriers = fiber ? spmd::BarrierMode::Fiber : spmd::BarrierMode::Resume;
  request.dumpPrefix = dumpPrefix(name_, *program_.index(), shape);
  auto image = program_.loader().load(request);
  // A barrier inside a function that cannot be inlined: only stacks can wait there.
  if (!image && !fiber && image.status() == Status::NotSupported) {
    request.vectorize.barriers = spmd::BarrierMode::Fiber;
    auto second = program_.loader().load(request);
    if (second)
      return second;
  }
  if (image)
    return image;
  Error error = image.error();
  if (error.message.find(name_) == std::string::npos)
    error.message = "kernel " + name_ + ": " + error.message;
  log::error("{}", error.message);
  return error;
}

Result<KernelImage*> CpuKernel::image(const uint32_t block[3]) {
  spmd::BlockShape shape = spmd::blockShapeOf(block[0], block[1], block[2]);
  if (auto* latest = latest_.load(std::memory_order_acquire); latest && latest->first == shape)
    return &(*latest->second.image)->best();
  std::pair<const spmd::BlockShape, Variant>* place;
  {
    std::lock_guard lock(mutex_);
    place = &*variants_.try_emplace(shape).first;
  }
  Variant& variant = place->second;
  std::call_once(variant.once, [&] { variant.image = compile(shape); });
  if (!variant.image)
    return variant.image.error();
  latest_.store(place, std::memory_order_release);
  return &(*variant.image)->best();
}

CpuProgram::CpuProgram(std::shared_ptr<const ptx::Index> index, Memory& memory,
                       KernelLoader& loader)
    : index_(std::move(index)), memory_(memory), loader_(loader) {}

CpuProgram::~CpuProgram() {
  if (storage_)
    memory_.release(storage_, storageBytes_, MemoryKind::Device);
}

Result<std::unique_ptr<Program>> CpuProgram::load(std::vector<PtxUnit> units, Memory& memory,
                                                  KernelLoader& loader) {
  auto index = ptx::Index::build(std::move(units));
  if (!index)
    return index.error();
  std::unique_ptr<CpuProgram> program(new CpuProgram(*index, memory, loader));
  AW_TRY(program->placeVariables());
  return std::unique_ptr<Program>(std::move(program));
}

// All variables share one allocation: programs have thousands of small ones.
Result<void> CpuProgram::placeVariables() {
  const auto& list = index_->variables();
  std::vector<size_t> offsets;
  size_t total = 0;
  for (const ptx::IndexedVariable& variable : list) {
    size_t align = placementAlign(variable);
    total = (total + align - 1) / align * align;
    offsets.push_back(total);
    if (variable.size > memory_.limit() || total > memory_.limit())
      return makeError(Status::OutOfMemory, fmt::format("variable {} needs {} bytes",
                                                        variable.variable.name, variable.size));
    total += std::max<size_t>(variable.size, 1);
  }
  globals_.resize(list.size());
  variables_.resize(list.size());
  if (!total)
    return {};
  auto storage = memory_.allocate(total, MemoryKind::Device);
  if (!storage)
    return makeError(storage.status(), "module variables: " + storage.error().message);
  storage_ = *storage;
  storageBytes_ = total;
  memset(storage_, 0, total);
  for (size_t i = 0; i < list.size(); i++) {
    globals_[i] = static_cast<char*>(storage_) + offsets[i];
    variables_[i] = {globals_[i], size_t(list[i].size), list[i].variable.space == ptx::Space::Const,
                     list[i].managed, kindOf(list[i].variable.type)};
  }
  for (const ptx::IndexedVariable& variable : list)
    if (variables_[variable.id].kind == VariableKind::Samplerref) {
      auto packed = packedSampler(variable.variable);
      if (!packed)
        return packed.error();
      memcpy(globals_[variable.id], &*packed, std::min(sizeof(uint64_t), variable.size));
    } else if (variable.variable.init)
      AW_TRY(initialize(variable));
  return {};
}

Result<uint64_t> CpuProgram::addressOf(const ptx::IndexedVariable& user,
                                       std::string_view symbol) const {
  if (const ptx::IndexedVariable* variable = index_->variable(symbol, user.unit))
    return uint64_t(uintptr_t(globals_[variable->id]));
  if (const ptx::IndexedFunction* function = index_->function(symbol, user.unit))
    return ptx::kFunctionIdBase + function->id;
  return makeError(Status::InvalidPtx,
                   fmt::format("the initialiser of variable {} names {}, which is "
                               "neither a variable nor a function",
                               user.variable.name, symbol));
}

Result<void> CpuProgram::initialize(const ptx::IndexedVariable& variable) {
  auto* out = static_cast<char*>(globals_[variable.id]);
  size_t size = ptx::sizeOf(variable.variable.type), left = variable.size;
  for (const ptx::Initializer::Element& element : variable.variable.init->elements) {
    if (!size || left < size)
      return makeError(
          Status::InvalidPtx,
          fmt::format("variable {} has more initialisers than room", variable.variable.name));
    uint64_t bits = element.bits;
    if (!element.symbol.empty()) {
      auto address = addressOf(variable, element.symbol);
      if (!address)
        return address.error();
      bits = *address + uint64_t(element.offset);
      if (element.maskShift != 0xff) // one byte of the address, for tables of bytes
        bits = bits >> (8 * (element.maskShift & 7)) & 0xff;
    }
    memcpy(out, &bits, std::min<size_t>(size, sizeof bits)); // little-endian, as the device is
    out += size;
    left -= size;
  }
  return {};
}

BackendKernel* CpuProgram::kernel(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (auto it = kernels_.find(name); it != kernels_.end())
    return it->second.get();
  const ptx::IndexedFunction* function = index_->entry(name);
  if (!function)
    return nullptr;
  auto kernel = std::make_unique<CpuKernel>(*this, *function);
  CpuKernel* result = kernel.get();
  kernels_.emplace(result->name(), std::move(kernel));
  return result;
}

CpuKernel* CpuProgram::kernelAt(uint64_t address) {
  const auto& functions = index_->functions();
  uint64_t id = address - ptx::kFunctionIdBase;
  if (id >= functions.size() || !functions[id].header.isEntry)
    return nullptr;
  // Two static kernels of one name: the program's name table knows the first only.
  if (index_->entry(functions[id].header.name) != &functions[id])
    return nullptr;
  return static_cast<CpuKernel*>(kernel(functions[id].header.name));
}

std::vector<std::string> CpuProgram::kernelNames() const {
  std::vector<std::string> names;
  for (const ptx::IndexedFunction* function : index_->kernels())
    names.emplace_back(function->header.name);
  return names;
}

const ProgramVariable* CpuProgram::variable(std::string_view name) {
  const ptx::IndexedVariable* found = index_->visibleVariable(name);
  return found ? &variables_[found->id] : nullptr;
}

} // namespace anywarp::cpu
