// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 5.5 "Tensors" and 9.7.9.27: copies between shared memory and a box of a tensor in global
// memory that a tensor map describes; done at once.
//
// A copy visits pieces of 16 bytes in the order in which they lie in (unswizzled) shared memory;
// for each it knows the place in global memory and which of its elements the tensor has.
#include "async.h"
#include "reduce.h"

using namespace devicelib;

namespace {

constexpr unsigned kPiece = 16, kMaxRank = 5;

struct Piece {
  uint32_t shared; // offset in the block's window, swizzled
  bool flip;       // its halves change places
  char* global;    // of element 0; valid for the elements first .. end-1 only
  unsigned first, end;
};

// PTX ISA 5.5.7: the number of a 16-byte piece is changed by that of its 128-byte line.
uint32_t swizzle(const AwTensorMap& map, uint32_t offset) {
  switch (map.swizzle) {
  case 1:
    return offset ^ (offset >> 3 & 0x10);
  case 2:
    return offset ^ (offset >> 3 & 0x30);
  case 3:
    if (map.atom == 3) // 64 bytes stay together
      return offset ^ (offset >> 1 & 0x40);
    if (map.atom) // 32 bytes
      return offset ^ (offset >> 2 & 0x60);
    return offset ^ (offset >> 3 & 0x70);
  default:
    return offset;
  }
}

struct Copy {
  const AwTensorMap& map;
  uint32_t shared; // offset
  int64_t at[kMaxRank];
  uint32_t offsets[3];

  unsigned elementBytes() const { return tensorElementBytes(map.type); }
  unsigned sliceBytes() const { return map.interleave ? 16u * map.interleave : 0; }
  int64_t size(unsigned dim) const { return int64_t(map.last[dim]) + 1; }
  int64_t stride(unsigned dim) const {
    return dim ? int64_t(map.strides[dim - 1])
               : int64_t(map.interleave ? sliceBytes() : elementBytes());
  }
  bool inside(unsigned dim, int64_t x) const { return x >= 0 && x < size(dim); }
  char* base() const { return reinterpret_cast<char*>(map.address); }

  template <typename Visit>
  void piece(uint32_t number, Visit& visit, char* global, unsigned first, unsigned end) const {
    uint32_t linear = shared + number * kPiece;
    bool flip = map.swizzle == 3 && map.atom == 2 && (linear >> 7 & 1);
    visit(Piece{swizzle(map, linear), flip, global, first, end});
  }

  // `count` elements along dimension 0 from x on; `row` is where x = 0 would lie. Gives the number
  // of pieces.
  template <typename Visit>
  uint32_t row(uint32_t number, Visit& visit, char* row, bool exists, int64_t x,
               unsigned count) const {
    unsigned each = kPiece / elementBytes(), pieces = (count + each - 1) / each;
    for (unsigned p = 0; p < pieces; p++, x += each) {
      int64_t low = x < 0 ? -x : 0, high = size(0) - x;
      low = low > each ? each : low;
      high = high > each ? each : high;
      bool any = exists && low < high;
      piece(number + p, visit, row + x * elementBytes(), any ? unsigned(low) : 0,
            any ? unsigned(high) : 0);
    }
    return pieces;
  }

  // The same where an element of dimension 0 is a slice of 16 or 32 bytes (interleaved layouts).
  template <typename Visit>
  uint32_t slices(uint32_t number, Visit& visit, char* row, bool exists, int64_t x, unsigned count,
                  unsigned step) const {
    unsigned pieces = sliceBytes() / kPiece, each = kPiece / elementBytes();
    for (unsigned i = 0; i < count; i++, x += step)
      for (unsigned p = 0; p < pieces; p++)
        piece(number + i * pieces + p, visit, row + x * sliceBytes() + p * kPiece, 0,
              exists && inside(0, x) ? each : 0);
    return count * pieces;
  }

  // PTX ISA 5.5.3. Gives the bytes in shared memory.
  template <typename Visit> uint32_t tiled(Visit visit) const {
    unsigned count[kMaxRank], index[kMaxRank] = {};
    for (unsigned d = 0; d < kMaxRank; d++) {
      unsigned step = d || map.interleave ? map.elementStride[d] : 1;
      count[d] = d < map.rank ? (map.box[d] + step - 1) / step : 1;
    }
    uint32_t number = 0;
    for (bool more = true; more;) {
      char* from = base();
      bool exists = true;
      for (unsigned d = 1; d < map.rank; d++) {
        int64_t x = at[d] + int64_t(index[d]) * map.elementStride[d];
        exists = exists && inside(d, x);
        from += x * stride(d);
      }
      number += map.interleave
                    ? slices(number, visit, from, exists, at[0], count[0], map.elementStride[0])
                    : row(number, visit, from, exists, at[0], count[0]);
      unsigned d = 1;
      for (; d < map.rank && ++index[d] == count[d]; d++)
        index[d] = 0;
      more = d < map.rank;
    }
    return number * kPiece;
  }

