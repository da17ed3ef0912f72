"""A walk through every page and state of the console in one language."""

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from assessment.services.assessments import client_organisations
from assessment.storage import database, tables
from assessment.web.http import csrf
from tests.web import people


class Walk:
    """Somebody who goes through the console in one language and keeps every page."""

    def __init__(self, visitor, language):
        self.visitor, self.language = visitor, language
        self.visitor.client.headers["accept-language"] = language
        self.pages = {}

    async def see(self, path):
        """Open a page; `?done=NAME` is the notice that a redirect would leave in the cookie."""
        notice = path.partition("done=")[2]
        if notice:
            self.visitor.client.cookies.set("notice", notice)
        response = await self.visitor.get(path)
        if response.text:
            self.pages[f"{response.status_code} {path}"] = response.text

    async def send(self, name, path, data=None):
        response = await self.visitor.post(path, data)
        if response.text:
            self.pages[f"{response.status_code} {name}"] = response.text


async def submit_late_forms(world, come, walk, stranger, opened, empty):
    """Forms after the session, after someone else's change, and after the close."""
    await walk.send("old settings", f"{opened}/settings", {"title": "Open wave", "revision": "1"})
    await walk.send("settings after the close", f"{empty}/settings", {"title": "Open wave"})
    await walk.send("unclosed quote", f"{opened}/people/lines", {"lines": '"Ann Lee, , leader, all'})
    late_form = {
        "title": "Open wave",
        "_author": csrf.sign_author(people.make_settings("", Path()), world.ids["alice"]),
    }
    await stranger.send("form after the session", f"{opened}/settings", late_form)
    await stranger.send("long form after the session", f"{opened}/settings", late_form | {"asker": "x" * 310_000})
    await stranger.send("button after the session", f"{opened}/open")
    answer = await come("alice").client.post(
        f"{opened}/settings", data=late_form, headers=people.OWN_PAGE | {"accept-language": walk.language}
    )
    walk.pages["403 form of an earlier session"] = answer.text
    returned = late_form | {"_returned": "yes"}
    await walk.send("returned form", f"{opened}/settings", returned)
    await walk.send("returned form of someone else", f"{opened}/settings", returned | {"_author": "x"})


async def visit_mail_pages(world, come, language):
    """The pages about mails of a server that can send them, in every state."""
    with database.write_session(world.engine) as session:
        session.execute(update(tables.assessment).values(language=language))
    walk, base = Walk(come("alice"), language), f"/console/assessments/{world.open}"
    draft = f"/console/assessments/{world.draft}"
    lines = "".join(f"Guest {number}, g{number}@example.org, leader, all\n" for number in range(4))
    await walk.see(f"{base}/mails")
    await walk.send("lines to mail", f"{base}/people/lines", {"lines": f"{lines},,leader,all", "deliver": "mail"})
    for each in (draft, base):
        await walk.send("added", f"{each}/people/lines", {"lines": lines, "sure": "yes", "deliver": "mail"})
        for end in ("", "/people", "/feasibility", "/feasibility?response_percent=0", "/mails", "/mails/texts/results"):
            await walk.see(each + end)
    await walk.send("wrong number", f"{base}/mails/invitations", {"number": "1"})
    queued = await walk.visitor.post(f"{base}/mails/invitations", {"number": "4"})
    await walk.see(queued.headers["location"])
    await walk.visitor.post(f"{base}/mails/plan", {"reminders": "2", "send_from": "9", "send_until": "17"})
    await walk.send("bad plan", f"{base}/mails/plan", {"send_from": "9", "send_until": "8"})
    with database.write_session(world.engine) as session:
        ids = session.scalars(select(tables.outbox.c.id)).all()
        for id_, state in zip(ids, ("sent", "refused", "failed", "queued"), strict=True):
            changed = {"state": state, "reply_code": 550 if state == "refused" else None}
            if state != "queued":
                changed |= {"payload": None, "finished_on": people.NOW.date()}
            session.execute(update(tables.outbox).where(tables.outbox.c.id == id_).values(changed))
        day = people.NOW.date() - timedelta(days=3)
        mailed = select(tables.outbox.c.invitation_id).where(tables.outbox.c.state == "sent")
        session.execute(update(tables.invitation).where(tables.invitation.c.id.in_(mailed)).values(mailed_on=day))
        session.execute(tables.people_summary.delete())
    for end in ("", "/people", "/mails", "/mails/texts/reminder"):
        await walk.see(base + end)
    for act in ("plan/stop", "closing-notice", "reminders", "reminders"):
        await walk.send(f"{act} again", f"{base}/mails/{act}")
        await walk.see(f"{base}/mails?act={act}")
    for done in ("undone", "stopped", "gone", "planned"):
        await walk.see(f"{base}/mails?done=mails-{done}")
    for done in ("plan-stopped", "text-saved", "text-reset", "added-to-mail", "replaced-to-mail"):
        await walk.see(f"{base}/mails?done={done}")
    text = f"{base}/mails/texts/invitation"
    await walk.send("bad text", text, {"subject": "", "body": "{nobody}", "act": "save"})
    typed = {"subject": "Example subject", "body": "{link}"}
    await walk.send("test sent", text, typed | {"act": "test"})
    await walk.send("text changed", text, typed | {"act": "save", "mark": "old"})
    return [walk]


