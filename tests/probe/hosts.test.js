// What the probe says of machines that are as they should be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hgxAddress, hgxH100, mi300x, pcieL40s } from './hosts.js';
import { codes, gpusOf, nvlinks, probe, Scenario, Sysroot } from './machine.js';

const linkOf = (run, a, b) => run.json.links.find((l) => l.a === a && l.b === b);

test('8 x H100 behind NVSwitch', (t) => {
  const run = probe(t, hgxH100(t));
  assert.equal(run.status, 0, run.stderr);
  assert(run.seconds < 2, `${run.seconds} s`);
  const { json } = run;
  assert.deepEqual(json.gpus[3], {
    index: 3, name: 'NVIDIA H100 80GB HBM3', memory_gib: 79.65, numa_node: 0, pci: hgxAddress(3), uuid: 'GPU-00000000-0000-4000-8000-000000000003',
    compute_capability: '9.0', pcie_gen: 1, pcie_gen_max: 5, pcie_width: 16, pcie_width_max: 16, power_limit_w: 700, power_limit_default_w: 700,
  });
  assert.equal(json.gpus.length, 8);
  assert.equal(json.links.length, 28);
  for (const l of json.links) {
    assert.deepEqual({ ...l, a: 0, b: 0 }, { a: 0, b: 0, kind: 'nvswitch', class: 'NV18', count: 18, gb_per_s: 450 });
  }
  assert.deepEqual(json.numa, [{ node: 0, gpus: [0, 1, 2, 3] }, { node: 1, gpus: [4, 5, 6, 7] }]);
  assert.equal(json.probe.nvswitches.length, 4);
  assert.deepEqual(json.probe.gpus[0].fabric.state, { value: 'completed' });
  assert.equal(json.probe.gpus[0].nvlinks.length, 18);
  assert.deepEqual(json.probe.drivers.cuda, { value: '12.4' });
  assert.deepEqual(codes(run), []);
});

test('adapters are nearest to the GPUs of their PCIe switch', (t) => {
  const { json } = probe(t, hgxH100(t));
  assert.equal(json.nics.length, 8);
  assert.deepEqual(json.nics[5], {
    name: 'mlx5_5', kind: 'infiniband', gb_per_s: 50, numa_node: 1, nearest_gpus: [4, 5], paths: ['SYS', 'SYS', 'SYS', 'SYS', 'PIX', 'PIX', 'NODE', 'NODE'],
  });
  assert.deepEqual(json.probe.nics[0].node_guid, { value: 'a088:c203:00ab:cdef' });
});

test('4 x L40S over PCIe', (t) => {
  const run = probe(t, pcieL40s(t));
  assert.equal(linkOf(run, 0, 1).class, 'NODE');
  assert.deepEqual(linkOf(run, 0, 2), { a: 0, b: 2, kind: 'pcie', class: 'SYS', gb_per_s: 22 }, 'by the link of the sockets');
  assert.equal(linkOf(run, 0, 1).gb_per_s, 31.5077);
  assert.equal(run.json.gpus[0].mig, undefined);
  assert.deepEqual(run.json.probe.gpus[0].mig, { status: 'not_supported', code: 3 });
  assert.deepEqual(run.json.nics[0], { name: 'mlx5_0', kind: 'roce', gb_per_s: 25, numa_node: 0, nearest_gpus: [], paths: ['NODE', 'NODE', 'SYS', 'SYS'] });
});

test('bridges of two: linked pairs are NVLink, the others PCIe', (t) => {
  const host = pcieL40s(t, { name: 'NVIDIA RTX A6000' });
  host.scenario.set({ '* nvmlDeviceGetCudaComputeCapability': '8 6', ...nvlinks({ links: 4, mbPerS: 14062, version: 4, pci: host.pci, peers: { 0: { 1: 4 }, 1: { 0: 4 }, 2: { 3: 4 }, 3: { 2: 4 } } }) });
  const run = probe(t, host);
  assert.deepEqual(linkOf(run, 0, 1), { a: 0, b: 1, kind: 'nvlink', class: 'NV4', count: 4, gb_per_s: 56.248 });
  assert.equal(linkOf(run, 2, 3).class, 'NV4');
  assert.equal(linkOf(run, 1, 2).kind, 'pcie');
});

