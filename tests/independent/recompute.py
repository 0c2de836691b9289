#!/usr/bin/env python3
"""Availability out of state.db, a second time: slow, obvious, and sharing no code with rackvitals.

  recompute.py STATE.DB --period 2026-10 [--zone Asia/Shanghai] [--target 0.999]
               [--office 09:00-18:00 [--holiday 2026-10-01]... [--workday 2026-10-10]...]
               [--device NAME]
  recompute.py --check PROGRAM [--seeds 1-500]
                                    compares with what PROGRAM STATE.DB SEED prints

Only the tables reachability, device and maintenance are read. The rules are those of
rackvitals-availability(7). Times are Unix milliseconds throughout, so nothing is rounded."""

import argparse
import fnmatch
import json
import math
import sqlite3
import subprocess
import sys
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

KINDS = ("not_covered", "maintenance", "down", "up", "not_observed")


def midnight(day, zone):
    return round(datetime.combine(day, time(0), zone).timestamp() * 1000)


def period(text, zone):
    """'2026', '2026-Q4', '2026-10' or '2026-10-31' as [from, until)."""
    parts = text.split("-")
    if len(parts) == 3:
        first = date.fromisoformat(text)
        after = first + timedelta(days=1)
    elif len(parts) == 1:
        first, after = date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    else:
        year, quarter = int(parts[0]), parts[1].startswith("Q")
        month = int(parts[1][1:]) * 3 - 2 if quarter else int(parts[1])
        months = year * 12 + month - 1 + (3 if quarter else 1)
        first, after = date(year, month, 1), date(months // 12, months % 12 + 1, 1)
    return midnight(first, zone), midnight(after, zone)


def office_hours(begin, end, zone, hours, holidays, workdays):
    """Covered spans of every day that touches the period."""
    opens, closes = (time.fromisoformat(text) for text in hours.split("-"))
    day = datetime.fromtimestamp(begin / 1000, zone).date()
    spans = []
    while midnight(day, zone) < end:
        works = day.isoformat() in workdays or (
            day.weekday() < 5 and day.isoformat() not in holidays
        )
        if works:
            spans.append(
                tuple(
                    round(datetime.combine(day, clock, zone).timestamp() * 1000)
                    for clock in (opens, closes)
                )
            )
        day += timedelta(days=1)
    return spans


def maintenance(db, device, end):
    """Windows that count for the numbers of a device, recurrences spelled out up to `end`."""
    windows = []
    for row in db.execute("SELECT * FROM maintenance WHERE numbers = 1"):
        if not fnmatch.fnmatchcase(device, row["devices"]):
            continue
        zone = ZoneInfo(row["zone"])
        first = datetime.fromtimestamp(row["from_ms"] // 1000, zone)
        lasts = row["until_ms"] - row["from_ms"]
        count = 0
        while True:
            local = (first + timedelta(days=count * row["every_days"])).replace(fold=0)
            begins = round(local.timestamp()) * 1000 + row["from_ms"] % 1000 if count else row["from_ms"]
            if begins >= end or (row["last_ms"] is not None and begins >= row["last_ms"]):
                break
            ends = begins + lasts
            if row["ended_ms"] is not None:
                ends = min(ends, row["ended_ms"])
            windows.append((begins, ends))
            count += 1
            if row["every_days"] == 0:
                break
    return windows


def inside(moment, spans):
    return any(begin <= moment < end for begin, end in spans)


def classify(moment, coverage, windows, states):
    if coverage is not None and not inside(moment, coverage):
        return "not_covered"
    if inside(moment, windows):
        return "maintenance"
    if inside(moment, states["down"]):
        return "down"
    if inside(moment, states["up"]):
        return "up"
    return "not_observed"


def touching(spans, begin, end):
    return [span for span in spans if span[0] < end and span[1] > begin]


def recompute(db, device, begin, end, coverage, target):
    rows = db.execute(
        "SELECT r.state, r.from_ms, r.until_ms FROM reachability r JOIN device d"
        " ON d.id = r.device WHERE d.name = ? AND r.protocol = ''",
        (device,),
    ).fetchall()
    states = {
        word: touching([(r["from_ms"], r["until_ms"]) for r in rows if r["state"] == word],
                       begin, end)
        for word in ("up", "down")
    }
    windows = touching(maintenance(db, device, end), begin, end)
    if coverage is not None:
        coverage = touching(coverage, begin, end)
    # Nothing changes between two neighbouring edges, so the moment of the first speaks for all.
    edges = {begin, end}
    for spans in (states["up"], states["down"], windows, coverage or []):
        for span in spans:
            edges.update(edge for edge in span if begin < edge < end)
    edges = sorted(edges)
    sums = dict.fromkeys(KINDS, 0)
    for left, right in zip(edges, edges[1:]):
        sums[classify(left, coverage, windows, states)] += right - left
    return finish(sums, end - begin, target)


def finish(sums, lasts, target):
    up, down, dark = sums["up"], sums["down"], sums["not_observed"]
    agreed = up + down + dark
    promise = "none"
    if target is not None and agreed > 0:
        budget = math.floor(agreed * (1.0 - target) + 0.5)
        promise = (
            "not_met" if down > budget else "met" if down + dark <= budget else "not_proven"
        )
    return {
        "period_ms": lasts,
        "agreed_ms": agreed,
        "up_ms": up,
        "down_ms": down,
        "not_observed_ms": dark,
        "maintenance_ms": sums["maintenance"],
        "promise": promise,
    }


def open_db(path):
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    return db


def check(program, seeds):
    """A random life for each seed; every number has to agree, to the millisecond."""
    zone = ZoneInfo("Asia/Shanghai")
    holidays = {f"2025-10-{day:02d}" for day in range(1, 9)}
    failures = done = 0
    print("TAP version 14")
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="rackvitals-independent-") as folder:
            path = Path(folder) / "state.db"
            run = subprocess.run([program, path, str(seed)], stdout=subprocess.PIPE, check=True)
            db = open_db(path)
            for line in run.stdout.decode().splitlines():
                theirs = json.loads(line)
                begin, end = period(theirs["period"], zone)
                coverage = None
                if theirs["coverage"] == "5x8":
                    coverage = office_hours(
                        begin, end, zone, "09:00-18:00", holidays, {"2025-10-11"}
                    )
                ours = recompute(db, theirs["device"], begin, end, coverage, theirs["target"])
                wrong = {key: (theirs[key], ours[key]) for key in ours if theirs[key] != ours[key]}
                done += 1
                failures += bool(wrong)
                name = f"{theirs['device']} {theirs['period']} {theirs['coverage']} seed {seed}"
                print(f"{'not ok' if wrong else 'ok'} {done} - {name}")
                if wrong:
                    print(f"# theirs, ours: {wrong}")
            db.close()
    print(f"1..{done}")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("state", nargs="?")
    parser.add_argument("--check", metavar="PROGRAM")
    parser.add_argument("--seeds", metavar="FIRST-LAST")
    parser.add_argument("--period")
    parser.add_argument("--zone", default="Asia/Shanghai")
    parser.add_argument("--target", type=float)
    parser.add_argument("--office", metavar="09:00-18:00")
    parser.add_argument("--holiday", action="append", default=[])
    parser.add_argument("--workday", action="append", default=[])
    parser.add_argument("--device")
    options = parser.parse_args()
    if options.check:
        first, last = options.seeds.split("-") if options.seeds else (None, None)
        return check(options.check, range(int(first), int(last) + 1) if first else (1, 20251))
    if not options.state or not options.period:
        parser.error("STATE.DB and --period are needed")
    zone = ZoneInfo(options.zone)
    begin, end = period(options.period, zone)
    coverage = None
    if options.office:
        coverage = office_hours(
            begin, end, zone, options.office, set(options.holiday), set(options.workday)
        )
    db = open_db(options.state)
    for row in db.execute("SELECT name FROM device ORDER BY name").fetchall():
        if options.device in (None, row["name"]):
            numbers = recompute(db, row["name"], begin, end, coverage, options.target)
            print(json.dumps({"device": row["name"], "period": options.period, **numbers}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
