"""The house as it was meant: layers that do not know each other, and nothing of this machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from tortoise.fields.relational import BackwardFKRelation, ForeignKeyFieldInstance
from tortoise.models import Model

import gassapi_backend
from gassapi_backend import models
from gassapi_backend.models import Scope, rows
from gassapi_backend.server.access.permissions import (
    ABOUT_NO_PROJECT,
    FOR_TOKENS,
    GRANTS,
    SCOPES,
    Permission,
    Role,
)
from gassapi_backend.server.routes import ROUTES
from tests.checkout import files

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "gassapi_backend").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
COMMANDS = [path for path in MODULES if "cli" in path.relative_to(ROOT).parts]
CLOCKS = {"time.monotonic", "time.perf_counter", "time.time"}

LAYERS: tuple[set[str], ...] = (
    {"fair_share", "folding"},
    {"addresses", "clock", "exchange", "private_files", "sealing", "terminal_text", "third_party"},
    {"own_files", "settings_checks"},
    {"bridge", "mcp_clients", "settings"},
    {"database", "instance_key", "logs", "models", "running", "settings_file", "unknown_variables"},
    {"vault"},
    {"server/errors", "server/names"},
    {"server/access"},
    {"server/changes"},
    {"server/limits"},
    {"server/web"},
    {"console", "server/items"},
    {
        "server/audit",
        "server/collections",
        "server/endpoints",
        "server/environments",
        "server/flows",
        "server/mail",
        "server/service",
    },
    {"server/projects", "server/tokens"},
    {"server/accounts", "server/importing"},
    {"doctor"},
    {"server/members", "server/recovery"},
    {"server/feed", "server/sessions"},
    {"server/mcp"},
    {"server/routing"},
    {"server/middleware", "server/routes"},
    {"server/openapi"},
    {"server/app"},
    {"server/run"},
    {"cli"},
    {"__main__"},
)
"""The rooms, from the ground up: each imports rooms of lower floors only, so that none is a circle.

What a feature has to tell one above it, it is handed a function for, in ``server/app.py``.
"""
ACTIONS = {
    *("actions.py", "administration.py", "deletion.py", "exporting.py", "founding.py"),
    *("merging.py", "registration.py", "rotation.py"),
}
"""The modules that write; all but the first are too much for their room's ``actions.py``."""
ROWS: dict[type[Model], type] = {
    models.User: rows.StoredUser,
    models.Session: rows.SessionRow,
    models.OneTimeToken: rows.OneTimeTokenRow,
    models.SetupLink: rows.SetupLinkRow,
    models.Attempt: rows.AttemptRow,
    models.Project: rows.ProjectRow,
    models.Member: rows.MemberRow,
    models.Invitation: rows.StoredInvitation,
    models.Environment: rows.StoredEnvironment,
    models.Collection: rows.StoredCollection,
    models.Endpoint: rows.StoredEndpoint,
    models.SearchBlock: rows.SearchBlockRow,
    models.Flow: rows.StoredFlow,
    models.McpToken: rows.StoredToken,
    models.AuditEntry: rows.AuditRow,
    models.AuditChain: rows.AuditChainRow,
    models.Origin: rows.OriginRow,
    models.Mail: rows.StoredMail,
    models.Idempotency: rows.IdempotencyRow,
}
"""What all columns of each table are as plain SQL reads and writes them."""
PUBLIC = {"_replace", "_asdict", "_fields", "_make", "_exit"}
"""What begins with an underscore and is not private: of named tuples, and of ``os``."""
MAX_ENTRIES = 30  # of server/, so that it can be looked over


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def broken(paths: Iterable[Path], rule: Callable[[Path], Any]) -> dict[str, Any]:
    """Return what a rule finds wrong with each module, by its name; nothing of those that are well.

    One test looks at all modules: one for each module and rule would be some thousand of them.
    """
    return {named(path): wrong for path in paths if (wrong := rule(path))}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> set[str]:
    """Return what a module imports anywhere in it, ``from a import b`` as ``a`` and ``a.b``."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room_of(module: str) -> str | None:
    """Return the room of a module of ours; ``None`` for others, and for the package itself."""
    first, *rest = module.split(".")
    if first != "gassapi_backend" or not rest or rest[0] in ("__file__", "__init__", "__version__"):
        return None
    if rest[0] != "server":
        return rest[0]
    return "/".join(rest[:2]) if len(rest) > 1 else None


def floor_of(room: str) -> int:
    found = [floor for floor, rooms in enumerate(LAYERS) if room in rooms]
    assert len(found) == 1, f"{room} stands on one floor of LAYERS"
    return found[0]


def test_a_room_imports_only_rooms_below_it() -> None:
    def too_high(path: Path) -> set[str]:
        room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        imported = {found for name in imports_of(path) if (found := room_of(name))} - {room}
        return {other for other in imported if room and floor_of(other) >= floor_of(room)}

    assert broken(MODULES, too_high) == {}


@pytest.mark.parametrize("folder", ["gassapi_backend/", "gassapi_backend/server/"])
def test_every_room_is_on_the_map_and_nothing_else(folder: str) -> None:
    """A new room gets a line in ``docs/architecture.md``, and a floor in ``LAYERS``."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split(f"| Room of `{folder}` |", 1)[1].split("\n\n", 1)[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    mapped = {name.rstrip("/") for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    rooms = {
        path.name
        for path in (ROOT / folder).iterdir()
        if (path.suffix == ".py" and path.name[:2] != "__") or (path / "__init__.py").exists()
    }
    assert mapped == rooms


