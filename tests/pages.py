"""A page of HTML, taken apart."""

from collections.abc import Iterator
from html.parser import HTMLParser


class Elements(HTMLParser):
    """The elements of a page, in order, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.scripts = ""
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self._tag = tag
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Note that no element is open."""
        self._tag = ""

    def handle_data(self, data: str) -> None:
        """Note the inside of a script."""
        if self._tag == "script":
            self.scripts += data

    def having(self, attribute: str, value: str | None = None) -> list[dict[str, str]]:
        """Return the attributes of the elements that have this one."""
        return [
            attributes
            for _, attributes in self.found
            if attribute in attributes and value in (None, attributes[attribute])
        ]

    def links(self) -> Iterator[str]:
        """Return everything the page refers to."""
        for name in ("src", "href", "action"):
            for attributes in self.having(name):
                yield attributes[name]
