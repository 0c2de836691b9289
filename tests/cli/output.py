#!/usr/bin/env python3
"""What is printed and does not arrive: nobody reads it, or the disk is full; prints TAP.

usage: output.py RACKVITALS"""

import os
import signal
import subprocess
import sys

from tap import end, ok



def unread(arguments):
    """Standard output is a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        return subprocess.run([sys.argv[1], *arguments], stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)


def full(arguments):
    with open("/dev/full", "wb") as disk:
        return subprocess.run([sys.argv[1], *arguments], stdout=disk, stderr=subprocess.PIPE, text=True, check=False)


def main():
    for arguments in (["--help"], ["profile", "list"]):
        words = " ".join(arguments)
        run = unread(arguments)
        ok(run.returncode == -signal.SIGPIPE and run.stderr == "", f"{words}: without a reader it ends quietly",
           run.returncode, run.stderr)
        run = full(arguments)
        ok(run.returncode == 74 and run.stderr == "rackvitals: standard output: cannot be written\n",
           f"{words}: a full disk is an error", run.returncode, run.stderr)
    run = unread(["nonsense"])
    ok(run.returncode == 64 and "nonsense" in run.stderr, "what went wrong is told although nobody reads the rest",
       run.returncode, run.stderr)
    return end()


sys.exit(main())
