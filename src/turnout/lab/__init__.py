"""The policy lab: traffic and providers of a scenario, played once for each policy.

What plays is the real planner, health and failover, in simulated time:

    scenario (TOML) ──▶ world: what each endpoint would do ─┐
             │                                              ▼
             └─▶ traffic ──▶ engine: plan ▶ send ▶ outcome ▶ health … ──▶ report ──▶ table
"""
