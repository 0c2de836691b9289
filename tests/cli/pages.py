#!/usr/bin/env python3
"""html and openmetrics as whole commands, from a state folder that a day of answers filled.

pages.py RACKVITALS STORE-ANSWERS RRD-TEMPLATES"""

import html.parser
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

NOW = 1762272000
EVIL = "<img src=x onerror=alert(1)></td></title></style>\"'&{{}}"
VOID = {"meta", "img", "br", "rect", "polyline", "link", "input"}
count = failures = 0


def tell(good, name, detail=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print("".join(f"# {line}\n" for line in str(detail)[:2000].splitlines()), end="")


def answer(name, t, sensors=(), state="up", **more):
    identity = {"host": "192.0.2.1", "name": name, "kind": "switch", "site": "bj-dc1", "vendor": "Example",
                "model": "X-48", "serial": "A1", "os": "XOS", "os_version": "1.2", "uptime_seconds": t - NOW + 10 ** 6}
    reason = {"reason": "no_answer", "detail": "no answer in 6000 ms"} if state == "down" else {}
    return {"device": identity | more.pop("device", {}), "taken_at_ms": t * 1000, "sensors": list(sensors),
            "protocols": [{"name": "snmp", "state": state, "duration_ms": 41} | reason]} | more


def sensor(kind, name, value=None, high=None, **more):
    return {"key": f"{name}/{kind}", "class": kind, "name": name, "value": value, "limits_source": "device",
            "limits": {"high_warning": high}} | more


def day():
    """Answers of a day: one switch with a supply that fails, one that falls silent, one that is hostile."""
    for i in range(0, 49):
        t, wave = NOW - 14400 + i * 300, math.sin(i / 8)
        failed = i > 30
        yield answer("core-sw-01", t, [
            sensor("state", "PSU 2", state="failed" if failed else "normal", group="psu",
                   device_verdict="critical" if failed else "ok"),
            sensor("state", "PSU 3", state="absent", presence="absent", group="psu"),
            sensor("temperature", "进风口", 24 + 6 * wave, 60, unit="°C")],
            interfaces=[{"index": 1, "key": "ge-1", "name": "GE0/0/1", "alias": "uplink", "admin_status": "up",
                         "oper_status": "up", "speed_bps": 10 ** 9, "in_octets": int(i * 3e9),
                         "out_octets": int(i * 1e9), "in_errors": 7, "counters_64bit": True}],
            components=[{"key": "chassis", "class": "chassis", "name": "X-48", "serial": "SN-4711"}],
            events=[{"time_ms": t * 1000, "record_id": 1, "sensor": "PSU 2", "text": "AC lost", "asserted": True,
                     "severity": "critical"}] if i == 31 else [], notes=["a table ended early"])
        if i < 40:
            continue
        silent = i > 45
        yield answer("acc-sw-02", t, [] if silent else [sensor("temperature", "Inlet", 21, 60, unit="°C")],
                     "down" if silent else "up")
        yield answer("ok-sw-03", t, [sensor("temperature", "Inlet", 21, 60, unit="°C")])
    yield answer(EVIL, NOW, [sensor("temperature", EVIL, 15, 10, unit="°C"),
                             sensor("state", EVIL, state=EVIL, device_verdict="warning", group=EVIL)],
                 device={"model": EVIL, "site": EVIL, "sys_location": EVIL, "kind": EVIL, "serial": EVIL},
                 interfaces=[{"index": 1, "key": EVIL, "name": EVIL, "alias": EVIL, "oper_status": "up"}],
                 components=[{"key": EVIL, "class": EVIL, "name": EVIL, "model": EVIL, "firmware": EVIL}],
                 events=[{"time_ms": NOW * 1000, "record_id": 1, "sensor": EVIL, "text": EVIL, "severity": "ok",
                          "asserted": False}], notes=[EVIL])


class Page(html.parser.HTMLParser):
    """Nesting, links, pictures, and what a reader without eyes needs."""

    def __init__(self, text):
        super().__init__()
        self.open, self.problems, self.links, self.images, self.words = [], [], [], [], []
        self.tags, self.ids, self.lang, self.heads = set(), set(), None, []
        self.feed(text)
        self.problems += [f"{tag} is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        if len(given) != len(attributes):
            self.problems.append(f"{tag} has an attribute twice")
        if any(name.startswith("on") for name in given):
            self.problems.append(f"{tag} has a handler")
        if "id" in given:
            if given["id"] in self.ids:
                self.problems.append(f"id {given['id']} twice")
            self.ids.add(given["id"])
        if tag == "script" and given:
            self.problems.append("a script from elsewhere")
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            self.images.append(given["src"])
            if not given.get("alt"):
                self.problems.append("a picture without words")
        if tag == "svg" and not given.get("aria-label") and given.get("aria-hidden") != "true":
            self.problems.append("a drawing without words")
        if tag == "html":
            self.lang = given.get("lang")
        if tag == "th" and "scope" not in given:
            self.problems.append("a heading of no rows or columns")
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)


def run(arguments, **environment):
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | {"RACKVITALS_NOW": str(NOW), "RACKVITALS_DATA": data,
                                            "RACKVITALS_CONFIG": ""} | environment)


