# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the lints share: the project's files and how a break is reported."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Folders whose files are data for a test or come from a generator.
DATA = ("tests/ptx/", "tests/fuzz/ptx/", "tests/fuzz/fatbin/", "docs/coverage/")


def files(*suffixes):
    """Paths relative to the root: tracked files and new ones that git does not ignore; all files without git."""
    try:
        names = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [os.path.relpath(os.path.join(folder, name), ROOT) for folder, _, found in os.walk(ROOT) for name in found]
        names = [name for name in names if not name.startswith(("build/", "."))]
    return sorted(n for n in set(names) if n.endswith(suffixes or ("",)) and os.path.isfile(os.path.join(ROOT, n)))


def lines(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as text:
        return text.read().splitlines()


def isGenerated(path):
    return any("enerated by" in line for line in lines(path)[:5])


def finish(name, breaks, checked):
    for line in breaks:
        print(line)
    print(f"{name}: {checked} files, {len(breaks)} breaks")
    sys.exit(1 if breaks else 0)
