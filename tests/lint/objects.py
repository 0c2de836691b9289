#!/usr/bin/env python3
"""Profiles against modules: what profiles read stands in mibs/, and net-snmp reads mibs/ without a complaint.

usage: objects.py RACKVITALS
"""
import collections
import os
import re
import shutil
import sys

import lint

# Profiles all of whose columns a module names; in time all.
COMPLETE = """
accton adtran-aos adva-fsp3000r7 alcatel-aos-chassis alcatel-aos6 alcatel-aos7 apc-cooling apc-environment apc-ups
areca aricent-iss axis-video bdcom-objects broadcom-fastpath brocade-fos brocade-nos calix-e7 centec-objects
ceragon-ceraos checkpoint-embedded checkpoint-gaia cisco-asa cisco-asyncos cisco-cellular cisco-entity-sensor
cisco-envmon cisco-firepower cisco-fru-control cisco-ftd cisco-fxos cisco-ios cisco-ios-xe cisco-power-ethernet
cisco-resources cisco-small-business cisco-stackwise cisco-ucs citrix-netscaler cts cumulus-linux cyan-z dcn-objects
dell-cmc dell-idrac dell-omsa eaton-ats2 endrun-sonoma enterasys-switch entity-mib entity-sensor entity-sensor-state
entity-state extreme-xos fastpath fcmgmt fortinet-fortigate fortinet-fortiswitch generex-ups h3c-comware h3c-entity
hillstone-stoneos hirschmann-hios hitachi-raid host-resources hpe-comware hpe-cpq hpe-ilo huawei-entity huawei-optics
huawei-optics-dbm huawei-vrp huawei-vrp8 huawei-yunshan infinera-xtm infoblox-nios juniper-screenos
linux-extend-raspberry lm-sensors lsi-megaraid megatec-eppc mikrotik-routeros moxa-etherdevice mrv-optiswitch nec-ix
netapp-ontap netbotz-50 netbotz-v2 netio nutanix omnitron-iconverter openbsd-sensors paloalto-panos peplink
power-ethernet proxim-orinoco pulse-secure radlan redback-seos rms-objects ruijie-objects saf-integra sierra-airlink
siklu smartoptics sonicwall-tables sonus-gsx sophos-xg supermicro-bmc ubiquiti-edgeswitch ups-mib vertiv-ita2
westermo-weos zte-zxa10 zte-zxan zte-zxr10 zte-zxupn zyxel-switch
""".split()
LAST = re.compile(r"modules name (\d+) of (\d+) columns$", re.M)
UNNAMED = re.compile(r"^(\S+): (no module has [\d.]+)$", re.M)


def profiles(tap, program):
    result = lint.run([program, "profile", "lint", "--unnamed"])
    there = {line.split()[0] for line in lint.run([program, "profile", "list"]).stdout.splitlines()}
    unnamed = collections.defaultdict(list)
    for profile, words in UNNAMED.findall(result.stdout):
        unnamed[profile].append(words)
    named, columns = map(int, LAST.search(result.stdout).groups())
    print(f"# {named} of {columns} columns named, {len(there) - len(unnamed)} of {len(there)} profiles complete")
    tap.check("no profile says of a column what its module does not",
              result.stderr.splitlines() if result.returncode != 0 else [])
    tap.check("as many columns are printed as counted",
              [] if columns - named == sum(map(len, unnamed.values())) else [result.stdout.splitlines()[-1]])
    tap.check("profiles said to be complete are there", [name for name in COMPLETE if name not in there])
    tap.check("modules name each of their columns",
              [f"{name}: {words}" for name in COMPLETE for words in unnamed.get(name, [])])


def translated(tap):
    name = "net-snmp reads the modules without a complaint"
    if shutil.which("snmptranslate") is None:
        tap.skip(name, "there is no snmptranslate")
        return
    result = lint.run(["snmptranslate", "-M", os.path.join(lint.ROOT, "mibs"), "-m", "ALL", "-To"],
                      env={**os.environ, "MIBS": "", "SNMPCONFPATH": os.devnull})
    count = len(result.stdout.splitlines())
    tap.check(name, result.stderr.splitlines() + ([] if count > 1000 else [f"only {count} objects"]))


def main():
    tap = lint.Tap()
    profiles(tap, sys.argv[1])
    translated(tap)
    tap.done()


main()
