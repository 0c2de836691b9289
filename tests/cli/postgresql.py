#!/usr/bin/env python3
"""Whole commands on a state in PostgreSQL, a real server; prints TAP.

usage: postgresql.py RACKVITALS FAKE-AGENT MAKE-MONTH MAKE-JOURNAL

A round is polled, the server goes away and comes back, a month's report is the same from both
databases, and the ledger's rows (ledger.py) hold here too."""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile

from tap import end, ok

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM, FAKE, MAKE_MONTH, MAKE_JOURNAL = sys.argv[1:5]
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, os.pardir, "independent"))
sys.path.append(os.path.join(HERE, os.pardir))

import recompute  # noqa: E402

# this file has the name of the module that it wants
import importlib.util  # noqa: E402

spec = importlib.util.spec_from_file_location("server", os.path.join(HERE, os.pardir, "postgresql.py"))
server_module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(server_module)

NOW = 1800000000
PASSWORD = "Tr0ub4dor"
RECORDING = "1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1\n" \
            "1.3.6.1.2.1.1.3.0|67|4200000\n1.3.6.1.2.1.1.5.0|4|switch\n"
DEVICES = 5
said = []  # all that any command printed


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
    os.chmod(path, 0o600)


def run(folder, *arguments, at=NOW, **more):
    done = subprocess.run([PROGRAM, "--config", os.path.join(folder, "rackvitals.yaml"), *arguments],
                          capture_output=True, timeout=120,
                          env=os.environ | {"RACKVITALS_NOW": str(at), "SOURCE_DATE_EPOCH": str(at)} | more)
    done.stdout, done.stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    said.append(done.stdout + done.stderr)
    return done


def make_schema(server, name):
    server.sql(f"CREATE SCHEMA {name} AUTHORIZATION poller")
    return server.connection(user="poller") + f" options=-csearch_path={name}"


def make_site(folder, connection, port):
    os.makedirs(folder)
    write(os.path.join(folder, "rackvitals.yaml"),
          "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
          f"database: \"{connection}\"\ndatabase-password: file:password\n")
    write(os.path.join(folder, "password"), PASSWORD + "\n")
    write(os.path.join(folder, "credentials.yaml"), "ro: { community: public }\n")
    write(os.path.join(folder, "inventory.yaml"), f"""sites:
  one: {{ name: One }}
devices:
  - {{ name: "sw-[1-{DEVICES}]", kind: switch, site: one, address: "127.9.0.[1-{DEVICES}]",
      snmp: {{ version: 2c, credential: ro, port: {port}, timeout: 1s, retries: 2 }} }}
""")


