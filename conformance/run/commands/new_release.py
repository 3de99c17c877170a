"""``webex-conformance new-release``: the folder of a release, ready to be filled from its notes.

What it makes holds no clause yet, so everything stays green until the first one is written. Each step from there on
stands in CONTRIBUTING.md, with the command that proves it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance.judge.clauses import load_clauses
from conformance.run.suite import INSTALLED
from conformance.sites.errors import UserError
from conformance.sites.release import FIRST, Release
from conformance.sites.user_files import write_whole

_CLAUSES = """\
# The clauses of release {release}, in the order of its notes. Lines are those of the published notes.
#
# One [[item]] for each heading of the notes, one [[item.clause]] for each sentence that can be kept or broken. Only
# where parts of the notes are missing, [notes] says so; with a source clauses need no lines.
#
# [notes]
# source = ""                        # "later releases" for instance, a row of docs/sources.md
# published = ""                     # address of the notes, where they are not on the page of the others of this year
# gap = ""                           # what of the notes of this release nobody has
# missing = []                       # releases before it of whose notes nobody has anything: "42.2"
#
# [[item]]
# heading = "GetSite tells the new option"
# heading_zh = ""                    # the heading as published, where we read another edition
#
# [[item.clause]]
# id = "R{release}-01"               # numbered on, never given twice
# operation = "GetSite"              # or "CreateUser/SetUser", "all operations"
# certainty = "explicit"             # explicit: must; inferred: should; control: either; ambiguous: observe
# lines = "12-14"
# text = "GetSite returns newOption in tools."
# remark = ""                        # what the notes leave open, and how we read it
# adds = ["siteInstance/tools/newOption"]     # also: changes, removes; "**/name" where the parent is not told. What it
#                                             # names must stand in schemas/*.xsd, its operation in payloads/
"""
_FEATURE = """\
@since.{release}
Feature: What release {release} brings
  In product words, one Rule for each clause. Rename this file after its subject,
  or split it: any number of feature files stands beside clauses.toml.

  # @clause.R{release}-01
  # Rule: GetSite tells the new option
  #
  #   Scenario: tools holds newOption
  #     When the site admin sends GetSite
  #     Then the call succeeds
  #     And the reply contains
  #       | element                      | kind    |
  #       | siteInstance/tools/newOption | boolean |
"""
_README = """\
# Release {release}

Nothing is written yet: fill `clauses.toml`, then `webex-conformance index` writes this page.
"""
_STEPS = """\
{folder}: clauses.toml, new.feature, README.md

next, each step with its proof in CONTRIBUTING.md:
  1  the release as a row of mocksite/releases.toml, so that a mock can be one
  2  new operations in payloads/ and schemas/*.xsd; new elements in schemas/*.xsd with c:since="{release}", and in
     mocksite/replies/*.xml with since="{release}"; exception ids in features/exceptions.toml
  3  each sentence of the notes as a clause in clauses.toml
  4  a scenario for each clause: pytest features/{release} --release {release}
  5  the faults it must catch in mocksite/faults/: python -m tests.matrix --only 'R{release}*'
  6  what the release before keeps as well in tests/ladder.toml
  7  webex-conformance index, python -m tests.figures, make test"""


def new_release(given: argparse.Namespace) -> int:
    """Make the folder, and say what comes next."""
    root: Path = given.root
    release = Release.parse(given.release, where="new-release")
    _demand_room(root, release)
    folder = root / "features" / str(release)
    for name, text in (("clauses.toml", _CLAUSES), ("new.feature", _FEATURE), ("README.md", _README)):
        write_whole(folder / name, text.replace("{release}", str(release)))
    print(_STEPS.format(folder=folder, release=release))
    return 0


def _demand_room(root: Path, release: Release) -> None:
    if root == INSTALLED:
        what = "an installed suite cannot be changed"
        raise UserError("no-checkout", what, where=str(root), hint="name a checkout with --root")
    if release < FIRST:
        raise UserError("release-old", f"this suite speaks about releases from {FIRST} on, not {release}")
    # Mistakes in the lists that are there already would otherwise be found after the new folder was made.
    if not load_clauses(root / "features"):
        hint = "name a checkout of the suite with --root"
        raise UserError("features-missing", "there are no clauses here", where=str(root), hint=hint)
    folder = root / "features" / str(release)
    if folder.exists():
        raise UserError("release-exists", f"there is a folder for {release} already", where=str(folder))