def test_the_server_can_be_looked_over() -> None:
    found = {path.name for path in (ROOT / "gassapi_backend" / "server").iterdir()}
    assert len(found - {"__pycache__"}) <= MAX_ENTRIES


def test_a_module_says_what_is_in_it() -> None:
    def unlike_a_sentence(path: Path) -> str | None:
        docstring = ast.get_docstring(tree_of(path)) or "nothing"
        is_good = re.search(r"[.:]$", docstring.split("\n\n")[0].strip())
        return None if is_good else docstring

    assert broken(MODULES, unlike_a_sentence) == {}


def test_a_module_of_tests_says_what_is_in_it() -> None:
    filled = [path for path in TESTS if path.read_text("utf-8")]
    assert broken(filled, lambda path: not ast.get_docstring(tree_of(path))) == {}


def test_actions_and_queries_know_nothing_of_http() -> None:
    def of_http(path: Path) -> set[str]:
        ends = (".handlers", ".routes", ".reading")
        names = imports_of(path)
        return {name for name in names if name.split(".")[0] == "aiohttp" or name.endswith(ends)}

    asked = [path for path in MODULES if path.name in {*ACTIONS, "queries.py"}]
    assert broken(asked, of_http) == {}


def test_actions_and_queries_load_no_web_server() -> None:
    """Commands answer quickly only as long as what they call is light."""
    wanted = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in MODULES
        if path.name in {*ACTIONS, "queries.py"}
    ]
    code = f"import sys, {', '.join(wanted)}; print({{'aiohttp', 'aiosmtplib'}} & set(sys.modules))"
    assert python(code) == "set()"


def test_the_command_line_loads_no_database_before_a_command_needs_one() -> None:
    heavy = {"aiohttp", "cryptography", "email_validator", "limits", "passlib", "tortoise"}
    code = "from gassapi_backend import settings; import gassapi_backend.cli.main"
    code += "; settings.load(home='.')"
    assert python(f"import sys; {code}; print({heavy} & set(sys.modules))") == "set()"


