#!/usr/bin/env python3
"""rrd size, orphans and migrate as whole commands. rrd.py RACKVITALS"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
T0 = 1800000000
SITE = "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\nrrd-templates: templates\n"
INVENTORY = """sites:
  one: { name: One }
devices:
  - { name: "sw-[1-3]", address: "192.0.2.[1-3]", kind: switch, site: one,
      snmp: { version: 2c, credential: ro } }
"""
SERIES = """templates:
  - template: interface
    series: interface
    step: 300s
    create: on-up
    sources: [ { name: in, from: in_octets, scale: 8 } ]
    archives: [ { function: AVERAGE, every: 300s, keep: %s } ]
  - template: sensor
    series: sensor
    classes: [temperature]
    step: 300s
    sources: [ { name: value } ]
    archives: [ { function: AVERAGE, every: 300s, keep: %s } ]
"""

count = 0
failed = 0


def ok(good, what, *seen):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    if not good:
        for one in seen:
            print("# " + repr(one))


class Site:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-rrd-")
        os.mkdir(self.path("templates"))
        self.write("rackvitals.yaml", SITE)
        self.write("inventory.yaml", INVENTORY)
        self.write("templates/series.yaml", SERIES % ("2d", "2d"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def run(self, *arguments):
        return subprocess.run([PROGRAM, "--config", self.path("rackvitals.yaml"), "rrd", *arguments],
                              capture_output=True, text=True, timeout=60)

    def series(self, device, name):
        """A file as an earlier version of the templates made it, with a day of samples."""
        digits = hashlib.sha256(device.encode()).hexdigest()[:2]
        folder = self.path("state", "rrd", digits, device)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        subprocess.run(["rrdtool", "create", path, "--start", str(T0), "--step", "300",
                        "DS:value:GAUGE:450:U:U", "RRA:AVERAGE:0.5:1:576"], check=True)
        samples = [f"{T0 + i * 300}:{i}" for i in range(1, 289)]
        subprocess.run(["rrdtool", "update", path, *samples], check=True)
        return path


def values(path):
    text = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-s", str(T0), "-e", str(T0 + 86400)],
                          check=True, capture_output=True, text=True).stdout
    return [line for line in text.splitlines() if ":" in line and "nan" not in line]


def main():
    site = Site()
    try:
        cases(site)
    finally:
        shutil.rmtree(site.folder)
    print(f"1..{count}")
    return failed > 0


def cases(site):
    run = site.run("size", "--interfaces", "4", "--sensors", "2")
    ok(run.returncode == 0, "the size is told before there is a state", run)
    lines = {line.split()[0]: line.split() for line in run.stdout.splitlines()}
    ok(lines["interface"][1] == "12" and lines["sensor"][1] == "6",
       "three devices, so many files each", run.stdout)
    ok("3 of 3 devices have not answered yet" in run.stdout, "and that it was guessed", run.stdout)

    run = site.run("orphans")
    ok(run.returncode == 0 and run.stdout == "", "without files there are no orphans", run)

    kept = site.series("sw-1", "temperature.inlet.rrd")
    gone = site.series("old-7", "temperature.inlet.rrd")
    odd = site.series("sw-1", "humidity.room.rrd")
    run = site.run("orphans")
    ok(run.returncode == 1 and os.path.dirname(gone) in run.stdout and odd in run.stdout
       and kept not in run.stdout and "2 orphans" in run.stdout, "orphans are named", run.stdout)

    run = site.run("migrate", "--dry-run")
    ok(run.returncode == 0 and "2 files: 2 as their templates say, 0 would be migrated" in run.stdout,
       "files that are as their template says", run)

    before = values(kept)
    site.write("templates/series.yaml", SERIES % ("2d", "10d"))
    run = site.run("migrate", "--dry-run", "--device", "sw-*")
    ok(run.returncode == 0 and f"{kept}: 576 rows of AVERAGE over 300 s, not 2880" in run.stdout,
       "what differs is told", run)

    lock = open(site.path("state", "lock"), "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    run = site.run("migrate")
    ok(run.returncode == 75 and run.stdout == "", "a round that runs is left alone", run)
    lock.close()

    run = site.run("migrate")
    ok(run.returncode == 0 and "2 migrated, 0 failed" in run.stdout and run.stderr == "",
       "files are migrated", run)
    ok(values(kept) == before and len(before) > 280, "with their history", before[:3])
    ok(os.path.getsize(kept) > 2880 * 8, "and are of the new size", os.path.getsize(kept))

    with open(kept, "wb") as file:
        file.write(b"nonsense")
    run = site.run("migrate")
    ok(run.returncode == 1 and kept in run.stderr and "1 failed" in run.stdout,
       "a broken file is named and does not stop the others", run)
    run = site.run("size", "extra")
    ok(run.returncode == 64, "arguments are refused", run)


sys.exit(main())
