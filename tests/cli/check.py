#!/usr/bin/env python3
"""check as a whole command: every format of recorded answers, exit status, and what hostile text does.

check.py RACKVITALS"""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unicodedata

count = failures = 0
HOSTILE = "\x1b]0;x\x07<b>|'\"\\=;\n\u202e%s"


def tell(good, name, detail=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print("".join(f"# {line}\n" for line in str(detail).splitlines()), end="")


# ---- answers ----

def device(name, **more):
    return {"host": "192.0.2.1", "name": name, "vendor": "Example", "model": "X-48", "os": "XOS",
            "os_version": "1.2", "serial": "A1B2", "uptime_seconds": 281568, "profile": "example"} | more


def protocol(name="snmp", **more):
    return {"name": name, "state": "up", "duration_ms": 41, "requests": 12} | more


def sensor(kind, name, limits=(None,) * 4, **more):
    words = ("low_critical", "low_warning", "high_warning", "high_critical")
    return {"key": f"{name.lower()}/{kind}", "class": kind, "name": name, "presence": "present",
            "limits": dict(zip(words, limits)),
            "limits_source": "device" if any(x is not None for x in limits) else "none"} | more


def interface(n, **more):
    return {"index": n, "key": f"ge-{n}", "name": f"GE0/0/{n}", "admin_status": "up", "oper_status": "up",
            "speed_bps": 10 ** 9, "in_octets": n, "out_octets": 2 ** 40, "in_errors": 0} | more


def answer(name="sw", sensors=(), protocols=None, **more):
    return {"device": device(name), "taken_at_ms": 1762272000000, "sensors": list(sensors),
            "protocols": [protocol()] if protocols is None else protocols} | more


GOOD = answer("good", [sensor("temperature", "Inlet", (None, None, 60, 70), value=21, unit="°C")])
BAD = answer("bad", [
    sensor("state", "PSU 1", state="normal", device_verdict="ok", group="psu", component="psu-1"),
    sensor("state", "PSU 2", state="failed", device_verdict="critical", group="psu", raw=4,
           oid="1.3.6.1.4.1.99999.2.2", source="example: xPsuState"),
    sensor("state", "PSU 3", state="empty", presence="absent", group="psu"),
    sensor("temperature", "进风口", (0, 5, 45, 55), value=46.5, unit="°C"),
    sensor("temperature", "Zero", (None, None, 0, 0), value=30, unit="°C"),
    sensor("optical_power", "Rx", (-20, None, None, 1), value=-5.21, unit="dBm"),
    sensor("runtime", "UPS", value=600, unit="s"), sensor("energy", "Meter", value=2, unit="kWh"),
    sensor("percent", "CPU", (None, None, 80, 95), value=17, unit="%"),
    sensor("fan", "Tray", value=40, unit="%"), sensor("airflow", "Air", value=100, unit="CFM")] +
    [sensor("fan", f"Fan {n}", (500, None, None, None), value=4200 + n, unit="rpm") for n in range(1, 31)],
    [protocol(retries=2), protocol("ipmi", state="down", reason="credentials")],
    interfaces=[interface(1), interface(2, oper_status="down"),
                interface(3, admin_status="down", oper_status="down"), interface(4, in_errors=12)],
    events=[{"time_ms": 1762271000000, "text": "AC lost", "sensor": "PSU 2", "asserted": True,
             "severity": "critical"}], notes=["a table ended early"])
SILENT = answer("silent", protocols=[protocol(state="down", reason="no_answer", duration_ms=6000)])
EVIL = answer(HOSTILE, [sensor("temperature", HOSTILE, (None, None, 10, 20), value=15, unit="°C",
                               key="evil/temperature"),
                        sensor("state", "=cmd()", state=HOSTILE, device_verdict="critical")],
              interfaces=[interface(1, name=HOSTILE, alias=HOSTILE)], notes=[HOSTILE])


def run(arguments, answers=(), program=[], **environment):
    text = "".join(json.dumps(one) + "\n" for one in answers)
    env = os.environ | {"RACKVITALS_CONFIG": "/nonexistent", "COLUMNS": "100", "TZ": "UTC"} | environment
    env.pop("NO_COLOR", None)
    return subprocess.run([program_path, "check", *arguments], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=env)


def formatted(form, *answers, more=(), **environment):
    done = run(["--from", "-", "--format", form, *more], answers, **environment)
    return done.returncode, done.stdout.decode()


# ---- exit status ----

def statuses():
    well, reason = protocol(), "budget"
    unreadable = answer(sensors=[sensor("temperature", "x", unit="°C")])
    rows = [
        ("all is well", [GOOD], 0),
        ("an answer without a sensor", [answer()], 0),
        ("a part of the answer is missing", [answer(protocols=[well | {"partial": True, "reason": reason}])], 1),
        ("a failed part", [BAD], 2),
        ("no answer", [SILENT], 2),
        ("nothing could be read", [unreadable], 3),
        ("we were cut off", [answer(protocols=[protocol(state="blind")])], 3),
        ("the worst of several", [GOOD, SILENT, GOOD], 2),
        ("unknown is worse than ok", [GOOD, unreadable], 3),
    ]
    for name, answers, status in rows:
        for form in ("text", "json", "nagios", "openmetrics", "csv"):
            got = formatted(form, *answers)[0]
            tell(got == status, f"{name}: {form} ends with {status}", got)


def mistakes():
    rows = [
        ("no target", [], 64, "TARGET"),
        ("a format that is none", ["--from", "-", "--format", "jsn"], 64, "did you mean 'json'"),
        ("targets and a file", ["sw", "--from", "-"], 64, "TARGET"),
        ("a file that is not there", ["--from", "/nonexistent/x"], 66, "/nonexistent/x"),
        ("a file without an answer", ["--from", "/dev/null"], 65, "holds no answer"),
        ("an option that is none", ["--frm"], 64, "--frm"),
    ]
    for name, arguments, status, message in rows:
        done = run(arguments)
        tell((done.returncode, done.stdout) == (status, b"") and message in done.stderr.decode(), name, done)
        if "--format" not in arguments:
            done = run([*arguments, "--format", "nagios"])
            line = done.stdout.decode()
            tell(done.returncode == 3 and line.startswith("UNKNOWN - ") and line.count("\n") == 1 and
                 message in line, f"{name}, in a plugin's words", done)
    done = run(["--from", "-"], [GOOD, {"device": {"serial": 1}}])
    tell(done.returncode == 65 and "-:2: observation: serial" in done.stderr.decode(),
         "a wrong answer is named by line and field", done)


# ---- formats ----

def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def many_alike():
    out = formatted("text", answer("late", protocols=[protocol(state="not_asked", reason="budget", detail="too late")]))[1]
    tell("snmp not asked in 41 ms" in out and "? unknown   snmp: not asked (too late)" in out, "words for people", out)
    slots = [sensor("state", f"Slot {n}", state="commLost", device_verdict="critical", group="module")
             for n in range(1, 8)]
    left = [f"Port {n}: high_critical 0 °C dropped: 0 is none" for n in range(30)]
    one = answer("alike", slots + [sensor("state", "Fan", state="failed", device_verdict="critical", group="fan")],
                 notes=["the agent is odd", *left, "p: column 4 (fan): no light (7 rows)"])
    out = formatted("text", one)[1]
    lines = out.splitlines()
    findings = [line for line in lines if line.startswith("  ✗")]
    tell(findings == ["  ✗ critical  7 × comm lost (the device says so): Slot 1, Slot 2, Slot 3 and 4 more",
                      "  ✗ critical  Fan: failed (the device says so)"], "parts in the same state share a line", out)
    notes = lines[lines.index("Notes") + 1:]
    tell(notes == ["    the agent is odd",
                   "    31 of values and limits left out: 0 is none; no light (-v lists them)"],
         "what was left out is one line, beside notes of other kinds", out)
    whole = formatted("text", one, more=["-v"])[1]
    log = [{"time_ms": 1762271000000 + n, "text": f"entry {n}", "sensor": "Bay", "asserted": n % 2 == 0,
            "severity": "ok" if n % 2 else "critical"} for n in range(4)]
    out = formatted("text", answer("log", [], events=log))[1]
    tell("Events  4 new, 2 of them bad and not over; the latest first\n" in out and "entry 2" in out
         and "entry 1" not in out and "… 2 more events" in out, "events that are no trouble are counted only", out)
    twins = [sensor("state", "Status", state="present", device_verdict="ok", group="cpu", entity=f"processor {n}",
                    sdr_id=n) for n in (1, 2)]
    silent = [sensor("temperature", f"T{n}", value=None, sdr_id=10 + n) for n in range(5)]
    info = sensor("state", "Link", state="up", device_verdict="unknown", sdr_id=30)
    hot = sensor("fan", "Fan", value=0, unit="rpm", state="at or below lower critical", device_verdict="critical")
    out = formatted("text", answer("bmc", [*twins, *silent, info, hot]))[1]
    tell(out.count("✓ ok        Status (processor") == 2, "namesakes on other parts are no companions", out)
    tell([line for line in out.splitlines() if line[:3] in ("  ✗", "  ?")] ==
         ["  ✗ critical  Fan: 0 rpm (at or below lower critical), says the device",
          "  ? unknown   5 × the device gave no reading: T0, T1, T2 and 2 more"],
         "what says nothing about health is no finding", out)
    tell(whole.count("(the device says so)") == 8 and all(note in whole for note in left) and "left out" not in whole,
         "-v has each", whole)


def text():
    out = formatted("text", BAD)[1]
    lines = out.splitlines()
    tell(lines[0].split() == ["bad", "✗", "critical", "192.0.2.1"], "the device and its verdict first", lines[0])
    tell(lines[1] == "  Example X-48, XOS 1.2, serial A1B2, up for 3 d 06:12:48", "what it is", lines[1])
    tell("  snmp up in 41 ms (requests: 12, repeated: 2)" in lines, "how the asking went", out)
    tell("  ! warning   ipmi: down (user name, password, key or community was refused)" in lines,
         "why a protocol is silent", out)
    findings = [line.split()[1] for line in lines[lines.index("") + 1:] if line.startswith("  ") and
                not line.startswith("    ")][:3]
    tell(findings == ["critical", "warning", "warning"], "the worst first", out)
    tell("  ✗ critical  PSU 2: failed (the device says so)" in lines, "with its reason", out)
    tell("Fans  32 ok" in lines and "    … 24 more (-v shows all)" in lines, "long lists are folded", out)
    whole = formatted("text", BAD, more=["-v"])[1]
    tell("… " not in whole and whole.count("rpm  ") == 30, "-v folds nothing", whole)
    tell("Interfaces  2 up, 1 down, 1 switched off" in lines, "interfaces in one line", out)
    tell("12 in errors" in out and "GE0/0/1" not in out, "and those with errors", out)
    tell("- absent    PSU 3" in out, "an empty bay is no alarm", out)
    hot = next(line for line in lines if "进风口" in line and "[" in line)
    tell("46.5 °C  [!" in hot and "●" in hot and "warning ≤5 ≥45, critical ≤0 ≥55 °C" in hot,
         "limits, and where the value lies", hot)
    explained = formatted("text", BAD, more=["--explain"])[1]
    tell(all(word in explained for word in ("from example: xPsuState", "OID 1.3.6.1.4.1.99999.2.2", "raw 4",
                                            "limits of the device", "Zero: high_critical 0 °C dropped")),
         "--explain names sources and what was dropped", explained)
    for columns in (60, 72, 100, 200):
        for one in (BAD, EVIL, SILENT):
            wide = formatted("text", one, COLUMNS=str(columns), more=["--explain", "-v"])[1]
            tell(all(width(line) <= columns for line in wide.splitlines()), f"fits {columns} columns",
                 [line for line in wide.splitlines() if width(line) > columns])
    tell("\x1b" not in out, "no colour in a pipe")
    tell("answer" in formatted("text", SILENT)[1], "a silent device says so")


def optics():
    """A port's readings stand in one row; what is not well stands alone."""
    def reading(kind, name, value, unit, **more):
        return sensor(kind, name, value=value, unit=unit, group="optics", **more)

    one = answer("sw", [
        reading("optical_power", "GE0/0/1 receive power", -2.7, "dBm"),
        reading("optical_power", "GE0/0/1 transmit power", -12.28, "dBm"),
        reading("current", "GE0/0/1", 0.0056, "A"), reading("temperature", "GE0/0/1", 39, "°C"),
        reading("voltage", "GE0/0/1", 3.299, "V"),
        reading("optical_power", "Lane 1 Rx 1/2", -1, "dBm", component="xcvr-2"),
        reading("optical_power", "Lane 2 Rx 1/2", -1.5, "dBm", component="xcvr-2"),
        reading("optical_power", "DOM TX power for GE0/0/2", -40, "dBm", limits=(-30, None, None, None))],
        interfaces=[interface(n) for n in (1, 2)])
    lines = formatted("text", one)[1].splitlines()
    rows = lines[lines.index("Optics  7 ok, 1 critical") + 1:][:3]
    tell(rows[0].startswith("    ✗ critical  DOM TX power for GE0/0/2  -40 dBm"), "bad light has a line of its own", rows)
    tell(rows[1:] == ["    ✓ ok        GE0/0/1      rx -2.70 dBm        tx -12.28 dBm  5.6 mA  39 °C  3.30 V",
                      "    ✓ ok        Lane Rx 1/2  rx -1.00/-1.50 dBm"], "a port is a row, lanes side by side", rows)
    tell("transmit power" in formatted("text", one, more=["-v"])[1], "-v lists each reading")
    twice = answer("sw", [
        reading("optical_power", "GE0/0/1 receive power", -32.7, "dBm", oid="1.3.6.1.4.1.99999.1"),
        reading("power", "GE0/0/1 receive power", 0.000000537, "W", oid="1.3.6.1.4.1.99999.1"),
        reading("power", "Ethernet 7 light", 0.00123, "W", oid="1.3.6.1.4.1.99999.2"),
        reading("current", "Pump", 0.0335, "A", oid="1.3.6.1.4.1.99999.3"),
        reading("current", "Pump with limits", 0.0335, "A", limits=(None, None, None, 0.1))],
        interfaces=[interface(1)])
    out = formatted("text", twice)[1]
    tell(out.count("receive power") + out.count("GE0/0/1 ") == 1, "light in dBm and in watts is told once", out)
    tell("1.23 mW" in out and "33.5 mA" in out and "0.034 A" in out, "small watts and amperes are told in mW and mA", out)
    tell("0.537 µW" in formatted("text", twice, more=["-v"])[1], "-v lists both")


def companions():
    """What several columns tell of one part stands in one row; what is not well keeps its own."""
    def column(kind, name, n, row, **more):
        return sensor(kind, name, group="disk", oid=f"1.3.6.1.4.1.99999.1.{n}.{row}",
                      **{"device_verdict": "ok"} | more)

    one = answer("srv", [
        column("temperature", "Disk 1", 3, 1, value=31, unit="°C", limits=(None, None, 50, 60)),
        column("state", "Disk 1", 4, 1, state="ok"), column("state", "Disk 1 SMART", 5, 1, state="passed"),
        column("state", "Disk 2", 4, 2, state="online"), column("state", "Disk 2 SMART", 5, 2, state="failing",
                                                                device_verdict="critical"),
        column("power", "Disk 2 draw", 6, 2, value=9, unit="W"),
        column("state", "Disk 1 cage", 4, 7, state="shut")])
    out = formatted("text", one)[1]
    rows = out[out.index("Disks "):].splitlines()[1:5]
    tell("SMART passed" in rows[1] and rows[1].startswith("    ✓ ok        Disk 1        31 °C    [") and
         "· ok" not in rows[1], "a part's columns in one row, without an ok that says nothing more", rows)
    tell(rows[0].startswith("    ✗ critical  Disk 2 SMART"), "what is not well has its own row", rows)
    tell(rows[2] == "    ✓ ok        Disk 2        online · draw 9 W", "a reading of another class beside a state", rows)
    tell(rows[3] == "    ✓ ok        Disk 1 cage   shut", "a longer name from another row is another part", rows)
    tell("Disk 1 SMART" in formatted("text", one, more=["-v"])[1], "-v lists each column")


def terminal(**environment):
    """Standard output as a terminal has it."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(json.dumps(BAD))
        file.flush()
        main_end, end = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | environment
        child = subprocess.Popen([program_path, "check", "--from", file.name], stdout=end, env=env)
        os.close(end)
        out = b""
        try:
            while chunk := os.read(main_end, 65536):
                out += chunk
        except OSError:
            pass  # the other end was closed
        child.wait()
        os.close(main_end)
    return out.decode()


def as_json():
    status, out = formatted("json", GOOD, BAD)
    lines = [json.loads(line) for line in out.splitlines()]
    tell([one["device"]["name"] for one in lines] == ["good", "bad"], "a line for each, in order", out)
    bad = lines[1]
    tell(bad["status"] == "critical" and bad["sensors"][1]["status"] == "critical" and
         bad["sensors"][1]["reason"] == "the device says 'failed'", "judged", bad)
    zero = next(one for one in bad["sensors"] if one["name"] == "Zero")
    tell(zero["limits"]["high_critical"] is None and zero["limits_source"] == "none" and
         any("Zero" in note for note in bad["notes"]), "limits that cannot be are null, with a note", zero)
    again = run(["--from", "-", "--format", "json"], [bad])
    judged = json.loads(again.stdout)
    judged["notes"], bad["notes"] = [], []
    tell(judged == bad, "judged again it is the same", again.stdout)


def nagios():
    status, out = formatted("nagios", BAD)
    first = out.splitlines()[0]
    tell(first.startswith("CRITICAL - PSU 2: failed (the device says so), ipmi: down ("),
         "the status line has the worst", first)
    data = first.split(" | ")[1]
    for want in ("'snmp time'=0.041s;;;0", "'进风口'=46.5;5:45;0:55", "'Rx'=-5.21;;-20:1",
                 "'CPU'=17%;~:80;~:95;0;100", "'Fan 1'=4201;;500:", "'UPS'=600s", "'Zero'=30"):
        tell(want in re.findall(r"'(?:[^']|'')+'=\S+", data), f"performance data {want}", data)
    tell("PSU" not in data, "states are no numbers", data)
    tell(len(out.splitlines()) > 3 and "[CRITICAL] PSU 2" in out, "long output after it", out)
    tell(formatted("nagios", GOOD)[1].startswith("OK - 1 sensor ok | "), "well", formatted("nagios", GOOD)[1])
    tell(formatted("nagios", SILENT)[1].splitlines()[0] == "CRITICAL - snmp: down (no answer in time)",
         "silent", formatted("nagios", SILENT)[1])
    out = formatted("nagios", GOOD, BAD)[1]
    tell(out.startswith("CRITICAL - bad: PSU 2") and "; 1 device ok | 'good snmp time'" in out, "several", out)
    many = answer("many", [sensor("voltage", f"Rail {n}", value=12.0, unit="V") for n in range(400)])
    out = formatted("nagios", many)[1].splitlines()
    tell(len(out[0]) < 4096 and " | " in out[-1] and
         sum(line.count("'Rail ") for line in out) == 400, "more data than a line takes comes at the end",
         len(out[0]))
    evil = formatted("nagios", EVIL)[1]
    tell(all(line.count(" | ") <= 1 for line in evil.splitlines()) and evil.count("|") == 1,
         "what a device says is no performance data", evil)
    label = re.search(r"'((?:[^']|'')+)'=15;~:10;~:20", evil)
    tell(label and "=" not in label.group(1), "labels are quoted", evil)


SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\} (-?[0-9.e+-]+)')


def metrics(out):
    """Strict enough to fail on what the grammar of OpenMetrics 1.0 forbids; {name: {labels: value}}"""
    lines = out.split("\n")
    assert lines[-2:] == ["# EOF", ""], "ends with # EOF and a line end"
    samples, families, current = {}, {}, None
    for line in lines[:-2]:
        if line.startswith("# "):
            word, family, rest = line[2:].split(" ", 2)
            if word == "TYPE":
                assert family not in families, f"{family} came twice"
                families[family] = current = (family, rest)
            assert word in ("TYPE", "UNIT", "HELP") and family == current[0], line
            assert word != "UNIT" or family.endswith("_" + rest), line
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        name = current[0] + ("_total" if current[1] == "counter" else "")
        assert match.group(1) == name and current[1] in ("gauge", "counter"), line
        labels = tuple(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', match.group(2)))
        assert len(dict(labels)) == len(labels) and labels not in samples.setdefault(name, {}), line
        samples[name][labels] = float(match.group(3))
    return samples


def openmetrics():
    out = formatted("openmetrics", BAD, GOOD, SILENT, EVIL, GOOD)[1]
    try:
        samples = metrics(out)
    except AssertionError as problem:
        tell(False, "the grammar holds", problem)
        return
    tell(True, "the grammar holds")

    def value(name, /, **labels):
        return [v for k, v in samples.get(name, {}).items() if labels.items() <= dict(k).items()]

    for name, labels, want in [
            ("rackvitals_up", {"device": "bad"}, [1]), ("rackvitals_up", {"device": "silent"}, [0]),
            ("rackvitals_up", {"device": "good"}, [1]),
            ("rackvitals_status", {"device": "bad"}, [2]),
            ("rackvitals_protocol_up", {"device": "bad", "protocol": "ipmi"}, [0]),
            ("rackvitals_temperature_celsius", {"device": "good"}, [21]),
            ("rackvitals_limit_temperature_celsius", {"device": "good", "limit": "high_critical"}, [70]),
            ("rackvitals_sensor_status", {"name": "PSU 2", "class": "state", "group": "psu"}, [2]),
            ("rackvitals_sensor_present", {"name": "PSU 3"}, [0]),
            ("rackvitals_energy_joules", {"device": "bad"}, [7.2e6]),
            ("rackvitals_share_ratio", {"name": "CPU"}, [0.17]),
            ("rackvitals_fan_speed_ratio", {"name": "Tray"}, [0.4]),
            ("rackvitals_fan_speed_rpm", {"name": "Fan 30"}, [4230]),
            ("rackvitals_interface_transmit_bytes_total", {"device": "bad", "interface": "ge-1"}, [2 ** 40]),
            ("rackvitals_interface_speed_bytes_per_second", {"device": "bad", "interface": "ge-1"}, [1.25e8]),
            ("rackvitals_interface_up", {"device": "bad", "interface": "ge-2"}, [0]),
            ("rackvitals_answer_timestamp_seconds", {"device": "good"}, [1762272000])]:
        tell(value(name, **labels) == want, f"{name} {labels}", value(name, **labels))
    air = value("rackvitals_airflow_cubic_meters_per_second")
    tell(len(air) == 1 and abs(air[0] - 0.0471947443) < 1e-9, "air flow in base units", air)
    tell(not value("rackvitals_temperature_celsius", device="silent"), "a silent device has no readings")
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
        from prometheus_client.parser import text_string_to_metric_families as classic
    except ImportError:
        print("# python3-prometheus-client is not there: its two parsers were not asked")
        return
    tell(len(list(strict(out))) > 10, "Prometheus' client reads it as OpenMetrics")
    tell(len(list(classic(out))) > 10, "and in the older format, as node_exporter does")


def as_csv():
    out = formatted("csv", BAD, EVIL)[1]
    rows = list(csv.reader(io.StringIO(out, newline=""), strict=True))
    tell(all(len(row) == len(rows[0]) for row in rows) and out.count("record,device") == 1,
         "one heading, and as many cells in each row")
    tell(out.endswith("\r\n") and "\n" not in out.replace("\r\n", ""), "lines end as RFC 4180 wants")
    table = [dict(zip(rows[0], row)) for row in rows[1:]]
    psu = next(row for row in table if row["name"] == "PSU 2")
    tell((psu["record"], psu["status"], psu["reason"], psu["oid"]) ==
         ("sensor", "critical", "the device says 'failed'", "1.3.6.1.4.1.99999.2.2"), "a sensor", psu)
    ipmi = next(row for row in table if row["record"] == "protocol" and row["key"] == "ipmi")
    tell(ipmi["state"] == "down" and "refused" in ipmi["reason"], "a protocol that is down", ipmi)
    tell(any(row["name"] == "'=cmd()" for row in table), "no formula for a spreadsheet")
    port = next(row for row in table if row["name"] == "GE0/0/4")
    tell((port["in_errors"], port["out_errors"], port["speed_bps"]) == ("12", "", "1000000000"),
         "a counter that was not given is empty", port)


def hostile():
    for form in ("text", "json", "nagios", "openmetrics", "csv"):
        out = formatted(form, EVIL, more=["--explain", "-v"])[1]
        tell(not any(unicodedata.category(c) == "Cc" and c not in "\r\n" for c in out) and "\u202e" not in out,
             f"{form}: no control character comes through", repr(out))


def main():
    global program_path
    program_path = sys.argv[1]
    print("TAP version 14")
    statuses()
    mistakes()
    text()
    many_alike()
    optics()
    companions()
    tell("\x1b[31;1m✗ critical" in terminal(), "colour on a terminal, beside the word")
    tell("\x1b" not in terminal(NO_COLOR="1"), "none where NO_COLOR is set")
    tell("\x1b" not in terminal(TERM="dumb"), "none on a dumb terminal")
    as_json()
    nagios()
    openmetrics()
    as_csv()
    hostile()
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
