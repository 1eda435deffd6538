"""Cassettes as the commands want them: opened, begun and written, with one line for what goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from providers import Redactor
from server.commands.stop import Misused, Stop

if TYPE_CHECKING:
    from providers.testing import Cassette, Recorder


def play(name: str) -> Cassette:
    """The cassette of that name."""
    from providers.testing import Cassette

    try:
        return Cassette.load(Path(name))
    except OSError as error:
        msg = f"{name} cannot be read ({error.strerror})"
        raise Misused(msg) from None
    except ValueError as error:
        raise Misused(str(error)) from None


def begin(name: str, redactor: Redactor) -> Recorder:
    """A new recording; an older one of that name may be recorded over, nothing else."""
    from providers.testing import Recorder

    if Path(name).exists():
        try:
            play(name)
        except Misused:
            msg = f"{name} is there already, and is no cassette: name another file"
            raise Misused(msg) from None
    if not Path(name).absolute().parent.is_dir():
        msg = f"{name} cannot be written: there is no such folder"
        raise Misused(msg)
    return Recorder(redactor)


def write(recorder: Recorder, name: str) -> None:
    """Save the recording."""
    try:
        recorder.save(Path(name))
    except OSError as error:
        msg = f"{name} cannot be written ({error.strerror})"
        raise Stop(msg) from None
