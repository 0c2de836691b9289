#!/usr/bin/env python3
"""fault, maintenance and sla as whole commands: exact output and exit status, under a fixed clock.

ledger.py RACKVITALS MAKE-JOURNAL"""

import json
import os
import re
import subprocess
import sys
import tempfile

NOW = 1762272000  # 2025-11-05 00:00 in China
ZONE = "Asia/Shanghai"

# (what it shows, arguments, seconds after NOW, status, stdout, text in stderr)
ROWS = [
    ("reading without a state file", ["fault", "list"], 0, 66, "", "rackvitals poll"),
    ("a fault opened by hand",
     ["fault", "open", "db-01", "--title", "风扇异响", "--level", "2"], 0, 0, "fault 1\n", ""),
    ("in the list with the clock that is due next", ["fault", "list"], 60, 0,
     "   1  2025-11-05 00:00:00  level 2  open         db-01                风扇异响"
     "  [respond in 00:29:00]\n", ""),
    ("a clock that ran out", ["fault", "list"], 3600, 0,
     "   1  2025-11-05 00:00:00  level 2  open         db-01                风扇异响"
     "  [respond overdue by 00:30:00]\n", ""),
    ("acknowledged", ["fault", "ack", "1", "on", "my", "way"], 900, 0, "", ""),
    ("acknowledged twice", ["fault", "ack", "1"], 960, 64, "", "is acknowledged"),
    ("a step of a fault that is not there", ["fault", "note", "7", "x"], 0, 64, "", "no fault 7"),
    ("a resolution that says nothing", ["fault", "resolve", "1"], 0, 64, "", "cause"),
    ("a report before the resolution", ["fault", "report", "1", "--handed-over"], 960, 64, "",
     "not resolved"),
    ("resolved", ["fault", "resolve", "1", "--cause", "bearing", "--method", "=new fan"], 7200, 0,
     "", ""),
    ("nothing is open", ["fault", "list"], 7300, 0, "", ""),
    ("one fault whole", ["fault", "report", "1", "--handed-over"], 90000, 0,
     "fault 1: 风扇异响\n"
     "device         db-01\n"
     "kind           defect\n"
     "level          2, part failed\n"
     "status         resolved\n"
     "opened         2025-11-05 00:00:00 by li\n"
     "acknowledged   2025-11-05 00:15:00 by li\n"
     "resolved       2025-11-05 02:00:00 by li\n"
     "root cause     bearing\n"
     "method         =new fan\n"
     "loss           none\n"
     "reported       2025-11-06 01:00:00 by li\n"
     "clock respond        due 2025-11-05 00:30:00, kept\n"
     "clock resolve        due 2025-11-05 12:00:00, kept\n"
     "clock emergency plan due 2025-11-05 16:00:00, kept\n"
     "clock fault report   due 2025-11-06 02:00:00, kept\n"
     "  2025-11-05 00:00:00  opened               li           风扇异响\n"
     "  2025-11-05 00:15:00  acknowledged         li           on my way\n"
     "  2025-11-05 02:00:00  resolved             li           bearing\n"
     "  2025-11-06 01:00:00  report handed over   li\n", ""),
    ("the same in Chinese", ["--lang", "zh_CN", "fault", "show", "1"], 90000, 0,
     "故障 1：风扇异响\n"
     "设备           db-01\n"
     "种类           缺陷\n"
     "级别           2，部件故障\n"
     "状态           已解决\n"
     "登记           2025-11-05 00:00:00，li\n"
     "响应           2025-11-05 00:15:00，li\n"
     "解决           2025-11-05 02:00:00，li\n"
     "原因           bearing\n"
     "方法           =new fan\n"
     "损失           none\n"
     "提交报告       2025-11-06 01:00:00，li\n"
     "时限 响应     应于 2025-11-05 00:30:00 前完成，按时\n"
     "时限 解决     应于 2025-11-05 12:00:00 前完成，按时\n"
     "时限 应急方案 应于 2025-11-05 16:00:00 前完成，按时\n"
     "时限 故障报告 应于 2025-11-06 02:00:00 前完成，按时\n"
     "  2025-11-05 00:00:00  登记     li           风扇异响\n"
     "  2025-11-05 00:15:00  响应     li           on my way\n"
     "  2025-11-05 02:00:00  解决     li           bearing\n"
     "  2025-11-06 01:00:00  提交报告 li\n", ""),
    ("as CSV, no formula", ["fault", "list", "--all", "--format", "csv"], 90000, 0,
     "id,device,kind,level,title,status,opened,acknowledged,planned,recovered,resolved,reported,"
     "root_cause,method,loss,plan\r\n"
     '1,"db-01","defect","2","风扇异响","resolved","2025-11-05 00:00:00","2025-11-05 00:15:00",'
     '"","","2025-11-05 02:00:00","2025-11-06 01:00:00","bearing","\'=new fan","none",""\r\n', ""),
    ("two more for a ticket system", ["fault", "open", "--title", "a"], 90000, 0, "fault 2\n", ""),
    ("(the second)", ["fault", "open", "--title", "b"], 90000, 0, "fault 3\n", ""),
    ("an import with problems takes nothing", ["fault", "import", "@bad.csv"], 90000, 78, "",
     "bad.csv:3:2: resolved: 'soon' is no time"),
    ("and tells each of them", ["fault", "import", "@bad.csv"], 90000, 78, "",
     "bad.csv:5:1: id: the ledger has no such fault"),
    ("what is to come was not done yet", ["fault", "import", "@good.csv"], 90060, 78, "",
     "good.csv:2:3: acknowledged: that is in the future"),
    ("an import, with a question that came by telephone", ["fault", "import", "@good.csv"], 100000, 0,
     "5 steps taken over\n", ""),
    ("the same again changes nothing", ["fault", "import", "@good.csv"], 100000, 0,
     "0 steps taken over\n", ""),
    ("as a spreadsheet writes it: semicolons and slashes", ["fault", "import", "@sheet.csv"], 100000, 0,
     "0 steps taken over\n", ""),
    ("an encoding of its own is refused by line", ["fault", "import", "@gbk.csv"], 100000, 78, "",
     "gbk.csv:2:1: this is no UTF-8 text; save it as \"CSV UTF-8\""),
    ("a new fault says when it began", ["fault", "import", "@new.csv"], 100000, 78, "",
     "new.csv:2:3: opened: a row without id is a new fault"),
    ("and has a level of the plan", ["fault", "import", "@new.csv"], 100000, 78, "",
     "new.csv:3:4: level: there is no level '9'; the service plan has 1, 2, 3"),
    ("and a kind", ["fault", "import", "@new.csv"], 100000, 78, "", "new.csv:4:5: kind: there are defect"),
    ("a step before the fault was opened", ["fault", "import", "@early.csv"], 100000, 78, "",
     "early.csv:2:2: planned: fault 3 was opened only after that"),
    ("the plan of the third", ["fault", "plan", "3", "reroute"], 100000, 0, "", ""),
    ("a plan is not planned twice by an import", ["fault", "import", "@early.csv"], 100000, 0,
     "0 steps taken over\n", ""),
    ("what it did", ["fault", "list", "--all", "--format", "csv"], 180000, 0,
     "id,device,kind,level,title,status,opened,acknowledged,planned,recovered,resolved,reported,"
     "root_cause,method,loss,plan\r\n"
     '1,"db-01","defect","2","风扇异响","resolved","2025-11-05 00:00:00","2025-11-05 00:15:00",'
     '"","","2025-11-05 02:00:00","2025-11-06 01:00:00","bearing","\'=new fan","none",""\r\n'
     '2,"","defect","3","a","resolved","2025-11-06 01:00:00","2025-11-06 01:10:00","","",'
     '"2025-11-06 02:00:00","","a ""loose"" cord","=plugged, in","",""\r\n'.replace('"=pl', '"\'=pl') +
     '3,"","defect","3","b","acknowledged","2025-11-06 01:00:00","2025-11-06 01:20:00","2025-11-06 03:46:40","","",'
     '"","","","","reroute"\r\n'
     '4,"","question","2","怎样扩容？","acknowledged","2025-11-06 01:30:00","2025-11-06 01:40:00","","",'
     '"","","","","",""\r\n', ""),
    ("a fault that begins tomorrow", ["fault", "open", "--title", "x", "--at", "2025-11-06"], 0, 64, "",
     "cannot begin in the future"),
    ("a level that is none", ["fault", "open", "--title", "x", "--level", "9"], 0, 64, "",
     "there is no level '9'; the service plan has 1, 2, 3"),
    ("a title that was not quoted", ["fault", "open", "--title", "fan", "is", "loud"], 0, 64, "",
     "quote the text"),
    ("a format of lists alone", ["fault", "show", "1", "--format", "csv"], 0, 64, "",
     "--format csv: there are text and json"),
    ("a format that is none", ["fault", "report", "1", "--format", "odt"], 0, 64, "",
     "there are text, json, pdf and html"),
    ("a device without its option", ["fault", "list", "db-01"], 0, 64, "", "give it as --device NAME"),
    ("words that have no place", ["plan", "status", "october"], 0, 64, "", "'october' has no place here"),
    ("an import of nothing", ["fault", "import", "@none.csv"], 0, 66, "", "none.csv"),
    ("a command that is not there", ["fault", "lst"], 0, 64, "", "did you mean 'list'"),
    ("a number that is none", ["fault", "show", "one"], 0, 64, "", "'one' is no number"),
    ("maintenance", ["maintenance", "add", "db-*", "--from", "2025-11-09 02:00", "--for", "2h",
                     "--why", "firmware"], 0, 0, "maintenance 1\n", ""),
    ("maintenance entered afterwards",
     ["maintenance", "add", "*", "--from", "2025-11-01", "--until", "2025-11-01 06:00", "--why",
      "power"], 0, 0, "maintenance 2, entered afterwards\n", ""),
    ("maintenance without a reason", ["maintenance", "add", "*", "--for", "2h"], 0, 64, "", "needs --why"),
    ("maintenance without an end", ["maintenance", "add", "*", "--why", "x"], 0, 64, "", "--until"),
    ("every week until the new year", ["maintenance", "add", "db-*", "--from", "2025-11-10 02:00", "--for",
      "1h", "--every", "7", "--last", "2025-12-31", "--only-alarms", "--why", "backup"], 0, 0,
     "maintenance 3\n", ""),
    ("in Chinese", ["--lang", "zh_CN", "maintenance", "list", "--all"], 0, 0,
     "   2  2025-11-01 00:00:00  2025-11-01 06:00:00  *                    power（li），事后补录\n"
     "   1  2025-11-09 02:00:00  2025-11-09 04:00:00  db-*                 firmware（li）\n"
     "   3  2025-11-10 02:00:00  2025-11-10 03:00:00  db-*                 backup（li），每 7 天，"
     "至 2025-12-31 00:00:00 止，仅不告警\n", ""),
    ("no more of it", ["maintenance", "end", "3"], 5, 0, "", ""),
    ("what is to come", ["maintenance", "list"], 0, 0,
     "   1  2025-11-09 02:00:00  2025-11-09 04:00:00  db-*                 firmware (li)\n", ""),
    ("called off", ["maintenance", "end", "1"], 10, 0, "", ""),
    ("called off twice", ["maintenance", "end", "1"], 20, 64, "", "no maintenance 1"),
    ("a device that was never asked", ["sla", "explain", "db-01"], 0, 64, "", "never asked"),
    ("a period that is none", ["sla", "explain", "db-01", "--at", "2025-13"], 0, 64, "", "a month"),
    ("a zone that is none", ["sla", "explain", "a", "--zone", "Mars/Phobos"], 0, 64, "", "Mars"),
]

