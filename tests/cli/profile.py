#!/usr/bin/env python3
"""The profile command: list, lint, test, explain (a recording, a device) and learn; prints TAP.

usage: profile.py RACKVITALS FAKE-AGENT
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from tap import end, ok

PROGRAM, FAKE = sys.argv[1:3]
WALK = """1.3.6.1.2.1.1.1.0|4|Box of nobody, version 3.1
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.5.1
1.3.6.1.2.1.1.3.0|67|4200
1.3.6.1.2.1.1.5.0|4|box-a
1.3.6.1.4.1.99999.2.1.1.2.1|4|Inlet temp
1.3.6.1.4.1.99999.2.1.1.2.2|4|Outlet temp
1.3.6.1.4.1.99999.2.1.1.3.1|2|215
1.3.6.1.4.1.99999.2.1.1.3.2|2|65535
1.3.6.1.4.1.99999.2.1.1.4.1|2|1
1.3.6.1.4.1.99999.2.1.1.4.2|2|9
"""
PROFILE = """profile: box
match: { sysObjectID: 1.3.6.1.4.1.99999.5 }
identity: { vendor: Nobody, version: { sysDescr: 'version (\\S+)' } }
tables:
  - entry: 1.3.6.1.4.1.99999.2.1.1
    name: { column: 2 }
    sensors:
      - { column: 3, class: temperature, unit: dC, none: [65535] }
      - { column: 4, class: state, group: temperature, states: { 1: [normal, ok] } }
"""
WRONG = """profile: wrong
match: { sysObjectID: 1.3.6.1.4.1.99999.6 }
uses: [nobody-wrote-it]
tables:
  - entry: 1.3.6.1.4.1.99999.2.1.1
    sensors:
      - { column: 3, class: temprature }
      - { colunm: 4, class: fan }
