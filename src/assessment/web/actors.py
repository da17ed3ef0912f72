"""Actor of a recorded action, as pages show it: a person's address, an API key, the server, or its operator."""

from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.services.operations.audit_trail import KEY_ACTOR, OPERATOR_ACTOR, SERVER_ACTOR

NAMES = {SERVER_ACTOR: N_("The server"), OPERATOR_ACTOR: N_("The operator")}
KEY = N_("API key “{name}”")


def describe_actor(translator: Translator, actor: str) -> str:
    """Return the actor of an entry of the audit log in the reader's language."""
    if actor.startswith(KEY_ACTOR):
        return translator.gettext(KEY).format(name=actor.removeprefix(KEY_ACTOR))
    return translator.gettext(NAMES[actor]) if actor in NAMES else actor
