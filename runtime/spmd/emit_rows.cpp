// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows: neighbouring elements that each lane accesses together (ld.v4.f32 and such, which come as
// separate loads and stores). A lane's 8 or 16 bytes move at once and are sorted by element in
// registers, where an access for each element would touch every lane several times. Only where all
// lanes run, but for two words that a gather takes at once: they need not be aligned, either.
#include "spmd/gang_emitter.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr unsigned kRowBytes = 16;

// Of every 16 bytes of a and b: units (of 1 or 2 elements) of their lower or upper halves in turn.
SmallVector<int, 16> unpacked(unsigned lanes, unsigned unit, unsigned perRow, bool upper) {
  SmallVector<int, 16> order;
  for (unsigned row = 0; row < lanes; row += perRow)
    for (unsigned at = row + (upper ? perRow / 2 : 0), end = at + perRow / 2; at < end; at += unit)
      for (unsigned source = 0; source < 2; ++source)
        for (unsigned e = 0; e < unit; ++e)
          order.push_back(int(source * lanes + at + e));
  return order;
}

bool isRowElement(Type* t) {
  return t->isIntegerTy(32) || t->isFloatTy() || t->isIntegerTy(64) || t->isDoubleTy();
}

} // namespace

// Takes the rows out of `all`: aligned as a whole, and the first element in front, where its
// pointer is known before the others are emitted.
void GangEmitter::collectRows(Neighbours& all, uint64_t size) {
  for (auto at = all.begin(); at != all.end();) {
    unsigned n = size == 8 ? 2 : 4;
    auto next = std::next(at);
    SmallVector<Instruction*, 4> row;
    for (; n >= 2 && row.empty(); n /= 2) {
      if (getLoadStoreAlignment(at->second).value() < n * size && !mayGatherPair(*at->second, n))
        continue;
      auto end = at;
      for (unsigned k = 0; k < n && end != all.end(); ++k, ++end)
        if (end->first == at->first + int64_t(k * size) &&
            (k == 0 || at->second->comesBefore(end->second)))
          row.push_back(end->second);
      if (row.size() < n)
        row.clear();
      else
        next = end;
    }
    for (Instruction* i : row)
      rows_[i] = row;
    at = next;
  }
}

// Two neighbouring words of each lane: half as many lanes for gathers to look at.
bool GangEmitter::mayGatherPair(Instruction& access, unsigned n) const {
  return n == 2 && isa<LoadInst>(access) && traits_.gather &&
         layout_.getTypeStoreSize(access.getType()).getFixedValue() == 4;
}

// The rows of a block. Between the loads of one nothing is written; between its stores nothing else
// touches memory.
void GangEmitter::findRows(BasicBlock& block) {
  rows_.clear();
  rowsDone_.clear();
  rowLanes_.clear();
  MapVector<std::pair<Value*, Type*>, Neighbours> loads;
  std::pair<Value*, Type*> storeKey;
  Neighbours stores;
  auto endStores = [&] {
    if (stores.size() > 1)
      collectRows(stores, layout_.getTypeStoreSize(storeKey.second).getFixedValue());
    stores.clear();
  };
  auto endLoads = [&] {
    for (auto& [key, list] : loads)
      if (list.size() > 1)
        collectRows(list, layout_.getTypeStoreSize(key.second).getFixedValue());
    loads.clear();
  };
  for (Instruction& i : block) {
    if (!i.mayReadOrWriteMemory())
      continue;
    auto* load = dyn_cast<LoadInst>(&i);
    auto* store = dyn_cast<StoreInst>(&i);
    Type* type = load ? load->getType() : store ? store->getValueOperand()->getType() : nullptr;
    bool simple = type && isRowElement(type) && (load ? load->isSimple() : store->isSimple());
    APInt offset(64, 0);
    Value* base = simple ? getLoadStorePointerOperand(&i)->stripAndAccumulateConstantOffsets(
                               layout_, offset, /*AllowNonInbounds=*/true)
                         : nullptr;
    std::pair key{base, type};
    if (!store || !simple || key != storeKey)
      endStores();
    if (i.mayWriteToMemory())
      endLoads();
    if (!simple)
      continue;
    storeKey = store ? key : decltype(storeKey){};
    // The second of two stores to one place is no neighbour.
    Neighbours& list = load ? loads[key] : stores;
    if (!list.try_emplace(offset.getSExtValue(), &i).second && store) {
      endStores();
      stores.try_emplace(offset.getSExtValue(), &i);
    }
  }
  endStores();
  endLoads();
}

