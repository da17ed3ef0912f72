"""HTML: the survey, the console, and what both stand on.

How an area plugs in: it offers `router`, a `litestar.Router` of its own package, and `app.create_app`
registers it. Every route declares who may use it, as `policy=PUBLIC | RESPONDENT | CONSULTANT |
key("read:scores")` (`assessment.policies`), on the route or its router; the program does not start with one that
does not, nor with one that forgets to ask for the identity its policy names. Handlers that touch the
database are plain `def` with `sync_to_thread=True` and take `reading` or `writing` (a session; the latter
commits when the handler has returned, before the first byte leaves: raise to roll back); never both. They
may also take `settings`, `now`, `library` and `writer`, each as a `NamedDependency`.

Pages: `pages.page` renders a template, `pages.fragment` a block of it for htmx and otherwise a 303.
Templates extend `_layout.html`; forms begin with `{{ csrf() }}`, which is bound to the session cookie of
the route's policy; assets are named as `{{ asset("base.css") }}`. Anything expected that goes wrong
is an `AssessmentError`; `failures` makes a page of it.
"""
