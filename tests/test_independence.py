"""Mock and judge were written apart from the same notes: what one of them misread, the other must not repeat.

They share no module, no file and no table. A table both copied from one place would hide a slip of the pen in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: What stands on the side of the judge: code, vocabulary, contract, request templates.
JUDGE = ("conformance", "steps")
#: Folders only the suite may read.
OF_THE_JUDGE = ("schemas", "payloads", "features", "conformance", "steps")
#: Strings of this many in one literal are a table; two or three words can meet by chance.
TABLE = 4


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively: who imports whom cannot be read off"
            yield node.module or ""


def tables(source: str) -> Iterator[frozenset[str]]:
    """Every literal that lists strings: tuples, lists, sets, and the keys of dictionaries."""
    for node in ast.walk(ast.parse(source)):
        items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else node.keys if isinstance(node, ast.Dict) else []
        words = frozenset(item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str))
        if len(words) >= TABLE:
            yield words


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two tables are one, or nearly: nine words of ten in common."""
    return 10 * len(one & other) >= 9 * max(len(one), len(other))


def copies(ours: list[frozenset[str]], theirs: list[frozenset[str]]) -> set[frozenset[str]]:
    return {one for one in ours for other in theirs if same(one, other)}


@pytest.mark.parametrize(("folders", "foreign"), [(("mocksite",), JUDGE), (("conformance/judge", "steps"), ("mocksite",))])
def test_neither_imports_the_other(folders: tuple[str, ...], foreign: tuple[str, ...]) -> None:
    found = {(path.name, name) for path in sources(*folders) for name in imported(path) if name.split(".")[0] in foreign}
    assert found == set()


def test_the_mock_runs_where_there_is_no_judge(tmp_path: Path) -> None:
    """Copied away without schemas, payloads and features it answers all the same: it reads none of them."""
    import shutil
    import subprocess
    import sys

    shutil.copytree(ROOT / "mocksite", tmp_path / "mocksite", ignore=shutil.ignore_patterns("__pycache__"))
    body = (
        '<message><header><securityContext><siteName>mocksite</siteName></securityContext></header>'
        '<body><bodyContent xsi:type="java:com.webex.service.binding.ep.GetAPIVersion"/></body></message>'
    )
    program = (
        "import sys; sys.path = [path for path in sys.path if path.endswith(('lib-dynload', '.zip')) or 'python3' in path];"
        f"sys.path.insert(0, {str(tmp_path)!r}); import mocksite;"
        f"core = mocksite.Core(); answer = core.handle(mocksite.HttpRequest(body={body!r}.encode()));"
        "assert b'SUCCESS' in answer.body, answer.body; print(mocksite.__file__);"
        "print([name for name in sys.modules if name.split('.')[0] in ('conformance', 'steps', 'lxml', 'xmlschema')])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where, foreign = done.stdout.splitlines()
    assert where.startswith(str(tmp_path))
    assert foreign == "[]"


def test_the_judge_reads_no_file_of_the_mock() -> None:
    named = [path.name for path in sources("conformance/judge", "conformance/wire", "steps") if "mocksite" in path.read_text(encoding="utf-8")]
    assert named == []


def test_no_table_stands_on_both_sides() -> None:
    ours = [table for path in sources("mocksite") for table in tables(path.read_text(encoding="utf-8"))]
    theirs = [table for path in sources("conformance/judge", "steps") for table in tables(path.read_text(encoding="utf-8"))]
    assert len(ours) > 20, "the tables of the mock were not found"
    assert copies(ours, theirs) == set()


def test_no_file_stands_on_both_sides() -> None:
    """Replies of the mock and documents of the contract are different files, not copies of one."""
    def contents(*folders: str) -> set[bytes]:
        files = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".xml", ".xsd", ".toml", ".json"))
        return {path.read_bytes().strip() for path in files}

    assert contents("mocksite") & contents(*OF_THE_JUDGE) == set()


def test_a_copied_table_would_be_seen() -> None:
    """The instrument itself: a table with one word changed is still a copy, half a table is not."""
    words = [f"element{n}" for n in range(10)]
    table = list(tables(f"TABLE = {tuple(words)!r}"))
    assert copies(table, list(tables(f"OTHER = {{{words[0]!r}: 1, **dict.fromkeys({[*words[1:], 'x']!r})}}"))) == set(table)
    assert copies(table, list(tables(f"OTHER = {words[:5]!r}"))) == set()
