"""A walk through the imports and the settings area of the console in one language."""

import re

import pyotp
from sqlalchemy import update

from assessment.services.auth.permissions import SCOPES
from assessment.storage import database, tables
from tests.services.imports import exports
from tests.services.imports.test_question_imports import CHOICES, SURVEY, make_workbook
from tests.web import people
from tests.web.console.conftest import PASSWORD
from tests.web.console.language_walk import Walk
from tests.web.console.test_imports import QUESTIONS, find_packed, send_files
from tests.web.console.test_questionnaires import FILES, upload


async def visit_import_pages(world, come, language):
    """Responses and questions of other tools: the forms, checks of files, mistakes, and the page of a job."""
    walk = Walk(come("dora"), language)
    empty = world.opened("Without people", questionnaire="social-media-pulse")
    exporter = exports.Exporter(world.catalogue.get("social-media-pulse"), "fr")
    path = f"/console/assessments/{empty}/import"
    for assessment in (world.draft, world.open, world.closed, empty):
        await walk.see(f"/console/assessments/{assessment}/import")
    table = exporter.table(heading=exports.code_of, answer=lambda _, code: code)
    wrong = [table[0], [*table[1][:-1], "?"]]
    checked = await send_files(walk.visitor, path, export=exports.write_csv(table).encode("utf-8"))
    walk.pages["200 checked file"] = checked.text
    for name, content in (("wrong answer", exports.write_csv(wrong).encode()), ("no columns", b"a,b\n1,2\n")):
        walk.pages[f"422 {name}"] = (await send_files(walk.visitor, path, export=content)).text
    for text in (
        f"respondent,role,functions\n{rows}"
        for rows in ("a,b,c\nd,,\n", "x,leader,hr\nx,leader,hr\n", "a,leader\n,,,,,\n", "a\n")
    ):
        walk.pages[f"422 own format {text}"] = (await send_files(walk.visitor, path, export=text.encode())).text
    await walk.send("damaged import", f"{path}/take-in", {"packed": "1"})
    await walk.send("no file", path)
    queued = await walk.visitor.post(f"{path}/take-in", {"packed": find_packed(checked)})
    await walk.see(queued.headers["location"])
    owner = Walk(come("alice"), language)
    form = make_workbook(survey=SURVEY, choices=CHOICES)
    await owner.see(QUESTIONS)
    await owner.send("no form", QUESTIONS)
    owner.pages["200 checked form"] = (await send_files(owner.visitor, QUESTIONS, survey=form)).text
    owner.pages["422 no form"] = (await send_files(owner.visitor, QUESTIONS, survey=b"PK")).text
    await owner.see("/console/workspace/questionnaires?done=questionnaire-drafted")
    return [walk, owner]


async def visit_integration_pages(walk, base):
    """Webhooks, and the questionnaires of the workspace."""
    for path in (f"{base}/webhooks", f"{base}/questionnaires"):
        await walk.see(path)
    for done in ("webhook-deleted", "delivery-replayed", "questionnaire-uploaded", "questionnaire-published"):
        await walk.see(f"{base}/webhooks?done={done}")
    await walk.send("wrong webhook", f"{base}/webhooks", {"url": "1"})
    new = {"url": "https://hooks.example.org/1", "events": ["assessment.closed"]}
    await walk.send("webhook added", f"{base}/webhooks", new)
    uploaded = await upload(walk.visitor, FILES)
    await walk.see(uploaded.headers["location"].partition("?")[0])


async def visit_settings_pages(world, come, language):
    """The settings area, the second step of the sign-in, and the pages before any sign-in."""
    walk, stranger, viewer = Walk(come("alice"), language), Walk(come(), language), Walk(come("bob"), language)
    base = "/console/workspace"
    account, users, keys = f"{base}/account", f"{base}/users", f"{base}/keys"
    bob = f"{users}/{world.ids['bob']}"
    for path in (account, users, bob, f"{bob}/remove", f"{users}/{world.ids['alice']}", f"{users}/nobody", base, keys):
        await walk.see(path)
    await visit_integration_pages(walk, base)
    await viewer.see(account)
    await viewer.see(users)
    for done in ("role-changed", "user-disabled", "user-enabled", "user-removed", "password-changed", "session-ended"):
        await walk.see(f"{users}?done={done}")
    for done in ("sessions-ended", "second-step-off", "key-revoked"):
        await walk.see(f"{keys}?done={done}")
    await walk.send("nobody added", users, {"email": "nobody", "role": "nobody"})
    added = await walk.visitor.post(users, {"email": "eve@example.org", "role": "editor"})
    walk.pages["added"] = added.text
    link = re.search(r"/console/password/[\w-]+", added.text)[0]
    await stranger.see(link)
    await stranger.send("different passwords", link, {"new_password": "a"})
    await stranger.send("weak password", link, {"new_password": "a", "repeated_password": "a"})
    await stranger.see("/console/password/nobody")
    await stranger.see("/console/sign-in?done=password-set")
    await walk.send("disabled", f"{bob}/disable")
    await walk.see(bob)
    await walk.see(users)
    await walk.send("last owner", f"{users}/{world.ids['alice']}/remove")
    await walk.send("no key", keys, {"name": ""})
    await walk.send("new key", keys, {"name": "Dashboard", "scopes": list(SCOPES), "days": "30"})
    for path in (keys, f"{keys}/{world.key_id}"):
        await walk.see(path)
    await walk.visitor.post(f"{keys}/{world.key_id}/revoke")
    for path in (keys, f"{keys}/{world.key_id}", f"{base}/audit", f"{base}/audit?group=keys", f"{base}/audit/check"):
        await walk.see(path)
    await walk.send("wrong workspace", base, {"name": "", "time_zone": "nowhere"})
    await walk.send("wrong password changed", f"{account}/password", {"new_password": "x"})
    right = {"current_password": PASSWORD}
    await walk.send("wrong code", f"{account}/second-step", right | {"code": "1"})
    app = pyotp.TOTP(pyotp.random_base32())
    set_up = {"secret": app.secret, "code": app.at(people.NOW)}
    await walk.see(f"{account}/second-step")
    await walk.send("set up", f"{account}/second-step", right | set_up)
    for path in (f"{account}/second-step", account, f"{base}/audit"):
        await walk.see(path)
    asked = await stranger.visitor.post("/console/sign-in", {"email": "alice@example.org", "password": PASSWORD})
    stranger.pages["code asked for"] = asked.text
    step = {"step": re.search(r'name="step" value="([^"]+)"', asked.text)[1]}
    await stranger.send("wrong code of the sign-in", "/console/sign-in/code", step | {"code": "000000"})
    await stranger.send("late step", "/console/sign-in/code", {"step": "", "code": "000000"})
    with database.write_session(world.engine) as session:
        session.execute(update(tables.audit_entry).values(actor="nobody"))
    await walk.see(f"{base}/audit/check?altered=yes")
    for path in ("/console/sign-in?then=/console", "/console/sign-in/oidc", "/console/sign-in/oidc/return"):
        await stranger.see(path)
    with database.write_session(world.engine) as session:
        for table in (tables.published_report, tables.comments, tables.user):
            session.execute(table.delete())
    await stranger.see("/console/sign-in?then=/console/benchmarks")
    return [walk, stranger, viewer]
