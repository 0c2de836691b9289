#!/usr/bin/env python3
"""The site's files through whole commands: inventory, plan, and what other commands take from them.

site.py RACKVITALS STORE-OBSERVATION"""

import json
import os
import subprocess
import sys
import tempfile

NOW = 1794614400  # 2026-11-14 00:00 UTC

SITE = "inventory: inventory.yaml\ncredentials: credentials.yaml\nservice-plan: plan.yaml\nstate: .\n"
INVENTORY = """\
sites: { bj: { name: 北京 } }
groups: { sw: { kind: switch, site: bj, snmp: { credential: ro } } }
devices:
  - { name: "sw-[01-02]", address: "10.0.0.[1-2]", group: sw, serial: AAA, expected: { psu: 2 } }
  - { name: db-01, address: 10.0.1.1, ipmi: { credential: bmc }, parents: [sw-01], rack: 机柜一 }
"""
CREDENTIALS = "ro: { community: hunter2 }\nbmc: { user: u, password: hunter3 }\n"
PLAN = """\
time-zone: Asia/Shanghai
calendars: { office: { hours: "09:00-18:00" } }
classes: { gold: { availability: 99.9 } }
faults:
  levels: [{ level: A, respond: 10m }, { level: B }]
  rules: [{ level: A }]
duties: { calendar: office, promised: [{ period: month, within: 18h }] }
"""
FILES = {"rackvitals.yaml": SITE, "inventory.yaml": INVENTORY, "credentials.yaml": CREDENTIALS,
         "plan.yaml": PLAN}

count = failures = 0


