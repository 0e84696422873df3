"""The data folder: who may read it, and which one gateway owns it."""

import fcntl
import os
from pathlib import Path
from typing import Final, Self

from turnout.core.errors import TurnoutError

FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_LOCK_NAME: Final = "gateway.lock"


class FolderInUse(TurnoutError):  # noqa: N818 (named for the fact)
    """Another gateway owns the data folder; `pid` is its process id, 0 when it did not say."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(
            f"the data folder {folder} is in use by another gateway (process {pid or 'unknown'}); "
            "stop that one, or give this one its own folder with --data-dir"
        )
        self.folder = folder
        self.pid = pid


def open_folder(folder: Path) -> Path:
    """The absolute path of a folder that exists and that only its owner may enter.

    Raises:
        OSError: It cannot be made, or is not ours to protect.
    """
    folder = folder.expanduser().absolute()
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o777 != _FOLDER_MODE:
        folder.chmod(_FOLDER_MODE)
    return folder


def private_file(path: Path) -> None:
    """Makes sure that a file exists and that only its owner may read it.

    SQLite gives its `-wal` and `-shm` companions the mode of the file it finds.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    path.chmod(FILE_MODE)


class FolderLock:
    """Held by the one gateway of a folder; the kernel drops it when the process dies."""

    __slots__ = ("_fd",)

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def take(cls, folder: Path) -> Self:
        """The lock of that folder.

        Raises:
            FolderInUse: Another living process holds it.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        fd = os.open(folder / _LOCK_NAME, flags, FILE_MODE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(fd, 20, 0)
            os.close(fd)
            raise FolderInUse(folder, int(owner) if owner.isdigit() else 0) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"%d" % os.getpid(), 0)
        return cls(fd)

    def release(self) -> None:
        """Lets the next gateway in. The file stays: removing it would race with its next owner."""
        os.close(self._fd)
