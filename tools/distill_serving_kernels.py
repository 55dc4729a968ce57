#!/usr/bin/env python3
"""Distils measured latencies of inference kernels to presets/serving/kernels/*.json.

    distill_serving_kernels.py FOLDER_OF_TABLES presets

FOLDER_OF_TABLES: gemm.csv, moe_grouped_gemm.csv, mla_generation.csv, mla_context.csv, inference_allreduce.csv, nccl.csv and
deepep_low_latency.csv, distilled from ai-dynamo/aiconfigurator (Apache-2.0): per point the best and the median over
inference frameworks, in microseconds. Needs numpy.

A slowdown is measured time / time on the roofline of the accelerator's data sheet, so that a table serves other
accelerators of the generation too. GEMMs are thinned to a grid; grouped GEMMs of experts, whose shapes are few, are
smoothed to a surface over rows per expert, experts in use and weights per expert; latent attention and expert dispatch
follow two or three numbers each. README.md of that folder says how well.
"""
import csv
import json
import pathlib
import sys

import numpy as np

SOURCE = "ai-dynamo/aiconfigurator@095f58a5 (Apache-2.0), systems/data; distilled by tools/distill_serving_kernels.py"
ROWS = [1, 8, 32, 64, 128, 256, 1024, 4096, 32768]
SIDES = [512, 1024, 2048, 4096, 8192, 65536]
TYPES = {"bfloat16": "bf16", "fp8": "fp8", "fp8_block": "fp8_block", "nvfp4": "nvfp4"}
BYTES = {"bf16": 2, "fp8": 1, "fp8_block": 1, "nvfp4": 0.5625}
PEAK = {"bf16": "bf16", "fp8": "fp8", "fp8_block": "fp8", "nvfp4": "fp4"}
CHIPS = {  # table -> id, accelerator, generation that falls back to it
    "a100_sxm": ("a100-sxm", "a100-sxm-80", "ampere"), "h100_sxm": ("h100-sxm", "h100-sxm-80", "hopper"),
    "h200_sxm": ("h200-sxm", "h200-sxm-141", ""), "b200_sxm": ("b200-sxm", "b200-sxm-180", "blackwell"),
    "b300_sxm": ("b300-sxm", "b300-sxm-288", ""), "gb200": ("gb200", "gb200-192", ""),
    "gb300": ("gb300", "gb300-288", ""), "l40s": ("l40s", "l40s", "ada"),
    "rtx_pro_6000_server": ("rtx-pro-6000", "rtx-pro-6000-blackwell-server", "blackwell-rtx")}
# The A100's grouped GEMMs are single runs of one framework, two to four times slower than measured throughput of Mixtral
# on it allows: it takes the H100's slowdowns.
EXPERTS_OF = {"a100_sxm": "h100_sxm"}
GEMM_OVERHEAD_US = 1.5
EXPERT_OVERHEAD_US = 6.0
EXPERT_AXES = {"rows_log2": [0, 4, 6, 8, 10, 12], "experts_log2": [0, 2, 4, 6, 8], "weights_log2": [18, 20, 22, 24, 27]}
MESSAGES = [2**10, 2**14, 2**17, 2**18, 2**20, 2**22, 2**24, 2**28]


class Chip:
    def __init__(self, presets, accelerator):
        a = json.loads((presets / "accelerators" / f"{accelerator}.json").read_text())
        self.bandwidth = a["memory_bandwidth_gb_per_s"] * 1e3  # bytes per microsecond
        self.peaks = a["peak_dense_tflops"]
        self.linked = a.get("scaleup_gb_per_s", 0) > 0

    def flops(self, kind):  # per microsecond
        return self.peaks[PEAK[kind]] * 1e6


def read(folder, name):
    with open(folder / name, newline="") as rows:
        return list(csv.DictReader(rows))


def mixed(row, share_of_median):
    return float(row["best_us"]) ** (1 - share_of_median) * float(row["median_us"]) ** share_of_median


def percent(values):
    return [int(round(100 * v)) for v in values]


def gemms(chip, rows):
    """Per type the slowdown on the grid, m slowest."""
    out = {}
    for kind in sorted({r["dtype"] for r in rows}):
        name = TYPES[kind]
        w = BYTES[name]
        t = {(int(r["m"]), int(r["n"]), int(r["k"])): mixed(r, 0.3) for r in rows if r["dtype"] == kind}
        grid = []
        for m in ROWS:
            for n in SIDES:
                for k in SIDES:
                    at = (m, n, k) if (m, n, k) in t else (m, n, 16384)  # the largest corner was not measured
                    roof = max(2 * m * at[1] * at[2] / chip.flops(name), (at[1] * at[2] * w + m * at[2] * w + 2 * m * at[1]) / chip.bandwidth)
                    grid.append(t[at] / (roof + GEMM_OVERHEAD_US))
        out[name] = percent(grid)
    return out