Value* GangEmitter::concat(ArrayRef<Value*> parts) {
  return parts.size() == 1 ? parts[0] : concatenateVectors(b_, parts); // which wants two
}

// n vectors, of n rows each, from rows to elements or back: a transposition in every n x n block.
GangEmitter::Parts GangEmitter::transposeRows(Parts v) {
  unsigned n = v.size(), lanes = cast<FixedVectorType>(v[0]->getType())->getNumElements();
  auto unpack = [&](Value* a, Value* b, unsigned unit, bool upper) {
    return b_.CreateShuffleVector(a, b, unpacked(lanes, unit, n, upper));
  };
  if (n == 2)
    return {unpack(v[0], v[1], 1, false), unpack(v[0], v[1], 1, true)};
  Value *a = unpack(v[0], v[1], 1, false), *b = unpack(v[0], v[1], 1, true);
  Value *c = unpack(v[2], v[3], 1, false), *d = unpack(v[2], v[3], 1, true);
  return {unpack(a, c, 2, false), unpack(a, c, 2, true), unpack(b, d, 2, false),
          unpack(b, d, 2, true)};
}

// Whether the row of `access` is emitted as one. It is at its first load or its last store.
bool GangEmitter::emitRow(Instruction& access) {
  if (rowsDone_.contains(&access))
    return true;
  auto row = rows_.find(&access);
  if (row == rows_.end())
    return false;
  ArrayRef<Instruction*> members = row->second;
  Value* pointer = getLoadStorePointerOperand(members[0]);
  Shape s = shape(pointer);
  uint64_t size = layout_.getTypeStoreSize(getLoadStoreType(&access)).getFixedValue();
  unsigned n = members.size();
  bool aligned = getLoadStoreAlignment(members[0]).value() >= n * size;
  if ((mask_ || !aligned) &&
      (!mayGatherPair(access, n) || s.isKnown() || probableRun(pointer, s, int64_t(size))))
    return false;
  // Groups whose elements are neighbours do better with an access for each element.
  if (s.isUniform() || s.isHint() || (s.isKnown() && (s.stride == 0 || s.stride == int64_t(size))))
    return false;
  if (isa<LoadInst>(access)) {
    loadRow(members, pointer, s);
  } else {
    if (&access != lastOf(members))
      return true; // waits for the last one
    storeRow(members, pointer, s);
  }
  rowsDone_.insert(members.begin(), members.end());
  return true;
}

Instruction* GangEmitter::lastOf(ArrayRef<Instruction*> members) {
  Instruction* last = members[0];
  for (Instruction* i : members)
    last = last->comesBefore(i) ? i : last;
  return last;
}

Value* GangEmitter::rowPointer(Value* pointer, const Shape& s, unsigned lane) {
  if (s.isScalar())
    return laneValue(pointer, lane, 0);
  return b_.CreateExtractElement(vec(pointer), uint64_t(lane));
}