async def visit_open_survey(world, walk, stranger, opened):
    """How an open survey goes, several people at once, and a password that was forgotten."""
    for end in ("/live", "/live?done=extended", "/people/words", "/people?state=revoked&q=nobody"):
        await walk.see(opened + end)
    await walk.send("closing date not moved", f"{opened}/live", {"closes_on": "soon"})
    await walk.send("revoke the ticked", f"{opened}/people/chosen", {"chosen": world.invitation, "act": "revoke"})
    ticked = {"chosen": world.invitation, "act": "replace"}
    await walk.send("replace the ticked", f"{opened}/people/chosen", ticked)
    await walk.send("replace nothing", f"{opened}/people/chosen", ticked | {"sure": "yes"})
    await walk.see(f"{opened}/people?done=replaced-many")
    await walk.send("nobody ticked", f"{opened}/people/chosen", {"act": "revoke"})
    await stranger.see("/console/forgot")


async def visit_clients(world, walk, draft):
    """The list and the page of a client, its forms with and without errors, and what is archived."""
    with database.write_session(world.engine) as session:
        other = client_organisations.create_organisation(session, world.home, "Example client", people.NOW).id
    clients = "/console/clients"
    for end in ("", "?sort=level", "?q=nobody", "/new", f"/{world.organisation}", f"/{other}", f"/{other}/edit"):
        await walk.see(f"{clients}{end}")
    for done in ("created", "saved", "archived", "restored", "erased"):
        await walk.see(f"{clients}/{other}?done=client-{done}")
    for done in ("assessment-archived", "assessment-restored", "draft-deleted", "user-mailed"):
        await walk.see(f"{clients}?done={done}")
    await walk.send("client without a name", f"{clients}/new", {"name": "", "contact_email": "x"})
    await walk.send(
        "old client", f"{clients}/{other}/edit", {"name": "Example client", "contact_name": "Ann Lee", "revision": "0"}
    )
    await walk.see(f"{clients}/{other}/erase")
    await walk.send("other name", f"{clients}/{other}/erase", {"typed_name": "x"})
    await walk.see(f"{clients}/{world.organisation}/erase")
    await walk.see(f"{draft}/delete")
    await walk.send("other title", f"{draft}/delete", {"typed_name": "x"})
    await walk.send("client archived", f"{clients}/{other}/archive")
    await walk.see(f"{clients}?status=archived")
    await walk.see(f"{clients}/{other}")


