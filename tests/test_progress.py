"""The bar: it counts every step, shows numbers, and leaves a log alone."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tinyflow.progress import progress

pytest.importorskip("tqdm")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> Iterator[Callable[[], Terminal]]:
    """Lets stderr be a terminal from the call on (pytest sets it anew before a test)."""
    with pytest.MonkeyPatch.context() as patch:

        def begin() -> Terminal:
            screen = Terminal()
            patch.setattr(sys, "stderr", screen)
            return screen

        yield begin


def test_it_yields_what_range_does() -> None:
    assert list(progress(5)) == [0, 1, 2, 3, 4]
    assert list(progress(np.int64(2))) == [0, 1]
    assert list(progress(0)) == []


def test_it_goes_through_what_has_a_length() -> None:
    assert list(progress(["a", "b"])) == ["a", "b"]
    assert len(progress({1: 2, 3: 4})) == 2
    assert [row.tolist() for row in progress(np.eye(2))] == [[1, 0], [0, 1]]


def test_the_bar_has_a_title_and_numbers(terminal: Callable[[], Terminal]) -> None:
    screen = terminal()
    steps = progress(3, "training")
    for step in steps:
        steps.show(loss=np.float32(0.25), accuracy=step / 2)
    last = screen.getvalue().split("\r")[-1]
    assert last.startswith("training: 100%") and "3/3" in last
    assert "loss=0.25, accuracy=1]" in last


def test_it_ends_where_the_loop_ends(terminal: Callable[[], Terminal]) -> None:
    screen = terminal()
    for step in progress(3):
        if step == 1:
            break
    assert screen.getvalue().endswith("\n")


def test_a_log_gets_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    steps = progress(3, "training")
    for step in steps:
        steps.show(loss=step)
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_counted() -> None:
    with pytest.raises(TypeError, match=r"something with a length.*generator"):
        progress(x for x in [1])  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="got float"):
        progress(3.0)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="got -1"):
        progress(-1)


def test_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r"pip install 'tinyflow\[tqdm\]'"):
        progress(3)
