"""Tries a plan on one GPU: allocates what its worst rank holds, times its matrix products, compares both with the estimate.

    python dry_run.py plan.json [iterations]

plan.json is a document of the format shardplan-plan/1 ("shardplan dry-run ... --json" prints it under "document").
Ends with status 1 where the memory does not suffice.
"""

import json
import sys

import torch

GIB = 2**30
CHUNK = 2**30  # bytes of one allocation, as a framework makes many
TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


def read(path):
    with open(path) as file:
        document = json.load(file)
    document = document.get("document", document)
    if document.get("format") != "shardplan-plan/1":
        sys.exit(f"{path} is no document of the format shardplan-plan/1")
    return document


def allocate(memory):
    """Everything but the overhead, which the device takes by itself. True where it fits."""
    held = []
    for part in ("parameters", "gradients", "optimizer", "activations", "buffers"):
        left = memory[f"{part}_bytes"]
        try:
            while left > 0:
                held.append(torch.empty(min(left, CHUNK), dtype=torch.uint8, device="cuda"))
                left -= CHUNK
        except torch.cuda.OutOfMemoryError:
            print(f"out of memory: {left / GIB:.2f} GiB of {part} are left over")
            return False
    free, total = torch.cuda.mem_get_info()
    used, wanted = (total - free) / GIB, sum(memory.values()) / GIB
    print(f"memory: {used:.2f} of {total / GIB:.2f} GiB in use; the plan takes {wanted:.2f} GiB, fragmentation included")
    return wanted <= total / GIB


def product(gemm):
    """A function that runs it once, or None for a type that plain PyTorch does not multiply."""
    m, n, k, groups = gemm["m"], gemm["n"], gemm["k"], gemm["groups"]
    if gemm["type"] in TYPES:
        dtype = TYPES[gemm["type"]]
        a = torch.randn(groups, m, k, dtype=dtype, device="cuda")
        b = torch.randn(groups, k, n, dtype=dtype, device="cuda")
        return lambda: torch.bmm(a, b)
    if gemm["type"].startswith("fp8") and groups == 1 and torch.cuda.get_device_capability() >= (8, 9):
        a = torch.randn(m, k, device="cuda").to(torch.float8_e4m3fn)
        b = torch.randn(n, k, device="cuda").to(torch.float8_e4m3fn).t()
        one = torch.ones((), device="cuda")
        return lambda: torch._scaled_mm(a, b, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
    return None


def seconds(run, iterations):
    for _ in range(3):
        run()
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(iterations):
        run()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1000 / iterations


def main():
    document = read(sys.argv[1])
    iterations = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    print(f"{document['model']}, {document['summary']}; GPU: {torch.cuda.get_device_name()}")
    fits = allocate(document["memory"])
    torch.cuda.empty_cache()
    print(f"{'layer':14}{'pass':17}{'m':>9}{'n':>9}{'k':>9}{'groups':>7} {'type':14}{'count':>7}{'expected ms':>13}{'measured ms':>13}")
    expected = measured = 0.0
    for g in document["gemms"]:
        line = f"{g['layer']:14}{g['pass']:17}{g['m']:9}{g['n']:9}{g['k']:9}{g['groups']:7} {g['type']:14}{g['count']:7}{1e3 * g['expected_s']:13.4f}"
        run = product(g)
        if run is None:
            print(line + f"{'not timed':>13}")
            continue
        s = seconds(run, iterations)
        print(line + f"{1e3 * s:13.4f}")
        expected += g["count"] * g["expected_s"]
        measured += g["count"] * s
        del run
    print(f"products of a step: expected {expected:.3f} s, measured {measured:.3f} s; the whole step is expected to take {document['step_time_s']:.3f} s")
    sys.exit(0 if fits else 1)


main()
