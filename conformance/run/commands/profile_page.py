"""``docs/profile.md``: every account, setting and key of data a profile may name, and what a run finds by itself."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.sites.discovery import ITEM, ROLE, SETTING, Way, discovery_table
from conformance.sites.profile import ROLES, known_test_data
from conformance.sites.settings import Setting, known_settings

_HEAD = """# What a profile may name

Written by `webex-conformance index` from `conformance/sites/*.toml`.

Address, one administrator and a password suffice: what else the selected scenarios need is found out by reads, or made
by a run with `--access read-write` and taken away at its end. Whatever a profile names wins. `webex-conformance plan`
says what each further line is worth on your site, `webex-conformance init` writes what it finds into the profile.
[sites.example.toml](../sites.example.toml) shows the keys of the site itself: address, rate, schemas, mailbox ...

A *disposable* thing of test data may be named several times, divided by commas, in all of its keys alike: scenarios
that change one need not wait then for those that change another."""


def profile_page() -> str:
    """The page."""
    return "\n".join([_HEAD, *_accounts(), *_settings(), *_data()]) + "\n"


def _accounts() -> Iterator[str]:
    yield from ("", "## Accounts: `[sites.NAME.accounts.ROLE]`", "")
    yield from ("| role | who | when it is not named |", "| --- | --- | --- |")
    for role, who in ROLES.items():
        yield f"| `{role}` | {who} | {'must be named' if role == 'site-admin' else _otherwise(ROLE, role)} |"


def _settings() -> Iterator[str]:
    yield from ("", "## Settings: `[sites.NAME.settings]`", "")
    yield from ("| setting | values | its name in the notes | when it is not named |", "| --- " * 4 + "|")
    for name, setting in known_settings().items():
        assumed = "" if setting.assumed is None else f"taken to be {str(setting.assumed).lower()}"
        assumed = assumed or ("GetSite tells it, but for clauses about that" if setting.reported else "")
        yield f"| `{name}` | {_values(setting)} | {setting.notes} | {assumed or _otherwise(SETTING, name)} |"


def _values(setting: Setting) -> str:
    return ", ".join(setting.words) if setting.words else setting.expects()


def _data() -> Iterator[str]:
    yield from ("", "## Data: `[sites.NAME.data]`", "")
    yield from ("| item | keys | must be | when it is not named |", "| --- " * 4 + "|")
    for name, item in known_test_data().items():
        keys = ", ".join(f"`{key}`" + (" (may be left out)" if key in item.defaults else "") for key in item.keys)
        yield f"| {name} | {keys} | {item.must_be} | {_otherwise(ITEM, name)} |"


def _otherwise(kind: str, name: str) -> str:
    """What a run does about something the profile does not name."""
    told = dict.fromkeys(map(_way, discovery_table().ways(kind, name).ways))
    return ", or ".join(told) if told else "scenarios that need it are skipped"


def _way(way: Way) -> str:
    if way.make:
        return f"a new {way.make}, made by a run that may write" + (", on a classic site" if way.make == "user" else "")
    by = discovery_table().reads[way.read].operation if way.read else ", ".join(way.details["refused"])
    about = f" (not for {', '.join(sorted(way.not_for))})" if way.not_for else ""
    return f"found by {by}{about}"
