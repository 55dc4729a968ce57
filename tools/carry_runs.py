#!/usr/bin/env python3
"""Carries measured runs into presets/measured/runs.csv, the format of presets/measured/README.md.

    carry_runs.py training.csv feasibility.csv presets/measured/threads.csv presets/measured/runs.csv
    carry_runs.py finetune_memory.csv presets/measured/fine_tuning.csv

Runs from threads about the software are kept in threads.csv. Of the others, keeps rows that are good for step time or
memory, and, of the sweep in feasibility.csv, those that ran out of memory. Of fine-tuning runs those that were measured.
Free text stays behind: of the notes only what a reader of the rows needs.
"""
import csv
import re
import sys

COLUMNS = """id source family model layers hidden heads kv_heads ffn vocab experts top_k gpu gpus gpus_per_node precision
 seq gbs mbs tp sp pp vpp cp ep etp dp zero_or_fsdp recompute other_flags tokens_per_s_per_gpu tflops_per_gpu step_time_s
 mfu peak_mem_gb notes use_for_step_time use_for_memory flags memory_kind status""".split()
FINE_TUNING = """id source model params_b method quant gpu gpus precision seq mbs zero_or_fsdp recompute optimizer other_flags
 peak_mem_gb tokens_per_s time_s notes""".split()
FACTS = r"^OOM|Mistral 7B"
FIGURES = r"after_pp_fix=\w+|max RESERVED [\d.]+GiB|net_regime=[\w-]+|busbw [\d.]+|GPUs, [\d.]+ intra-node|golden=lts"


def carried(row, status):
    out = {name: row.get(name, "").strip() for name in COLUMNS}
    out["notes"] = "; ".join(re.findall(FIGURES, row.get("notes", "")))
    out["status"] = status
    if status == "OOM":
        out["family"] = "nanotron"
        out["use_for_step_time"] = out["use_for_memory"] = "0"
    return out


def fine_tuning(collection, target):
    with open(collection, newline="") as rows:
        runs = [{name: row[name].strip() for name in FINE_TUNING} | {"notes": "; ".join(re.findall(FACTS, row["notes"]))}
                for row in csv.DictReader(rows) if row["kind"] == "measured"]
    write(target, FINE_TUNING, runs)


def write(target, columns, runs):
    with open(target, "w", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(runs)


def training_runs(training, feasibility, threads, target):
    with open(training, newline="") as rows:
        runs = [carried(row, "Success" if row["family"] == "nanotron" else "") for row in csv.DictReader(rows)
                if row["use_for_step_time"] == "1" or row["use_for_memory"] == "1"]
    with open(feasibility, newline="") as rows:
        runs += [carried(row, "OOM") for row in csv.DictReader(rows) if row["status"] == "OOM"]
    with open(threads, newline="") as rows:
        runs += [carried(row, "") for row in csv.DictReader(rows)]
    write(target, COLUMNS, runs)


(fine_tuning if len(sys.argv) == 3 else training_runs)(*sys.argv[1:])