def pages_of(folder):
    paths = [os.path.join(folder, "index.html")] + sorted(
        os.path.join(folder, "devices", name) for name in os.listdir(os.path.join(folder, "devices")))
    return {path: Page(open(path, encoding="utf-8").read()) for path in paths}


def check_pages(folder, what):
    pages = pages_of(folder)
    tell(len(pages) == 5, f"{what}: a page for each device, and the overview", list(pages))
    for path, page in pages.items():
        name = f"{what}: {os.path.basename(path)[:20]}"
        tell(not page.problems, f"{name} is well formed", page.problems)
        tell(page.tags.isdisjoint({"iframe", "object", "link", "form", "base"}) and not page.images and
             ("script" in page.tags) == path.endswith("index.html"), f"{name} needs nothing else", page.tags)
        tell(page.heads and page.heads[0] == 1 and page.heads.count(1) == 1 and
             all(b <= a + 1 for a, b in zip(page.heads, page.heads[1:])), f"{name} has an outline", page.heads)
        for link in page.links:
            target, _, mark = link.partition("#")
            whole = os.path.normpath(os.path.join(os.path.dirname(path), urllib.parse.unquote(target)))
            if target and not os.path.exists(whole) or mark and mark not in page.ids:
                tell(False, f"{name}: {link} leads somewhere")
    return pages


def chromium(folder):
    browser = shutil.which("chromium")
    if not browser:
        print("# chromium is not there: the pages were not rendered")
        return
    for path in list(pages_of(folder))[:3]:  # the overview, the hostile one, one that is silent
        with tempfile.TemporaryDirectory(prefix="rackvitals-chromium-") as profile:
            done = subprocess.run([browser, "--headless=new", "--no-sandbox", "--disable-gpu",
                                   f"--user-data-dir={profile}", "--enable-logging=stderr", "--dump-dom",
                                   "file://" + urllib.parse.quote(path)], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=120)
        out, log = done.stdout.decode(), done.stderr.decode()
        name = os.path.basename(path)[:20]
        tell("</footer>" in out and "<h1>" in out, f"Chromium renders {name}", log)
        tell("CONSOLE" not in log, f"and has nothing to say against {name}",
             [line for line in log.splitlines() if "CONSOLE" in line])


def written(state):
    folder = os.path.join(state, "html")
    base = ["html", "--state", state, "--zone", "Asia/Shanghai"]
    done = run([*base, "--output", folder])
    tell((done.returncode, done.stdout) == (0, b"5 pages\n"), "pages are written", done)
    pages = check_pages(folder, "en")
    overview = pages[os.path.join(folder, "index.html")]
    words = " ".join(" ".join(overview.words).split())
    order = [link for link in overview.links if link.startswith("devices/")]
    tell([urllib.parse.unquote(link).split("/")[1][:6] for link in order] ==
         ["acc-sw", "core-s", order[2].split("/")[1][:6], "ok-sw-"] and "_" in order[2], "the worst first", order)
    tell("down since 2025-11-04 23:50: no answer in 6000 ms" in words, "a silent device says since when and why",
         words)
    tell("PSU 2: failed (the device says so)" in words, "a finding on the overview", words)
    core = open(os.path.join(folder, "devices", "core-sw-01.html"), encoding="utf-8").read()
    for what in ("SN-4711", "uplink", "AC lost", "a table ended early", "进风口", "not fitted", "warning ≥60 °C"):
        tell(what in core, f"the page has {what}")
    tell(core.count('<svg class="curve"') == 2 and re.search('stroke-linecap="round" d="M[0-9]', core), "curves of temperature and traffic")
    figures = re.findall("<figcaption>(.*?)</figcaption>", core)
    tell(figures == ["temperature", "GE0/0/1 · uplink"], "charts of a week", figures)
    for path, page in pages.items():
        text = open(path, encoding="utf-8").read()
        tell("<img src=x" not in text and EVIL not in text, f"{os.path.basename(path)[:9]}: escaped")
    tell(all(page.lang == "en" for page in pages.values()), "says that it is English")
    chromium(folder)

    open(os.path.join(folder, "devices", "mine.html"), "w").write("<p>not ours</p>")
    shutil.copy(os.path.join(folder, "devices", "core-sw-01.html"), os.path.join(folder, "devices", "gone.html"))
    done = run(["--lang", "zh_CN", *base, "--output", folder, "--no-graphs"])
    left = os.listdir(os.path.join(folder, "devices"))
    tell(done.returncode == 0 and "gone.html" not in left and "mine.html" in left,
         "pages of devices that are gone go, others' files stay", left)
    os.unlink(os.path.join(folder, "devices", "mine.html"))
    pages = check_pages(folder, "zh")
    tell(all(page.lang == "zh-CN" for page in pages.values()), "says that it is Chinese")
    words = " ".join(pages[os.path.join(folder, "devices", "core-sw-01.html")].words)
    tell("严重" in words and "告警 ≥60 °C" in words and "设备报告“failed”" in words, "in Chinese", words)
    tell(not any("figure" in page.tags for page in pages.values()), "without graphs")

    done = run([*base, "--output", "/proc/nowhere"])
    tell(done.returncode == 73 and b"/proc/nowhere" in done.stderr, "a folder that cannot be made", done)
    done = run(["html", "--state", "/nonexistent", "--output", folder])
    tell(done.returncode == 66, "no state file", done)
    done = run(base)
    tell(done.returncode == 64 and b"--output" in done.stderr, "no folder", done)


