#!/usr/bin/env python3
"""report as a whole command: PDF, HTML, CSV and JSON of a made month.

report.py RACKVITALS MAKE-MONTH"""

import asyncio
import csv
import email.message
import email.policy
import html.parser
import io
import json
import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import zlib

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    SMTP = None

MADE = "1793520000"  # 2026-11-01 08:00 in China
HOSTILE = "<script>alert(1)</script> & \u202eevil\u202c \U0001f600 " + "x" * 3000
count = 0


def result(fine, what, detail=""):
    global count
    count += 1
    print(("ok" if fine else "not ok"), count, "-", what)
    if not fine and detail:
        print("# " + str(detail)[:600].replace("\n", "\n# "))


def skip(what, why):
    global count
    count += 1
    print("ok", count, "-", what, "# SKIP", why)


class Site:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, *arguments, env=None):
        return subprocess.run(
            [self.program, "--config", os.path.join(self.folder, "rackvitals.yaml"), *arguments],
            capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": MADE, **(env or {})})

    def path(self, name):
        return os.path.join(self.folder, name)

    def report(self, name, *arguments):
        done = self.run("report", *arguments, "--output", self.path(name))
        if done.returncode != 0:
            return None
        with open(self.path(name), "rb") as file:
            return file.read()

    def text(self, name):
        return subprocess.run(["pdftotext", "-layout", self.path(name), "-"], capture_output=True,
                              check=True).stdout.decode()


class Well(html.parser.HTMLParser):
    """Whether every element that is opened is closed, in order; and what there is."""
    VOID = {"meta", "img", "br", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.fine, self.seen = [], True, set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        self.fine = self.fine and bool(self.open) and self.open.pop() == tag


def down_seconds(database, device, begin, end):
    """Down time by the intervals alone, less maintenance: shares no code with the program."""
    with sqlite3.connect(database) as db:
        rows = db.execute(
            "SELECT max(from_ms, ?2), min(coalesce(until_ms, d.last_ms), ?3) FROM reachability r"
            " JOIN device d ON d.id = r.device WHERE d.name = ?1 AND r.protocol = ''"
            " AND r.state = 'down' AND from_ms < ?3 AND coalesce(until_ms, d.last_ms) > ?2",
            (device, begin, end)).fetchall()
    return sum(max(0, b - a) for a, b in rows) / 1000


class Objects:
    """Those of a PDF, by qpdf's JSON."""

    def __init__(self, path):
        made = json.loads(subprocess.run(["qpdf", "--json=2", path], capture_output=True).stdout)
        self.objects = made["qpdf"][1]
        self.pages = [page["object"] for page in made["pages"]]
        self.root = self.value(self.objects["trailer"]["value"]["/Root"])

    def value(self, one):
        while isinstance(one, str) and "obj:" + one in self.objects:
            one = self.objects["obj:" + one].get("value")
        return one

    def places(self):
        """Page and height of each named destination."""
        found, waiting = {}, [self.value(self.root["/Names"])["/Dests"]]
        while waiting:
            node = self.value(waiting.pop())
            waiting += node.get("/Kids", [])
            names = node.get("/Names", [])
            for name, place in zip(names[::2], names[1::2]):
                place = self.value(place)
                place = place["/D"] if isinstance(place, dict) else place
                found[name] = (self.pages.index(place[0]) + 1, place[3])
        return found

    def links(self):
        for number, page in enumerate(self.pages, 1):
            for link in self.value(self.value(page).get("/Annots", [])):
                link = self.value(link)
                if link.get("/Subtype") == "/Link":
                    yield number, link["/Dest"]


def check_links(site, name):
    objects = Objects(site.path(name))
    places, links = objects.places(), list(objects.links())
    result(links and all(target in places for _, target in links), "every link leads somewhere")
    rows = {target for page, target in links if target.startswith("u:device-")}
    result(len(rows) >= 2 and len({places[row] for row in rows}) == len(rows),
           "names of devices lead to their own rows", sorted(places.items()))
    figures = [one["value"] for one in objects.objects.values()
               if isinstance(one.get("value"), dict) and one["value"].get("/S") == "/Figure"]
    result(figures and all(len(one.get("/Alt", "")) > 6 for one in figures),
           "every figure says in words what it shows", [one.get("/Alt") for one in figures])
    text = site.text(name).split("\f")
    contents = [page for page in text if "目录" in page][0]
    section = re.search(r"故障\D*?(\d+)$", contents, re.MULTILINE)
    result(section is not None and places["u:faults"][0] == int(section.group(1)),
           "a section begins on the page that the contents say", (section, places["u:faults"]))


def check_pdf(site):
    first = site.report("m.pdf", "--at", "2026-10", "--lang", "zh_CN")
    again = site.report("again.pdf", "--at", "2026-10", "--lang", "zh_CN")
    english = site.report("e.pdf", "--at", "2026-10", "--lang", "en")
    result(first is not None and first.startswith(b"%PDF-1."), "the monthly report is a PDF")
    result(first == again, "the same state gives the same bytes")
    result(english is not None, "the report is there in English")
    if shutil.which("qpdf"):
        done = subprocess.run(["qpdf", "--check", site.path("m.pdf")], capture_output=True)
        result(done.returncode == 0, "qpdf finds nothing wrong", done.stdout.decode())
        listed = subprocess.run(["qpdf", "--list-attachments", site.path("m.pdf")],
                                capture_output=True).stdout.decode()
        result(all(name in listed for name in ("report.json", "devices.csv", "faults.csv")),
               "model and tables are attached", listed)
        check_links(site, "m.pdf")
    else:
        skip("qpdf finds nothing wrong", "qpdf is not installed")
        skip("model and tables are attached", "qpdf is not installed")
        skip("links", "qpdf is not installed")
    if not shutil.which("pdftotext"):
        skip("texts of the PDF", "pdftotext is not installed")
        return
    chinese, latin = site.text("m.pdf"), site.text("e.pdf")
    result(all(word in chinese for word in ("管理摘要", "服务级别", "故障台账", "设备总览", "签署")),
           "the sections are there in Chinese")
    result(all(word in latin for word in ("Summary", "Service level", "Fault ledger", "Sign-off")),
           "the sections are there in English")
    result("\ufffd" not in chinese, "no character is lost")
    result(re.findall(r"\d+\.\d{3}%", chinese) == re.findall(r"\d+\.\d{3}%", latin) != [],
           "both languages carry the same availabilities")
    info = subprocess.run(["pdfinfo", site.path("m.pdf")], capture_output=True).stdout.decode()
    result("Tagged:          yes" in info and "RV-BJ-2026-10" in info and
           "巡检月报  2026年10月" in info,
           "tagged, with title, period and report number in its metadata", info)


def check_model(site):
    model = json.loads(site.report("m.json", "--at", "2026-10", "--format", "json"))
    devices = {one["name"]: one for one in model["devices"]}
    database = site.path("state/state.db")
    # the outage of a gold device (7x24) that no maintenance touches
    made = down_seconds(database, "switch-01", model["from_ms"], model["until_ms"])
    result(made > 0 and devices["switch-01"]["availability"]["down_ms"] / 1000 == made,
           "down time is what the intervals of the state file say",
           (made, devices["switch-01"]["availability"]))
    result(model["devices"][0]["now"] == "critical" and
           any(f["device"] == "switch-01" and f["now"] == "critical" for f in model["findings"]),
           "the worst device comes first, with its finding")
    result(not model["simulated"] and model["coverage"]["rounds"] > 100, "rounds are counted")
    interface = model["interfaces"][0]
    result(interface["in_95_bps"] <= interface["in_max_bps"] and interface["used"] > 0,
           "interfaces come with their 95th percentile", interface)
    tables = ("interfaces", "inlets", "energy", "capacity", "optics")
    keys = {table: [(row["device"], row["key"]) for row in model[table]] for table in tables}
    result(all(rows and len(set(rows)) == len(rows) for rows in keys.values()),
           "every series is in its table once", keys["inlets"])
    rows = list(csv.DictReader(io.StringIO(
        site.run("report", "--at", "2026-10", "--format", "csv", "-o", "-").stdout.decode())))
    result([row["device"] for row in rows] == [one["name"] for one in model["devices"]] and
           all(float(row["down_s"]) * 1000 == devices[row["device"]]["availability"]["down_ms"]
               for row in rows), "CSV and JSON agree")


def keys_of(value):
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from keys_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from keys_of(one)


def check_long(site):
    """What quarter and year derive is data, and the man page names every key that is written."""
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../man/rackvitals-report.1")
    with open(page, encoding="utf-8") as file:
        named = set(re.findall(r"\w+", file.read().replace("\\-", "-")))
    missing = set()
    for kind in ("month", "quarter", "year"):
        model = json.loads(site.report("l.json", "--period", kind, "--at", "2026-10-20",
                                       "--format", "json"))
        missing |= set(keys_of(model)) - named
    result(not missing, "rackvitals-report(1) names every key of the JSON", sorted(missing))
    result([one["period"] for one in model["months"]] ==
           ["2026-%02d" % month for month in range(1, 12)], "a year has its months as far as it came",
           model["months"])
    october = model["months"][9]
    month = json.loads(site.report("l.json", "--at", "2026-10", "--format", "json"))
    result((october["a"], october["down_ms"], october["faults"], october["not_met"]) ==
           (month["a"], month["down_ms"], len(month["faults"]), month["not_met"]),
           "a month within the year is the month alone", october)
    result(sum(one["faults"] for one in model["causes"]) == len(model["faults"]) and
           model["causes"][-1]["cumulative"] == 1 and month["months"] == [],
           "causes add up to all faults", model["causes"])
    result(model["interfaces"][0]["in_95_bps"] is not None and
           "read" not in [one["kind"] for one in model["gaps"]],
           "a year has the traffic of its interfaces", (model["interfaces"][0], model["gaps"]))
    result(sum(one["devices"] for one in model["models"]) == len(model["devices"]),
           "models hold every device")
    for table, rows in (("periods", len(model["months"]) + 6), ("causes", len(model["causes"])),
                        ("recurring", len(model["recurring"])), ("models", len(model["models"])),
                        ("spares", len(model["spares"])), ("links", len(model["links"]))):
        text = site.report("l.csv", "--period", "year", "--at", "2026", "--format", "csv",
                           "--table", table).decode()
        result(len(list(csv.DictReader(io.StringIO(text)))) == rows, "table " + table, text)


def check_budget(site):
    """Counts without prices, an amount with them."""
    year = ("--period", "year", "--at", "2026")
    model = json.loads(site.report("b.json", *year, "--format", "json"))
    parts = {one["part"]: one["bad"] + one["suspected"] for one in model["spares"]}
    result(parts.get("psu", 0) > 0 and model["sums"]["spares"] == sum(parts.values()) ==
           model["sums"]["unpriced"] and model["sums"]["spares_cost"] is None,
           "parts to buy are counted; without prices there is no amount", model["spares"])
    plan = site.path("service-plan.yaml")
    with open(plan, encoding="utf-8") as file:
        before = file.read()
    with open(plan, "a", encoding="utf-8") as file:
        file.write("prices: { currency: CNY, psu: 2800.5 }\n")
    model = json.loads(site.report("b.json", *year, "--format", "json"))
    result(model["sums"]["spares_cost"] == 2800.5 * parts["psu"] and model["currency"] == "CNY" and
           model["sums"]["unpriced"] == sum(parts.values()) - parts["psu"],
           "with a price there is an amount, and what has none is counted", model["sums"])
    if shutil.which("pdftotext"):
        site.report("b.pdf", *year, "--lang", "en")
        result("{:,.2f}".format(2800.5 * parts["psu"]) in site.text("b.pdf"), "the amount is printed")
    with open(plan, "w", encoding="utf-8") as file:
        file.write(before + "prices: { psu: -1 }\n")
    done = site.run("report", "--at", "2026-10")
    result(done.returncode == 78 and b"less than nothing" in done.stderr, "a price below nothing",
           done.stderr.decode())
    with open(plan, "w", encoding="utf-8") as file:
        file.write(before)


def change(path, edit):
    """Changes a file; gives what it was."""
    with open(path, encoding="utf-8") as file:
        before = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(edit(before))
    return before


def check_people(site):
    """Who does what until when, what firmware is asked for, who signs; in both languages."""
    plan, inventory = site.path("service-plan.yaml"), site.path("inventory.yaml")
    rules = ("firmware:\n  - { models: 'S12708', exact: V200R019C10SPC900 }\n"
             "  - { models: 'SG-6000-*', deny: [5.5R6P12], min: 5.5R9, why: leaks memory }\n")
    before = (change(plan, lambda text: text.replace("firmware:\n", rules)),
              change(inventory, lambda text: text.replace(
                  "name: switch-01,", "name: switch-01, owner: 赵工,")))
    opened = int(MADE) * 1000 - 9 * 86400_000
    with sqlite3.connect(site.path("state/state.db")) as db:
        fault = db.execute(
            "INSERT INTO fault (device, cause, kind, level, title, opened_ms, opened_by) VALUES"
            " ('switch-01', 'part:psu-2/state', 'alarm', '2', ?, ?, 'rule')",
            ("PSU 2: the device says 'failed'", opened)).lastrowid
    model = json.loads(site.report("p.json", "--at", "2026-10", "--format", "json"))
    action = next(one for one in model["actions"] if one["part"] == "PSU 2")
    result((action["owner"], action["fault"], action["due_ms"]) ==
           ("赵工", fault, opened + 12 * 3600_000),
           "what is to be done has its owner, and the agreed time of its fault", action)
    firmware = {one["device"]: one for one in model["firmware"]}
    result((firmware["switch-01"]["exact"], firmware["firewall-03"]["min"],
            firmware["firewall-03"]["why"]) == ("V200R019C10SPC900", "5.5R9", "leaks memory"),
           "versions off the baseline come with what it asks for", model["firmware"])
    for language, words in (
            ("zh_CN", ("赵工", "V200R019C10SPC900", "5.5R9 及以上（leaks memory）", "客户确认",
                       "责任人", "完成期限")),
            ("en", ("赵工", "V200R019C10SPC900", "5.5R9 or newer (leaks memory)", "Customer",
                    "Owner", "Due"))):
        page = site.report("p.html", "--at", "2026-10", "--lang", language, "--format",
                           "html").decode()
        missing = [word for word in words if word not in page]
        result(not missing, "and are shown, " + language, missing)
    with sqlite3.connect(site.path("state/state.db")) as db:
        db.execute("DELETE FROM fault WHERE id = ?", (fault,))
    for path, text in zip((plan, inventory), before):
        change(path, lambda _, text=text: text)


def check_part_time(site, folder):
    """A device that came on the 20th and one that went are named with their days."""
    page = site.report("t.html", "--at", "2026-10", "--lang", "en", "--format", "html").decode()
    result("First asked" not in page and "No longer in the inventory" not in page,
           "where all were there all the time nothing is said of it")
    site = Site(site.program, shutil.copytree(site.folder, os.path.join(folder, "part-time")))
    change(site.path("inventory.yaml"), lambda text: re.sub("  - { name: switch-02,.*\n", "", text))
    at = 1792461600_000  # 2026-10-20 10:00 in China
    db = sqlite3.connect(site.path("state/state.db"))
    for table in ("reachability", "health_span"):
        of = " device = (SELECT id FROM device WHERE name = 'firewall-03')"
        db.execute("DELETE FROM %s WHERE until_ms < ? AND" % table + of, (at,))
        db.execute("UPDATE %s SET from_ms = max(from_ms, ?) WHERE" % table + of, (at,))
    db.execute("UPDATE device SET first_ms = ? WHERE name = 'firewall-03'", (at,))
    db.execute("UPDATE device SET last_ms = ? WHERE name = 'switch-02'", (at,))
    db.commit()
    db.close()
    page = site.report("t.html", "--at", "2026-10", "--lang", "en", "--format", "html").decode()
    result(re.search(r"First asked within the period[^.]*firewall-03 \(2026-10-20\)\.", page) and
           re.search(r"No longer in the inventory[^.]*switch-02 \(2026-10-20\)\.", page),
           "devices that came and went are named", re.findall("[^>]*not observed: [^<]*", page))
    change(site.path("inventory.yaml"), lambda text: text + '  - { name: "more-[01-14]", address: '
           '"10.9.0.[1-14]", kind: server, snmp: { version: 2c, credential: weak } }\n')
    page = site.report("t.html", "--at", "2026-02", "--lang", "en", "--format", "html").decode()
    result("Every device was observed" not in page and "No device was seen down." in page and
           re.search(r"Never seen down, but not observed for [^:]*: 16 devices\.", page),
           "many devices that nobody asked are not called up", re.findall("Never[^<]*", page))


def check_others(site):
    done = site.run("fault", "open", "switch-01", "--state", site.path("state"), "--title", HOSTILE,
                    "--level", "2", env={"RACKVITALS_NOW": str(int(MADE) - 3600)})
    result(done.returncode == 0, "a fault of a hostile title is opened", done.stderr.decode())
    page = site.report("m.html", "--at", "2026-11", "--format", "html").decode()
    well = Well()
    well.feed(page)
    result("alert(1)" in page and well.fine and not well.open and "script" not in well.seen,
           "HTML is well-formed and runs nothing of what names say", well.open)
    round_page = site.report("r.html", "--period", "round", "--at", "2026-10-20", "--format",
                             "html", "--lang", "en").decode()
    result(re.search(r"<h2 id=\"round\">Two-weekly", round_page) and
           re.search(r"<h2 id=\"summary\">1  ", page) and "Signature" in round_page,
           "sections are numbered where there are several", round_page[:3000])
    result("http" not in re.sub(r"base64,[^\"]*", "", page), "HTML needs nothing from outside")
    result(site.report("hostile.pdf", "--at", "2026-11") is not None,
           "hostile names make a PDF all the same")
    result(site.report("empty.pdf", "--at", "2026-02") is not None,
           "a month with no data makes a report")
    empty = site.report("empty.html", "--at", "2026-02", "--format", "html", "--lang", "en").decode()
    result("Nothing was observed in this period" in empty and "No device was seen down" not in empty
           and "Every device was observed" not in empty and "every promise was kept" not in empty,
           "and claims nothing of it")
    result(site.report("round.pdf", "--period", "round", "--at", "2026-10-20") is not None,
           "the two-weekly round")
    if shutil.which("pdfinfo"):
        info = subprocess.run(["pdfinfo", site.path("round.pdf")], capture_output=True).stdout
        result(b"Pages:           2" in info, "the round has two pages", info.decode())
    for kind in ("quarter", "year"):
        result(site.report(kind + ".pdf", "--period", kind, "--at", "2026-10-20") is not None,
               "the report of a " + kind)
    result(site.report("d.pdf", "--device", "switch-01", "--at", "2026-10") is not None,
           "the report on one device")
    done = site.run("fault", "report", "1", "--state", site.path("state"), "--format", "pdf",
                    "--output", site.path("f.pdf"))
    result(done.returncode == 0 and os.path.exists(site.path("f.pdf")),
           "the report on one fault", done.stderr.decode())


def check_errors(site):
    rows = [
        ("a device that is not there", ["--device", "nobody"], 64, "no device 'nobody'"),
        ("a period that has not begun", ["--at", "2027-01"], 64, "not begun"),
        ("no such kind of period", ["--period", "week"], 64, "round, month"),
        ("no such format", ["--format", "docx"], 64, "pdf, html"),
        ("a folder that is not there", ["--output", "/nonexistent/x.pdf"], 73, "nonexistent"),
    ]
    for what, arguments, status, text in rows:
        done = site.run("report", "--at", "2026-10", *arguments)
        result(done.returncode == status and text in done.stderr.decode(), what,
               (done.returncode, done.stderr.decode()))
    first = site.run("report", "--at", "2026-10").stdout.decode()
    second = site.run("report", "--at", "2026-10").stdout.decode()
    result(first.strip().endswith("reports/RV-BJ-2026-10-zh_CN.pdf") and
           second.strip().endswith("reports/RV-BJ-2026-10-r2-zh_CN.pdf"),
           "archived by number; the same again is a revised edition", (first, second))


# what a site is made of, end of its data, the month, how its text says the month's span
SITES = [
    ("names that devices made up", ["kind=hostile"], 1793491200, "2026-10",
     "2026-10-01 00:00 – 2026-11-01 00:00"),
    ("a month without faults", ["kind=well"], 1793491200, "2026-10",
     "2026-10-01 00:00 – 2026-11-01 00:00"),
    ("a leap February", [], 1835452800, "2028-02", "2028-02-01 00:00 – 2028-03-01 00:00"),
    ("a month that loses an hour", ["zone=Europe/Berlin"], 1774994400, "2026-03",
     "2026-03-01 00:00 – 2026-04-01 00:00"),
    ("a month that wins an hour", ["zone=Europe/Berlin"], 1793491200, "2026-10",
     "2026-10-01 00:00 – 2026-11-01 00:00"),
]


def check_sites(program, make_month, folder):
    for number, (what, options, end, month, span) in enumerate(SITES):
        path = os.path.join(folder, "site-%d" % number)
        subprocess.run([make_month, path, "2", "1", "0", "14400", *options, "end=%d" % end],
                       check=True)
        site = Site(program, path)
        made = {"SOURCE_DATE_EPOCH": str(end + 2 * 86400)}
        fine, detail = True, ""
        for language in ("zh_CN", "en"):
            done = site.run("report", "--at", month, "--lang", language, "--output",
                            site.path("s.pdf"), env=made)
            if done.returncode != 0:
                fine, detail = False, done.stderr.decode()
                break
            if shutil.which("pdftotext"):
                text = site.text("s.pdf")
                pages = text.count("\f")
                # the summary is one page: the contents come on the third
                third = text.split("\f")[2]
                fine = fine and span in text and "\ufffd" not in text and 6 <= pages <= 16
                fine = fine and ("目录" in third or "Contents" in third.split("Summary")[0])
                detail = (language, pages, span in text, third[:200])
            if shutil.which("qpdf"):
                fine = fine and subprocess.run(["qpdf", "--check", site.path("s.pdf")],
                                               capture_output=True).returncode == 0
        result(fine, "good pages for " + what, detail)


class Post:
    """An SMTP server on a free port that keeps what it gets."""

    def __init__(self):
        self.letters = []
        self.loop = asyncio.new_event_loop()
        server = self.loop.run_until_complete(
            self.loop.create_server(lambda: SMTP(self, loop=self.loop), "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos, email.message_from_bytes(
            envelope.content, policy=email.policy.default)))
        return "250 OK"


def check_mail(site):
    done = site.run("report", "--at", "2026-10", "--mail")
    result(done.returncode == 78 and b"channel" in done.stderr, "mail without a server is refused",
           done.stderr.decode())
    if SMTP is None:
        skip("a mailed report", "python3-aiosmtpd is not there")
        return
    post = Post()
    with open(site.path("rackvitals.yaml"), "a", encoding="utf-8") as file:
        file.write("notify: { noc: { mail: smtp://127.0.0.1:%d, from: rounds@example.com, "
                   "to: [noc@example.com] } }\n" % post.port)
    done = site.run("report", "--at", "2026-10", "--mail")
    result(done.returncode == 0 and len(post.letters) == 1, "the report is mailed", done.stderr.decode())
    if not post.letters:
        return
    to, letter = post.letters[0]
    files = [part for part in letter.iter_attachments()]
    result(to == ["manager@example.com"] and "manager" not in str(letter["To"]),
           "to the list of the service plan, in blind copy", (to, letter["To"]))
    result("巡检月报" in str(letter["Subject"]) and
           [part.get_filename().rsplit("-", 1)[1] for part in files] == ["zh_CN.pdf", "en.pdf"],
           "in the languages of the plan", str(letter["Subject"]))
    result(all(part.get_content().startswith(b"%PDF-1.") for part in files), "as whole files")
    check_large_mail(site, post)


def noise(side):
    """A picture that no compression makes smaller, as PNG."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    chance = random.Random(5)
    rows = b"".join(b"\0" + chance.randbytes(3 * side) for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def check_large_mail(site, post):
    with open(site.path("logo.png"), "wb") as file:
        file.write(noise(1700))  # 8.7 MB, in each of two languages
    plan = site.path("service-plan.yaml")
    with open(plan, encoding="utf-8") as file:
        before = file.read()
    with open(plan, "a", encoding="utf-8") as file:
        file.write("logo: logo.png\n")
    done = site.run("report", "--at", "2026-10", "--mail")
    paths = done.stdout.decode().split()
    result(done.returncode == 1 and b"too many for a mail" in done.stderr and len(paths) == 2 and
           all(os.path.exists(path) for path in paths),
           "what is too large for a mail is archived", (done.returncode, done.stderr.decode()))
    _, letter = post.letters[-1]
    text = letter.get_body().get_content()
    result(len(post.letters) == 2 and not list(letter.iter_attachments()) and
           all(path in text for path in paths), "and the mail says where", text)
    with open(plan, "w", encoding="utf-8") as file:
        file.write(before)


def main():
    program, make_month = sys.argv[1:]
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="rackvitals-report-", dir=shared) as folder:
        subprocess.run([make_month, os.path.join(folder, "site"), "3", "34"], check=True)
        site = Site(program, os.path.join(folder, "site"))
        check_pdf(site)
        check_model(site)
        check_errors(site)
        check_long(site)
        check_budget(site)
        check_people(site)
        check_part_time(site, folder)
        check_others(site)
        check_mail(site)
        check_sites(program, make_month, folder)
    print("1..%d" % count)


main()
