#!/usr/bin/env python3
"""html and openmetrics as whole commands, from a state folder that a day of answers filled.

pages.py RACKVITALS STORE-ANSWERS RRD-TEMPLATES"""

import base64
import html.parser
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

import browser

NOW = 1762272000
LONG = "L\u0001\u001b[31m🔥شبكة\u202e" + "x" * 4000
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
    # so many parts that they fill sheets of paper
    many = [sensor("fan", f"Fan {i}", 8000 + i, unit="rpm") for i in range(1, 61)]
    mute = [sensor("temperature", f"Cable {i}", unit="°C") for i in range(1, 21)]
    yield answer("acc-80", NOW, [sensor("temperature", "Board", 30, 60, unit="°C"), *many, *mute], interfaces=[
        {"index": i, "key": f"p{i}", "name": f"Gi0/0/{i}", "alias": f"desk of room {i}", "admin_status": "up",
         "oper_status": "down", "speed_bps": 10 ** 9, "in_errors": i, "out_errors": 0} for i in range(1, 81)])
    yield answer(LONG[:900], NOW, [sensor("temperature", LONG, 15, 60, unit="°C")],
                 device={"model": LONG, "sys_location": LONG, "serial": LONG},
                 interfaces=[{"index": 1, "key": LONG, "name": LONG, "alias": LONG, "oper_status": "up"}],
                 events=[{"time_ms": NOW * 1000, "record_id": 1, "sensor": LONG, "text": LONG, "severity": "ok"}],
                 notes=[LONG])
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
        if any('"' in given.get(name, "") for name in ("class", "id", "scope", "role")):
            self.problems.append(f"{tag} has markup within an attribute: {given}")
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


def environment(**more):
    return os.environ | {"RACKVITALS_NOW": str(NOW), "RACKVITALS_DATA": data, "RACKVITALS_CONFIG": ""} | more


def run(arguments, **more):
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment(**more))


def pages_of(folder):
    paths = [os.path.join(folder, "index.html")] + sorted(
        os.path.join(folder, "devices", name) for name in os.listdir(os.path.join(folder, "devices")))
    return {path: Page(open(path, encoding="utf-8").read()) for path in paths}


def check_pages(folder, what):
    pages = pages_of(folder)
    tell(len(pages) == 7, f"{what}: a page for each device, and the overview", list(pages))
    for path, page in pages.items():
        name = f"{what}: {os.path.basename(path)[:20]}"
        tell(not page.problems, f"{name} is well formed", page.problems)
        tell(page.tags.isdisjoint({"iframe", "object", "link", "form", "base"}) and not page.images and
             "script" in page.tags, f"{name} needs nothing else", page.tags)
        tell(page.heads and page.heads[0] == 1 and page.heads.count(1) == 1 and
             all(b <= a + 1 for a, b in zip(page.heads, page.heads[1:])), f"{name} has an outline", page.heads)
        for link in page.links:
            target, _, mark = link.partition("#")
            whole = os.path.normpath(os.path.join(os.path.dirname(path), urllib.parse.unquote(target)))
            whole = whole if target else path
            if whole not in pages or mark and mark not in pages[whole].ids:
                tell(False, f"{name}: {link} leads somewhere")
    return pages


# In the page: every text's contrast with what is behind it, and every line's.
CONTRAST = """(() => {
  const parse = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = colour => { const [r, g, b] = colour.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = element => { const all = []; for (let e = element; e; e = e.parentElement) all.push(parse(getComputedStyle(e).backgroundColor));
                              return all.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
  const worst = []; let texts = 0, lines = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("title, script") || !element.checkVisibility()) continue;
    const back = behind(element), value = ratio(over(parse(getComputedStyle(element).color), back), back); texts++;
    if (value < 4.5) worst.push([value, walker.currentNode.data.trim().slice(0, 40)]);
  }
  for (const line of document.querySelectorAll(".chart .line, .curve path, .strip .up, .strip .down")) {
    const style = getComputedStyle(line), paint = style.stroke === "none" ? style.fill : style.stroke;
    const value = ratio(parse(paint), behind(line.closest("svg").parentElement)); lines++;
    if (value < 3) worst.push([value, line.getAttribute("class")]);
  }
  return { worst, texts, lines };
})()"""

WIDE = """[document.documentElement.scrollWidth, innerWidth, [...document.querySelectorAll("main *")].filter(e =>
  !e.closest("svg, .figures, .scroll") && e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + "." + e.className).slice(0, 5)]"""

