"""Threads that decode the same type for the first time; in a process of their own, which a race crashes."""

import signal
import subprocess
import sys

import msgspec

from assessment.domain import struct_types

# With slow annotations, other threads always come while the first one builds the type information.
PROGRAM = """
import sys, threading, time
import msgspec
from msgspec import _utils
from assessment.domain import struct_types
from assessment.domain.result import Result

list_classes = _utils._get_class_mro_and_typevar_mappings

def list_classes_slowly(*arguments):
    time.sleep(0.01)
    return list_classes(*arguments)

def decode_once(delay):
    time.sleep(delay)
    try:
        msgspec.json.decode(content, type=Result)
    except msgspec.ValidationError:
        pass

content = msgspec.json.encode({Result.__struct_fields__[-1]: None})
if sys.argv[1] == "built":
    struct_types.build_type_information()
_utils._get_class_mro_and_typevar_mappings = list_classes_slowly
threads = [threading.Thread(target=decode_once, args=[number * 0.02]) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def decode_in_threads(preparation: str) -> int:
    """Return the exit code."""
    return subprocess.run([sys.executable, "-c", PROGRAM, preparation], check=False).returncode  # our own


def test_threads_decode_a_prepared_type_without_crash():
    assert decode_in_threads("built") == 0


def test_mutant_without_preparation_crashes():
    assert decode_in_threads("unprepared") == -signal.SIGSEGV


def test_struct_that_is_never_decoded_does_not_stop_the_preparation():
    annotations = {"later": "Unknown", "act": "object"}
    namespace = {"__module__": "assessment.of_this_test", "__annotations__": annotations}
    undecodable = type(msgspec.Struct)("Undecodable", (msgspec.Struct,), namespace)

    struct_types.build_type_information()

    assert undecodable in set(msgspec.Struct.__subclasses__())
