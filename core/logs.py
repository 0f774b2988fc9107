"""Structured logs: JSON lines for machines, coloured lines on a terminal. Each line carries the request's id."""

import logging
import sys
from typing import TextIO, cast

import structlog

from core.log_lines import LAST_WORDS, LogLines
from core.settings import LogSettings

_started: list[LogLines] = []


def start(settings: LogSettings, **bound: str) -> None:
    """Once a process, before anything is logged. `bound` (process="web") joins each line."""
    level = logging.getLevelName(settings.log_level)
    renderer = _renderer(settings.log_format)
    lines = LogLines(sys.stdout.fileno(), _tell_lost)
    _started.append(lines)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, lines)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(**bound)
    _adopt(lines, shared, renderer, level)


def drain() -> None:
    """Before an end that runs no `atexit`, as by a signal that nobody catches. Takes a second at most."""
    for lines in _started:
        lines.drain(LAST_WORDS)


def _renderer(wanted: str) -> structlog.typing.Processor:
    if wanted == "console" or (wanted == "auto" and sys.stdout.isatty()):
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _tell_lost(count: int) -> None:
    structlog.get_logger().warning("log_lines_lost", count=count)


def _adopt(
    lines: LogLines, shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor, level: int
) -> None:
    """Lines of libraries, which use the standard library's logging, come out in the same form."""
    line = logging.StreamHandler(lines)
    line.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [line]
    root.setLevel(max(level, logging.WARNING))
