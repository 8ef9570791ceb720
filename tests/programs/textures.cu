// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface objects through the runtime API and the device functions of our headers:
// shapes, filters, read modes, mipmaps, gathers and surface stores. Prints what differs.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t e = (call);                                                                        \
    if (e != cudaSuccess) {                                                                        \
      printf("%s: %s\n", #call, cudaGetErrorString(e));                                            \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

constexpr int kWidth = 32, kHeight = 16, kDepth = 4;

struct Out {
  float* data;
  explicit Out(int n) { CHECK(cudaMallocManaged(&data, n * sizeof(float))); }
  ~Out() { cudaFree(data); }
};

static int report(const char* what, const float* got, const std::vector<float>& want,
                  float tolerance = 0) {
  CHECK(cudaDeviceSynchronize());
  int bad = 0;
  for (size_t i = 0; i < want.size(); i++)
    if (!(std::fabs(got[i] - want[i]) <= tolerance) && bad++ < 3)
      printf("%s: [%d] is %g, expected %g\n", what, int(i), got[i], want[i]);
  printf("%s: %s\n", what, bad ? "WRONG" : "ok");
  return bad;
}

static cudaTextureObject_t textureOf(const cudaResourceDesc& resource, cudaTextureFilterMode filter,
                                     bool normalized, cudaTextureReadMode read,
                                     cudaTextureAddressMode address = cudaAddressModeClamp) {
  cudaTextureDesc desc = {};
  for (auto& a : desc.addressMode)
    a = address;
  desc.filterMode = desc.mipmapFilterMode = filter;
  desc.normalizedCoords = normalized;
  desc.readMode = read;
  desc.maxMipmapLevelClamp = 16;
  cudaTextureObject_t t = 0;
  CHECK(cudaCreateTextureObject(&t, &resource, &desc, nullptr));
  return t;
}
static cudaResourceDesc arrayResource(cudaArray_t array) {
  cudaResourceDesc r = {};
  r.resType = cudaResourceTypeArray;
  r.res.array.array = array;
  return r;
}

template <class T> static cudaArray_t arrayOf(int w, int h, int d, unsigned flags) {
  cudaChannelFormatDesc format = cudaCreateChannelDesc<T>();
  cudaArray_t array = nullptr;
  CHECK(cudaMalloc3DArray(&array, &format, make_cudaExtent(w, h, d), flags));
  return array;
}
template <class T>
static void fill(cudaArray_t array, const std::vector<T>& texels, int w, int h, int d) {
  cudaMemcpy3DParms p = {};
  p.srcPtr = make_cudaPitchedPtr(const_cast<T*>(texels.data()), w * sizeof(T), w, h ? h : 1);
  p.dstArray = array;
  p.extent = make_cudaExtent(w, h ? h : 1, d ? d : 1);
  p.kind = cudaMemcpyHostToDevice;
  CHECK(cudaMemcpy3D(&p));
}

__global__ void linear1d(cudaTextureObject_t t, float* out) {
  int i = threadIdx.x;
  uchar4 c = tex1Dfetch<uchar4>(t, i);
  out[i] = float(c.x + 2 * c.y + 3 * c.z + 4 * c.w);
}

__global__ void bilinear(cudaTextureObject_t t, float* out) {
  int x = threadIdx.x, y = blockIdx.x;
  float v;
  tex2D(&v, t, x + 0.75f, y + 1.0f);
  out[y * kWidth + x] = v;
}

__global__ void rotated(cudaTextureObject_t t, float* out) {
  int x = threadIdx.x, y = blockIdx.x;
  if ((x + y) % 3 == 0) { // divergent
    float4 c = tex2D<float4>(t, (x + 0.5f) / kWidth + 1, (y + 0.5f) / kHeight - 2);
    out[y * kWidth + x] = c.x + 2 * c.y + 4 * c.z + 8 * c.w;
  }
}

__global__ void volume(cudaTextureObject_t t, float* out) {
  int x = threadIdx.x, y = blockIdx.x, z = blockIdx.y;
  out[(z * kHeight + y) * kWidth + x] = float(tex3D<short>(t, x, y, z));
}

__global__ void layered(cudaTextureObject_t t, float* out) {
  int x = threadIdx.x, y = blockIdx.x, z = blockIdx.y;
  int2 c = tex2DLayered<int2>(t, x, y, z);
  out[(z * kHeight + y) * kWidth + x] = float(c.x * 10 + c.y);
}

__global__ void faces(cudaTextureObject_t t, float* out) {
  const float3 directions[6] = {{1, 0.1f, 0.1f},  {-1, 0.1f, 0.1f}, {0.1f, 1, 0.1f},
                                {0.1f, -1, 0.1f}, {0.1f, 0.1f, 1},  {0.1f, 0.1f, -1}};
  float3 d = directions[threadIdx.x];
  out[threadIdx.x] = texCubemap<float>(t, d.x, d.y, d.z);
}

__global__ void gathers(cudaTextureObject_t t, float* out) {
  float4 a = tex2Dgather<float4>(t, 5.0f, 7.0f), b = tex2Dgather<float4>(t, 5.0f, 7.0f, 3);
  float v[8] = {a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w};
  for (int i = 0; i < 8; i++)
    out[i] = v[i];
}

__global__ void levels(cudaTextureObject_t t, float* out) {
  int i = threadIdx.x;
  bool resident = false;
  out[i] = tex2DLod<float>(t, 0.5f, 0.5f, i * 0.25f);
  float step = exp2f(i * 0.25f) / kWidth;
  out[16 + i] = tex2DGrad<float>(t, 0.5f, 0.5f, make_float2(step, 0), make_float2(0, 0));
  out[32 + i] = tex2D<float>(t, 0.5f, 0.5f, &resident) + resident;
}

template <class T> __global__ void copySurface(cudaSurfaceObject_t from, cudaSurfaceObject_t to) {
  int x = threadIdx.x, y = blockIdx.x;
  T v = surf2Dread<T>(from, x * int(sizeof(T)), y, cudaBoundaryModeTrap);
  T outside;
  surf2Dread(&outside, from, -int(sizeof(T)), y, cudaBoundaryModeClamp);
  if (x == 0) // the nearest texel: the same
    v = outside;
  surf2Dwrite(v, to, (kWidth - 1 - x) * int(sizeof(T)), kHeight - 1 - y);
  surf2Dwrite(v, to, kWidth * int(sizeof(T)) + x, y, cudaBoundaryModeZero); // nothing happens
}

template <class T> static int surfaces(const char* name) {
  std::vector<T> texels(kWidth * kHeight), back(kWidth * kHeight);
  memset(texels.data(), 0, texels.size() * sizeof(T));
  for (size_t i = 0; i < texels.size(); i++)
    memcpy(&texels[i], &i, sizeof(T) < sizeof(i) ? sizeof(T) : sizeof(i));
  cudaArray_t a = arrayOf<T>(kWidth, kHeight, 0, cudaArraySurfaceLoadStore);
  cudaArray_t b = arrayOf<T>(kWidth, kHeight, 0, cudaArraySurfaceLoadStore);
  fill(a, texels, kWidth, kHeight, 0);
  cudaResourceDesc ra = arrayResource(a), rb = arrayResource(b);
  cudaSurfaceObject_t sa, sb;
  CHECK(cudaCreateSurfaceObject(&sa, &ra));
  CHECK(cudaCreateSurfaceObject(&sb, &rb));
  copySurface<T><<<kHeight, kWidth>>>(sa, sb);
  CHECK(cudaMemcpy2DFromArray(back.data(), kWidth * sizeof(T), b, 0, 0, kWidth * sizeof(T), kHeight,
                              cudaMemcpyDeviceToHost));
  int bad = 0;
  for (size_t i = 0; i < texels.size(); i++)
    bad += memcmp(&back[texels.size() - 1 - i], &texels[i], sizeof(T)) != 0;
  printf("surface of %s: %s\n", name, bad ? "WRONG" : "ok");
  CHECK(cudaDestroySurfaceObject(sa));
  CHECK(cudaDestroySurfaceObject(sb));
  CHECK(cudaFreeArray(a));
  CHECK(cudaFreeArray(b));
  return bad;
}

__global__ void paintLevel(cudaSurfaceObject_t s, int level) {
  surf2Dwrite(float(level), s, threadIdx.x * 4, blockIdx.x);
}

int main() {
  int bad = 0;
  {
    uchar4* memory;
    CHECK(cudaMallocManaged(&memory, 64 * sizeof(uchar4)));
    std::vector<float> want(70, 0);
    for (int i = 0; i < 64; i++) {
      memory[i] = make_uchar4(i, 2 * i, 3 * i, 255 - i);
      want[i] = float(i + 4 * i + 9 * i + 4 * (255 - i));
    }
    cudaResourceDesc r = {};
    r.resType = cudaResourceTypeLinear;
    r.res.linear.devPtr = memory;
    r.res.linear.desc = cudaCreateChannelDesc<uchar4>();
    r.res.linear.sizeInBytes = 64 * sizeof(uchar4);
    cudaTextureObject_t t = textureOf(r, cudaFilterModePoint, false, cudaReadModeElementType);
    Out out(70);
    linear1d<<<1, 70>>>(t, out.data);
    bad += report("linear memory", out.data, want);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFree(memory));
  }
  {
    float* memory;
    size_t pitch;
    CHECK(cudaMallocPitch(&memory, &pitch, kWidth * sizeof(float), kHeight));
    std::vector<float> texels(kWidth * kHeight), want(kWidth * kHeight);
    for (int y = 0; y < kHeight; y++)
      for (int x = 0; x < kWidth; x++)
        texels[y * kWidth + x] = float(x * x + 7 * y);
    auto at = [&](int x, int y) {
      return texels[std::min(y, kHeight - 1) * kWidth + std::min(x, kWidth - 1)];
    };
    for (int y = 0; y < kHeight; y++)
      for (int x = 0; x < kWidth; x++)
        want[y * kWidth + x] = 0.5f * (0.75f * at(x, y) + 0.25f * at(x + 1, y)) +
                               0.5f * (0.75f * at(x, y + 1) + 0.25f * at(x + 1, y + 1));
    CHECK(cudaMemcpy2D(memory, pitch, texels.data(), kWidth * sizeof(float), kWidth * sizeof(float),
                       kHeight, cudaMemcpyHostToDevice));
    cudaResourceDesc r = {};
    r.resType = cudaResourceTypePitch2D;
    r.res.pitch2D.devPtr = memory;
    r.res.pitch2D.desc = cudaCreateChannelDesc<float>();
    r.res.pitch2D.width = kWidth;
    r.res.pitch2D.height = kHeight;
    r.res.pitch2D.pitchInBytes = pitch;
    cudaTextureObject_t t = textureOf(r, cudaFilterModeLinear, false, cudaReadModeElementType);
    Out out(kWidth * kHeight);
    bilinear<<<kHeight, kWidth>>>(t, out.data);
    bad += report("pitch linear, bilinear", out.data, want, 1e-3f);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFree(memory));
  }
  {
    std::vector<uchar4> texels(kWidth * kHeight);
    std::vector<float> want(kWidth * kHeight, -1);
    for (int i = 0; i < kWidth * kHeight; i++) {
      texels[i] = make_uchar4(i, i / 2, i / 3, 255);
      if ((i % kWidth + i / kWidth) % 3 == 0)
        want[i] = (texels[i].x + 2 * texels[i].y + 4 * texels[i].z + 8 * texels[i].w) / 255.0f;
    }
    cudaArray_t array = arrayOf<uchar4>(kWidth, kHeight, 0, cudaArrayDefault);
    fill(array, texels, kWidth, kHeight, 0);
    cudaTextureObject_t t = textureOf(arrayResource(array), cudaFilterModeLinear, true,
                                      cudaReadModeNormalizedFloat, cudaAddressModeWrap);
    Out out(kWidth * kHeight);
    for (int i = 0; i < kWidth * kHeight; i++)
      out.data[i] = -1;
    rotated<<<kHeight, kWidth>>>(t, out.data);
    bad += report("normalized floats, wrapped", out.data, want, 1e-5f);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeArray(array));
  }
  {
    std::vector<short> texels(kWidth * kHeight * kDepth);
    std::vector<float> want(texels.size());
    for (size_t i = 0; i < texels.size(); i++)
      want[i] = texels[i] = short(i * 31 - 9000);
    cudaArray_t array = arrayOf<short>(kWidth, kHeight, kDepth, cudaArrayDefault);
    fill(array, texels, kWidth, kHeight, kDepth);
    cudaTextureObject_t t =
        textureOf(arrayResource(array), cudaFilterModePoint, false, cudaReadModeElementType);
    Out out(int(texels.size()));
    volume<<<dim3(kHeight, kDepth), kWidth>>>(t, out.data);
    bad += report("volume of short", out.data, want);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeArray(array));
  }
  {
    std::vector<int2> texels(kWidth * kHeight * kDepth);
    std::vector<float> want(texels.size());
    for (size_t i = 0; i < texels.size(); i++) {
      texels[i] = make_int2(int(i), -int(i) / 2);
      want[i] = float(int(i) * 10 - int(i) / 2);
    }
    cudaArray_t array = arrayOf<int2>(kWidth, kHeight, kDepth, cudaArrayLayered);
    fill(array, texels, kWidth, kHeight, kDepth);
    cudaTextureObject_t t =
        textureOf(arrayResource(array), cudaFilterModePoint, false, cudaReadModeElementType);
    Out out(int(texels.size()));
    layered<<<dim3(kHeight, kDepth), kWidth>>>(t, out.data);
    bad += report("layers of int2", out.data, want);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeArray(array));
  }
  {
    std::vector<float> texels(8 * 8 * 6), want;
    for (int i = 0; i < 8 * 8 * 6; i++)
      texels[i] = float(i / 64 + 1);
    for (int i = 1; i <= 6; i++)
      want.push_back(float(i));
    cudaArray_t array = arrayOf<float>(8, 8, 6, cudaArrayCubemap);
    fill(array, texels, 8, 8, 6);
    cudaTextureObject_t t =
        textureOf(arrayResource(array), cudaFilterModeLinear, true, cudaReadModeElementType);
    Out out(6);
    faces<<<1, 6>>>(t, out.data);
    bad += report("cubemap", out.data, want);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeArray(array));
  }
  {
    std::vector<float4> texels(16 * 16);
    for (int i = 0; i < 256; i++)
      texels[i] = make_float4(float(i), 0, 0, float(-i));
    cudaArray_t array = arrayOf<float4>(16, 16, 0, cudaArrayTextureGather);
    fill(array, texels, 16, 16, 0);
    cudaTextureObject_t t =
        textureOf(arrayResource(array), cudaFilterModePoint, false, cudaReadModeElementType);
    Out out(8);
    gathers<<<1, 1>>>(t, out.data);
    bad += report("gather", out.data, {116, 117, 101, 100, -116, -117, -101, -100});
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeArray(array));
  }
  {
    cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
    cudaMipmappedArray_t mipmap;
    CHECK(cudaMallocMipmappedArray(&mipmap, &format, make_cudaExtent(kWidth, kWidth, 0), 5,
                                   cudaArraySurfaceLoadStore));
    for (int i = 0; i < 5; i++) {
      cudaArray_t level;
      CHECK(cudaGetMipmappedArrayLevel(&level, mipmap, i));
      cudaResourceDesc r = arrayResource(level);
      cudaSurfaceObject_t s;
      CHECK(cudaCreateSurfaceObject(&s, &r));
      paintLevel < <<kWidth>> i, kWidth >> i >>> (s, i);
      CHECK(cudaDeviceSynchronize());
      CHECK(cudaDestroySurfaceObject(s));
    }
    cudaResourceDesc r = {};
    r.resType = cudaResourceTypeMipmappedArray;
    r.res.mipmap.mipmap = mipmap;
    cudaTextureObject_t t = textureOf(r, cudaFilterModeLinear, true, cudaReadModeElementType);
    Out out(48);
    levels<<<1, 16>>>(t, out.data);
    std::vector<float> want;
    for (int i = 0; i < 32; i++)
      want.push_back(i % 16 * 0.25f);
    for (int i = 0; i < 16; i++)
      want.push_back(1);
    bad += report("mipmap levels and gradients", out.data, want, 0.01f);
    CHECK(cudaDestroyTextureObject(t));
    CHECK(cudaFreeMipmappedArray(mipmap));
  }
  bad += surfaces<unsigned char>("uchar");
  bad += surfaces<short>("short");
  bad += surfaces<float>("float");
  bad += surfaces<uint2>("uint2");
  bad += surfaces<float4>("float4");
  return bad != 0;
}
