#!/usr/bin/env python3
"""Formatting: .clang-format for C, and the plain rules of .editorconfig for the rest."""
import os
import re
import shutil

import lint

TEXT = (".c", ".h", ".py", ".yaml", ".yml", ".md", ".build", ".in", ".1", ".5", ".7", ".sh", ".service", ".timer")


def unformatted(tool, paths):
    """clang-format names what it would change, a line each."""
    output = lint.run([tool, "--dry-run", *paths], cwd=lint.ROOT).stderr
    return [line for line in output.splitlines() if "warning:" in line]


def plain(path):
    body = lint.text(path)
    if body and not body.endswith("\n"):
        yield f"{path}: no line end at the end of the file"
    if "\r" in body:
        yield f"{path}: carriage returns"
    for number, line in enumerate(body.split("\n"), 1):
        if re.search(r"[ \t]$", line):
            yield f"{path}:{number}: blank at the end of the line"


def main():
    tap = lint.Tap()
    tool = shutil.which("clang-format")
    sources = lint.files(".c", ".h", under="src") + lint.files(".c", ".h", under="tests")
    if tool:
        tap.check("C is as .clang-format has it", unformatted(tool, sources))
    else:
        tap.skip("C is as .clang-format has it", "clang-format is not there")
    tap.check("no blanks at line ends, one line end at the end",
              [finding for path in lint.files(*TEXT)
               if not path.startswith("tests/devices" + os.sep) for finding in plain(path)])
    tap.done()


main()
