// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18 "Video Instructions": scalar and SIMD. Operands may carry selectors (%r1.b0, %r1.h10).

defvar VideoTypes = [["u32", "s32"], ["u32", "s32"], ["u32", "s32"]];
defvar VideoOp2 = Opt<"op2", ["add", "min", "max"]>;
defvar VideoCmp = Req<"cmp", ["eq", "ne", "lt", "le", "gt", "ge"]>;

let section = "9.7.18.1", doc = "Arithmetic on a selected byte, half or word of each operand, with a second operation or merged into a third." in {
  foreach op = ["vadd", "vsub", "vabsdiff", "vmin", "vmax"] in
    let rules = ["op2 -> operand3"] in
    def V_#op : Instr<op, [Flag<"sat">, VideoOp2], VideoTypes, ["=any", "any", "any", "?any"], Custom<"Video">>;
  foreach op = ["vshl", "vshr"] in
    let rules = ["op2 -> operand3"] in
    def V_#op : Instr<op, [Flag<"sat">, Req<"mode", ["clamp", "wrap"]>, VideoOp2], [["u32", "s32"], ["u32", "s32"], ["u32"]], ["=any", "any", "any", "?any"], Custom<"Video">>;
  def V_vmad : Instr<"vmad", [Flag<"sat">, Flag<"po">, Opt<"scale", ["shr7", "shr15"]>], VideoTypes, ["=any", "any", "any", "any"], Custom<"Vmad">>;
  let rules = ["op2 -> operand3"] in
  def V_vset : Instr<"vset", [VideoCmp, VideoOp2], [["u32", "s32"], ["u32", "s32"]], ["=any", "any", "any", "?any"], Custom<"Video">>;
}
let section = "9.7.18.2", doc = "SIMD arithmetic on the halves or bytes of registers, with selection, masks and accumulation." in {
  foreach op = ["vadd", "vsub", "vavrg", "vmin", "vmax", "vabsdiff"] in {
    foreach n = ["2", "4"] in {
      let rules = ["sat & add"] in
      def V_#op#n : Instr<op#n, [Flag<"sat">, Flag<"add">], VideoTypes, ["=any", "any", "any", "any"], Custom<"VideoSimd">>;
    }
  }
  foreach n = ["2", "4"] in
    def V_vset#n : Instr<"vset"#n, [VideoCmp, Flag<"add">], [["u32", "s32"], ["u32", "s32"]], ["=any", "any", "any", "any"], Custom<"VideoSimd">>;
}
