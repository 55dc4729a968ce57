#!/usr/bin/env python3
"""Turns the output of `fit heldout FILE.csv` into README.md's table of step-time errors, and its ranking into a sentence.

    build/release/native/fit heldout training.csv | tools/heldout_table.py
"""
import sys

text = sys.stdin.read()


def table(title):
    lines = text.split(f"## {title}\n")[1].split("\n\n")[0].split("\n")[1:]
    return {line[:34].strip(): line[34:].split() for line in lines if line.strip()}


def errors(row):  # runs, median, mean, p90, bias
    return f"{row[1]} / {row[3]}"


held, within, never = table("Families held out"), table("In-sample"), table("Never fitted")
print("| kind of run | runs held out | held out | bias | in-sample |\n|---|--:|--:|--:|--:|")
for kind, row in held.items():
    print(f"| {kind} | {int(row[0]):,} | {errors(row)} | {row[4]} | {errors(within[kind])} |")
for kind, row in never.items():
    if kind != "nanotron, before the pipeline fix":
        print(f"| {kind} (never fitted) | {int(row[0]):,} | {errors(row)} | {row[4]} | |")

ranking = table("Ranking: families held out").values()  # groups, runs, best first, in three, mean regret
groups = sum(int(r[0]) for r in ranking)
in_three, regret = (sum(int(r[0]) * float(r[k]) for r in ranking) / groups for k in (3, 4))
print(f"\nThe best of a group of measured configurations is among the first three in {in_three:.0f} % of {groups} groups; "
      f"taking the first one costs {regret:.1f} % on average.")
