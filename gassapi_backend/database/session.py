"""What a session with MySQL or MariaDB depends on, set by us and not by the server's defaults."""

SESSION = {
    "character_set_client": "'utf8mb4'",
    "character_set_connection": "'utf8mb4'",
    "character_set_results": "'utf8mb4'",
    "collation_connection": "'utf8mb4_bin'",  # MariaDB and MySQL share no better one
    "time_zone": "'+00:00'",
    # NO_BACKSLASH_ESCAPES, for one, would have values end where they do not
    "sql_mode": "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
    "innodb_lock_wait_timeout": "10",  # seconds; less than an answer may take
    "default_storage_engine": "'InnoDB'",  # another has shorter keys, and no transactions
    "foreign_key_checks": "1",
    "completion_type": "'NO_CHAIN'",  # RELEASE would hang up after every COMMIT
    "sql_safe_updates": "0",
    "sql_select_limit": "18446744073709551615",
    "sql_big_selects": "1",  # whatever max_join_size says, as on shared hosts
}
LOCK_SECONDS = 10  # to wait for a table that somebody locked, or changes
COMMAND_LOCK_SECONDS = 60  # the same where nobody waits for an answer
MYSQL_ONLY, MARIADB_ONLY = "/*!80000 , {} */", "/*M! , {} */"  # comments that these servers obey


def session_command(statement_seconds: float | None = None) -> str:
    """Return the statement with which every connection begins."""
    said = ", ".join(f"{name}={value}" for name, value in SESSION.items())
    said += MYSQL_ONLY.format("transaction_isolation='REPEATABLE-READ'")
    said += MARIADB_ONLY.format("tx_isolation='REPEATABLE-READ'")
    # else what is IN a thousand values is looked for by reading the whole table
    said += MARIADB_ONLY.format("in_predicate_conversion_threshold=0")
    seconds = statement_seconds or 0  # none, whatever the server's default is
    said += MYSQL_ONLY.format(f"max_execution_time={round(seconds * 1000)}")
    said += MARIADB_ONLY.format(f"max_statement_time={seconds:g}")
    said += f", lock_wait_timeout={LOCK_SECONDS if seconds else COMMAND_LOCK_SECONDS}"
    return f"SET {said}"
