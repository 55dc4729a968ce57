// Runs the benchmark natively and in WebAssembly, one process a case, prints the table and writes dist/bench.json.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const repetitions = process.argv[2] ?? '5';
const builds = {
  native: [resolve(root, 'build/release/native/shardplan-bench')],
  wasm: [process.execPath, resolve(root, 'build/wasm/wasm/shardplan-bench.js')],
};
const run = ([program, ...before], ...args) => execFileSync(program, [...before, ...args], { encoding: 'utf8' });

// What the issue asks for.
const bars = [
  { build: 'native', figure: 'plans_per_s', least: 500_000 },
  { build: 'wasm', figure: 'plans_per_s', least: 300_000 },
  { build: 'native', figure: 'recommend_s', most: 2, name: 'llama-3.1-405b-on-16384-h100' },
  { build: 'wasm', figure: 'recommend_s', most: 4, name: 'llama-3.1-405b-on-16384-h100' },
  { build: 'wasm', figure: 'recommend_s', most: 0.05, name: 'llama-3.1-70b-on-64-h100' },
  { build: 'native', figure: 'evaluate_s', most: 0.001 },
  { build: 'wasm', figure: 'evaluate_s', most: 0.001 },
];

const results = run(builds.native)
  .trim()
  .split('\n')
  .map((name) => {
    const [native, wasm] = [builds.native, builds.wasm].map((build) => JSON.parse(run(build, name, repetitions)));
    return { name, native, wasm };
  });

const count = (x) => Math.round(x).toLocaleString('en-US');
const ms = (s) => `${(s * 1000).toPrecision(3)} ms`;
const lines = [
  ['', 'native', 'WebAssembly', 'ratio'],
  ...results.flatMap(({ name, native, wasm }) => {
    const row = (label, figure, text) => [label, text(native[figure]), text(wasm[figure]), (wasm[figure] / native[figure]).toFixed(2)];
    return [
      [`${name}: ${count(native.candidates)} candidates, ${count(native.plans)} plans, ${count(native.fit)} fit`, '', '', ''],
      row('  plans per second and core', 'plans_per_s', count),
      row('  recommend, whole', 'recommend_s', ms),
      row('  evaluate, whole', 'evaluate_s', ms),
      row('  one plan', 'make_plan_s', ms),
      row('  peak memory', 'peak_mib', (x) => `${x.toFixed(0)} MiB`),
    ];
  }),
];
// Titles of cases may run over the columns beside them.
const widths = [30, 14, 14, 8];
console.log(lines.map((cells) => (cells[1] === '' ? cells[0] : cells.map((c, i) => (i ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join(''))).join('\n'));

const verdicts = bars.flatMap((bar) =>
  results
    .filter(({ name }) => !bar.name || bar.name === name)
    .map((result) => {
      const value = result[bar.build][bar.figure];
      return { name: result.name, ...bar, value, met: bar.least ? value >= bar.least : value <= bar.most };
    }),
);
for (const v of verdicts.filter((v) => !v.met))
  console.log(`Below the bar: ${v.build} ${v.figure} of ${v.name} is ${v.value}, wanted ${v.least ? 'at least' : 'at most'} ${v.least ?? v.most}.`);

const machine = { cpu: cpus()[0].model, node: process.version };
writeFileSync(resolve(root, 'dist/bench.json'), `${JSON.stringify({ machine, results, bars: verdicts }, null, 2)}\n`);
