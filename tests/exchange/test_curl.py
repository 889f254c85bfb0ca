"""cURL commands in and out: what they say, and that a shell sends just that."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.curl.printing import escaped, printed, quoted
from gassapi_backend.exchange.curl.words import commands_of
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import (
    Document,
    Folder,
    Origin,
    Request,
    Unreadable,
    What,
    base_of,
)
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.echoes import echo_server

SHELLS = [shell for shell in ("sh", "bash", "dash") if shutil.which(shell)]
URL = "http://localhost/a"


def read(text: str) -> Document:
    return formats.read(load_text(text), "curl")


def only(text: str) -> Request:
    """Return the request of a text that holds one."""
    [collection] = read(text).collections
    [request] = collection.requests()
    return request


def written(*requests: Request, **folder: Any) -> str:
    document = Document("x", "", [Folder("f", items=list(requests), **folder)])
    return formats.write(document, "curl", WriteOptions()).content().decode()


def words(text: str) -> list[str]:
    [command] = commands_of(text)
    return command.words


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a 'b c' \"d e\" f\\ g", ["a", "b c", "d e", "f g"]),
        ("a'b'\"c\"d", ["abcd"]),
        ("a '' \"\"", ["a", "", ""]),
        ("a \\\n  b \\\r\n c", ["a", "b", "c"]),
        ('"a\\"b\\\\c\\$d\\e"', ['a"b\\c$d\\e']),
        ("'it'\\''s'", ["it's"]),
        ("$'it\\'s \\u0021\\n\\x41\\101\\t\\\\ \\e'", ["it's !\nAA\t\\ \x1b"]),
        ("$'\\xc3\\xa9 \\u00e9 \\ud83d\\ude00 \\U0001F600'", ["é é 😀 😀"]),
        ('"$TOKEN/${A_B}" $X', ["{{TOKEN}}/{{A_B}}", "{{X}}"]),
        ("a # comment 'x", ["a"]),
        ("a#b", ["a#b"]),
        ("curl http://h/?a=1&b=2#c", ["curl", "http://h/?a=1&b=2#c"]),
        ("a > out.txt 2>&1 < in.txt", ["a"]),
        ('"$(cat x (y))"', ["$(cat x (y))"]),
        ("'a\nb'", ["a\nb"]),
    ],
)
def test_a_posix_shell_is_read_as_it_reads(text: str, result: list[str]) -> None:
    assert words(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('curl "http://h/?a=1" ^\r\n  -H "x: y"', ["curl", "http://h/?a=1", "-H", "x: y"]),
        (
            'curl ^"http://h/^" ^\n --data-raw ^"^{^\\^"a^\\^":1^}^"',
            ["curl", "http://h/", "--data-raw", '{"a":1}'],
        ),
        ('curl ^"http://h/?a=^%^41^&b=1^"', ["curl", "http://h/?a=%41&b=1"]),
        ('curl ^"x^\n\ny^"', ["curl", "x\ny"]),
    ],
)
def test_the_command_line_of_windows_is_read_as_it_reads(text: str, result: list[str]) -> None:
    assert words(text) == result


def test_powershell_is_read_as_it_reads() -> None:
    text = "curl.exe http://h `\n  -H 'it''s: 1' `\n  -d '{\\\"a\\\": 1}' -A \"x`\"y\""
    assert words(text) == ["curl.exe", "http://h", "-H", "it's: 1", "-d", '{"a": 1}', "-A", 'x"y']


def test_commands_end_where_a_shell_ends_them() -> None:
    commands = commands_of("curl a; curl b && curl c || curl d\ncurl e | jq .\n\n# x\ncurl f &")
    assert len(commands_of("curl http://h/?a=1&& curl http://h/?a=1 & curl http://h/?a&\n")) == 3
    assert [command.words[-1] for command in commands] == ["a", "b", "c", "d", "e", ".", "f"]
    assert [command.line for command in commands] == [1, 1, 1, 1, 2, 2, 5]


@pytest.mark.parametrize("text", ["curl 'a", 'curl\n"a', "curl $'a"])
def test_a_quote_without_an_end_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Unreadable, match=rf"line {text.count(chr(10)) + 1} has no end"):
        read(text)


@pytest.mark.parametrize(
    ("options", "method"),
    [
        *(("", "GET"), ("-d x", "POST"), ("-X put", "put"), ("-I", "HEAD"), ("-T f", "PUT")),
        *(("-F a=b", "POST"), ("-G -d x", "GET"), ("--json {}", "POST"), ("-XDELETE", "DELETE")),
        *(("--request=PATCH", "PATCH"), ("-sSX POST", "POST"), ("-d x -X GET", "GET")),
    ],
)
def test_the_method_is_the_one_that_curl_uses(options: str, method: str) -> None:
    assert only(f"curl {options} {URL}").method == method


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ("-G -d a=1 -d b=2", "?a=1&b=2"),
        ("--get --data-urlencode 'q=a b&c'", "?q=a%20b%26c"),
        ("-G --data-urlencode '=a b' --data-urlencode 'é'", "?a%20b&%C3%A9"),
        ("--url-query 'a=1 2' --url-query +raw%20", "?a=1%202&raw%20"),
    ],
)
def test_what_goes_into_the_query_stands_there(options: str, url: str) -> None:
    request = only(f"curl {options} {URL}")
    assert (request.url, request.body) == (URL + url, None)


@pytest.mark.parametrize("url", ["localhost", "{{base}}/x", "http://h/?a=1#f", "https://u:p@h"])
def test_a_url_stays_as_it_is_written(url: str) -> None:
    assert only(f"curl '{url}'").url == url


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ("-H 'A: 1' -H 'a:2' -H 'A: 1'", [("A", "1"), ("a", "2"), ("A", "1")]),
        ("-H 'Empty;' -H 'Accept:' -H @file", [("Empty", "")]),
        ("-A agent -e 'http://r;auto' -r 0-9", None),
        ("-b 'a=1' -H 'X: 1' -b b=2", [("Cookie", "a=1; b=2"), ("X", "1")]),
        ("-b jar.txt", []),
    ],
)
def test_headers_are_those_that_curl_sends(options: str, headers: Any) -> None:
    found = [(one["key"], one["value"]) for one in only(f"curl {options} {URL}").headers]
    expected = [("User-Agent", "agent"), ("Referer", "http://r"), ("Range", "bytes=0-9")]
    assert found == (expected if headers is None else headers)


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        ("-u ann:p:w", {"type": "basic", "username": "ann", "password": "p:w"}),
        ("-u ann", {"type": "basic", "username": "ann", "password": ""}),
        ("--digest -uann:x", {"type": "digest", "username": "ann", "password": "x"}),
        ("--oauth2-bearer t", {"type": "bearer", "token": "t"}),
        (
            "--aws-sigv4 aws:amz:eu-west-1:s3 -u k:s",
            {
                "type": "awsv4",
                "accessKey": "k",
                "secretKey": "s",
                "region": "eu-west-1",
                "service": "s3",
            },
        ),
        ("", None),
    ],
)
def test_credentials_are_told(options: str, auth: Any) -> None:
    assert only(f"curl {options} {URL}").auth == auth


FORM = "x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("options", "kind", "body"),
    [
        ("-d a=1 -d b=%C3%A9+x", FORM, [("a", "1"), ("b", "é x")]),
        ("--data-urlencode 'a=1 &'", FORM, [("a", "1 &")]),
        ("-H 'Content-Type: application/json' -d '{\"a\": {{x}}}'", "json", '{"a": {{x}}}'),
        ("-H 'Content-Type: text/xml' -d '<a/>'", "xml", "<a/>"),
        ("-H 'Content-Type: text/plain' --data-raw @x", "text", "@x"),
        ("-d '{\"a\": 1}'", "json", '{"a": 1}'),
        ("--json '{\"a\":' --json '1}'", "json", '{"a":1}'),
        ("--data-binary @a/b.bin", "binary", {"src": "a/b.bin"}),
        ("-T up.bin", "binary", {"src": "up.bin"}),
        ("-d 'just text'", "text", "just text"),
    ],
)
def test_the_body_is_the_one_that_curl_sends(options: str, kind: str, body: Any) -> None:
    request = only(f"curl {options} {URL}")
    found = request.body
    if kind == FORM:
        found = [(one["key"], one["value"]) for one in found]
    assert (request.body_type, found) == (kind, body)


def test_what_curl_says_of_data_is_said_where_the_body_is_no_form() -> None:
    request = only(f"curl -d '{{}}' {URL}")
    assert request.headers == [
        {"key": "Content-Type", "value": "application/x-www-form-urlencoded"}
    ]


def test_the_parts_of_a_form_are_told_and_no_file_is_opened() -> None:
    request = only(
        "curl -F 'f=@\"a;b.png\";type=image/png;filename=x.png' -F 'g=<note.txt'"
        " -F 'a=1;type=text/x' -F 'b=\"q;\\\"r\"' --form-string 'c=@d;type=e' http://localhost/a"
    )
    assert request.body == [
        {
            "key": "f",
            "value": "",
            "type": "file",
            "src": "a;b.png",
            "contentType": "image/png",
            "fileName": "x.png",
        },
        {"key": "g", "value": "", "type": "text", "src": "note.txt"},
        {"key": "a", "value": "1", "type": "text", "contentType": "text/x"},
        {"key": "b", "value": 'q;"r', "type": "text"},
        {"key": "c", "value": "@d;type=e", "type": "text"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nset -e\nTOKEN=abc\ncurl -H 'A: b' http://localhost/a",
        "printf %b 'a|b' | curl http://localhost/a --data-binary @-",
        "sudo curl http://localhost/a",
        "export A=1\necho calling\ncurl http://localhost/a",
    ],
)
def test_a_script_that_calls_curl_is_known_by_looking(text: str) -> None:
    assert formats.recognise(load_text(text)).name == "curl"


@pytest.mark.parametrize("text", ["A=1\nB=2\n", "echo hi\n", "curling: yes\n"])
def test_a_text_that_calls_no_curl_is_not_taken_for_it(text: str) -> None:
    with pytest.raises(Unreadable):
        formats.recognise(load_text(text))


def test_text_that_a_shell_feeds_is_the_body() -> None:
    heredoc = only(
        f"curl -H 'Content-Type: text/plain' --data-binary @- {URL} <<'EOF'\na\nb\nEOF\n"
    )
    piped = only(f"echo 'x y' | curl -H 'Content-Type: text/plain' --data-binary @- {URL}")
    assert (heredoc.body, piped.body) == ("a\nb\n", "x y\n")


def test_several_commands_urls_and_transfers_are_requests_in_order() -> None:
    document = read(f"$ curl {URL}1 {URL}2 --next -d x {URL}3\n\n```sh\nsudo curl {URL}4\n```\n")
    found = [request.url[-1] + request.method for request in document.collections[0].requests()]
    assert found == ["1GET", "2GET", "3POST", "4GET"]


def test_variables_that_are_set_are_variables_of_the_collection() -> None:
    document = read(f'export TOKEN="a b"\nHOST=h\ncurl -H "Authorization: Bearer $TOKEN" {URL}')
    [collection] = document.collections
    assert collection.variables == [
        {"key": "TOKEN", "value": "a b"},
        {"key": "HOST", "value": "h"},
    ]
    [request] = collection.requests()
    assert request.headers[0]["value"] == "Bearer {{TOKEN}}"


def test_what_is_not_used_is_kept_and_reported() -> None:
    document = read(f"wget x\ncurl -k -L --max-time 5 --nonsense {URL}")
    assert [(note.what, note.pointer) for note in document.notes] == [
        (What.SKIPPED, "line 1"),
        (What.KEPT, "line 2"),
        (What.KEPT, "line 2"),
    ]
    line = formats.write(document, "curl", WriteOptions()).content().decode()
    assert line == f"curl {URL} --insecure --location --max-time 5\n"


@pytest.mark.parametrize("option", ["-o /tmp/x", "-K rc", "--proxy http://evil", "--trace t"])
def test_options_that_could_do_harm_are_not_written_again(option: str) -> None:
    document = read(f"curl {option} {URL}")
    assert formats.write(document, "curl", WriteOptions()).content().decode() == f"curl {URL}\n"


@pytest.mark.parametrize("text", ["curl", "curl -X POST", "echo curl", "curl --help"])
def test_text_without_a_request_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="no curl command"):
        read(text)


@settings(deadline=None)
@given(some.text(alphabet=some.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_a_quoted_word_is_read_as_the_same_word(text: str) -> None:
    assert words(f"x {quoted(text)}")[1] == text
    assert printed(escaped(text)) == text


@settings(deadline=None)
@given(some.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for start in ("curl http://h ", "curl -F ", "curl -H ", 'curl ^"', "curl `\n"):
        try:
            read(start + text)
        except Unreadable:
            continue


NASTY = [
    "plain",
    "it's",
    '"$(touch broke-out)`id`"',
    "'; touch broke-out #",
    "!$&|;<>()*?[]{}~ \\ \\n %s %b \\0101",
    "é😀\u2028\x85",
    "@file",
    "<file",
    "-X",
    "a\tb",
    "a; type=x",
]


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_shell_sends_what_is_said_and_nothing_breaks_out(
    shell: str, tmp_path: Path
) -> None:
    async with echo_server() as (base, sent):
        requests = [
            Request(
                str(at),
                "POST",
                f"{base}/p?q={at}",
                headers=[{"key": "X-A", "value": text if text.isprintable() else "x"}],
                body_type="text",
                body=body,
            )
            for at, text in enumerate(NASTY)
            for body in (text, f"{text}\n", f"\n{text}\r\n\tz\n\n")
        ]
        script = written(*requests)
        assert len(script.splitlines()) == len(requests)
        await run(shell, script, tmp_path)
    assert [one.body.decode() for one in sent] == [request.body for request in requests]
    expected = [request.headers[0]["value"].strip() for request in requests]
    assert [one.header("x-a") for one in sent] == expected
    assert os.listdir(tmp_path) == []


async def run(shell: str, script: str, folder: Path) -> None:
    """Run a script, from standard input, in a folder."""
    process = await asyncio.create_subprocess_exec(
        shell, stdin=asyncio.subprocess.PIPE, cwd=folder, stdout=asyncio.subprocess.DEVNULL
    )
    await process.communicate(script.encode())


async def test_what_a_shell_sends_is_what_is_resolved(tmp_path: Path) -> None:
    async with echo_server() as (base, sent):
        form = [
            {"key": "a b", "value": "1&é"},
            {"key": "off", "value": "", "enabled": False},
            {"key": "c", "value": ""},
        ]
        headers = [{"key": "X-Dup", "value": "1"}, {"key": "X-Dup", "value": "2"}]
        requests = [
            Request("get", url=f"{base}/{{id}}?x=[1]&y={{{{v}}}}", params=[path("id", "a/b c")]),
            Request("head", "HEAD", f"{base}/h", headers=[*headers, {"key": "E", "value": ""}]),
            Request("form", "POST", f"{base}/f", body_type=FORM, body=form),
            Request("purge", "PURGE", f"{base}/p"),
            Request("post", "POST", f"{base}/n"),
            Request("delete", "DELETE", f"{base}/d", body_type="json", body='{"a": {{v}}}'),
            Request(
                "own",
                "GET",
                f"{base}/o",
                auth={"type": "basic", "username": "a", "password": "b:c"},
            ),
            Request("key", "GET", f"{base}/k", auth=key("query")),
            Request("cookie", "GET", f"{base}/c", auth=key("cookie")),
            Request("none", "GET", f"{base}/x", auth={"type": "none"}),
            Request("odd", "POST", f"{base}/y", body_type="odd", body="x"),
        ]
        above = Folder(
            "f",
            variables=[{"key": "v", "value": "5"}],
            headers=[{"key": "X-Far", "value": "{{v}}"}],
            auth={"type": "bearer", "token": "t{{v}}"},
            items=[*requests],
        )
        document = Document("x", "", [above])
        text = formats.write(document, "curl", WriteOptions()).content().decode()
        await run("sh", text, tmp_path)
    for request, one in zip(requests, sent, strict=True):
        wanted = resolve(request, [above])
        assert (one.method, base + one.path) == (wanted.method, wanted.url), request.name
        assert one.body.decode() == (wanted.body.text or ""), request.name
        own = {"host", "user-agent", "accept", "content-length", "accept-encoding"}
        found = [(k.lower(), v) for k, v in one.headers if k.lower() not in own]
        assert sorted(found) == sorted((k.lower(), v) for k, v in wanted.headers), request.name


def path(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value, "in": "path"}


def key(place: str) -> dict[str, str]:
    return {"type": "apiKey", "key": "k", "value": "v w", "in": place}


async def test_a_form_with_a_file_is_sent_from_where_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / 'ph;o"to.png').write_bytes(b"PNG")
    fields = [
        {"key": "f", "type": "file", "src": 'ph;o"to.png', "contentType": "image/png"},
        {"key": "t", "value": '@not; a="file"\nx'},
        {"key": "j", "value": '{"a;": "b"}', "contentType": "application/json"},
    ]
    async with echo_server() as (base, sent):
        await run(
            "sh", written(Request("a", "POST", base, body_type="form-data", body=fields)), tmp_path
        )
    [one] = sent
    body = one.body.decode()
    assert "Content-Type: image/png\r\n\r\nPNG\r\n" in body
    assert '@not; a="file"\nx\r\n' in body
    assert 'Content-Type: application/json\r\n\r\n{"a;": "b"}\r\n' in body


@pytest.mark.parametrize(
    "options",
    [
        *("-XPOST -did=1", "-X GET -d id=1", "-d ''", "--oauth2-bearer T", "-T up.bin", "-d 'a b'"),
        "-H 'Content-Type: application/x-www-form-urlencoded' -d a=1",
    ],
)
def test_what_is_written_is_read_as_the_same_request(options: str) -> None:
    request = only(f"curl {options} {URL}")
    assert base_of(only(written(request))) == base_of(request)


def test_credentials_that_curl_makes_are_left_to_it_and_others_are_noted() -> None:
    digest = {"type": "digest", "username": "a", "password": "b"}
    assert written(Request("a", url=URL, auth=digest)) == f"curl {URL} --digest -u a:b\n"
    document = Document(
        "x", "", [Folder("f", items=[Request("a", url=URL, auth={"type": "hawk"})])]
    )
    [note] = formats.write(document, "curl", WriteOptions()).notes
    assert (note.what, note.name) == (What.SKIPPED, "a")


def test_a_masked_secret_stays_a_reference_and_is_noted() -> None:
    variables = [{"key": "t", "value": "••••", "secret": True}]
    request = Request("a", url=f"{URL}?t={{{{t}}}}")
    document = Document("x", "", [Folder("f", variables=variables, items=[request])])
    made = formats.write(document, "curl", WriteOptions())
    assert made.content().decode() == f"curl --globoff '{URL}?t={{{{t}}}}'\n"
    assert [note.what for note in made.notes] == [What.KEPT]


def test_a_request_without_a_url_is_left_out_and_noted() -> None:
    document = Document("x", "", [Folder("f", items=[Request("a")])])
    made = formats.write(document, "curl", WriteOptions())
    assert made.content() == b""
    assert [note.what for note in made.notes] == [What.SKIPPED]


@pytest.mark.parametrize("kept", [None, 5, "x", [5], [[]], [[None]], {"kept": 1}])
def test_an_original_of_another_shape_does_no_harm(kept: Any) -> None:
    origin = Origin("curl", original={"kept": kept})
    assert written(Request("a", url=URL, origin=origin)) == f"curl {URL}\n"


def test_what_chrome_copies_is_read_as_it_was_meant() -> None:
    [collection] = formats.read(documents.case("11-chrome.curl")).collections
    put, get, post, json = collection.requests()
    assert (put.method, put.url) == ("PUT", "http://localhost:8080/things?tag=a&tag=b")
    assert {"key": "x-note", "value": "it's ! done"} in put.headers
    assert put.auth == {"type": "basic", "username": "ann", "password": "p:w"}
    assert put.body == '{"text":"line one\\nline two\\u0021","quote":"it\'s"}'
    assert (get.url, get.body) == ("http://localhost:8080/search?q=a%20b%26c&page=2", None)
    assert [part.get("src") for part in post.body] == ["photo.png", "note.txt", None, None]
    assert (json.body_type, json.body) == ("json", '{"a": 1}')


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("--data-urlencode name@file.txt", "body"),
        ("-d a=1 --data-binary @file.txt", "body"),
        ("-d @file.txt --data-urlencode a=1", "body"),
        ("-G -d @file.txt", "query"),
        ("-G --data-urlencode @file.txt", "query"),
    ],
)
def test_a_file_that_is_a_part_of_what_is_sent_is_said(words: str, where: str) -> None:
    [note] = read(f"curl http://h/ {words}").notes
    assert note.reason.startswith(f"a part of the {where} is a file")


@pytest.mark.parametrize("words", ["-d @file.txt", "--data-urlencode a=b@c", "-G -d a=@b"])
def test_an_at_sign_that_names_no_part_is_not_a_file_to_tell_of(words: str) -> None:
    assert read(f"curl http://h/ {words}").notes == []


def browser_form(content: str) -> str:
    """Return the form that a browser copies as cURL; it leaves the content of files out."""
    parts = ['Content-Disposition: form-data; name="note"\\r\\n\\r\\none\\r\\ntwo']
    parts.append(
        'Content-Disposition: form-data; name="f"; filename="a.txt"\\r\\n'
        f"Content-Type: Text/Plain\\r\\n\\r\\n{content}"
    )
    text = "".join(f"------B\\r\\n{part}\\r\\n" for part in parts) + "------B--\\r\\n"
    return f"-H 'content-type: multipart/form-data; boundary=----B' --data-raw $'{text}'"


def test_a_form_that_a_browser_copied_with_its_boundaries_is_a_form() -> None:
    request = only(f"curl {URL} {browser_form('')}")
    assert request.body_type == "form-data"
    assert request.body == [
        {"key": "note", "value": "one\r\ntwo", "type": "text"},
        {"key": "f", "value": "", "type": "file", "src": "a.txt", "contentType": "Text/Plain"},
    ]
    assert request.headers == []  # a boundary is chosen when it is sent


def test_a_form_whose_file_is_written_out_stays_text() -> None:
    request = only(f"curl {URL} {browser_form('hello')}")
    assert request.body_type == "text"
    assert "hello" in str(request.body)
    assert [one["key"] for one in request.headers] == ["content-type"]


def test_a_header_without_a_colon_is_reported_as_not_sent() -> None:
    document = read(f"curl {URL} -H 'Accept application/json' -H 'X-Empty;'")
    [request] = document.collections[0].requests()
    assert request.headers == [{"key": "X-Empty", "value": ""}]
    assert [note.reason for note in document.notes] == [
        "a header that is written without a colon is not sent"
    ]


def test_what_a_terminal_shows_is_read_without_its_prompts() -> None:
    request = only("$ curl -X POST http://h/a \\\n> -H 'A: b' \\\n> -d 'x=1\n> y'\n{\"out\": 1}\n")
    assert (request.url, request.headers[0]["key"]) == ("http://h/a", "A")
    assert request.body == [{"key": "x", "value": "1\ny"}]


def test_a_script_is_recognised_wherever_its_first_command_stands() -> None:
    text = "#!/bin/bash\nset -e\nBASE=http://h\nif curl $BASE/a; then\n  curl $BASE/b\nfi\n"
    document = formats.read(load_text(text, "calls.txt"))
    urls = [one.url for one in document.collections[0].requests()]
    assert (document.format, urls) == ("curl", ["{{BASE}}/a", "{{BASE}}/b"])


def test_variables_of_curl_are_those_of_the_collection() -> None:
    text = "curl --variable x=1 --variable y@f --expand-json '{\"a\":{{x}}}' http://h/a"
    document = read(text)
    assert document.collections[0].variables == [{"key": "x", "value": "1"}]
    [request] = document.collections[0].requests()
    assert (request.url, request.body) == ("http://h/a", '{"a":{{x}}}')


def test_a_header_that_is_said_twice_is_the_one_that_curl_sends() -> None:
    text = "curl http://h/a -A one -A two -e here -H 'referer: there' -b a=1 -H 'Cookie: b=2'"
    assert [(one["key"], one["value"]) for one in only(text).headers] == [
        ("User-Agent", "two"),
        ("referer", "there"),
        ("Cookie", "b=2"),
    ]


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("http://h/a/", "http://h/a/b%20c.txt"),
        ("http://h", "http://h/b%20c.txt"),
        ("h/?x=1", "h/b%20c.txt?x=1"),
        ("http://h/a", "http://h/a"),
        ("http://h/a?x=/", "http://h/a?x=/"),
    ],
)
def test_a_file_that_is_uploaded_into_a_folder_has_its_name_there(url: str, full: str) -> None:
    request = only(f"curl -T 'up/b c.txt' '{url}'")
    assert (request.method, request.url) == ("PUT", full)
    assert only(written(request)).url == full


def test_several_files_of_one_field_are_fields_of_one_name() -> None:
    request = only(
        """curl http://h/a -H 'content-type: multipart/form-data; boundary=x'
        -F 'f=@a.txt,"b,c.txt";type=text/plain' -F 'g="x,y"'""".replace("\n", " ")
    )
    assert [(one["key"], one.get("src"), one["value"]) for one in request.body] == [
        ("f", "a.txt", ""),
        ("f", "b,c.txt", ""),
        ("g", None, "x,y"),
    ]
    assert (request.body[1]["contentType"], request.headers) == ("text/plain", [])


def test_kerberos_is_no_password_and_is_reported() -> None:
    document = read("curl --negotiate -u : http://h/a")
    assert [one.auth for one in document.collections[0].requests()] == [None]
    assert "--negotiate" in document.notes[0].reason


def test_two_quotes_in_json_are_one_that_windows_needs() -> None:
    request = only('curl "http://h/a" --data-binary "{""a"":""b c"",""n"":[1]}" -H "A: x""y"')
    assert (request.body, request.headers[0]["value"]) == ('{"a":"b c","n":[1]}', "xy")
