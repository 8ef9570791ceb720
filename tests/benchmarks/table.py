# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The report of run.py as Markdown."""
import math


def seconds(value):
    return f"{value * 1e6:.2f} µs" if value < 1e-3 else f"{value * 1e3:.2f} ms"


def isLaunch(name):
    """Launches have no native equal that a mean should count."""
    return name.startswith("launch_")


def geometricMean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def ratio(row, variant, other="native"):
    if variant not in row or other not in row:
        return None
    return row[variant]["seconds"] / row[other]["seconds"]


def summary(report):
    """{variant: {mean, count, worst, worstName}} against native, launches aside."""
    result = {}
    for variant in report["variants"]:
        pairs = [(ratio(row, variant), name) for name, row in report["results"].items() if not isLaunch(name)]
        pairs = [p for p in pairs if p[0]]
        if pairs and variant != "native":
            worst, name = max(pairs)
            result[variant] = {"mean": geometricMean([p[0] for p in pairs]), "count": len(pairs), "worst": worst, "worstName": name}
    return result


def cell(row, variant):
    if variant not in row:
        return "-"
    r = ratio(row, variant)
    spread = f" ±{100 * row[variant]['spread']:.0f} %" if row[variant]["spread"] >= 0.1 else ""
    return seconds(row[variant]["seconds"]) + (f" ({r:.2f})" if r and variant != "native" else "") + spread


def markdown(report):
    m, titles = report["machine"], report["variants"]
    lines = [f"{m['cpu']} (family/model {m['family']}), {m['threads']} hardware threads, {report['time']} UTC, instruction set "
             f"{report['nativeIsa']}; the fastest of {report['rounds']} rounds"
             + (", CPU time on one processor" if report["clock"] == "cpu" else "")
             + f". Load average {m['load'][0]:.1f} before, {report['loadAfter'][0]:.1f} after. CPU flags: {' '.join(m['flags'])}.",
             "In brackets: time / native time. ±: how far the slowest round was from the fastest, from 10 % on.", "",
             "| benchmark | " + " | ".join(titles.values()) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, row in report["results"].items():
        lines.append(f"| {name} | " + " | ".join(cell(row, v) for v in titles) + " |")
    if report["summary"]:
        lines += ["", "| against native | geometric mean | worst | of |", "|---|---|---|---|"]
        for variant, s in report["summary"].items():
            lines.append(f"| {titles[variant]} | {s['mean']:.2f} | {s['worst']:.2f} ({s['worstName']}) | {s['count']} |")
    if report["scaling"]:
        lines += ["", f"Time on one processor / time on {m['threads']}:", "",
                  "| benchmark | " + " | ".join(titles.values()) + " |", "|---" * (len(titles) + 1) + "|"]
        for name, row in report["scaling"].items():
            lines.append(f"| {name} | " + " | ".join(f"{row[v]:.2f}" if v in row else "-" for v in titles) + " |")
    lines += [""] + [f"skipped: {line}" for line in report["skipped"]] + [f"not counted: {line}" for line in report["problems"]]
    return "\n".join(lines).rstrip() + "\n"
