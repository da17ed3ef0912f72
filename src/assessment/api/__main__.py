"""Print the OpenAPI description, or with `promises` the list of what clients rely on.

`python -m assessment.api > docs/openapi.json`, `python -m assessment.api promises > docs/api-promises.txt`.
"""

import sys

import msgspec

from assessment.api.openapi.promises import list_promises
from assessment.api.routes import get_description

if __name__ == "__main__":
    if sys.argv[1:] == ["promises"]:
        sys.stdout.write("\n".join(list_promises(get_description())) + "\n")
    else:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(get_description()), indent=2) + b"\n")
