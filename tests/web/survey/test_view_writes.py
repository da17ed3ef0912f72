"""Looking at a page of the survey takes no write lock and no wait for the disk, once its first showing is noted."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from assessment.storage.database import WRITE_OPTION
from assessment.storage.survey.section_page_reads import PageFacts, SectionPageReads
from tests.web.people import Person


@pytest.fixture
def written(app, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """One entry for each writing transaction that begins."""
    begun: list[str] = []
    engine = app.state.engine

    def note(connection) -> None:
        if connection.get_execution_options().get(WRITE_OPTION):
            begun.append("write")

    for name in ("save_together", "save_and_wait"):
        save = getattr(app.state.writer, name)

        def note_and_save(*arguments: object, save=save):
            begun.append("saves")
            return save(*arguments)

        monkeypatch.setattr(app.state.writer, name, note_and_save)
    event.listen(engine, "begin", note)
    yield begun
    event.remove(engine, "begin", note)


async def test_only_the_first_view_of_a_section_writes(alice: Person, written: list[str]):
    await alice.get(f"/survey/{alice.first}")
    first = len(written)

    for path in (f"/survey/{alice.first}", "/survey", "/survey/check", alice.link, "/survey/sent"):
        await alice.get(path)

    assert (first, len(written)) == (1, 1)


async def pretend_first_display(*_: object) -> PageFacts:
    return PageFacts(is_displayed=False, is_replaced=False, announced_links=0)


async def test_every_view_writes_without_the_read_check(
    alice: Person, written: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SectionPageReads, "load_facts", pretend_first_display)

    for _ in range(3):
        await alice.get(f"/survey/{alice.first}")

    assert len(written) == 3


async def test_view_after_sending_writes_nothing(alice: Person, written: list[str]):
    await alice.save(alice.items(alice.first)[0], "3")
    await alice.post("/survey/check", await alice.form("/survey/check"))
    written.clear()

    await alice.get(f"/survey/{alice.first}")

    assert written == []
