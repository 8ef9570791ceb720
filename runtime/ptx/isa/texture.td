// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.10 "Texture Instructions" and 9.7.11 "Surface Instructions". Descriptors are those of
// spmd/texture_abi.h; lookups are functions of the whole warp (devicelib/texture.cpp).

defvar TexGeom = Req<"geom", ["1d", "2d", "3d", "a1d", "a2d", "cube", "acube", "2dms", "a2dms"]>;
defvar TexMip = Opt<"mip", ["base", "level", "grad"]>;
let props = ["reads"] in {
  let section = "9.7.10.3", doc = "Looks a texture up; every place is resident." in {
    // Cubemaps take .f32 coordinates, multisampled textures .s32; ".2dms and .a2dms are not supported" with
    // levels and gradients. What gradients of integer coordinates would mean is not told.
    let rules = ["cube & 1=s32", "acube & 1=s32", "2dms -> 1=s32", "a2dms -> 1=s32", "2dms & level", "2dms & grad", "a2dms & level", "a2dms & grad",
                 "level -> operand2", "grad -> operand3", "grad & 1=s32"] in {
    def Tex : Instr<"tex", [TexMip, TexGeom, Must<"v4">], [["u32", "s32", "f16", "f32"], ["s32", "f32"]], ["=any", "any", "?any", "?any", "?any", "?any"], Custom<"Tex">>;
    def TexHalves : Instr<"tex", [TexMip, TexGeom, Must<"v2">], [["f16x2"], ["s32", "f32"]], ["=any", "any", "?any", "?any", "?any", "?any"], Custom<"Tex">>;
    }
  }
  let section = "9.7.10.4", doc = "One channel of the four texels that a bilinear filter would use." in
  def Tld4 : Instr<"tld4", [Req<"comp", ["r", "g", "b", "a"]>, Req<"geom", ["2d", "a2d", "cube", "acube"]>, Must<"v4">], [["u32", "s32", "f32"], ["f32"]], ["=any", "any", "?any", "?any"], Custom<"Tld4">>;
  let section = "9.7.10.5", doc = "Asks for a property of a texture." in {
    let rules = ["level -> operand2", "operand2 -> level"] in
    def TxqLevel : Instr<"txq", [Flag<"level">, Req<"query", ["width", "height", "depth"]>], [["b32"]], ["=b32", "any", "?any"], Custom<"Txq">>;
    def Txq : Instr<"txq", [Req<"query", ["channel_data_type", "channel_order", "normalized_coords", "array_size", "num_mipmap_levels", "num_samples"]>], [["b32"]], ["=b32", "any"], Custom<"Txq">>;
    def TxqSampler : Instr<"txq", [Req<"query", ["force_unnormalized_coords", "filter_mode", "addr_mode_0", "addr_mode_1", "addr_mode_2"]>], [["b32"]], ["=b32", "any"], Custom<"TxqSampler">>;
  }
  let section = "9.7.10.6", doc = "Asks whether a register points to a texture, sampler or surface variable." in
  def Istypep : Instr<"istypep", [Req<"type", ["texref", "samplerref", "surfref"]>], [], ["=pred", "any"], Custom<"Istypep">>;
  let section = "9.7.11.4", doc = "Asks for a property of a surface." in
  def Suq : Instr<"suq", [Req<"query", ["width", "height", "depth", "channel_data_type", "channel_order", "array_size", "memory_layout"]>], [["b32"]], ["=b32", "any"], Custom<"Suq">>;
}

defvar SurfGeom = Req<"geom", ["1d", "2d", "3d", "a1d", "a2d"]>;
defvar SurfClamp = Req<"clamp", ["trap", "clamp", "zero"]>;
defvar SurfVec = Opt<"vec", ["v2", "v4"]>;
let props = ["reads"] in {
  let section = "9.7.11.1", doc = "Loads from a surface; x counts bytes." in
  let rules = ["v4 & b64"] in
  def Suld : Instr<"suld", [Must<"b">, SurfGeom, Opt<"cop", ["ca", "cg", "cs", "cv"]>, SurfVec, SurfClamp], [["b8", "b16", "b32", "b64"]], ["=any", "any"], Custom<"Suld">>;
}
let props = ["writes"] in {
  let section = "9.7.11.2", doc = "Stores to a surface; x counts bytes, or texels for .p, which converts to the surface's format." in {
    let rules = ["v4 & b64"] in
    def Sust : Instr<"sust", [Must<"b">, SurfGeom, Opt<"cop", ["wb", "cg", "cs", "wt"]>, SurfVec, SurfClamp], [["b8", "b16", "b32", "b64"]], ["any", "any"], Custom<"Sust">>;
    def SustFormatted : Instr<"sust", [Must<"p">, SurfGeom, SurfVec, SurfClamp], [["b32", "u32", "s32", "f32"]], ["any", "any"], Custom<"SustFormatted">>;
  }
}
defvar SuredGeom = Req<"geom", ["1d", "2d", "3d"]>;
defvar SuredOps = Req<"op", ["add", "min", "max", "and", "or"]>;
let props = ["reads", "writes"] in {
  let section = "9.7.11.3", doc = "Atomic update of a surface; x counts bytes, or values of the type for .p." in {
    // "add applies to .u32, .u64, and .s32; min and max to .u32, .s32, .u64 and .s64; and and or to .b32."
    let rules = ["and -> b32", "or -> b32", "b32 -> and | or", "add & s64"] in
    def Sured : Instr<"sured", [Must<"b">, SuredOps, SuredGeom, SurfClamp], [["u32", "u64", "s32", "b32", "s64"]], ["any", "any"], Custom<"Sured">>;
    // ".b64 is restricted to min and max."
    let rules = ["b64 -> min | max"] in
    def SuredFormatted : Instr<"sured", [Must<"p">, SuredOps, SuredGeom, SurfClamp], [["b32", "b64"]], ["any", "any"], Custom<"Sured">>;
  }
}