def tell(good, name, detail=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print("".join(f"# {line}\n" for line in str(detail).splitlines()), end="")


class Site:
    """A folder with a site's files; `changed` replaces some of them."""

    def __init__(self, program, changed=None):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="rackvitals-site-")
        for name, text in (FILES | (changed or {})).items():
            self.write(name, text)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, 0o600)
        return path

    def run(self, *arguments, now=NOW):
        environment = os.environ | {"RACKVITALS_NOW": str(now)}
        done = subprocess.run([self.program, "--config", os.path.join(self.folder.name, "rackvitals.yaml"),
                               *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                              timeout=60)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        done.short = done.stderr.replace("rackvitals: " + self.folder.name + "/", "")
        return done


def all_problems_at_once(program):
    site = Site(program, {
        "rackvitals.yaml": SITE + "langauge: en\n",
        "inventory.yaml": "devices:\n  - { name: no, adress: 10.0.0.1 }\n  - { name: a, address: 10.0.0.300, snmp: { credential: rw } }\n",
        "credentials.yaml": "ro: { comunity: hunter2 }\n",
        "plan.yaml": "classes: { gold: { availability: 0.999 } }\n"})
    done = site.run("inventory", "check")
    wanted = ("rackvitals.yaml:5:1: unknown key 'langauge'; did you mean 'language'?\n"
              "credentials.yaml:1:7: unknown key; did you mean 'community'?\n"
              "plan.yaml:1:34: 'availability' is in percent: 99.9, not 0.999; '0.999' promises next to nothing\n"
              "inventory.yaml:2:13: 'name' is no, a boolean to YAML; write \"no\"\n"
              "inventory.yaml:2:17: unknown key 'adress'; did you mean 'address'?\n"
              "inventory.yaml:3:25: '10.0.0.300' is no IPv4 address: four numbers from 0 to 255, without zeros in front\n"
              "inventory.yaml:3:57: the credentials file has no 'rw'; did you mean 'ro'?\n")
    tell((done.returncode, done.stdout, done.short) == (78, "", wanted),
         "all that is wrong in four files, in one run", done.stderr)
    tell("hunter" not in done.stderr, "and no secret among it")
    done = site.run("inventory", "list")
    tell(done.returncode == 78 and done.short.count("\n") == 5, "a command that needs no secret says the rest",
         done.stderr)


def hostile(program):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi"))
    rows = [
        ("an alias bomb", bomb, "more than 500000 values once aliases are expanded"),
        ("10 MB of bytes", bytes(range(128, 256)) * 80000, "not UTF-8"),
        ("10 MB of brackets", "[" * 10_000_000, "nested more than 48 levels deep"),
        ("10 MB of words", "word " * 2_000_000, "an inventory' must be a map of keys and values"),
        ("10 MB of keys", "".join(f"k{i}: v\n" for i in range(100_000)), "unknown key 'k0'"),
        ("11 MB", "# nothing\n" * 1_100_000, "larger than 10 MiB"),
        ("two documents", "devices: []\n---\ndevices: []\n", "inventory.yaml:2:1: a second document"),
        ("zeros", b"\0" * 100, "a control character (U+0000)"),
    ]
    for name, text, message in rows:
        done = Site(program, {"inventory.yaml": text}).run("inventory", "check")
        tell(done.returncode == 78 and message in done.stderr and len(done.stderr) < 200_000, name,
             done.stderr[:500])


def rights(program):
    site = Site(program)
    os.chmod(os.path.join(site.folder.name, "credentials.yaml"), 0o640)
    done = site.run("inventory", "check")
    tell(done.returncode == 77 and "(mode 0640); do: chmod 600" in done.stderr, "secrets that others can read",
         done.stderr)
    done = site.run("inventory", "check", "--without-credentials")
    tell(done.returncode == 0, "who may not read them checks the rest", done.stderr)
    done = subprocess.run([program, "--config", "/nowhere/x.yaml", "inventory", "list"], capture_output=True)
    tell(done.returncode == 66, "a site file that is not there", done.stderr)


def declared(program):
    site = Site(program)
    done = site.run("inventory", "check")
    tell(done.stdout.endswith("rackvitals.yaml: 3 devices at 1 site, nothing wrong\n"), "nothing wrong", done.stderr)
    done = site.run("inventory", "list")
    tell(done.stdout == "sw-01  10.0.0.1  switch  bj            sw  snmp\n"
                        "sw-02  10.0.0.2  switch  bj            sw  snmp\n"
                        "db-01  10.0.1.1              机柜一        ipmi\n", "a line each, Chinese two columns wide",
         done.stdout)
    done = site.run("inventory", "list", "sw", "*-02", "--format", "csv")
    tell(done.stdout == '"name","address","kind","site","rack","service-class","group","protocols"\r\n'
                        '"sw-01","10.0.0.1","switch","bj","","","sw","snmp"\r\n'
                        '"sw-02","10.0.0.2","switch","bj","","","sw","snmp"\r\n', "by group and glob, each once",
         done.stdout)
    done = site.run("inventory", "show", "db-01", "sw-01", "--format", "json")
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    tell([one["name"] for one in shown] == ["db-01", "sw-01"] and shown[0]["parents"] == ["sw-01"]
         and shown[1]["expected"] == {"psu": 2} and shown[1]["line"] == 4, "one device whole", done.stdout)
    tell("hunter" not in done.stdout + site.run("inventory", "show", "*").stdout, "but no secrets")
    done = site.run("inventory", "show", "sw-09")
    tell(done.returncode == 64 and "sw-09: no device or group" in done.stderr, "a device that is not there",
         done.stderr)


def completed(program):
    """The shell's completion offers what --help and the inventory name."""
    site = Site(program)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "completion", "rackvitals")
    config = ["--config", os.path.join(site.folder.name, "rackvitals.yaml")]
    rows = [
        ("commands", ["pro"], "probe profile"),
        ("commands of a command", ["inventory", "a"], "accept"),
        ("options", ["check", "--snmp-ver"], "--snmp-version"),
        ("the words of an option", ["check", "--format", ""], "text json nagios openmetrics csv"),
        ("devices", [*config, "check", "sw-0"], "sw-01 sw-02"),
        ("devices after others", [*config, "check", "sw-01", "d"], "db-01"),
        ("devices of a command of a command", [*config, "maintenance", "add", "db"], "db-01"),
        ("devices for an option", [*config, "poll", "--device", "db"], "db-01"),
    ]
    for what, words, offered in rows:
        done = subprocess.run(["bash", "-c", 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rackvitals;'
                               ' echo "${COMPREPLY[*]}"', script, program, *words],
                              capture_output=True, text=True, check=False)
        tell(done.stdout.strip() == offered, f"completion: {what}", done.stdout + done.stderr)


