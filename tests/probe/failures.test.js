// The probe never fails whole and never hangs: what it cannot learn has a reason, and the rest is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completedFabric, hgxH100 } from './hosts.js';
import { codes, mockNvml, probe, withoutSymbols } from './machine.js';

test('an old driver: functions that it does not have', (t) => {
  const host = hgxH100(t);
  const missing = ['nvmlDeviceGetFieldValues', 'nvmlDeviceGetMemoryInfo_v2', 'nvmlDeviceGetGpuFabricInfoV', 'nvmlDeviceGetMigMode', 'nvmlDeviceGetTopologyCommonAncestor'];
  const run = probe(t, { ...host, library: withoutSymbols(t, missing) });
  const [gpu] = run.json.probe.gpus;
  assert.deepEqual(gpu.mig, { status: 'missing_symbol' });
  assert.deepEqual(gpu.memory_bytes, { value: Math.floor(79.65 * 2 ** 30) }, 'by the older function');
  assert.equal(gpu.memory_reserved_bytes, undefined);
  assert.equal(run.json.gpus[0].mig, undefined);
  // States and versions link by link, the bus for the ways between GPUs.
  assert.deepEqual(run.json.links[0], { a: 0, b: 1, kind: 'nvswitch', class: 'NV18', count: 18, gb_per_s: 450 });
  assert.equal(run.json.probe.links[0].pcie_class, 'PIX');
});

test('the oldest struct of the fabric', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '* nvmlDeviceGetGpuFabricInfo': completedFabric });
  const run = probe(t, { ...host, library: withoutSymbols(t, ['nvmlDeviceGetGpuFabricInfoV']) });
  assert.deepEqual(run.json.probe.gpus[0].fabric.state, { value: 'completed' });
  assert.equal(run.json.probe.gpus[0].fabric.health_mask, undefined);
});

test('a version of a struct that the driver refuses', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '- nvmlDeviceGetMemoryInfo_v2:version': '0x09000000' });
  assert.equal(probe(t, host).json.gpus[0].memory_gib, 79.65);
});

for (const [what, change] of Object.entries({
  'one call hangs on one GPU': { '3 nvmlDeviceGetSerial': 'hang' },
  'one call hangs on all GPUs': { '* nvmlDeviceGetEccMode': 'hang' },
  'one call ends the process': { '2 nvmlDeviceGetEccMode': 'crash' },
})) {
  test(what, (t) => {
    const host = hgxH100(t);
    host.scenario.set(change);
    const run = probe(t, host);
    assert.equal(run.status, 0);
    assert(run.seconds < 10, `${run.seconds} s`);
    assert.equal(run.json.gpus.length, 8);
    assert.equal(run.json.links[0].gb_per_s, 450);
    assert.deepEqual(codes(run), ['not_answered']);
    const [name] = Object.keys(change)[0].split(' ').slice(1);
    assert.match(run.json.warnings[0], new RegExp(`^${name} (did not answer within 1 s|ended the process)`));
    const fact = name === 'nvmlDeviceGetSerial' ? 'serial' : 'ecc';
    assert.equal(run.json.probe.gpus[3][fact].status, 'error');
    assert.deepEqual(run.json.probe.gpus[7].power_limit_w, { value: 700 }, 'what comes after is asked');
  });
}

test('several calls hang: the rest is not asked', (t) => {
  const host = hgxH100(t);
  for (const f of ['Name', 'UUID', 'EccMode', 'Serial']) host.scenario.set({ [`* nvmlDeviceGet${f}`]: 'hang' });
  const run = probe(t, host);
  assert(run.seconds < 10, `${run.seconds} s`);
  assert.equal(run.json.gpus.length, 8, 'the bus shows them');
  assert.deepEqual(codes(run).filter((c) => c === 'not_answered').length, 2);
});

test('the library hangs when it starts', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '- nvmlInit_v2': 'hang' });
  const run = probe(t, host);
  assert(run.seconds < 10, `${run.seconds} s`);
  assert.equal(run.json.gpus.length, 8);
  assert.match(run.json.gpus[0].name, /NVIDIA/);
  assert(codes(run).includes('nvml_missing'));
});

test('every call is slow: what matters most is there, in time', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '* slow': 10 });
  const run = probe(t, { ...host, budget: 1.2 });
  assert(run.seconds < 2, `${run.seconds} s`);
  assert.deepEqual(run.json.gpus.map((g) => g.memory_gib), Array(8).fill(79.65));
  assert.match(run.json.warnings.join(' '), /NVML answers slowly/);
  const patient = probe(t, host);
  assert.deepEqual(codes(patient), []);
});

test('no permission for one GPU', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '1 nvmlDeviceGetHandleByIndex_v2': 'error 4' });
  const run = probe(t, host);
  assert.equal(run.json.gpus.length, 8);
  assert.deepEqual(run.json.probe.gpus[1].uuid, { status: 'no_permission', code: 4 });
  assert.equal(run.json.gpus[1].uuid, undefined);
  assert(codes(run).includes('no_permission'));
  assert.equal(run.json.links.find((l) => l.a === 0 && l.b === 2).kind, 'nvswitch');
});

test('driver and library of different versions', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '- nvmlInit_v2': 'error 18' });
  const run = probe(t, host);
  assert.equal(run.json.gpus.length, 8);
  assert(codes(run).includes('driver_mismatch'));
  assert.match(run.json.warnings[0], /Restart the machine/);
  assert.deepEqual(run.json.probe.drivers.nvml.code, 18);
});

test('no library: the kernel module and the bus tell what they know', (t) => {
  const { sysroot } = hgxH100(t);
  sysroot.write('/proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024');
  sysroot.write('/proc/driver/nvidia/gpus/0000:1b:00.0/information', 'Model: \t\t NVIDIA H100 80GB HBM3\nGPU UUID: \t GPU-11111111-0000-4000-8000-000000000000\n');
  const run = probe(t, { sysroot });
  assert.equal(run.json.gpus.length, 8);
  assert.deepEqual(run.json.probe.drivers.nvidia, { value: '550.54.15' });
  assert.equal(run.json.links[0].class, 'PIX');
  assert.equal(run.json.gpus[0].memory_gib, undefined);
  assert(codes(run).includes('nvml_missing'));
});

test('a GPU that fell off the bus', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '6 nvmlDeviceGetUUID': 'error 15', '6 nvmlDeviceGetName': 'error 15' });
  const run = probe(t, host);
  assert(codes(run).includes('gpu_lost'));
  assert.deepEqual(run.json.probe.gpus[6].uuid, { status: 'error', code: 15, text: 'the GPU has fallen off the bus' });
});

test('nothing unknown is 0', (t) => {
  const host = hgxH100(t);
  host.scenario.lines = Object.fromEntries(Object.entries(host.scenario.lines).filter(([name]) => /Count|UUID|PciInfo/.test(name)));
  const { json } = probe(t, host);
  for (const g of json.gpus) for (const [name, value] of Object.entries(g)) if (name !== 'index' && name !== 'numa_node') assert.notEqual(value, 0, name);
  for (const l of json.links) assert.notEqual(l.gb_per_s, 0);
  for (const g of json.probe.gpus)
    for (const [name, fact] of Object.entries(g))
      if (fact?.status) assert(['not_supported', 'no_permission', 'missing_symbol', 'error'].includes(fact.status), name);
  assert(mockNvml);
});