def hats(x, nodes):
    x = np.clip(x, nodes[0], nodes[-1])
    j = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, len(nodes) - 2)
    w = (x - np.array(nodes)[j]) / (np.array(nodes)[j + 1] - np.array(nodes)[j])
    out = np.zeros((len(x), len(nodes)))
    out[np.arange(len(x)), j] = 1 - w
    out[np.arange(len(x)), j + 1] += w
    return out


def experts(chip, rows):
    """Per type a smooth surface of the logarithm of the slowdown, by robust least squares with a little smoothing."""
    out, errors = {}, []
    for kind in sorted({r["dtype"] for r in rows}):
        name = TYPES[kind]
        of_kind = [r for r in rows if r["dtype"] == kind and int(r["num_tokens"]) <= 16384]  # larger ones are single runs
        number = lambda column: np.array([float(r[column]) for r in of_kind])
        h, f = number("hidden_size"), number("inter_size") / number("moe_tp_size")
        k, e, ep, tokens = number("topk"), number("num_experts"), number("moe_ep_size"), number("num_tokens")
        a = tokens * k / ep
        used = e / ep * (1 - (1 - k / e) ** tokens)
        roof = np.maximum((used * 3 * h * f * BYTES[name] + a * (2 * h + 3 * f) * 2) / chip.bandwidth, 6 * h * f * a / chip.flops(name))
        y = np.log2([mixed(r, 0.5) for r in of_kind] / (roof + EXPERT_OVERHEAD_US))
        axes = list(EXPERT_AXES.values())
        basis = [hats(x, nodes) for x, nodes in zip((np.log2(a / used), np.log2(used), np.log2(h * f)), axes)]
        A = np.einsum("ia,ib,ic->iabc", *basis).reshape(len(y), -1)
        shape = tuple(len(n) for n in axes)
        smooth = []  # differences along each axis: nodes that no measurement reaches take their neighbours' values
        index = np.arange(np.prod(shape)).reshape(shape)
        for axis in range(3):
            moved = np.moveaxis(index, axis, 0)
            for low, high in zip(moved[:-1].ravel(), moved[1:].ravel()):
                row = np.zeros(A.shape[1])
                row[[low, high]] = 0.5, -0.5
                smooth.append(row)
        S = np.array(smooth)
        weight = np.ones(len(y))
        for _ in range(15):
            c = np.linalg.solve((A * weight[:, None]).T @ A + S.T @ S, (A * weight[:, None]).T @ y)
            residual = np.abs(A @ c - y)
            weight = 1 / np.maximum(residual, 0.07)
        errors.append(np.median(np.exp2(residual) - 1))
        out[name] = percent(np.exp2(c))
    return out, errors


def three_numbers(us, memory_us, compute_us):
    """t = t0 + max(memory / x, compute / y), by a search on logarithms."""
    best = (1e9, None)
    p = np.log([8, 0.7, 0.5])
    step = 0.4
    cost = lambda p: np.sum(np.sqrt(1 + (np.log((np.exp(p[0]) + np.maximum(memory_us / np.exp(p[1]), compute_us / np.exp(p[2]))) / us) / 0.1) ** 2))
    best = cost(p)
    while step > 1e-3:
        moved = False
        for i in range(3):
            for sign in (-1, 1):
                q = p.copy()
                q[i] += sign * step
                if cost(q) < best:
                    p, best, moved = q, cost(q), True
        if not moved:
            step /= 2
    return [float(f"{v:.3g}") for v in np.exp(p)]


def latent_attention(chip, decode, prefill):
    """t0_us, share of the bandwidth, share of the bf16 peak; for the prompt the second is bytes of its linear part."""
    out = {"decode": {}, "prefill": {}}
    for cache, element in (("bf16", 2), ("fp8", 1)):
        name = {"bf16": "bfloat16", "fp8": "fp8"}[cache]
        rows = [r for r in decode if r["kv_cache_dtype"] == name]
        number = lambda column: np.array([float(r[column]) for r in rows])
        read_tokens = number("batch_size") * number("kv_len")
        out["decode"][cache] = three_numbers(number("best_us"), read_tokens * 576 * element / chip.bandwidth,
                                             2 * number("num_heads") * read_tokens * (576 + 512) / chip.flops("bf16"))
        rows = [r for r in prefill if r["kv_cache_dtype"] == name and r["mla_dtype"] == "bfloat16" and int(r["isl"]) >= 128]
        number = lambda column: np.array([float(r[column]) for r in rows])
        tokens = number("batch_size") * number("isl") * number("num_heads")
        compute, linear, us = tokens * number("isl") * 320 / chip.flops("bf16"), tokens / chip.bandwidth, number("best_us")
        A = np.stack([np.ones(len(us)), compute, linear], 1) / us[:, None]
        weight = np.ones(len(us))
        for _ in range(30):
            c = np.linalg.solve((A * weight[:, None]).T @ A, (A * weight[:, None]).T @ np.ones(len(us)))
            weight = 1 / np.maximum(np.abs(A @ c - 1), 0.05)
        out["prefill"][cache] = [float(f"{v:.3g}") for v in (max(c[0], 5), c[2], 1 / c[1])]
    return out


