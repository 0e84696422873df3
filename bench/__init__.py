"""The benchmark: gateway, nginx and nothing in between, in one run on one machine.

    machine    what this was measured on, and whether two results may be compared
    processes  children pinned to a core, their memory and CPU
    targets    simulator, nginx and gateway, started for the run
    load       clients that cost little: closed loop, open loop, streams held open
    scenarios  what is measured, one function each
    micro      what a plan costs; windows: what measuring costs; translating: what a stream costs
    board      how long a run takes, and its numbers on their way to the results
    results    numbers, medians, ratios, bars; JSON and markdown

`python -m bench --help` lists the options; docs/howto/measure-speed.md explains them.
"""
