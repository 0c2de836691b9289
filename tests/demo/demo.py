#!/usr/bin/env python3
"""A machine room on loopback, a month of it, and what rackvitals makes of that.

usage: demo.py RACKVITALS [--step HOURS] [--folder FOLDER]

Simulated switches, a firewall and a storage shelf answer over SNMP, two BMCs (ipmi_sim) over IPMI,
and a real snmpd over SNMPv3. The month is the last whole one of the calendar; it passes at the
pace of the polls, under a simulated clock, and the reports say so. Everything that was started is
stopped at the end, also on Ctrl-C.
"""
import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zoneinfo

import bmc
import devices
import site_files as site
from agent import Agents

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
SIMULATED = "core-sw-01 acc-sw-01 acc-sw-02 fw-01 nas-01 app-01 db-01".split()
SERVERS = {"app-01": ("RV-1100", "DEMO1100A1"), "db-01": ("RV-2200", "DEMO2200D1")}

# What the people of this room write into the ledger, by device: cause, method, loss.
STORIES = {
    "acc-sw-01": ("机柜 A02 配电单元跳闸，交换机断电", "复位空开，检查负载后恢复供电", "接入终端断网约 13 小时"),
    "acc-sw-02": ("机房精密空调 2 号压缩机故障", "更换压缩机，温度恢复正常", "无业务影响"),
    "nas-01": ("3 号硬盘介质错误", "热插拔更换硬盘，阵列重建完成", "无数据丢失"),
}

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def last_month():
    """(label, begin, end) of the last whole month, in Unix seconds."""
    first = datetime.datetime.now(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = (first - datetime.timedelta(days=1)).replace(day=1)
    return begin.strftime("%Y-%m"), int(begin.timestamp()), int(first.timestamp())


class Demo:
    def __init__(self, program, folder, step):
        self.program, self.folder, self.step = os.path.abspath(program), folder, step
        self.label, self.begin, self.end = last_month()
        self.month = devices.Month(self.begin)
        self.now = self.begin
        self.agents, self.bmcs, self.snmpd = None, {}, None

    # ---- the room ----

    def start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "state"))
        self.devices = devices.agents(self.month)
        self.silences = devices.silences(self.month)
        self.agents = Agents(self.devices.values(), lambda: self.now)
        for name, (product, serial) in SERVERS.items():
            self.bmcs[name] = bmc.Bmc(os.path.join(self.folder, "bmc-" + name), product, serial,
                                      devices.bmc_readings(self.month, name, self.now))
        self.snmpd = site.Snmpd(os.path.join(self.folder, "snmpd"))
        ports = {name: device.port for name, device in self.devices.items()}
        ports |= {"bmc-" + name: server.port for name, server in self.bmcs.items()}
        ports["mon-01"] = self.snmpd.port
        site.write_files(ROOT, self.folder, ports, self.step)

    def stop(self):
        for number in SIGNALS:  # a second Ctrl-C leaves nothing behind, either
            signal.signal(number, signal.SIG_IGN)
        for server in self.bmcs.values():
            server.stop()
        for part in (self.snmpd, self.agents):
            if part:
                part.stop()

    def set_time(self, now):
        self.now = now
        for name, silent in self.silences.items():
            self.devices[name].silent = silent(now)
        for name, server in self.bmcs.items():
            for sensor, value in devices.bmc_readings(self.month, name, now).items():
                server.set(sensor, value)

    # ---- the program ----

    def run(self, *words, fine=(0,), at=None, language=None):
        argv = [self.program, "--config", os.path.join(self.folder, "rackvitals.yaml")]
        argv += ["--lang", language] if language else []
        environment = {**os.environ, "TZ": "Asia/Shanghai"}
        environment.pop("RACKVITALS_NOW", None)
        if at is not None:
            environment["RACKVITALS_NOW"] = str(int(at))
        done = subprocess.run(argv + list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False, env=environment)
        if done.returncode not in fine:
            raise RuntimeError(f"rackvitals {' '.join(words)} ended with {done.returncode}:\n"
                               f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout + (done.stderr if done.returncode else "")

    def state(self):
        return ["--state", os.path.join(self.folder, "state")]

    def faults(self, now):
        lines = self.run("fault", "list", *self.state(), "--format", "json", at=now).splitlines()
        return [json.loads(line) for line in lines if line.strip()]

    def keep_ledger(self, now):
        """The duty officer: takes on what is new, resolves what is over."""
        for fault in self.faults(now):
            number, device, opened = str(fault["id"]), fault["device"], fault["opened_ms"] // 1000
            if not fault["acknowledged_ms"]:
                self.run("fault", "ack", number, *self.state(), "--who", "王工", at=opened + 600)
            if fault["recovered_ms"] and device in STORIES:
                cause, method, loss = STORIES[device]
                self.run("fault", "resolve", number, *self.state(), "--who", "王工", "--cause", cause,
                         "--method", method, "--loss", loss, at=fault["recovered_ms"] // 1000 + 1200)

    def keep_promises(self, now):
        """On a Monday morning: the two-weekly rounds that the service plan promises, handed over in time."""
        if datetime.datetime.fromtimestamp(now, ZONE).weekday() != 0:
            return
        lines = self.run("plan", "status", *self.state(), "--format", "json", at=now, fine=(0, 1)).splitlines()
        for duty in map(json.loads, lines):
            if duty["period"] == "round" and duty["state"] == "due":
                self.run("report", "--period", "round", "--at", duty["label"][:10], at=now)

    def live_the_month(self):
        self.run("maintenance", "add", "fw-01", *self.state(), "--zone", "Asia/Shanghai", "--who", "李工",
                 "--from", self.clock(self.begin + 7.75 * 86400), "--for", "3h", "--why", "防火墙固件升级",
                 at=self.begin)
        times = range(self.begin, self.end, self.step)
        started = time.monotonic()
        picked = [word for name in SIMULATED for word in ("--device", name)]
        for number, now in enumerate(times, 1):
            self.set_time(now)
            time.sleep(0.15)  # ipmi_sim looks at its files ten times a second
            self.run("-q", "poll", *picked, at=now, fine=(0, 1))
            self.keep_ledger(now)
            self.keep_promises(now)
            self.progress(number, len(times), started)
        print(file=sys.stderr)

    def progress(self, number, total, started):
        if sys.stderr.isatty() or number in (1, total) or number % (total // 10) == 0:
            print(f"\r   {self.clock(self.now)}  round {number} of {total}, "
                  f"{time.monotonic() - started:.0f} s" + ("" if sys.stderr.isatty() else "\n"),
                  end="", file=sys.stderr, flush=True)

    def clock(self, seconds):
        return datetime.datetime.fromtimestamp(seconds, ZONE).strftime("%Y-%m-%d %H:%M")

    def rounds_of_all(self, count):
        """With the real agent, too; the simulated clock now runs at its own pace."""
        origin = time.monotonic()
        for _ in range(count):
            now = self.end - 60 + int(time.monotonic() - origin)
            self.set_time(now)
            time.sleep(0.3)
            print("   " + self.run("poll", "--force", at=now, fine=(0, 1)).strip().replace("\n", "\n   "))

    # ---- results ----

    def graphs(self):
        folder = os.path.join(self.folder, "graphs")
        os.makedirs(folder)
        span = ["--from", self.clock(self.begin), "--to", self.clock(self.end), "--zone", "Asia/Shanghai"]
        made = []
        for device, series, language in (("core-sw-01", "GigabitEthernet0/0/24", "en"), ("acc-sw-02", "temperature", "zh_CN"),
                                         ("db-01", "power", "zh_CN"), ("acc-sw-01", "reachability", "en")):
            made += self.run("graph", "-d", device, series, *span, *self.state(), "--templates",
                             os.path.join(self.folder, "rrd-templates"), "-o", folder, at=self.end,
                             language=language, fine=(0, 66)).splitlines()
        return made

    def reports(self):
        made = []
        for language in ("zh_CN", "en"):
            path = os.path.join(self.folder, f"report-{self.label}-{language}.pdf")
            self.run("report", "--period", "month", "--at", self.label, "--format", "pdf", "--output", path,
                     at=self.end + 3600, language=language)
            made.append(path)
        return made

    def pages(self):
        folder = os.path.join(self.folder, "html")
        self.run("html", "--output", folder, *self.state(), "--zone", "Asia/Shanghai", at=self.end)
        return os.path.join(folder, "index.html")

    def play(self):
        heading(f"a machine room on loopback: {len(SIMULATED) + 1} devices; files in {self.folder}")
        self.start()
        heading(f"the month {self.label}, a round every {self.step // 3600} h of its time")
        self.live_the_month()
        heading("a few rounds of all devices, the real snmpd (SNMPv3 authPriv) among them")
        self.rounds_of_all(3)
        heading("rackvitals check db-01: its second power supply has failed")
        print(self.run("check", "db-01", "--explain", fine=(2,), language="en"))
        heading("faults that last")
        print(self.run("fault", "list", *self.state(), "--zone", "Asia/Shanghai", at=self.end))
        heading("graphs, pages and reports")
        graphs, pages, reports = self.graphs(), self.pages(), self.reports()
        heading("where each result lies")
        results = [("report", path) for path in reports] + [("graph", path) for path in graphs]
        results += [("pages", pages), ("rounds", os.path.join(self.folder, "state", "reports")),
                    ("state", os.path.join(self.folder, "state", "state.db")),
                    ("series", os.path.join(self.folder, "state", "rrd")),
                    ("messages", os.path.join(self.folder, "messages.txt")),
                    ("site files", os.path.join(self.folder, "rackvitals.yaml"))]
        missing = [path for _, path in results if not os.path.exists(path)]
        for what, path in results:
            print(f"{what:<11} {path}")
        if missing:
            raise RuntimeError("not there: " + ", ".join(missing))


def heading(text):
    print(f"\n== {text}", flush=True)


def interrupted(number, frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description="a machine room on loopback, a month of it, and its reports")
    parser.add_argument("program", metavar="RACKVITALS")
    parser.add_argument("--step", type=int, default=4, help="hours between two rounds (default 4)")
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "demo"), help="made anew (default build/demo)")
    options = parser.parse_args()
    for number in SIGNALS:  # SIGINT, too: shells have what they run in the background ignore it
        signal.signal(number, interrupted)
    started = time.monotonic()
    demo = Demo(options.program, os.path.abspath(options.folder), options.step * 3600)
    try:
        demo.play()
        print(f"\ndone in {time.monotonic() - started:.0f} s")
    except KeyboardInterrupt:
        print("\ninterrupted; all that was started is stopped", file=sys.stderr)
        sys.exit(130)
    except RuntimeError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        sys.exit(1)
    finally:
        demo.stop()


main()