def interpolated(points, at):
    x = np.log2([p[0] for p in points])
    return [float(f"{v:.3g}") for v in np.exp2(np.interp(np.log2(at), x, np.log2([p[1] for p in points])))]


def collectives(all_reduce, nccl):
    out = {"bytes": MESSAGES}
    for name, rows, column in (("all_reduce", all_reduce, "best_us"),
                               ("all_gather", [r for r in nccl if r["op"] == "all_gather"], "median_us"),
                               ("reduce_scatter", [r for r in nccl if r["op"] == "reduce_scatter"], "median_us")):
        out[name] = []
        for ranks in sorted({int(r["num_gpus"]) for r in rows}):
            points = sorted((float(r["bytes"]), float(r[column])) for r in rows if int(r["num_gpus"]) == ranks)
            out[name].append({"ranks": ranks, "us": interpolated(points, MESSAGES)})
    return out


def dispatch(rows):
    """Dispatch and combine of the low-latency kernels: t0_us + us per token, expert choice and 7,168 wide row."""
    out = []
    for nodes in sorted({int(r["node_num"]) for r in rows}):
        of = [r for r in rows if int(r["node_num"]) == nodes and int(r["num_token"]) <= 1024]
        us = np.array([float(r["dispatch_us"]) + float(r["combine_us"]) for r in of])
        work = np.array([float(r["num_token"]) * float(r["num_topk"]) * float(r["hidden_size"]) / 7168 for r in of])
        A = np.stack([np.ones(len(us)), work], 1) / us[:, None]
        weight = np.ones(len(us))
        for _ in range(30):
            c = np.linalg.solve((A * weight[:, None]).T @ A, (A * weight[:, None]).T @ np.ones(len(us)))
            weight = 1 / np.maximum(np.abs(A @ c - 1), 0.03)
        out.append({"nodes": nodes, "t0_us": float(f"{c[0]:.3g}"), "us_per_row": float(f"{c[1]:.3g}")})
    return out


def lines(document, depth=0):
    """JSON with one line per array."""
    pad = "  " * (depth + 1)
    inner = ",\n".join(f"{pad}{json.dumps(k)}: " + (lines(v, depth + 1) if isinstance(v, dict) else json.dumps(v, separators=(",", ":")))
                       for k, v in document.items())
    return "{\n" + inner + "\n" + "  " * depth + "}"


def main(tables, presets):
    tables, presets = pathlib.Path(tables), pathlib.Path(presets)
    data = {name: read(tables, name + ".csv") for name in
            ("gemm", "moe_grouped_gemm", "mla_generation", "mla_context", "inference_allreduce", "nccl", "deepep_low_latency")}
    for table, (name, accelerator, generation) in CHIPS.items():
        chip = Chip(presets, accelerator)
        of = {key: [r for r in rows if r["gpu"] == table] for key, rows in data.items()}
        document = {"id": name, "source": SOURCE, "accelerator": accelerator}
        if generation:
            document["generation"] = generation
        if not chip.linked:
            document["pcie"] = True
        document["gemm"] = {"m": ROWS, "n": SIDES, "k": SIDES, **gemms(chip, of["gemm"])}
        of_experts = EXPERTS_OF.get(table, table)
        rows = [r for r in data["moe_grouped_gemm"] if r["gpu"] == of_experts and r["dtype"] in {g["dtype"] for g in of["gemm"]}]
        surface, errors = experts(Chip(presets, CHIPS[of_experts][1]), rows)
        document["experts"] = {**EXPERT_AXES, **surface}
        document["latent_attention"] = latent_attention(chip, of["mla_generation"], of["mla_context"])
        document["collectives"] = collectives(of["inference_allreduce"], of["nccl"])
        if of["deepep_low_latency"]:
            document["dispatch"] = dispatch(of["deepep_low_latency"])
        (presets / "serving" / "kernels" / f"{name}.json").write_text(lines(document) + "\n")
        print(name, "expert surface, median error", ["%.3f" % e for e in errors])


main(*sys.argv[1:])