void GangEmitter::loadRow(ArrayRef<Instruction*> members, Value* pointer, const Shape& s) {
  Type* element = members[0]->getType();
  unsigned n = members.size();
  Align align = getLoadStoreAlignment(members[0]);
  uint64_t bytes = n * layout_.getTypeStoreSize(element).getFixedValue();
  auto split = [&](Value* inOrder) {
    for (unsigned k = 0; k < n; ++k)
      define(members[k], b_.CreateShuffleVector(inOrder, createStrideMask(k, n, kLanes)));
  };
  if (s.isKnown() && s.stride == int64_t(bytes)) { // lanes of a group side by side
    SmallVector<Value*, 8> parts;
    for (unsigned lane = 0; lane < kLanes; lane += s.group)
      parts.push_back(b_.CreateAlignedLoad(FixedVectorType::get(element, s.group * n),
                                           laneValue(pointer, lane, 0), align));
    return split(concat(parts));
  }
  if (bytes < kRowBytes) {
    Value* rows = gather(vec(pointer), b_.getInt64Ty(), align);
    return split(b_.CreateBitCast(rows, FixedVectorType::get(element, kLanes * n)));
  }
  // Row i of vector j of a block is lane i * n + j of it.
  SmallVector<Parts, 4> blocks(n);
  auto& lanes = rowLanes_[members[0]];
  lanes.resize(kLanes);
  unsigned blockLanes = n * 4;
  for (unsigned first = 0; first < kLanes; first += blockLanes) {
    Parts v;
    for (unsigned j = 0; j < n; ++j) {
      Parts rows;
      for (unsigned i = 0; i < 4; ++i) {
        unsigned lane = first + i * n + j;
        rows.push_back(b_.CreateAlignedLoad(FixedVectorType::get(element, n),
                                            rowPointer(pointer, s, lane), align));
        lanes[lane] = rows.back();
      }
      v.push_back(concat(rows));
    }
    v = transposeRows(v);
    for (unsigned k = 0; k < n; ++k)
      blocks[k].push_back(v[k]);
  }
  for (unsigned k = 0; k < n; ++k)
    define(members[k], concat(blocks[k]));
}

// Each lane's row as it was loaded, if that is what the stores `members` write; else empty.
ArrayRef<Value*> GangEmitter::loadedRow(ArrayRef<Instruction*> members) const {
  auto* first = dyn_cast<LoadInst>(cast<StoreInst>(members[0])->getValueOperand());
  auto row = first ? rows_.find(first) : rows_.end();
  auto lanes = first ? rowLanes_.find(first) : rowLanes_.end();
  if (row == rows_.end() || lanes == rowLanes_.end() || row->second.size() != members.size())
    return {};
  for (unsigned k = 0; k < members.size(); ++k)
    if (cast<StoreInst>(members[k])->getValueOperand() != row->second[k])
      return {};
  return lanes->second;
}

void GangEmitter::storeRow(ArrayRef<Instruction*> members, Value* pointer, const Shape& s) {
  Type* element = getLoadStoreType(members[0]);
  unsigned n = members.size();
  Align align = getLoadStoreAlignment(members[0]);
  uint64_t bytes = n * layout_.getTypeStoreSize(element).getFixedValue();
  Parts parts;
  for (Instruction* i : members)
    parts.push_back(vec(cast<StoreInst>(i)->getValueOperand()));
  bool grouped = s.isKnown() && s.stride == int64_t(bytes);
  if (grouped || bytes < kRowBytes) {
    SmallVector<int, 128> order;
    for (unsigned l = 0; l < kLanes; ++l)
      for (unsigned k = 0; k < n; ++k)
        order.push_back(int(k * kLanes + l));
    Value* rows = b_.CreateShuffleVector(concat(parts), order);
    if (!grouped)
      return scatter(b_.CreateBitCast(rows, vectorOf(b_.getInt64Ty())), vec(pointer), align, false);
    for (unsigned lane = 0; lane < kLanes; lane += s.group)
      b_.CreateAlignedStore(
          b_.CreateShuffleVector(rows, createStrideMask(lane * n, 1, s.group * n)),
          laneValue(pointer, lane, 0), align);
    return;
  }
  if (ArrayRef<Value*> lanes = loadedRow(members); !lanes.empty()) {
    for (unsigned lane = 0; lane < kLanes; ++lane)
      b_.CreateAlignedStore(lanes[lane], rowPointer(pointer, s, lane), align);
    return;
  }
  unsigned blockLanes = n * 4;
  for (unsigned first = 0; first < kLanes; first += blockLanes) {
    Parts v;
    for (Value* part : parts)
      v.push_back(b_.CreateShuffleVector(part, createStrideMask(first, 1, blockLanes)));
    v = transposeRows(v);
    for (unsigned i = 0; i < 4; ++i) // in the order of lanes: the last of several to one place wins
      for (unsigned j = 0; j < n; ++j)
        b_.CreateAlignedStore(b_.CreateShuffleVector(v[j], createStrideMask(i * n, 1, n)),
                              rowPointer(pointer, s, first + i * n + j), align);
  }
}

} // namespace anywarp::spmd
