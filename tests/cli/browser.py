"""Headless Chromium over its debugging pipe: no port, no driver, no module beyond Python's own."""

import json
import os
import shutil
import signal
import subprocess
import tempfile

PROGRAM = shutil.which("chromium")


class Browser:
    """One browser with one page. Frames are JSON, each ended by a NUL, on its descriptors 3 and 4."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="rackvitals-chromium-", ignore_cleanup_errors=True)
        theirs_in, self.write = os.pipe()
        self.read, theirs_out = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--force-color-profile=srgb", "--no-first-run", "--disable-background-networking",
                 "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}", "about:blank"]
        # a shell puts both ends where Chromium looks for them, whatever numbers they have here
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}', PROGRAM, *flags],
            pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest, self.number, self.session = b"", 0, None
        self.events = []
        target = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        os.close(self.write)
        os.close(self.read)
        os.killpg(self.process.pid, signal.SIGKILL)  # its own session: all of its processes
        self.process.wait()
        self.profile.cleanup()

    def frame(self):
        while b"\0" not in self.rest:
            more = os.read(self.read, 1 << 20)
            if not more:
                raise RuntimeError("Chromium ended")
            self.rest += more
        one, _, self.rest = self.rest.partition(b"\0")
        return json.loads(one)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.frame()
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def wait(self, method):
        while not any(one.get("method") == method for one in self.events):
            self.events.append(self.frame())

    # ---- what tests ask for ----

    def look(self, scheme="light", width=1280, height=900, **more):
        """How the next pages are shown; `more`: other media features (forced_colors="active")."""
        features = {"prefers-color-scheme": scheme} | {name.replace("_", "-"): value for name, value in more.items()}
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": value}
                                                          for name, value in features.items()])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def open(self, path):
        """Shows a file. What it asked for and what was said about it is in `events`."""
        self.events = []
        self.call("Page.navigate", url="file://" + os.path.abspath(path).replace("%", "%25").replace("#", "%23"))
        self.wait("Page.loadEventFired")

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def press(self, key, code=None):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode={"Tab": 9, "Enter": 13}.get(key, 0))

    def requests(self):
        return [one["params"]["request"]["url"] for one in self.events if one.get("method") == "Network.requestWillBeSent"]

    def complaints(self):
        return [one["params"] for one in self.events
                if one.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")]
