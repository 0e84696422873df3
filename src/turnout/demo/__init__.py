"""A gateway full of made-up traffic, for whoever wants to look around before there is any.

    cast      who plays: models, providers' characters, apps and keys (cast.toml), on the catalog
    traffic   how much is asked in an hour, of whom, and how well each endpoint is just then
    records   one request of the last days, as the record that a real one leaves
    sums      the hours before, as the roll-ups that real ones leave
    fill      writes both into a data folder, through the ledger's own code
    stage     what the simulator plays and the turnout.toml that leads there
    trickle   a slow stream of real requests, so that live numbers stay live

Everything here is invented but prices, models and who hosts them, which are the catalog's. The
store that is filled carries the fact `demo`, by which the gateway knows to say so on every page. No
request of a demo reaches a provider: all addresses are the simulator's.
"""
