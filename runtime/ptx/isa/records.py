# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads the records of isa/*.td from llvm-tblgen's JSON, in their order of writing, and checks them."""
import json
import sys

TYPES = {  # spelling -> enumerator of ptx::Type
    "pred": "Pred", "b8": "B8", "b16": "B16", "b32": "B32", "b64": "B64", "b128": "B128",
    "u8": "U8", "u16": "U16", "u32": "U32", "u64": "U64", "s8": "S8", "s16": "S16", "s32": "S32",
    "s64": "S64", "f16": "F16", "f16x2": "F16x2", "bf16": "BF16", "bf16x2": "BF16x2",
    "tf32": "TF32", "f32": "F32", "f64": "F64", "f32x2": "F32x2", "e4m3": "E4M3", "e5m2": "E5M2",
    "e4m3x2": "E4M3x2", "e5m2x2": "E5M2x2", "e2m1": "E2M1", "e2m3": "E2M3", "e3m2": "E3M2",
    "ue8m0": "UE8M0", "ue4m3": "UE4M3", "e2m1x2": "E2M1x2", "e2m3x2": "E2M3x2", "e3m2x2": "E3M2x2",
    "ue8m0x2": "UE8M0x2", "e4m3x4": "E4M3x4", "e5m2x4": "E5M2x4", "e2m1x4": "E2M1x4",
    "e2m3x4": "E2M3x4", "e3m2x4": "E3M2x4", "u2": "U2", "s2": "S2", "u4": "U4", "s4": "S4",
    "u16x2": "U16x2", "s16x2": "S16x2", "u8x4": "U8x4", "s8x4": "S8x4", "b1": "B1",
    "texref": "TexRef", "samplerref": "SamplerRef", "surfref": "SurfRef",
}
PROPS = {"reads", "writes", "convergent", "terminator", "guard", "impure"}


def word(r, text):
    """A word of a rule as (place, text): index of a slot, "type" or "typeN"."""
    if "=" in text:
        position, text = text.split("=")
        for i, s in enumerate(r["slots"]):
            if position == s["name"]:
                if text not in s["spellings"]:
                    raise ValueError(f"{text} is no modifier of slot {position}")
                return i, text
        if text not in r["types"][int(position)]:
            raise ValueError(f"{text} is no type of position {position}")
        return f"type{position}", text
    if text.startswith("operand") and text[7:].isdigit():
        return f"operand{text[7:]}", text
    for i, s in enumerate(r["slots"]):
        if text == s["name"] and text not in s["spellings"]:
            return i, ""
    for i, s in enumerate(r["slots"]):
        if text in s["spellings"]:
            return i, text
    if any(text in ts for ts in r["types"]):
        return "type", text
    raise ValueError(f"'{text}' is no modifier, slot or type")


def rule(r, text):
    left, _, right = text.partition("->")
    words = lambda side, by: [word(r, w.strip()) for w in side.split(by)] if side.strip() else []
    return words(left, "&"), words(right, "|")


def load(path):
    with open(path) as f:
        data = json.load(f)
    def deref(v):
        return data[v["def"]]
    records = []
    order = {}
    for name in data["!instanceof"]["Instr"]:
        r = data[name]
        file, line = r["!locs"][0].rsplit(":", 1)
        # TableGen sorts by name; the tables mean their order of writing. A record made by foreach
        # has several locations, its own first.
        order[name] = (file, int(line), name)
        r["family"] = file.rsplit("/", 1)[-1].removesuffix(".td")
        r["slots"] = [deref(s) for s in r["slots"]]
        r["lowering"] = deref(r["lowering"])
        r["isa"], r["target"], r["needs"] = "1.0", "", []
        bad = set(r["props"]) - PROPS
        if bad:
            sys.exit(f"{file}:{line}: error: {name}: unknown property {bad}")
        for t in (t for ts in r["types"] for t in ts):
            if t not in TYPES:
                sys.exit(f"{file}:{line}: error: {name}: unknown type {t}")
        try:
            r["rules"] = [rule(r, text) for text in r["rules"]]
        except ValueError as e:
            sys.exit(f"{file}:{line}: error: {name}: rule: {e}")
        records.append(r)
    for name in data["!instanceof"].get("Since", []):
        s = data[name]
        r = deref(s["instr"])
        r["isa"], r["target"] = s["isa"], s["target"]
        for need in s["needs"]:
            text, _, rest = need.partition(": ")
            isa, _, target = (x.strip() for x in rest.partition(","))
            r["needs"].append((text, isa, target))
    records.sort(key=lambda r: order[r["!name"]])
    return records
