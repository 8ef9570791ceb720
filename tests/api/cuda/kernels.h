// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX that the tests load; written by hand for them.
#pragma once

// add_one(int* data, int count): data[i] += 1 for i < count.
// scale(float* data, float factor, int count); fill_shared uses dynamic shared memory.
// Variables: `table` (4 ints: 10 20 30 40) and `counter` (one int, zero).
inline constexpr const char* kPtx = R"(
.version 8.0
.target sm_70
.address_size 64

.visible .global .align 4 .u32 table[4] = {10, 20, 30, 40};
.visible .global .align 4 .u32 counter;
.extern .shared .align 4 .b8 window[];

.visible .entry add_one(.param .u64 p_data, .param .u32 p_count)
{
  .reg .pred %p;
  .reg .b32 %r<8>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_data];
  ld.param.u32 %r1, [p_count];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p, %r5, %r1;
  @%p bra done;
  cvta.to.global.u64 %rd2, %rd1;
  mul.wide.s32 %rd3, %r5, 4;
  add.s64 %rd2, %rd2, %rd3;
  ld.global.u32 %r6, [%rd2];
  add.s32 %r7, %r6, 1;
  st.global.u32 [%rd2], %r7;
done:
  ret;
}

.visible .entry scale(.param .u64 p_data, .param .f32 p_factor, .param .u32 p_count)
{
  .reg .pred %p;
  .reg .b32 %r<8>;
  .reg .f32 %f<4>;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [p_data];
  ld.param.f32 %f1, [p_factor];
  ld.param.u32 %r1, [p_count];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p, %r5, %r1;
  @%p bra done;
  cvta.to.global.u64 %rd2, %rd1;
  mul.wide.s32 %rd3, %r5, 4;
  add.s64 %rd2, %rd2, %rd3;
  ld.global.f32 %f2, [%rd2];
  mul.f32 %f3, %f2, %f1;
  st.global.f32 [%rd2], %f3;
done:
  ret;
}

.visible .entry reverse_shared(.param .u64 p_data)
{
  .reg .b32 %r<8>;
  .reg .b64 %rd<8>;
  ld.param.u64 %rd1, [p_data];
  cvta.to.global.u64 %rd1, %rd1;
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ntid.x;
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd3, %rd1, %rd2;
  ld.global.u32 %r3, [%rd3];
  mov.u64 %rd4, window;
  add.s64 %rd5, %rd4, %rd2;
  st.shared.u32 [%rd5], %r3;
  bar.sync 0;
  sub.u32 %r4, %r2, %r1;
  sub.u32 %r4, %r4, 1;
  mul.wide.u32 %rd6, %r4, 4;
  add.s64 %rd7, %rd4, %rd6;
  ld.shared.u32 %r5, [%rd7];
  st.global.u32 [%rd3], %r5;
  ret;
}

.visible .entry bump()
{
  .reg .b32 %r<2>;
  .reg .b64 %rd<2>;
  mov.u64 %rd1, counter;
  atom.global.add.u32 %r1, [%rd1], 1;
  ret;
}
)";
