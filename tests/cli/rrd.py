#!/usr/bin/env python3
"""rrd size, orphans and migrate as whole commands. rrd.py RACKVITALS"""

import fcntl
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tap import end, ok, skip

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


def leftovers(site):
    return [os.path.join(folder, name) for folder, _, names in os.walk(site.path("state", "rrd"))
            for name in names if ".rrd.new" in name]


def hostile(site):
    """Killed, short of disk, among read-only and broken files: history is kept, and all is told."""
    paths = [site.series("sw-2", f"temperature.slot-{i}.rrd") for i in range(40)]
    before = values(paths[0])
    os.chmod(paths[1], 0o440)
    if os.geteuid() == 0:
        os.chown(paths[2], 65534, 65534)
    arguments = [PROGRAM, "--config", site.path("rackvitals.yaml"), "rrd", "migrate"]

    # of the size that new files have nothing but a part can be written
    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (12000, 12000))

    run = subprocess.run(arguments, capture_output=True, text=True, timeout=60, preexec_fn=no_room, check=False)
    ok(run.returncode == 1 and "40 failed" in run.stdout and run.stderr.count("is the disk full?") == 40
       and paths[0] in run.stderr, "without room every file is named", run)
    ok(all(values(path) == before for path in paths) and leftovers(site) == [],
       "and is as it was, with nothing beside it", leftovers(site))

    chance, hits = random.Random(7), 0
    for i in range(12):
        child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(timeout=chance.random() * 0.1)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            hits += 1
    ok(hits > 0 and all(values(path) == before for path in paths), "killed, it leaves the old file or the new one",
       hits)
    for half in leftovers(site):
        os.unlink(half)
    with open(paths[5], "r+b") as file:
        file.truncate(3000)
    run = site.run("migrate")
    ok(run.returncode == 1 and paths[5] in run.stderr and run.stderr.count("\n") == 1 and "1 failed" in run.stdout,
       "one that is cut short is named and the others are migrated", run)
    rest = [path for path in paths if path != paths[5]]
    ok(all(values(path) == before and os.path.getsize(path) > 2880 * 8 for path in rest), "with their history")
    ok(os.stat(paths[1]).st_mode & 0o777 == 0o440 and
       (os.geteuid() != 0 or os.stat(paths[2]).st_uid == 65534), "rights and owners are as before",
       [(oct(os.stat(path).st_mode), os.stat(path).st_uid) for path in paths[1:3]])
    os.unlink(paths[5])
    through_daemon(site)


def through_daemon(site):
    """What rrdcached holds of a file is in the new one, and what it takes later too."""
    if not shutil.which("rrdcached"):
        return skip("through rrdcached", "rrdcached is not installed")
    path = site.series("sw-3", "temperature.held.rrd")
    site.write("rackvitals.yaml", SITE + f"rrdcached: {site.path('s')}\n")
    daemon = subprocess.Popen(["rrdcached", "-g", "-l", "unix:" + site.path("s"), "-p", site.path("p"),
                               "-w", "7200", "-f", "14400"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tell = ["rrdtool", "update", "--daemon", "unix:" + site.path("s"), path]
    try:
        while subprocess.run(tell + [f"{T0 + 289 * 300}:1000"], capture_output=True, check=False).returncode:
            if daemon.poll() is not None:
                return ok(False, "rrdcached does not start")
            time.sleep(0.01)
        run = site.run("migrate")
        ok(run.returncode == 0 and "1 migrated, 0 failed" in run.stdout, "a file that rrdcached holds is migrated", run)
        subprocess.run(tell + [f"{T0 + 290 * 300}:2000"], check=True, capture_output=True)
        subprocess.run(["rrdtool", "flushcached", "--daemon", "unix:" + site.path("s"), path], check=True)
    finally:
        daemon.terminate()
        daemon.wait()
        site.write("rackvitals.yaml", SITE)
    text = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-s", str(T0 + 288 * 300), "-e", str(T0 + 290 * 300)],
                          check=True, capture_output=True, text=True).stdout
    ok(f"{T0 + 289 * 300}: 1.0000000000e+03" in text and f"{T0 + 290 * 300}: 2.0000000000e+03" in text,
       "with what was held, and what came after", text)
    return None


def main():
    site = Site()
    try:
        cases(site)
    finally:
        shutil.rmtree(site.folder)
    return end()


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

    hostile(site)
    with open(kept, "wb") as file:
        file.write(b"nonsense")
    run = site.run("migrate")
    ok(run.returncode == 1 and kept in run.stderr and "1 failed" in run.stdout,
       "a broken file is named and does not stop the others", run)
    run = site.run("size", "extra")
    ok(run.returncode == 64, "arguments are refused", run)


sys.exit(main())