def polling(server, folder):
    schema = "polling"

    def spool():
        path = os.path.join(folder, "state", "spool")
        return os.listdir(path) if os.path.isdir(path) else []

    done = run(folder, "poll")
    ok(done.returncode == 0 and f"{DEVICES} answered" in done.stdout and done.stderr == "", "a round", done)
    ok(not os.path.exists(os.path.join(folder, "state", "state.db")), "makes no file beside it")
    ok(server.sql("SELECT count(*) FROM device", schema=schema) == [str(DEVICES)], "its devices are there")
    done = run(folder, "doctor", at=NOW + 30)
    ok("whole, PostgreSQL, schema" in done.stdout, "doctor looks into it", done)
    done = run(folder, "db", "show", at=NOW + 30)
    ok(done.returncode == 0 and "PostgreSQL, database rackvitals" in done.stdout, "db show", done)

    server.stop(signal.SIGQUIT)
    for minute in (1, 2, 3):
        done = run(folder, "poll", at=NOW + 60 * minute)
        ok(done.returncode == 1 and f"{DEVICES} answered" in done.stdout and "waits in the spool" in done.stderr
           and f"{DEVICES} answers wait in the spool" in done.stdout, f"without a server, minute {minute}", done)
    ok(len(spool()) == 3, "what was asked waits", spool())
    done = run(folder, "fault", "list", at=NOW + 190)
    ok(done.returncode == 69 and "see that the server runs" in done.stderr, "other commands say so", done)
    server.start()
    done = run(folder, "poll", at=NOW + 240)
    ok(done.returncode == 0 and f"{3 * DEVICES} answers that waited were stored" in done.stdout and spool() == [],
       "it is back: all is stored", done, spool())
    ok(server.sql("SELECT count(*), max(from_ms) / 60000, min(until_ms) / 60000, min(samples), max(samples)"
                  " FROM reachability WHERE protocol = ''", schema=schema)
       == [f"{DEVICES}|{NOW // 60}|{NOW // 60 + 4}|5|5"],
       "each sample once, and no time is missing",
       server.sql("SELECT device, state, from_ms, until_ms, samples FROM reachability", schema=schema))
    ok(server.sql("SELECT started_ms / 60000 FROM round ORDER BY started_ms", schema=schema)
       == [str(NOW // 60 + minute) for minute in range(5)], "the rounds are dated as they were",
       server.sql("SELECT * FROM round", schema=schema))

    holder = subprocess.Popen(["psql", "-h", server.folder, "-U", "rackvitals", "-d", "rackvitals", "-XAtq"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write(f"SET search_path = {schema};"
                       "SELECT pg_advisory_lock(1381392244, hashtext(current_schema())), 'held';\n")
    holder.stdin.flush()
    holder.stdout.readline()
    done = run(folder, "poll", "--force", at=NOW + 300)
    ok(done.returncode == 75 and "another machine" in done.stderr, "a round of another machine", done)
    holder.stdin.close()
    holder.wait()
    write(os.path.join(folder, "password"), "wrong-" + PASSWORD[::-1] + "\n")
    done = run(folder, "plan", "status", at=NOW + 300)
    done = run(folder, "db", "show", at=NOW + 300)
    ok(done.returncode == 77 or "password authentication failed" in done.stderr, "a wrong password", done)
    os.chmod(os.path.join(folder, "password"), 0o644)
    done = run(folder, "db", "show", at=NOW + 300)
    ok(done.returncode == 77 and "password" in done.stderr, "a password that all may read", done)
    write(os.path.join(folder, "password"), PASSWORD + "\n")


def comparable(report):
    """The site file has a key more, and its sum is in the report."""
    report.pop("configuration_sha256")
    report.pop("state_sha256")  # of the SQLite file; a server has none
    return report


def differing(folder):
    """The first line in which the two reports are not the same."""
    with open(os.path.join(folder, "a.json"), encoding="utf-8") as a, \
            open(os.path.join(folder, "b.json"), encoding="utf-8") as b:
        lines = [json.dumps(one, indent=1, ensure_ascii=False).splitlines()
                 for one in (comparable(json.load(a)), comparable(json.load(b)))]
    return next(((x, y) for x, y in itertools.zip_longest(*lines) if x != y), None)


def month(server, folder):
    """The same report from both, and what comes back recomputes as what went."""
    subprocess.run([MAKE_MONTH, folder], check=True,
                   stdout=subprocess.DEVNULL)
    site = os.path.join(folder, "rackvitals.yaml")
    arguments = ["report", "--at", "2026-10", "--format", "json", "--output"]
    before = run(folder, *arguments, os.path.join(folder, "a.json"), at=1793520000)
    with open(site, "a", encoding="utf-8") as file:
        file.write(f"database: \"{make_schema(server, 'month')}\"\ndatabase-password: file:password\n")
    write(os.path.join(folder, "password"), PASSWORD + "\n")
    done = run(folder, "db", "copy", "sqlite", "postgresql")
    ok(before.returncode == 0 and done.returncode == 0 and "verdict" in done.stdout, "a month is copied", before, done)
    ok(run(folder, "db", "copy", "sqlite", "postgresql").returncode == 64, "and not copied over")
    os.rename(os.path.join(folder, "state", "state.db"), os.path.join(folder, "was.db"))
    done = run(folder, *arguments, os.path.join(folder, "b.json"), at=1793520000)
    ok(done.returncode == 0 and differing(folder) is None, "the report of the month is the same", done,
       differing(folder))
    back = os.path.join(folder, "back.db")
    done = run(folder, "db", "copy", "postgresql", back)
    with recompute.open_db(os.path.join(folder, "was.db")) as one, recompute.open_db(back) as other:
        tables = [row[0] for row in one.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        differ = [name for name in tables
                  if sorted(map(repr, map(tuple, one.execute(f"SELECT * FROM {name}"))))
                  != sorted(map(repr, map(tuple, other.execute(f"SELECT * FROM {name}"))))]
        ok(done.returncode == 0 and differ == [] and len(tables) > 12, "and every row comes back as it went", differ)


def journal(server, folder):
    """A random life: our availabilities from the server, and the slow ones from its copy."""
    os.makedirs(os.path.join(folder, "state"))
    subprocess.run([MAKE_JOURNAL, os.path.join(folder, "state", "state.db"), "7"], check=True,
                   stdout=subprocess.DEVNULL)
    write(os.path.join(folder, "password"), PASSWORD + "\n")
    write(os.path.join(folder, "rackvitals.yaml"), "state: state\ndatabase-password: file:password\n"
          f"database: \"{make_schema(server, 'journal')}\"\n")
    done = run(folder, "db", "copy", "sqlite", "postgresql")
    ok(done.returncode == 0, "a journal is copied", done)
    os.rename(os.path.join(folder, "state", "state.db"), os.path.join(folder, "was.db"))
    back = os.path.join(folder, "back.db")
    run(folder, "db", "copy", "postgresql", back)
    begin, end = recompute.period("2025-10", recompute.ZoneInfo("Asia/Shanghai"))
    wrong, seen = [], 0
    db = recompute.open_db(back)
    for row in db.execute("SELECT name FROM device ORDER BY name").fetchall():
        done = run(folder, "sla", "explain", row["name"], "--at", "2025-10", "--zone", "Asia/Shanghai", "--target",
                   "99.9", "--format", "json")
        theirs = json.loads(done.stdout) if done.returncode == 0 else {}
        ours = recompute.recompute(db, row["name"], begin, end, None, 99.9)
        seen += 1
        wrong += [(row["name"], key, theirs.get(key), ours[key]) for key in ("up_ms", "down_ms", "not_observed_ms")
                  if theirs.get(key) != ours[key]]
    ok(seen > 0 and wrong == [], f"availabilities of {seen} devices, a second time", wrong)


def ledger(server, folder):
    """ledger.py's rows, with the state on the server."""
    os.makedirs(folder)
    write(os.path.join(folder, "password"), PASSWORD + "\n")
    write(os.path.join(folder, "rackvitals.yaml"), "state: state\ndatabase-password: file:password\n"
          f"database: \"{make_schema(server, 'ledger')}\"\n")
    with open(os.path.join(HERE, "ledger.py"), encoding="utf-8") as file:
        text = file.read()
    names = {}
    exec(compile(text[:text.index("count = failures = 0")], "ledger.py", "exec"), names)
    for name, content in names["FILES"].items():
        write(os.path.join(folder, name), content)
    wrong = []
    for what, arguments, after, status, stdout, stderr in names["ROWS"]:
        arguments = [os.path.join(folder, one[1:]) if one.startswith("@") else one for one in arguments]
        zone = [] if "--zone" in arguments else ["--zone", names["ZONE"]]
        done = run(folder, *arguments, "--who", "li", *zone, at=names["NOW"] + after)
        if done.returncode != status or done.stdout != stdout or stderr not in done.stderr:
            wrong.append((what, done.returncode, done.stdout, done.stderr))
    ok(wrong == [], f"{len(names['ROWS'])} rows of the ledger", *wrong)


def farm(folder):
    recording = os.path.join(folder, "switch.snmprec")
    write(recording, RECORDING)
    child = subprocess.Popen([FAKE, "--address", "0.0.0.0", "--community", "public", recording],
                             stdout=subprocess.PIPE, text=True)
    return child, int(child.stdout.readline().split()[1])


def main():
    if server_module.programs() is None:
        print("1..0 # SKIP postgresql is not installed")
        return 0
    with server_module.Server() as server, tempfile.TemporaryDirectory(prefix="rv-pg-cli-") as folder:
        server.sql(f"CREATE ROLE poller LOGIN PASSWORD '{PASSWORD}'")
        hba = os.path.join(server.data, "pg_hba.conf")
        with open(hba, "r+", encoding="utf-8") as file:
            rest = file.read()
            file.seek(0)
            file.write("local all poller scram-sha-256\n" + rest)
        server.sql("SELECT pg_reload_conf()")
        child, port = farm(folder)
        try:
            make_site(os.path.join(folder, "site"), make_schema(server, "polling"), port)
            polling(server, os.path.join(folder, "site"))
            month(server, os.path.join(folder, "month"))
            journal(server, os.path.join(folder, "journal"))
            ledger(server, os.path.join(folder, "ledger"))
        finally:
            child.terminate()
            child.wait()
        ok(not any(PASSWORD in text or PASSWORD[::-1] in text for text in said), "no command ever said a password")
    return end()


sys.exit(main())
