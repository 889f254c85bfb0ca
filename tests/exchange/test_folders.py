"""Folders that hold several collections, environments and exports, and single files of them."""

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_files, load_text
from gassapi_backend.exchange.tree import Document, Unreadable, What

BRU = "meta {\n  name: One\n  type: http\n}\n\nget {\n  url: http://h\n}\n"
YML = "info:\n  name: One\n  type: http\nhttp:\n  method: GET\n  url: http://h\n"
ENVIRONMENT = "name: Local\nvariables:\n  - name: port\n    value: 0080\n"
EMPTY = "name: Empty\nvariables: []\n"
POSTMAN = (
    '{"info": {"name": "P", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/'
    'collection.json"}, "item": []}'
)


def bruno(name: str) -> str:
    return f'{{"version": "1", "name": "{name}", "type": "collection"}}'


def opencollection(name: str) -> str:
    return f"opencollection: 1.0.0\ninfo:\n  name: {name}\n"


def read(**files: str) -> Document:
    found = ((path, text.encode()) for path, text in files.items())
    return formats.read(load_files(found, "all"))


def contents(document: Document) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the collections with their items, and the environments with their variables."""
    collections = {one.name: [item.name for item in one.items] for one in document.collections}
    environments = {
        one.name: [f"{v['key']}={v['value']}" for v in one.variables]
        for one in document.environments
    }
    return collections, environments


def skipped(document: Document) -> list[str]:
    return [note.pointer for note in document.notes if note.what is What.SKIPPED]


def test_an_environment_of_a_collection_is_no_document_by_itself() -> None:
    files = {"environments/Local.yml": ENVIRONMENT, "environments/Empty.yml": EMPTY}
    document = read(**{"opencollection.yml": opencollection("A"), "One.yml": YML} | files)
    assert contents(document) == ({"A": ["One"]}, {"Empty": [], "Local": ["port=0080"]})
    assert len(document.environments) == 2


def test_collections_beside_each_other_are_all_read() -> None:
    document = read(
        **{
            "w/a/bruno.json": bruno("A"),
            "w/a/One.bru": BRU,
            "w/b/bruno.json": bruno("B"),
            "w/b/In/One.bru": BRU,
            "w/b/environments/E.bru": "vars {\n  x: 1\n}\n",
            "w/c/opencollection.yml": opencollection("C"),
            "w/c/One.yml": YML,
            "w/p.json": POSTMAN,
            "w/README.md": "# Ours",
        }
    )
    wanted = {"A": ["One"], "B": ["In"], "C": ["One"], "P": []}
    assert contents(document) == (wanted, {"E": ["x=1"]})
    assert skipped(document) == ["README.md"]


def test_environments_of_a_workspace_are_read_beside_its_collections() -> None:
    document = read(
        **{
            "workspace.yml": "opencollection: 1.0.0\ninfo:\n  name: W\n  type: workspace\n",
            "environments/Local.yml": ENVIRONMENT,
            "collections/a/opencollection.yml": opencollection("A"),
            "collections/a/One.yml": YML,
        }
    )
    assert contents(document) == ({"A": ["One"]}, {"Local": ["port=0080"]})
    assert skipped(document) == ["workspace.yml"]


@pytest.mark.parametrize(
    ("text", "name", "format_", "wanted"),
    [
        (YML, "one.yml", "opencollection", ({"one": ["One"]}, {})),
        (ENVIRONMENT, "Local.yml", "opencollection", ({}, {"Local": ["port=0080"]})),
        (
            '{"name": "L", "variables": [{"name": "a", "value": "1", "enabled": true}]}',
            "L.json",
            "bruno",
            ({}, {"L": ["a=1"]}),
        ),
        (
            '{"info": {"type": "bruno-environments"}, "environments": [{"name": "L", '
            '"variables": [{"name": "a", "value": "1", "enabled": true}]}]}',
            "all.json",
            "bruno",
            ({}, {"L": ["a=1"]}),
        ),
        (
            '{"name": "L", "variables": [{"key": "a", "value": "1"}]}',
            "L.json",
            "hoppscotch-environment",
            ({}, {"L": ["a=1"]}),
        ),
    ],
)
def test_a_file_of_a_collection_is_read_alone(
    text: str, name: str, format_: str, wanted: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    document = formats.read(load_text(text, name))
    assert document.format == format_
    assert contents(document) == wanted


def test_a_list_of_collections_is_refused_with_what_to_import() -> None:
    text = "opencollection: 1.0.0\ninfo:\n  name: W\n  type: workspace\n"
    with pytest.raises(Unreadable, match="only lists its collections"):
        formats.read(load_text(text, "workspace.yml"))


HEAD = 'openapi: 3.0.3\ninfo: {title: %s, version: "1"}\n'
SHARED = 'components: {schemas: {Own: {type: string}, Other: {$ref: "%s"}}}\n'


def described(title: str, uses: str, *, has_paths: bool = True, shares: str = "") -> str:
    """Return an API whose only operation, if it has one, answers with what ``uses`` refers to."""
    schema = f'{{content: {{application/json: {{schema: {{$ref: "{uses}"}}}}}}, description: x}}'
    paths = f'{{/{title}: {{get: {{summary: {title}, responses: {{"200": {schema}}}}}}}}}'
    own = SHARED % (shares or "#/components/schemas/Own")
    return HEAD % title + f"paths: {paths if has_paths else {}}\n" + own


A_USES_B = described("A", "b.yaml#/components/schemas/Other")
DESCRIPTIONS = {
    "one that only shares schemas is a part": (
        {"a.yaml": A_USES_B, "b.yaml": described("B", "", has_paths=False)},
        {"A": ["A"]},
    ),
    "also if it refers back, whichever comes first": (
        {
            "b.yaml": described("A", "a.yaml#/components/schemas/Other"),
            "a.yaml": described("B", "", has_paths=False, shares="b.yaml#/components/schemas/Own"),
        },
        {"A": ["A"]},
    ),
    "one with paths is a document, though another uses its schemas": (
        {"a.yaml": A_USES_B, "b.yaml": described("B", "#/components/schemas/Own")},
        {"A": ["A"], "B": ["B"]},
    ),
    "two with paths that use each other's schemas are two documents": (
        {
            "a.yaml": A_USES_B,
            "b.yaml": described("B", "a.yaml#/components/schemas/Own", shares="a.yaml#/info"),
        },
        {"A": ["A"], "B": ["B"]},
    ),
    "one whose paths another uses is a part": (
        {
            "a.yaml": HEAD % "A" + 'paths: {/B: {$ref: "parts/b.yaml#/paths/~1B"}}\n',
            "parts/b.yaml": described("B", "#/components/schemas/Own"),
        },
        {"A": ["B"]},
    ),
    "one that nobody refers to is a document, even without paths": (
        {"a.yaml": described("A", "#/components/schemas/Own"), "b.yaml": HEAD % "B" + "paths: {}"},
        {"A": ["A"], "B": []},
    ),
    "two share a part": (
        {
            "a.yaml": A_USES_B,
            "b.yaml": described("B", "", has_paths=False),
            "c.yaml": described("C", "./b.yaml#/components/schemas/Own"),
        },
        {"A": ["A"], "C": ["C"]},
    ),
    "files of one name in different folders are different files": (
        {
            "x/a.yaml": A_USES_B,
            "x/b.yaml": described("B", "", has_paths=False),
            "y/b.yaml": described("Y", "#/components/schemas/Own"),
        },
        {"A": ["A"], "Y": ["Y"]},
    ),
}


@pytest.mark.parametrize("format_", [None, "openapi"])
@pytest.mark.parametrize("case", DESCRIPTIONS)
def test_descriptions_that_refer_to_each_other(case: str, format_: str | None) -> None:
    files, wanted = DESCRIPTIONS[case]
    found = ((path, text.encode()) for path, text in files.items())
    document = formats.read(load_files(found, "all"), format_)
    assert contents(document)[0] == wanted
    assert not [note for note in document.notes if "cannot be followed" in note.reason]
