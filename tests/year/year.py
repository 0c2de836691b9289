#!/usr/bin/env python3
"""A year as its script says: year.yaml is lived by live-year with the program's own code, messages go
to a real mail server and a real HTTP server, and what came of it is held against the script.

  year.py LIVE_YEAR PEERS.PY RECOMPUTE.PY [--until MM-DD]     prints TAP"""

import email.utils
import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = {"Fault": "open", "Worse": "worsen", "Recovered": "recover", "Back again": "relapse",
         "Due soon": "clock_near", "Overdue": "clock_over"}


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def same(self, what, found, expected):
        self.count += 1
        good = found == expected
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}")
        if not good:
            print(f"#    found: {found}\n# expected: {expected}")


def seconds(script, text):
    return int(datetime.strptime(f"{script['year']}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).timestamp())


def wall(moment_s):
    return datetime.fromtimestamp(moment_s, ZONE).strftime("%m-%d %H:%M")


def write_site(folder, script, ports):
    notify = json.loads(json.dumps(script["notify"]).replace("HTTP/", f"{ports['http']}/")
                        .replace(":SMTP", f":{ports['smtp']}"))
    site = {"inventory": "inventory.yaml", "service-plan": "plan.yaml", "credentials": "credentials.yaml",
            "state": "state", "language": "en", "notify": notify,
            "intervals": {"reachability": f"{script['step-minutes']}m", "health": f"{script['step-minutes']}m"}}
    for name, body in (("rackvitals", site), ("inventory", script["inventory"]), ("plan", script["plan"]),
                       ("credentials", {"ro": {"community": "public"}})):
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), encoding="utf-8")
        path.chmod(0o600)


def write_script(folder, script, until):
    life = {
        "from_s": seconds(script, "01-01 00:00"), "until_s": until, "step_s": script["step-minutes"] * 60,
        "happens": [{"what": what, "whom": whom, "from_s": seconds(script, begin), "until_s": seconds(script, end)}
                    for what, whom, begin, end in script["happens"]],
        "deeds": [{"what": what, "fault": fault, "at_s": at}
                  for at, what, fault in sorted(((seconds(script, at), what, fault)
                                                 for what, fault, at in script["deeds"]), key=lambda deed: deed[0])],
        "maintenance": [{"devices": devices, "from_s": seconds(script, begin), "until_s": seconds(script, end)}
                        for devices, begin, end in script["maintenance"]],
    }
    path = folder / "messages" / "script.json"
    path.write_text(json.dumps(life), encoding="utf-8")
    return path


# ---- messages, as the script writes them ----


def say_event(event):
    text = f"{event['event']} {event['fault']} {event['device']}"
    if event["event"] in ("open", "worsen"):
        text += f" level {event['level']}"
    if event["event"] == "open" and event["behind"]:
        text += f" +{event['behind']} behind"
    if event["event"] == "recover":
        text += f" after {event['lasted_ms'] // 60000} min"
    if "clock" in event:
        text += f" {event['clock']} due {wall(event['due_ms'] // 1000)}"
    return text


def say_mail(body):
    """One fault has a number and a history, a digest a line with a number for each event."""
    number = re.search(r"^Fault: #(\d+)$", body, re.M)
    told = []
    for line in body.splitlines():
        match = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (" + "|".join(WORDS) + r")(.*)$", line)
        if match:
            fault = number.group(1) if number else re.search(r"#(\d+)", match.group(2)).group(1)
            told.append(f"{WORDS[match.group(1)]} {fault}")
    return "; ".join(told)


def read_messages(folder):
    lines = []
    for path in sorted(folder.glob("[0-9]*.json"), key=lambda path: int(path.stem)):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["server"] == "http":
            channel = record["request"].split()[1].strip("/")
            text = "; ".join(say_event(event) for event in record["json"]["events"])
            at = record["at"]
        else:
            channel, text = "manager", say_mail(record["body"])
            at = email.utils.parsedate_to_datetime(record["date"]).timestamp()
        lines.append(f"{wall(at)} {channel}: {text}")
    return lines


def in_order(lines):
    """Which of two channels is told first at one time is no matter."""
    return sorted(lines, key=lambda line: line.split(":")[0] + line.split()[2])


# ---- the whole ----


def load(path):
    spec = importlib.util.spec_from_file_location("recompute", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hold_messages(tap, script, folder, until):
    expected = in_order(line for line in script["messages"] if seconds(script, line[:11]) <= until)
    found = in_order(read_messages(folder))
    for line in expected:
        tap.same(line, line if line in found else [one for one in found if one[:11] == line[:11]], line)
    tap.same("nothing else is told, and nothing twice", [one for one in found if one not in expected or
                                                         found.count(one) > 1], [])


def hold_faults(tap, script, db, until):
    rows = db.execute("SELECT id, device, cause, level, opened_ms, recovered_ms FROM fault ORDER BY id").fetchall()
    expected = {number: fault for number, fault in script["faults"].items() if seconds(script, fault[3]) <= until}
    found = {row[0]: [row[1], row[2], row[3], wall(row[4] // 1000), wall((row[5] or 0) // 1000)] for row in rows}
    for number, fault in expected.items():
        tap.same(f"fault {number}: {' '.join(fault)}", found.get(number), fault)
    tap.same("no other fault", sorted(set(found) - set(expected)), [])


def hold_availability(tap, script, db, recompute):
    begin, end = recompute.period(str(script["year"]), ZONE)
    db.row_factory = sqlite3.Row
    for device, minutes in script["availability"].items():
        numbers = recompute.recompute(db, device, begin, end, None, None)
        found = [numbers[key] / 60000 for key in ("down_ms", "not_observed_ms", "maintenance_ms")]
        tap.same(f"{device}: minutes down, not observed, in maintenance", found, minutes)


def live(live_year, peers, folder, script, until):
    messages = folder / "messages"
    messages.mkdir()
    with subprocess.Popen([sys.executable, peers, str(messages)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
        ports = json.loads(servers.stdout.readline())
        if "skip" in ports:
            print(f"1..0 # SKIP {ports['skip']}")
            sys.exit(0)
        write_site(folder, script, ports)
        path = write_script(folder, script, until)
        status = subprocess.run([live_year, folder / "rackvitals.yaml", path], check=False,
                                stderr=subprocess.DEVNULL if "YEAR_VERBOSE" not in os.environ else None).returncode
        servers.stdin.close()
    return status


def main():
    live_year, peers, recompute = sys.argv[1:4]
    script = yaml.safe_load((Path(__file__).parent / "year.yaml").read_text(encoding="utf-8"))
    whole = "--until" not in sys.argv
    until = (seconds(script, sys.argv[sys.argv.index("--until") + 1] + " 00:00") if not whole else
             int(datetime(script["year"] + 1, 1, 1, tzinfo=ZONE).timestamp()))
    tap = Tap()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a year writes much that nobody keeps
    with tempfile.TemporaryDirectory(prefix="rackvitals-year-", dir=memory) as name:
        folder = Path(name)
        begun = datetime.now()
        tap.same("the year is lived", live(live_year, peers, folder, script, until), 0)
        print(f"# lived in {(datetime.now() - begun) / timedelta(seconds=1):.0f} s")
        db = sqlite3.connect(folder / "state" / "state.db")
        hold_faults(tap, script, db, until)
        hold_messages(tap, script, folder / "messages", until)
        if whole:
            hold_availability(tap, script, db, load(recompute))
        db.close()
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
