# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The records of headers/api as plain objects.

load() runs llvm-tblgen --dump-json over one library's top file and returns a Library: its functions
with all their symbols, its types in declaration order, and the error table. The words (Version,
Full, Enum, ...) are explained in headers/api/Base.td.
"""
import json
import re
import subprocess
from dataclasses import dataclass, field


@dataclass
class Param:
    type: str
    name: str
    direction: str  # "in", "out", "inout"

    def declare(self):
        return f"{self.type} {self.name}"


@dataclass
class Symbol:
    """One exported symbol: one ABI of a function in one default-stream flavour."""
    name: str
    function: "Function"
    version: "Version"
    per_thread: bool


@dataclass
class Version:
    suffix: str
    since: int
    params: list
    per_thread: str
    per_thread_since: int
    removed: int
    symbol: str
    status: str
    own: bool = False
    impl: str = ""

    def signature(self):
        return tuple(p.type for p in self.params)

    @property
    def stream_params(self):
        return [p.name for p in self.params if p.type in ("CUstream", "cudaStream_t")]

    @property
    def extra_stream(self):
        """The default stream is passed to the implementation when no parameter can carry it."""
        return bool(self.per_thread) and not self.stream_params


@dataclass
class Function:
    name: str
    doc: str
    object: str
    status: str
    note: str
    returns: str
    header: str
    current: str
    needs_init: bool
    no_trace: bool
    versions: list
    where: tuple
    symbols: list = field(default_factory=list)


@dataclass
class TypeRecord:
    name: str
    kind: str  # handle alias fnptr enum struct constant
    data: dict
    where: tuple


@dataclass
class ErrorRecord:
    value: int
    driver: str
    runtime: str
    text: str
    as_name: str


@dataclass
class Library:
    name: str
    prefix: str
    result: str
    header: str
    needs_init: bool
    functions: list
    types: list
    errors: list

    def symbols(self):
        return [s for f in self.functions for s in f.symbols]

    def at(self, cuda):
        """Leaves only the ABIs that CUDA version `cuda` has. Implementation names stay as they are."""
        for f in self.functions:
            f.versions = [v for v in f.versions if v.since <= cuda and not (v.removed and v.removed <= cuda)]
            f.symbols = [s for s in f.symbols if s.version in f.versions]
        self.functions = [f for f in self.functions if f.versions]
        return self


def parse_params(text):
    params, depth, part, parts = [], 0, "", []
    for c in text:
        depth += c in "(<"
        depth -= c in ")>"
        if c == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += c
    parts.append(part)
    for p in parts:
        p = " ".join(p.split())
        if not p or p == "void":
            continue
        direction = "in"
        m = re.match(r"(out|inout|in) (.*)", p)
        if m:
            direction, p = m.groups()
        m = re.match(r"(.*?[\s*&])(\w+)((?:\[\w*\])?)$", p)
        if not m:
            raise SystemExit(f"cannot read parameter '{p}' in '{text}'")
        kind = m[1].strip() + ("*" if m[3] else "")
        params.append(Param(kind, m[2], direction))
    return params


def impl_names(function, prefix):
    """Versions with the same parameter types share one implementation, named after the newest."""
    base = function.name
    if base.startswith(prefix):
        base = base[len(prefix):]
        base = base[0].lower() + base[1:]
    newest = function.versions[-1]
    names = {}
    for v in reversed(function.versions):
        key = (v.signature(), v.suffix if v.own else None)
        if key not in names:
            names[key] = base if v is newest else base + (v.suffix or "_v1")
        v.impl = names[key]


def load(tblgen, include, top):
    out = subprocess.run([tblgen, "--dump-json", "-I", include, top], check=True, stdout=subprocess.PIPE)
    raw = json.loads(out.stdout)
    classes = raw["!instanceof"]

    def where(record):
        path, line = record["!locs"][-1].rsplit(":", 1)
        return (path, int(line))

    lib = raw[classes["Library"][0]]
    functions = []
    for name in classes.get("Function", []):
        r = raw[name]
        versions = []
        for ref in r["Versions"]:
            v = raw[ref["def"]]
            versions.append(Version(v["Suffix"], v["Since"], parse_params(v["Params"]), v["PerThread"],
                                    v["PerThreadSince"], v["Removed"], v["Symbol"] or name + v["Suffix"],
                                    v["Status"] or r["Status"], bool(v["Own"])))
        f = Function(name, r["Doc"], r["Object"], r["Status"], r["Note"], r["Returns"], r["Header"],
                     r["Current"],
                     bool(r["NeedsInit"]), bool(r["NoTrace"]), versions, where(r))
        impl_names(f, lib["Prefix"])
        for v in versions:
            f.symbols.append(Symbol(v.symbol, f, v, False))
            if v.per_thread:
                f.symbols.append(Symbol(f"{v.symbol}_{v.per_thread}", f, v, True))
        functions.append(f)
    functions.sort(key=lambda f: f.where)

    types = []
    for kind, cls in (("handle", "Handle"), ("alias", "Alias"), ("enum", "Enum"), ("struct", "Struct"),
                      ("constant", "Constant")):
        for name in classes.get(cls, []):
            r = raw[name]
            k = "fnptr" if kind == "alias" and r["Declares"] else kind
            types.append(TypeRecord(name, k, r, where(r)))
    errors = [ErrorRecord(r["Value"], r["Driver"], r["Runtime"], r["Text"], r["As"])
              for r in (raw[n] for n in classes.get("Error", []))]
    errors.sort(key=lambda e: e.value)
    return Library(lib["Name"], lib["Prefix"], lib["Result"], lib["Header"], bool(lib["NeedsInit"]),
                   functions, order_types(types), errors)


def order_types(types):
    """Declaration order: as written, but each type after those it names."""
    rank = {"constant": 0, "handle": 1, "enum": 2}
    types = sorted(types, key=lambda t: (rank.get(t.kind, 3), t.where))
    by_name = {t.name: t for t in types}
    done, ordered = set(), []

    def words(t):
        d = t.data
        text = " ".join(d["Fields"]) if t.kind == "struct" else d.get("Definition", "")
        return re.findall(r"\w+", text)

    def visit(t):
        if t.name in done:
            return
        done.add(t.name)
        for w in words(t):
            if w in by_name and by_name[w].kind != "constant":
                visit(by_name[w])
        ordered.append(t)

    for t in types:
        visit(t)
    return ordered
