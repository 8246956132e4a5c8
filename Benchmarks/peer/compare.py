#!/usr/bin/env python3
"""Tidemark beside DuckDB on the same events, in turn, as whole processes.

  compare.py EVENTS.ndjson [--runs 3] [--tidemark PATH]

Needs `pip install duckdb`. EVENTS: canonical events, as from the benchmark `generate`.
ingest   NDJSON -> durable log, against NDJSON -> Parquet (zstd 3, without request ids), one thread
replay   the alerts of that log, against one question: hours of an account above mean + 4 sd of its non-empty
         hours in the 168 before (at least 24 of them), and the first uses of each model and MCP server per account
Prints CPU seconds (user + system) of each pair, the ratios, their median, and bytes per event of both files.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

INGEST = """
import duckdb, sys
c = duckdb.connect(); c.execute('SET threads=1')
columns = {'ts': 'TIMESTAMP', 'identity': 'VARCHAR', 'team': 'VARCHAR', 'tool': 'VARCHAR', 'model': 'VARCHAR',
           'mcp_server': 'VARCHAR', 'input_tokens': 'BIGINT', 'output_tokens': 'BIGINT', 'cache_read_tokens': 'BIGINT',
           'cache_write_tokens': 'BIGINT', 'cost_usd': 'DOUBLE', 'request_id': 'VARCHAR'}
struct = '{' + ', '.join(f"{k}: '{v}'" for k, v in columns.items()) + '}'
c.execute(f"COPY (SELECT * EXCLUDE request_id FROM read_json('{sys.argv[1]}', format='newline_delimited', "
          f"columns={struct})) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, "
          f"PARQUET_VERSION v2)")
"""

QUESTION = """
import duckdb, sys
c = duckdb.connect(); c.execute('SET threads=1'); c.execute('SET preserve_insertion_order=false')
events = f"read_parquet('{sys.argv[1]}')"
print(c.execute(f'''
  WITH hours AS (
    SELECT identity, CAST(epoch(ts) // 3600 AS INTEGER) AS hour, CAST(sum(input_tokens + output_tokens) AS DOUBLE) AS x
    FROM {events} GROUP BY 1, 2),
  past AS (
    SELECT x, count(*) OVER w AS n, sum(x) OVER w AS s, sum(x * x) OVER w AS q FROM hours
    WINDOW w AS (PARTITION BY identity ORDER BY hour RANGE BETWEEN 168 PRECEDING AND 1 PRECEDING))
  SELECT count(*), count(*) FILTER (WHERE n >= 24 AND x > s / n + 4 * sqrt(greatest(q / n - (s / n) ** 2, 0)))
  FROM past''').fetchone())
for key in ('model', 'mcp_server'):
    print(key, c.execute(f"SELECT count(*) FROM (SELECT identity, {key}, min(ts) FROM {events} "
                         f"WHERE {key} IS NOT NULL GROUP BY 1, 2)").fetchone())
"""


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])} failed with {done.returncode}: {done.stderr[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("events")
    options.add_argument("--runs", type=int, default=3)
    here = os.path.dirname(os.path.abspath(__file__))
    options.add_argument("--tidemark", default=os.path.join(here, "../../.build/release/tidemark"))
    a = options.parse_args()
    work = tempfile.mkdtemp(prefix="tidemark-peer-")
    log, parquet = os.path.join(work, "log"), os.path.join(work, "events.parquet")
    ratios = {"ingest": [], "replay": []}
    try:
        for run in range(a.runs):
            shutil.rmtree(log, ignore_errors=True)
            ours, _ = cpu([a.tidemark, "ingest", "--no-detect", "-L", log, a.events])
            theirs, _ = cpu([sys.executable, "-c", INGEST, a.events, parquet])
            ratios["ingest"].append(ours / theirs)
            print(f"ingest  tidemark {ours:6.2f} s  duckdb {theirs:6.2f} s  ratio {ours / theirs:.3f}", flush=True)
            ours, alerts = cpu([a.tidemark, "replay", "-L", log, "--json"])
            theirs, answer = cpu([sys.executable, "-c", QUESTION, parquet])
            ratios["replay"].append(ours / theirs)
            print(f"replay  tidemark {ours:6.2f} s  duckdb {theirs:6.2f} s  ratio {ours / theirs:.3f}", flush=True)
        print(f"transitions {alerts.count(chr(10))}; duckdb: {' '.join(answer.split())}")
        stat = json.loads(cpu([a.tidemark, "log", "stat", "-L", log, "--json"])[1])
        size = os.path.getsize(parquet)
        print(f"events {stat['events']}  events_bytes {stat['events_bytes'] / stat['events']:.2f} B/event  "
              f"parquet {size / stat['events']:.2f} B/event  ratio {stat['events_bytes'] / size:.3f}  "
              f"ids_bytes {stat['ids_bytes'] / stat['events']:.2f} B/event")
        for name, values in ratios.items():
            print(f"{name} ratio, median of {len(values)}: {statistics.median(values):.3f}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
