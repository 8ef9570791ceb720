// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.17 "Stack Manipulation Instructions".

let props = ["impure"] in {
  let section = "9.7.17.1", doc = "The top of the stack that alloca uses." in
  def Stacksave : Instr<"stacksave", [], [["u32", "u64"]], ["=0"], Custom<"Stacksave">>;
  let section = "9.7.17.2", doc = "Frees what alloca gave since the stacksave." in
  def Stackrestore : Instr<"stackrestore", [], [["u32", "u64"]], ["0"], Custom<"Stackrestore">>;
  let section = "9.7.17.3", doc = "Local memory until the function returns." in
  def Alloca : Instr<"alloca", [], [["u32", "u64"]], ["=0", "0", "?imm:1:128"], Custom<"Alloca">>;
}
