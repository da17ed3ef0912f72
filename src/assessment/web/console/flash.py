"""Flash messages after a redirect, by the query parameter `done`."""

from assessment.i18n.messages import N_

FLASH_MESSAGES = {
    "created": N_("The assessment is set up as a draft. Invite people, then open it."),
    "opened": N_("The assessment is open. People can answer by their links now."),
    "reopened": N_("The assessment is open again. People can answer by the links they have."),
    "added": N_("The people are added. Make their links below, and hand them over."),
    "changed": N_("The invitation is changed. Its links keep working."),
    "replaced": N_("The invitation is replaced. Get a link for the new one, and hand it over."),
    "replaced-to-mail": N_("The invitation is replaced. Send the new one on the page “Mails”."),
    "revoked": N_("The invitation is revoked. Nobody can start with its links any more."),
    "revoked-many": N_("The invitations are revoked. Nobody can start with their links any more."),
    "added-to-mail": N_("The people are added. Nothing is sent yet: send the invitations on the page “Mails”."),
    "mails-undone": N_("Undone: nothing was sent."),
    "mails-stopped": N_("Stopped: what had not been sent yet is not sent."),
    "mails-gone": N_("Too late: these mails have been sent already."),
    "mails-planned": N_("The mails are planned. The server sends them by itself."),
    "plan-stopped": N_("Nothing is sent by itself any more."),
    "text-saved": N_("The text is saved. Mails that are queued already keep the earlier one."),
    "text-reset": N_("The standard text is back."),
    "word-removed": N_("The word is removed. The next list asks what it means."),
    "extended": N_("The closing date is moved. Pages and mails show the new one from now on."),
    "voices-chosen": N_("The choice is saved. Reports quote these comments from now on."),
    "plan-saved": N_("Saved. All editions of the report print it from now on."),
    "plan-undone": N_("The earlier version is back. The later one is in the list below, should you want it again."),
    "no-such-edition": N_("There is no such edition in this format. Choose another format or edition."),
    "next-wave": N_("The next wave is set up as a draft. See below what differs from the last one."),
    "report-published": N_("The report is published. Make a link for those who may read it."),
    "report-withdrawn": N_("The report is withdrawn. Its links open nothing any more."),
    "share-revoked": N_("The link is revoked. It opens nothing any more."),
    "saved": N_("The settings are saved."),
    "role-changed": N_("The role is changed, with effect from now."),
    "user-disabled": N_("The account is disabled, and all its sessions have ended."),
    "user-enabled": N_("The account is enabled again."),
    "user-removed": N_("The user is removed, and all their sessions have ended."),
    "password-changed": N_("Your password is changed. All other sessions have ended."),
    "session-ended": N_("The session has ended."),
    "sessions-ended": N_("All other sessions have ended."),
    "second-step-off": N_("Two-step sign-in is off. Your password is enough now."),
    "key-revoked": N_("The key is revoked. Programs that use it are refused from now on."),
}


def get_flash_message(name: str) -> str:
    """Return the message; empty for an unknown name."""
    return FLASH_MESSAGES.get(name, "")
