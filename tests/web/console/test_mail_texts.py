"""Texts of mails in the console: previewed, saved, tested, changed by two people at once."""

from tests.web import people
from tests.web.console.conftest import send_all
from tests.web.console.test_mails import add_people, build_mails_path, send_invitations


async def test_text_is_previewed_saved_and_sent(world, mail_app, worker, clock, mailbox):
    path = f"{build_mails_path(world)}/texts/invitation"
    text = {"subject": "Your view, {name}", "body": "{greeting}\n\nA <b>word</b> of mine.\n\n{link}"}
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        preview = await alice.post(path, text | {"act": "preview"})
        unsaved = await alice.get(path)
        saved = await alice.get((await alice.post(path, text | {"act": "save"})).headers["location"])
        await send_invitations(alice, world)
        await send_all(worker, clock)

    assert "A &lt;b&gt;word&lt;/b&gt; of mine." in preview.text
    assert "this-is-only-an-example" in preview.text
    assert ' style="' not in preview.text
    assert "of mine" not in unsaved.text
    assert "The text is saved." in saved.text
    assert "A <b>word</b> of mine." in mailbox.find("ann@example.org")[0].text
    assert mailbox.find("ann@example.org")[0].message["subject"] == "Your view, Ann Lee"


async def test_text_with_problems_names_their_lines(world, mail_app):
    body = "Hello {nmae}\nsee https://example.org\nand {link} here"
    async with mail_app() as come:
        response = await come("alice").post(
            f"{build_mails_path(world)}/texts/invitation", {"subject": "", "body": body, "act": "save"}
        )

    assert response.status_code == 422
    for told in ("Write a subject.", "Line 1: Unknown placeholder.", "Line 2: Remove this web", "Line 3: Put the link"):
        assert told in response.text
    assert "Hello {nmae}" in response.text
    assert "Fix the errors to see the preview." in response.text


async def test_test_mail_goes_to_the_consultant_with_a_dummy_link(world, mail_app, worker, clock, mailbox):
    text = {"subject": "Only a test", "body": "Hello\n\n{link}", "act": "test"}
    async with mail_app() as come:
        alice = come("alice")

        page = await alice.post(f"{build_mails_path(world)}/texts/invitation", text)
        await send_all(worker, clock)

    assert "A test is on its way to alice@example.org." in page.text
    assert "Only a test" in page.text
    assert mailbox.addresses == ["alice@example.org"]
    assert "/s/this-is-only-an-example" in mailbox.received[0].text


async def test_standard_text_comes_back(world, mail_app):
    path = f"{build_mails_path(world)}/texts/reminder"
    async with mail_app() as come:
        alice = come("alice")
        await alice.post(path, {"subject": "Mine", "body": "{link}", "act": "save"})

        page = await alice.get((await alice.post(path, {"act": "reset"})).headers["location"])

    assert "The standard text is back." in page.text
    assert "Back to the standard text" not in page.text
    assert "Reminder: {title}" in page.text


async def test_text_that_someone_else_changed_meanwhile_shows_both_versions(world, mail_app):
    path = f"{build_mails_path(world)}/texts/reminder"
    async with mail_app() as come:
        alice, again = come("alice"), come("alice")
        mark = people.read_hidden_fields((await alice.get(path)).text)["mark"]
        await again.post(path, {"subject": "Theirs", "body": "{link}", "act": "save", "mark": mark})

        response = await alice.post(path, {"subject": "Mine", "body": "{link}", "act": "save", "mark": mark})
        stored = await alice.get(path)

    assert response.status_code == 412
    assert "Someone else changed this text while you were editing." in response.text
    assert "Theirs" in response.text
    assert 'value="Mine"' in response.text
    assert 'value="Theirs"' in stored.text
