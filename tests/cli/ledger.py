#!/usr/bin/env python3
"""fault, maintenance and sla as whole commands: exact output and exit status, under a fixed clock.

ledger.py RACKVITALS MAKE-JOURNAL"""

import json
import os
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
    ("a report before the resolution", ["fault", "report", "1", "--handed-over"], 0, 64, "",
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
     "级别           2，part failed\n"
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
     "root_cause,method,loss\r\n"
     '1,"db-01","defect","2","风扇异响","resolved","2025-11-05 00:00:00","2025-11-05 00:15:00",'
     '"","","2025-11-05 02:00:00","2025-11-06 01:00:00","bearing","\'=new fan","none"\r\n', ""),
    ("two more for a ticket system", ["fault", "open", "--title", "a"], 90000, 0, "fault 2\n", ""),
    ("(the second)", ["fault", "open", "--title", "b"], 90000, 0, "fault 3\n", ""),
    ("an import with problems takes nothing", ["fault", "import", "@bad.csv"], 90000, 78, "",
     "bad.csv:3:2: resolved: 'soon' is no time"),
    ("and tells each of them", ["fault", "import", "@bad.csv"], 90000, 78, "",
     "bad.csv:5:1: id: the ledger has no such fault"),
    ("an import", ["fault", "import", "@good.csv"], 90000, 0, "3 steps taken over\n", ""),
    ("the same again changes nothing", ["fault", "import", "@good.csv"], 90000, 0,
     "0 steps taken over\n", ""),
    ("what it did", ["fault", "list", "--all", "--format", "csv"], 180000, 0,
     "id,device,kind,level,title,status,opened,acknowledged,planned,recovered,resolved,reported,"
     "root_cause,method,loss\r\n"
     '1,"db-01","defect","2","风扇异响","resolved","2025-11-05 00:00:00","2025-11-05 00:15:00",'
     '"","","2025-11-05 02:00:00","2025-11-06 01:00:00","bearing","\'=new fan","none"\r\n'
     '2,"","defect","3","a","resolved","2025-11-06 01:00:00","2025-11-06 01:10:00","","",'
     '"2025-11-06 02:00:00","","a ""loose"" cord","=plugged, in",""\r\n'.replace('"=pl', '"\'=pl') +
     '3,"","defect","3","b","acknowledged","2025-11-06 01:00:00","2025-11-06 01:20:00","","","",'
     '"","","",""\r\n', ""),
    ("an import of nothing", ["fault", "import", "@none.csv"], 0, 66, "", "none.csv"),
    ("a command that is not there", ["fault", "lst"], 0, 64, "", "did you mean 'list'"),
    ("a number that is none", ["fault", "show", "one"], 0, 64, "", "'one' is no number"),
    ("maintenance", ["maintenance", "add", "db-*", "--from", "2025-11-09 02:00", "--for", "2h",
                     "--why", "firmware"], 0, 0, "maintenance 1\n", ""),
    ("maintenance entered afterwards",
     ["maintenance", "add", "*", "--from", "2025-11-01", "--until", "2025-11-01 06:00", "--why",
      "power"], 0, 0, "maintenance 2, entered afterwards\n", ""),
    ("maintenance without a reason", ["maintenance", "add", "*", "--for", "2h"], 0, 64, "", "why"),
    ("maintenance without an end", ["maintenance", "add", "*", "--why", "x"], 0, 64, "", "--until"),
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
    "good.csv": "\ufefftitle,id,acknowledged,resolved,root_cause,method,by\r\n"
                'x,2,2025-11-06 01:10,2025-11-06 02:00,"a ""loose"" cord","\'=plugged, in",wang\r\n'
                "x,3,2025-11-06 01:20,,,,\r\n",
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
                          env=os.environ | {"RACKVITALS_NOW": str(NOW + after)})
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


def main():
    program, journal = sys.argv[1:]
    print("TAP version 14")
    with tempfile.TemporaryDirectory(prefix="rackvitals-cli-") as folder:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        for name, arguments, after, status, out, message in ROWS:
            arguments = [os.path.join(folder, one[1:]) if one[0] == "@" else one
                         for one in arguments]
            done = run(program, folder, arguments, after)
            good = (done.returncode, done.stdout) == (status, out) and message in done.stderr
            tell(good, name, f"status {done.returncode}\n{done.stdout}\n{done.stderr}")
    explained(program, journal)
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
