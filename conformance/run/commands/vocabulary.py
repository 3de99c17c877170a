"""``webex-conformance steps``: the sentences that features are written in, each with an example of the features."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.reporting.text import ascii_json, counted, printable
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import Sentence, StepRegistry, import_vocabulary
from conformance.sites.errors import UserError

_NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class VocabularyEntry:
    """A sentence: where it stands in a scenario, what it reads, an example and how many steps say it so.

    The example of one that no step says is made of words that others say; ``where`` is "" then.
    """

    keyword: str
    sentence: str
    example: str
    where: str
    used: int

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield f"{self.keyword:5} {self.sentence}"
        where = f"{self.where}, {counted(self.used, 'step')}" if self.used else "not said so by any feature yet"
        yield f"      {self.example}   {where}"


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
        print(ascii_json([vars(one) for one in found]))
    else:
        print("\n".join(printable(line) for one in found for line in one.lines()))
    return 0


def entries(catalogue: Catalogue) -> list[VocabularyEntry]:
    """Every sentence in the order of Given, When, Then and of the files that define them."""
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    words: dict[str, str] = {}
    for file in catalogue.known_files():
        for scenario in file.scenarios.values():
            for step in scenario.steps:
                told = (step.text + (" ..." if step.table else ""), f"{scenario.path}:{step.line}")
                parser = _parser(catalogue.registry, step.type, step.text)
                said.setdefault((step.type, parser.name), []).append(told)
                values = (parser.parse_arguments(step.text) or {}).values()
                words |= zip(_NAMED.findall(parser.name), values, strict=True)
    found = []
    for keyword in ("given", "when", "then"):
        for definition in catalogue.registry.definitions:
            if definition.type in (None, keyword):
                sentence = definition.parser.name
                steps_said = said.get((keyword, sentence), [])
                if steps_said or definition.type:
                    example, where = steps_said[0] if steps_said else (_made_up(sentence, words), "")
                    entry = VocabularyEntry(keyword.capitalize(), sentence, example, where, len(steps_said))
                    found.append(entry)
    return found


def _parser(registry: StepRegistry, kind: str, text: str) -> Sentence:
    mine = (one.parser for one in registry.definitions if one.type in (None, kind))
    return next(one for one in mine if isinstance(one, Sentence) and one.is_matching(text))


def _made_up(sentence: str, words: Mapping[str, str]) -> str:
    """``sentence`` with words that others have in the places of its parameters, and the first of each choice."""
    chosen = re.sub(r"(\w+)(?:/\w+)+", r"\1", sentence)
    told = _NAMED.sub(lambda found: words.get(found[1], found[0]), chosen)
    return f"{told} ..." if told.endswith(" with") else told
