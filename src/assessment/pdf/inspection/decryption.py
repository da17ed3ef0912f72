"""Decrypt a PDF in a process of its own: what an encrypted file unpacks to can only be counted afterwards."""

import subprocess
import sys

from assessment.errors import InvalidError, Problem

MAX_SECONDS = 5
MAX_MEMORY_BYTES = 400 * 1024 * 1024
DECRYPT = f"""
import io, sys
try:
    import resource
except ImportError:  # Windows
    pass
else:
    resource.setrlimit(resource.RLIMIT_AS, ({MAX_MEMORY_BYTES}, {MAX_MEMORY_BYTES}))
import pikepdf
copy = io.BytesIO()
with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
    if "/Extensions" in pdf.Root:  # says how the file is encrypted
        del pdf.Root["/Extensions"]
    pdf.save(copy, encryption=False, fix_metadata_version=False, compress_streams=False,
             stream_decode_level=pikepdf.StreamDecodeLevel.none)
sys.stdout.buffer.write(copy.getvalue())
"""


def decrypt_pdf(content: bytes) -> bytes:
    """Return a copy that is not encrypted; its streams stay packed. Raises `InvalidError` if that takes too much."""
    try:
        copying = subprocess.run(  # noqa: S603 - a fixed program
            [sys.executable, "-c", DECRYPT], input=content, capture_output=True, timeout=MAX_SECONDS, check=True
        )
    except subprocess.SubprocessError as error:
        raise InvalidError("This PDF can’t be read.", [Problem("It is encrypted, and can't be decrypted.")]) from error
    return copying.stdout
