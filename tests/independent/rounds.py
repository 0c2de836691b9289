#!/usr/bin/env python3
"""The numbers of a month, from its inputs: what devices said in each five-minute round is made up
here, stored by make-rounds, reported by rackvitals, and computed a second time out of the inputs
alone. Prints TAP.

rounds.py RACKVITALS MAKE-ROUNDS TEMPLATES [DEVICES [DAYS]]

Rounds come late by up to 20 s, are lost alone and for hours; devices restart, counters of errors wrap
at 2^32, sensors fail to say. From that, by the rules of rackvitals-rrd-templates(5) and what
RRDtool documents of consolidation: means, maxima, minima, 95th percentiles, totals."""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

BEGIN = 1790784000  # 2026-10-01 00:00 in China
STEP, HOUR, DAY = 300, 3600, 86400
PORTS = ("port-1", "port-2")
COUNT = 0
FAILED = 0


def result(fine, what, detail=""):
    global COUNT, FAILED
    COUNT += 1
    FAILED += not fine
    print("ok" if fine else "not ok", COUNT, "-", what)
    if not fine and detail:
        print("# " + str(detail)[:1500].replace("\n", "\n# "))


def make_device(chance, name, days):
    """Its answers, in order: (time, uptime in s, counters of each port, inlet, power)."""
    answers = []
    booted = BEGIN - chance.randrange(10**6, 10**7)
    counters = [[chance.randrange(10**12), chance.randrange(10**12), 2**32 - chance.randrange(10**4)]
                for _ in PORTS]
    last = away_until = 0
    for slot in range(BEGIN - 2 * HOUR, BEGIN + days * 86400, STEP):
        now = slot + (0 if slot % HOUR == 0 else chance.randrange(20))
        if chance.random() < 0.003:
            booted = now - chance.randrange(1, 200)
            counters = [[0, 0, 0] for _ in PORTS]
        for number, port in enumerate(counters):
            seconds = now - last if last else STEP
            load = (0.2 + 0.6 * chance.random()) * (0.4 if slot % 86400 > 43200 else 1) / (number + 1)
            port[0] += int(125e6 * load * min(seconds, STEP))
            port[1] += int(40e6 * load * min(seconds, STEP))
            port[2] = (port[2] + (chance.randrange(900) if chance.random() < 0.1 else 0)) % 2**32
        last = now
        if slot < away_until or chance.random() < 0.02:
            continue
        if chance.random() < 0.001:
            away_until = slot + chance.randrange(1, 30) * STEP
        inlet = None if chance.random() < 0.03 else round(22 + 3 * math.sin(slot / 13751) +
                                                          chance.random(), 1)
        power = None if chance.random() < 0.01 else chance.randrange(200, 400)
        answers.append((now, now - booted, [tuple(port) for port in counters], inlet, power))
    return name, answers


def feed(make_rounds, folder, templates, devices):
    lines = []
    for name, answers in devices:
        for now, uptime, ports, inlet, power in answers:
            words = [now, name, uptime * 100, *(value for port in ports for value in port),
                     *("U" if value is None else value for value in (inlet, power))]
            lines.append((now, " ".join(map(str, words))))
    lines.sort()
    subprocess.run([make_rounds, folder / "state", templates], check=True, text=True,
                   input="".join(line + "\n" for _, line in lines))


# ---- what the files have to hold ----


def rates(answers, port, counter, scale):
    """(time, rate or None) of each answer."""
    found, before = [], None
    for answer in answers:
        now, uptime = answer[:2]
        value = None
        if before is not None:
            seconds = now - before[0]
            distance = answer[2][port][counter] - before[2][port][counter]
            if counter == 2:
                distance %= 2**32
            # that uptime grew does not mean that it went on: two restarts can follow one another
            went_on = now - uptime == before[0] - before[1]
            if seconds <= 900 and went_on and distance >= 0:
                value = distance / seconds * scale
        found.append((now, value))
        before = answer
    return found


