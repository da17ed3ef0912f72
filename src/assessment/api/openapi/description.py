"""OpenAPI 3.1 description, generated from the routes."""

from collections.abc import Iterator
from http import HTTPStatus

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, SecurityScheme

from assessment.api.http.problems import PROBLEM_MEDIA_TYPE
from assessment.api.http.query_parameters import MAX_IDEMPOTENCY_KEY_LENGTH
from assessment.api.http.request_bodies import OptionalBody
from assessment.api.openapi.operations import SCOPES, Operation
from assessment.api.openapi.schemas import (
    SCHEMA_REFERENCE,
    JsonObject,
    describe_request_structs,
    drop_false_defaults,
    inline_enums,
    shorten_schema_names,
    take_enums,
    type_tuples,
)
from assessment.domain.report.file_formats import MEDIA_TYPES
from assessment.services.results import answer_files

TITLE = "Assessment API"
VERSION = "1"
CONTACT = "The operator of this server"
SCOPE_FIELD = "x-scope"
FILE_TYPES = (*MEDIA_TYPES.values(), answer_files.MEDIA_TYPES[answer_files.SAV])
INTRODUCTION = """\
Create assessments, invite people, import responses, read scores and download reports.

Send your key with every request: `Authorization: Bearer asr_…`. Each operation names the scope that the
key needs. Something in another workspace looks exactly like something that does not exist (404).

Errors are problem documents (RFC 9457): program against the end of `type` and the `code` of each entry
of `errors`, which names everything that is wrong at once. Lists come in pages: pass
`next_cursor` on as `cursor` until it is null. What you read has an `ETag`: send it as `If-None-Match`
to learn that nothing changed (304), or as `If-Match` with a change that must not overwrite another's
(412). Send an `Idempotency-Key` with a POST, PATCH or PUT and repeat it safely for 24 hours.

HEAD works wherever GET does, and OPTIONS lists the methods of a path. Every response says how many requests
are left (`RateLimit-*`). Bodies over 1 KB are compressed on request.
"""

FAILURE_DESCRIPTIONS = {
    400: "The request can’t be read.",
    401: "The key is missing, unknown, expired or revoked.",
    403: "The key does not hold the scope.",
    404: "There is nothing here, or nothing of yours.",
    406: "`Accept` admits nothing that can be given.",
    409: "This is not possible in the present state, or a request with the same `Idempotency-Key` is under way.",
    412: "It has changed since you read it.",
    413: "The body is too large.",
    415: "The body has another content type than is taken here, or it is compressed.",
    422: "Some of the input is wrong; `errors` names every place.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    500: "Something went wrong on our side.",
    503: "It can't be done right now; nothing was changed. Try again in a minute.",
}
TEXT_SCHEMA: JsonObject = {"type": "string"}
ETAG_PATTERN = r'^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$'


PATH_DESCRIPTIONS = {
    "organisation": "Id of the organisation.",
    "assessment": "Id of the assessment.",
    "invitation": "Id of the invitation.",
    "questionnaire": "Id of the questionnaire.",
    "version": "Semantic version, as 1.1.0.",
    "key_id": "Id of the key: the part between the first two underscores of its text.",
    "user_id": "Id of the user.",
    "webhook": "Id of the webhook.",
    "delivery": "Id of the delivery.",
    "advice": "Id of the rule that the advice comes from.",
    "report": "Id of the published report.",
    "finding": "Id of the finding, as in the list of findings.",
    "name": "Name of the chart, as in the list of charts.",
    "link": "Id of the link.",
    "job": "Id of the job, as in the `Location` of a 202.",
}
RETRY_STATUSES = (409, 429, 503)