async def visit_pages(world, come, language, *, closed=True):
    """Every page and state of the console; surveys and their letters are in the same language."""
    with database.write_session(world.engine) as session:
        session.execute(update(tables.assessment).values(language=language))
    walk, stranger = Walk(come("alice"), language), Walk(come(), language)
    viewer, other = Walk(come("bob"), language), Walk(come("charlie"), language)
    draft, opened = f"/console/assessments/{world.draft}", f"/console/assessments/{world.open}"
    for path in ("/console/sign-in", "/console/sign-in?done=signed-out", "/console/nowhere", "/console"):
        await stranger.see(path)
    await stranger.send("wrong password", "/console/sign-in", {"email": "alice@example.org", "password": "no"})
    for path in ("", "/benchmarks", "/assessments/new", f"/assessments/{world.draft}/settings", "/assessments/nowhere"):
        await walk.see(f"/console{path}")
    for base in (draft, opened):
        for end in ("", "/people", "/preview", "/preview?role=leader", "/settings", "/close", "/reopen", "/results"):
            await walk.see(base + end)
    for done in ("created", "opened", "added", "changed", "replaced", "revoked", "saved", "reopened"):
        await walk.see(f"{opened}?done={done}")
    await visit_clients(world, walk, draft)
    await walk.see(f"{opened}/preview/practitioner/marketing")
    await walk.see(f"{opened}/preview/practitioner/marketing/marketing-work")
    await visit_open_survey(world, walk, stranger, opened)
    await walk.see(f"{opened}/people/{world.invitation}/revoke")
    await walk.see(f"{opened}/people/{world.invitation}/replacement")
    waiting = world.invite(world.draft, "staff", 1)[0].invitation.id
    await walk.see(f"{draft}/people/{waiting}/replacement")
    await walk.send("bad correction", f"{opened}/people/{world.invitation}/replacement", {"role": "nobody"})
    await walk.send("link made", f"{opened}/people/{world.invitation}/link")
    await walk.send("letters to print", f"{opened}/people/links", {"as": "letters", "who": "everyone"})
    await walk.send("links for nobody", f"{opened}/people/links", {"as": "letters"})
    form = {"title": "", "closes_on": "soon", "confidentiality": "confidential"}  # a choice is always selected
    await walk.send("nothing named", "/console/assessments/new", form)
    await walk.send("person of no role", f"{opened}/people", {"role": "nobody", "email": "nowhere"})
    await walk.send("bad lines", f"{opened}/people/lines", {"lines": "Ann Lee, nowhere, nobody, nowhere\n,,leader,"})
    await walk.send("too many lines", f"{opened}/people/lines", {"lines": ",,leader,all\n" * 2001})
    await walk.send("lines to confirm", f"{opened}/people/lines", {"lines": "Ann Lee, , leader, all"})
    late = world.late_draft("Late wave")
    await walk.see(f"/console/assessments/{late}")
    await walk.send("late draft opened", f"/console/assessments/{late}/open")
    await walk.send("opened twice", f"{opened}/open")
    await walk.send("closed unsurely", f"{opened}/close")
    empty = f"/console/assessments/{world.opened('Empty wave')}"
    await walk.send("closed with nothing to show", f"{empty}/close", {"sure": "yes"})
    await walk.send("closed without results", f"{empty}/close", {"sure": "yes", "without_results": "yes"})
    for end in ("", "/results", "/report.pdf", "/responses.csv"):
        await walk.see(empty + end)
    wrong = {
        "minimum_group": "1",
        "targets:hr": "200",
        "weights:hr": "-1",
        "contacts:hr:email": "0",
        "title": "x" * 300,
    }
    await walk.send(
        "bad settings", f"{draft}/settings", wrong | {"closes_on": "soon", "confidentiality": "confidential"}
    )
    await submit_late_forms(world, come, walk, stranger, opened, empty)
    await viewer.see(opened)
    await viewer.see("/console/assessments/new")
    await viewer.send("viewer opens", f"{draft}/open")
    await other.see("/console")
    if closed:
        later = world.opened("Later wave", wave_of=world.closed)
        world.close(later)
        for made in (world.closed, later):
            for end in ("", "/results", "/voices", "/voices?done=voices-chosen", "/people", "/reopen", "/settings"):
                await walk.see(f"/console/assessments/{made}{end}")
        await visit_delivery_pages(world, walk, viewer, stranger, later)
    return [walk, stranger, viewer, other]


