-- name: put_live_slot
-- Writes one slot of a live window over the one that had its place in the ring before.
INSERT INTO live_slots (endpoint, window_s, place, number, cells)
VALUES (:endpoint, :window_s, :place, :number, :cells)
ON CONFLICT (endpoint, window_s, place) DO UPDATE
SET number = excluded.number, cells = excluded.cells;

-- name: live_slots
-- All slots, for a start. Reads the whole table.
SELECT endpoint, window_s, number, cells FROM live_slots ORDER BY endpoint, window_s, number;

-- name: prune_live_slots
-- Forgets slots that ended before a moment, in unix seconds. Reads the whole table.
DELETE FROM live_slots
WHERE (number + 1) * (CASE window_s WHEN 300 THEN 10 WHEN 1800 THEN 60 ELSE 900 END) < :before_s;

-- name: begin_probe
-- Notes a probe with the most that it can cost, before it is sent.
INSERT INTO probes (endpoint, provider, day, started_ms, outcome, cost_nusd)
VALUES (:endpoint, :provider, :day, :started_ms, 'sent', :cost_nusd);

-- name: end_probe
-- Notes what became of a probe, and what it really cost.
UPDATE probes
SET outcome = :outcome, cost_nusd = :cost_nusd, latency_ms = :latency_ms, ttft_ms = :ttft_ms
WHERE id = :id;

-- name: probes_of_day
-- How many probes each provider got on a day, and what they cost or will at most.
SELECT provider, count(*) AS count, sum(cost_nusd) AS nusd
FROM probes
WHERE day = :day
GROUP BY provider;

-- name: prune_probes
-- Deletes the probes of older days.
DELETE FROM probes WHERE day < :day;
