"""HTML pages.

`survey` contains the pages for respondents, `console` those for consultants (each with its routes in `handlers`),
`http` what both need (cookies, CSRF, guards, languages, templates, error pages), and `static` the CSS and scripts.

Each area has a `litestar.Router`, which `app.create_app` registers. Every route declares its access policy, as
`policy=PUBLIC | RESPONDENT | CONSULTANT | key("read:scores")` (`assessment.access_policies`), on the route or its
router. The application refuses to start if a route has no policy, or does not depend on the identity of its policy.

Handlers that use the database are plain `def` with `sync_to_thread=True` and take `read_session` or `write_session`,
never both. `write_session` commits after the handler has returned and before the first byte is sent, and rolls back if
the handler raises. `app.create_app` lists the other dependencies; each is annotated as `NamedDependency`.

Pages: `render_page` renders a template; `render_fragment` renders a block of it for htmx, otherwise redirects (303).
Templates extend `_layout.html`; forms begin with `{{ csrf() }}`, which is bound to the session cookie of the route's
policy; assets are linked as `{{ asset("base.css") }}`. `http.error_pages` renders expected errors (`AppError`).
"""
