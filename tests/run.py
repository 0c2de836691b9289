#!/usr/bin/env python3
"""Runs the suites of one or more build folders and counts what ran.

usage: run.py BUILD... [-- MESON-TEST-ARGUMENT...]

A test that speaks TAP counts by its lines (ok, not ok, skipped), any other as one. A test that ends
badly without saying which of its checks failed (a crash, a timeout, a broken plan) is one failure
more. The last line is `N passed, N failed`, with `, N skipped` where something was.
"""
import json
import os
import re
import subprocess
import sys

LINE = re.compile(r"^\s*(ok|not ok)\b(.*)$", re.M)
WELL = ("OK", "EXPECTEDFAIL")


def count(test):
    """(passed, failed, skipped) of one record of meson's testlog.json."""
    lines = LINE.findall(test.get("stdout") or "") if speaks_tap(test) else []
    skipped = sum(1 for word, rest in lines if word == "ok" and re.search(r"#\s*skip", rest, re.I))
    failed = sum(1 for word, rest in lines if word == "not ok" and not re.search(r"#\s*todo", rest, re.I))
    passed = sum(1 for word, _ in lines if word == "ok") - skipped
    if test["result"] == "SKIP":
        return passed, failed, max(skipped, 1)
    if test["result"] not in WELL:
        return passed, max(failed, 1), skipped
    return (passed, failed, skipped) if lines else (1, 0, 0)


def speaks_tap(test):
    return re.search(r"^\s*1\.\.\d+", test.get("stdout") or "", re.M) is not None


def run(folder, arguments):
    """Runs the suite of one build folder; gives its records."""
    log = os.path.join(folder, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.unlink(log)
    print(f"\n== {folder}", flush=True)
    status = subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
                             "--timeout-multiplier", "3", *arguments],
                            stdin=subprocess.DEVNULL, check=False).returncode
    if not os.path.exists(log):
        print(f"{folder}: meson test ended with {status} and left no log", flush=True)
        return [], 1
    with open(log, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()], status


def main():
    words = sys.argv[1:]
    arguments = words[words.index("--") + 1:] if "--" in words else []
    folders = words[:words.index("--")] if "--" in words else words
    total, bad = [0, 0, 0], []
    for folder in folders:
        tests, status = run(folder, arguments)
        sums = [sum(column) for column in zip(*map(count, tests))] or [0, 0, 0]
        if not tests or (status != 0 and sums[1] == 0):
            sums[1] += 1
            bad.append(f"{folder}: no test ran, or meson found fault with one that we did not")
        bad += [f"{folder}: {test['name']}: {test['result']}" for test in tests if count(test)[1]]
        print(f"{folder}: {len(tests)} programs, {sums[0]} checks passed, {sums[1]} failed, {sums[2]} skipped")
        total = [a + b for a, b in zip(total, sums)]
    for line in bad:
        print(f"FAILED {line}")
    print(f"{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""), flush=True)
    sys.exit(1 if total[1] else 0)


main()
