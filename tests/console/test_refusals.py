"""Refusals in the reader's language: none forgotten, and shown where somebody asked."""

import pytest
from playwright.async_api import Route, expect

import gassapi_backend.server.app  # noqa: F401 - so that every kind of refusal is known
from gassapi_backend.server.errors import Code
from tests.console.catalogues import TRANSLATED, catalogue
from tests.console.scene import Scene
from tests.console.sentences import sentences
from tests.processes import PASSWORD

FROM_ELSEWHERE = {
    "It is required.",
    "There is no such field.",
    "String should have at least {} characters.",
    "String should have at most {} characters.",
    "Too many attempts.",
    "Try again in {} minutes.",
    "Try again in {} seconds.",
}
"""What is not said where it is raised: by the schemas, and by the counting of attempts."""


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_code_and_every_sentence_is_translated_and_no_other(language: str) -> None:
    codes, said = catalogue("refusals", language, "codes"), catalogue("refusals", language)
    assert codes.keys() == {*Code, "email"}
    assert said.keys() - FROM_ELSEWHERE == sentences()
    assert said.keys() >= FROM_ELSEWHERE
    for sentence, translated in said.items():
        assert translated.strip(), sentence
        if sentence not in FROM_ELSEWHERE:
            assert translated.count("{}") == sentence.count("{}"), sentence


async def test_a_refusal_is_read_in_bahasa_indonesia(scene: Scene) -> None:
    ann, bob = scene.place.person(), scene.place.person("Bob Doe")
    await scene.enter(ann)
    tab = await scene.tab("/login")
    await tab.evaluate("localStorage.setItem('gassapi:/:language', 'id')")
    await tab.goto("/account")
    address = tab.get_by_label("Alamat email")
    await address.fill(bob.email)
    password = tab.get_by_label("Kata sandi", exact=True).first
    await password.fill("not the password")
    change = tab.get_by_role("button", name="Ubah alamat")
    await change.click()
    await expect(tab.get_by_text("Ini bukan kata sandi Anda.")).to_be_visible()
    await password.fill(PASSWORD)
    await change.click()
    await expect(tab.get_by_role("alert").first).to_have_text(
        "Sudah ada akun dengan alamat email ini."
    )
    await address.fill("not an address")
    await change.click()
    await expect(tab.get_by_text("Ini bukan alamat email.")).to_be_visible()
    await address.fill("a@reserved.invalid")  # which only the server refuses
    await change.click()
    await expect(tab.get_by_text("Alamat email ini tidak diterima.")).to_be_visible()


async def test_a_sentence_that_nobody_translated_is_shown_with_what_its_code_means(
    scene: Scene,
) -> None:
    ann = scene.place.person()
    tab = await scene.tab("/login")
    await tab.evaluate("localStorage.setItem('gassapi:/:language', 'id')")
    await tab.reload()
    refused = {"code": "CONFLICT", "message": ""}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=409, json={"success": False, "error": refused})

    await tab.route("**/auth/login", refuse)
    await tab.get_by_label("Alamat email").fill(ann.email)
    await tab.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    for message, said in {
        "The moon is full. Come again.": (
            "Ini tidak cocok dengan yang sudah ada. The moon is full. Come again."
        ),
        "Too many failed sign-ins came from your network. Try again in 3 minutes.": (
            "Terlalu banyak percobaan masuk yang gagal dari jaringan Anda. Coba lagi dalam 3 menit."
        ),
        "There is no such $1 (a+)+.": "Ini tidak ada: $1 (a+)+.",
    }.items():
        refused["message"] = message
        await tab.get_by_role("button", name="Masuk").click()
        await expect(tab.get_by_role("alert")).to_have_text(said)
    refused |= {"code": "toString", "message": "__proto__"}
    await tab.get_by_role("button", name="Masuk").click()
    await expect(tab.get_by_role("alert")).to_have_text("__proto__")
