// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the gang version of one prepared function.
//
// Two copies of the control flow share one set of variables ("slots", promoted to SSA later):
//  - the coherent copy is the function's own flow graph with no mask at all: all 32 lanes run;
//  - the masked copy has the blocks in topological order. Each block has a set of pending lanes;
//  the
//    lowest block with pending lanes runs next, so lanes that part meet again at the first
//    opportunity, whatever the shape of the graph.
// A branch on which lanes disagree leaves the coherent copy for the masked one; where all lanes
// meet again the masked copy goes back. Partial gangs start in the masked copy. At a barrier the
// live slots are saved to the gang's frame and the function returns (BarrierMode::Resume), or the
// gang's stack is switched (Fiber).
#pragma once

#include "spmd/intrinsics.h"
#include "spmd/kernel_abi.h"
#include "spmd/shape.h"
#include "spmd/written_only.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IRBuilder.h>
#include <map>
#include <optional>

namespace anywarp::spmd {

constexpr unsigned kLanes = AW_GANG_WIDTH;

// From this many blocks on, compile time decides: fewer ways between the two copies.
constexpr unsigned kLargeFunction = 48;
// From here on there is no coherent copy at all.
constexpr unsigned kHugeFunction = 256;
// Rounds of waiting loops in which all waiting lanes stay together, before others go first.
constexpr unsigned kPatience = 16;

// Places in AwRuntime.
enum class RuntimeFunction : unsigned {
#define AW_RUNTIME_FUNCTION(ret, name, ...) name,
#include "spmd/runtime_functions.def"
#undef AW_RUNTIME_FUNCTION
};

struct TargetTraits {
  bool gather = false;       // hardware gathers and scatters of 32/64-bit elements are worth using
  bool maskedNarrow = false; // masked loads and stores of 8/16-bit elements exist
};

// Parameters of every gang function, in order; device functions add a mask, a pointer to the gang's
// live lanes (a u32) and their arguments.
struct GangArguments {
  llvm::Value *block, *launch, *gang, *ctaid[3];
  static constexpr unsigned kCount = 6;
};

class GangEmitter {
public:
  GangEmitter(llvm::Function& source, llvm::Function& out, llvm::LoopInfo& loops,
              llvm::ArrayRef<llvm::BasicBlock*> order, const ShapeAnalysis& shapes,
              const ShapeAnalysis* refined, const VectorizeOptions& options,
              const TargetTraits& traits, bool isKernel);

  // On failure error() says why.
  bool emit();
  const std::string& error() const { return error_; }
  unsigned frameSize() const { return frameSize_; }
  unsigned localSize() const { return localSize_; }
  bool hasBarrier() const { return !barriers_.empty(); }
  // Resume points of whole gangs, all of whose lanes are there.
  llvm::ArrayRef<unsigned> coherentResumes() const { return coherentResumes_; }

private:
  enum Mode { Coherent, Masked };

  // --- structure (emit_control.cpp)
  void setUp();
  void emitEntry();
  llvm::Value* isFullGang(llvm::Value* known);
  void emitBlock(llvm::BasicBlock* block, Mode mode);
  void emitTerminator(llvm::BasicBlock* block, Mode mode);
  void emitBranch(llvm::BranchInst& branch, Mode mode);
  void setLiveWord(llvm::Value* mask);
  void emitAfterExits(llvm::BasicBlock* block, Mode mode);
  void emitDeadEnd(llvm::BasicBlock* from, llvm::BasicBlock* block, llvm::Value* mask);
  void emitLanesEnd(llvm::BasicBlock* block, Mode mode, llvm::Value* returned);
  void emitBarrier(llvm::BasicBlock* block, llvm::CallBase* call, Mode mode);
  bool sharesStops() const;
  void emitSharedStop(llvm::BasicBlock* block, llvm::CallBase* call);
  void emitDirectStop(llvm::BasicBlock* block, llvm::CallBase* call, Mode mode);
  void emitChainEnd();
  void emitGuard(unsigned index);
  void emitMaskedBody(unsigned index, llvm::Value* mask);
  using Moves = llvm::SmallVector<std::pair<llvm::AllocaInst*, llvm::Value*>, 8>;
  void collectMoves(llvm::BasicBlock* from, llvm::BasicBlock* to, llvm::Value* mask, Mode into,
                    Moves& moves);
  void commitMoves(const Moves& moves);
  void edgeMoves(llvm::BasicBlock* from, llvm::BasicBlock* to, llvm::Value* mask);
  bool isLarge() const { return order_.size() > kLargeFunction; }
  bool isHuge() const { return order_.size() > kHugeFunction; }
  llvm::Value* loadPending(unsigned index);
  void storePending(unsigned index, llvm::Value* mask);
  void addPending(llvm::BasicBlock* to, llvm::Value* mask);
  llvm::BasicBlock* killSkipped(unsigned index, llvm::BasicBlock* next);
  llvm::BasicBlock* coherent(llvm::BasicBlock* block);
  llvm::BasicBlock* guard(unsigned index);
  llvm::BasicBlock* maskedEntry(llvm::BasicBlock* a, llvm::BasicBlock* b);
  bool mayReenter(unsigned index) const;
  llvm::BasicBlock* newBlock(const llvm::Twine& name);

