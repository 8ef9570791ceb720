// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that call the functions of the device runtime behind multi_grid_group; names and
// signatures as cuda_device_runtime_api.h of CUDA 12 has them.
#include "multi_grid.h"

const char* const kMultiGridPtx = R"(
.version 7.0
.target sm_70
.address_size 64
.extern .func (.param .b64 r) cudaCGGetIntrinsicHandle (.param .b32 s);
.extern .func (.param .b32 r) cudaCGSynchronize (.param .b64 h, .param .b32 f);
.extern .func (.param .b32 r) cudaCGGetSize (.param .b64 t, .param .b64 g, .param .b64 h);
.extern .func (.param .b32 r) cudaCGGetRank (.param .b64 t, .param .b64 g, .param .b64 h);

.func (.param .b64 result) handle_of (.param .b32 scope)
{
  .reg .b32 %r; .reg .b64 %h;
  ld.param.b32 %r, [scope];
  {
  .param .b32 s; .param .b64 r;
  st.param.b32 [s], %r;
  call.uni (r), cudaCGGetIntrinsicHandle, (s);
  ld.param.b64 %h, [r];
  }
  st.param.b64 [result], %h;
  ret;
}

.func (.param .b32 result) meet_in (.param .b64 handle)
{
  .reg .b32 %r; .reg .b64 %h;
  ld.param.b64 %h, [handle];
  {
  .param .b64 h; .param .b32 f; .param .b32 r;
  st.param.b64 [h], %h;
  st.param.b32 [f], 0;
  call.uni (r), cudaCGSynchronize, (h, f);
  ld.param.b32 %r, [r];
  }
  st.param.b32 [result], %r;
  ret;
}

// At `words`: size, grids, rank, grid rank, and what the two calls returned.
.func numbers_of (.param .b64 handle, .param .b64 words)
{
  .reg .b32 %r<7>; .reg .b64 %rd<6>;
  ld.param.b64 %rd1, [handle];
  ld.param.b64 %rd2, [words];
  add.u64 %rd3, %rd2, 4; add.u64 %rd4, %rd2, 8; add.u64 %rd5, %rd2, 12;
  {
  .param .b64 a; .param .b64 b; .param .b64 h; .param .b32 r;
  st.param.b64 [a], %rd2; st.param.b64 [b], %rd3; st.param.b64 [h], %rd1;
  call.uni (r), cudaCGGetSize, (a, b, h);
  ld.param.b32 %r5, [r];
  }
  {
  .param .b64 a; .param .b64 b; .param .b64 h; .param .b32 r;
  st.param.b64 [a], %rd4; st.param.b64 [b], %rd5; st.param.b64 [h], %rd1;
  call.uni (r), cudaCGGetRank, (a, b, h);
  ld.param.b32 %r6, [r];
  }
  st.u32 [%rd2+16], %r5;
  st.u32 [%rd2+20], %r6;
  ret;
}

.visible .entry ring (.param .u64 slots, .param .u64 sums, .param .u64 numbers, .param .u32 stride, .param .u32 rounds)
{
  .local .align 8 .b8 words[32]; .reg .b64 %w;
  .reg .pred %p; .reg .b32 %r<20>; .reg .b64 %rd<12>;
  mov.u64 %w, words; cvta.local.u64 %w, %w;
  ld.param.u64 %rd1, [slots]; ld.param.u64 %rd2, [sums]; ld.param.u64 %rd3, [numbers];
  ld.param.u32 %r1, [stride]; ld.param.u32 %r2, [rounds];
  call.uni (%rd4), handle_of, (2);
  call.uni numbers_of, (%rd4, %w);
  ld.u32 %r3, [%w+0]; ld.u32 %r4, [%w+4]; ld.u32 %r5, [%w+8]; ld.u32 %r6, [%w+12]; ld.u32 %r7, [%w+16]; ld.u32 %r8, [%w+20];
  or.b32 %r7, %r7, %r8;
  mul.wide.u32 %rd5, %r5, 4;
  add.u64 %rd6, %rd1, %rd5;        // own slot
  add.u32 %r9, %r5, %r1;
  rem.u32 %r9, %r9, %r3;
  mul.wide.u32 %rd7, %r9, 4;
  add.u64 %rd7, %rd1, %rd7;        // the other thread's
  mov.u32 %r10, 0;
  mov.u32 %r11, 0;
loop:
  setp.ge.u32 %p, %r10, %r2;
  @%p bra done;
  mad.lo.u32 %r12, %r10, 1000, %r5;
  st.global.u32 [%rd6], %r12;
  call.uni (%r13), meet_in, (%rd4);
  or.b32 %r7, %r7, %r13;
  ld.global.u32 %r14, [%rd7];
  add.u32 %r11, %r11, %r14;
  call.uni (%r13), meet_in, (%rd4);
  or.b32 %r7, %r7, %r13;
  add.u32 %r10, %r10, 1;
  bra.uni loop;
done:
  add.u64 %rd8, %rd2, %rd5;
  st.global.u32 [%rd8], %r11;
  shl.b64 %rd9, %rd5, 2;
  add.u64 %rd9, %rd3, %rd9;
  st.global.v4.u32 [%rd9], {%r3, %r4, %r6, %r7};
  ret;
}

