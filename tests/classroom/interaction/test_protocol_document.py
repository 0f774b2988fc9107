"""`classroom/PROTOCOL.md` and `classroom/interaction/messages.py` say the same, name by name."""

import re
from pathlib import Path
from typing import get_args

import pytest

from classroom.interaction import messages

DOCUMENT = (Path(messages.__file__).parent.parent / "PROTOCOL.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    return re.split(r"^## ", DOCUMENT.split(f"\n## {heading}\n")[1], flags=re.M)[0]


def sections(heading: str) -> dict[str, str]:
    """The `###` sections of one part, by message type."""
    pieces = re.split(r"^### `([a-z-]+)`\n", part(heading), flags=re.M)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def first_column(section: str) -> list[str]:
    """The names in the first cells of a section's table rows."""
    cells = re.findall(r"^\| (`[^|]*) \|", section, flags=re.M)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


Model = type[messages.ServerMessage] | type[messages.ClientMessage]


def type_of(model: Model) -> str:
    return str(model.model_fields["type"].default)


SIDES = [("From the server", messages.SERVER_MODELS), ("From the client", messages.CLIENT_MODELS)]


@pytest.mark.parametrize(("heading", "models"), SIDES)
def test_each_message_has_a_section_and_each_section_a_message(heading: str, models: tuple[Model, ...]) -> None:
    assert sorted(sections(heading)) == sorted(type_of(model) for model in models)


@pytest.mark.parametrize(("heading", "model"), [(heading, model) for heading, models in SIDES for model in models])
def test_each_field_is_named_in_its_section_and_nothing_else_is(heading: str, model: Model) -> None:
    assert sorted(first_column(sections(heading)[type_of(model)])) == sorted(model.model_fields)


def test_the_fields_of_you_are_named() -> None:
    row = next(line for line in sections("From the server")["state"].splitlines() if line.startswith("| `you`"))
    assert set(messages.You.model_fields) <= set(re.findall(r"`([^`]+)`", row))


def test_each_close_code_is_told_with_its_name() -> None:
    rows = re.findall(r"^\| (\d{4}) \| `([A-Z_]+)` \|", part("Close codes"), flags=re.M)
    assert {(int(code), name) for code, name in rows} == {(code.value, code.name) for code in messages.Close}


def test_each_problem_code_is_told() -> None:
    codes = get_args(messages.Problem.model_fields["code"].annotation)
    row = next(line for line in sections("From the server")["problem"].splitlines() if line.startswith("| `code`"))
    assert re.findall(r'`"([^"]+)"`', row) == list(codes)


def test_the_union_of_server_messages_is_the_list_of_models() -> None:
    assert set(get_args(get_args(messages.FromServer)[0])) == set(messages.SERVER_MODELS)
    assert set(get_args(get_args(messages.FromClient)[0])) == set(messages.CLIENT_MODELS)
