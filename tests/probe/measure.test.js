// --measure and --dry-run, with a stand-in for CUDA whose clock is pretended.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { native, program as planner, root } from '../core.js';
import { pcieL40s } from './hosts.js';
import { folder, mockCuda, probe } from './machine.js';

const gib = 2 ** 30;

function measured(t, words, lines = {}, host = pcieL40s(t)) {
  const file = join(folder(t), 'cuda');
  const all = [...host.pci.map((address) => `gpu ${address}`), ...Object.entries(lines).map(([name, value]) => `${name} ${value}`)];
  writeFileSync(file, `${all.join('\n')}\n`);
  const libraries = ['cuda', 'cublaslt', 'nccl'].flatMap((name) => [`--${name}-lib`, mockCuda]);
  return probe(t, { ...host, words: [...libraries, ...words], env: { MOCK_CUDA: file } });
}
const of = (run, what) => run.json.probe.measurements.filter((m) => m.what === what);
const near = (fact, value) => assert(Math.abs(fact.value / value - 1) < 0.01, `${JSON.stringify(fact)} is not near ${value}`);

test('--measure: copies, products, peers and an all-reduce; links take what was measured', (t) => {
  const run = measured(t, ['--measure'], { h2d: 25, d2h: 26, d2d: 400, peer: 12.5, tflops: 300 });
  assert.equal(run.status, 0, run.stderr);
  const [copies] = of(run, 'copies');
  near(copies.host_to_device_gb_per_s, 25);
  near(copies.device_to_host_gb_per_s, 26);
  near(copies.device_to_device_gb_per_s, 800); // read and written
  assert(copies.host_to_device_latency_us.value > 0);
  assert.deepEqual(of(run, 'product').slice(0, 4).map((p) => p.type.value), ['bf16', 'fp16', 'tf32', 'fp8']);
  near(of(run, 'product')[0].tflops, 300);
  near(of(run, 'product')[3].tflops, 600);
  assert.equal(of(run, 'peer_copies').length, 6);
  near(of(run, 'peer_copies')[0].gb_per_s_forth, 12.5);
  for (const l of run.json.links) assert(Math.abs(l.gb_per_s - 12.5) < 0.1);
  near(run.json.probe.links[0].nominal_gb_per_s, 31.5);
  assert.equal(run.json.probe.links[0].source, 'measured');
  assert(of(run, 'all_reduce')[0].bus_gb_per_s.value > 0);
});

test('copies that arrive changed are no measurement', (t) => {
  const run = measured(t, ['--measure'], { corrupt: 1 });
  assert.match(of(run, 'peer_copies')[0].result.text, /arrived changed/);
  assert.equal(run.json.probe.links[0].source, 'nvml');
});

test('what hangs is ended, the rest is measured', (t) => {
  const run = measured(t, ['--measure', '--limit', '3'], { hang: 'ncclCommInitAll' });
  assert.match(of(run, 'all_reduce')[0].result.text, /took longer than 3 s/);
  assert(of(run, 'copies')[3].host_to_device_gb_per_s.value > 0);
});

test('a GPU that another process uses is not measured', (t) => {
  const run = measured(t, ['--measure'], { used_gib: 20 });
  assert.match(of(run, 'copies')[0].result.text, /another process/);
});

test('without the library every measurement says so', (t) => {
  const host = pcieL40s(t);
  const run = probe(t, { ...host, words: ['--measure', '--cuda-lib', '/no/libcuda.so'] });
  assert.equal(run.status, 0);
  for (const m of run.json.probe.measurements) assert.match(m.result.text, /was not found/);
});

const plan = (change = {}) => ({
  format: 'shardplan-plan/1', model: 'tiny', summary: 'TP 1', step_time_s: 1.5,
  memory: { parameters_bytes: 10 * gib, gradients_bytes: 10 * gib, optimizer_bytes: 20 * gib, activations_bytes: 5 * gib, buffers_bytes: gib, overhead_bytes: 2 * gib, ...change },
  gemms: [
    { layer: 'mlp', pass: 'forward', m: 4096, n: 8192, k: 2048, groups: 1, type: 'bf16', count: 10, expected_s: 0.0003 },
    { layer: 'experts', pass: 'forward', m: 512, n: 2048, k: 2048, groups: 8, type: 'bf16', count: 4, expected_s: 0.0002 },
    { layer: 'mlp', pass: 'forward', m: 64, n: 64, k: 64, groups: 1, type: 'nvfp4', count: 4, expected_s: 0.0002 },
  ],
});
function dryRun(t, document, lines) {
  const file = join(folder(t), 'plan.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return measured(t, ['--dry-run', file], lines);
}

test('--dry-run: a plan that fits, its products beside what was expected', (t) => {
  const run = dryRun(t, plan(), { memory_gib: 80, tflops: 500 });
  assert.equal(run.status, 0, run.stderr);
  const [summary] = of(run, 'dry_run');
  assert.deepEqual(summary.fits, { value: true });
  assert.deepEqual(summary.wanted_bytes, { value: 48 * gib });
  const products = of(run, 'planned_product');
  near(products[0].measured_ms, ((2 * 4096 * 8192 * 2048) / 500e12) * 1e3);
  near(products[1].tflops, 500);
  assert.match(products[2].measured_ms.text, /nvfp4 are not timed/);
  assert.deepEqual([summary.products_timed.value, summary.products_not_timed.value], [2, 1]);
  near(summary.products_expected_s, 10 * 0.0003 + 4 * 0.0002);
});

test('--dry-run: a plan that does not fit has status 3', (t) => {
  const run = dryRun(t, plan({ optimizer_bytes: 60 * gib }), { memory_gib: 80 });
  assert.equal(run.status, 3);
  const [summary] = of(run, 'dry_run');
  assert.deepEqual(summary.fits, { value: false });
  assert(summary.not_allocated_bytes.value > 5 * gib);
});

test('--dry-run: overhead counts although it is not allocated', (t) => {
  const run = dryRun(t, plan({ overhead_bytes: 40 * gib }), { memory_gib: 80 });
  assert.equal(run.status, 3);
  assert.deepEqual(of(run, 'dry_run')[0].not_allocated_bytes, { value: 0 });
});

for (const [what, text] of Object.entries({ 'no JSON': 'x', 'another document': '{"format": "shardplan-topology/1"}', 'a negative size': JSON.stringify(plan({ buffers_bytes: -1 })) }))
  test(`--dry-run of ${what} has status 2`, (t) => {
    const run = dryRun(t, text);
    assert.equal(run.status, 2);
    assert.match(run.stderr, /plan\.json (is no document|cannot be read)/);
    assert.equal(run.text, '');
  });

test('--dry-run reads what the planner gives', { skip: !existsSync(planner) && 'the planner is not built' }, (t) => {
  const request = readFileSync(resolve(root, 'tests/golden/dry-run/example.request.json'));
  const run = dryRun(t, native('dry-run', request).json, { memory_gib: 80 });
  assert(of(run, 'planned_product').length > 5);
});
