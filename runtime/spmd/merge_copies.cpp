// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/merge_copies.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <map>
#include <tuple>

using namespace llvm;

namespace anywarp::spmd {
namespace {

// One element on its way.
struct Copy {
  LoadInst* load;
  StoreInst* store;
  int64_t from, to; // offsets from the bases
};

// Copies from one object to another at one distance.
struct Key {
  Value *from, *to;
  int64_t distance;
  Type* type;
  auto tie() const { return std::tie(from, to, distance, type); }
  bool operator<(const Key& o) const { return tie() < o.tie(); }
};

class Merger {
public:
  Merger(BasicBlock& block, AAResults& aliases)
      : block_(block), aliases_(aliases), layout_(block.getModule()->getDataLayout()) {}

  bool run() {
    MapVector<Key, SmallVector<Copy, 16>, std::map<Key, unsigned>> all;
    for (Instruction& i : block_)
      if (auto* store = dyn_cast<StoreInst>(&i))
        collect(*store, all);
    bool changed = false;
    for (auto& [key, copies] : all)
      changed |= mergeAll(key, copies);
    return changed;
  }

private:
  template <typename Map> void collect(StoreInst& store, Map& all) {
    auto* load = dyn_cast<LoadInst>(store.getValueOperand());
    if (!load || load->getParent() != &block_ || !load->hasOneUse() || !load->isSimple() ||
        !store.isSimple() || !(load->getType()->isIntegerTy(8) || load->getType()->isIntegerTy(16)))
      return;
    auto base = [&](Value* pointer, int64_t& offset) {
      APInt sum(64, 0);
      Value* v =
          pointer->stripAndAccumulateConstantOffsets(layout_, sum, /*AllowNonInbounds=*/true);
      offset = sum.getSExtValue();
      return v;
    };
    Copy copy{load, &store, 0, 0};
    Key key{};
    key.from = base(load->getPointerOperand(), copy.from);
    key.to = base(store.getPointerOperand(), copy.to);
    key.distance = int64_t(uint64_t(copy.to) - uint64_t(copy.from));
    key.type = load->getType();
    all[key].push_back(copy);
  }

  bool mergeAll(const Key& key, SmallVectorImpl<Copy>& copies) {
    unsigned size = key.type->getIntegerBitWidth() / 8;
    stable_sort(copies, [](const Copy& a, const Copy& b) { return a.from < b.from; });
    bool changed = false;
    for (size_t at = 0; at < copies.size();) {
      size_t taken = 1;
      for (unsigned bytes : {16u, 8u, 4u}) {
        ArrayRef<Copy> part = ArrayRef(copies).drop_front(at);
        if (part.size() < bytes / size)
          continue;
        part = part.take_front(bytes / size);
        if (!areNeighbours(part, size) || !mayMove(part))
          continue;
        merge(key, part, bytes);
        changed = true;
        taken = part.size();
        break;
      }
      at += taken;
    }
    return changed;
  }

  static bool areNeighbours(ArrayRef<Copy> part, unsigned size) {
    for (size_t k = 1; k < part.size(); ++k)
      if (part[k].from != part[k - 1].from + int64_t(size))
        return false;
    return true;
  }

  static LoadInst* firstLoad(ArrayRef<Copy> part) {
    LoadInst* first = part[0].load;
    for (const Copy& c : part)
      first = c.load->comesBefore(first) ? c.load : first;
    return first;
  }

  static StoreInst* lastStore(ArrayRef<Copy> part) {
    StoreInst* last = part[0].store;
    for (const Copy& c : part)
      last = last->comesBefore(c.store) ? c.store : last;
    return last;
  }

  // Whether all may be loaded where the first is, and stored where the last is.
  bool mayMove(ArrayRef<Copy> part) {
    SmallPtrSet<Instruction*, 32> own;
    for (const Copy& c : part)
      own.insert(c.load), own.insert(c.store);
    // How far a chunk reaches is not known from one of its elements.
    auto anywhere = [](Instruction* i) {
      return MemoryLocation::getBeforeOrAfter(getLoadStorePointerOperand(i), i->getAAMetadata());
    };
    MemoryLocation read = anywhere(part[0].load), written = anywhere(part[0].store);
    bool apart = aliases_.isNoAlias(read, written), stored = false;
    for (Instruction* i = firstLoad(part); i != lastStore(part); i = i->getNextNode()) {
      if (!i->mayReadOrWriteMemory())
        continue;
      if (own.contains(i)) {
        stored |= isa<StoreInst>(i);
        if (stored && isa<LoadInst>(i) && !apart)
          return false;
        continue;
      }
      if (!isa<LoadInst, StoreInst>(i) || i->isVolatile() || i->isAtomic())
        return false;
      MemoryLocation other = anywhere(i);
      if (!aliases_.isNoAlias(other, written))
        return false;
      if (isa<StoreInst>(i) && !aliases_.isNoAlias(other, read))
        return false;
    }
    return true;
  }

  void merge(const Key& key, ArrayRef<Copy> part, unsigned bytes) {
    IRBuilder<> b(firstLoad(part));
    auto place = [&](Value* base, int64_t offset) {
      return b.CreateGEP(b.getInt8Ty(), base, b.getInt64(uint64_t(offset)));
    };
    LoadInst* load = b.CreateAlignedLoad(b.getIntNTy(8 * bytes), place(key.from, part[0].from),
                                         part[0].load->getAlign());
    load->setAAMetadata(part[0].load->getAAMetadata());
    b.SetInsertPoint(lastStore(part));
    StoreInst* store =
        b.CreateAlignedStore(load, place(key.to, part[0].to), part[0].store->getAlign());
    store->setAAMetadata(part[0].store->getAAMetadata());
    for (const Copy& c : part) {
      c.store->eraseFromParent();
      c.load->eraseFromParent();
    }
  }

  BasicBlock& block_;
  AAResults& aliases_;
  const DataLayout& layout_;
};

} // namespace

PreservedAnalyses MergeCopiesPass::run(Function& function, FunctionAnalysisManager& analyses) {
  auto& aliases = analyses.getResult<AAManager>(function);
  bool changed = false;
  for (BasicBlock& block : function)
    changed |= Merger(block, aliases).run();
  if (!changed)
    return PreservedAnalyses::all();
  PreservedAnalyses kept;
  kept.preserveSet<CFGAnalyses>();
  return kept;
}

} // namespace anywarp::spmd
