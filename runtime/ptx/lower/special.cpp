// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 10 "Special Registers": a table from names to services or constants.
#include "ptx/device_runtime.h"
#include "ptx/lower/function_lowering.h"

#include <unordered_map>

namespace anywarp::ptx {
namespace {

struct Special {
  enum Kind : uint8_t { Service32, Service64, Clock, Constant, High, Graph } kind;
  const char* service = nullptr;
  uint32_t value = 0;
};

using Table = std::unordered_map<std::string_view, Special>;

const Table& table() {
  using S = Special;
  static const Table specials = {
      {"%tid.x", {S::Service32, "aw.tid.x"}},
      {"%tid.y", {S::Service32, "aw.tid.y"}},
      {"%tid.z", {S::Service32, "aw.tid.z"}},
      {"%ntid.x", {S::Service32, "aw.ntid.x"}},
      {"%ntid.y", {S::Service32, "aw.ntid.y"}},
      {"%ntid.z", {S::Service32, "aw.ntid.z"}},
      {"%ctaid.x", {S::Service32, "aw.ctaid.x"}},
      {"%ctaid.y", {S::Service32, "aw.ctaid.y"}},
      {"%ctaid.z", {S::Service32, "aw.ctaid.z"}},
      {"%nctaid.x", {S::Service32, "aw.nctaid.x"}},
      {"%nctaid.y", {S::Service32, "aw.nctaid.y"}},
      {"%nctaid.z", {S::Service32, "aw.nctaid.z"}},
      {"%laneid", {S::Service32, "aw.laneid"}},
      {"%warpid", {S::Service32, "aw.warpid"}},
      {"%nwarpid", {S::Service32, "aw.nwarpid"}},
      {"%smid", {S::Service32, "aw.smid"}},
      {"%nsmid", {S::Service32, "aw.nsmid"}},
      {"%gridid", {S::Service64, "aw.gridid"}},
      {"%lanemask_eq", {S::Service32, "aw.lanemask.eq"}},
      {"%lanemask_lt", {S::Service32, "aw.lanemask.lt"}},
      {"%lanemask_le", {S::Service32, "aw.lanemask.le"}},
      {"%lanemask_gt", {S::Service32, "aw.lanemask.gt"}},
      {"%lanemask_ge", {S::Service32, "aw.lanemask.ge"}},
      {"%dynamic_smem_size", {S::Service32, "aw.dynsmem"}},
      {"%total_smem_size", {S::Service32, "aw.totalsmem"}},
      {"%aggr_smem_size", {S::Service32, "aw.totalsmem"}},
      {"%clock64", {S::Service64, "aw.rt.clock64"}},
      {"%clock", {S::Service64, "aw.rt.clock64"}},
      {"%clock_hi", {S::High, "aw.rt.clock64"}},
      {"%globaltimer", {S::Service64, "aw.rt.globaltimer"}},
      {"%globaltimer_lo", {S::Service64, "aw.rt.globaltimer"}},
      {"%globaltimer_hi", {S::High, "aw.rt.globaltimer"}},
      // Cooperative groups find the memory of grid.sync() in these two.
      {"%envreg1", {S::High, "aw.rt.grid_workspace"}},
      {"%envreg2", {S::Service64, "aw.rt.grid_workspace"}},
      {"%current_graph_exec", {S::Graph}},
      {"%reserved_smem_offset_begin", {S::Constant, nullptr, 0}},
      {"%reserved_smem_offset_end", {S::Constant, nullptr, 0}},
      {"%reserved_smem_offset_cap", {S::Constant, nullptr, 0}},
      {"WARP_SZ", {S::Constant, nullptr, 32}},
  };
  return specials;
}

} // namespace

// %clusterid and the like (PTX ISA 10.13 on): place and size of the block's cluster; without
// clusters each block is one.
llvm::Value* FunctionLowering::clusterRegister(std::string_view name) {
  auto read = [&](std::string_view family, char axis) {
    return service("aw." + std::string(family) + "." + axis, b.getInt32Ty(), {});
  };
  char axis = name.back();
  std::string_view base = name.substr(0, name.rfind('.'));
  if (base != name && (axis < 'x' || axis > 'z'))
    return nullptr;
  llvm::Value* v = nullptr;
  if (base == "%clusterid")
    v = b.CreateUDiv(read("ctaid", axis), read("cluster", axis));
  else if (base == "%nclusterid")
    v = b.CreateUDiv(read("nctaid", axis), read("cluster", axis));
  else if (base == "%cluster_ctaid")
    v = b.CreateURem(read("ctaid", axis), read("cluster", axis));
  else if (base == "%cluster_nctaid")
    v = read("cluster", axis);
  else if (name == "%cluster_ctarank")
    v = clusterRank();
  else if (name == "%cluster_nctarank")
    v = b.CreateMul(b.CreateMul(read("cluster", 'x'), read("cluster", 'y')), read("cluster", 'z'));
  else if (name == "%is_explicit_cluster")
    return b.CreateICmpNE(service("aw.cluster.explicit", b.getInt32Ty(), {}), b.getInt32(0));
  return v ? b.CreateZExt(v, b.getInt64Ty()) : nullptr;
}

bool FunctionLowering::isVectorSpecial(std::string_view name) {
  for (std::string_view special : {"%tid", "%ntid", "%ctaid", "%nctaid", "%clusterid",
                                   "%nclusterid", "%cluster_ctaid", "%cluster_nctaid"})
    if (name == special)
      return true;
  return false;
}

llvm::Value* FunctionLowering::specialRegister(std::string_view name) {
  if (llvm::Value* v = clusterRegister(name))
    return v;
  auto it = table().find(name);
  if (it == table().end()) {
    // Environment and performance registers read as 0; driver-set ones have no meaning here.
    if (name.ends_with(".w") && isVectorSpecial(name.substr(0, name.size() - 2)))
      return b.getInt64(0);
    if (name.starts_with("%envreg") || name.starts_with("%pm") ||
        name.starts_with("%reserved_smem_offset"))
      return b.getInt64(0);
    return nullptr;
  }
  const Special& s = it->second;
  switch (s.kind) {
  case Special::Service32:
    return service(s.service, b.getInt32Ty(), {});
  case Special::Service64:
  case Special::Clock:
    return service(s.service, b.getInt64Ty(), {});
  case Special::High:
    return b.CreateLShr(service(s.service, b.getInt64Ty(), {}), 32);
  case Special::Constant:
    return b.getInt64(s.value);
  case Special::Graph: { // as a call of the device runtime without arguments
    llvm::AllocaInst* list = stackSlot(llvm::ArrayType::get(b.getInt64Ty(), 1), llvm::Align(8));
    auto id = uint32_t(DeviceRuntimeId::cudaGetCurrentGraphExec);
    return service("aw.rt.device_runtime", b.getInt64Ty(), {b.getInt32(id), list});
  }
  }
  return nullptr;
}

} // namespace anywarp::ptx
