// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.15 "warp-level matrix": functions of the whole warp (devicelib/matrix.cpp).

let props = ["convergent"] in {
  let section = "9.7.15.5", doc = "Transposes an 8x8 matrix of 16-bit elements that lies across a warp." in
  def Movmatrix : Instr<"movmatrix", [Must<"sync">, Must<"aligned">, Must<"m8n8">, Must<"trans">], [["b16"]], ["=b32", "b32"], Custom<"Movmatrix">>;
}