  // --- short arms under a mask (emit_arms.cpp)
  llvm::BasicBlock* joinOfArms(llvm::BranchInst& branch) const;
  void emitArms(llvm::BranchInst& branch, llvm::BasicBlock* join, llvm::Value* condition);

  // --- lanes that stay behind (emit_park.cpp)
  void setUpParking();
  void callYield();
  void emitYield(llvm::CallBase& call);
  void emitPark(llvm::BasicBlock* block);
  void emitUnpark();
  bool isLoose(const llvm::BasicBlock* block) const { return shapes_.parking().isLoose(block); }

  // --- lanes that wait for named ones (emit_meet.cpp)
  void setUpMeetings();
  void clearMeetings();
  llvm::Value* completeLanes(llvm::CallBase& call, llvm::Value* lanes, llvm::Value* present);
  llvm::Value* emitMeetingGuard(unsigned index);
  llvm::Value* meetingOperand(llvm::CallBase& call);
  void emitMeetingsApart();

  // --- what only the coherent copy knows (emit_refine.cpp)
  Shape shapeIn(const llvm::Value* v, Mode mode) const;
  bool isDivergent(const llvm::BasicBlock* block, Mode mode) const;
  bool needsWrapCheck(const llvm::Instruction* i) const;
  llvm::AllocaInst* slotOf(const llvm::Value* v, Mode mode) const;
  bool isPromised(const llvm::Value* v) const;
  llvm::Value* keepsPromise(llvm::Instruction* v);
  void spread(llvm::Instruction* v);
  void leaveCoherent(llvm::BasicBlock* from, llvm::ArrayRef<llvm::BasicBlock*> targets);
  void enterCoherent(llvm::BasicBlock* block, llvm::Value* together);

  // --- barriers and frames (emit_frame.cpp)
  using LiveSet = llvm::SmallVector<llvm::Instruction*, 16>;
  void computeLiveness();
  void assignHomes();
  llvm::SmallVector<llvm::SmallVector<llvm::BasicBlock*, 4>, 4> barrierGroups() const;
  void findRestoredEarly();
  llvm::Type* homeType(llvm::Type* slot);
  LiveSet neededAfter(llvm::BasicBlock* barrier) const;
  bool canRematerialize(const llvm::Value* value, unsigned depth = 0) const;
  void rematerialize(llvm::Instruction* value);
  void saveSlots(llvm::ArrayRef<llvm::Instruction*> live, llvm::Value* merge);
  void restoreSlots(llvm::ArrayRef<llvm::Instruction*> live);
  // Masks in the frame: live lanes; per barrier the lanes that wait there alone and, behind it,
  // their predicates.
  llvm::Value* frameMask(unsigned offset);
  void setFrameMask(unsigned offset, llvm::Value* mask);
  unsigned liveOffset() const;
  unsigned waitingOffset(const llvm::BasicBlock* barrier) const;
  llvm::Value* frameAt(unsigned offset);
  void fillStop(llvm::CallBase* call, llvm::Value* lanes, llvm::Value* live,
                llvm::Value* predicate);
  // Leaves the function; returns the block that runs on resumption.
  llvm::BasicBlock* stop(bool whole = false);
  void finishBarrier(llvm::CallBase* call);

