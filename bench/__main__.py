"""`python -m bench`: one run, or the comparison of two."""

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop

from bench import machine, results, targets
from bench.board import FULL, QUICK, Board, Effort
from bench.results import Report
from bench.scenarios import SCENARIOS

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Exit status: 1 when a bar is missed under `--strict`, 2 when nothing was measured, else 0."""
    options = _options()
    if options.compare:
        try:
            before, after = map(results.read, options.compare)
            print(results.compare(before, after))
        except (results.OtherMachineError, OSError, msgspec.DecodeError) as error:
            print(error, file=sys.stderr)
            return 2
        return 0
    try:
        report = uvloop.run(_run(options))
    except (RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    path = options.json or RESULTS / f"{report.started.replace(':', '')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    print(f"\n{results.markdown(report)}\nwritten to {path}")
    missed = [each.name for each in report.bars if each.verdict == "miss"]
    return 1 if missed and options.strict else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, under a minute")
    parser.add_argument("--rounds", type=int, help="rounds per scenario")
    parser.add_argument(
        "--only", nargs="+", choices=list(SCENARIOS), help="these scenarios (exact always runs)"
    )
    parser.add_argument("--no-gateway", action="store_true", help="direct, nginx and peers alone")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="'NAME=http://HOST:PORT/PATH MODEL [KEY]'",
        help="another running router, configured for the simulator by whoever started it",
    )
    parser.add_argument("--simulator-port", type=int, default=0, help="fixed, so peers can be told")
    parser.add_argument("--json", type=Path, help="where the result goes")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="two results, no run"
    )
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> Report:
    effort: Effort = QUICK if options.quick else FULL
    if options.rounds:
        effort = msgspec.structs.replace(effort, rounds=options.rounds)
    cores = _cores()
    if cores.load is not None:
        os.sched_setaffinity(0, {cores.load})
    board = Board()
    busy = machine.busy_share()
    if busy > 0.1:
        board.notes.append(f"Other processes took {busy:.0%} of the machine before the run began.")
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as folder:
        async with targets.fleet(
            Path(folder),
            cores,
            options.peer,
            gateway=not options.no_gateway,
            simulator_port=options.simulator_port,
        ) as fleet:
            for name, scenario in SCENARIOS.items():
                if name == "exact" or not options.only or name in options.only:
                    print(f"{name}: {(scenario.__doc__ or '').splitlines()[0]}", flush=True)
                    await scenario(fleet, effort, board)
    return Report(
        started=started,
        quick=options.quick,
        machine=MACHINE,
        versions=machine.versions(),
        commit=machine.commit(),
        cores={"target": cores.target, "load": cores.load},
        measures=tuple(board.measures.values()),
        summary=tuple(results.summarise(measure) for measure in board.measures.values()),
        bars=results.bars(board.measures),
        notes=(*board.notes, *_doubts(board, cores)),
    )


def _cores() -> targets.Cores:
    """The first core for what is measured, the second for load and simulator."""
    usable = machine.usable_cores()
    return targets.Cores(usable[0], usable[1]) if len(usable) > 1 else targets.Cores(None, None)


def _doubts(board: Board, cores: targets.Cores) -> list[str]:
    """Reasons to distrust the run, found in its own numbers."""
    found: list[str] = []
    if cores.load is None:
        found.append("One core only: target, load and simulator shared it.")
    for name in ("unary", "flood in bulk"):
        measure = board.measures.get(name)
        direct = measure.median("direct") if measure else None
        if measure is None or direct is None:
            continue
        others = [measure.median(target) or 0 for target in measure.rounds if target != "direct"]
        most = max(others, default=0)
        if most > 0.7 * direct:
            found.append(
                f"{name}: the fastest target reaches {most / direct:.0%} of the load sent directly;"
                " the load side may be what limits it."
            )
        else:
            found.append(
                f"{name}: load and simulator have {direct / max(most, 1):.1f} times"
                " what the fastest target takes."
            )
    return found


MACHINE = machine.this_machine()  # before we pin ourselves to one core

if __name__ == "__main__":
    sys.exit(main())
