"""Jinja template engine: StrictUndefined, autoescape, gettext in the language of the page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar.plugins.jinja import JinjaTemplateEngine
from markupsafe import Markup
from msgspec import structs

from assessment.access_policies import get_policy
from assessment.domain.survey.closing_time import load_time_zone
from assessment.errors import Problem
from assessment.i18n import SOURCE_LANGUAGE, Translator, get_translator
from assessment.settings import Settings
from assessment.web.actors import describe_actor
from assessment.web.http import cookies, csrf
from assessment.web.http.assets import StaticAssets
from assessment.web.http.languages import INTERFACE_LANGUAGES, LanguageOption, get_page_language, list_language_options

MAX_CACHED_TEXTS = 10_000
PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


def find_template_folder() -> Path:
    """Find the templates in the installed package, otherwise in the checkout."""
    installed = PACKAGE_FOLDER / "_data" / "templates"
    return installed if installed.is_dir() else PACKAGE_FOLDER.parents[1] / "templates"


def create_template_engine(settings: Settings, assets: StaticAssets) -> JinjaTemplateEngine:
    """Create the engine with the globals and filters of all templates."""
    environment = Environment(
        loader=FileSystemLoader(find_template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a page extends and imports several files, and would ask for the time of each
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext
    )
    environment.globals |= {
        "asset": assets.path,
        "has_survey_cookies": cookies.has_survey_cookies,
        "csrf": _make_csrf_function(settings),
        "csrf_token_of": _make_token_function(settings),
        "sign_in_provider": settings.oidc.name if settings.oidc else "",
    }
    environment.globals |= {
        "_": _translate_literal,
        "ngettext": _translate_plural,
        "pgettext": _translate_meaning,
        "page_language": _get_interface_language,
        "language_choices": _list_language_options,
        "in_texts_language": _mark_texts_language,
        "in_titles_language": _mark_titles_language,
    }
    environment.filters |= {
        "date": _format_date,
        "short_date": _format_short_date,
        "moment": _format_moment,
        "clock": _format_clock,
        "zone": _format_zone,
        "joined": _format_list,
        "percent": _format_percent,
        "translated": _translate_text,
        "actor": _describe_actor,
    }
    return JinjaTemplateEngine.from_environment(environment)


@pass_context
def _get_interface_language(context: Context) -> str:
    """Return the language of the page or the request; English if there is no catalogue for it."""
    language = _get_language(context)
    return language if language in INTERFACE_LANGUAGES else SOURCE_LANGUAGE


@pass_context
def _list_language_options(context: Context) -> tuple[LanguageOption, ...]:
    return list_language_options(context["request"])


@pass_context
def _mark_texts_language(context: Context) -> Markup:
    """Render the `lang` attribute of questionnaire texts whose language has no catalogue."""
    return _render_lang_attribute(_get_language(context), context)


@pass_context
def _mark_titles_language(context: Context) -> Markup:
    """Render the `lang` attribute of the consultant's texts, where the page is in another language."""
    return _render_lang_attribute(get_page_language(context["request"]).default_language, context)


def _render_lang_attribute(language: str, context: Context) -> Markup:
    same = language == _get_interface_language(context)
    return Markup() if same else Markup(' lang="{}"').format(language)


def _get_language(context: Context) -> str:
    return context.get("language") or get_page_language(context["request"]).language


def _get_translator(context: Context) -> Translator:
    return get_translator(_get_language(context))


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _get_translator(context).gettext(message)


@pass_context
def _translate_literal(context: Context, message: str, **variables: object) -> str:
    """Translate and insert variables as newstyle `gettext` does; a page has dozens of texts without variables."""
    language = _get_language(context)
    return _render_literal(language, message) % variables if variables else _render_plain_literal(language, message)


@lru_cache(MAX_CACHED_TEXTS)
def _render_literal(language: str, message: str) -> Markup:
    return _mark_literal(get_translator(language).gettext(message))


@lru_cache(MAX_CACHED_TEXTS)
def _render_plain_literal(language: str, message: str) -> Markup:
    return _render_literal(language, message) % {}


@pass_context
def _translate_plural(context: Context, singular: str, plural: str, number: int, /, **variables: object) -> str:
    """Translate as newstyle `ngettext`; a text with numbers alone is cached."""
    language, variables = _get_language(context), {"num": number} | variables
    if all(type(value) is int for value in variables.values()):
        return _render_plural(language, singular, plural, number, tuple(variables.items()))
    return _mark_literal(get_translator(language).ngettext(singular, plural, number)) % variables


