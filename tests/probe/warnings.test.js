// Warnings are the product: each fault has its warning, with the GPU or adapter that has it, and nothing else warns.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completedFabric, hgxAddress, hgxH100, mi300x, pcieL40s } from './hosts.js';
import { codes, probe } from './machine.js';

function only(run, code, subject, text) {
  assert.deepEqual(codes(run), [code]);
  const [warning] = run.json.probe.warnings;
  assert.equal(warning.subject, subject);
  assert.match(warning.text, text);
  assert.match(warning.text, /\.$/);
  assert.deepEqual(run.json.warnings, [warning.text]);
}

test('one GPU has no NVLink while the others are switched', (t) => {
  const host = hgxH100(t);
  for (let l = 0; l < 18; l++) host.scenario.set({ [`5 field165:${l}`]: 0 });
  const run = probe(t, host);
  only(run, 'gpu_off_fabric', 'gpu 5', /no NVLink is up while the other GPUs have 18/);
  const of5 = run.json.links.filter((l) => l.a === 5 || l.b === 5);
  assert.deepEqual(new Set(of5.map((l) => l.kind)), new Set(['pcie']));
  assert.equal(of5.find((l) => l.a === 4).class, 'PIX');
  assert.equal(run.json.links.filter((l) => l.kind === 'nvswitch').length, 21);
});

test('one GPU did not join the fabric though its links are up', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '2 nvmlDeviceGetGpuFabricInfoV': `${'00'.repeat(16)} 0 0 2 0 0` });
  const run = probe(t, host);
  only(run, 'gpu_off_fabric', 'gpu 2', /off the NVLink fabric \(in_progress\)/);
  assert.equal(run.json.links.find((l) => l.a === 2 && l.b === 3).kind, 'pcie');
  assert.equal(run.json.probe.gpus[2].nvlinks.filter((l) => l.state.value === 1).length, 18, 'the links are still told');
});

test('the fabric failed on all', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '* nvmlDeviceGetGpuFabricInfoV': completedFabric.replace(' 0 32766 3', ' 999 32766 3') });
  only(probe(t, host), 'fabric_not_ready', 'gpus 0-7', /failed with status 999.*nvidia-fabricmanager/s);
});

test('the fabric is unhealthy', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '6 nvmlDeviceGetGpuFabricInfoV': completedFabric.replace(/1$/, '2') });
  only(probe(t, host), 'fabric_unhealthy', 'gpu 6', /degraded health/);
});

test('some NVLinks of one GPU are down', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '7 field165:3': 0, '7 field165:4': 0 });
  const run = probe(t, host);
  only(run, 'nvlink_down', 'gpu 7', /16 NVLinks are up, its neighbours have 18/);
  assert.equal(run.json.links.find((l) => l.a === 6 && l.b === 7).count, 16);
});

test('NVLinks without peer access', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '* nvmlDeviceGetP2PStatus': 4 });
  only(probe(t, host), 'nvlink_without_peer_access', 'gpus 0-7', /disabled by registry/);
});

test('confidential computing', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '- nvmlSystemGetConfComputeState': '0 1 0' });
  only(probe(t, host), 'confidential_computing', 'host', /encrypted/);
});

test('fewer lanes than the link could have', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '4 nvmlDeviceGetCurrPcieLinkWidth': 8 });
  only(probe(t, host), 'pcie_width_degraded', 'gpu 4', /8 of 16 lanes/);
});

test('a slot of an older generation', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '1 nvmlDeviceGetMaxPcieLinkGeneration': 3 });
  only(probe(t, host), 'pcie_slot_slow', 'gpu 1', /generation 3, the GPU could use 5/);
});

test('narrow slots, by the bus where the driver says nothing', (t) => {
  const host = pcieL40s(t, { change: (i) => (i === 2 ? { width: 4, widthMax: 16, slotWidth: 4 } : {}) });
  for (const f of ['MaxPcieLinkWidth', 'CurrPcieLinkWidth', 'MaxPcieLinkGeneration']) delete host.scenario.lines[`* nvmlDeviceGet${f}`];
  const run = probe(t, host);
  assert(codes(run).includes('pcie_slot_narrow'));
  assert.equal(run.json.gpus[2].pcie_width_max, 4);
  assert.equal(run.json.links.find((l) => l.a === 2 && l.b === 3).gb_per_s, 7.8769);
});

test('an idle GPU shows generation 1: that is no fault', (t) => {
  const run = probe(t, hgxH100(t));
  assert.equal(run.json.gpus[0].pcie_gen, 1);
  assert.deepEqual(codes(run), []);
});

test('a power cap', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '0 nvmlDeviceGetEnforcedPowerLimit': 500000, '1 nvmlDeviceGetEnforcedPowerLimit': 500000 });
  const run = probe(t, host);
  only(run, 'power_cap', 'gpus 0-1', /500 W of 700 W/);
  assert.equal(run.json.gpus[0].power_limit_w, 500);
});

test('GPUs that are not alike', (t) => {
  const host = pcieL40s(t);
  host.scenario.set({ '3 nvmlDeviceGetName': 'NVIDIA L40' });
  const run = probe(t, host);
  assert.match(run.json.warnings.join('\n'), /1 x NVIDIA L40, 3 x NVIDIA L40S/);
});

