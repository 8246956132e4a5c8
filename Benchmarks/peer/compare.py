#!/usr/bin/env python3
"""Tidemark beside other engines on the same events, in turn, as whole processes of one thread.

  compare.py EVENTS.ndjson [--runs 3] [--engines duckdb,clickhouse,polars,zstd] [--tidemark PATH]

Needs `pip install duckdb chdb polars` and the program zstd; what is not there is left out by name. EVENTS: canonical
events, as from the benchmark `generate`.
ingest   NDJSON -> durable log -> sealed log, against NDJSON -> Parquet (zstd 3, without request ids); zstd: NDJSON -> .zst
replay   the alerts of that log, against one question over one Parquet file: hours of an account above mean + 4 sd of
         its non-empty hours in the 168 before (at least 24 of them), and the first uses of each model and MCP server per
         account; zstd: only unpacks
Prints CPU seconds (user + system) of each turn, what the engines answer, their medians and ratios, and bytes per event.
"""
import argparse
import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

COLUMNS = {"ts": "timestamp", "identity": "text", "team": "text", "tool": "text", "model": "text", "mcp_server": "text",
           "input_tokens": "integer", "output_tokens": "integer", "cache_read_tokens": "integer",
           "cache_write_tokens": "integer", "cost_usd": "double"}

DUCKDB_INGEST = """
import duckdb, sys
c = duckdb.connect(); c.execute('SET threads=1')
kinds = {'timestamp': 'TIMESTAMP', 'text': 'VARCHAR', 'integer': 'BIGINT', 'double': 'DOUBLE'}
struct = '{' + ', '.join(f"{k}: '{kinds[v]}'" for k, v in COLUMNS.items()) + '}'
c.execute(f"COPY (SELECT * FROM read_json('{sys.argv[1]}', format='newline_delimited', columns={struct})) "
          f"TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION v2)")
"""

DUCKDB_QUESTION = """
import duckdb, sys
c = duckdb.connect(); c.execute('SET threads=1'); c.execute('SET preserve_insertion_order=false')
events = f"read_parquet('{sys.argv[1]}')"
print(*c.execute(f'''
  WITH hours AS (
    SELECT identity, CAST(epoch_ms(ts) // 3600000 AS INTEGER) AS hour, CAST(sum(input_tokens + output_tokens) AS DOUBLE) AS x
    FROM {events} GROUP BY 1, 2),
  past AS (
    SELECT x, count(*) OVER w AS n, sum(x) OVER w AS s, sum(x * x) OVER w AS q FROM hours
    WINDOW w AS (PARTITION BY identity ORDER BY hour RANGE BETWEEN 168 PRECEDING AND 1 PRECEDING))
  SELECT count(*), count(*) FILTER (WHERE n >= 24 AND x > s / n + 4 * sqrt(greatest(q / n - (s / n) ** 2, 0)))
  FROM past''').fetchone())
for key in ('model', 'mcp_server'):
    print(*c.execute(f"SELECT count(*) FROM (SELECT identity, {key}, min(ts) FROM {events} "
                     f"WHERE {key} IS NOT NULL GROUP BY 1, 2)").fetchone())
"""

CLICKHOUSE_INGEST = """
import chdb, sys
kinds = {'timestamp': "Nullable(DateTime64(3, 'UTC'))", 'text': 'Nullable(String)', 'integer': 'Nullable(Int64)',
         'double': 'Nullable(Float64)'}
struct = ', '.join(f"{k} {kinds[v]}" for k, v in COLUMNS.items()).replace("'", "''")
chdb.query(f"INSERT INTO FUNCTION file('{sys.argv[2]}', Parquet) SELECT * FROM file('{sys.argv[1]}', JSONEachRow, '{struct}') "
           "SETTINGS max_threads=1, max_insert_threads=1, max_parsing_threads=1, input_format_parallel_parsing=0, "
           "output_format_parallel_formatting=0, output_format_parquet_parallel_encoding=0, "
           "date_time_input_format='best_effort', input_format_skip_unknown_fields=1, engine_file_truncate_on_insert=1, "
           "output_format_parquet_compression_method='zstd', output_format_compression_level=3")
"""

CLICKHOUSE_QUESTION = """
import chdb, sys
events = f"file('{sys.argv[1]}', Parquet)"
settings = "SETTINGS max_threads=1, max_parsing_threads=1"
print(chdb.query(f'''
  WITH hours AS (
    SELECT assumeNotNull(identity) AS identity, toInt32(intDiv(toUnixTimestamp(assumeNotNull(ts)), 3600)) AS hour,
           toFloat64(sum(input_tokens + output_tokens)) AS x FROM {events} GROUP BY 1, 2),
  past AS (
    SELECT x, count(*) OVER w AS n, sum(x) OVER w AS s, sum(x * x) OVER w AS q FROM hours
    WINDOW w AS (PARTITION BY identity ORDER BY hour RANGE BETWEEN 168 PRECEDING AND 1 PRECEDING))
  SELECT count(*), countIf(n >= 24 AND x > s / n + 4 * sqrt(greatest(q / n - (s / n) * (s / n), 0))) FROM past
  {settings}''', 'TSV'), end='')
for key in ('model', 'mcp_server'):
    print(chdb.query(f"SELECT count(*) FROM (SELECT identity, {key}, min(ts) FROM {events} WHERE {key} IS NOT NULL "
                     f"GROUP BY 1, 2) {settings}", 'TSV'), end='')
"""