def textfile(state):
    path = os.path.join(state, "rackvitals.prom")
    done = run(["openmetrics", "--state", state, "--output", path])
    out = open(path, encoding="utf-8").read()
    tell(done.returncode == 0 and out.endswith("# EOF\n"), "a textfile", done)
    tell('rackvitals_temperature_celsius{device="ok-sw-03",sensor="Inlet/temperature",name="Inlet"} 21\n' in out,
         "with readings", out)
    tell('rackvitals_up{device="acc-sw-02"} 0\n' in out and 'rackvitals_status{device="acc-sw-02"} 2\n' in out and
         'celsius{device="acc-sw-02"' not in out, "a silent device has a state and no readings", out)
    tell(f'rackvitals_sample_timestamp_seconds{{device="acc-sw-02"}} {NOW}\n' in out and
         f'rackvitals_answer_timestamp_seconds{{device="acc-sw-02"}} {NOW - 900}\n' in out,
         "when it was asked, and when it last answered", out)
    tell(os.listdir(state).count("rackvitals.prom") == 1 and os.stat(path).st_mode & 0o777 == 0o644,
         "whole, and readable by the collector")
    done = run(["openmetrics", "--state", state])
    tell(done.stdout.decode() == out, "the same on standard output", done.stderr)
    done = run(["openmetrics", "--state", state, "--output", "/nonexistent/x.prom"])
    tell(done.returncode == 73, "a file that cannot be written", done)
    done = run(["openmetrics", "--state", "/nonexistent"])
    tell(done.returncode == 66, "no state file", done)
    after_round(state)
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
        from prometheus_client.parser import text_string_to_metric_families as classic
    except ImportError:
        return
    tell(len(list(strict(out))) > 10 and len(list(classic(out))) > 10, "Prometheus' client reads it")


def after_round(state):
    """poll writes both where the site file names them."""
    site = os.path.join(state, "site.yaml")
    with open(site, "w") as file:
        file.write("inventory: site-inventory.yaml\ncredentials: site-credentials.yaml\nstate: .\n"
                   f"rrd-templates: {data}/rrd-templates\nhtml: after\nopenmetrics: after.prom\n")
    with open(os.path.join(state, "site-inventory.yaml"), "w") as file:
        file.write("devices:\n  - { name: silent, address: 127.0.0.1, kind: switch, "
                   "snmp: { version: 2c, credential: ro, port: 9, timeout: 100ms, retries: 0 } }\n")
    with open(os.open(os.path.join(state, "site-credentials.yaml"), os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write("ro: { community: public }\n")
    done = run(["poll"], RACKVITALS_CONFIG=site, RACKVITALS_DATA=os.path.join(data, "conf"))
    tell(os.path.exists(os.path.join(state, "after", "index.html")) and
         os.path.exists(os.path.join(state, "after.prom")), "and both after a round", done)


def main():
    global program, data
    program, store_answers, templates = sys.argv[1:]
    data = os.path.dirname(templates)
    print("TAP version 14")
    with tempfile.TemporaryDirectory(prefix="rackvitals-html-") as state:
        lines = "".join(json.dumps(one) + "\n" for one in day())
        subprocess.run([store_answers, state, templates], input=lines.encode(), check=True)
        written(state)
        textfile(state)
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