  // --- values (emit_values.cpp)
  Shape shape(const llvm::Value* v) const { return shapeIn(v, mode_); }
  llvm::Type* vectorOf(llvm::Type* t) const;
  llvm::Value* base(llvm::Value* v); // lane 0 of a value whose shape is scalar
  llvm::Value* vec(llvm::Value* v);  // all lanes
  llvm::Value* operandFor(llvm::Value* v, const Shape& result);
  void define(llvm::Instruction* v, llvm::Value* value);
  void clearBlockState();
  void emitInstruction(llvm::Instruction& i);
  void emitScalar(llvm::Instruction& i);
  void emitVector(llvm::Instruction& i);
  static llvm::Value* withAccuracy(const llvm::Instruction& from, llvm::Value* to);
  void emitDivision(llvm::BinaryOperator& op);
  void emitWrapCheck(llvm::Instruction& i);
  void flushWrapChecks();
  llvm::Value* laneIndices(llvm::Type* element) const;
  llvm::Value* splat(llvm::Value* scalar);
  llvm::Value* fieldOf(llvm::Value* aggregate, unsigned index);
  llvm::Value* safeDivisor(llvm::Value* dividend, llvm::Value* divisor, bool isSigned);

  // --- one number for each group of lanes (emit_groups.cpp)
  bool mayBeGrouped(const llvm::Instruction& v) const;
  void findGrouped();
  llvm::Type* slotType(const llvm::Instruction& v) const;
  bool isGrouped(const llvm::Value* v) const { return grouped_.contains(v); }
  llvm::Value* firstOfGroups(const llvm::Value* v, llvm::Value* lanes);
  llvm::Value* lanesOfGroups(const llvm::Value* v, llvm::Value* firsts);

  // --- masks (emit_values.cpp)
  llvm::Value* allLanes() const;
  llvm::Value* noLanes() const;
  llvm::Value* bits(llvm::Value* mask); // i32, lane 0 in bit 0
  // What the first of these lanes (as bits) has of a value; any one's where there are none.
  llvm::Value* ofFirst(llvm::Value* lanes, llvm::Value* v);
  llvm::Value* any(llvm::Value* mask);
  llvm::Value* all(llvm::Value* mask);
  llvm::Value* activeBits() {
    return meetingLanes_ ? meetingLanes_ : mask_ ? bits(mask_) : b_.getInt32(~0u);
  }

  // --- memory (emit_memory.cpp)
  void emitLoad(llvm::LoadInst& load);
  void emitStore(llvm::StoreInst& store);
  llvm::Value* loadLanes(llvm::Value* pointer, const Shape& s, llvm::Type* type, llvm::Align align,
                         bool isVolatile, unsigned offset, unsigned groupStride);
  llvm::Value* contiguousLoad(llvm::Value* first, llvm::Type* type, llvm::Align align,
                              llvm::Value* mask, unsigned lanes, bool isVolatile);
  void contiguousStore(llvm::Value* value, llvm::Value* first, llvm::Align align, llvm::Value* mask,
                       unsigned lanes, bool isVolatile);
  llvm::Value* gather(llvm::Value* pointers, llvm::Type* type, llvm::Align align);
  void scatter(llvm::Value* value, llvm::Value* pointers, llvm::Align align, bool isVolatile);
  void storeLanes(llvm::Value* value, llvm::Value* pointer, const Shape& s, llvm::Type* type,
                  llvm::Align align, bool isVolatile, unsigned offset);
  unsigned probableRun(llvm::Value* pointer, const Shape& s, int64_t size) const;
  llvm::Value* shapedAs(llvm::Value* lanes, const Shape& s, llvm::Value*& first);
  llvm::Value* areRuns(llvm::Value* pointers, unsigned run, int64_t size);
  llvm::Value* loadRuns(llvm::Value* pointers, unsigned run, llvm::Type* type, llvm::Align align,
                        bool isVolatile);
  llvm::Value* laneValue(llvm::Value* v, unsigned lane, unsigned depth);
  std::optional<llvm::Value*> stepOf(llvm::Value* v, llvm::Loop& loop, unsigned depth);
  void prefetchNext(llvm::LoadInst& load);
  // Lanes in two interleaved streams (emit_butterfly.cpp).
  bool mayBeButterfly(const llvm::Value* pointer) const;
  void findButterfly(llvm::Value* pointers, int64_t size,
                     llvm::function_ref<void(unsigned distance, llvm::Value* first)> found,
                     llvm::function_ref<void()> otherwise);
  llvm::Value* loadButterfly(llvm::Value* pointers, llvm::Type* type, llvm::Align align);
  void storeButterfly(llvm::Value* value, llvm::Value* pointers, llvm::Align align);
  llvm::Value* segmentMask(unsigned first, unsigned lanes);
  llvm::Value* bytesFrom(llvm::Value* pointer, uint64_t offset);
  bool streamStore(llvm::Value* value, llvm::Value* pointer, llvm::Value* first, uint64_t bytes,
                   llvm::Align align);
  void emitAtomic(llvm::Instruction& i);
  bool emitUniformAtomic(llvm::AtomicRMWInst& rmw);
  llvm::Value* plainUpdate(llvm::AtomicRMWInst& rmw, llvm::Value* pointer, llvm::Value* operand);
  bool isObject(llvm::Value* pointer, Aw which) const; // underlying object is that base