POLARS_INGEST = """
import polars as pl, sys
kinds = {'timestamp': pl.String, 'text': pl.String, 'integer': pl.Int64, 'double': pl.Float64}
events = pl.scan_ndjson(sys.argv[1], schema={k: kinds[v] for k, v in COLUMNS.items()})
events = events.with_columns(pl.col('ts').str.to_datetime('%Y-%m-%dT%H:%M:%S%.fZ', time_unit='ms'))
events.sink_parquet(sys.argv[2], compression='zstd', compression_level=3)
"""

POLARS_QUESTION = """
import polars as pl, sys
events = pl.scan_parquet(sys.argv[1])
hours = (events.group_by('identity', (pl.col('ts').dt.epoch('s') // 3600).cast(pl.Int32).alias('hour'))
         .agg((pl.col('input_tokens') + pl.col('output_tokens')).sum().cast(pl.Float64).alias('x'))
         .sort('identity', 'hour').collect(engine='streaming'))
past = hours.rolling('hour', period='168i', closed='left', group_by='identity').agg(
    pl.len().alias('n'), pl.col('x').sum().alias('s'), (pl.col('x') ** 2).sum().alias('q'))
n, s, q = pl.col('n'), pl.col('s'), pl.col('q')
bound = s / n + 4 * (q / n - (s / n) ** 2).clip(0).sqrt()
above = past.join(hours, on=['identity', 'hour']).filter((n >= 24) & (pl.col('x') > bound))
print(len(hours), len(above))
for key in ('model', 'mcp_server'):
    print(len(events.filter(pl.col(key).is_not_null()).group_by('identity', key).agg(pl.col('ts').min())
              .collect(engine='streaming')))
"""

PYTHON = {"duckdb": ("duckdb", DUCKDB_INGEST, DUCKDB_QUESTION),
          "clickhouse": ("chdb", CLICKHOUSE_INGEST, CLICKHOUSE_QUESTION),
          "polars": ("polars", POLARS_INGEST, POLARS_QUESTION)}


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=os.environ | {"POLARS_MAX_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])} failed with {done.returncode}: {done.stderr[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def missing(engine):
    """What has to be installed for an engine; None where it is there."""
    if engine == "zstd":
        return None if shutil.which("zstd") else "the program zstd"
    package = PYTHON[engine][0]
    return None if importlib.util.find_spec(package) else f"pip install {package}"


def turn(engine, what, source, target):
    """Runs one engine; returns CPU seconds and what it says."""
    if engine == "zstd":
        flags = ["-q", "-f", "-T1", "-3"] if what == "ingest" else ["-q", "-f", "-d", "-o", "/dev/null"]
        return cpu(["zstd", *flags, source] + (["-o", target] if what == "ingest" else []))
    script = PYTHON[engine][1 if what == "ingest" else 2]
    return cpu([sys.executable, "-c", f"COLUMNS = {COLUMNS!r}\n{script}", source, target])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("events")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--engines", default="duckdb,clickhouse,polars,zstd")
    here = os.path.dirname(os.path.abspath(__file__))
    options.add_argument("--tidemark", default=os.path.join(here, "../../.build/release/tidemark"))
    a = options.parse_args()
    engines = []
    for engine in a.engines.split(","):
        if engine not in [*PYTHON, "zstd"]:
            options.error(f"there is no engine {engine}")
        if need := missing(engine):
            print(f"{engine}: left out, it needs {need}", flush=True)
        else:
            engines.append(engine)
    work = tempfile.mkdtemp(prefix="tidemark-peer-")
    log = os.path.join(work, "log")
    files = {e: os.path.join(work, f"{e}.{'zst' if e == 'zstd' else 'parquet'}") for e in engines}
    seconds, answers = {}, {}

    def note(what, engine, value):
        seconds.setdefault((what, engine), []).append(value)
        print(f"{what}  {engine:10} {value:6.2f} s", flush=True)

    try:
        for _ in range(a.runs):
            shutil.rmtree(log, ignore_errors=True)
            ours = cpu([a.tidemark, "ingest", "--no-detect", "-L", log, a.events])[0]
            note("ingest", "tidemark", ours + cpu([a.tidemark, "log", "seal", "-L", log])[0])
            for engine in engines:
                note("ingest", engine, turn(engine, "ingest", a.events, files[engine])[0])
            # All read one file, the first that was written.
            parquet = next((files[e] for e in engines if e != "zstd"), None)
            taken, alerts = cpu([a.tidemark, "replay", "-L", log, "--json", "--threads", "1"])
            note("replay", "tidemark", taken)
            for engine in engines:
                taken, answer = turn(engine, "replay", files[engine] if engine == "zstd" else parquet, "")
                answers[engine] = " ".join(answer.split())
                note("replay", engine, taken)
        print(f"tidemark: {alerts.count(chr(10))} transitions")
        for engine, answer in answers.items():
            if answer:
                print(f"{engine}: {answer}")
        stat = json.loads(cpu([a.tidemark, "log", "stat", "-L", log, "--json"])[1])
        print(f"bytes an event: tidemark {stat['events_bytes'] / stat['events']:.2f} and "
              f"{stat['ids_bytes'] / stat['events']:.2f} of ids; "
              + "; ".join(f"{e} {os.path.getsize(files[e]) / stat['events']:.2f}" for e in engines))
        for what in ("ingest", "replay"):
            ours = seconds[what, "tidemark"]
            for engine in engines:
                theirs = seconds[what, engine]
                ratios = sorted(x / y for x, y in zip(ours, theirs))
                print(f"{what}: tidemark {statistics.median(ours):.2f} s, {engine} {statistics.median(theirs):.2f} s, "
                      f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}, {len(ratios)} pairs)")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