FOCUS = """(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  return [e.tagName, (e.getAttribute("href") || e.id || e.textContent).slice(0, 60), s.outlineStyle !== "none" &&
          parseFloat(s.outlineWidth) >= 2, r.left >= 0 && r.top >= 0, r.top + scrollY]; })()"""

# Of the accessibility tree: what has a role that needs a name, and the landmarks.
def check_tree(page, name):
    nodes = [node for node in page.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
    roles = [node["role"]["value"] for node in nodes]
    nameless = [node["role"]["value"] for node in nodes
                if node["role"]["value"] in ("link", "image", "table", "navigation", "heading", "searchbox")
                and not node.get("name", {}).get("value", "").strip()]
    tell(not nameless and roles.count("main") == 1 and roles.count("contentinfo") == 1, f"{name}: all that is asked for has a name",
         nameless or [role for role in roles if role in ("main", "contentinfo")])


def check_keyboard(page, path, name):
    page.look()
    page.open(path)
    seen, there = [], page.ask("document.querySelectorAll('a[href], summary, input').length")
    for _ in range(min(there, 25)):
        page.press("Tab")
        seen.append(page.ask(FOCUS))
    tell(seen[0][1] == "#main" and all(one[2] and one[3] for one in seen), f"{name}: the focus is seen wherever it goes", seen)
    places = [one[4] for one in seen[1:]]
    tell(all(b >= a - 30 for a, b in zip(places, places[1:])), f"{name}: the focus goes down the page", seen)


def check_shown(page, path):
    name = os.path.basename(path)[:20]
    for scheme in ("light", "dark"):
        page.look(scheme)
        page.open(path)
        outside = [url for url in page.requests() if not url.startswith("file://")]
        tell(not page.complaints() and not outside and len(page.requests()) == 1,
             f"Chromium has nothing to say against {name} ({scheme}), which asks for nothing", page.complaints() or page.requests())
        result = page.ask(CONTRAST)
        tell(not result["worst"] and result["texts"] > 20, f"{name} ({scheme}): contrast of texts and lines", result)
    check_tree(page, name)
    page.look(width=360)
    page.open(path)
    wide, screen, which = page.ask(WIDE)
    tell(wide <= screen and not which, f"{name}: nothing beyond 360 pixels", [wide, screen, which])
    page.look(width=768)
    page.look(width=360)
    torn = page.ask("[...document.querySelectorAll('.cards td, .cards tbody th')].filter(e => e.checkVisibility() && "
                    "e.textContent.trim().length > 20 && !e.querySelector('svg') && e.getBoundingClientRect().width < 120)"
                    ".map(e => e.textContent.slice(0, 40))")
    tell(not torn, f"{name}: sentences have room on 360 pixels", torn)
    page.look(width=768)
    thin = page.ask("[...document.querySelectorAll('.sensors tbody th, .devices tbody th, .ports tbody th')]"
                    ".filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().width).filter(w => w < 90)")
    tell(not thin, f"{name}: names have room on 768 pixels", thin)
    page.look(prefers_reduced_motion="reduce")
    tell(page.ask("getComputedStyle(document.documentElement).scrollBehavior") == "auto", f"{name}: no motion where none is wanted")


def check_print(page, path):
    """A long table has its heads on each sheet, no row is torn, and links are text."""
    page.look("dark")
    page.open(path)
    sheet = os.path.join(os.path.dirname(path), "sheet.pdf")
    with open(sheet, "wb") as file:
        file.write(base64.b64decode(page.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]))
    text = subprocess.run(["pdftotext", "-layout", sheet, "-"], stdout=subprocess.PIPE, check=True).stdout.decode()
    os.unlink(sheet)
    sheets = [one for one in text.split("\f") if "desk of room" in one]
    tell(len(sheets) >= 3 and all("Interface " in one and "Speed" in one for one in sheets), "heads on each sheet", text)
    rows = [re.findall(r"^ *(Gi0/0/\d+|desk of room \d+)\b", one, re.M) for one in sheets]
    tell(all(one[0].startswith("Gi") and one[-1].startswith("desk") for one in rows), "no row is torn", rows)
    page.call("Emulation.setEmulatedMedia", media="print", features=[])
    colours = page.ask("['body', 'td a, th a, .tiles a'].map(q => document.querySelector(q)).map(e => e && getComputedStyle(e)"
                       ".getPropertyValue('color'))")
    tell(set(colours) == {"rgb(0, 0, 0)"}, "black on white, links as well", colours)
    tell("Board" in text, "names are not torn into letters", text[:1500])
    tell("On this page" not in text and "Skip to" not in text, "without what paper cannot do")
    page.call("Emulation.setEmulatedMedia", media="screen", features=[])


