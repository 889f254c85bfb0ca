"""What the service routes answer."""

from typing import Literal, Required

from typing_extensions import TypedDict


class DatabaseHealth(TypedDict):
    """The database: whether it answers, is migrated, and in how many milliseconds it answered.

    ``hasRoom`` is false where less than 10 MB are left for SQLite's file, ``takesWrites`` where the
    MySQL server only reads, ``damaged`` true where SQLite's file is broken.
    """

    kind: Literal["sqlite", "mysql"]
    answers: bool
    migrated: bool
    hasRoom: bool
    takesWrites: bool
    damaged: bool
    latencyMs: float


class HealthAnswer(TypedDict):
    """The server's health; ``uptime`` in seconds.

    ``instance`` is the same only for servers with the same database and secret key.
    """

    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: str
    uptime: float
    database: DatabaseHealth
    version: str
    instance: str


class InstanceView(TypedDict):
    """What everybody may know who is to sign in here.

    ``name`` is what `/health` has as `instance`. ``registration`` is a setting: it changes with a
    restart only. ``isEmpty``: nobody has an account yet, the first administrator's link is good.
    ``sendsMail``: links are mailed, and not only handed over. ``sessionDays`` is how long one stays
    signed in at most, ``importMaxBytes`` how large a document may be that is imported.
    """

    name: str
    version: str
    address: str
    registration: Literal["open", "invited", "closed"]
    isEmpty: bool
    sendsMail: bool
    sessionDays: int
    importMaxBytes: int


class InstanceAnswer(TypedDict):
    """This instance."""

    instance: InstanceView


class LiveAnswer(TypedDict):
    """The process runs."""

    status: Literal["alive"]


class ReadyAnswer(TypedDict):
    """The process can serve."""

    status: Literal["ready"]


class Counts(TypedDict):
    """How many there are of each kind."""

    users: int
    projects: int
    sessions: int
    mcpTokens: int


class Process(TypedDict):
    """This process: its memory in bytes and the CPU seconds it used."""

    pid: int
    memoryBytes: int
    cpuSeconds: float


class Disk(TypedDict):
    """The data directory's disk, in bytes."""

    totalBytes: int
    freeBytes: int


class Operation(TypedDict, total=False):
    """What administrators see beside; ``load`` is the system's of 1, 5 and 15 minutes."""

    workers: int
    database: DatabaseHealth
    counts: Counts
    process: Process
    load: list[float]
    disk: Disk


class StatusAnswer(Operation):
    """That the server works, and since when; ``uptime`` in seconds."""

    status: Required[Literal["running", "draining"]]
    version: Required[str]
    uptime: Required[float]
    startedAt: Required[str]


class SlotView(TypedDict):
    """What happened in some seconds that end at ``at``.

    ``failures`` are answers with a status of 500 and above. ``p50Ms`` and ``p99Ms``: within how
    many milliseconds half of the requests were answered, and 99 of 100; null where there was none.
    """

    at: str
    requests: int
    failures: int
    p50Ms: float | None
    p99Ms: float | None
    memoryBytes: int
    streams: int


class HistoryView(TypedDict):
    """The last half hour of a server with so many ``workers``; the oldest slot first."""

    workers: int
    slotSeconds: int
    slots: list[SlotView]


class HistoryAnswer(TypedDict):
    """How a process fared lately."""

    history: HistoryView
