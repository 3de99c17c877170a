"""``webex-conformance steps``: the sentences that features are written in, each with an example of the features."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.reporting.text import printable
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import StepRegistry, import_vocabulary
from conformance.sites.errors import UserError


@dataclass(frozen=True)
class VocabularyEntry:
    """A sentence: where it stands in a scenario, what it reads, an example and how many steps say it so."""

    keyword: str
    sentence: str
    example: str
    where: str
    used: int

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield f"{self.keyword:5} {self.sentence}"
        times = "1 step" if self.used == 1 else f"{self.used} steps"
        yield f"      {self.example}   {self.where}, {times}" if self.used else "      nobody says it so"


def steps(options: argparse.Namespace) -> int:
    """Print the vocabulary, or what of it holds a word."""
    import_vocabulary(options.root)
    catalogue = Catalogue(options.root)
    catalogue.read_all([options.root / "features"])
    word = options.word.lower()
    found = [one for one in entries(catalogue) if word in f"{one.keyword} {one.sentence} {one.example}".lower()]
    if not found:
        hint = "webex-conformance steps, without a word, lists all"
        raise UserError("word", f"no sentence of the vocabulary says {options.word!r}", hint=hint)
    if options.json:
        print(json.dumps([vars(one) for one in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(printable(line) for one in found for line in one.lines()))
    return 0


def entries(catalogue: Catalogue) -> list[VocabularyEntry]:
    """Every sentence in the order of Given, When, Then and of the files that define them."""
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for file in catalogue.known_files():
        for scenario in file.scenarios.values():
            for step in scenario.steps:
                told = (step.text + (" ..." if step.table else ""), f"{scenario.path}:{step.line}")
                sentence = _sentence(catalogue.registry, step.type, step.text)
                said.setdefault((step.type, sentence), []).append(told)
    found = []
    for keyword in ("given", "when", "then"):
        for definition in catalogue.registry.definitions:
            if definition.type in (None, keyword):
                sentence = definition.parser.name
                steps_said = said.get((keyword, sentence), [])
                if steps_said or definition.type:
                    example, where = steps_said[0] if steps_said else ("", "")
                    entry = VocabularyEntry(keyword.capitalize(), sentence, example, where, len(steps_said))
                    found.append(entry)
    return found


def _sentence(registry: StepRegistry, kind: str, text: str) -> str:
    return next(
        one.parser.name for one in registry.definitions if one.type in (None, kind) and one.parser.is_matching(text)
    )