"""
folder = tempfile.mkdtemp(prefix="rackvitals-")
environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8",
               "RACKVITALS_CONFIG": "", **{k: v for k, v in os.environ.items() if "SAN_OPT" in k}}


def profile(*arguments):
    run = subprocess.run([PROGRAM, "profile", *arguments], capture_output=True, text=True, timeout=60,
                         env=environment)
    return run.returncode, run.stdout, run.stderr


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def shipped():
    status, out, err = profile("lint")
    ok(status == 0 and " 0 problems" in out, "the shipped profiles are right", out + err)
    status, out, err = profile("list", "ups-*")
    ok(status == 0 and "ups-mib" in out and "entity-sensor" not in out, "list takes a glob", out + err)


def mistakes():
    write("wrong/wrong.yaml", WRONG)
    path = write("wrong/other-name.yaml", "profile: another\nmatch: any\nrole: part\n")
    status, out, err = profile("lint", "no-such-profile")
    ok(status == 66 and "there is no profile 'no-such-profile'" in err, "lint of what is not there is no success", err)
    status, out, err = profile("lint", "--profiles", os.path.join(folder, "wrong"), "wrong", "another")
    ok(status == 78, "lint of wrong profiles ends with 78", status)
    for what in ("wrong.yaml:7:29: ", "did you mean 'temperature'?", "wrong.yaml:8:11: ", "did you mean 'column'?",
                 "there is no profile 'nobody-wrote-it'", path + ":1:1: profile 'another' belongs in a file"):
        ok(what in err, "lint says: " + what, err)
    write("twins/box-one.yaml", PROFILE.replace("profile: box", "profile: box-one"))
    write("twins/box-two.yaml", PROFILE.replace("profile: box", "profile: box-two"))
    status, out, err = profile("lint", "--profiles", os.path.join(folder, "twins"), "box-*")
    ok(status == 78 and "match is the same as that of 'box-one'" in err, "two families that match alike", err)


def against_modules():
    """UPS-MIB: unknown(1), batteryNormal(2), batteryLow(3), batteryDepleted(4)."""
    states = "{ 1: [unknown, unknown], 2: [battery-low, critical], 3: [weak, critical], 7: [gone, critical] }"
    write("mib/mib.yaml", "profile: mib\nmatch: none\ntables:\n  - entry: 1.3.6.1.2.1.33.1.2\n    scalars: true\n"
          "    sensors:\n      - { column: 1, class: state, states: %s }\n      - { column: 1, class: charge }\n"
          "      - { column: 99, class: charge }\n" % states)
    status, out, err = profile("lint", "--unnamed", "--profiles", os.path.join(folder, "mib"), "mib")
    ok(status == 78 and len(err.splitlines()) == 3, "three contradictions of the module", err)
    for what in ("mib.yaml:7:", "state 7 (gone) is none of UPS-MIB::upsBatteryStatus", "calls it batteryNormal, and "
                 "batteryLow is its 3", "mib.yaml:8:1: UPS-MIB::upsBatteryStatus is a state"):
        ok(what in err, "lint says: " + what, err)
    ok("mib: no module has 1.3.6.1.2.1.33.1.2.99" in out and "modules name 1 of 2 columns" in out, "unnamed", out)


def recorded(site, walk):
    status, out, err = profile("test", "--profiles", site, "--format", "json", walk)
    answer = json.loads(out) if status == 0 else {"device": {}, "sensors": [], "notes": []}
    ok(status == 0 and answer["device"].get("profile") == "box", "test chooses the site's profile", out + err)
    ok(answer["device"].get("name") == "box-a" and answer["device"].get("os_version") == "3.1", "identity", out)
    sensors = {s["key"]: s for s in answer["sensors"]}
    ok(sensors.get("temperature/inlet-temp", {}).get("value") == 21.5, "a reading in its unit", out)
    ok("temperature/outlet-temp" not in sensors, "a sentinel is no reading", out)
    ok(sensors.get("state/outlet-temp", {}).get("status") == "unknown", "a state that nobody listed", out)
    ok(any("state 9 is not among the states" in n for n in answer["notes"]), "and a note about it", answer["notes"])
    target = os.path.join(folder, "out")
    status, out, err = profile("test", "--profiles", site, "--output", target, walk)
    ok(status == 0 and os.listdir(target) == ["box.json"], "one file for each recording", out + err)
    with open(os.path.join(target, "box.json"), "a", encoding="utf-8") as file:
        file.write("what an earlier, longer answer left" * 1000)
    profile("test", "--profiles", site, "--output", target, walk)
    with open(os.path.join(target, "box.json"), encoding="utf-8") as file:
        ok(json.loads(file.read())["device"]["name"] == "box-a", "a longer file of before is replaced as a whole")
    status, out, err = profile("test", os.path.join(folder, "nothing.snmprec"))
    ok(status == 66, "a recording that is not there: 66", (status, err))
    status, out, err = profile("test")
    ok(status == 64, "test without recordings: 64", (status, err))


def explained(site, walk):
    status, out, err = profile("explain", "--profiles", site, walk)
    ok(status == 0, "explain of a recording", err)
    for what in ("box: chosen: the family that fits most closely", "99999.2.1.1.3.1 = 215: temperature 'Inlet temp' 21.5",
                 "99999.2.1.1.3.2 = 65535: dropped, the value stands for none"):
        ok(what in out, "explain says: " + what, out)
    agent = subprocess.Popen([FAKE, "--frozen", walk], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        port = agent.stdout.readline().split()[1]
        status, out, err = profile("explain", "--profiles", site, "--port", port, "--snmp-community", "public", "127.0.0.1")
        ok(status == 0 and "temperature 'Inlet temp' 21.5" in out and "profile box: 3 sensors" in out,
           "explain of a device that answers", out + err)
    finally:
        agent.terminate()
        agent.wait()


def learnt(walk):
    status, out, err = profile("learn", "--name", "learnt", walk)
    ok(status == 0 and "sysObjectID: [1.3.6.1.4.1.99999.5.1]" in out and "- entry: 1.3.6.1.4.1.99999.2.1.1" in out,
       "learn proposes a profile", out + err)
    write("learnt/learnt.yaml", out)
    status, out, err = profile("lint", "--profiles", os.path.join(folder, "learnt"), "learnt")
    ok(status == 0, "the proposal is a valid profile", out + err)


def main():
    walk = write("box.snmprec", WALK)
    write("site/box.yaml", PROFILE)
    site = os.path.join(folder, "site")
    try:
        shipped()
        mistakes()
        against_modules()
        recorded(site, walk)
        explained(site, walk)
        learnt(walk)
    finally:
        shutil.rmtree(folder)
    return end()


sys.exit(main())
