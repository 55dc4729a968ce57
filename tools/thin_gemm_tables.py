#!/usr/bin/env python3
"""Thins measured GEMM latencies to presets/kernels/gemm-*.json.

    thin_gemm_tables.py gemm.csv presets/kernels

gemm.csv: gpu,dtype,m,n,k,best_us,median_us,...; latencies of ai-dynamo/aiconfigurator (Apache-2.0), best and median over
the inference frameworks that were measured. bf16 takes the median, which is nearer to a sustained run; for narrower types
the median mixes in frameworks without a tuned kernel, so these take the best.
"""
import csv
import json
import pathlib
import sys

ROWS = [128, 512, 1024, 2048, 4096, 8192, 16384, 32768]  # m, tokens: rates ripple between powers of two
SIDES = [256, 1024, 2048, 4096, 8192, 16384]  # n and k
ACCELERATORS = {"a100_sxm": "a100-sxm", "h100_sxm": "h100-sxm", "b200_sxm": "b200-sxm",
                "b300_sxm": "b300-sxm", "gb200": "gb200", "gb300": "gb300"}
STATISTIC = {"bfloat16": ("bf16", "median_us"), "fp8": ("fp8", "best_us"), "nvfp4": ("fp4", "best_us")}
PEAK_TFLOPS = {  # dense, as presets/accelerators has them
    "a100-sxm": {"bf16": 312},
    "h100-sxm": {"bf16": 989, "fp8": 1979},
    "b200-sxm": {"bf16": 2250, "fp8": 4500, "fp4": 9000},
    "b300-sxm": {"bf16": 2250, "fp8": 4500, "fp4": 13500},
    "gb200": {"bf16": 2500, "fp8": 5000, "fp4": 10000},
    "gb300": {"bf16": 2500, "fp8": 5000, "fp4": 15000},
}
SOURCE = "ai-dynamo/aiconfigurator@095f58a5 (Apache-2.0), systems/data; thinned by tools/thin_gemm_tables.py"


def tflops(rate):
    """Three digits; whole numbers without a point."""
    rounded = float(f"{rate:.3g}")
    return int(rounded) if rounded >= 100 else rounded


def main(source, folder):
    seconds = {}
    with open(source, newline="") as rows:
        for row in csv.DictReader(rows):
            if row["dtype"] in STATISTIC and row["gpu"] in ACCELERATORS:
                kind, column = STATISTIC[row["dtype"]]
                seconds[row["gpu"], kind, int(row["m"]), int(row["n"]), int(row["k"])] = float(row[column]) * 1e-6
    for gpu, name in ACCELERATORS.items():
        document = {"id": name, "source": SOURCE, "m": ROWS, "n": SIDES, "k": SIDES}
        for kind in ("bf16", "fp8", "fp4"):
            if (gpu, kind, ROWS[0], SIDES[0], SIDES[0]) in seconds:
                rates = [tflops(2e-12 * m * n * k / seconds[gpu, kind, m, n, k]) for m in ROWS for n in SIDES for k in SIDES]
                document[kind] = {"peak_tflops": PEAK_TFLOPS[name][kind], "tflops": rates}
        lines = ",\n  ".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in document.items())
        (pathlib.Path(folder) / f"gemm-{name}.json").write_text("{\n  " + lines + "\n}\n")


main(*sys.argv[1:])
