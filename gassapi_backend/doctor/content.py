"""Whether the contents of the database are correct."""

from gassapi_backend.doctor.findings import Finding, Verdict
from gassapi_backend.settings import Settings, SettingsError

CROWDED = 0.9  # of a limit: from there on it is worth a warning


async def check_content(
    settings: Settings, found: list[Finding], *, fix: bool, seconds: float | None = None
) -> None:
    """Find wrong counts, a cut-off audit log, lost secrets and mails that were given up.

    Findings are added to ``found``, one check after the other; none if there is no database yet.
    With ``fix``, counts are corrected. A statement may take ``seconds``.
    """
    from gassapi_backend.database import is_sqlite, open_database, sqlite_path

    if is_sqlite(settings) and not sqlite_path(settings.database).exists():
        return
    async with open_database(settings, statement_seconds=seconds):
        found += await _key(settings)
        found.append(await _counts(fix=fix))
        found += await _quotas(settings)
        found.append(await _record())
        found += await _secrets(settings)
        found += await _outbox()


async def _key(settings: Settings) -> list[Finding]:
    """Whether the key that everybody's sessions depend on is gone."""
    from gassapi_backend.instance_key import lacks_key
    from gassapi_backend.models import User

    if not (lacks_key(settings) and await User.exists()):
        return []
    message = "there are accounts, but the secret key is gone"
    advice = (
        "Restore the key from a backup. Otherwise the next start creates a new one, and everybody "
        "is signed out."
    )
    return [Finding("files", Verdict.BAD, message, advice)]


async def _counts(*, fix: bool) -> Finding:
    from gassapi_backend.server.access.callers import CONSOLE
    from gassapi_backend.server.projects.actions import recount_project
    from gassapi_backend.server.projects.queries import miscounted_projects

    wrong = await miscounted_projects()
    if not wrong:
        return Finding("counts", Verdict.GOOD, "right")
    if fix:
        for project_id in wrong:
            await recount_project(CONSOLE, project_id)
        return Finding("counts", Verdict.GOOD, f"recounted {len(wrong)} project(s)")
    what = "show wrong sizes or counts of what is in them, or do not find all of it"
    message = f"{len(wrong)} project(s) {what}"
    return Finding("counts", Verdict.WARNING, message, "Run: gassapi-backend doctor --fix")


async def _quotas(settings: Settings) -> list[Finding]:
    """Which projects and people are close to a limit."""
    from gassapi_backend.server.limits.quotas import in_force
    from gassapi_backend.server.projects.queries import crowded_people, crowded_projects

    with in_force(settings):
        projects, people = await crowded_projects(CROWDED), await crowded_people(CROWDED)
    found = []
    advice = "Have them tidy up, or raise the limit: the settings that begin with GASSAPI_P…_MAX_."
    if projects:
        message = f"nearly full: {_some([row['name'] for row in projects])}"
        found.append(Finding("quotas", Verdict.WARNING, message, advice))
    if people:
        message = f"own nearly as many projects as they may: {_some([r['email'] for r in people])}"
        found.append(Finding("quotas", Verdict.WARNING, message, advice))
    good = Finding("quotas", Verdict.GOOD, "no project or account is close to a limit")
    return found or [good]


def _some(names: list[str]) -> str:
    """Return the first of these names, and the number of others."""
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


async def _record() -> Finding:
    from gassapi_backend.server.audit.queries import misplaced_heads

    if wrong := await misplaced_heads():
        message = f"the audit log of {len(wrong)} project(s) does not end as it should"
        return Finding("audit log", Verdict.BAD, message, "See gassapi-backend audit verify.")
    return Finding("audit log", Verdict.GOOD, "ends as it should; audit verify checks all of it")


async def _secrets(settings: Settings) -> list[Finding]:
    """Whether the existing keys decrypt the secret variables; creates no key."""
    import orjson

    from gassapi_backend.instance_key import FILE_NAME, is_rotating
    from gassapi_backend.server.items.queries import list_sealed
    from gassapi_backend.server.items.variables import is_lost, is_outdated, secret_keys
    from gassapi_backend.vault import Vault

    owners = [(row, orjson.loads(row["variables"])) for row in await list_sealed()]
    has_key = settings.secret_key is not None or (settings.home / FILE_NAME).exists()
    try:
        vault = Vault(settings) if has_key else None
    except SettingsError:
        return []  # already reported for the file
    lost = [
        f"the {row['kind']} {row['name']} of project {row['project_id']}"
        for row, variables in owners
        if vault is None or any(is_lost(vault, row["id"], variable) for variable in variables)
    ]
    if lost:
        advice = (
            f"The secret key is not the one they were encrypted with. Put that one into {FILE_NAME}"
            " or GASSAPI_OLD_SECRET_KEYS, or enter the values again."
        )
        message = f"secret values that cannot be decrypted, in {_some(lost)}"
        return [Finding("secrets", Verdict.BAD, message, advice)]
    outdated = vault is not None and any(
        is_outdated(vault, variable) for _, variables in owners for variable in variables
    )
    if outdated or is_rotating(settings):
        message = "a change of the secret key is not finished"
        advice = "Run: gassapi-backend key rotate"
        return [Finding("secrets", Verdict.WARNING, message, advice)]
    if settings.old_secret_keys:
        message = "nothing is encrypted with a former secret key any more"
        return [
            Finding("secrets", Verdict.GOOD, message, "GASSAPI_OLD_SECRET_KEYS can be removed.")
        ]
    count = sum(len(secret_keys(variables)) for _, variables in owners)
    return [Finding("secrets", Verdict.GOOD, f"{count}, all can be decrypted" if count else "none")]


async def _outbox() -> list[Finding]:
    from gassapi_backend.server.mail.queries import count_given_up

    count = await count_given_up()
    if not count:
        return []
    message = f"{count} mail(s) could not be sent and were given up"
    advice = "See gassapi-backend mail list, then gassapi-backend mail retry."
    return [Finding("outbox", Verdict.WARNING, message, advice)]