test('hybrid cube mesh: one and two links, some pairs none; rates by the links version where the driver says no more', (t) => {
  const pci = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `0000:${(6 + i).toString(16).padStart(2, '0')}:00.0`);
  const peers = { 0: { 1: 1, 2: 1, 3: 2, 4: 2 }, 1: { 0: 1, 2: 2, 3: 1, 5: 2 }, 2: { 0: 1, 1: 2, 3: 2, 6: 1 }, 3: { 0: 2, 1: 1, 2: 2, 7: 1 }, 4: { 0: 2, 5: 1, 6: 1, 7: 2 }, 5: { 1: 2, 4: 1, 6: 2, 7: 1 }, 6: { 2: 1, 4: 1, 5: 2, 7: 2 }, 7: { 3: 1, 4: 2, 5: 1, 6: 2 } };
  const scenario = new Scenario(8, { ...gpusOf({ pci, name: 'Tesla V100-SXM2-32GB', gib: 32, capability: '7.0', power: 300, gen: 3 }), ...nvlinks({ links: 6, version: 2, pci, peers }) });
  delete scenario.lines['* field164'];
  const run = probe(t, { sysroot: new Sysroot(t), scenario });
  assert.deepEqual(linkOf(run, 0, 3), { a: 0, b: 3, kind: 'nvlink', class: 'NV2', count: 2, gb_per_s: 50 });
  assert.equal(linkOf(run, 0, 1).count, 1);
  assert.equal(run.json.links.filter((l) => l.kind === 'nvlink').length, 16);
  // Nothing shows the bus, and the driver does not tell the way either.
  assert.equal(linkOf(run, 0, 5).kind, 'unknown');
  assert.deepEqual(run.json.missing, ['links']);
});

test('a GB200 tray: chip to chip links, a rack-wide fabric, processors apart from the GPUs memory', (t) => {
  const sysroot = new Sysroot(t);
  sysroot.write('/proc/cpuinfo', 'processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd4f\n');
  sysroot.write('/sys/devices/system/node/online', '0-5');
  sysroot.write('/sys/devices/system/node/has_cpu', '0-1');
  const pci = ['0008:01:00.0', '0009:01:00.0', '0018:01:00.0', '0019:01:00.0'];
  pci.forEach((address, i) => sysroot.gpu({ chain: [`pci${address.slice(0, 4)}:00`, `${address.slice(0, 4)}:00:00.0`, address], numa: i >> 1, device: '0x2941' }));
  const scenario = new Scenario(4, {
    ...gpusOf({ pci, name: 'NVIDIA GB200', gib: 184, capability: '10.0', power: 1200 }), ...nvlinks({ links: 18, mbPerS: 53125, version: 7 }),
    '* field170': 5, '* field172': 89600, '* nvmlDeviceGetGpuFabricInfoV': '0f1e2d3c4b5a69788796a5b4c3d2e1f0 0 32766 3 0 1', '- nvmlDeviceGetGpuFabricInfoV:version': '0x02000024',
    '* nvmlDeviceGetPlatformInfo': '1820224000123 7 3',
  });
  const run = probe(t, { sysroot, scenario });
  assert.equal(linkOf(run, 0, 3).gb_per_s, 900);
  const gpu = run.json.probe.gpus[0];
  assert.deepEqual(gpu.c2c_links, { value: 5 });
  assert.deepEqual(gpu.fabric.clique, { value: 32766 }, 'the second version of the struct is asked for where the third is refused');
  assert.equal(gpu.fabric.health_summary, undefined);
  assert.deepEqual([gpu.chassis_serial, gpu.rack_slot, gpu.rack_tray].map((f) => f.value), ['1820224000123', 7, 3]);
  assert.deepEqual(run.json.numa.map((n) => n.node), [0, 1]);
  assert.deepEqual(codes(run), ['no_imex']);
});

test('8 x MI300X by KFD', (t) => {
  const run = probe(t, mi300x(t));
  assert.equal(run.json.gpus.length, 8);
  assert.deepEqual(run.json.gpus[5], {
    index: 5, name: 'AMD Instinct MI300X', memory_gib: 191.98, numa_node: 1, pci: '0000:a6:00.0', uuid: 'GPU-0000000165a0bc2a', compute_capability: 'gfx942',
    pcie_gen: 5, pcie_gen_max: 5, pcie_width: 16, pcie_width_max: 16, power_limit_w: 750, power_limit_default_w: 750,
  });
  assert.equal(run.json.links.length, 28);
  assert.deepEqual(linkOf(run, 2, 6), { a: 2, b: 6, kind: 'xgmi', class: 'XGMI', count: 1, gb_per_s: 64 });
  assert.deepEqual(run.json.probe.drivers.amdgpu, { value: '6.10.5' });
  assert.deepEqual(codes(run), []);
});

test('Intel GPUs by the bus; the one inside the processor does not count', (t) => {
  const sysroot = new Sysroot(t);
  sysroot.processors();
  sysroot.pci({ chain: ['pci0000:00', '0000:00:02.0'], vendor: '0x8086', device: '0x4680', type: '0x030000' });
  sysroot.pci({ chain: ['pci0000:29', '0000:29:01.0', '0000:2a:00.0'], vendor: '0x8086', device: '0x0bd5', type: '0x038000', gen: 5 });
  const run = probe(t, { sysroot });
  assert.deepEqual(run.json.gpus.map((g) => g.name), ['Intel Data Center GPU Max 1550']);
  assert.equal(run.json.gpus[0].memory_gib, undefined, 'what is not known is not there');
});

test('no GPU at all, and this machine', (t) => {
  const sysroot = new Sysroot(t);
  sysroot.processors();
  for (const run of [probe(t, { sysroot }), probe(t, {})]) {
    assert.equal(run.status, 0);
    assert.equal(run.json.format, 'shardplan-topology/1');
    if (run.json.gpus.length === 0) assert(run.json.warnings.includes('No GPU was found.'));
  }
});
