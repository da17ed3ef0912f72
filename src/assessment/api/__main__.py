"""Print the OpenAPI description: `python -m assessment.api > docs/openapi.json`."""

import sys

import msgspec

from assessment.api.routes import get_description

if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(get_description()), indent=2) + b"\n")