// At its rank among all: size, grids and rank of the thread in its own grid, errors.
.visible .entry both (.param .u64 out)
{
  .local .align 8 .b8 words[32]; .reg .b64 %w;
  .reg .b32 %r<24>; .reg .b64 %rd<8>;
  mov.u64 %w, words; cvta.local.u64 %w, %w;
  ld.param.u64 %rd1, [out];
  call.uni (%rd2), handle_of, (2);
  call.uni (%rd3), handle_of, (1);
  call.uni numbers_of, (%rd2, %w);
  ld.u32 %r1, [%w+0]; ld.u32 %r2, [%w+4]; ld.u32 %r3, [%w+8]; ld.u32 %r4, [%w+12]; ld.u32 %r5, [%w+16]; ld.u32 %r6, [%w+20];
  call.uni numbers_of, (%rd3, %w);
  ld.u32 %r11, [%w+0]; ld.u32 %r12, [%w+4]; ld.u32 %r13, [%w+8]; ld.u32 %r14, [%w+12]; ld.u32 %r15, [%w+16]; ld.u32 %r16, [%w+20];
  call.uni (%r7), meet_in, (%rd3);
  call.uni (%r8), meet_in, (%rd2);
  call.uni (%r9), meet_in, (%rd3);
  call.uni (%r10), meet_in, (%rd3);
  or.b32 %r5, %r5, %r6; or.b32 %r5, %r5, %r7; or.b32 %r5, %r5, %r8; or.b32 %r5, %r5, %r9;
  or.b32 %r5, %r5, %r10; or.b32 %r5, %r5, %r14; or.b32 %r5, %r5, %r15; or.b32 %r5, %r5, %r16;
  mul.wide.u32 %rd4, %r3, 16;
  add.u64 %rd4, %rd1, %rd4;
  st.global.v4.u32 [%rd4], {%r11, %r12, %r13, %r5};
  ret;
}

.visible .entry none (.param .u64 out)
{
  .local .align 8 .b8 words[32]; .reg .b64 %w;
  .reg .b32 %r<10>; .reg .b64 %rd<4>;
  mov.u64 %w, words; cvta.local.u64 %w, %w;
  ld.param.u64 %rd1, [out];
  call.uni (%rd2), handle_of, (2);
  cvt.u32.u64 %r1, %rd2;
  call.uni (%r2), meet_in, (%rd2);
  call.uni numbers_of, (%rd2, %w);
  ld.u32 %r4, [%w+0]; ld.u32 %r5, [%w+4]; ld.u32 %r6, [%w+8]; ld.u32 %r7, [%w+12]; ld.u32 %r8, [%w+16]; ld.u32 %r9, [%w+20];
  st.global.v4.u32 [%rd1], {%r1, %r2, %r8, %r9};
  ret;
}

.visible .entry wait_for (.param .u64 p)
{
  .local .align 8 .b8 words[32]; .reg .b64 %w;
  .reg .pred %p; .reg .b32 %r<8>; .reg .b64 %rd<4>;
  mov.u64 %w, words; cvta.local.u64 %w, %w;
  ld.param.u64 %rd1, [p];
  call.uni (%rd2), handle_of, (2);
  call.uni numbers_of, (%rd2, %w);
  ld.u32 %r1, [%w+0]; ld.u32 %r2, [%w+4]; ld.u32 %r3, [%w+8]; ld.u32 %r4, [%w+12]; ld.u32 %r5, [%w+16]; ld.u32 %r6, [%w+20];
  setp.ne.u32 %p, %r4, 0;
  @%p bra loop;
  st.volatile.global.u32 [%rd1+4], 1;
  ret;
loop:
  ld.volatile.global.u32 %r7, [%rd1];
  setp.eq.u32 %p, %r7, 0;
  @%p bra loop;
  st.volatile.global.u32 [%rd1+8], 1;
  ret;
}

.visible .entry meet (.param .u64 p)
{
  .reg .b32 %r; .reg .b64 %rd;
  call.uni (%rd), handle_of, (2);
  call.uni (%r), meet_in, (%rd);
  ret;
}

.visible .entry trap_on_1 (.param .u64 p)
{
  .local .align 8 .b8 words[32]; .reg .b64 %w;
  .reg .pred %p; .reg .b32 %r<8>; .reg .b64 %rd;
  mov.u64 %w, words; cvta.local.u64 %w, %w;
  call.uni (%rd), handle_of, (2);
  call.uni numbers_of, (%rd, %w);
  ld.u32 %r1, [%w+0]; ld.u32 %r2, [%w+4]; ld.u32 %r3, [%w+8]; ld.u32 %r4, [%w+12]; ld.u32 %r5, [%w+16]; ld.u32 %r6, [%w+20];
  setp.eq.u32 %p, %r4, 1;
  @%p trap;
  call.uni (%r7), meet_in, (%rd);
  ret;
}

.visible .entry trap_always ()
{
  trap;
  ret;
}
)";