def steps(samples, heartbeat):
    """End of step to value. A sample holds for the time since the one before it, unless that is
    longer than the heartbeat; a step more than half of which was known to be unknown when its last
    sample came is unknown."""
    parts = {}
    for (before, _), (now, value) in zip(samples, samples[1:]):
        if now - before > heartbeat:
            value = None
        left = before
        while left < now:
            end = (left // STEP + 1) * STEP
            right = min(end, now)
            parts.setdefault(end, []).append((right - left, value, right == end))
            left = right
    found = {}
    for end, pieces in parts.items():
        known = [(seconds, value) for seconds, value, _ in pieces if value is not None]
        unknown = sum(seconds for seconds, value, last in pieces if value is None and not last)
        if not pieces[-1][2]:
            continue  # not ended
        found[end] = None if not known or unknown > STEP / 2 else \
            math.fsum(s * v for s, v in known) / sum(s for s, _ in known)
    return found


def hours(found):
    """Of rows that ended. Steps before the file began are as unknown as any other."""
    rows = {}
    for end, value in found.items():
        rows.setdefault(-(-end // HOUR) * HOUR, []).append(value)
    parts = HOUR // STEP
    known = {end: [v for v in row if v is not None] for end, row in rows.items() if end in found}
    return {end: None if 2 * (parts - len(row)) > parts else math.fsum(row) / len(row)
            for end, row in known.items()}


def figures(found, until, step):
    values = [found.get(end) for end in range(BEGIN + step, until + 1, step)]
    known = sorted(value for value in values if value is not None)
    return {"mean": math.fsum(known) / len(known), "p95": known[-(-95 * len(known) // 100) - 1],
            "minimum": known[0], "maximum": known[-1], "total": math.fsum(known) * step,
            "known": len(known) / len(values)}


def highest(found, until):
    """Of the five-minute values of whole days of UTC within the period, at least half of each known;
    what gets worse upwards has such an archive."""
    best = []
    for day in range(-(-BEGIN // DAY) * DAY, until - DAY + 1, DAY):
        row = [found.get(end) for end in range(day + STEP, day + DAY + 1, STEP)]
        if 2 * row.count(None) <= len(row):
            best.append(max(value for value in row if value is not None))
    return best


# ---- against the report ----


def compare(what, pairs):
    wrong = [pair for pair in pairs if pair[1] is None or
             not math.isclose(pair[1], pair[2], rel_tol=1e-9, abs_tol=1e-9)]
    result(pairs and not wrong, f"{what} ({len(pairs)} numbers)", wrong[:6])


def check(model, devices, until):
    rows = {(table, row["device"], row["key"]): row for table in ("interfaces", "inlets", "energy")
            for row in model[table]}
    result(len(rows) == 4 * len(devices), "each series is a row of the report", len(rows))
    traffic, errors, sensors = [], [], []
    for name, answers in devices:
        for number, port in enumerate(PORTS):
            row = rows["interfaces", name, port]
            for counter, way in ((0, "in"), (1, "out")):
                ours = figures(steps(rates(answers, number, counter, 8), 900), until, STEP)
                traffic += [(f"{name} {port} {way} {key}", row[f"{way}_{key}_bps"], ours[word])
                            for key, word in (("mean", "mean"), ("95", "p95"), ("max", "maximum"))]
            ours = figures(hours(errors_from_first(rates(answers, number, 2, 1))), until, HOUR)
            errors.append((f"{name} {port} errors", row["errors_discards"], ours["total"]))
        for table, key, index in (("inlets", "inlet/temperature", 3), ("energy", "chassis/power", 4)):
            row = rows[table, name, key]
            values = steps([(a[0], a[index]) for a in answers], 450)
            ours = figures(hours(values), until, HOUR)
            ours["maximum"] = max([ours["maximum"]] + highest(values, until))
            sensors += [(f"{name} {key} {word}", row[word], ours[word])
                        for word in ("mean", "p95", "minimum", "maximum", "known")]
            if table == "energy":
                sensors.append((f"{name} kWh", row["used_kwh"], ours["total"] / 3.6e6))
    compare("traffic of interfaces: means, 95th percentiles, maxima", traffic)
    compare("errors and discards: totals", errors)
    compare("inlets and power: means, percentiles, extremes, shares known, kWh", sensors)


def errors_from_first(samples):
    """The file begins with the first that is not 0."""
    first = next(i for i, (_, value) in enumerate(samples) if value)
    begin = samples[first][0] - STEP
    return steps([(begin, None)] + samples[first:], 900)


def main():
    program, make_rounds, templates = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 2
    days = int(sys.argv[5]) if len(sys.argv) > 5 else 31
    chance = random.Random(20261001)
    devices = [make_device(chance, f"sw-{n:02d}", days) for n in range(1, count + 1)]
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="rackvitals-rounds-", dir=shared) as folder:
        site = Path(folder)
        (site / "rackvitals.yaml").write_text(
            "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
            f"rrd-templates: {templates}\n")
        (site / "credentials.yaml").write_text("ro: { community: public }\n")
        (site / "credentials.yaml").chmod(0o600)
        (site / "inventory.yaml").write_text(
            "sites:\n  one: { name: One, time-zone: Asia/Shanghai }\ndevices:\n" + "".join(
                f"  - {{ name: {name}, address: 192.0.2.{i + 1}, kind: switch, site: one,"
                " snmp: { version: 2c, credential: ro } }\n"
                for i, (name, _) in enumerate(devices)))
        feed(make_rounds, site, templates, devices)
        run = subprocess.run([program, "--config", site / "rackvitals.yaml", "report", "--at",
                              "2026-10", "--format", "json", "--output", "-", "--zone",
                              "Asia/Shanghai"], stdout=subprocess.PIPE, check=True,
                             env={**os.environ, "SOURCE_DATE_EPOCH": str(BEGIN + 32 * 86400)})
        check(json.loads(run.stdout), devices, BEGIN + 31 * 86400)
    print(f"1..{COUNT}")
    return FAILED > 0


sys.exit(main())