def found(program, store):
    site = Site(program)
    seconds = NOW * 1000
    observation = {
        "taken_at_ms": seconds,
        "device": {"host": "10.0.0.1", "name": "sw-01", "vendor": "Huawei", "model": "S5720", "serial": "BBB"},
        "protocols": [{"name": "snmp", "state": "up", "duration_ms": 4}],
        "sensors": [{"key": "psu-1/state", "class": "state", "name": "PSU 1", "group": "psu", "raw": 1, "unit": "",
                     "presence": "present", "status": "ok"}],
        "components": [{"key": "chassis", "class": "chassis", "name": "chassis", "model": "S5720", "serial": "BBB",
                        "firmware": "V2"}]}
    other = observation | {"device": {"host": "10.9.9.9", "name": "old-01"}, "components": []}
    done = subprocess.run([store, os.path.join(site.folder.name, "state.db")],
                          input=(json.dumps(observation) + "\n" + json.dumps(other)).encode(), capture_output=True)
    tell(done.returncode == 0, "(a state file)", done.stderr)
    done = site.run("inventory", "census", "sw-01", now=NOW + 60)
    tell(done.stdout == "sw-01: Huawei S5720, serial BBB (census of 2026-11-14 08:00:00)\n"
                        "  chassis  chassis  chassis  S5720  BBB  V2\n", "what was found, in the plan's time zone",
         done.stdout + done.stderr)
    done = site.run("inventory", "census", "--format", "csv", now=NOW + 60)
    tell(done.stdout.splitlines()[1:] == ['"sw-01","chassis","chassis","chassis","S5720","BBB","V2"'], "as CSV",
         done.stdout)
    done = site.run("inventory", "diff", now=NOW + 60)
    tell((done.returncode, done.stdout) == (1, "sw-01: serial is BBB, declared is AAA\n"
                                               "sw-01: psu: the inventory expects 2, the device shows 1\n"
                                               "sw-02: was never asked\n"
                                               "db-01: was never asked\n"
                                               "old-01: was asked at 10.9.9.9 and is not in the inventory\n"),
         "declared against found", done.stdout + done.stderr)
    site.write("inventory.yaml", INVENTORY.replace("AAA", "BBB").replace("psu: 2", "psu: 1"))
    done = site.run("inventory", "diff", "sw-01", now=NOW + 60)
    tell((done.returncode, done.stdout) == (0, ""), "by today's inventory, nothing", done.stdout + done.stderr)
    taken_out(site, store, observation)


