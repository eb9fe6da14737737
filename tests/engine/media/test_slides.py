"""Slides: pages of PDFs and folders, drawn ahead, never waited for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Frame
from app.engine.media import slide_pages
from app.engine.media.slide_deck import SlideDeck, open_deck
from app.engine.media.slide_pages import PdfPages, SlidePages, open_pages
from app.engine.pipeline.effects import build_effect
from tests.pdfs import BLUE, GREEN, RED, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine.core.types import Picture

COLOURS = {RED: (0, 0, 255), GREEN: (0, 255, 0), BLUE: (255, 0, 0)}


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "talk.pdf", (RED, GREEN, BLUE))


def until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def is_all(picture: Picture, colour: str) -> bool:
    return bool((picture == COLOURS[colour]).all())


def test_pages_of_a_pdf_are_drawn_in_order(pdf: Path) -> None:
    pages = open_pages(pdf)
    assert pages.count == 3
    for index, colour in enumerate((RED, GREEN, BLUE)):
        picture = pages.picture(index, 90, 160)
        assert picture.shape == (90, 160, 3) and is_all(picture, colour)


@pytest.mark.parametrize("size", [(90, 160), (91, 159), (720, 1280), (64, 400)])
def test_page_of_another_shape_stands_in_the_middle_before_black(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    pages = open_pages(write_pdf(tmp_path / "tall.pdf", (RED,), (90, 120)))
    height, width = size
    picture = pages.picture(0, height, width)
    page_width = height * 3 / 4
    left = int((width - page_width) / 2)
    assert picture.shape == (height, width, 3)
    assert is_all(picture[:, left + 2 : -left - 2], RED)
    assert not picture[:, : left - 2].any() and not picture[:, width - left + 2 :].any()


def test_pictures_of_a_folder_come_by_the_numbers_in_their_names(tmp_path: Path) -> None:
    for name, shade in (("Slide10.PNG", 100), ("slide2.png", 20), ("Slide1.jpg", 10)):
        cv2.imwrite(str(tmp_path / name), np.full((90, 160, 3), shade, np.uint8))
    (tmp_path / "notes.txt").write_text("not a slide")
    pages = open_pages(tmp_path)
    assert [int(pages.picture(i, 90, 160)[45, 80, 0]) for i in range(pages.count)] == [10, 20, 100]


def test_one_picture_is_a_single_page(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), np.full((90, 160, 3), 9, np.uint8))
    assert open_pages(tmp_path / "one.png").count == 1


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: write_pdf(path, (RED,), is_locked=True), "is locked with a password"),
        (lambda path: path.write_bytes(b"%PDF-1.4 and nothing more"), "is not a PDF that Backdrop can read"),
        (lambda path: write_pdf(path, ()), "is not a PDF that Backdrop can read|has no pages"),
        (lambda path: path.write_bytes(b"hello"), "is not a picture that Backdrop can read"),
        (lambda path: path.mkdir(), "There are no pictures in the folder"),
        (lambda path: None, "There is no file"),
    ],
)
def test_slides_that_cannot_be_read_give_one_sentence(
    tmp_path: Path, make: Callable[[Path], object], sentence: str
) -> None:
    make(tmp_path / "talk.pdf")
    with pytest.raises(BackdropError, match=sentence):
        open_deck(tmp_path / "talk.pdf")


def test_deck_draws_the_neighbours_ahead_and_keeps_no_others(pdf: Path) -> None:
    deck = SlideDeck(write_pdf(pdf, (RED, GREEN, BLUE, RED, GREEN)))
    deck.prepare(1)
    for page, near in ((1, {0, 1}), (2, {0, 1, 2}), (5, {3, 4}), (99, {3, 4})):
        deck.picture(page, 90, 160)
        until(lambda near=near: {key[0] for key in deck._drawn} == near)  # type: ignore[misc]
    until(lambda: deck._thread is None)
    assert is_all(deck.picture(4, 90, 160), RED), "it was drawn ahead"


def test_deck_never_waits_for_a_page(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_draw = threading.Event()
    drawn = PdfPages.picture

    def slow(self: PdfPages, index: int, height_px: int, width_px: int) -> Picture:
        assert may_draw.wait(20)
        return drawn(self, index, height_px, width_px)

    monkeypatch.setattr(PdfPages, "picture", slow)
    deck = SlideDeck(pdf)
    assert not deck.picture(2, 90, 160).any(), "black until there is a page"
    may_draw.set()
    until(lambda: is_all(deck.picture(2, 90, 160), GREEN))
    until(lambda: deck._thread is None)
    may_draw.clear()
    assert is_all(deck.picture(3, 90, 160), BLUE), "it was drawn ahead"
    assert is_all(deck.picture(3, 45, 80), BLUE), "another size: fitted until it is drawn"
    may_draw.set()
    until(lambda: deck._thread is None)


def test_page_that_cannot_be_drawn_is_blank_and_told(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((90, 160, 3), 9, np.uint8))
    (tmp_path / "2.png").write_bytes(b"broken")
    deck = SlideDeck(tmp_path)
    assert (deck.picture(1, 90, 160, waits=True) == 9).all() and deck.problem is None
    blank = deck.picture(2, 90, 160, waits=True)
    assert blank.min() > 200 and "2.png" in str(deck.problem)
    deck.picture(1, 90, 160, waits=True)
    assert deck.problem is None


def test_damaged_page_of_a_pdf_is_told(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deck = SlideDeck(pdf)
    monkeypatch.setattr(deck._pages, "count", 4)
    deck.count = 4
    deck.picture(4, 90, 160, waits=True)
    assert str(deck.problem).startswith(f"Page 4 of '{pdf}' cannot be shown: ")


def test_change_of_page_opens_no_file_again(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def noted(path: Path) -> SlidePages:
        opened.append(path)
        return open_pages(path)

    monkeypatch.setattr("app.engine.media.slide_deck.open_pages", noted)
    effects = [
        build_effect(EffectSettings("slides", {"slides": str(pdf), "page": p})) for p in (1.0, 2.0, 3.0)
    ]
    frame, alpha = Frame(0, 0.0, np.zeros((90, 160, 3), np.uint8)), np.zeros((90, 160), np.float32)
    for effect, colour in zip(effects, (RED, GREEN, BLUE), strict=True):
        assert effect.pages == 3 and effect.problem is None
        until(lambda e=effect, c=colour: is_all(e.background(frame, alpha), c))  # type: ignore[misc]
    assert opened == [pdf]
    del effects, effect
    write_pdf(pdf, (BLUE, RED))
    changed = build_effect(EffectSettings("slides", {"slides": str(pdf)}), waits=True)
    shown = changed.background(frame, alpha)
    assert shown is not None and is_all(shown, BLUE) and changed.pages == 2


def test_pdfium_is_used_by_one_thread_at_a_time(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    at_once: list[int] = []
    inside = 0
    render = pypdfium2.PdfPage.render

    def counted(page: pypdfium2.PdfPage, **options: float) -> pypdfium2.PdfBitmap:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        time.sleep(0.002)
        inside -= 1
        return render(page, **options)

    monkeypatch.setattr(pypdfium2.PdfPage, "render", counted)
    decks = [open_pages(pdf), open_pages(write_pdf(pdf.with_name("b.pdf"), (BLUE, RED)))]
    threads = [
        threading.Thread(target=lambda d=deck: [d.picture(i % 2, 45, 80) for i in range(10)])
        for deck in decks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(at_once) == 20 and set(at_once) == {1}


def test_a_file_that_is_no_pdf_is_none(tmp_path: Path) -> None:
    assert not slide_pages.is_pdf(tmp_path) and not slide_pages.is_pdf(tmp_path / "none")


def test_pdf_or_folder_that_goes_while_it_is_opened_is_told(tmp_path: Path) -> None:
    for open_it in (PdfPages, slide_pages._pictures_in):
        with pytest.raises(BackdropError, match=r"gone' cannot be read: No such file or directory\.$"):
            open_it(tmp_path / "gone")


def test_pdf_without_pages_is_told(tmp_path: Path) -> None:
    import pypdfium2

    empty = pypdfium2.PdfDocument.new()
    empty.save(tmp_path / "empty.pdf")
    empty.close()
    with pytest.raises(BackdropError, match=r"empty\.pdf' (has no pages in it|is not a PDF that)"):
        PdfPages(tmp_path / "empty.pdf")
