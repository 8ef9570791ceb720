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


def spelled(spelling, text):
    head, star, tail = spelling.partition("*")
    if not star:
        return spelling == text
    return len(text) + 1 >= len(spelling) and text.startswith(head) and text.endswith(tail)


def accepts(r, modifiers):
    """Whether a record takes these modifiers: as match() in ../isa.cpp, without its rules."""
    types, taken = 0, set()
    for m in modifiers:
        if types < len(r["types"]) and m in r["types"][types]:
            types += 1
            continue
        for i, s in enumerate(r["slots"]):
            if (i not in taken or s["repeat"]) and any(
                    spelled(x, m) for x in s["spellings"]):
                taken.add(i)
                break
        else:
            return False
    return types == len(r["types"]) and all(i in taken or not s["required"] for i, s in enumerate(r["slots"]))


def count(text):
    """Operands up to the semicolon: commas outside of brackets."""
    depth, n = 0, 1 if text.strip() else 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        n += c == "," and depth == 0
    return n


def tests(records, folder):
    """record name -> names of the test files that use it; where a file only names the mnemonic, because it makes
    its PTX, that file."""
    byMnemonic = {}
    for r in records:
        byMnemonic.setdefault(r["mnemonic"], []).append(r)
    found, named = {}, {}
    word = re.compile(r"(?:^|[\s;{}:\"])([a-z][a-z0-9]*)((?:\.[A-Za-z0-9_:]+)*)(?=[\s;])([^;\n]*)", re.MULTILINE)
    mention = re.compile(r"\b([a-z][a-z0-9]*)\.[a-z]")
    for root, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(f for f in files if f.endswith((".ptx", "_test.cpp"))):
            path = os.path.join(root, file)
            with open(path) as f:
                text = f.read()
            name = os.path.relpath(path, folder).removesuffix(".ptx").removesuffix(".cpp")
            for mnemonic in set(mention.findall(text)):
                named.setdefault(mnemonic, []).append(name)
            for mnemonic, modifiers, operands in sorted(set(word.findall(text))):
                for r in byMnemonic.get(mnemonic, []):
                    required = sum(not o.removeprefix("=").startswith("?") for o in r["operands"])
                    if accepts(r, modifiers.split(".")[1:]) and required <= count(operands) <= len(r["operands"]):
                        found.setdefault(r["!name"], set()).add(name)
                        break
    return {r["!name"]: sorted(found.get(r["!name"], named.get(r["mnemonic"], []))) for r in records}


def tested(folder):
    """record name -> what tested_forms.csv says of it (tests/ptx/coverage.h)."""
    counts = {}
    with open(os.path.join(folder, "tested_forms.csv")) as f:
        for line in f:
            if not line.startswith("#"):
                record, how, some, total, files, missing = line.rstrip("\n").split(",", 5)
                counts[record] = how == "sweep", int(some), int(total), int(files), missing
    return counts


def forms(count):
    if not count:
        return "-"
    swept, some, total, files, missing = count
    return f"{some}/{total}" + (f"; not {missing}" if missing else "")


def needs(r):
    target = f", sm_{r['target']}" if r["target"] else ""
    text = r["isa"] + target
    for word, isa, sm in r["needs"]:
        text += f"; .{word} {isa}" + (f", sm_{sm}" if sm else "")
    return text


def cell(text):
    return text.replace("|", "\\|")


def doc(records, folder):
    used, counts = tests(records, folder), tested(folder)
    families, refused = {}, []
    for r in records:
        if r["lowering"]["kind"] == "Refused":
            refused.append(r)
        else:
            families.setdefault(r["family"], []).append(r)
    works = [r for rs in families.values() for r in rs]
    swept = [c for c in (counts.get(r["!name"]) for r in works) if c and c[0]]
    others = [c for c in (counts.get(r["!name"]) for r in works) if c and not c[0]]
    out = ["# PTX instructions", "",
           "Generated from `runtime/ptx/isa/*.td` by `ninja -C build/dev ptx_coverage`; do not edit.", "",
           f"{len({r['mnemonic'] for r in works})} mnemonics in {len(works)} forms; {len(refused)} forms are "
           "[refused](#refused). Modifiers may stand in any order. *Needs* is the PTX ISA version and the least "
           "`.target` with which the form exists, then those of modifiers and types that came later: PTX that "
           "states less is refused with an error, as by other PTX compilers. *Tests* are files of `tests/ptx`. *Forms* counts the "
           "legal combinations of modifiers and types that tests run: tested/all. `tests/ptx/sweep` (computing), "
           "`tests/ptx/effects` (memory, other lanes, other warps) and `tests/ptx/matrix` (products of warps) run every form "
           "through the whole compiler against independent references: "
           f"{sum(c[1] for c in swept)} of {sum(c[2] for c in swept)} forms of {len(swept)} records; the other "
           f"{sum(c[1] for c in others)} of {sum(c[2] for c in others)} are in kernels of `tests/ptx/gang`. Hints about caches count "
           "once with each other modifier and type (`tests/ptx/sweep/forms.h`). "
           "[Accuracy](accuracy.md) has the errors of approximate instructions.",
           ""]
    for family, rs in families.items():
        out += [f"## {family}", "", "| form | PTX ISA 9.0 | needs | meaning | tests | forms |", "|---|---|---|---|---|---|"]
        for r in rs:
            names = ", ".join(used.get(r["!name"], [])[:3]) or "-"
            out.append(f"| `{cell(form(r))}` | {r['section']} | {needs(r)} | {r['doc']} | {names} | "
                       f"{cell(forms(counts.get(r['!name'])))} |")
        out.append("")
    out += ["## Refused", "",
            "These parse. A kernel that uses one fails to compile with the reason; the other kernels of its module "
            "work.", "", "| form | PTX ISA 9.0 | needs | why |", "|---|---|---|---|"]
    out += [f"| `{cell(form(r))}` | {r['section']} | {needs(r)} | {r['lowering']['name']} |" for r in refused]
    return "\n".join(out) + "\n"