  // --- several elements a lane (emit_rows.cpp)
  // Accesses to one type at constant distances from one pointer, by distance.
  using Neighbours = std::map<int64_t, llvm::Instruction*>;
  using Parts = llvm::SmallVector<llvm::Value*, 4>;
  void findRows(llvm::BasicBlock& block);
  void collectRows(Neighbours& all, uint64_t size);
  bool mayGatherPair(llvm::Instruction& access, unsigned n) const;
  bool emitRow(llvm::Instruction& access);
  void loadRow(llvm::ArrayRef<llvm::Instruction*> members, llvm::Value* pointer, const Shape& s);
  void storeRow(llvm::ArrayRef<llvm::Instruction*> members, llvm::Value* pointer, const Shape& s);
  llvm::ArrayRef<llvm::Value*> loadedRow(llvm::ArrayRef<llvm::Instruction*> members) const;
  static llvm::Instruction* lastOf(llvm::ArrayRef<llvm::Instruction*> members);
  llvm::Value* rowPointer(llvm::Value* pointer, const Shape& s, unsigned lane);
  llvm::Value* concat(llvm::ArrayRef<llvm::Value*> parts);
  Parts transposeRows(Parts v);
  llvm::DenseMap<llvm::Instruction*, llvm::SmallVector<llvm::Instruction*, 4>> rows_;
  llvm::SmallPtrSet<llvm::Instruction*, 16> rowsDone_;
  // What each lane loaded of a row, by the row's first load.
  llvm::DenseMap<const llvm::Instruction*, llvm::SmallVector<llvm::Value*, 0>> rowLanes_;

  // --- one lane at a time (emit_lanes.cpp)
  // Runs body(lane) for every active lane in ascending order; lane is an i32.
  void forEachLane(llvm::Value* mask, llvm::function_ref<void(llvm::Value* lane)> body);
  struct LaneOperand;
  llvm::SmallVector<llvm::Value*, 8> spillOperands(llvm::ArrayRef<llvm::Value*> operands);
  llvm::Value* laneOperand(llvm::Value* operand, llvm::Value* spilled, llvm::Value* lane);
  llvm::AllocaInst* stackArray(llvm::Type* element);
  llvm::AllocaInst* entryAlloca(llvm::Type* type, const llvm::Twine& name, unsigned align = 0);
  void emitPerLane(llvm::Instruction& i);
  llvm::Value* emitRuntimeCall(llvm::CallBase& call, llvm::ArrayRef<llvm::Value*> arguments,
                               llvm::Value* lane);

  // --- functions of the whole gang (emit_gang.cpp)
  // Results of a call that stay in memory until the call `last` of the same block.
  struct GangSlot {
    llvm::AllocaInst* memory;
    uint64_t size;
    const llvm::CallBase *owner, *last; // null: free
  };
  void emitGangFunction(llvm::CallBase& call);
  llvm::Value* keptResults(const llvm::CallBase& call, uint64_t size);
  llvm::Value* keptOperands(const llvm::CallBase& call, unsigned first, unsigned count);
  void releaseKept(const llvm::CallBase* user); // null: all of them, at the end of a block

  // --- calls (emit_cross_lane.cpp)
  void emitCall(llvm::CallBase& call);
  void emitIntrinsic(llvm::CallBase& call, Aw id);
  void emitSpecial(llvm::CallBase& call, Aw id);
  void emitShuffle(llvm::CallBase& call, Aw id);
  void emitVote(llvm::CallBase& call, Aw id);
  void emitArrive(llvm::CallBase& call);
  void emitLaneFunction(llvm::CallBase& call);
  void emitMatch(llvm::CallBase& call, Aw id);
  void emitRedux(llvm::CallBase& call, Aw id);
  void emitGangCall(llvm::CallBase& call);
  llvm::Value* tid(unsigned dimension);
  llvm::Value* launchField(unsigned offset, llvm::Type* type);
  llvm::Value* blockField(unsigned offset, llvm::Type* type);
  llvm::Value* invariant(llvm::LoadInst* load);
  llvm::Value* runtimeFunction(unsigned index);

  void fail(const llvm::Twine& why);

