"""Reports, findings and problems of the record in the reader's language: none forgotten."""

import json
import re
from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest
from playwright.async_api import FilePayload, Route, expect

from tests.console.catalogues import TRANSLATED, catalogue
from tests.console.scene import Person, Scene, Tab
from tests.console.screens import POSTMAN
from tests.console.told import FINDINGS, NOT_TOLD, REPORTS, checks, pieces, told

KINDS = {"reports": told(REPORTS), "findings": told(FINDINGS) | checks()}
SINGLE = {
    "reports": frozenset({"{}#line {}."}),
    "findings": frozenset({"right.", "none.", "collection.", "environment."}),
}
"""Words that are told alone, or filled in, and have no looks of a sentence."""
AT_ONCE = 200  # lines that the screen shows


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_is_translated_and_no_other(kind: str, language: str) -> None:
    said = catalogue(kind, language)
    assert said.keys() - SINGLE[kind] == KINDS[kind]
    assert said.keys() >= SINGLE[kind]
    for sentence, translated in said.items():
        assert translated.strip(), sentence
        assert translated.count("{}") == sentence.count("{}"), sentence


def test_what_is_not_told_is_still_there() -> None:
    assert pieces(REPORTS) | pieces(FINDINGS) >= NOT_TOLD


async def in_indonesian(scene: Scene, who: Person, path: str) -> Tab:
    """Open a screen for somebody who reads Bahasa Indonesia."""
    await scene.enter(who)
    tab = await scene.tab()
    await tab.add_init_script("localStorage.setItem('gassapi:/:language', 'id')")
    await tab.goto(path)
    return tab


def filled(sentences: Iterable[str], numbers: Iterable[int]) -> list[str]:
    """Return sentences with something in each gap, the n-th in the n-th of all languages."""
    found = []
    for sentence in sentences:
        for number in numbers:
            if "{}" not in sentence:
                break
            sentence = sentence.replace("{}", f"q{number}", 1)
        found.append(sentence)
    return found


async def test_each_line_of_a_report_is_read_in_bahasa_indonesia(scene: Scene) -> None:
    ann = scene.place.person()
    path = f"/projects/{scene.place.project(ann)['id']}/import"
    tab = await in_indonesian(scene, ann, path)
    answer: dict[str, Any] = {}

    async def report(route: Route) -> None:
        await route.fulfill(json=answer)

    await tab.route("**/collections/import", report)
    line = {"what": "kept", "kind": "endpoint", "name": "A", "pointer": "line 3"}
    zero = dict.fromkeys(("updated", "unchanged", "kept", "skipped", "conflicts"), 0)
    answer |= zero | {"format": "curl", "version": "", "dryRun": True, "imported": {}}
    every = [*catalogue("reports", "id").items()]
    for at in range(0, len(every), AT_ONCE):
        some = every[at : at + AT_ONCE]
        reasons = filled((sentence for sentence, _ in some), count())
        answer["report"] = [line | {"reason": reason} for reason in reasons]
        file = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"curl")
        await tab.reload()
        await tab.locator("input[type=file]").set_input_files(file)
        shown = tab.locator("td[data-title='Mengapa']")
        await expect(shown).to_have_count(len(reasons))
        assert await shown.all_inner_texts() == filled((said for _, said in some), count())
    await expect(tab.get_by_text("baris 3").first).to_be_visible()


async def test_pieces_within_pieces_are_translated_and_names_are_not(scene: Scene) -> None:
    ann = scene.place.person()
    tab = await in_indonesian(scene, ann, f"/projects/{scene.place.project(ann)['id']}/import")
    item = {"name": "Chat", "request": {"method": "GET", "url": "https://example.com/orders"}}
    unread = item | {"protocolProfileBehavior": {"strictSSL": False}}
    info = {"name": "a test", "schema": f"{POSTMAN}/v2.1.0/collection.json"}
    folder = {"name": "a test", "item": [item]}
    document = json.dumps({"info": info, "item": [folder, folder, unread]}).encode()
    file = FilePayload(name="a.json", mimeType="application/json", buffer=document)
    await tab.locator("input[type=file]").set_input_files(file)
    for said in (
        "setelan cara pengirimannya (protocolProfileBehavior) tidak dipakai di sini; "
        "itu disimpan, dan kembali saat diekspor ke Postman",
        "yang lain di sampingnya bernama “a test”",
    ):
        await expect(tab.get_by_text(said, exact=True)).to_be_visible()
    await tab.get_by_role("button", name="Batal").click()
    page = FilePayload(name="a.html", mimeType="text/html", buffer=b"<!doctype html><html></html>")
    await tab.locator("input[type=file]").set_input_files(page)
    await expect(tab.get_by_role("alert")).to_contain_text(
        "Ini HTML, yang tidak dibaca di sini. "
        "Ini halaman web: simpan dokumennya sendiri, bukan halaman yang menampilkannya."
    )


async def test_findings_and_problems_of_the_record_are_read_in_bahasa_indonesia(
    scene: Scene,
) -> None:
    tab = await in_indonesian(scene, scene.place.administrator(), "/admin?tab=checks")
    found = tab.get_by_role("table", name="Pemeriksaan")
    await expect(found).to_contain_text(
        "batas permintaan dimatikan: kata sandi dapat ditebak tanpa henti"
    )
    await expect(found).to_contain_text("Hapus GASSAPI_RATE_LIMITS.")
    await expect(found.get_by_role("rowheader", name="batas permintaan")).to_be_visible()
    answer = await tab.request.get("/api/v1/doctor")
    english = [
        text
        for finding in (await answer.json())["findings"]
        for text in (finding["message"], finding["advice"])
        if text and re.search("[a-z]{2,} [a-z]{2,}", text)
    ]
    assert english
    for text in english:
        await expect(found.get_by_text(text, exact=True)).to_have_count(0)

    message = (
        "Entry 7 (endpoint_created, 2026-01-31 12:00:00.000 UTC) has the number of another one."
    )
    problem = {"what": "inserted", "number": 7, "entryId": None, "message": message}
    names = {"projectId": "x", "projectName": "Entry 7 is missing.", "isDeleted": False}
    broken = names | {"entries": 1, "problems": [problem], "moreProblems": 0}
    part = {"isWhole": False, "chains": 1, "entries": 1, "checked": 1, "total": 1}
    verification = part | {"broken": [broken], "unfinished": [], "nextCursor": None}

    async def break_it(route: Route) -> None:
        await route.fulfill(json={"success": True, "verification": verification})

    await tab.route("**/audit/verification*", break_it)
    await tab.goto("/admin?tab=record")
    await tab.get_by_role("button", name="Periksa keutuhan").click()
    await expect(tab.get_by_role("status").filter(has_text="Entri 7")).to_contain_text(
        "Entri 7 (endpoint_created, 2026-01-31 12:00:00.000 UTC) memakai nomor entri lain."
    )
    await expect(tab.get_by_text("Entry 7 is missing.")).to_be_visible()  # somebody's name for it
