#!/usr/bin/env python3
"""Carries measured runs into presets/measured/runs.csv, the format of presets/measured/README.md.

    carry_runs.py training.csv feasibility.csv presets/measured/threads.csv presets/measured/runs.csv

Runs from threads about the software are kept in threads.csv. Of the others, keeps rows that are good for step time or
memory, and, of the sweep in feasibility.csv, those that ran out of memory.
Free text stays behind: of the notes only the figures that a reader of the rows needs.
"""
import csv
import re
import sys

COLUMNS = """id source family model layers hidden heads kv_heads ffn vocab experts top_k gpu gpus gpus_per_node precision
 seq gbs mbs tp sp pp vpp cp ep etp dp zero_or_fsdp recompute other_flags tokens_per_s_per_gpu tflops_per_gpu step_time_s
 mfu peak_mem_gb notes use_for_step_time use_for_memory flags memory_kind status""".split()
FIGURES = r"after_pp_fix=\w+|max RESERVED [\d.]+GiB|net_regime=[\w-]+|busbw [\d.]+|GPUs, [\d.]+ intra-node|golden=lts"


def carried(row, status):
    out = {name: row.get(name, "").strip() for name in COLUMNS}
    out["notes"] = "; ".join(re.findall(FIGURES, row.get("notes", "")))
    out["status"] = status
    if status == "OOM":
        out["family"] = "nanotron"
        out["use_for_step_time"] = out["use_for_memory"] = "0"
    return out


def main(training, feasibility, threads, target):
    with open(training, newline="") as rows:
        runs = [carried(row, "Success" if row["family"] == "nanotron" else "") for row in csv.DictReader(rows)
                if row["use_for_step_time"] == "1" or row["use_for_memory"] == "1"]
    with open(feasibility, newline="") as rows:
        runs += [carried(row, "OOM") for row in csv.DictReader(rows) if row["status"] == "OOM"]
    with open(threads, newline="") as rows:
        runs += [carried(row, "") for row in csv.DictReader(rows)]
    with open(target, "w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(runs)


main(*sys.argv[1:])
