"""Files that unpack to gigabytes: refused within a time and memory that do not depend on it (trust 10a)."""

import base64
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from assessment.errors import InvalidError
from assessment.pdf import provenance_attachment
from assessment.pdf.inspection import decryption, unpack_limits
from assessment.services.reports import report_verification
from tests.verification.sealed_reports import find_questionnaire, render_report

PROGRAM = str(Path(sys.executable).parent / "assessment")
MEMORY_MOST = 500 * 1024 * 1024
SECONDS_MOST = 10  # of processor time
GIGABYTES = 1_500_000_000 if "ASSESSMENT_TEST_SOAK" in os.environ else 200_000_000
# Kilobytes of the program's own, whatever other children this process has.
MEASURE = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS_MOST}, {SECONDS_MOST}))
code = subprocess.run(sys.argv[1:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)
sys.exit(code)
"""


def pack_zeros(size: int, times: int = 1, bits: int = 15) -> bytes:
    """Zeros, packed; `times` over."""
    packing = zlib.compressobj(9, wbits=bits)
    zeros = bytes(1_000_000)
    content = b"".join(packing.compress(zeros) for _ in range(size // len(zeros))) + packing.flush()
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    return content


def make_pdf(dictionary: bytes, content: bytes, place: str = "page", line_end: bytes = b"\n") -> bytes:
    """A file with one stream in it: what the page draws, the attachment, or a stream of objects."""
    stream = b"<< %s /Length %d >>\nstream%s%s\nendstream" % (dictionary, len(content), line_end, content)
    root = b"/Names << /EmbeddedFiles << /Names [(provenance.json) 5 0 R] >> >>" if place == "attachment" else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang 6 0 R %s >>" % root,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>" % (b"/Contents 4 0 R" if place == "page" else b""),
        stream,
        b"<< /Type /Filespec /F (provenance.json) /UF (provenance.json) /EF << /F 4 0 R >> >>",
    ]
    made, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    start = len(made)
    entries = [(0, 0, 0), *((1, offset, 0) for offset in places), (2, 4, 0), (1, start, 0)]  # 6 lies in stream 4
    table = b"".join(struct.pack(">BIB", *entry) for entry in entries)
    return made + (
        b"7 0 obj\n<< /Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF" % (len(table), table, start)
    )


def pack_objects(body: bytes) -> bytes:
    return zlib.compress(b"6 0 " + body, 9)


def write_as_ascii85(content: bytes) -> bytes:
    return base64.a85encode(content) + b"~>"


BOMBS = {
    "flate": lambda: make_pdf(b"/Filter /FlateDecode", pack_zeros(GIGABYTES)),
    "flate in flate": lambda: make_pdf(b"/Filter [/FlateDecode /FlateDecode]", pack_zeros(GIGABYTES, times=2)),
    "object stream": lambda: make_pdf(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", pack_zeros(GIGABYTES)),
    "run lengths": lambda: make_pdf(b"/Filter /RunLengthDecode", b"\x81a" * 5_000_000),
}


def verify_measured(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MEASURE, PROGRAM, "verify", file], capture_output=True, text=True, check=False
    )


def read_measures(done: subprocess.CompletedProcess[str]) -> tuple[int, float]:
    """Return the most bytes of memory and the seconds of processor time."""
    kilobytes, seconds = done.stdout.splitlines()[-1].split()
    return int(kilobytes) * 1024, float(seconds)


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOMBS)
def test_verify_of_decompression_bomb_stays_within_limits(tmp_path: Path, kind: str):
    file = tmp_path / "bomb.pdf"
    file.write_bytes(BOMBS[kind]())

    said = verify_measured(file)

    memory, seconds = read_measures(said)
    print(f"{kind}: {seconds:.1f} s of processor time, {memory / 1e6:.0f} MB")  # noqa: T201 - reported
    assert said.returncode == 1, said.stderr
    assert "This is not a report" in said.stderr
    assert memory < MEMORY_MOST


SMALL_LIMIT = 100_000
ZEROS = 1_000_000
FLATE = b"/Filter /FlateDecode"
OBJECT_STREAM = b"/Type /ObjStm /N 1 /First 4 "
# Dictionary, content, and what ends the line of the keyword.
SHAPES: dict[str, Callable[[], tuple[bytes, bytes, bytes]]] = {
    "flate": lambda: (FLATE, pack_zeros(ZEROS), b"\n"),
    "window of 14 bits": lambda: (FLATE, pack_zeros(ZEROS, bits=14), b"\n"),
    "wrong checksum": lambda: (FLATE, pack_zeros(ZEROS)[:-4] + b"1234", b"\n"),
    "ASCII85 around flate": lambda: (
        b"/Filter [/ASCII85Decode /FlateDecode]",
        write_as_ascii85(pack_zeros(ZEROS)),
        b"\n",
    ),
    "flate five times": lambda: (b"/Filter [%s]" % (b" /FlateDecode" * 5), pack_zeros(ZEROS, times=5), b"\n"),
    "flate with 14 bits inside": lambda: (
        b"/Filter [/FlateDecode /FlateDecode]",
        zlib.compress(pack_zeros(ZEROS, bits=14)),
        b"\n",
    ),
    "space after the keyword": lambda: (FLATE, pack_zeros(ZEROS), b" \n"),
    "form feed after the keyword": lambda: (FLATE, pack_zeros(ZEROS), b"\f\n"),
    "carriage return after the keyword": lambda: (FLATE, pack_zeros(ZEROS), b"\r"),
    "nothing after the keyword": lambda: (FLATE, pack_zeros(ZEROS, bits=10), b""),  # begins with a parenthesis
    "escaped name": lambda: (
        b"/Filter [/ASCII#385Decode /Flate#44ecode]",
        write_as_ascii85(pack_zeros(ZEROS)),
        b"\n",
    ),
    "escaped key": lambda: (b"/F#69lter /LZWDecode", b"\x80\x0b\x60\x50", b"\n"),
    "reference": lambda: (b"/Filter 6 0 R", pack_zeros(ZEROS), b"\n"),
    "reference to parameters": lambda: (FLATE + b" /DecodeParms 6 0 R", b"", b"\n"),
    "comment": lambda: (b"/Filter % \n /LZWDecode", b"", b"\n"),
}


@pytest.mark.parametrize("place", ["page", "attachment", "object stream"])
@pytest.mark.parametrize("shape", SHAPES)
def test_bomb_of_any_shape_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch, shape: str, place: str):
    monkeypatch.setattr(unpack_limits, "MAX_UNPACKED_BYTES", SMALL_LIMIT)
    dictionary, content, line_end = SHAPES[shape]()
    file = make_pdf((OBJECT_STREAM if place == "object stream" else b"") + dictionary, content, place, line_end)

    with pytest.raises(InvalidError, match="This is not a report"):
        unpack_limits.check_unpacked_size(file)


@pytest.mark.parametrize(
    ("dictionary", "body"),
    [
        (FLATE, b"1 " * 3_000_000),
        (FLATE, b"/" * 3_000_000),
        (FLATE, b"[]" * 3_000_000),
        (FLATE, b"1\0" * 3_000_000),
        (FLATE + b" /DecodeParms << /Predictor 12 /Columns 9 >>", bytes(3_000_000)),
    ],
)
def test_stream_of_too_many_objects_is_refused(dictionary: bytes, body: bytes):
    file = make_pdf(OBJECT_STREAM + dictionary, pack_objects(b"[" + body + b"]"), "object stream")

    with pytest.raises(InvalidError, match="This is not a report"):
        unpack_limits.check_unpacked_size(file)


@pytest.mark.parametrize("pixels", [os.urandom(4_320_000), b"/" * 4_320_000], ids=["noise", "grey"])
def test_largest_picture_passes_limits(pixels: bytes):
    file = make_pdf(FLATE, zlib.compress(pixels, 1))

    unpack_limits.check_unpacked_size(file)


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"q " * 700_000, b"BT (" + b"a" * 20_000_000 + b") Tj ET"])
def test_verify_of_report_with_huge_page_stays_within_limits(tmp_path: Path, content: bytes):
    file = tmp_path / "huge.pdf"
    with pikepdf.open(BytesIO(render_report("risk-36"))) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(content)
        pdf.save(file)

    said = verify_measured(file)

    assert said.returncode == 1, said.stderr
    assert "more content than that of any report" in said.stderr
    assert read_measures(said)[0] < MEMORY_MOST


def test_attachment_larger_than_any_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(provenance_attachment, "MAX_PROVENANCE_BYTES", 1000)

    with pytest.raises(InvalidError, match="can’t be read"):
        report_verification.verify_report(render_report("risk-36"), find_questionnaire)


@pytest.mark.slow
def test_encrypted_bomb_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unpack_limits, "MAX_TOKENS", SMALL_LIMIT)
    encrypted = BytesIO()
    with pikepdf.open(BytesIO(make_pdf(FLATE, zlib.compress(b"1 " * ZEROS)))) as pdf:
        pdf.save(encrypted, encryption={"owner": "x", "user": ""})

    with pytest.raises(InvalidError) as refusal:
        report_verification.verify_report(encrypted.getvalue(), find_questionnaire)

    assert "larger than any report" in str(refusal.value.problems)


@pytest.mark.slow
def test_decryption_that_takes_too_much_memory_is_refused():
    encrypted = BytesIO()
    with pikepdf.open(BytesIO(make_pdf(b"", b""))) as pdf:
        pdf.Root.Many = pikepdf.Array([1] * 5_000_000)
        pdf.save(
            encrypted,
            encryption={"owner": "x", "user": ""},
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )

    with pytest.raises(InvalidError, match="can’t be read"):
        decryption.decrypt_pdf(encrypted.getvalue())


@pytest.mark.parametrize(
    "options",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"qdf": True},
        {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.generalized},
        {"recompress_flate": True},
    ],
)
def test_report_saved_again_passes_limits(options: dict[str, object]):
    target = BytesIO()
    with pikepdf.open(BytesIO(render_report("risk-36"))) as pdf:
        pdf.save(target, **options)

    unpack_limits.check_unpacked_size(target.getvalue())
