"""Loads the application in the process that server processes are forked from; that process never serves.

Server processes share the memory of what is loaded here, and start in a fraction of the time. No thread, connection or
event loop may begin here: it would not survive the fork.
"""

import uvicorn.lifespan.on
import uvicorn.loops.uvloop  # noqa: F401  # as uvicorn chooses it

from assessment.cli.server import garbage_collection

with garbage_collection.exempt_loaded_objects():
    from assessment import app
    from assessment.cli.server import connections  # noqa: F401  # named in uvicorn's configuration

    app.register_ahead()
