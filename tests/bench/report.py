#!/usr/bin/env python3
"""How long the monthly report of a large site takes, and how much memory.

report.py RACKVITALS MAKE-MONTH TEMPLATES [DEVICES [EXTRA-SENSORS [FOLDER]]]

Makes a site (500 devices and 20,000 series unless told otherwise) with the shipped templates:
make-month lives a month of it in coarse steps; then every RRD file gets a month of values at its
own step, so that what is read is as long as in real life. A FOLDER that holds a site already is
used again and kept. Prints one row for each run; "floor" is reading the bytes of every file once,
which says how much of the time is the machine's."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

END = 1793491200  # make-month's default
DAYS = 32
STEP = str(4 * 86400)  # eight rounds: enough for a state file and one file for each series


def sources(path):
    """Names of the data sources, step and last sample of a file."""
    info = subprocess.run(["rrdtool", "info", path], stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout.decode()
    names = [line[3:line.index("]")] for line in info.splitlines()
             if line.startswith("ds[") and "].index" in line]
    step = next(int(line.split(" = ")[1]) for line in info.splitlines()
                if line.startswith("step = "))
    return names, step


def fill(sample, made):
    """A file like `sample` with a value at each step of the month."""
    names, step = sources(sample)
    begin = END - DAYS * 86400
    subprocess.run(["rrdtool", "create", made, "--template", sample, "--start", str(begin)],
                   check=True)
    moments = range(begin + step, END + 1, step)
    rows = [f"{at}:" + ":".join(f"{20 + (at * 7919 + i) % 1013 / 50:.2f}"
                                for i in range(len(names))) for at in moments]
    for i in range(0, len(rows), 1000):
        subprocess.run(["rrdtool", "update", made, *rows[i:i + 1000]], check=True)


def fill_all(site):
    made = {}
    for path in sorted((site / "state" / "rrd").glob("*/*/*.rrd")):
        size = path.stat().st_size
        if path.name.startswith("reachability"):
            continue  # the report reads the state file for that
        if size not in made:
            made[size] = site / f"filled-{size}.rrd"
            fill(path, made[size])
        shutil.copyfile(made[size], path)


def make(make_month, templates, site, devices, extra):
    subprocess.run([make_month, site, str(devices), str(DAYS), str(extra), STEP, templates],
                   check=True)
    fill_all(site)


def floor(site):
    """Seconds that reading every file takes, and how many of each kind there are."""
    begin, kinds = time.monotonic(), Counter()
    for path in (site / "state" / "rrd").glob("*/*/*.rrd"):
        kinds[path.name.split(".")[0]] += 1
        path.read_bytes()
    return time.monotonic() - begin, kinds


def run(program, site, *arguments):
    """Wall and CPU seconds and peak MiB of one run, and the lines of progress."""
    begin = time.monotonic()
    child = subprocess.Popen([program, "--config", site / "rackvitals.yaml", "report", *arguments],
                             stderr=subprocess.PIPE, env={**os.environ,
                             "SOURCE_DATE_EPOCH": str(END + 8 * 3600)})
    words = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(words.decode())
    return (time.monotonic() - begin, used.ru_utime, used.ru_stime, used.ru_maxrss / 1024,
            words.count(b"\n") + words.count(b"\r"))


def main():
    program, make_month, templates = sys.argv[1:4]
    devices = int(sys.argv[4]) if len(sys.argv) > 4 else 500
    extra = sys.argv[5] if len(sys.argv) > 5 else "23"
    kept = Path(sys.argv[6]) if len(sys.argv) > 6 else None
    site = kept or Path(tempfile.mkdtemp(prefix="rackvitals-bench-"))
    try:
        if not (site / "rackvitals.yaml").exists():
            make(make_month, templates, site, devices, extra)
        least, kinds = floor(site)
        print(f"{devices} devices, {sum(kinds.values())} series; reading the bytes of all files"
              f" {least:.1f} s; load {os.getloadavg()[0]:.1f}")
        print("| run | wall s | user s | system s | peak MiB | steps of progress |")
        print("|---|---|---|---|---|---|")
        for kind, language in (("json", "en"), ("pdf", "zh_CN"), ("pdf", "en"), ("html", "en")):
            wall, user, system, peak, steps = run(
                program, site, "--at", "2026-10", "--format", kind, "--lang", language,
                "--output", site / f"bench.{kind}")
            print(f"| {kind} {language} | {wall:.1f} | {user:.1f} | {system:.1f} | {peak:.0f} |"
                  f" {steps} |", flush=True)
    finally:
        if kept is None:
            shutil.rmtree(site)


if __name__ == "__main__":
    main()