@lru_cache(MAX_CACHED_TEXTS)
def _render_plural(
    language: str, singular: str, plural: str, number: int, variables: tuple[tuple[str, object], ...]
) -> Markup:
    return _mark_literal(get_translator(language).ngettext(singular, plural, number)) % dict(variables)


@pass_context
def _translate_meaning(context: Context, meaning: str, message: str, /, **variables: object) -> str:
    """Translate as newstyle `pgettext`; a text without variables is cached."""
    language = _get_language(context)
    if not variables:
        return _render_meaning(language, meaning, message)
    return _mark_literal(get_translator(language).pgettext(meaning, message)) % ({"context": meaning} | variables)


@lru_cache(MAX_CACHED_TEXTS)
def _render_meaning(language: str, meaning: str, message: str) -> Markup:
    return _mark_literal(get_translator(language).pgettext(meaning, message)) % {"context": meaning}


def _mark_literal(text: str) -> Markup:
    return Markup(text)  # noqa: S704  # a text of ours, as in jinja2.ext.i18n


@pass_context
def _pgettext(context: Context, meaning: str, message: str) -> str:
    return _get_translator(context).pgettext(meaning, message)


@pass_context
def _translate_text(context: Context, message: str | Problem) -> str:
    """Translate a message of a service; `_()` would also interpolate, and fail at a `%` in it."""
    translator = _get_translator(context)
    if isinstance(message, Problem):
        return str(
            structs.replace(
                message,
                message=translator.translate_error(message.message),
                remedy=translator.translate_error(message.remedy),
            )
        )
    return translator.translate_error(message)


@pass_context
def _describe_actor(context: Context, actor: str) -> str:
    return describe_actor(_get_translator(context), actor)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int) -> str:
    return _get_translator(context).ngettext(singular, plural, number)


@pass_context
def _format_date(context: Context, day: date) -> str:
    return _get_translator(context).format_date(day)


@pass_context
def _format_short_date(context: Context, day: date) -> str:
    """Format a day with its month in short, for the cells of wide tables."""
    return _get_translator(context).format_date(day, "medium")


@pass_context
def _format_moment(context: Context, moment: datetime, time_zone: str) -> str:
    _note_time_zone(context, time_zone)
    return _get_translator(context).format_time(moment.astimezone(load_time_zone(time_zone)))


@pass_context
def _format_clock(context: Context, moment: datetime, time_zone: str) -> str:
    """Format the time of day of a moment that is in this zone already."""
    _note_time_zone(context, time_zone)
    return f"{moment:%H:%M}"


@pass_context
def _format_zone(context: Context, time_zone: str) -> str:
    return _get_translator(context).format_time_zone(time_zone)


def _note_time_zone(context: Context, time_zone: str) -> None:
    """Note in the request that its page shows times, so that its footer names their zone."""
    if (request := context.get("request")) is not None:
        request.state.time_zone = time_zone


@pass_context
def _format_list(context: Context, entries: Sequence[str]) -> str:
    return _get_translator(context).join_list(entries)


@pass_context
def _format_percent(context: Context, percent: int) -> str:
    return _get_translator(context).format_percent(percent)


def _make_token_function(settings: Settings) -> Callable[[Context], str]:
    @pass_context
    def token(context: Context) -> str:
        """Return a token for the session of the page's route; empty if the route has no session."""
        request = context["request"]
        handler = request.scope.get("route_handler")
        policy = get_policy(handler) if handler else None
        session = cookies.read_cookie(request, policy.cookie) if policy and policy.cookie else None
        return csrf.make_token(settings, session) if session else ""

    return token


def _make_csrf_function(settings: Settings) -> Callable[[Context], str]:
    token = _make_token_function(settings)

    @pass_context
    def field(context: Context) -> Markup:
        """Render the hidden fields of every form: the CSRF token, and the author's signature in the console."""
        consultant = context.get("consultant")
        if not consultant:
            return render_token_field(token(context))
        return render_form_fields(settings, token(context), consultant.user_id)

    return field


def render_form_fields(settings: Settings, token: str, user_id: str) -> Markup:
    """Render the hidden fields of a form in the console."""
    return render_token_field(token) + _render_hidden_field(csrf.AUTHOR_FIELD, csrf.sign_author(settings, user_id))


def render_token_field(token: str) -> Markup:
    return _render_hidden_field(csrf.TOKEN_FIELD, token)


def _render_hidden_field(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