def describe_routes(router: Router, dependencies: tuple[str, ...]) -> JsonObject:
    """Describe the routes; `dependencies` are names that the application provides."""
    app = Litestar(
        route_handlers=[router],
        dependencies={name: Provide(lambda: None, sync_to_thread=False) for name in dependencies},
        openapi_config=OpenAPIConfig(
            title=TITLE,
            version=VERSION,
            contact=Contact(name=CONTACT),
            description=INTRODUCTION,
            components=Components(security_schemes={"key": _build_security_scheme()}),
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
            operation_id_creator=lambda handler, _method, _path: handler.handler_name,
        ),
        logging_config=None,
    )
    schema = shorten_schema_names(type_tuples(drop_false_defaults(app.openapi_schema.to_schema())))
    enums = take_enums(schema["components"].get("schemas", {}), "type", "enum")
    schema = {key: inline_enums(member, enums) for key, member in schema.items()}
    for path, method, handler in _list_routes(app):
        if operation := schema["paths"].get(path, {}).get(method):
            _complete_operation(operation, handler)
    names = (tag for methods in schema["paths"].values() for operation in methods.values() for tag in operation["tags"])
    schema["tags"] = [{"name": name} for name in dict.fromkeys(names)]
    describe_request_structs(schema)
    schema["components"]["headers"] = HEADERS
    schema["components"]["responses"] = {
        _name_failure(status): _describe_failure(status) for status in FAILURE_DESCRIPTIONS
    }
    return schema


def _list_routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in getattr(handler, "http_methods", ()):
                yield route.path_format, method.lower(), handler


def _complete_operation(operation: JsonObject, handler: HTTPRouteHandler) -> None:
    """Add what types don't state: error statuses, conditional headers, examples."""
    declared: Operation = handler.opt["operation"]
    # Scopes of a key are no scopes of OAuth: checkers want them defined, which only OAuth allows.
    operation |= {"security": [{"key": []}], SCOPE_FIELD: declared.scope}
    operation["responses"].pop("400", None)  # Litestar's error format, which we never send
    response = operation["responses"][str(handler.status_code)]
    response["description"] = "Done."
    response["headers"] = dict(COMMON_HEADERS)
    if declared.formats or declared.media_type in FILE_TYPES:
        media_types = declared.formats.values() or (declared.media_type,)
        response["content"] = {media_type: {"schema": _describe_file(media_type)} for media_type in media_types}
    if declared.response_example is not None:
        response["content"][declared.media_type]["example"] = declared.response_example
    if declared.has_etag or handler.status_code in (HTTPStatus.OK, HTTPStatus.CREATED):
        response["headers"] |= _refer_to_headers("ETag")
    if handler.status_code == HTTPStatus.CREATED:
        response["headers"] |= _refer_to_headers("Location")
    if declared.is_idempotent:
        response["headers"] |= _refer_to_headers("Idempotency-Replayed")
    if declared.has_etag:
        operation["responses"]["304"] = {
            "description": "Nothing changed since your `If-None-Match`.",
            "headers": COMMON_HEADERS,
        }
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    if body is not None:
        body["schema"] |= declared.body_bounds
        body["example"] = declared.request_example
        dto = handler.resolve_data_dto()
        operation["requestBody"]["required"] = dto is None or not issubclass(dto, OptionalBody)
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["description"] = PATH_DESCRIPTIONS[parameter["name"]]
    operation["parameters"] = [*operation.get("parameters", ()), *_list_conditional_headers(declared)]
    operation["responses"] |= _describe_job(declared)
    specific = {error_class.status for error_class in declared.problems}
    operation["responses"] |= {
        str(status): _describe_failure(status, declared)
        if status in specific
        else {"$ref": f"#/components/responses/{_name_failure(status)}"}
        for status in _list_failure_statuses(declared, operation, is_read=HttpMethod.GET in handler.http_methods)
    }


def _describe_job(declared: Operation) -> JsonObject:
    """Describe the response to a large request, where the operation takes one, by its status."""
    if declared.job_example is None:
        return {}
    schema = {"$ref": SCHEMA_REFERENCE.format(name="BulkJob")}
    accepted = {
        "description": "It is carried out in the background; `Location` says how far it is.",
        "headers": COMMON_HEADERS | _refer_to_headers("Location", "ETag", "Idempotency-Replayed"),
        "content": {"application/json": {"schema": schema, "example": declared.job_example}},
    }
    return {str(int(HTTPStatus.ACCEPTED)): accepted}