test('GPUs of one name with different memory', (t) => {
  const host = hgxH100(t);
  host.scenario.set({ '3 nvmlDeviceGetMemoryInfo_v2': `${64 * 2 ** 30} 0 0 0` });
  only(probe(t, host), 'mixed_memory', 'gpu 3', /64 GiB of memory where others have 80 GiB/);
});

test('adapters on one socket only, and no way into the memory of GPUs', (t) => {
  const run = probe(t, pcieL40s(t));
  assert.deepEqual(codes(run), ['nic_wrong_socket', 'no_peer_memory']);
  assert.equal(run.json.probe.warnings[0].subject, 'gpus 2-3');
});

test('open kernel modules share memory without a module of their own', (t) => {
  const host = pcieL40s(t);
  host.sysroot.write('/proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.15  Release Build');
  assert.deepEqual(codes(probe(t, host)), ['nic_wrong_socket']);
});

test('a port that is down has no rate', (t) => {
  const run = probe(t, hgxH100(t, { changeNic: (i) => (i === 3 ? { state: '1: DOWN', rate: '10 Gb/sec (4X)' } : {}) }));
  only(run, 'nic_down', 'mlx5_3', /port is down/);
  assert.equal(run.json.nics[3].gb_per_s, 0);
});

test('an adapter that trained at a lower rate than its like', (t) => {
  const run = probe(t, hgxH100(t, { changeNic: (i) => (i === 6 ? { rate: '200 Gb/sec (2X NDR)' } : {}) }));
  only(run, 'nic_slow', 'mlx5_6', /200 Gb\/s where its like run 400 Gb\/s/);
});

test('an adapter in a slow slot', (t) => {
  const run = probe(t, hgxH100(t, { changeNic: (i) => (i === 0 ? { gen: 4, genMax: 5, width: 8, widthMax: 16 } : {}) }));
  only(run, 'nic_pcie_degraded', 'mlx5_0', /generation 4 with 8 lanes/);
});

test('MIG: instances are told, and that they have no links', (t) => {
  const host = hgxH100(t, { nics: 0 });
  host.scenario.set({ '0 nvmlDeviceGetMigMode': '1 1', '* nvmlDeviceGetMaxMigDeviceCount': 7 });
  for (const i of [0, 1, 3])
    host.scenario.set({ [`0/${i} nvmlDeviceGetUUID`]: `MIG-00000000-0000-5000-8000-00000000000${i}`, [`0/${i} nvmlDeviceGetName`]: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', [`0/${i} nvmlDeviceGetMemoryInfo`]: `${9.75 * 2 ** 30} 0 0` });
  host.scenario.set({ '0/3 nvmlDeviceGetMemoryInfo': 'error 4' });
  const run = probe(t, host);
  only(run, 'mig', 'gpu 0', /cut into instances/);
  assert.equal(run.json.gpus[0].mig, true);
  const { instances } = run.json.probe.gpus[0];
  assert.equal(instances.length, 3);
  assert.deepEqual(instances[0].memory_bytes, { value: 9.75 * 2 ** 30 });
  assert.deepEqual(instances[2].memory_bytes, { status: 'no_permission', code: 4 });
});

test('a container that sees four of eight GPUs', (t) => {
  const host = hgxH100(t, { count: 4 });
  host.sysroot.write('/.dockerenv', '');
  host.sysroot.write('/proc/self/cgroup', '0::/kubepods/pod1');
  host.sysroot.write('/sys/fs/cgroup/kubepods/pod1/cpu.max', '600000 100000');
  host.sysroot.write('/sys/fs/cgroup/kubepods/memory.max', String(200 * 2 ** 30));
  host.sysroot.write('/proc/self/limits', 'Max locked memory         65536                65536                bytes');
  const run = probe(t, host);
  assert.equal(run.json.gpus.length, 4);
  assert.deepEqual(codes(run), ['gpus_hidden', 'few_cpus', 'memory_limit', 'locked_memory_limit']);
  assert.match(run.json.warnings[0], /has 8 GPUs, this process sees 4/);
  assert.deepEqual(run.json.probe.limits.cpu_limit, { value: 6 });
  assert.deepEqual(run.json.probe.limits.memory_limit_gib, { value: 200 });
});

test('AMD: partitions, and a GPU without xGMI', (t) => {
  assert.deepEqual(codes(probe(t, mi300x(t, { partition: 'CPX' }))), ['compute_partition']);
  const host = mi300x(t);
  for (let node = 2; node < 10; node++)
    for (let l = 1; l < 8; l++)
      if (node === 9 || l === 7) host.sysroot.write(`/sys/class/kfd/kfd/topology/nodes/${node}/io_links/${l}/properties`, 'type 2\nnode_to 0');
  const run = probe(t, host);
  only(run, 'gpu_off_fabric', 'gpu 7', /no xGMI link/);
  assert.equal(run.json.links.find((l) => l.a === 0 && l.b === 7).kind, 'pcie');
});
