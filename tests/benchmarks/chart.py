# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The report of run.py as a bar chart: time relative to native code on a logarithmic axis, so that twice as fast and twice
as slow are bars of equal length on both sides of the line."""
import math
from xml.sax.saxutils import escape

import table

COLORS = {"cuda": "#7db3ff", "nvcc": "#1f6feb", "opencl": "#e08b3e", "intel": "#a6a9b3", "openblas": "#5f9e6e"}
LEFT, RIGHT, TOP, BOTTOM = 150, 70, 92, 40
WIDTH, BAR, GAP = 900, 8, 9
TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
INK, PALE = "#24292f", "#d8dee4"


def text(x, y, content, size=12, anchor="start", color=INK, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{color}" '
            f'font-weight="{weight}">{escape(content)}</text>')


def svg(report):
    rows = {n: {v: table.ratio(r, v) for v in COLORS if table.ratio(r, v)} for n, r in report["results"].items() if not table.isLaunch(n)}
    rows = {n: r for n, r in rows.items() if r}
    shown = [v for v in COLORS if any(v in r for r in rows.values())]
    values = [x for r in rows.values() for x in r.values()] + [0.5, 2]
    low = max(t for t in TICKS + [1e-9] if t <= min(values))
    high = min(t for t in TICKS + [1e9] if t >= max(values))
    scale = (WIDTH - LEFT - RIGHT) / math.log(high / low)

    def x(value):
        return LEFT + math.log(value / low) * scale

    heights = {n: len(r) * BAR + GAP for n, r in rows.items()}
    height = TOP + sum(heights.values()) + BOTTOM
    m = report["machine"]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
             'font-family="DejaVu Sans, Verdana, sans-serif">', f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
             text(16, 26, "Time relative to hand-written native C++", 17, weight="bold"),
             text(16, 46, f"logarithmic; left of the line is faster. {m['cpu']}, {m['threads']} threads, {report['nativeIsa']}, "
                          f"{report['time'][:10]}" + (", CPU time of one processor" if report["clock"] == "cpu" else ""), 11, color="#57606a")]
    at = 16
    for variant in shown:
        s = report["summary"].get(variant)
        label = report["variants"][variant] + (f" (mean {s['mean']:.2f})" if s and variant != "openblas" else "")
        parts += [f'<rect x="{at}" y="58" width="11" height="11" fill="{COLORS[variant]}"/>', text(at + 16, 68, label, 11)]
        at += 34 + 6.4 * len(label)
    bottom = height - BOTTOM
    for tick in TICKS:
        if low <= tick <= high:
            parts += [f'<line x1="{x(tick):.1f}" y1="{TOP - 6}" x2="{x(tick):.1f}" y2="{bottom}" stroke="{PALE}"/>',
                      text(x(tick), bottom + 16, f"{tick:g}×", 11, "middle", "#57606a")]
    y = TOP
    for name, row in rows.items():
        parts.append(text(LEFT - 10, y + heights[name] / 2 - GAP / 2 + 4, name, 12, "end"))
        for variant in [v for v in shown if v in row]:
            value = row[variant]
            start, end = min(x(1), x(value)), max(x(1), x(value))
            parts.append(f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 1):.1f}" height="{BAR - 1}" fill="{COLORS[variant]}"/>')
            if value >= 1:
                parts.append(text(end + 3, y + BAR - 1.2, f"{value:.2g}" if value < 100 else f"{value:.0f}", 8.5, color="#57606a"))
            else:
                parts.append(text(start - 3, y + BAR - 1.2, f"{value:.2g}", 8.5, "end", "#57606a"))
            y += BAR
        y += GAP
    parts += [f'<line x1="{x(1):.1f}" y1="{TOP - 6}" x2="{x(1):.1f}" y2="{bottom}" stroke="{INK}" stroke-width="1.4"/>',
              text(x(1), TOP - 10, "native", 11, "middle"), "</svg>"]
    return "\n".join(parts) + "\n"
