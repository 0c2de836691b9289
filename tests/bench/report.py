#!/usr/bin/env python3
"""How long the monthly report of a large site takes, and how much memory.

report.py RACKVITALS MAKE-MONTH TEMPLATES [DEVICES [EXTRA-SENSORS [FOLDER]]]

Makes a site (500 devices and 20,000 series unless told otherwise) with the shipped templates:
make-month lives a month of it in coarse steps; then every RRD file gets a month of values at its
own step, and the state file gets what a month leaves there: a round each minute, outages, verdicts
that come and go, log entries, faults with their trails. So what is read is as long as in real life. A FOLDER that holds a site already is
used again and kept. Prints one row for each run; "floor" is reading the bytes of every file once,
which says how much of the time is the machine's."""

import os
import re
import resource
import random
import shutil
import sqlite3
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


def live_reachability(db, chance, device, begin, end):
    """Eight outages of some minutes in a month that is up."""
    db.execute("DELETE FROM reachability WHERE device = ? AND protocol = ''", (device,))
    edges = sorted(chance.randrange(begin, end - 3600_000, 60_000) for _ in range(8))
    at = begin
    for edge in edges:
        down = min(end, edge + chance.randrange(120_000, 1800_000, 60_000))
        for state, left, right in (("up", at, edge), ("down", edge, down)):
            if right > left:
                db.execute("INSERT INTO reachability (device, protocol, state, reason, from_ms,"
                           " until_ms, samples) VALUES (?, '', ?, ?, ?, ?, ?)",
                           (device, state, "none" if state == "up" else "no_answer", left, right,
                            (right - left) // 60_000 + 1))
        at = max(at, down)
    db.execute("INSERT INTO reachability (device, protocol, state, reason, from_ms, until_ms,"
               " samples) VALUES (?, '', 'up', 'none', ?, ?, ?)",
               (device, at, end, (end - at) // 60_000 + 1))


def live_health(db, chance, device, begin, end):
    """Three sensors that were not well five times each, and forty log entries."""
    sensors = [row[0] for row in db.execute("SELECT id FROM sensor WHERE device = ?", (device,))]
    for sensor in chance.sample(sensors, min(3, len(sensors))):
        for _ in range(5):
            left = chance.randrange(begin, end - 7200_000, 60_000)
            db.execute("INSERT INTO verdict (sensor, status, presence, reason, from_ms, until_ms,"
                       " first_sample, last_sample) VALUES (?, ?, 'present', ?, ?, ?, 1, 2)",
                       (sensor, chance.choice(("warning", "critical")),
                        "71 °C is at or above high_warning 70 °C (limit of the device)", left,
                        left + chance.randrange(300_000, 7200_000, 60_000)))
    for number in range(40):
        at = chance.randrange(begin, end)
        db.execute("INSERT INTO event (device, record_id, time_ms, seen_ms, sensor, text, asserted,"
                   " severity) VALUES (?, ?, ?, ?, 'PSU 1', 'Power Supply AC lost', 1, ?)",
                   (device, 1000 + number, at, at, chance.choice(("ok", "warning", "critical"))))


def live_faults(db, chance, names, begin, end):
    """A fault for each third device, most of them resolved."""
    for name in names[::3]:
        opened = chance.randrange(begin, end - 86400_000, 60_000)
        solved = opened + chance.randrange(600_000, 80_000_000) if chance.random() < 0.9 else None
        row = db.execute(
            "INSERT INTO fault (device, cause, kind, level, title, opened_ms, opened_by,"
            " acknowledged_ms, resolved_ms, root_cause, method, loss) VALUES (?, 'bench', 'alarm',"
            " ?, 'PSU 1: failed', ?, 'rule', ?, ?, 'worn', 'replaced', 'none')",
            (name, chance.choice("123"), opened, opened + 300_000, solved))
        for action in ("open", "acknowledge", "note") + (("resolve",) if solved else ()):
            db.execute("INSERT INTO fault_trail (fault, time_ms, who, action, text)"
                       " VALUES (?, ?, 'noc', ?, 'as it is')", (row.lastrowid, opened, action))


def live(site):
    """What a month leaves in the state file."""
    chance = random.Random(6)
    begin, end = (END - DAYS * 86400) * 1000, END * 1000
    with sqlite3.connect(site / "state" / "state.db") as db:
        devices = db.execute("SELECT id, name FROM device").fetchall()
        for device, _ in devices:
            live_reachability(db, chance, device, begin, end)
            live_health(db, chance, device, begin, end)
        live_faults(db, chance, [name for _, name in devices], begin, end)
        db.executemany("INSERT INTO round (started_ms, ended_ms, host, version, simulated, due,"
                       " asked, answered, failed) VALUES (?, ?, 'bench', '0', 0, ?, ?, ?, 0)",
                       ((at, at + 9000, len(devices), len(devices), len(devices))
                        for at in range(begin, end, 60_000)))
    db.close()  # or its pages stay in the journal


def make(make_month, templates, site, devices, extra):
    subprocess.run([make_month, site, str(devices), str(DAYS), str(extra), STEP, templates],
                   check=True)
    settings = site / "rackvitals.yaml"  # from here on a site whose rounds are those of live()
    settings.write_text(re.sub(r"intervals: .*", "intervals: { reachability: 1m, health: 5m }",
                               settings.read_text(encoding="utf-8")), encoding="utf-8")
    fill_all(site)
    live(site)


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
              f" {least:.1f} s; state file {(site / 'state' / 'state.db').stat().st_size / 1e6:.0f} MB;"
              f" load {os.getloadavg()[0]:.1f}")
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
