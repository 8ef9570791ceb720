// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18 "Video Instructions": scalar and SIMD.

// Scalar and SIMD video instructions whose operands carry no byte or half selectors.
defvar VideoTypes = [["u32", "s32"], ["u32", "s32"], ["u32", "s32"]];
let section = "9.7.18.2", doc = "SIMD arithmetic on the halves or bytes of registers." in {
  foreach op = ["vadd", "vsub", "vavrg", "vmin", "vmax", "vabsdiff"] in {
    foreach n = ["2", "4"] in
      def V_#op#n : Instr<op#n, [Flag<"sat">, Flag<"add">], VideoTypes, ["=0", "b32", "b32", "b32"], DeviceLib<op#n#"_{0}_{1}_{2}{sat}{add}">>;
  }
}