  llvm::Function& source_;
  llvm::Function& out_;
  llvm::LLVMContext& context_;
  llvm::Module& module_;
  const llvm::DataLayout& layout_;
  llvm::LoopInfo& loops_;
  llvm::ArrayRef<llvm::BasicBlock*> order_;
  const ShapeAnalysis& shapes_;
  const ShapeAnalysis* refined_; // null: the coherent copy knows no more
  const VectorizeOptions& options_;
  const TargetTraits& traits_;
  bool isKernel_;
  std::optional<WrittenOnly> writtenOnly_; // made when first asked
  llvm::IRBuilder<> b_;
  GangArguments args_{};
  llvm::Value* maskArgument_ = nullptr;
  llvm::Value* liveWord_ = nullptr;   // where the gang's live lanes stand for what it calls
  llvm::Value* stackFrame_ = nullptr; // device functions with barriers: their frame

  llvm::DenseMap<const llvm::BasicBlock*, unsigned> position_;
  llvm::DenseMap<llvm::BasicBlock*, llvm::BasicBlock*> coherent_;
  llvm::SmallVector<llvm::BasicBlock*, 32> guards_, coherentWork_;
  // Lanes that wait to run each block: a slot each, or in large functions an array in memory, since
  // every mask would be live everywhere.
  llvm::SmallVector<llvm::AllocaInst*, 32> pending_;
  llvm::AllocaInst* pendingArray_ = nullptr;
  // Lanes that stay behind until nobody else can run, by the block they go on with.
  llvm::MapVector<llvm::BasicBlock*, llvm::AllocaInst*> parked_;
  // Lanes that wait in front of a meeting, lanes that may go on there with others that are
  // elsewhere, and who those are (one for all meetings of a kind).
  struct Meeting {
    llvm::AllocaInst *waiting, *released, *together;
  };
  llvm::MapVector<llvm::BasicBlock*, Meeting> meetings_;
  llvm::MapVector<llvm::Function*, llvm::AllocaInst*> meetingKinds_;
  llvm::AllocaInst *live_ = nullptr, *exchange_ = nullptr;
  llvm::Value* meetingLanes_ = nullptr;  // in a meeting: all who take part
  llvm::AllocaInst* patience_ = nullptr; // rounds that waiting lanes still stay with the others
  llvm::DenseMap<const llvm::Value*, llvm::AllocaInst*> slots_;
  llvm::DenseSet<const llvm::Value*> grouped_;
  // Of values that are scalars in the coherent copy and vectors in the masked one.
  llvm::DenseMap<const llvm::Value*, llvm::AllocaInst*> coherentSlots_;
  llvm::DenseMap<const llvm::Value*, llvm::Value*> locals_; // source alloca -> lane 0's copy
  bool maskedUsed_ = false;
  llvm::BasicBlock* entry_ = nullptr;
  llvm::BasicBlock* entryEnd_ = nullptr; // where static allocas end
  llvm::SwitchInst* resumeSwitch_ = nullptr;
  llvm::AllocaInst* returned_ = nullptr; // device functions: the result
  llvm::AllocaInst* gangArea_ = nullptr; // operands and results of gang functions
  llvm::SmallVector<GangSlot, 8> gangSlots_;

  // barriers
  llvm::SmallVector<llvm::BasicBlock*, 8> barriers_;
  llvm::DenseMap<const llvm::BasicBlock*, llvm::SmallVector<llvm::Instruction*, 16>> liveIn_;
  llvm::DenseMap<const llvm::Instruction*, unsigned> homes_; // offsets in the frame
  // From which block on to which it must survive being passed by.
  llvm::DenseMap<const llvm::Instruction*, std::pair<unsigned, unsigned>> restoredEarly_;
  llvm::DenseMap<const llvm::BasicBlock*, llvm::BasicBlock*> sharedStops_;
  llvm::SmallVector<unsigned, 8> coherentResumes_;
  unsigned nextResume_ = 1, frameSize_ = 0, localSize_ = 0;

  // state of the block being written
  Mode mode_ = Coherent;
  llvm::Value* mask_ = nullptr; // null: all lanes
  llvm::DenseMap<const llvm::Value*, llvm::Value*> bases_, vectors_;
  llvm::DenseMap<const llvm::Value*, llvm::SmallVector<llvm::Value*, 4>> fields_;
  llvm::DenseMap<std::pair<const llvm::Value*, unsigned>, llvm::Value*> laneValues_;
  llvm::BasicBlock* current_ = nullptr; // of the source
  llvm::Value* wrapped_ = nullptr;      // i1: some index wrapped in this block
  std::string error_;
};

} // namespace anywarp::spmd
