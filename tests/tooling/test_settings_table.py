"""docs/settings.md tells what syndication_project/environment.py declares, no more and no less."""

from syndication_project.environment import BASE_DIR, REQUIRED, VARIABLES, Variable
from tests.processes import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"


def row(variable: Variable) -> str:
    return f"| `{variable.name}` | {default(variable)} | {variable.meaning} |"


def default(variable: Variable) -> str:
    value = variable.default
    if value is REQUIRED:
        return "required"
    if value in ("", []):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"`{','.join(value)}`"
    return f"`{str(value).removeprefix(f'{BASE_DIR}/')}`"


def test_the_table_is_the_declarations():
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    expected = [row(variable) for variable in VARIABLES]
    assert rows == expected, "the table should be:\n" + "\n".join(expected)
