# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""interrupt_test.py PROGRAM...: starts a program that prints "started" and then waits for kernels that never end; Ctrl-C
(SIGINT with its default action) and SIGTERM must end it."""
import signal
import subprocess
import sys

for number in (signal.SIGINT, signal.SIGTERM):
    # Test drivers may ignore SIGINT; the program gets the default action.
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    line = process.stdout.readline()
    if line != "started\n":
        process.kill()
        sys.exit(f"it printed {line!r}")
    process.send_signal(number)
    try:
        code = process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{number.name} does not end it")
    if code != -number:
        sys.exit(f"{number.name}: it ended with {code}")
    print(f"{number.name} ends it")
