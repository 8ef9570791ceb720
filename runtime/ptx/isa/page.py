# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/coverage/ptx.md: each form with what it needs and the tests that use it, and what is refused and why."""
import os
import re


def form(r):
    text = r["mnemonic"]
    for s in r["slots"]:
        alternatives = ", ".join("." + x for x in s["spellings"])
        if len(s["spellings"]) > 1:
            alternatives = "{" + alternatives + "}"
        text += alternatives if s["required"] else f"[{alternatives}]"
    for ts in r["types"]:
        text += ".{" + ",".join(ts) + "}" if len(ts) > 1 else "." + ts[0]
    return text


def accepts(r, modifiers):
    """Whether a record takes these modifiers: as match() in isa.cpp, without its rules."""
    types, taken = 0, set()
    for m in modifiers:
        if types < len(r["types"]) and m in r["types"][types]:
            types += 1
            continue
        for i, s in enumerate(r["slots"]):
            if (i not in taken or s["repeat"]) and any(
                    m == x or (x.endswith("*") and m.startswith(x[:-1])) for x in s["spellings"]):
                taken.add(i)
                break
        else:
            return False
    return types == len(r["types"]) and all(i in taken or not s["required"] for i, s in enumerate(r["slots"]))


def tests(records, folder):
    """record name -> names of the test files that use it."""
    byMnemonic = {}
    for r in records:
        byMnemonic.setdefault(r["mnemonic"], []).append(r)
    found = {}
    word = re.compile(r"(?:^|[\s;{}:])([a-z][a-z0-9]*)((?:\.[A-Za-z0-9_:]+)*)(?=[\s;]|$)")
    for root, _, files in sorted(os.walk(folder)):
        for file in sorted(f for f in files if f.endswith(".ptx")):
            with open(os.path.join(root, file)) as f:
                text = f.read()
            for mnemonic, modifiers in sorted(set(word.findall(text))):
                for r in byMnemonic.get(mnemonic, []):
                    if accepts(r, modifiers.split(".")[1:]):
                        name = os.path.relpath(os.path.join(root, file), folder).removesuffix(".ptx")
                        found.setdefault(r["!name"], []).append(name)
                        break
    return {k: sorted(set(v)) for k, v in found.items()}


def needs(r):
    target = f", sm_{r['target']}" if r["target"] else ""
    text = r["isa"] + target
    for word, isa, sm in r["needs"]:
        text += f"; .{word} {isa}" + (f", sm_{sm}" if sm else "")
    return text


def cell(text):
    return text.replace("|", "\\|")


def doc(records, folder):
    used = tests(records, folder)
    families, refused = {}, []
    for r in records:
        if r["lowering"]["kind"] == "Refused":
            refused.append(r)
        else:
            families.setdefault(r["family"], []).append(r)
    works = [r for rs in families.values() for r in rs]
    out = ["# PTX instructions", "",
           "Generated from `runtime/ptx/isa/*.td` by `ninja -C build/dev ptx_coverage`; do not edit.", "",
           f"{len({r['mnemonic'] for r in works})} mnemonics in {len(works)} forms; {len(refused)} forms are "
           "[refused](#refused). Modifiers may stand in any order. *Needs* is the PTX ISA version and the least "
           "`.target` with which the form exists, then those of modifiers and types that came later: PTX that "
           "states less is refused with an error, as by other PTX compilers. *Tests* are files of `tests/ptx`.", ""]
    for family, rs in families.items():
        out += [f"## {family}", "", "| form | PTX ISA 9.0 | needs | meaning | tests |", "|---|---|---|---|---|"]
        for r in rs:
            names = ", ".join(used.get(r["!name"], [])[:3]) or "-"
            out.append(f"| `{cell(form(r))}` | {r['section']} | {needs(r)} | {r['doc']} | {names} |")
        out.append("")
    out += ["## Refused", "",
            "These parse. A kernel that uses one fails to compile with the reason; the other kernels of its module "
            "work.", "", "| form | PTX ISA 9.0 | needs | why |", "|---|---|---|---|"]
    out += [f"| `{cell(form(r))}` | {r['section']} | {needs(r)} | {r['lowering']['name']} |" for r in refused]
    return "\n".join(out) + "\n"
