"""What can go wrong with a world, each a sentence for the person who asked."""


class WorldError(Exception):
    """The base of everything below."""


class UnknownWorld(WorldError):
    """No world has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no world {name!r}; create it with POST /_mock/worlds.")
        self.name = name


class WorldExists(WorldError):
    """A world of this name is already there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a world {name!r}; delete it first or choose another name.")
        self.name = name


class BadWorld(WorldError):
    """What was asked of a world cannot be done: a name, a time or a rule that makes no sense."""


class Undeletable(WorldError):
    """The default world stays."""

    def __init__(self) -> None:
        super().__init__("The default world cannot be deleted; reset it instead.")


class StoreUnavailable(WorldError):
    """The database cannot be reached, is full or does not answer; the same call may work later."""


class Outdated(WorldError):
    """The world is no longer what it was when it was got: get it anew. Nothing was done."""


class StoreRefused(WorldError):
    """The database is there but not ours to use: of another schema version, or of another program."""
