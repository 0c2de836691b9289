"""The demonstration's files: what an operator would write in /etc/rackvitals."""
import os
import socket
import subprocess
import time

import yaml

import bmc

USER, AUTH, PRIV = "monitor", "auth-of-the-demo", "priv-of-the-demo"

SITE = """# Made by the demonstration; rackvitals.yaml(5).
inventory: inventory.yaml
credentials: credentials.yaml
service-plan: service-plan.yaml
state: state
language: zh_CN
rrd-templates: rrd-templates
intervals: {{ reachability: {step}s, health: {step}s, census: 24h }}
poll: {{ deadline: 40s, device-budget: 12s }}
notify:
  duty:
    command: [/bin/sh, -c, "cat >>{folder}/messages.txt; echo >>{folder}/messages.txt"]
    digest-after: 5
"""

INVENTORY = """# Eight devices; ports are those of this run.
sites:
  bj-dc1: {{ name: 北京一号机房, time-zone: Asia/Shanghai, racks: [A01, A02, B01] }}
groups:
  room: {{ site: bj-dc1, service-class: gold }}
  network: {{ group: room, snmp: {{ version: 2c, credential: demo-ro, timeout: 1s, retries: 1 }} }}
  servers:
    group: room
    kind: server
    ipmi: {{ credential: bmc, workarounds: [opensesspriv] }}
    expected: {{ psu: 2, fan: 4 }}
devices:
  - {{ name: core-sw-01, group: network, kind: switch, rack: A01, address: 127.0.0.1, snmp: {{ port: {core-sw-01} }} }}
  - {{ name: acc-sw-01, group: network, kind: switch, rack: A02, address: 127.0.0.1, snmp: {{ port: {acc-sw-01} }}, parents: [core-sw-01] }}
  - {{ name: acc-sw-02, group: network, kind: switch, rack: A02, address: 127.0.0.1, snmp: {{ port: {acc-sw-02} }}, parents: [core-sw-01] }}
  - {{ name: fw-01, group: network, kind: firewall, rack: A01, address: 127.0.0.1, snmp: {{ port: {fw-01} }} }}
  - {{ name: nas-01, group: network, kind: storage, rack: B01, address: 127.0.0.1, snmp: {{ port: {nas-01} }}, expected: {{ disk: 4 }} }}
  - {{ name: app-01, group: servers, rack: B01, address: 127.0.0.1, snmp: {{ version: 2c, credential: demo-ro, port: {app-01} }}, ipmi: {{ port: {bmc-app-01} }} }}
  - {{ name: db-01, group: servers, rack: B01, address: 127.0.0.1, ipmi: {{ port: {bmc-db-01} }} }}
  - {{ name: mon-01, group: room, kind: server, rack: B01, address: 127.0.0.1, snmp: {{ version: 3, credential: servers-v3, port: {mon-01} }} }}
"""

CREDENTIALS = f"""demo-ro: {{ community: demo-ro }}
servers-v3: {{ user: {USER}, level: authPriv, auth: SHA-256, auth-password: {AUTH}, priv: AES-128, priv-password: {PRIV} }}
bmc: {{ user: {bmc.USER}, password: {bmc.PASSWORD} }}
"""

SNMPD = f"""createUser {USER} SHA-256 "{AUTH}" AES "{PRIV}"
rouser {USER} priv
sysLocation demonstration
sysContact noc@example.com
"""


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def duration_s(text):
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[text[-1]]


def coarse_templates(source, target, step):
    """The shipped RRD templates, for samples that are hours apart."""
    os.makedirs(target)
    for name in os.listdir(source):
        if not name.endswith(".yaml"):
            continue
        with open(os.path.join(source, name), encoding="utf-8") as file:
            content = yaml.safe_load(file)
        for template in content.get("templates", []):
            template["step"] = f"{step}s"
            template["heartbeat"] = f"{step * 5 // 2}s"
            archives = {}
            for archive in template["archives"]:
                every = max(duration_s(archive["every"]), step)
                kept = archives.setdefault((archive["function"], every), {**archive, "every": f"{every}s"})
                kept["keep"] = max(kept["keep"], archive["keep"], key=duration_s)
            template["archives"] = list(archives.values())
        with open(os.path.join(target, name), "w", encoding="utf-8") as file:
            yaml.safe_dump(content, file, allow_unicode=True, sort_keys=False)


def write_files(root, folder, ports, step):
    write(os.path.join(folder, "rackvitals.yaml"), SITE.format(step=step, folder=folder))
    write(os.path.join(folder, "inventory.yaml"), INVENTORY.format(**ports))
    write(os.path.join(folder, "credentials.yaml"), CREDENTIALS, 0o600)
    with open(os.path.join(root, "conf", "service-plan.yaml"), encoding="utf-8") as file:
        write(os.path.join(folder, "service-plan.yaml"), file.read())
    coarse_templates(os.path.join(root, "rrd-templates"), os.path.join(folder, "rrd-templates"), step)


class Snmpd:
    """The real agent, SNMPv3 with authentication and privacy, on a free port."""

    def __init__(self, folder):
        os.makedirs(os.path.join(folder, "persistent"))
        write(os.path.join(folder, "snmpd.conf"), SNMPD, 0o600)
        self.folder, self.process = folder, None
        try:
            self.port = self.start()
        except BaseException:  # Ctrl-C while it starts
            self.stop()
            raise

    def start(self):
        environment = {**os.environ, "SNMP_PERSISTENT_DIR": os.path.join(self.folder, "persistent")}
        for _ in range(5):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    ["snmpd", "-f", "-Lo", "-C", "-c", os.path.join(self.folder, "snmpd.conf"), "-I", "-smux",
                     "-p", os.path.join(self.folder, "pid"), f"udp:127.0.0.1:{port}"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)
            if self.bound(port):
                return port
            self.stop()
        raise RuntimeError(f"snmpd does not start; see {self.folder}/log")

    def bound(self, port):
        """Its socket is in the kernel's table (proc(5)), in hexadecimal."""
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.poll() is None:
            with open("/proc/net/udp", encoding="ascii") as table:
                if f"0100007F:{port:04X}" in table.read():
                    return True
            time.sleep(0.05)
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