def test_a_server_loads_nothing_for_secrets_before_there_is_one() -> None:
    code = "from gassapi_backend.server import run; from gassapi_backend.server.access import "
    code += "session_tokens as tokens; made = tokens.make_access_token(bytes(32), user_id='ann', "
    code += "session_id='one'); print(tokens.read_access_token(bytes(32), made).user_id, "
    code += "'cryptography' in sys.modules)"
    assert python(f"import sys; {code}") == "ann False"


def python(code: str) -> str:
    """Return what some code prints in a process of its own."""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_models_know_nothing_of_the_server() -> None:
    def of_the_server(path: Path) -> list[str]:
        return [name for name in imports_of(path) if name.startswith("gassapi_backend.server")]

    asked = [path for path in MODULES if path.parent.name == "models"]
    assert broken(asked, of_the_server) == {}


def test_the_layers_below_know_nothing_of_http() -> None:
    def of_http(path: Path) -> list[str]:
        return [name for name in imports_of(path) if name.split(".")[0] == "aiohttp"]

    asked = [path for path in MODULES if path.parent.name in ("database", "models")]
    assert broken(asked, of_http) == {}


def test_the_command_line_calls_no_handler() -> None:
    def of_the_web(path: Path) -> list[str]:
        return [name for name in imports_of(path) if re.search(r"\.(handlers|routes)\b", name)]

    assert broken(COMMANDS, of_the_web) == {}


def test_the_command_line_writes_to_no_model_itself() -> None:
    def writing(path: Path) -> list[str]:
        calls = r"\.(?:save|create|bulk_create|get_or_create|update_or_create)\(|in_transaction"
        return re.findall(calls, path.read_text(encoding="utf-8"))

    assert broken(COMMANDS, writing) == {}


def test_actions_take_what_they_need_in_one_order() -> None:
    """Who acts, in which project, on what, then what was sent; last, which version is meant."""
    asked = [path for path in MODULES if path.name in ACTIONS and path.parent.name != "importing"]
    assert broken(asked, out_of_order) == {}


def out_of_order(path: Path) -> list[str]:
    """Return the public actions of a module that take what they need in another order."""
    wrong = []
    for action in tree_of(path).body:
        if not isinstance(action, ast.AsyncFunctionDef) or action.name.startswith("_"):
            continue
        names = [one.arg for one in action.args.args]
        if names[:1] != ["actor"]:
            continue  # it takes a change that is open, or is nobody's
        ids = [name for name in names if name.endswith("_id")]
        ordered = sorted(ids, key=lambda name: name != "project_id")
        if names[1 : len(ids) + 1] != ordered or "if_match" in names[:-1]:
            wrong.append(action.name)
    return wrong


def test_only_actions_open_a_change() -> None:
    def opening(path: Path) -> bool:
        return "gassapi_backend.server.changes.change.change" in imports_of(path)

    asked = [path for path in MODULES if "server" in path.parts and path.name not in ACTIONS]
    assert broken(asked, opening) == {}


def test_every_table_has_a_row() -> None:
    found = [getattr(models, name) for name in models.__all__]
    tables = {one for one in found if isinstance(one, type) and issubclass(one, Model)}
    assert ROWS.keys() == tables


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_row_has_the_columns_of_its_table(model: type[Model]) -> None:
    """And may be NULL where the column may."""
    hints = get_type_hints(ROWS[model])
    assert columns_of(model) == {name: NoneType in get_args(hints[name]) for name in hints}


def columns_of(model: type[Model]) -> dict[str, bool]:
    """Return whether each column of a table may be NULL."""
    found = {}
    for name, field in model._meta.fields_map.items():  # the ORM's only way to ask
        if not isinstance(field, BackwardFKRelation):
            is_key = isinstance(field, ForeignKeyFieldInstance)
            found[f"{name}_id" if is_key else name] = field.null
    return found