  // PTX ISA 5.5.4: columns of pixels, W fastest, each with its channels. The walk stays in the
  // bounding box of filter positions; the pixel read lies `offsets` further.
  template <typename Visit> uint32_t im2col(Visit visit) const {
    unsigned spatial = map.rank - 2u, batch = map.rank - 1u;
    int64_t x[kMaxRank];
    for (unsigned d = 0; d < map.rank; d++)
      x[d] = at[d];
    uint32_t number = 0;
    for (unsigned p = 0; p < map.pixels; p++) {
      char* from = base() + x[batch] * stride(batch);
      bool exists = inside(batch, x[batch]);
      for (unsigned s = 0; s < spatial; s++) {
        int64_t pixel = x[s + 1] + offsets[s];
        exists = exists && inside(s + 1, pixel);
        from += pixel * stride(s + 1);
      }
      number += row(number, visit, from, exists, x[0], map.channels);
      unsigned s = 0;
      for (; s < spatial; s++) {
        x[s + 1] += map.elementStride[s + 1];
        if (x[s + 1] < size(s + 1) + map.upper[s])
          break;
        x[s + 1] = map.lower[s];
      }
      if (s == spatial)
        x[batch] += map.elementStride[batch];
    }
    return number * kPiece;
  }

  template <typename Visit> uint32_t walk(Visit visit) const {
    return map.mode == AW_TENSOR_IM2COL ? im2col(visit) : tiled(visit);
  }
};

// What stands for an element outside of the tensor.
uint64_t filling(const AwTensorMap& map) {
  if (!map.fill)
    return 0;
  switch (map.type) {
  case AW_TENSOR_F16:
  case AW_TENSOR_BF16:
    return 0x7fff;
  case AW_TENSOR_F64:
    return ~0ull >> 1;
  default:
    return 0x7fffffff;
  }
}

// Types that change values on their way: .ftz flushes, tf32 rounds to its 10 bits of mantissa.
uint32_t converted(uint32_t type, uint32_t bits) {
  if (type == AW_TENSOR_F32_FTZ || type == AW_TENSOR_TF32_FTZ)
    bits = f2u(flushed(u2f(bits)));
  bool special = (bits & 0x7f800000) == 0x7f800000;
  if (type == AW_TENSOR_TF32 || type == AW_TENSOR_TF32_FTZ)
    bits = special ? bits : (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu;
  return bits;
}

void swapHalves(char* piece) {
  uint64_t low = loadWord<uint64_t>(piece), high = loadWord<uint64_t>(piece + 8);
  __builtin_memcpy(piece, &high, 8);
  __builtin_memcpy(piece + 8, &low, 8);
}

void copyElement(char* to, const char* from, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++)
    to[i] = from[i];
}

void readPiece(const Copy& copy, const Piece& p, char* to) {
  const unsigned bytes = copy.elementBytes(), each = kPiece / bytes;
  const uint64_t fill = filling(copy.map);
  if (p.first == 0 && p.end == each)
    __builtin_memcpy(to, p.global, kPiece);
  else
    for (unsigned i = 0; i < each; i++)
      copyElement(to + i * bytes,
                  i >= p.first && i < p.end ? p.global + i * bytes
                                            : reinterpret_cast<const char*>(&fill),
                  bytes);
  if (copy.map.type >= AW_TENSOR_F32_FTZ)
    for (unsigned i = p.first; i < p.end; i++) {
      uint32_t value = converted(copy.map.type, loadWord<uint32_t>(to + 4 * i));
      __builtin_memcpy(to + 4 * i, &value, 4);
    }
  if (p.flip)
    swapHalves(to);
}

void writePiece(const Copy& copy, const Piece& p, const char* from) {
  const unsigned bytes = copy.elementBytes();
  if (p.first == 0 && p.end == kPiece / bytes)
    __builtin_memcpy(p.global, from, kPiece);
  else
    for (unsigned i = p.first; i < p.end; i++)
      copyElement(p.global + i * bytes, from + i * bytes, bytes);
}

uint32_t problem(const AwTensorMap* map, uint32_t shared, unsigned rank, bool im2col) {
  if (map->magic != AW_TENSOR_MAP_MAGIC || map->type >= AW_TENSOR_TYPES || map->interleave > 2 ||
      map->rank > kMaxRank || map->rank < (map->mode == AW_TENSOR_IM2COL ? 3 : 1))
    return AW_ASYNC_NO_TENSOR_MAP;
  for (unsigned d = 0; d < map->rank; d++) // tensormap.replace may have written anything
    if (!map->elementStride[d] || (map->mode == AW_TENSOR_TILED && !map->box[d]))
      return AW_ASYNC_NO_TENSOR_MAP;
  if (shared & 127)
    return AW_ASYNC_MISALIGNED;
  if (map->rank != rank)
    return AW_ASYNC_WRONG_RANK;
  if ((map->mode == AW_TENSOR_IM2COL) != im2col)
    return AW_ASYNC_WRONG_MODE;
  return AW_ASYNC_OK;
}

} // namespace

