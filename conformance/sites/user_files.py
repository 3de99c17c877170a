"""Files of the user's: read as far as they are text, never for ever; written whole, and never over anything else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: What readers of TOML and JSON raise for what is none, for numbers of thousands of digits, for lists without end.
UNREADABLE = (ValueError, RecursionError)
#: A summary of all scenarios has 2 million characters.
_LONGEST = 256 * 1024**2
#: Where a shell puts what it hands over with ``<(...)``.
_HANDED_OVER = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")


def read_user_file(file: Path, longest: int = _LONGEST) -> str:
    """The text of ``file``, without a mark of byte order; ``OSError`` or one of ``UNREADABLE`` when there is none."""
    demand_readable(file)
    with file.open(encoding="utf-8-sig") as source:
        text = source.read(longest + 1)
    if len(text) > longest:
        raise ValueError(f"it is longer than {longest} characters")
    return text


def read_user_bytes(file: Path) -> bytes:
    """What ``file`` holds; ``OSError`` when that is not to be had."""
    demand_readable(file)
    return file.read_bytes()


def demand_readable(file: Path) -> None:
    """``OSError`` unless ``file`` has an end.

    A pipe that nobody writes to would be waited for without end, and a device read without end.
    """
    mode = file.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if not (stat.S_ISREG(mode) or str(file).startswith(_HANDED_OVER)):
        raise OSError(errno.EINVAL, "it is a pipe or a device", str(file))


def names_folder(path: Path) -> bool:
    """Whether a folder is there; pathlib raises where the name is too long to be one."""
    try:
        return path.is_dir()
    except OSError:
        return False


def names_file(path: Path) -> bool:
    """Whether a file is there that can be read to its end."""
    try:
        return path.is_file()
    except OSError:
        return False


def why_unreadable(problem: Exception) -> str:
    """What is wrong with a file that ended in an ``OSError`` or one of ``UNREADABLE``; never what it holds."""
    if isinstance(problem, RecursionError):
        return "its values are nested without end"
    if isinstance(problem, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(problem, UnicodeEncodeError):
        return "it holds half a character"
    return (problem.strerror if isinstance(problem, OSError) else "") or str(problem)


def write_whole(file: Path, text: str) -> None:
    """Write ``text`` so that the file is never seen half written; ``OSError`` where something else than a file is."""
    with draft_of(file) as draft:
        draft.write_text(text, encoding="utf-8")


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """A file beside ``file`` that takes its place once all is written to it; where that fails nothing is changed."""
    _demand_file(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(file.suffix + ".tmp")
    try:
        yield draft
    except BaseException as problem:
        with suppress(OSError):
            draft.unlink()
        if isinstance(problem, OSError):
            # A full disk is told without a name, and of the draft nobody knows.
            problem.filename = str(file)
        raise
    draft.replace(file)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """An ``OSError`` says which file it is about: of a disk that fills up on the way Python does not tell."""
    try:
        yield
    except OSError as problem:
        problem.filename = problem.filename or str(file)
        raise


def _demand_file(file: Path) -> None:
    """A pipe or a device is not written over: whoever may, as root, would take it from everybody."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "a folder, a pipe or a device is there", str(file))
