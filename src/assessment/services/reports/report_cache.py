"""Cache of rendered reports: files by assessment and by digest of all inputs."""

import hashlib
import os
import shutil
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import assessment

MAX_CACHE_BYTES = 256 * 1024 * 1024
MAX_AGE_SECONDS = 7 * 24 * 3600.0  # bounds how long deleted data can stay in cached files
SCRATCH_MAX_AGE_SECONDS = 3600.0


class ReportCache:
    """Report files by assessment and by digest of all inputs; evicts the least recently used."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes

    def get(self, assessment_id: str, name: str) -> bytes | None:
        """Return a cached file; updates the access time only, because the modification time decides expiry."""
        path = self._folder_of(assessment_id) / name
        with suppress(OSError):
            written = path.stat().st_mtime
            if time.time() - written < MAX_AGE_SECONDS:
                content = path.read_bytes()
                with suppress(OSError):
                    os.utime(path, (time.time(), written))
                return content
        return None

    def create_folder(self, assessment_id: str) -> None:
        """Create the assessment's folder, before anything is rendered."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder_of(assessment_id).mkdir(exist_ok=True, mode=0o700)

    def put(self, assessment_id: str, name: str, content: bytes) -> None:
        """Write a file atomically; errors like a full disk are ignored, because it can be rendered again.

        If the assessment was evicted during the rendering, its folder is gone, and nothing is stored.
        """
        with suppress(OSError):
            folder = self._folder_of(assessment_id)
            with NamedTemporaryFile(dir=folder, prefix=".", suffix=".new", delete=False) as scratch:
                try:
                    scratch.write(content)
                    scratch.flush()
                    os.fsync(scratch.fileno())
                    Path(scratch.name).replace(folder / name)
                except BaseException:
                    Path(scratch.name).unlink(missing_ok=True)
                    raise
            self._evict()

    def delete_all(self, assessment_id: str) -> None:
        """Delete the assessment's folder; `OSError` if that fails."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder_of(assessment_id))

    def _folder_of(self, assessment_id: str) -> Path:
        return self.folder / hashlib.sha256(assessment_id.encode()).hexdigest()

    def _evict(self) -> None:
        now, room = time.time(), self.max_bytes
        for path in self.folder.glob("*/.*.new"):
            if now - path.stat().st_mtime > SCRATCH_MAX_AGE_SECONDS:
                path.unlink(missing_ok=True)
        files = [(path, path.stat()) for path in self.folder.glob("*/[!.]*")]
        for path, about in sorted(files, key=lambda pair: pair[1].st_atime_ns, reverse=True):
            room -= about.st_size
            if room < 0 or now - about.st_mtime > MAX_AGE_SECONDS:
                path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def hash_program() -> str:
    """Digest of the program's files: another version may render the same figures differently."""
    folder = Path(assessment.__file__).parent
    files = sorted(path for kind in ("*.py", "*.po") for path in folder.rglob(kind))
    stamps = [(str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