async def visit_delivery_pages(world, walk, viewer, stranger, later):
    """Findings and roadmap, published reports, a link for a client, the next wave."""
    base, earlier = f"/console/assessments/{later}", f"/console/assessments/{world.closed}"
    roadmap, reports = f"{base}/roadmap", f"{base}/reports"
    for end in (
        "/roadmap",
        "/reports",
        "/next-wave",
        "/differences",
        "/results?done=no-such-edition",
        "/word-template",
        "/slide-template",
        "/download/progress?audience=full&language=en&file_format=pdf",
    ):
        await walk.see(base + end)
    await walk.see(f"{earlier}/differences")
    advice = re.search(r'id="action-([a-z-]+)"', walk.pages[f"200 {roadmap}"])[1]
    changes = {
        f"action:{advice}": {f"actions:{advice}:{name}": "1" for name in ("title", "owner", "note", "baseline", "goal")}
        | {f"actions:{advice}:status": "done"},
        "moderation": {"figure": "functions.hr", "moderated": "50", "reason": "1"},
        "findings": {"add": "yes", "findings:new:title": "1"},
        "order": {"move": f"down:{advice}"},
    }
    for part, fields in changes.items():
        revision = re.search(r'name="revision" value="(\d+)"', (await walk.visitor.get(roadmap)).text)[1]
        await walk.visitor.post(roadmap, {"part": part, "revision": revision} | fields)
    dropped = re.findall(r'id="action-([a-z-]+)"', (await walk.visitor.get(roadmap)).text)[3]
    await walk.visitor.post(roadmap, {"part": f"dropped:{dropped}", "revision": "4", f"dropped:{dropped}": "1"})
    await walk.see(f"{roadmap}?done=plan-saved")
    await viewer.see(f"{roadmap}?done=plan-undone")
    await walk.send(
        "no reason", roadmap, {"part": "moderation", "revision": "5", "figure": "overall", "moderated": "5"}
    )
    await walk.send("conflict", roadmap, {"part": "findings", "revision": "0", "findings:0:title": "2"})
    htmx = {"HX-Request": "true"}
    fragment = await walk.visitor.post(roadmap, {"part": "about", "revision": "5", "author": "1"}, **htmx)
    walk.pages["saved by htmx"] = fragment.text
    fragment = await walk.visitor.post(roadmap, {"part": "findings", "revision": "0", "findings:0:title": "3"}, **htmx)
    walk.pages["conflict by htmx"] = fragment.text
    await walk.see(f"{base}/results?done=plan-saved")
    await walk.visitor.post(reports, {"language": "en", "note": "1"})
    await walk.see(f"{reports}?done=report-published")
    report = re.search(r'id="report-([a-z0-9]+)"', walk.pages[f"200 {reports}?done=report-published"])[1]
    link = {"audiences": "full", "formats": "pdf", "expires_on": "2026-12-31"}
    await walk.send("no edition", f"{reports}/{report}/links", {"expires_on": "2000-01-01", "password": "1"})
    await walk.send("shared", f"{reports}/{report}/links", link | {"password": "lantern harbour violet 9"})
    secret = re.search(r'value="http[^"]*(/r/[^"]+)"', walk.pages["200 shared"])[1]
    await stranger.see(secret)
    await stranger.send("wrong password of a report", secret, {"password": "1"})
    await walk.send("shared openly", f"{reports}/{report}/links", link)
    await stranger.see(re.search(r'value="http[^"]*(/r/[^"]+)"', walk.pages["200 shared openly"])[1])
    await walk.visitor.post(f"{reports}/{report}/withdraw")
    await walk.see(f"{reports}?done=report-withdrawn")
    await stranger.see(secret)
    await stranger.see("/r/nothing")
    await walk.send("next wave without a title", f"{base}/next-wave", {"title": "x" * 300})
