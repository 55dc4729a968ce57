// Whole machines of a kind, as data sheets describe them.
import { gpusOf, nvlinks, Scenario, Sysroot } from './machine.js';

// Four PCIe switches with two GPUs and two adapters each: GPU i is on switch i / 2, switches 0 and 1 on socket 0.
const hgxRoots = ['15', '37', '97', 'b7'];
const hgxChain = (i, last) => {
  const bus = parseInt(hgxRoots[i >> 1], 16);
  const at = (n) => `0000:${(bus + n).toString(16).padStart(2, '0')}:00.0`;
  return [`pci0000:${hgxRoots[i >> 1]}`, `0000:${hgxRoots[i >> 1]}:01.0`, at(1), `0000:${(bus + 2).toString(16).padStart(2, '0')}:0${last}.0`, at(3 + last)];
};
const gpuChain = (i) => hgxChain(i, (i & 1) * 2);
const nicChain = (i) => hgxChain(i, (i & 1) * 2 + 1);
export const hgxAddress = (i) => gpuChain(i).at(-1);
export const completedFabric = '0f1e2d3c4b5a69788796a5b4c3d2e1f0 0 32766 3 0 1';

/** 8 x H100 SXM behind NVSwitch, 8 x ConnectX-7, two sockets. `change` edits a GPU's place before it is written. */
export function hgxH100(t, { count = 8, nics = 8, change = () => ({}), changeNic = () => ({}) } = {}) {
  const sysroot = new Sysroot(t);
  sysroot.processors();
  const pci = [];
  for (let i = 0; i < 8; i++) {
    sysroot.gpu({ chain: gpuChain(i), numa: i >> 2, ...change(i) });
    if (i < count) pci.push(hgxAddress(i));
  }
  for (let i = 0; i < nics; i++) sysroot.rdma({ name: `mlx5_${i}`, chain: nicChain(i), numa: i >> 2, ...changeNic(i) });
  for (let i = 0; i < 4; i++)
    sysroot.pci({ chain: ['pci0000:00', '0000:00:1c.0', `0000:0${i + 3}:00.0`], vendor: '0x10de', device: '0x22a3', type: '0x068000', numa: 0, gen: 2, width: 2 });
  sysroot.write('/sys/module/nvidia_peermem/version', '550.54.15');
  const scenario = new Scenario(count, {
    ...gpusOf({ pci, name: 'NVIDIA H100 80GB HBM3', gib: 79.65, capability: '9.0' }),
    ...nvlinks({ links: 18, mbPerS: 26562, version: 6 }),
    '* nvmlDeviceGetGpuFabricInfoV': completedFabric,
  });
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++)
      scenario.set({ [`${i} nvmlDeviceGetTopologyCommonAncestor:${j}`]: i >> 1 === j >> 1 ? 10 : i >> 2 === j >> 2 ? 40 : 50 });
  return { sysroot, scenario };
}

/** 4 x L40S, each below a root port of its own, two for each socket; one adapter on socket 0. */
export function pcieL40s(t, { change = () => ({}), name = 'NVIDIA L40S' } = {}) {
  const sysroot = new Sysroot(t);
  sysroot.processors();
  const pci = ['0000:17:00.0', '0000:2a:00.0', '0000:98:00.0', '0000:b4:00.0'];
  const roots = ['16', '29', '97', 'b3'];
  pci.forEach((address, i) => {
    sysroot.gpu({ chain: [`pci0000:${roots[i]}`, `0000:${roots[i]}:01.0`, address], numa: i >> 1, device: '0x26b9', gen: 1, width: 16, genMax: 4, ...change(i) });
  });
  sysroot.rdma({ name: 'mlx5_0', chain: ['pci0000:40', '0000:40:01.0', '0000:41:00.0'], numa: 0, rate: '200 Gb/sec (4X HDR)', gen: 4, layer: 'Ethernet' });
  const scenario = new Scenario(4, {
    ...gpusOf({ pci, name, gib: 44.99, capability: '8.9', power: 350, gen: 4 }),
    '* nvmlDeviceGetMigMode': 'error 3',
  });
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) scenario.set({ [`${i} nvmlDeviceGetTopologyCommonAncestor:${j}`]: i >> 1 === j >> 1 ? 40 : 50 });
  return { sysroot, scenario, pci };
}

/** 8 x MI300X, each linked to all others, as KFD shows them; nodes 0 and 1 are the processors. */
export function mi300x(t, { partition = 'SPX' } = {}) {
  const sysroot = new Sysroot(t);
  sysroot.processors();
  const buses = ['05', '26', '46', '65', '85', 'a6', 'c6', 'e5'];
  const nodes = '/sys/class/kfd/kfd/topology/nodes';
  for (const n of [0, 1]) sysroot.write(`${nodes}/${n}/properties`, 'cpu_cores_count 56\nsimd_count 0\n');
  buses.forEach((bus, i) => {
    const root = (parseInt(bus, 16) - 2).toString(16).padStart(2, '0');
    sysroot.pci({
      chain: [`pci0000:${root}`, `0000:${root}:01.1`, `0000:${bus}:00.0`], vendor: '0x1002', device: '0x74a1', type: '0x120000', numa: i >> 2,
      files: { mem_info_vram_total: 206141652992, current_compute_partition: partition, current_memory_partition: 'NPS1', 'hwmon/hwmon3/power1_cap': 750000000, 'hwmon/hwmon3/power1_cap_default': 750000000 },
    });
    const node = `${nodes}/${i + 2}`;
    sysroot.write(`${node}/properties`,
      `cpu_cores_count 0\nsimd_count 1216\nsimd_per_cu 4\nvendor_id 4098\ndevice_id 29857\nlocation_id ${parseInt(bus, 16) << 8}\ndomain 0\nhive_id 8372394857\ngfx_target_version 90402\nunique_id ${1000000007n * BigInt(i + 1)}`);
    sysroot.write(`${node}/io_links/0/properties`, `type 2\nnode_from ${i + 2}\nnode_to ${i >> 2}\nweight 20\nmin_bandwidth 32000\nmax_bandwidth 32000`);
    let l = 1;
    for (let j = 0; j < 8; j++)
      if (j !== i) sysroot.write(`${node}/io_links/${l++}/properties`, `type 11\nnode_from ${i + 2}\nnode_to ${j + 2}\nweight 15\nmin_bandwidth 64000\nmax_bandwidth 64000`);
  });
  sysroot.write('/sys/module/amdgpu/version', '6.10.5');
  sysroot.write('/sys/kernel/mm/memory_peers/amdkfd/version', '1.0');
  return { sysroot };
}