def taken_out(site, store, observation):
    """Two modules are gone; the one that was taken out on purpose is missed no more."""
    slots = [{"key": f"slot-{n}/state", "class": "state", "name": f"Slot {n}", "group": "module", "raw": 1,
              "presence": "present", "status": "ok"} for n in (1, 2)]
    gone = [slot | {"presence": "missing", "status": "critical"} for slot in slots]
    for n, parts in enumerate((slots, gone)):
        later = observation | {"taken_at_ms": (NOW + 300 * (n + 1)) * 1000, "sensors": observation["sensors"] + parts}
        subprocess.run([store, os.path.join(site.folder.name, "state.db")], input=json.dumps(later).encode(),
                       check=True)
    done = site.run("inventory", "diff", "sw-01", now=NOW + 700)
    tell((done.returncode, done.stdout) ==
         (1, "sw-01: Slot 2 was seen and is gone (slot-2/state)\nsw-01: Slot 1 was seen and is gone (slot-1/state)\n"
             "what was taken out on purpose: rackvitals inventory accept sw-01 PART…\n"), "what is gone, and what to do",
         done.stdout + done.stderr)
    done = site.run("inventory", "accept", "sw-01", "Slot 1", now=NOW + 700)
    tell((done.returncode, done.stdout) == (0, "sw-01: Slot 1 (slot-1/state) is missed no more\n"), "one is accepted",
         done.stdout + done.stderr)
    done = site.run("inventory", "diff", "sw-01", now=NOW + 700)
    tell("Slot 1" not in done.stdout and "sw-01: Slot 2 was seen" in done.stdout, "the other is still missed",
         done.stdout + done.stderr)
    done = site.run("inventory", "accept", "sw-01", "slot-1*", now=NOW + 700)
    tell(done.returncode == 66 and "no part is missing that is called so" in done.stderr, "once is enough", done.stderr)
    done = site.run("inventory", "accept", "sw-01", "*", now=NOW + 700)
    tell(done.stdout == "sw-01: Slot 2 (slot-2/state) is missed no more\n", "all by a glob", done.stdout + done.stderr)
    done = site.run("inventory", "accept", "sw-1", "*")
    tell(done.returncode == 64 and "did you mean 'sw-01'?" in done.stderr, "a device that is not there", done.stderr)
    done = site.run("inventory", "accept", "sw-01")
    tell(done.returncode == 64 and "'*' means all" in done.stderr, "which parts has to be said", done.stderr)
    done = site.run("inventory")
    tell(done.returncode == 64 and "inventory needs to be told what: check, list, " in done.stderr,
         "a command of commands alone", done.stderr)
    done = site.run("inventory", "list", "-q")
    tell(done.returncode == 64 and "stands before the command: rackvitals -q COMMAND" in done.stderr,
         "an option of the program after the command", done.stderr)
    done = site.run("inventory", "list", "--quest")
    tell(done.returncode == 64 and "stands before" not in done.stderr, "another one is not the program's", done.stderr)


def imported(program):
    site = Site(program)
    path = site.write("list.csv", "\ufeffName,address,kind,parents,snmp-credential,rack\r\n"
                                  "sw-01,10.0.0.1,switch,,ro,1\r\n"
                                  'no,10.0.0.2,switch,sw-01; sw-01,ro,"A ""1"""\r\n\r\n')
    done = site.run("inventory", "import", path)
    tell(done.stdout == "devices:\n"
                        "  - { name: sw-01, address: 10.0.0.1, kind: switch, rack: 1, snmp: { credential: ro } }\n"
                        '  - { name: "no", address: 10.0.0.2, kind: switch, rack: "A \\"1\\"", '
                        "parents: [sw-01, sw-01], snmp: { credential: ro } }\n", "a list as inventory",
         done.stdout + done.stderr)
    site.write("inventory.yaml", done.stdout)
    tell(site.run("inventory", "check").returncode == 0, "which is read again", site.run("inventory", "check").stderr)
    path = site.write("list.csv", "name,addres\nx,1\n")
    done = site.run("inventory", "import", path)
    tell(done.returncode == 78 and done.short == "list.csv:1:2: no column is called 'addres'; did you mean 'address'?\n"
         "list.csv:1:1: the first line names the columns; 'name' and 'address' are needed\n", "a heading with mistakes",
         done.short)


def promised(program, store):
    site = Site(program)
    subprocess.run([store, os.path.join(site.folder.name, "state.db")], input=b"", check=True)
    done = site.run("plan", "status")
    tell((done.returncode, done.stdout) ==
         (0, "month    2026-11                running    due 2026-12-02 18:00:00, in 18 d 10:00:00\n"),
         "what is due, by working days in the plan's time zone", done.stdout + done.stderr)
    done = site.run("plan", "status", "--format", "json")
    tell(json.loads(done.stdout)["state"] == "running", "the same for programs", done.stdout)
    done = site.run("fault", "open", "--title", "x")
    done = site.run("fault", "list")
    tell("2026-11-14 08:00:00  level B" in done.stdout, "faults take levels and zone from the plan", done.stdout)
    done = site.run("fault", "open", "--title", "x", "--level", "3")
    tell(done.returncode == 64 and "no level '3'; the service plan has A, B" in done.stderr, "and no others", done.stderr)


def main():
    program, store = sys.argv[1:]
    print("TAP version 14")
    all_problems_at_once(program)
    hostile(program)
    rights(program)
    declared(program)
    found(program, store)
    imported(program)
    completed(program)
    promised(program, store)
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