def test_a_new_row_is_made_in_a_pure_function_of_its_room() -> None:
    """In ``rows.py``, typed with all columns of its table, for whoever makes one: copies, imports.

    What a model fills in by itself is what another way of making the same row forgets.
    """

    def making(path: Path) -> list[str]:
        calls = r"\.(?:create|bulk_create|get_or_create|update_or_create)\("
        return re.findall(calls, path.read_text(encoding="utf-8"))

    assert broken([path for path in MODULES if "server" in path.parts], making) == {}


def test_a_row_is_made_without_a_database() -> None:
    def of_a_database(path: Path) -> set[str]:
        names = imports_of(path)
        return {name for name in names if re.match(r"tortoise|gassapi_backend\.database", name)}

    assert broken([path for path in MODULES if path.name == "rows.py"], of_a_database) == {}


def test_no_test_sets_a_limit_to_the_time_that_something_takes() -> None:
    """Machines are slow now and then: count statements, wait for events, compare an order."""
    assert broken(TESTS, timed) == {}


def timed(path: Path) -> list[str]:
    """Return the clocks that assertions of a module look at."""
    text = path.read_text(encoding="utf-8")
    asserted = [
        part
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert)
        for part in ast.walk(node)
    ]
    called = [ast.unparse(part.func) for part in asserted if isinstance(part, ast.Call)]
    clocks = [name for name in called if name in CLOCKS]
    if "perf_counter" in text and path.name != "test_house.py":
        clocks.append("perf_counter")
    return clocks


def test_no_test_touches_what_is_private_without_a_reason() -> None:
    """What is behind an underscore may change; where there is no other way, the line says why."""
    assert broken(TESTS, touched) == {}


def touched(path: Path) -> list[str]:
    """Return the private names that lines of a module use without a comment."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    return [
        f"{at}: {name}"
        for at, name in private_names(ast.parse(text))
        if "  # " not in lines[at - 1]
    ]


def private_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the lines and names of attributes and imports of others that are private."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            names = [] if is_own else [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("attr"):
            names = [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
            names = [name.rpartition(".")[2] for name in names]
        else:
            continue
        for name in names:
            if re.match(r"_[^_]", name) and name not in PUBLIC:
                yield node.lineno, name


def test_no_test_is_imported_by_another() -> None:
    """What several tests need is made in modules of their own, ``tests/factories.py`` first."""

    def tests_in(path: Path) -> list[str]:
        return [name for name in imports_of(path) if re.search(r"^tests\..*\btest_", name)]

    assert broken(TESTS, tests_in) == {}


def test_every_permission_is_needed_by_a_route_or_granted_to_somebody() -> None:
    needed = {route.permission for route in ROUTES}
    granted = {permission for grants in GRANTS.values() for permission in grants}
    assert needed | granted == set(Permission)


def test_every_permission_about_a_project_is_granted_to_somebody() -> None:
    granted = {permission for grants in GRANTS.values() for permission in grants}
    assert granted == set(Permission) - ABOUT_NO_PROJECT
    assert set(GRANTS) == set(Role)
    assert GRANTS[Role.STRANGER] < GRANTS[Role.READER] < GRANTS[Role.MEMBER] < GRANTS[Role.OWNER]


def test_a_scope_is_no_more_than_a_member_may() -> None:
    members = GRANTS[Role.MEMBER] | {Permission.LIST_PROJECTS, *FOR_TOKENS}
    assert SCOPES[Scope.READ] < SCOPES[Scope.WRITE] < members


def test_no_file_names_a_place_on_this_machine() -> None:
    places = [f"{place}/" for place in (ROOT, sys.prefix, Path.home()) if len(str(place)) > 1]
    wrong = [
        f"{name}: {place}"
        for name in files()
        for place in places
        if place.encode() in (ROOT / name).read_bytes()
    ]
    assert wrong == []


def test_the_newest_heading_of_the_changelog_is_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[?v?(\d+\.\d+\.\d+[^\s\]]*)", text, flags=re.MULTILINE)
    assert headings
    assert headings[0] == gassapi_backend.__version__