def check_filter(page, path):
    """The overview's only script."""
    page.look()
    page.open(path)
    shown = """(text => { const i = document.querySelector("#filter"); i.value = text; i.dispatchEvent(new Event("input"));
               return [...document.querySelectorAll(".devices tbody tr")].filter(e => e.checkVisibility()).length; })"""
    counts = [page.ask(f"{shown}({json.dumps(text)})") for text in ("", "critical", "CRITICAL silent", "core psu", "nothing like it")]
    tell(counts == [6, 2, 0, 1, 0], "the list is narrowed to the words typed", counts)
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(path)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    tell(page.ask("!document.querySelector('.filter').checkVisibility() && document.querySelectorAll('.devices tbody tr').length") == 6,
         "without scripts the list is whole, and there is no field")


def check_folded(page, path):
    """Hundreds of rows: the first of them are seen, the others unfold or are found by what is typed."""
    rows = """(id => [...document.querySelectorAll(`#${id} ~ .scroll tbody > tr:not(.group):not(.rest)`)]
              .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0))"""
    seen = [f"{rows}('sensors').length", f"{rows}('interfaces').length"]
    typed = """((id, text) => { const i = document.querySelector(`#find-${id}`); i.value = text;
               i.dispatchEvent(new Event("input"));
               return %s(id).map(e => e.querySelector("th").firstChild.textContent); })""" % rows
    page.look()
    page.open(path)
    folded = [page.ask(one) for one in seen]
    tell(folded == [41, 48], "of many rows the first are seen", folded)
    found = [page.ask(f"{typed}({json.dumps(which)}, {json.dumps(text)})") for which, text in
             (("sensors", "fan 57"), ("sensors", "57 FAN"), ("interfaces", "0/0/79"), ("interfaces", "room 8"), ("sensors", "[57"))]
    tell(found == [["Fan 57"], ["Fan 57"], ["Gi0/0/79"], ["Gi0/0/8", "Gi0/0/80"], []], "what is folded is found", found)
    page.ask(f"{typed}('sensors', ''), {typed}('interfaces', '')")
    folded = [page.ask(one) for one in seen]
    tell(folded == [41, 48], "and folded again when nothing is typed", folded)
    unknown = page.ask("""(s => { const before = s('.findings li').length; document.querySelector('details.rest').open = true;
        return [before, s('.findings li').length]; })(q => [...document.querySelectorAll(q)].filter(e => e.checkVisibility()))""")
    tell(unknown == [8, 20], "of what is only unknown not all is told at once", unknown)


def check_wall(page, path):
    """On a wall: what is not well, in large type."""
    page.look(width=1920)
    page.events = []
    page.call("Page.navigate", url=f"file://{path}#wall")
    page.wait("Page.loadEventFired")
    shown = page.ask("[...document.querySelectorAll('.devices tbody tr, .filter')].filter(e => e.checkVisibility())"
                     ".map(e => e.className)")
    size = page.ask("parseFloat(getComputedStyle(document.querySelector('.devices td')).fontSize)")
    tell(shown == ["bad"] * 3 and size > 20, "a page for the wall", [shown, size])


def check_age(page, state, path):
    """A page that nobody wrote anew says that it is old."""
    folder = os.path.join(state, "aged")
    done = run(["html", "--state", state, "--output", folder], RACKVITALS_NOW="")
    tell(done.returncode == 0, "pages by the real clock", done)
    banner = "(p => p.checkVisibility() && p.textContent)(document.querySelector('[data-at]'))"
    page.open(os.path.join(folder, "index.html"))
    tell(page.ask(banner) is False, "a new page says nothing of its age")
    later = page.call("Page.addScriptToEvaluateOnNewDocument",
                      source="{ const now = Date.now; Date.now = () => now() + 3 * 3600 * 1000; }")["identifier"]
    page.open(os.path.join(folder, "devices", "ok-sw-03.html"))
    said = page.ask(banner)
    tell(said and "3 h: what happened since is not on it" in said, "an old one tells how old", said)
    page.open(path)
    tell(page.ask("document.querySelector('[data-at]')") is None, "under a simulated clock nothing is old")
    page.call("Page.removeScriptToEvaluateOnNewDocument", identifier=later)


