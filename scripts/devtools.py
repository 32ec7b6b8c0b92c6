"""A headless Chromium by the DevTools protocol, over a pair of pipes: nothing to install, and no port that others see."""

import collections
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
COMMAND_SECONDS = 30


class DevToolsError(Exception):
    """A command that the browser refused, or did not do in time."""


def find_browser():
    """The path of a Chromium; None if there is none."""
    return next(filter(None, map(shutil.which, [os.environ.get("CHROMIUM", ""), *NAMES])), None)


class Browser:
    """A separate browser, with a temporary profile."""

    def __init__(self, profile, log):
        path = find_browser()
        if path is None:
            raise DevToolsError(f"There is no Chromium here (looked for {', '.join(NAMES)}; CHROMIUM names another)")
        flags = [
            "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
            "--disable-extensions", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-US",
        ]
        # The sandbox needs user namespaces, which root in a container does not have. The page is our own.
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        (for_browser, self.output), (self.input, from_browser) = os.pipe(), os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (for_browser, from_browser)]
        for end in (for_browser, from_browser):
            os.close(end)

        def place():
            # The descriptors of the protocol: it reads from 3 and writes to 4.
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        # A process group of its own, since a browser is many processes, and all have to end.
        self.process = subprocess.Popen(
            [path, *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=False, preexec_fn=place,
            start_new_session=True)
        for end in ends:
            os.close(end)
        self.received = b""
        self.numbers = itertools.count(1)
        self.answers = {}
        self.listeners = collections.defaultdict(list)

    def page(self):
        """A new tab."""
        target = self.command("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.command("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        return Page(self, session)

    def command(self, method, parameters=None, session=None):
        """Does one command and returns its result."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters or {}}
        if session is not None:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + COMMAND_SECONDS
        while number not in self.answers:
            if time.monotonic() > deadline:
                raise DevToolsError(f"{method}: no answer within {COMMAND_SECONDS} s")
            self.pump(0.1)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def pump(self, seconds):
        """Takes messages of the browser; waits at most this long for them."""
        if not select.select([self.input], [], [], seconds)[0]:
            return
        piece = os.read(self.input, 1 << 20)
        if not piece:
            raise DevToolsError("the browser has ended")
        *messages, self.received = (self.received + piece).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                for listener in self.listeners[(message.get("sessionId"), message["method"])]:
                    listener(message["params"])

    def close(self):
        """Ends it with all its processes."""
        try:
            self.command("Browser.close")
            self.process.wait(timeout=5)
        except (DevToolsError, OSError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.input)
        os.close(self.output)


class Page:
    """One tab."""

    def __init__(self, browser, session):
        self.browser = browser
        self.session = session
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.command(f"{domain}.enable")

    def command(self, method, parameters=None):
        return self.browser.command(method, parameters, self.session)

    def on(self, event, listener):
        """Calls `listener` with the parameters of each such event."""
        self.browser.listeners[(self.session, event)].append(listener)

    def open(self, url):
        result = self.command("Page.navigate", {"url": url})
        if "errorText" in result:
            raise DevToolsError(f"{url}: {result['errorText']}")

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited if it is a promise."""
        result = self.command(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise DevToolsError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def resize(self, width, height, scale=1, mobile=False):
        self.command("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile})

    def prefer(self, **features):
        """Sets what media queries see, such as `prefers_color_scheme="dark"`."""
        self.command("Emulation.setEmulatedMedia", {
            "features": [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})
