"""Files that unpack to gigabytes: refused within a time and memory that do not depend on it (trust 10a)."""

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).parent / "assessment")
MEMORY_MOST = 500 * 1024 * 1024
SECONDS_MOST = 10  # of processor time
GIGABYTES = 1_500_000_000 if "ASSESSMENT_TEST_SOAK" in os.environ else 200_000_000
# Kilobytes of the program's own, whatever other children this process has.
MEASURE = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS_MOST}, {SECONDS_MOST}))
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def pack_zeros(size: int, times: int = 1) -> bytes:
    """Zeros, packed; `times` over."""
    packing = zlib.compressobj(9)
    zeros = bytes(1_000_000)
    content = b"".join(packing.compress(zeros) for _ in range(size // len(zeros))) + packing.flush()
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    return content


def make_pdf(dictionary: bytes, content: bytes) -> bytes:
    """A file with one stream in it that the page draws."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(content), content),
    ]
    made, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(made),
    )


BOMBS = {
    "flate": lambda: make_pdf(b"/Filter /FlateDecode", pack_zeros(GIGABYTES)),
    "flate in flate": lambda: make_pdf(b"/Filter [/FlateDecode /FlateDecode]", pack_zeros(GIGABYTES, times=2)),
    "object stream": lambda: make_pdf(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", pack_zeros(GIGABYTES)),
    "run lengths": lambda: make_pdf(b"/Filter /RunLengthDecode", b"\x81a" * 5_000_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOMBS)
def test_verify_of_decompression_bomb_stays_within_limits(tmp_path: Path, kind: str):
    file = tmp_path / "bomb.pdf"
    file.write_bytes(BOMBS[kind]())

    said = subprocess.run(
        [sys.executable, "-c", MEASURE, PROGRAM, "verify", file], capture_output=True, text=True, check=False
    )

    memory = int(said.stdout.splitlines()[-1]) * 1024
    assert said.returncode == 1, said.stderr
    assert "This is not a report" in said.stderr
    assert memory < MEMORY_MOST
