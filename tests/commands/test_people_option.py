"""--people: who is shown."""

from __future__ import annotations

import argparse

import pytest

from app.commands.arguments.people_options import add_people_option, chosen_people
from app.engine.core.settings import MatteSettings


def parsed(*arguments: str) -> MatteSettings:
    parser = argparse.ArgumentParser()
    add_people_option(parser)
    return chosen_people(parser.parse_args(arguments), MatteSettings(people="chosen", sharpness=0.7))


@pytest.mark.parametrize(
    ("text", "people", "count"), [("everyone", "everyone", 1), ("main", "main", 1), ("3", "main", 3)]
)
def test_option_says_who_is_shown(text: str, people: str, count: int) -> None:
    matte = parsed("--people", text)
    assert (matte.people, matte.people_count, matte.sharpness) == (people, count, 0.7)


def test_without_the_option_the_saved_people_are_shown() -> None:
    assert parsed().people == "chosen"


@pytest.mark.parametrize("text", ["0", "13", "-1", "me", "", "1.5", "99999"])
def test_anything_else_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--people", text)
    assert "must be everyone, main or a number from 1 to 12" in capsys.readouterr().err
