#!/usr/bin/env python3
"""The numbers of a monthly report, a second time: out of state.db, the files of the site and
`rrdtool fetch`, slow, obvious, and sharing no code with rackvitals.

report.py RACKVITALS MAKE-MONTH

The rules are those of rackvitals-availability(7), rackvitals-service-plan(5) and
rackvitals-report(1). Also: the PDF in both languages carries the same numbers, and no number
with a unit that the JSON of the model does not have."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import recompute

MADE_S = 1793520000  # 2026-11-01 16:00 in China
ZONE = ZoneInfo("Asia/Shanghai")
MONTH = "2026-10"
HOLIDAYS = {f"2026-10-{day:02d}" for day in range(1, 8)}
WORKDAYS = {"2026-10-10"}
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
# what conf/service-plan.yaml promises, which every made site has
TARGETS = {"gold": 0.999, "silver": 0.995}
CLOCKS = {
    "1": {"respond": 15 * MINUTE, "resolve": 12 * HOUR, "plan": 16 * HOUR, "report": 24 * HOUR},
    "2": {"respond": 30 * MINUTE, "resolve": 12 * HOUR, "plan": 16 * HOUR, "report": 24 * HOUR},
    "3": {"respond": HOUR, "resolve": 5 * DAY, "plan": 7 * DAY, "report": 7 * DAY},
}
count = failed = 0


def result(fine, what, detail=""):
    global count, failed
    count += 1
    failed += not fine
    print("ok" if fine else "not ok", count, "-", what)
    if not fine and detail:
        print("# " + str(detail)[:1500].replace("\n", "\n# "))


def near(a, b):
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def differences(pairs):
    """pairs: name, theirs, ours. Those that are not the same."""
    return [pair for pair in pairs
            if not (near(pair[1], pair[2]) if isinstance(pair[2], (float, type(None)))
                    and isinstance(pair[1], (int, float, type(None))) else pair[1] == pair[2])]


def no_difference(what, pairs):
    pairs = list(pairs)
    wrong = differences(pairs)
    result(pairs and not wrong, f"{what} ({len(pairs)} numbers)",
           wrong[:8] or "there was nothing to compare")


# ---- state.db ----


def service_class(site, device):
    line = next(line for line in (site / "inventory.yaml").read_text().splitlines()
                if f"name: {device}," in line)
    return re.search(r"service-class: (\w+)", line).group(1)


def outages(db, device, begin, end, coverage):
    """Stretches from the first sample that is down to the first that is up, if any of it was
    agreed service time."""
    rows = db.execute(
        "SELECT r.state, r.from_ms, r.until_ms FROM reachability r JOIN device d"
        " ON d.id = r.device WHERE d.name = ? AND r.protocol = '' ORDER BY r.from_ms",
        (device,)).fetchall()
    states = {word: [(r["from_ms"], r["until_ms"]) for r in rows if r["state"] == word]
              for word in ("up", "down")}
    windows = recompute.maintenance(db, device, end)
    edges = {begin, end}
    for spans in (states["up"], states["down"], windows, coverage or []):
        edges.update(edge for span in spans for edge in span if begin < edge < end)
    found, counted = 0, False
    for left in sorted(edges)[:-1]:
        if recompute.inside(left, states["down"]):
            if recompute.classify(left, coverage, windows, states) == "down" and not counted:
                counted = True
                found += 1
        elif recompute.inside(left, states["up"]):
            counted = False
    return found


def working_hours(begin, end):
    return [span for hours in ("09:00-12:00", "13:00-18:00")
            for span in recompute.office_hours(begin, end, ZONE, hours, HOLIDAYS, WORKDAYS)]


def check_availability(site, db, model):
    begin, end = recompute.period(MONTH, ZONE)
    result((model["from_ms"], model["until_ms"]) == (begin, end), "the month is that of its zone")
    pairs, times, sums = [], [], Counter()
    for one in model["devices"]:
        name, theirs = one["name"], one["availability"]
        grade = service_class(site, name)
        coverage = working_hours(begin, end) if grade == "silver" else None
        ours = recompute.recompute(db, name, begin, end, coverage, TARGETS[grade])
        up, down, agreed = ours["up_ms"], ours["down_ms"], ours["agreed_ms"]
        pairs += [(f"{name} {key}", theirs[key], ours[key]) for key in
                  ("agreed_ms", "up_ms", "down_ms", "not_observed_ms", "maintenance_ms", "promise")]
        pairs += [(f"{name} a", theirs["a"], up / (up + down)),
                  (f"{name} a_low", theirs["a_low"], up / agreed),
                  (f"{name} a_high", theirs["a_high"], (agreed - down) / agreed)]
        fell = outages(db, name, begin, end, coverage)
        times += [(f"{name} outages", theirs["outages"], fell)]
        for key, whole in (("mttr_ms", down), ("mtbf_ms", up)):
            if fell == 0:
                times += [(f"{name} {key}", theirs[key], None)]
            else:
                times += [(f"{name} {key}", abs(theirs[key] - whole / fell) < 1, True)]
        for key in ("agreed_ms", "up_ms", "down_ms", "not_observed_ms"):
            sums[key] += ours[key]
            sums[grade, key] += ours[key]
    no_difference("availability, bounds, down time and promise of each device", pairs)
    no_difference("outages, MTTR and MTBF of each device", times)
    result(sum(one["availability"]["outages"] for one in model["devices"]) > 3,
           "there were outages to count")
    pairs = [("a", model["a"], sums["up_ms"] / (sums["up_ms"] + sums["down_ms"])),
             ("a_low", model["a_low"], sums["up_ms"] / sums["agreed_ms"]),
             ("a_high", model["a_high"], 1 - sums["down_ms"] / sums["agreed_ms"]),
             ("down", model["down_ms"], sums["down_ms"]),
             ("expected", model["coverage"]["expected_ms"], sums["agreed_ms"]),
             ("observed", model["coverage"]["observed_ms"], sums["up_ms"] + sums["down_ms"]),
             ("share", model["sums"]["observed"],
              (sums["up_ms"] + sums["down_ms"]) / sums["agreed_ms"])]
    for one in model["classes"]:
        pairs += [(f"{one['id']} {key}", one[key], sums[one["id"], key])
                  for key in ("agreed_ms", "up_ms", "down_ms", "not_observed_ms")]
    no_difference("sums of all devices and of the service classes", pairs)


def check_faults(db, model):
    begin, end = model["from_ms"], model["until_ms"]
    counts = defaultdict(Counter)
    listed = []
    for row in db.execute("SELECT * FROM fault"):
        if row["opened_ms"] >= end or (row["resolved_ms"] and row["resolved_ms"] < begin):
            continue
        listed.append(row["id"])
        level, opened, solved = row["level"], row["opened_ms"], row["resolved_ms"]
        counts[level]["faults"] += 1
        counts[level]["open"] += not solved
        runs = {"respond": (opened, [row["acknowledged_ms"], solved]), "resolve": (opened, [solved]),
                "plan": (opened, [row["planned_ms"], solved]),
                "report": (solved, [row["reported_ms"]])}
        for clock, (start, ends) in runs.items():
            if not start:
                continue
            done = min((moment for moment in ends if moment), default=None)
            late = (done or MADE_S * 1000) - start > CLOCKS[level][clock]
            counts[level][clock, "late" if late else "kept" if done else "running"] += 1
    pairs = [("faults", sorted(one["id"] for one in model["faults"]), sorted(listed)),
             ("levels", sorted(one["level"] for one in model["handling"]), sorted(counts)),
             ("open", model["sums"]["open_faults"], sum(c["open"] for c in counts.values()))]
    for one in model["handling"]:
        ours = counts[one["level"]]
        pairs += [(one["level"] + key, one[key], ours[key]) for key in ("faults", "open")]
        pairs += [(f"{one['level']} {clock} {word}", one[clock][word], ours[clock, word])
                  for clock in CLOCKS["1"] for word in ("kept", "late", "running")]
    result(any(c[clock, "late"] for c in counts.values() for clock in CLOCKS["1"]),
           "some clock was missed")
    no_difference("faults by level, clocks kept, late and running", pairs)


def check_coverage(db, model):
    begin, end = model["from_ms"], model["until_ms"]
    rounds = db.execute("SELECT * FROM round WHERE started_ms >= ? AND started_ms < ?",
                        (begin, end)).fetchall()
    theirs = model["coverage"]
    pairs = [("rounds", theirs["rounds"], len(rounds)),
             ("finished", theirs["finished"], sum(r["ended_ms"] is not None for r in rounds))]
    pairs += [(key, theirs[key], sum(r[key] for r in rounds))
              for key in ("asked", "answered", "failed")]
    kinds = Counter(row["kind"] for row in db.execute(
        "SELECT kind FROM change WHERE time_ms >= ? AND time_ms < ?", (begin, end)))
    pairs += [("parts", model["sums"]["changed_parts"],
               kinds["part_replaced"] + kinds["part_added"] + kinds["part_removed"]),
              ("firmware", model["sums"]["changed_firmware"], kinds["firmware"]),
              ("new", model["sums"]["new_devices"], kinds["device_new"]),
              ("restarts", model["sums"]["restarts"], kinds["restart"])]
    no_difference("rounds, samples expected and received, changes", pairs)


# ---- parts, score ----

PRICED = ("psu", "fan", "disk", "battery", "module", "memory", "optics")


def bad_verdicts(db, device, begin, end):
    """Stretches of the sensors of a device that were not well: status, from, until, sensor. What
    is not over lasts until the device was last judged."""
    judged = db.execute("SELECT max(until_ms) FROM health_span h JOIN device d ON d.id = h.device"
                        " WHERE d.name = ?", (device,)).fetchone()[0]
    for row in db.execute(
            "SELECT v.status, v.from_ms, v.until_ms, s.key, s.grp, s.component FROM verdict v"
            " JOIN sensor s ON s.id = v.sensor JOIN device d ON d.id = s.device"
            " WHERE d.name = ? AND v.status IN ('warning', 'critical')", (device,)):
        until = row["until_ms"] if row["until_ms"] is not None else judged
        if row["from_ms"] < end and until > begin:
            yield {**dict(row), "from": max(row["from_ms"], begin), "until": min(until, end),
                   "lasts": until >= end or row["until_ms"] is None}


def together(spans):
    """Length of the union."""
    whole, reached = 0, None
    for left, right in sorted(spans):
        left = left if reached is None else max(left, reached)
        whole += max(0, right - left)
        reached = right if reached is None else max(right, reached)
    return whole


def down_spans(db, device, begin, end, coverage):
    rows = db.execute(
        "SELECT r.state, r.from_ms, r.until_ms FROM reachability r JOIN device d"
        " ON d.id = r.device WHERE d.name = ? AND r.protocol = ''", (device,)).fetchall()
    states = {word: [(r["from_ms"], r["until_ms"]) for r in rows if r["state"] == word]
              for word in ("up", "down")}
    windows = recompute.maintenance(db, device, end)
    edges = {begin, end}
    for spans in (states["up"], states["down"], windows, coverage or []):
        edges.update(edge for span in spans for edge in span if begin < edge < end)
    edges = sorted(edges)
    return [(left, right) for left, right in zip(edges, edges[1:])
            if recompute.classify(left, coverage, windows, states) == "down"]


def check_score(site, db, model):
    begin, end = model["from_ms"], model["until_ms"]
    bad = whole = 0
    parts, lasting, spares, promises = set(), set(), {}, Counter()
    for one in model["devices"]:
        name = one["name"]
        coverage = working_hours(begin, end) if service_class(site, name) == "silver" else None
        down = down_spans(db, name, begin, end, coverage)
        verdicts = list(bad_verdicts(db, name, begin, end))
        critical = together(down + [(v["from"], v["until"]) for v in verdicts
                                    if v["status"] == "critical"])
        warning = together(down + [(v["from"], v["until"]) for v in verdicts]) - critical
        judged = together((max(r["from_ms"], begin), min(r["until_ms"], end)) for r in db.execute(
            "SELECT h.from_ms, h.until_ms FROM health_span h JOIN device d ON d.id = h.device"
            " WHERE d.name = ? AND h.from_ms < ? AND h.until_ms > ?", (name, end, begin)))
        no_difference(f"time that {name} was critical, warning, judged",
                      [("critical", one["critical_ms"], critical),
                       ("warning", one["warning_ms"], warning),
                       ("judged", one["judged_ms"], judged)])
        bad += critical + warning / 2
        whole += max(judged, critical + warning)
        promises[one["availability"]["promise"]] += 1
        for verdict in verdicts:
            parts.add((name, verdict["key"]))
            if verdict["lasts"]:
                lasting.add((name, verdict["key"]))
                if verdict["grp"] in PRICED:
                    spares[name, verdict["component"] or verdict["key"]] = verdict["grp"]
    kept = sum(one[clock]["kept"] for one in model["handling"] for clock in CLOCKS["1"])
    late = sum(one[clock]["late"] for one in model["handling"] for clock in CLOCKS["1"])
    seen = model["coverage"]["observed_ms"] / model["coverage"]["expected_ms"]
    points = {"service": 40 * (promises["met"] + promises["not_proven"] / 2) / sum(promises.values()),
              "health": 30 * (1 - bad / whole), "handling": 20 * kept / (kept + late),
              "coverage": 10 * seen}
    open_at_end = any(one["now"] == "critical" for one in model["devices"])
    caps = [cap for cap, holds in ((79, promises["not_met"]), (84, seen < 0.9), (89, open_at_end))
            if holds]
    raw = sum(points.values())
    result(len(caps) > 0, "the score has a cap")
    no_difference("points of the score, its sum and its caps",
                  [(key, model["score"][key], value) for key, value in points.items()] +
                  [("raw", model["score"]["raw"], raw),
                   ("score", model["score"]["score"], min([raw] + caps)),
                   ("caps", len(model["score"]["caps"]), len(caps))])
    sums = model["sums"]
    bought = Counter(spares.values())
    faults = [row["resolved_ms"] - row["opened_ms"] for row in db.execute(
        "SELECT * FROM fault WHERE opened_ms < ? AND resolved_ms >= ?", (end, begin))]
    no_difference("sums of parts, faults and clocks",
                  [("findings", len(model["findings"]), len(parts)),
                   ("bad parts", sums["bad_parts"], len(lasting)),
                   ("resolved", sums["resolved"], len(faults)),
                   ("mean", sums["resolve_mean_ms"], sum(faults) // max(1, len(faults))),
                   ("kept", sums["clocks_kept"], kept), ("late", sums["clocks_late"], late),
                   ("down", sums["devices_down"],
                    sum(one["availability"]["down_ms"] > 0 for one in model["devices"])),
                   ("unseen", sums["devices_unseen"],
                    sum(one["availability"]["not_observed_ms"] > 0 for one in model["devices"])),
                   ("outages", sums["outages"],
                    sum(one["availability"]["outages"] for one in model["devices"])),
                   ("mttr", sums["mttr_ms"], model["down_ms"] // max(1, sums["outages"])),
                   ("mtbf", sums["mtbf_ms"],
                    sum(one["availability"]["up_ms"] for one in model["devices"]) //
                    max(1, sums["outages"])),
                   ("to do at once", sum(one["urgency"] == "now" for one in model["actions"]),
                    sum(one["last_state"] == "down" and one["observed"]
                        for one in model["devices"]) +
                    len({(one["device"], one["key"].split("/")[0]) for one in model["findings"]
                         if one["now"] == "critical"})),
                   ("expected samples", model["coverage"]["samples_expected"],
                    sum((end - max(begin, row["first_ms"])) // 7200_000
                        for row in db.execute("SELECT first_ms FROM device"))),
                   ("excluded", sums["excluded_ms"],
                    sum(one["availability"]["maintenance_ms"] for one in model["devices"])),
                   ("ports", sums["ports"], sum(one["interfaces"] for one in model["devices"])),
                   ("to replace", {one["part"]: one["bad"] for one in model["spares"]
                                   if one["bad"]}, dict(bought)),
                   ("suspects", sums["suspect_parts"],
                    len({(one["device"], one["key"]) for one in model["suspects"]}))])


def check_links(db, model):
    begin, end = model["from_ms"], model["until_ms"]
    ours = {(row["name"], row["interface"]): (row["changes"], row["downs"]) for row in db.execute(
        "SELECT d.name, l.interface, sum(l.changes) AS changes, sum(l.downs) AS downs FROM link l"
        " JOIN device d ON d.id = l.device WHERE l.hour_ms >= ? AND l.hour_ms < ?"
        " GROUP BY d.name, l.interface", (begin, end))}
    theirs = {(one["device"], one["key"]): (one["changes"], one["downs"]) for one in model["links"]}
    result(theirs == {key: value for key, value in ours.items() if value[0]} != {},
           "links that changed, and how often", (ours, theirs))


# ---- RRD files ----


def fetch(path, begin, end, function="AVERAGE", step=7200):
    """Values of each source: those whose step ends within the period, None where unknown."""
    run = subprocess.run(["rrdtool", "fetch", path, function, "--resolution", str(step), "--start",
                          str(begin), "--end", str(end)], stdout=subprocess.PIPE, check=True,
                         env={**os.environ, "LC_ALL": "C"})
    lines = run.stdout.decode().splitlines()
    names, rows = lines[0].split(), defaultdict(list)
    for line in lines[1:]:
        moment, _, values = line.partition(":")
        if not values or not begin < int(moment) <= end:
            continue
        for name, text in zip(names, values.split()):
            value = float(text)
            rows[name].append(None if math.isnan(value) else value)
    return rows


def peaks(path, begin, end):
    """Per source the lowest and highest of what is kept of each day that lies within the period;
    the archives of MIN and MAX have one row a day."""
    begin = begin + DAY // 1000 - 1  # a row that ends later began within
    kept = {}
    for name, of in (("MIN", min), ("MAX", max)):
        for source, values in fetch(path, begin, end, name, DAY // 1000).items():
            known = [value for value in values if value is not None]
            kept[source, of] = of(known, default=None)
    return kept


def with_peaks(rows, path, begin, end):
    """Figures of each source; their extremes are those of the finest values that were kept."""
    kept = peaks(path, begin, end)
    found = {}
    for source, values in rows.items():
        found[source] = one = figures(values)
        for word, of in (("minimum", min), ("maximum", max)):
            if one and kept.get((source, of)) is not None:
                one[word] = of(one[word], kept[source, of])
    return found


def figures(values):
    """Mean, nearest-rank 95th percentile, lowest, highest, sum and known share."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    return {"mean": math.fsum(known) / len(known),
            "p95": known[max(0, -(-95 * len(known) // 100) - 1)],
            "minimum": known[0], "maximum": known[-1], "total": math.fsum(known) * 7200,
            "known": len(known) / len(values)}


def latest(db):
    """What each device said last; a member that is not known is left out."""
    return {row["name"]: json.loads(zlib.decompress(row["body"])) for row in db.execute(
        "SELECT d.name, l.body FROM latest l JOIN device d ON d.id = l.device")}


def pairs_of_series(table, ours, theirs, limits):
    where = f"{theirs['device']} {theirs['key']}"
    pairs = [(f"{where} {key}", theirs[key], ours[key])
             for key in ("mean", "p95", "minimum", "maximum", "known")]
    if table == "energy":
        pairs.append((where + " kWh", theirs["used_kwh"], ours["total"] / 3.6e6))
    if table == "optics":
        distances = [ours["minimum"] - limits[key] for key in ("low_warning", "low_critical")
                     if key in limits]
        pairs.append((where + " margin", theirs["margin"], min(distances)))
    if "high_warning" in limits:
        above = sum(v >= limits["high_warning"] for v in ours["values"] if v is not None)
        pairs.append((where + " above", theirs["above_ms"], above * 7200_000))
    return pairs


def pairs_of_interface(ours, theirs, speed, faults):
    where = f"{theirs['device']} {theirs['key']}"
    pairs = []
    for way in ("in", "out"):
        pairs += [(f"{where} {way} {key}", theirs[f"{way}_{key}_bps"], ours[way][word])
                  for key, word in (("mean", "mean"), ("95", "p95"), ("max", "maximum"))]
    used = max(ours["in"]["p95"], ours["out"]["p95"]) / speed
    return pairs + [(where + " used", theirs["used"], used),
                    (where + " known", theirs["known"], ours["out"]["known"]),
                    (where + " errors", theirs["errors_discards"], faults)]


def read_all(site, begin, end):
    """(table, device, key) to figures, for every file that the report has to speak of."""
    tables = {"power": "energy", "percent": "capacity", "optical_power": "optics"}
    found, faults = {}, defaultdict(float)
    for path in sorted((site / "state" / "rrd").glob("*/*/*.rrd")):
        device = path.parent.name
        kind, key = path.stem.split(".", 1)
        key = key.replace("+", "/")
        table = "inlets" if kind == "temperature" and "inlet" in key else tables.get(kind)
        if kind not in ("interface", "errors") and table is None:
            continue
        rows = fetch(path, begin, end)
        if kind == "interface":
            found["interfaces", device, key] = with_peaks(rows, path, begin, end)
        elif kind == "errors":
            faults[device, key] = (figures(rows["faults"]) or {"total": 0.0})["total"]
        else:
            found[table, device, key] = with_peaks(rows, path, begin, end)["value"]
            found[table, device, key]["values"] = rows["value"]
    return found, faults


def check_series(site, db, model):
    found, faults = read_all(site, model["from_ms"] // 1000, model["until_ms"] // 1000)
    answers = latest(db)
    for table in ("interfaces", "inlets", "energy", "capacity", "optics"):
        mine = {key[1:]: value for key, value in found.items() if key[0] == table}
        theirs = {(row["device"], row["key"]): row for row in model[table]}
        result(mine.keys() == theirs.keys() and mine, f"{table}: every file is a row",
               mine.keys() ^ theirs.keys())
        pairs = []
        for (device, key), ours in mine.items():
            if (device, key) not in theirs:
                continue
            if table == "interfaces":
                speed = next(one["speed_bps"] for one in answers[device]["interfaces"]
                             if one["key"] == key)
                pairs += pairs_of_interface(ours, theirs[device, key], speed, faults[device, key])
            else:
                limits = next(one.get("limits", {}) for one in answers[device]["sensors"]
                              if one["key"] == key)
                pairs += pairs_of_series(table, ours, theirs[device, key], limits)
        no_difference(f"{table}: means, percentiles, extremes, totals", pairs)
    result(any(total > 1000 for total in faults.values()), "there were errors to count")
    busiest = sorted(((max(one[way]["p95"] for way in ("in", "out")), *key[1:])
                      for key, one in found.items() if key[0] == "interfaces"), reverse=True)
    result([row[1:] for row in busiest[:20]] ==
           [(row["device"], row["key"]) for row in model["interfaces"][:20]],
           "the busiest interfaces by their 95th percentile, in this order", busiest[:20])
    inlets = [one for key, one in found.items() if key[0] == "inlets"]
    power = [one["total"] for key, one in found.items() if key[0] == "energy"]
    pairs = [("kWh", model["sums"]["energy_kwh"], math.fsum(power) / 3.6e6),
             ("inlet mean", model["sums"]["inlet_mean"],
              math.fsum(one["mean"] for one in inlets) / len(inlets)),
             ("inlet highest", model["sums"]["inlet_maximum"],
              max(one["maximum"] for one in inlets))]
    for one in model["devices"]:
        ports = answers[one["name"]]["interfaces"]
        up = sum(port["oper_status"] == "up" for port in ports)
        pairs += [(one["name"] + " ports", one["interfaces"], len(ports)),
                  (one["name"] + " up", one["interfaces_up"], up),
                  (one["name"] + " in use", one["ports_used"], up / len(ports))]
    no_difference("energy of all, mean and highest inlet temperature, ports in use", pairs)


# ---- pages ----

MEASURE = re.compile(r"(?<![\w.,−-])([−-]?[\d,]*\d(?:\.\d+)?) ?"
                     r"(°C|rpm|kWh|kW|W|V|%|dBm|dB|[kMGT]?bit/s)(?![\w/])")
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
DURATION = re.compile(r"(?<![\w.])\d+ ?(?:d(?: ?\d+ ?h)?|h(?: ?\d+ ?min)?|min(?: ?\d+ ?s)?|s)(?![\w'])"
                      r"|\d+ ?(?:天(?: ?\d+ ?小时)?|小时(?: ?\d+ ?分)?|分(?:钟| ?\d+ ?秒)|秒)")
SENTENCE_UNITS = {"°C", "rpm", "V", "dB", "dBm"}
SCALES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


KINDS = [
    ("month", 300, ["report", "--at", MONTH]),
    ("quarter", 300, ["report", "--period", "quarter", "--at", "2026-Q4"]),
    ("year", 300, ["report", "--period", "year", "--at", "2026"]),
    ("round", 0, ["report", "--period", "round", "--at", "2026-10-20"]),
    ("device", 50, ["report", "--device", "switch-01", "--at", MONTH]),
    ("fault", 10, ["fault", "report", "1", "--state", "state"]),
]


def pages(program, site, command, language):
    """The text of a report, without what a page repeats: contents, feet, heads of tables."""
    name = site / f"{language}.pdf"
    run(program, site, *command, "--format", "pdf", "--lang", language, "--output", name)
    text = subprocess.run(["pdftotext", "-layout", name, "-"], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    text = "\n".join(line for line in text.splitlines()
                     if "(continued)" not in line and "续）" not in line)
    text = re.sub(r"95 ?%(?=[\s]|$)(?! *\d)|95 分位", " ", text)  # the name of a column
    # how far trends look back
    text = re.sub(r"(近|至少) (28|90) ?天", r"\1", text)
    # the method's and the score's own constants: 90% observed, a target's 84, 79, 89
    return re.sub(r"(?:than|不足)\s*90%", " ", re.sub(r"\s+90%\s+was", " was", text))


def value_of(number):
    return float(number.replace(",", "").replace("−", "-"))


def seconds(text):
    """A printed duration as what it says, in seconds."""
    units = {"d": 86400, "天": 86400, "h": 3600, "小时": 3600, "min": 60, "分": 60, "分钟": 60,
             "s": 1, "秒": 1}
    return sum(int(number) * units[unit] for number, unit in
               re.findall(r"(\d+) ?(d|h|min|s|天|小时|分钟|分|秒)", text))


def printed(text):
    """What a language prints, as language-free marks."""
    text = re.sub(r" {2,}", " | ", text)
    marks = Counter((number, unit) for number, unit in MEASURE.findall(text))
    marks.update(("time", moment) for moment in TIME.findall(text))
    marks.update(("duration", seconds(one)) for one in DURATION.findall(text))
    return marks


def walk(value, key=""):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from walk(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from walk(one, key)
    elif value is not None and not isinstance(value, bool):
        yield key, value


def has_unit(sensor_class):
    return {"temperature": "°C", "power": "W", "percent": "%", "optical_power": "dBm",
            "fan": "rpm", "voltage": "V"}.get(sensor_class)


SHARES = {"a", "a_low", "a_high", "target", "budget_used", "used", "known", "observed",
          "ports_used"}


def said(model):
    """Every value of the model that has a unit, by unit, and what its sentences say."""
    pools = defaultdict(list)
    for key, value in walk(model):
        if isinstance(value, str):
            for number, unit in MEASURE.findall(value):
                pools[unit].append(value_of(number))
            pools["ms"] += [seconds(one) * 1000 for one in DURATION.findall(value)]
        elif key in SHARES:
            pools["%"].append(value * 100)
        elif key.endswith("_bps"):
            pools["bit/s"].append(value)
        elif key.endswith("_kwh"):
            pools["kWh"].append(value)
        elif key in ("margin", "lost_db"):
            pools["dB"].append(value)
    for table in ("inlets", "energy", "capacity", "optics", "suspects", "graphs"):
        for row in model[table]:
            unit = row.get("unit") or has_unit(row.get("class"))
            pools[unit] += [value for key, value in walk(row) if isinstance(value, (int, float))
                            and not key.endswith(("_ms", "_s", "_days"))]
    for row in model["classes"]:
        if row["budget_ms"]:
            pools["%"].append(100 * row["down_ms"] / row["budget_ms"])
    pools["ms"] += [value for key, value in walk(model) if key.endswith("_ms")]
    pools["ms"] += [one["resolved_ms"] - one["opened_ms"] for one in model["faults"]
                    if one["resolved_ms"]]
    pools["ms"] += [one["until_ms"] - one["from_ms"] for one in model["coverage"]["blind"]]
    return pools


def is_said(pools, mark):
    first, second = mark
    if first == "time":
        moments = {f"{recompute.datetime.fromtimestamp(ms / 1000, ZONE):%Y-%m-%d %H:%M}"
                   for ms in pools["ms"] if 1e12 < ms < 4e12}
        return second in moments
    if first == "duration":
        # the two largest units are written: what is less may be cut off
        grain = 3600 if second >= 86400 else 60 if second >= 3600 else 1
        return any(second <= (ms + 500) // 1000 < second + grain for ms in pools["ms"])
    number, scale, unit = value_of(first), 1, second
    if second.endswith("bit/s"):
        scale, unit = SCALES[second[:-5]], "bit/s"
    half = 0.5000001 * 10 ** -len(first.partition(".")[2])
    fits = any(abs(value / scale - number) <= half for value in pools[unit])
    # availability short of whole is never written as whole
    return fits or (first == "99.999" and any(99.999 <= v < 100 for v in pools["%"]))


def check_pages(program, site, kind, least, command):
    if not shutil.which("pdftotext"):
        result(True, "pages # SKIP pdftotext is not installed")
        return
    command = [str(site / "state") if word == "state" else word for word in command]
    # a fault's own JSON is the ledger's; its report is made of the model of its month
    of = command if command[0] == "report" else KINDS[0][2]
    model = json.loads(run(program, site, *of, "--format", "json", "--output", "-"))
    marks = {language: printed(pages(program, site, command, language))
             for language in ("en", "zh_CN")}
    pools = said(model)
    result(sum(marks["en"].values()) > least, f"{kind}: the pages have numbers",
           sum(marks["en"].values()))
    # a sentence may break between a number and its unit: its measures are told once, not counted
    apart = {mark for mark in marks["en"].keys() | marks["zh_CN"].keys()
             if (marks["en"][mark] != marks["zh_CN"][mark] if mark[1] not in SENTENCE_UNITS
                 else (mark in marks["en"]) != (mark in marks["zh_CN"]))}
    result(not apart, f"{kind}: English and Chinese pages carry the same numbers, as often",
           [(mark, marks["en"][mark], marks["zh_CN"][mark]) for mark in sorted(apart, key=str)])
    for language in marks:
        unknown = [mark for mark in marks[language] if not is_said(pools, mark)]
        result(not unknown, f"{kind}: every measure, time and duration of the {language} pages is"
               f" in the model ({len(marks[language])})", unknown)
    result(not is_said(pools, ("987.6", "kWh")) and not is_said(pools, ("duration", 12345 * 86400)),
           "a number that the model does not have is noticed")


def run(program, site, *arguments):
    return subprocess.run([program, "--config", site / "rackvitals.yaml", *arguments],
                          stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "SOURCE_DATE_EPOCH": str(MADE_S)}).stdout


def main():
    program, make_month = sys.argv[1:]
    print("TAP version 14")
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="rackvitals-independent-", dir=shared) as folder:
        site = Path(folder)
        subprocess.run([make_month, folder, "9", "34"], check=True)
        model = json.loads(run(program, site, "report", "--at", MONTH, "--format", "json",
                               "--output", "-"))
        db = recompute.open_db(site / "state" / "state.db")
        check_availability(site, db, model)
        check_faults(db, model)
        check_coverage(db, model)
        check_score(site, db, model)
        check_links(db, model)
        check_series(site, db, model)
        for kind in KINDS:
            check_pages(program, site, *kind)
        db.close()
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