def _list_conditional_headers(declared: Operation) -> Iterator[JsonObject]:
    if declared.has_etag:
        yield _describe_parameter("If-None-Match", "Answer 304 where this `ETag` still holds.", pattern=ETAG_PATTERN)
    if declared.takes_if_match:
        yield _describe_parameter("If-Match", "Change only what still has this `ETag`.", pattern=ETAG_PATTERN)
    if declared.is_idempotent:
        description = "Any text of your own; a repetition within 24 hours gets the first answer."
        yield _describe_parameter(
            "Idempotency-Key", description, minLength=1, maxLength=MAX_IDEMPOTENCY_KEY_LENGTH, pattern="^[ -~]+$"
        )


def _list_failure_statuses(declared: Operation, operation: JsonObject, *, is_read: bool) -> list[int]:
    statuses = {406, 422, 500, *declared.error_statuses}
    statuses |= {401, 403, 429} if declared.scope else set()
    statuses |= {400, 413} if "requestBody" in operation else set()
    statuses |= set() if is_read else {415}
    statuses |= {409} if declared.is_idempotent else set()
    statuses |= {error_class.status for error_class in declared.problems}
    statuses |= {412} if declared.takes_if_match else set()
    return sorted(statuses)


def _describe_failure(status: int, declared: Operation | None = None) -> JsonObject:
    """Describe an error response, with the types of problem that are specific to the operation."""
    types = [
        f"`#{error_class.slug}`"
        for error_class in (declared.problems if declared else ())
        if error_class.status == status
    ]
    text = FAILURE_DESCRIPTIONS[status] + (f" Types: {', '.join(types)}." if types else "")
    headers = dict(COMMON_HEADERS)
    if status in RETRY_STATUSES:
        headers |= _refer_to_headers("Retry-After")
    content = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {"description": text, "headers": headers, "content": content}


def _name_failure(status: int) -> str:
    return f"Problem{status}"


def _describe_file(media_type: str) -> JsonObject:
    """Describe the content of a file: JSON of any form, text, or bytes."""
    if media_type == "application/json":
        return {"type": "object", "description": "The result, as `GET …/scores` returns it."}
    return dict(TEXT_SCHEMA) if media_type.startswith("text/") else {"type": "string", "format": "binary"}


def _describe_header(description: str, kind: str = "string") -> JsonObject:
    return {"description": description, "schema": {"type": kind}}


def _refer_to_headers(*names: str) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _describe_parameter(name: str, description: str, **bounds: object) -> JsonObject:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": TEXT_SCHEMA | bounds}


def _build_security_scheme() -> SecurityScheme:
    scopes = "\n".join(f"- `{scope}`: {text}" for scope, text in SCOPES.items())
    return SecurityScheme(type="http", scheme="bearer", description=f"An API key. Scopes:\n\n{scopes}")


HEADERS: JsonObject = {
    "X-Request-ID": _describe_header("Names this request in our log."),
    "RateLimit-Limit": _describe_header("Requests that a key can make at once.", "integer"),
    "RateLimit-Remaining": _describe_header("Requests that are left now.", "integer"),
    "RateLimit-Reset": _describe_header("Seconds until all of them are available again.", "integer"),
    "RateLimit-Policy": _describe_header("The limit, and the seconds in which it is filled up again, as `1200;w=60`."),
    "Retry-After": _describe_header("Seconds to wait, where repeating the request helps.", "integer"),
    "ETag": _describe_header("Changes whenever the content does."),
    "Location": _describe_header("Path of what was created; `ETag` is its tag."),
    "Idempotency-Replayed": _describe_header("`true` for the stored answer of a repetition."),
}
COMMON_HEADERS = _refer_to_headers("X-Request-ID", *(name for name in HEADERS if name.startswith("RateLimit")))
