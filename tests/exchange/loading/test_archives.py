"""Archives and folders: their texts by path; unsafe ones are refused, and nothing unpacked."""

import io
import stat
import zipfile
from collections.abc import Mapping

import pytest

from gassapi_backend.exchange.loading import load, load_files
from gassapi_backend.exchange.sources import Syntax
from gassapi_backend.exchange.tree import Unreadable

TWO = {"a.json": b"{}", "b/c.yaml": b"x: 1"}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for path, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = path, method
            archive.writestr(info, data)
    return made.getvalue()


def refusal(data: bytes, max_bytes: int = 50_000_000) -> str:
    with pytest.raises(Unreadable) as caught:
        load(data, max_bytes=max_bytes)
    return caught.value.message


def test_an_archive_is_the_texts_of_its_files() -> None:
    source = load(zipped(TWO), "all.zip")
    assert source.files == {"a.json": "{}", "b/c.yaml": "x: 1"}
    assert (source.syntax, source.name, source.text) == (Syntax.FILES, "all.zip", "")


def test_the_folder_that_everything_stands_in_is_the_name() -> None:
    source = load(zipped({f"Shop/api/{path}": data for path, data in TWO.items()}))
    assert (sorted(source.files), source.name) == (["a.json", "b/c.yaml"], "api")


def test_an_archive_of_one_file_is_that_file() -> None:
    source = load(zipped({"x/a.json": b'{"b": 1}', "x/logo.png": b"\x89PNG"}))
    assert (source.data, source.name, dict(source.files)) == ({"b": 1}, "a.json", {})


def test_what_cannot_belong_to_a_document_is_left_out() -> None:
    others = {"logo.png": b"\xff", "__MACOSX/._a.json": b"\0", ".git/x.json": b"", "in.zip": b"PK"}
    assert sorted(load(zipped({**TWO, **others})).files) == sorted(TWO)


def test_a_file_that_is_no_text_is_skipped_and_reported() -> None:
    source = load(zipped({**TWO, "odd.json": b"\xff\xff\xff"}))
    assert sorted(source.files) == sorted(TWO)
    [note] = source.notes
    assert note.pointer == "odd.json"


@pytest.mark.parametrize(
    "path", ["../a.json", "b/../../a.json", "/a.json", "C:/a.json", "c:a.json", "b\\a.json", "a\nb"]
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    assert "refused" in refusal(zipped({**TWO, path: b"{}"}))
    with pytest.raises(Unreadable, match="refused"):
        load_files([*TWO.items(), (path, b"{}")])


def test_a_link_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        info = zipfile.ZipInfo("link.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "link" in refusal(made.getvalue())


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(zipped(TWO))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.find(start)
        data[at + (6 if start == b"PK\x03\x04" else 8)] |= 1
    assert "encrypted" in refusal(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(method: int) -> None:
    assert "compressed in a way" in refusal(zipped(TWO, method))


def test_a_bomb_is_refused() -> None:
    assert "bomb" in refusal(zipped({**TWO, "bomb.json": b"0" * 20_000_000}))


def test_an_archive_that_holds_more_than_it_may_is_refused() -> None:
    files = {f"{at}.json": bytes(range(32, 127)) * 2_000 for at in range(10)}
    assert refusal(zipped(files), 1_000_000) == "Unpacked, the archive is larger than 1 MB."


def test_an_archive_of_too_many_files_is_refused() -> None:
    assert "10,000 files" in refusal(zipped({f"{at}.json": b"" for at in range(10_001)}))


def test_two_files_of_one_name_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.json", "[]")
    assert "one name" in refusal(made.getvalue())


def test_names_equal_but_for_case_are_two_files() -> None:
    assert len(load(zipped({"Users.bru": b"a", "users.bru": b"b"})).files) == 2


def test_an_archive_in_an_archive_is_not_opened() -> None:
    assert "only an archive in it" in refusal(zipped({"inner.zip": zipped(TWO)}))
    files = {"a.bru": b"a", "b.bru": b"b", "in/more.zip": zipped(TWO), "__MACOSX/x.zip": b"PK"}
    source = load(zipped(files))
    assert [note.pointer for note in source.notes] == ["in/more.zip"]


@pytest.mark.parametrize("cut", [5, 60, -30])
def test_a_damaged_archive_is_refused(cut: int) -> None:
    assert "damaged" in refusal(zipped(TWO)[:cut])


def test_damaged_content_is_refused() -> None:
    data = bytearray(zipped({"a.json": bytes(range(32, 127)) * 50, "b.json": b"{}"}))
    data[60] ^= 0xFF
    assert "damaged" in refusal(bytes(data))


def test_a_file_that_says_it_is_smaller_than_it_is_is_not_read_beyond() -> None:
    data = bytearray(zipped({"a.json": b"1" * 10_000, "b.json": b"{}"}, zipfile.ZIP_STORED))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(data))


def test_an_empty_archive_is_refused() -> None:
    assert "no file in it" in refusal(zipped({}))
