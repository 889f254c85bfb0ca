"""A real browser without a window, driven through the DevTools protocol."""

import asyncio
import base64
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.waiting import PATIENCE

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "about:blank",
)


class Browser:
    """A page in a browser. ``problems``: what its console and its security policy complained of."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.problems: list[str] = []
        self.requested: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            return await self._answers[number]

    async def listen(self) -> None:
        """Take answers and events until the connection closes."""
        async for message in self._socket:
            event = json.loads(message.data)
            if "id" in event:
                future = self._answers.pop(event["id"])
                if not future.done():
                    future.set_result(event.get("result", event))
            else:
                self._note(event["method"], event.get("params", {}))

    def _note(self, method: str, found: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.problems.append(str(found["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and found["type"] in ("error", "warning"):
            self.problems.append(str(found["args"]))
        elif method == "Log.entryAdded" and _is_problem(found["entry"]):
            self.problems.append(found["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requested.append(found["request"]["url"])
            referrer = found["request"]["headers"].get("Referer", "")
            if any(f"/{page}/" in referrer for page in ("verify", "reset", "invite")):
                self.problems.append(f"The referrer {referrer} was sent.")

    async def run(self, script: str, *, may_fail: bool = False) -> Any:
        """Run a script in the page; return its value."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if may_fail and "result" not in answer:
            return None  # the page has just gone
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def open(self, url: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def reload(self) -> None:
        """Load the page again."""
        await self.run("window.isOld = true")
        await self.call("Page.reload")
        await self.until("!window.isOld && document.readyState === 'complete'")

    async def until(self, condition: str) -> None:
        """Wait until something holds in the page."""
        for _ in range(400):
            if await self.run(condition, may_fail=True):
                return
            await asyncio.sleep(0.025)
        text = await self.run("document.body.innerText")
        raise AssertionError(f"{condition} is not so. {self.problems}\n{text}")

    async def shows(self, state: str) -> str:
        """Wait until the page shows this state, and nothing else; return its text."""
        shown = "[...document.querySelectorAll('main > section:not([hidden])')].map(s => s.id)"
        await self.until(f"String({shown}) === '{state}'")
        return str(await self.run(f"document.getElementById('{state}').innerText"))

    async def type(self, selector: str, text: str) -> None:
        """Put the focus on a field and type."""
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.run(f"document.querySelector({json.dumps(selector)}).value = ''")
        await self.call("Input.insertText", text=text)

    async def press(self, selector: str) -> None:
        """Press a button, once it can be pressed."""
        await self.until(f"document.querySelector({json.dumps(selector)})?.disabled === false")
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def look(self, width: int, height: int, scheme: str = "light") -> None:
        """Be a screen of that size, in light or dark."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await self.call("Emulation.setEmulatedMedia", features=[feature])

    async def picture(self, path: Path) -> None:
        """Write what is to be seen."""
        answer = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))


@asynccontextmanager
async def browser(home: Path) -> AsyncIterator[Browser]:
    """Start a browser with an empty profile; skip the test where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    profile = home / "browser"
    process = await asyncio.create_subprocess_exec(
        program,
        *FLAGS,
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HOME": str(home)},
    )
    try:
        port = await _port(profile / "DevToolsActivePort")
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/json/list") as answer,
        ):
            page = next(one for one in await answer.json() if one["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                found = Browser(socket)
                listening = asyncio.create_task(found.listen())
                for domain in ("Page", "Runtime", "Log", "Network"):
                    await found.call(f"{domain}.enable")
                yield found
                listening.cancel()
    finally:
        process.kill()
        await process.wait()


async def _port(file: Path) -> str:
    for _ in range(800):
        if text := await asyncio.to_thread(_text, file):
            return text.splitlines()[0]
        await asyncio.sleep(0.025)
    raise AssertionError("The browser does not start.")


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _is_problem(entry: dict[str, Any]) -> bool:
    """Whether a line of the log is more than a hint, or a refusal that the page deals with."""
    return entry["level"] in ("warning", "error") and entry["source"] != "network"
