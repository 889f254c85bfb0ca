"""Columns keep what they were given, and compare it alike on every engine."""

import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from gassapi_backend.clock import ago, now, rfc3339, stored
from gassapi_backend.database import execute, row, rows
from gassapi_backend.models import Attempt, AuditEntry, User, folded, new_id, search_key
from gassapi_backend.settings import Settings

MOMENT = datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)
BOMBAY = timezone(timedelta(hours=5, minutes=30))
NEWFOUNDLAND = timezone(-timedelta(hours=3, minutes=30))


@pytest.mark.parametrize("zone", [UTC, BOMBAY, NEWFOUNDLAND, timezone(timedelta(hours=14))])
async def test_a_time_with_any_offset_is_kept_as_the_moment_it_is(
    database: Settings, zone: timezone
) -> None:
    await Attempt.create(key="a", expires_at=MOMENT.astimezone(zone))
    kept = (await Attempt.get(key="a")).expires_at
    assert kept == MOMENT
    assert kept.utcoffset() == timedelta(0)
    assert rfc3339(kept) == "2026-01-31T12:00:00.123Z"


@pytest.mark.parametrize("zone", [UTC, BOMBAY, NEWFOUNDLAND])
async def test_a_time_with_any_offset_is_updated_and_found_as_the_moment_it_is(
    database: Settings, zone: timezone
) -> None:
    await Attempt.create(key="a", expires_at=MOMENT)
    later = MOMENT + timedelta(hours=1)
    await Attempt.filter(key="a").update(expires_at=later.astimezone(zone))
    assert await found(expires_at=later.astimezone(zone)) == ["a"]
    assert await found(expires_at__in=[later.astimezone(zone)]) == ["a"]
    assert await found(expires_at__gt=MOMENT.astimezone(zone)) == ["a"]
    assert await found(expires_at__lte=MOMENT.astimezone(zone)) == []


async def test_a_time_is_cut_to_milliseconds_never_rounded(database: Settings) -> None:
    await Attempt.create(key="a", expires_at=MOMENT.replace(microsecond=999_999))
    kept = (await Attempt.get(key="a")).expires_at
    assert kept == MOMENT.replace(microsecond=999_000)


async def test_a_time_in_plain_sql_reads_like_the_model_and_writes_like_it(
    database: Settings,
) -> None:
    await execute(
        "INSERT INTO attempts (`key`, `count`, expires_at) VALUES ('a', 1, ?)", stored(MOMENT)
    )
    assert (await Attempt.get(key="a")).expires_at == MOMENT
    read = await row("SELECT expires_at FROM attempts WHERE expires_at = ?", stored(MOMENT))
    assert read
    assert rfc3339(read["expires_at"]) == rfc3339(MOMENT)


@pytest.mark.parametrize("microsecond", [0, 1000, 120_000, 999_000])
async def test_a_time_in_plain_sql_always_has_three_decimals(
    database: Settings, microsecond: int
) -> None:
    moment = MOMENT.replace(microsecond=microsecond)
    await Attempt.create(key="a", expires_at=moment)
    read = await row("SELECT expires_at FROM attempts")
    assert read
    assert rfc3339(read["expires_at"]) == f"2026-01-31T12:00:00.{microsecond // 1000:03d}Z"


async def test_the_present_survives_a_round_trip(database: Settings) -> None:
    made = await Attempt.create(key="a", expires_at=now())
    assert (await Attempt.get(key="a")).expires_at == made.expires_at


@pytest.mark.parametrize("naive", [datetime(2026, 1, 31, 12), datetime(2026, 1, 31)])  # noqa: DTZ001 - the point
async def test_a_time_without_an_offset_is_refused(database: Settings, naive: datetime) -> None:
    attempt = await Attempt.create(key="a", expires_at=MOMENT)
    attempt.expires_at = naive
    for write in (
        attempt.save(),
        Attempt.filter(key="a").update(expires_at=naive),
        Attempt.filter(expires_at__gt=naive).delete(),
    ):
        with pytest.raises(ValueError, match="offset"):
            await write
    assert (await Attempt.get(key="a")).expires_at == MOMENT


async def test_a_time_without_an_offset_makes_no_row(database: Settings) -> None:
    with pytest.raises(ValueError, match="offset"):
        await Attempt.create(key="a", expires_at=datetime(2026, 1, 31, 12))  # noqa: DTZ001 - the point
    assert await Attempt.all().count() == 0


