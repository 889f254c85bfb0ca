"""A request that goes out in a format and comes in again sends the same, or a note says why."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.fitting import fit
from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import Document, Environment, Note
from gassapi_backend.exchange.writing import WriteOptions
from gassapi_backend.folding import folded
from tests.exchange import sending
from tests.exchange.originals import stored

FORMATS = [one for one in formats.WRITTEN if one != "gassapi"]


class Went(NamedTuple):
    """A document after its way out and in, and what the writer said of it."""

    document: Document
    notes: list[Note]

    def says(self, words: str) -> bool:
        return any(words in one.reason for one in self.notes)


def through(document: Document, format_: str) -> Went:
    written = formats.write(document, format_, WriteOptions())
    content = written.content()
    if not content:
        return Went(Document(format_, ""), written.notes)
    read = formats.read(load(content, written.filename), format_)
    fit(read, folded)
    return Went(stored(read), written.notes)


def check(before: Document, format_: str) -> Document:
    """Check that what is sent is the same after a way through a format; return what came in."""
    known = [one for each in before.environments[:1] for one in each.variables]
    went = through(sending.named(before), format_)
    if format_ == "curl":  # it has no names, and nothing to say of a request without a URL
        every = [*sending.with_folders(before)]
        sent = [one for one, above in every if resolve(one, above, known).url]
        assert len(sent) == len(every) or went.says("no URL")
        for (read, _), request in zip(sending.with_folders(went.document), sent, strict=True):
            read.name = request.name
    with_auth = format_ != "openapi"  # which holds no credentials
    was = sending.sent_by_name(before, known, with_auth=with_auth)
    now = sending.sent_by_name(went.document, known, with_auth=with_auth)
    assert now.keys() == ({one.name for one in sent} if format_ == "curl" else was.keys())
    for name in now:
        assert was[name] == now[name], (format_, name)
    if known and not went.document.environments:  # kept apart in this format, and noted
        went.document.environments.append(Environment("Known", known))
    return went.document


@pytest.mark.parametrize("format_", FORMATS)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(sending.collections())
def test_the_same_is_sent_after_a_way_through(format_: str, document: Document) -> None:
    check(document, format_)


@pytest.mark.parametrize("first", FORMATS)
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(document=sending.collections(), second=some.sampled_from(FORMATS))
def test_the_same_is_sent_after_a_way_through_two(
    first: str, document: Document, second: str
) -> None:
    if first == "openapi":
        sending.without_auth(document)
    between = check(document, first)
    if between.collections:  # cURL has none if no request has a URL
        check(between, second)
