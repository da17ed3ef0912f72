"""Jinja template engine: StrictUndefined, autoescape, gettext in the language of the page."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar.plugins.jinja import JinjaTemplateEngine
from markupsafe import Markup
from msgspec import structs

from assessment.errors import Problem
from assessment.policies import policy_of
from assessment.settings import Settings
from assessment.web import cookies, csrf
from assessment.web.actors import describe_actor
from assessment.web.assets import Assets
from assessment.web.languages import SPOKEN, Choice, choices, speech
from assessment.wording import SOURCE_LANGUAGE, Wording, wording

PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Find the templates in the installed package, otherwise in the checkout."""
    installed = PACKAGE / "_data" / "templates"
    return installed if installed.is_dir() else PACKAGE.parents[1] / "templates"


def engine(settings: Settings, assets: Assets) -> JinjaTemplateEngine:
    """Create the engine with the globals and filters of all templates."""
    environment = Environment(
        loader=FileSystemLoader(folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext
    )
    environment.globals |= {"asset": assets.path, "csrf": _csrf(settings), "csrf_token_of": _token(settings)}
    environment.globals |= {
        "page_language": _page_language,
        "language_choices": _language_choices,
        "in_texts_language": _in_texts_language,
        "in_titles_language": _in_titles_language,
    }
    environment.filters |= {"date": _date, "listed": _listed, "said": _said, "actor": _actor}
    return JinjaTemplateEngine.from_environment(environment)


@pass_context
def _page_language(context: Context) -> str:
    """Return the language of the page or the request; English if there is no catalogue for it."""
    language = _language(context)
    return language if language in SPOKEN else SOURCE_LANGUAGE


@pass_context
def _language_choices(context: Context) -> tuple[Choice, ...]:
    return choices(context["request"])


@pass_context
def _in_texts_language(context: Context) -> Markup:
    """Render the `lang` attribute of questionnaire texts whose language has no catalogue."""
    return _marked(_language(context), context)


@pass_context
def _in_titles_language(context: Context) -> Markup:
    """Render the `lang` attribute of the consultant's texts, where the page is in another language."""
    return _marked(speech(context["request"]).usual, context)


def _marked(language: str, context: Context) -> Markup:
    same = language == _page_language(context)
    return Markup() if same else Markup(' lang="{}"').format(language)


def _language(context: Context) -> str:
    return context.get("language") or speech(context["request"]).language


def _words(context: Context) -> Wording:
    return wording(_language(context))


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).gettext(message)


@pass_context
def _pgettext(context: Context, meaning: str, message: str) -> str:
    return _words(context).pgettext(meaning, message)


@pass_context
def _said(context: Context, told: str | Problem) -> str:
    """Translate a message of a service; `_()` would also interpolate, and fail at a `%` in it."""
    words = _words(context)
    if isinstance(told, Problem):
        return str(structs.replace(told, message=words.told(told.message), remedy=words.told(told.remedy)))
    return words.told(told)


@pass_context
def _actor(context: Context, actor: str) -> str:
    return describe_actor(_words(context), actor)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    return _words(context).ngettext(one, many, number)


@pass_context
def _date(context: Context, day: date) -> str:
    return _words(context).date(day)


@pass_context
def _listed(context: Context, entries: Sequence[str]) -> str:
    return _words(context).listed(entries)


def _token(settings: Settings) -> Callable[[Context], str]:
    @pass_context
    def token(context: Context) -> str:
        """Return a token for the session of the page's route; empty if the route has no session."""
        request = context["request"]
        handler = request.scope.get("route_handler")
        policy = policy_of(handler) if handler else None
        session = cookies.read(request, policy.session) if policy and policy.session else None
        return csrf.token(settings, session) if session else ""

    return token


def _csrf(settings: Settings) -> Callable[[Context], str]:
    token = _token(settings)

    @pass_context
    def field(context: Context) -> Markup:
        """Render the hidden fields of every form: the CSRF token, and the author's signature in the console."""
        hidden = Markup('<input type="hidden" name="{}" value="{}">')
        consultant = context.get("consultant")
        mark = hidden.format(csrf.AUTHOR, csrf.author_mark(settings, consultant.user_id)) if consultant else Markup()
        return hidden.format(csrf.FIELD, token(context)) + mark

    return field