async def test_times_are_in_the_order_of_time_whatever_their_offset(database: Settings) -> None:
    zones = [BOMBAY, UTC, NEWFOUNDLAND, timezone(timedelta(hours=14)), UTC]
    for number, zone in enumerate(zones):
        moment = MOMENT + timedelta(milliseconds=number)
        await Attempt.create(key=str(number), expires_at=moment.astimezone(zone))
    assert [attempt.key for attempt in await Attempt.all().order_by("expires_at")] == list("01234")
    assert await found(expires_at__gte=MOMENT + timedelta(milliseconds=2)) == list("234")
    middle = [MOMENT + timedelta(milliseconds=1), MOMENT + timedelta(milliseconds=3)]
    assert await found(expires_at__range=middle) == list("123")


async def test_a_missing_time_is_none(database: Settings) -> None:
    user = await User.create(**person("ann@example.com"))
    assert (await User.get(id=user.id)).last_login_at is None
    assert await User.filter(last_login_at=None).count() == 1
    assert await User.filter(last_login_at__lt=now()).count() == 0


async def test_the_turn_of_a_summer_time_is_nothing_special(database: Settings) -> None:
    moments = [datetime(2026, 3, 29, hour, 30, tzinfo=UTC) for hour in range(4)]
    for moment in moments:
        await Attempt.create(key=str(moment.hour), expires_at=moment)
    kept = [attempt.expires_at for attempt in await Attempt.all().order_by("expires_at")]
    assert kept == moments


def test_a_time_ago_is_before_now() -> None:
    assert ago(10) < now() < ago(-10)


JSON_VALUES: list[Any] = [
    {},
    [],
    {"z": 1, "a": 2, "m": {"y": 1, "b": 2}},
    {"float": 1.0, "int": 1, "small": 1e-7, "big": 1e300, "negative": -0.0},
    [2**63 - 1, -(2**63), 0],
    {"": "empty", "é": "ü", "中": "😀", "\u2028": "\ud7ff\ue000", "ß": "\u0000\u001f"},
    ["it's", '"', "\\", "%s", "?", "\n", "</script>", "\\u0041"],
    [None, True, False, [[[[[]]]]]],
    {"long": "x" * 100_000},
]


@pytest.mark.parametrize("value", JSON_VALUES, ids=lambda value: str(value)[:20])
async def test_json_comes_back_as_it_was_given(database: Settings, value: Any) -> None:
    entry = await AuditEntry.create(action="a", actor_type="b", resource_type="c", details=value)
    kept = (await AuditEntry.get(id=entry.id)).details
    assert kept == value
    assert repr(kept) == repr(value)  # the order of keys, 1 and 1.0, 0.0 and -0.0


async def test_json_is_updated_as_it_was_given(database: Settings) -> None:
    entry = await AuditEntry.create(action="a", actor_type="b", resource_type="c", details={})
    await AuditEntry.filter(id=entry.id).update(details={"b": 1.0, "a": ["é"]})
    assert repr((await AuditEntry.get(id=entry.id)).details) == "{'b': 1.0, 'a': ['é']}"
    await AuditEntry.bulk_create(
        [AuditEntry(action="x", actor_type="b", resource_type="c", details={"b": 1.0, "a": 1})]
    )
    assert repr((await AuditEntry.get(action="x")).details) == "{'b': 1.0, 'a': 1}"


async def test_missing_json_is_none(database: Settings) -> None:
    entry = await AuditEntry.create(action="a", actor_type="b", resource_type="c")
    assert (await AuditEntry.get(id=entry.id)).details is None
    assert await row("SELECT details FROM audit_log") == {"details": None}


@pytest.mark.parametrize("value", [{"a": 2**64}, {"a": object()}, {1: "a"}, ["\ud800"]])
async def test_what_json_cannot_hold_is_refused(database: Settings, value: Any) -> None:
    with pytest.raises(TypeError):
        await AuditEntry.create(action="a", actor_type="b", resource_type="c", details=value)
    assert await AuditEntry.all().count() == 0


async def test_codes_and_ids_that_differ_in_case_differ(database: Settings) -> None:
    for key in ("token", "TOKEN", "Token"):
        await Attempt.create(key=key, expires_at=now())
        await AuditEntry.create(id=key, action="a", actor_type="b", resource_type="c")
    assert await found(key="TOKEN") == ["TOKEN"]
    assert await AuditEntry.filter(id="token").count() == 1
    assert await rows("SELECT id FROM audit_log WHERE id = ?", "Token") == [{"id": "Token"}]
    assert [attempt.key for attempt in await Attempt.all().order_by("key")] == [
        "TOKEN",
        "Token",
        "token",
    ]


async def test_an_id_is_unique_to_the_byte(database: Settings) -> None:
    await AuditEntry.create(id="a", action="a", actor_type="b", resource_type="c")
    with pytest.raises(IntegrityError):
        await AuditEntry.create(id="a", action="a", actor_type="b", resource_type="c")
    assert await AuditEntry.all().count() == 1


def test_ids_are_uuids_of_version_7_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))
    assert {(len(text), text[14], text.lower() == text) for text in made} == {(36, "7", True)}


