"""How a command ends early: one line on standard error, and an exit status."""

FAILED, MISUSED = 1, 2


class Stop(Exception):
    """The line, without the program's name."""

    status = FAILED


class Misused(Stop):
    """The command cannot be meant so."""

    status = MISUSED