FILES = {
    "bad.csv": "id,resolved,root_cause,method,acknowledged\n"
               "2,,,,2025-11-06 01:10\n"
               "3,soon,x,y,\n"
               "2,2025-11-06 02:00,,,\n"
               "99,,,,\n",
    "good.csv": "\ufefftitle,id,acknowledged,resolved,root_cause,method,by,kind,level,opened\r\n"
                'x,2,2025-11-06 01:10,2025-11-06 02:00,"a ""loose"" cord","\'=plugged, in",wang,,,\r\n'
                "x,3,2025-11-06 01:20,,,,,,,\r\n"
                "怎样扩容？,,2025/11/6 1:40,,,,张,question,2,2025/11/6 1:30:00\r\n",
    "sheet.csv": "id;resolved;by\n2;2025/11/6 2:00;wang\n\n",
    "gbk.csv": "id,root_cause\n2,\udcb5\udce7\n",
    "new.csv": "id,title,opened,level,kind\n,a,,,\n,b,2025-11-05 01:00,9,\n,c,2025-11-05,,x\n",
    "early.csv": "id,planned,plan\n3,2025-11-05 01:00,reroute\n",
}

count = failures = 0


def tell(good, name, detail=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print("".join(f"# {line}\n" for line in detail.splitlines()), end="")


def run(program, folder, arguments, after):
    extra = ["--state", folder]
    if "--zone" not in arguments:
        extra += ["--zone", ZONE]
    done = subprocess.run([program, *arguments, "--who", "li", *extra], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE,
                          env=os.environ | {"RACKVITALS_NOW": str(NOW + after), "LANGUAGE": "en"})
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def explained(program, journal):
    """sla explain adds up, and its pieces are the period without a hole."""
    with tempfile.TemporaryDirectory(prefix="rackvitals-cli-") as folder:
        subprocess.run([journal, os.path.join(folder, "state.db"), "7"], check=True,
                       stdout=subprocess.DEVNULL)
        done = run(program, folder, ["sla", "explain", "device-1", "--at", "2025-10", "--target",
                                     "99.9", "--format", "json"], 0)
        answer = json.loads(done.stdout)
        sums = {}
        for piece in answer["pieces"]:
            key = piece["kind"] + "_ms"
            sums[key] = sums.get(key, 0) + piece["until_ms"] - piece["from_ms"]
        tell(all(answer[key] == value for key, value in sums.items()), "pieces make the sums",
             f"{sums} {answer}")
        edges = zip(answer["pieces"], answer["pieces"][1:])
        tell(all(a["until_ms"] == b["from_ms"] for a, b in edges), "pieces leave no hole")
        text = run(program, folder, ["sla", "explain", "device-1", "--at", "2025-10"], 0)
        tell(text.returncode == 0 and text.stdout.startswith("device-1, 2025-10, 7x24\n"),
             "and the same for people", text.stdout[:200] + text.stderr)


SITE = {
    "rackvitals.yaml": "inventory: inventory.yaml\nlanguage: zh_CN\nservice-plan: plan.yaml\n",
    "inventory.yaml": "devices:\n  - { name: db-01, kind: server, address: 192.0.2.1, snmp: { credential: ro } }\n",
    "plan.yaml": "time-zone: Asia/Shanghai\n",
}

# The same against a site that has devices and a language.
SITE_ROWS = [
    ("a device that the inventory does not have", ["fault", "open", "db-1", "--title", "x"], 64, "",
     "no device 'db-1'; did you mean 'db-01'?"),
    ("one that it has", ["fault", "open", "db-01", "--title", "x"], 0, "fault 1\n", ""),
    ("a list of a device that is none", ["fault", "list", "--device", "db-1"], 64, "",
     "--device: 'db-1' was never asked and has no faults"),
    ("maintenance of nobody is taken, with a word", ["maintenance", "add", "web-*", "--for", "1h",
                                                     "--why", "x"], 0, "maintenance 1\n",
     "no device of the inventory matches 'web-*'"),
    ("the site's language", ["fault", "list"], 0,
     "   1  2025-11-05 00:00:00  级别 3  待响应       db-01                x  [响应 剩余 00:30:00]\n", ""),
    ("the asker's language comes first", ["--lang", "en", "fault", "list"], 0,
     "   1  2025-11-05 00:00:00  level 3  open         db-01                x  [respond in 00:30:00]\n",
     ""),
    ("a plan without duties", ["plan", "status"], 0, "服务计划未约定巡检与报告（duties 的 promised）\n", ""),
]


def at_a_site(program):
    with tempfile.TemporaryDirectory(prefix="rackvitals-cli-") as folder:
        for name, text in SITE.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        for name, arguments, status, out, message in SITE_ROWS:
            done = run(program, folder, ["--config", os.path.join(folder, "rackvitals.yaml"), *arguments], 0)
            tell((done.returncode, done.stdout) == (status, out) and message in done.stderr, name,
                 f"status {done.returncode}\n{done.stdout}\n{done.stderr}")


def settled(text):
    """The clock goes on while a busy machine starts a program: times left, to ten seconds."""
    def round_off(match):
        hours, minutes, seconds = map(int, match.groups())
        return f"about {round((hours * 3600 + minutes * 60 + seconds) / 10) * 10} s]"
    return re.sub(r"(\d+):(\d\d):(\d\d)\]", round_off, text)


def main():
    program, journal = sys.argv[1:]
    print("TAP version 14")
    with tempfile.TemporaryDirectory(prefix="rackvitals-cli-") as folder:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)
        for name, arguments, after, status, out, message in ROWS:
            arguments = [os.path.join(folder, one[1:]) if one[0] == "@" else one
                         for one in arguments]
            done = run(program, folder, arguments, after)
            good = (done.returncode, settled(done.stdout)) == (status, settled(out)) and message in done.stderr
            tell(good, name, f"status {done.returncode}\n{done.stdout}\n{done.stderr}")
    explained(program, journal)
    at_a_site(program)
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