EQUAL = [
    ("Shop", "SHOP"),
    ("straße", "STRASSE"),
    ("ß", "ẞ"),
    ("ﬁle", "file"),
    ("Ａｂｃ", "abc"),
    ("e\u0301", "\u00e9"),
    ("É", "é"),
    ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
    ("x²", "x2"),
    ("a\u00a0b", "a b"),
    ("  a \t\n b  ", "a b"),
    ("shop ", "shop"),
    ("½", "1⁄2"),
    ("\u212b", "å"),
    ("İ", "i\u0307"),
]
DIFFERENT = [
    ("e", "é"),
    ("o", "ö"),
    ("n", "ñ"),
    ("a", "á"),
    ("i", "ı"),
    ("I", "İ"),
    ("a b", "ab"),
    ("a-b", "a b"),
    ("😀", "😁"),
    ("👍", "👍🏽"),
    ("♥", "❤"),
    ("а", "a"),
    ("ば", "は"),
    ("ア", "あ"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
async def test_two_spellings_of_one_name_are_equal(
    database: Settings, one: str, other: str
) -> None:
    assert folded(one) == folded(other)
    await User.create(**person(one))
    with pytest.raises(IntegrityError):
        await User.create(**person(other))
    assert await User.filter(email_key=folded(other)).count() == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_two_names_are_different(database: Settings, one: str, other: str) -> None:
    assert folded(one) != folded(other)
    await User.create(**person(one))
    await User.create(**person(other))
    assert [user.email for user in await User.filter(email_key=folded(other))] == [other]


async def test_names_are_sorted_and_searched_alike(database: Settings) -> None:
    names = ["zoo", "Äpfel", "apple", "Zebra", "äpfel 2", "😀", "éclair", "_", "100%"]
    for name in names:
        await User.create(**person(name))
    expected = sorted((folded(name) for name in names), key=lambda key: key.encode())
    assert [user.email_key for user in await User.all().order_by("email_key")] == expected
    like = "SELECT COUNT(*) AS n FROM users WHERE email_key LIKE ? ESCAPE '!'"
    assert await row(like, "%äpfel%") == {"n": 2}
    assert await row(like, "%apfel%") == {"n": 0}
    assert await row(like, "%!%%") == {"n": 1}
    assert await row(like, "%!_%") == {"n": 1}


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(alphabet=st.sampled_from("aß ﷺİ\u0345\u0301ǰΐ😀"), max_size=60), st.integers(0, 70))
def test_folding_to_a_limit_twice_changes_nothing(text: str, limit: int) -> None:
    assert len(folded(text, limit)) <= limit
    assert folded(folded(text, limit), limit) == folded(text, limit)


def test_every_character_folds_to_itself_when_folded_again() -> None:
    characters = (chr(point) for point in range(sys.maxunicode + 1))
    wrong = [
        f"{ord(character):04X}"
        for character in characters
        if unicodedata.category(character) != "Cs"
        and folded(folded(character)) != folded(character)
    ]
    assert wrong == []


@given(st.text())
def test_folding_does_not_see_case(text: str) -> None:
    assert folded(text.casefold()) == folded(text)


def person(name: str) -> dict[str, Any]:
    """Return the columns of an account that is known by a name."""
    return {
        "email": name,
        "email_key": folded(name),
        "name": name,
        "name_key": folded(name),
        "password_hash": "x",
    }


async def found(**conditions: Any) -> list[str]:
    return [attempt.key for attempt in await Attempt.filter(**conditions).order_by("key")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İstanbul", "ISTANBUL"),
        ("ıstanbul", "ISTANBUL"),
        ("café", "CAFE"),
        ("e\u0301tude", "ÉTUDE"),
        ("straße", "STRASSE"),
        ("ＡＢＣ", "abc"),
        ("ﾊﾟﾝ", "パン"),
        ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("ﬁle", "FILE"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_a_search_takes_spellings_that_differ_by_case_accents_or_width_for_one(
    one: str, other: str
) -> None:
    assert search_key(one) == search_key(other)


def test_a_search_takes_each_character_for_itself_in_either_case() -> None:
    wrong = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if not 0xD800 <= ord(character) < 0xE000
        and len({search_key(one) for one in forms(character)}) > 1
    ]
    assert wrong == []


def forms(character: str) -> list[str]:
    """Return what a search takes for one: a character, its other cases, and what it looks for."""
    return [character, character.upper(), character.lower(), search_key(character)]


def test_what_a_search_looks_in_has_no_line_breaks_or_tabs_and_is_never_longer() -> None:
    assert search_key(" a\tb\n\u2028c ") == "a b c"
    assert search_key("ﷺ" * 30, 20) == search_key("ﷺ" * 30)[:20].rstrip()
    assert search_key("\u0301") == ""