def chromium(folder, state):
    if not browser.PROGRAM:
        print("# chromium is not there: the pages were not rendered")
        return
    with browser.Browser() as page:
        paths = list(pages_of(folder))
        for path in paths:
            check_shown(page, path)
        core = os.path.join(folder, "devices", "core-sw-01.html")
        check_keyboard(page, paths[0], "overview")
        check_keyboard(page, core, "core-sw-01")
        check_filter(page, paths[0])
        check_folded(page, os.path.join(folder, "devices", "acc-80.html"))
        check_wall(page, paths[0])
        check_age(page, state, paths[0])
        check_print(page, os.path.join(folder, "devices", "acc-80.html"))


def figures_of(page):
    """Every number that a page says, whatever the language around it; one may repeat what the other need not."""
    return set(re.findall(r"\d[\d.,:-]*\d|\d", " ".join(page.words)))


def past(state):
    """What rules and people left: a fault of each kind of title, and maintenance."""
    done = run(["maintenance", "add", "core-*", "--from", "2025-11-04 22:00", "--for", "1h", "--why", EVIL,
                "--state", state, "--zone", "Asia/Shanghai"])
    tell(done.returncode == 0, "maintenance", done)
    with sqlite3.connect(os.path.join(state, "state.db")) as db:
        for device, title, level, hours in (("core-sw-01", "PSU 2: the device says 'failed'", "1", 1), (EVIL, EVIL, "2", 2)):
            db.execute("INSERT INTO fault (device, cause, kind, level, title, opened_ms, opened_by)"
                       " VALUES (?, 'test', 'alarm', ?, ?, ?, 'rule')", (device, level, title, (NOW - hours * 3600) * 1000))
    db.close()


def shaded(folder):
    core, silent = (open(os.path.join(folder, "devices", f"{name}.html"), encoding="utf-8").read()
                    for name in ("core-sw-01", "acc-sw-02"))
    tell(core.count('<rect class="maintenance"') == core.count("<figure") == 2 and '<rect class="outage"' not in core and
         "<title>maintenance: 2025-11-04 22:00 – 2025-11-04 23:00</title>" in core, "maintenance is shaded",
         re.findall("<rect class=\"[mo].*?</rect>", core))
    tell(silent.count('<rect class="outage"') == silent.count("<figure") == 1 and '<rect class="maint' not in silent and
         "<title>outage: 2025-11-04 23:50 – 2025-11-05 00:00</title>" in silent, "an outage is shaded",
         re.findall("<rect class=\"[mo].*?</rect>", silent))


def silent_page(folder):
    """The page of a device that fell silent does not begin with what was well before."""
    words = Page(open(os.path.join(folder, "devices", "acc-sw-02.html"), encoding="utf-8").read()).words
    words = " ".join(" ".join(words).split())
    tell("down since 2025-11-04 23:50" in words and "What follows was said at 2025-11-04 23:45" in words and
         "OK" not in words[:words.index("What follows")] and "41 ms" not in words, "silence comes first", words)


def read_while_written(folder, base):
    """A reader never sees half a page."""
    paths = list(pages_of(folder))
    writer = subprocess.Popen([program, *base, "--output", folder], stdout=subprocess.DEVNULL, env=environment())
    bad, reads, done = [], 0, False
    while not done:
        done = writer.poll() is not None  # and once more after the end
        for path in paths:
            text = open(path, encoding="utf-8").read()
            reads += 1
            if not text.startswith("<!DOCTYPE html>") or not text.endswith("</html>\n"):
                bad.append(path)
    tell(not bad and writer.returncode == 0, f"{reads} reads while pages are written again saw whole ones", bad)
    left = [name for _, _, names in os.walk(folder) for name in names if not name.endswith(".html")]
    tell(not left, "and nothing is left beside them", left)