uint32_t ptx_tensor_copy(const AwTensorMap* map, char* shared, uint32_t what, int32_t x0,
                         int32_t x1, int32_t x2, int32_t x3, int32_t x4, uint64_t offsets,
                         char* mbar, uint32_t mask, char* zero) {
  unsigned kind = what & 15, rank = what >> 4 & 15, op = what >> 12;
  uint32_t offset = uint32_t(uint64_t(shared - zero) & (kClusterStride - 1));
  char* window = shared - offset;
  if (uint32_t status = problem(map, offset, rank, what >> 8 & 1))
    return status;
  const Copy copy{*map,
                  offset,
                  {x0, x1, x2, x3, x4},
                  {uint32_t(offsets & 0xffff), uint32_t(offsets >> 16 & 0xffff),
                   uint32_t(offsets >> 32 & 0xffff)}};
  if (kind == AW_TENSOR_LOAD) {
    auto into = [&](char* to) {
      return copy.walk([&](const Piece& p) { readPiece(copy, p, to + p.shared); });
    };
    if (mask == AW_ASYNC_NO_MULTICAST) {
      ptx_mbarrier_update(mbar, 0, 0, -into(window));
      return AW_ASYNC_OK;
    }
    for (unsigned block = 0; block < 16; block++)
      if (mask >> block & 1)
        ptx_mbarrier_update(inBlock(zero, mbar, block), 0, 0, -into(zero + kClusterStride * block));
    return AW_ASYNC_OK;
  }
  if (kind == AW_TENSOR_STORE) {
    copy.walk([&](const Piece& p) { writePiece(copy, p, window + p.shared); });
    return AW_ASYNC_OK;
  }
  bool known = true;
  unsigned bytes = copy.elementBytes();
  copy.walk([&](const Piece& p) {
    for (unsigned i = p.first; i < p.end; i++)
      known &=
          reduceElement(op, copy.map.type, p.global + i * bytes, window + p.shared + i * bytes);
  });
  return known ? AW_ASYNC_OK : AW_ASYNC_WRONG_TYPE;
}

uint32_t ptx_tensormap_replace(AwTensorMap* map, uint32_t field, uint32_t ordinal, uint64_t v) {
  AwTensorMap& m = *map;
  if (m.magic != AW_TENSOR_MAP_MAGIC)
    return AW_ASYNC_NO_TENSOR_MAP;
  unsigned i = ordinal < kMaxRank ? ordinal : 0;
  switch (field) {
  case 0:
    m.address = v;
    break;
  case 1:
    m.rank = uint8_t(v < kMaxRank ? v + 1 : kMaxRank);
    break;
  case 2:
    m.box[i] = uint16_t(v);
    break;
  case 3:
    m.last[i] = uint32_t(v) - 1; // 0 stands for 2^32
    break;
  case 4:
    m.strides[i < 4 ? i : 3] = v;
    break;
  case 5:
    m.elementStride[i] = uint8_t(v ? v : 1);
    break;
  case 6: { // PTX numbers types in another order than the driver API does
    constexpr uint64_t kTypes = 0xc'b'9'8'a'7'6'5'4'3'2'1'0; // a nibble each
    m.type = uint8_t(v < AW_TENSOR_TYPES ? kTypes >> 4 * v & 15 : 255);
    break;
  }
  case 7:
    m.interleave = uint8_t(v < 3 ? v : 0);
    break;
  case 8:
    m.swizzle = uint8_t(v < 4 ? v : 0);
    break;
  case 9:
    m.atom = uint8_t(v & 3);
    break;
  default:
    m.fill = uint8_t(v & 1);
  }
  return AW_ASYNC_OK;
}
