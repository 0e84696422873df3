"""The child: `python -m turnout.local.server` loads the model, reports its port, serves until told.

Facts of the native server (xllamacpp 2026.10, tried here) that shape this file:

- It holds the interpreter lock while loading (0.8 s warm, 3 s from a cold disk): no Python thread
  or signal handler runs meanwhile. So SIGTERM keeps the kernel's own action, which needs neither.
- Its destructor waits for running streams, for tens of seconds. So nobody ever destructs it: the
  process ends by SIGTERM or by `os._exit`. It has no state on disk; ending it so is safe.
- With verbosity -1 it prints nothing, not even why a file could not be loaded.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final, Never
from urllib.parse import urlsplit

import msgspec

from turnout.local.native import load_native
from turnout.local.settings import Failed, LocalModel, Ready, Report, Secret

_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_MAX_SECRET_BYTES: Final = 4096


def main(arguments: list[str] | None = None) -> Never:
    """Serve the model until stdin ends (the parent is gone) or SIGTERM arrives.

    Args:
        arguments: As in `--help`; sys.argv when None. The API key comes on stdin, as a `Secret`.
    """
    options = _parser().parse_args(arguments)
    _die_with(options.parent)
    # Ctrl-C reaches the whole process group; the parent lets streams finish, so it alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Native code may print to descriptor 1, which carries the report: send that to stderr instead.
    report_to = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    model = LocalModel(
        weights=options.model,
        name=options.name,
        parallel=options.parallel,
        context_tok=options.context,
        threads=options.threads,
        embeddings=options.embeddings,
    )
    server, report = _load(model, _read_secret(), options.port)
    _say(report_to, report)
    if server is None:
        os._exit(1)
    while os.read(_STDIN, _MAX_SECRET_BYTES):
        pass
    os._exit(0)


def command_line(model: LocalModel, *, port: int, parent: int) -> list[str]:
    """The arguments after the interpreter that serve `model`; `main` reads them back.

    Args:
        model: What to serve.
        port: TCP port on 127.0.0.1; 0 lets the child choose and report it.
        parent: The process whose end ends the child.
    """
    return [
        # -P: a turnout/ or json.py in the folder where an operator stands must not be imported.
        *("-P", "-m", "turnout.local.server"),
        *("--model", str(model.weights), "--name", model.name),
        *("--port", str(port), "--parent", str(parent)),
        *("--parallel", str(model.parallel), "--context", str(model.context_tok)),
        *("--threads", str(model.threads)),
        "--embeddings" if model.embeddings else "--no-embeddings",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m turnout.local.server")
    parser.add_argument("--model", type=Path, required=True, help="the gguf file")
    parser.add_argument("--name", required=True, help="the model name echoed in answers")
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument("--parent", type=int, default=0, help="process whose end ends this one")
    parser.add_argument("--parallel", type=int, default=4, help="requests decoded at once")
    parser.add_argument("--context", type=int, default=8192, help="tokens over all slots")
    parser.add_argument("--threads", type=int, default=0, help="0 takes all cores but one")
    parser.add_argument("--embeddings", action=argparse.BooleanOptionalAction, default=True)
    return parser


def _die_with(parent: int) -> None:
    """Have the kernel end us when the parent dies, however it dies, even while we load.

    Elsewhere than on Linux the end of stdin does it, once loading is over.
    """
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os._exit(0)


def _read_secret() -> str:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(_STDIN, _MAX_SECRET_BYTES)
        if not piece or len(line) > _MAX_SECRET_BYTES:
            os._exit(0)
        line += piece
    return msgspec.json.decode(line, type=Secret).api_key


def _load(model: LocalModel, api_key: str, port: int) -> tuple[object | None, Report]:
    """The running native server (keep it referenced) and what to report of it."""
    try:
        xllamacpp = load_native()
    except ImportError as error:
        return None, Failed(f"xllamacpp cannot be imported ({error}); install turnout[local]")
    params = xllamacpp.CommonParams()
    params.model.path = str(model.weights)
    params.model_alias = {model.name}  # a set; a str would be split into its letters
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.reuse_port = True  # the parent holds the port reserved, see Supervisor
    params.api_keys = [api_key]
    params.n_parallel = model.parallel
    params.n_ctx = model.context_tok
    params.cache_ram_mib = 0  # its default lets a prompt cache grow to 8 GB
    params.ui = False
    params.verbosity = -1  # anything above may print prompts
    threads = model.threads or _spare_cores()
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    if model.embeddings:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        return None, Failed(f"{error} (file {model.weights.name})")
    return server, Ready(urlsplit(server.listening_address).port or port)


def _spare_cores() -> int:
    """All cores we may use but one.

    Threads meet at a barrier after every layer, so one that must share its core stalls the others:
    on 2 cores with other work, 2 threads made 2 to 12 tokens/s and 1 thread 16 to 100. With nothing
    else running it is 130 against 100, which is less to lose; and the gateway keeps a core.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, cores - 1)


def _say(to: int, report: Report) -> None:
    try:
        os.write(to, msgspec.json.encode(report) + b"\n")
    except BrokenPipeError:
        os._exit(0)  # the parent went while we loaded
    os.close(to)


if __name__ == "__main__":
    main()
