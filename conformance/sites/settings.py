"""Site options a scenario can depend on, as listed in ``settings.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.sites.errors import UserError, nearest
from conformance.sites.release import Release

Value = bool | int | str
#: No amount or id of a site is larger: it is what a long of the schemas holds.
MOST = 2**63 - 1
#: What a mock is set to where a feature says none or some.
_AMOUNTS = {"none": 0, "some": 1000}
_WORDS = {"enabled": True, "disabled": False, "on": True, "off": False, "true": True, "false": False}


@dataclass(frozen=True)
class Setting:
    """One site option: what features call it, what values it takes, where GetSite tells it.

    ``reported`` is a path below ``siteInstance`` (empty when no reply tells the
    setting), present from release ``since`` on. ``assumed`` is what a profile
    that does not say is taken to mean; without it scenarios that ask are skipped.
    A site set so ``refuses`` operations: scenarios that send one need it off, unless
    they say how it is set; ``refusal`` is the exception id by which it does.
    """

    name: str
    phrase: str
    kind: str
    words: tuple[str, ...]
    notes: str
    reported: str
    since: Release | None
    assumed: Value | None = None
    refuses: tuple[str, ...] = ()
    refusal: str = ""

    def value(self, text: str, *, where: str = "") -> Value:
        """Read ``text`` as a value of this setting; :class:`UserError` when it is none."""
        if self.kind == "boolean" and text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if self.kind == "amount" and text in _AMOUNTS:
            return _AMOUNTS[text]
        if self.kind == "amount" and text.isdigit():
            return int(text)
        if self.kind == "word" and text in self.words:
            return text
        raise UserError(
            "setting-value", f"{text!r} is no value of the setting {self.name}", where=where, hint=self.expects()
        )

    def fits(self, value: object) -> bool:
        """Whether ``value`` of a profile is one of this setting."""
        if self.kind == "boolean":
            return isinstance(value, bool)
        if self.kind == "amount":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
        return isinstance(value, str) and value in self.words

    def agrees(self, value: Value, wanted: Value) -> bool:
        """Whether a site set to ``value`` is one a scenario wants; of an amount only none and some differ."""
        return bool(value) == bool(wanted) if self.kind == "amount" else value == wanted

    def shown(self, wanted: Value) -> str:
        """The value a scenario wants, as a profile would say it."""
        if self.kind == "amount":
            return "more than 0" if wanted else "0"
        return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)

    def expects(self) -> str:
        """What values the setting takes, for a hint."""
        return {"boolean": "true or false", "amount": "a whole number"}.get(
            self.kind, "one of " + ", ".join(self.words)
        )


@cache
def known_settings() -> dict[str, Setting]:
    """Every setting by name."""
    table = tomllib.loads(Path(__file__).with_name("settings.toml").read_text(encoding="utf-8"))
    return {name: _setting(name, row) for name, row in table.items()}


def _setting(name: str, row: dict[str, object]) -> Setting:
    kind = row["kind"]
    words = tuple(map(str, kind)) if isinstance(kind, list) else ()
    since = row.get("since")
    return Setting(
        name=name,
        phrase=str(row["phrase"]),
        kind="word" if words else str(kind),
        words=words,
        notes=str(row["notes"]),
        reported=str(row.get("reported", "")),
        since=Release.parse(str(since)) if since else None,
        assumed=row.get("assumed"),  # type: ignore[arg-type]
        refuses=tuple(row.get("refuses", ())),  # type: ignore[arg-type]
        refusal=str(row.get("refusal", "")),
    )


def refusals(names: Iterable[str]) -> tuple[str, ...]:
    """The exception ids by which sites refuse that have one of these settings on."""
    return tuple(known_settings()[name].refusal for name in names if known_settings()[name].refusal)


def setting_named(name: str, *, where: str = "") -> Setting:
    """The setting called ``name`` in a profile or tag."""
    settings = known_settings()
    if name not in settings:
        raise UserError("setting-unknown", f"there is no setting {name!r}", where=where, hint=nearest(name, settings))
    return settings[name]


def setting_spoken(phrase: str) -> Setting:
    """The setting a feature calls ``phrase``."""
    settings = {setting.phrase: setting for setting in known_settings().values()}
    if phrase not in settings:
        raise UserError("setting-unknown", f"no setting is called {phrase!r}", hint=nearest(phrase, settings))
    return settings[phrase]
