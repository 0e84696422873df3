"""The policy lab: traffic and providers of a scenario, played through the real planner, health and
failover in simulated time, once for each policy.

    scenario (TOML) ──▶ world: what each endpoint would do ─┐
             │                                              ▼
             └─▶ traffic: requests ──▶ engine: plan ▶ send ▶ outcome ▶ health … ──▶ report ──▶ table
"""