def written(state):
    folder = os.path.join(state, "html")
    base = ["html", "--state", state, "--zone", "Asia/Shanghai"]
    past(state)
    done = run([*base, "--output", folder])
    tell((done.returncode, done.stdout) == (0, b"7 pages\n"), "pages are written", done)
    pages = check_pages(folder, "en")
    overview = pages[os.path.join(folder, "index.html")]
    words = " ".join(" ".join(overview.words).split())
    order = [link for link in overview.links if link.startswith("devices/") and "#" not in link]
    tell([urllib.parse.unquote(link).split("/")[1][:6] for link in order] ==
         ["acc-sw", "core-s", order[2].split("/")[1][:6], order[3].split("/")[1][:6], "acc-80", "ok-sw-"] and "_" in order[2], "the worst first", order)
    tell("down since 2025-11-04 23:50: no answer in 6000 ms" in words, "a silent device says since when and why",
         words)
    tell("PSU 2: failed (the device says so)" in words, "a finding on the overview", words)
    tell(0 < words.find("#1 1") < words.find("#2 2"), "the worst fault first", words)
    tell(all("as of 2025-11-05 00:00 UTC+08:00 (Asia/Shanghai)" in " ".join(" ".join(page.words).split())
             for page in pages.values()), "each page names its time and zone", words)
    core = open(os.path.join(folder, "devices", "core-sw-01.html"), encoding="utf-8").read()
    for what in ("SN-4711", "uplink", "AC lost", "a table ended early", "进风口", "not fitted", "warning ≥60 °C"):
        tell(what in core, f"the page has {what}")
    tell(core.count('<svg class="curve"') == 2 and re.search('stroke-linecap="round" d="M[0-9]', core), "curves of temperature and traffic")
    level = open(os.path.join(folder, "devices", "ok-sw-03.html"), encoding="utf-8").read()
    tell(re.findall('linecap="round" d="([^"]*)"', level) == re.findall(r'd="(M[\d ]+L[\d ]+)"', level)[:1], "a level curve has two ends",
         re.findall('<svg class="curve.*?</svg>', level))
    figures = re.findall("<figcaption>(.*?)</figcaption>", core)
    tell(figures == ["temperature", "GE0/0/1 · uplink"], "charts of a week", figures)
    for path, page in pages.items():
        text = open(path, encoding="utf-8").read()
        tell("<img src=x" not in text and EVIL not in text, f"{os.path.basename(path)[:9]}: escaped")
        tell(not re.search("(low|high)_(warning|critical)", text), f"{os.path.basename(path)[:9]}: limits in words")
        tell(not re.search("[\0-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text),
             f"{os.path.basename(path)[:9]}: nothing that steers a terminal or turns the text")
    tell(all(page.lang == "en" for page in pages.values()), "says that it is English")
    shaded(folder)
    silent_page(folder)
    tell("#1 · level 1 · 2025-11-04 23:00 · PSU 2: the device says &apos;failed&apos;" in core, "the fault's title",
         re.findall("<li>#.*", core))
    read_while_written(folder, base)
    english = {path: figures_of(page) for path, page in pages_of(folder).items()}
    chromium(folder, state)

    done = run(["--lang", "zh_CN", *base, "--output", folder])
    for path, page in pages_of(folder).items():
        tell(figures_of(page) == english[path], f"{os.path.basename(path)[:9]}: the same figures in Chinese",
             figures_of(page) ^ english[path])
    core = open(os.path.join(folder, "devices", "core-sw-01.html"), encoding="utf-8").read()
    tell("PSU 2：设备报告“failed”" in core and "维护: 2025-11-04 22:00" in core, "faults and shades in Chinese",
         re.findall("<li>#.*", core))

    for name, age in ((".rackvitals-page-old", 90000), (".rackvitals-page-new", 0)):
        open(os.path.join(folder, "devices", name), "w").close()
        os.utime(os.path.join(folder, "devices", name), (time.time() - age,) * 2)
    open(os.path.join(folder, "devices", "mine.html"), "w").write("<p>not ours</p>")
    shutil.copy(os.path.join(folder, "devices", "core-sw-01.html"), os.path.join(folder, "devices", "gone.html"))
    done = run(["--lang", "zh_CN", *base, "--output", folder, "--no-graphs"])
    left = os.listdir(os.path.join(folder, "devices"))
    tell(done.returncode == 0 and "gone.html" not in left and "mine.html" in left,
         "pages of devices that are gone go, others' files stay", left)
    tell(".rackvitals-page-new" in left and ".rackvitals-page-old" not in left,
         "what a killed run left goes after a day", left)
    os.unlink(os.path.join(folder, "devices", ".rackvitals-page-new"))
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
