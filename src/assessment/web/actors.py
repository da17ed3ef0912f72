"""Actor of a recorded action, as pages show it: a person's address, an API key, the server, or its operator."""

from assessment.services.auditing import KEY_ACTOR, OPERATOR, SERVER
from assessment.wording import Wording
from assessment.wording.sentences import N_

NAMES = {SERVER: N_("The server"), OPERATOR: N_("The operator")}
KEY = N_("API key “{name}”")


def describe_actor(words: Wording, actor: str) -> str:
    """Return the actor of an entry of the audit log in the reader's language."""
    if actor.startswith(KEY_ACTOR):
        return words.gettext(KEY).format(name=actor.removeprefix(KEY_ACTOR))
    return words.gettext(NAMES[actor]) if actor in NAMES else actor
