// Machines that we made up: the files of /sys and /proc that the probe reads, and what the mock of NVML answers. Each test
// writes its own into a folder that goes away with it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import { root } from '../core.js';

export const program = resolve(root, process.env.TOPOLOGY_PROBE ?? 'build/release/native/topology-probe/topology-probe');
const mockFolder = resolve(root, process.env.PROBE_MOCKS ?? 'build/release/tests/probe');
export const mockNvml = join(mockFolder, 'libmock_nvml.so');
export const mockCuda = join(mockFolder, 'libmock_cuda.so');

const speeds = { 1: '2.5 GT/s PCIe', 2: '5.0 GT/s PCIe', 3: '8.0 GT/s PCIe', 4: '16.0 GT/s PCIe', 5: '32.0 GT/s PCIe' };

/** A folder that is removed after the test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'probe-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The files of a machine below one folder. */
export class Sysroot {
  constructor(t) {
    this.path = folder(t);
    this.write('/proc/sys/kernel/hostname', 'node-07');
    this.write('/proc/sys/kernel/random/boot_id', '7b2f0c9e-0000-4000-8000-000000000007');
    this.write('/proc/sys/kernel/osrelease', '6.8.0-60-generic');
    this.write('/proc/meminfo', 'MemTotal:       2113409024 kB\nMemAvailable:   2000000000 kB\n');
    this.write('/proc/self/status', 'Name:\tprobe\nCpus_allowed_list:\t0-111\nMems_allowed_list:\t0-1\n');
    this.write('/proc/self/limits', 'Max locked memory         unlimited            unlimited            bytes\n');
    this.write('/proc/self/cgroup', '0::/\n');
  }

  write(path, text) {
    mkdirSync(dirname(this.path + path), { recursive: true });
    writeFileSync(this.path + path, `${text}\n`);
  }

  link(path, target) {
    mkdirSync(dirname(this.path + path), { recursive: true });
    symlinkSync(relative(dirname(this.path + path), this.path + target), this.path + path);
  }

  /** Two sockets of 56 cores, each a NUMA node. */
  processors(nodes = 2, cores = 56) {
    const of = (n) => ({ from: n * cores, to: n * cores + cores - 1 });
    const blocks = Array.from({ length: nodes * cores }, (_, i) =>
      [`processor\t: ${i}`, 'vendor_id\t: GenuineIntel', 'cpu family\t: 6', 'model\t\t: 143', 'model name\t: Intel(R) Xeon(R) Platinum 8480C',
        `physical id\t: ${Math.floor(i / cores)}`, 'flags\t\t: fpu sse2', ''].join('\n'));
    this.write('/proc/cpuinfo', blocks.join('\n'));
    this.write('/sys/devices/system/node/online', `0-${nodes - 1}`);
    this.write('/sys/devices/system/node/has_cpu', `0-${nodes - 1}`);
    for (let n = 0; n < nodes; n++) {
      this.write(`/sys/devices/system/node/node${n}/cpulist`, `${of(n).from}-${of(n).to}`);
      this.write(`/sys/devices/system/node/node${n}/meminfo`, `Node ${n} MemTotal:       1056704512 kB`);
      this.write(`/sys/devices/system/node/node${n}/distance`, Array.from({ length: nodes }, (_, m) => (m === n ? 10 : 21)).join(' '));
    }
  }

  /** A device on the bus; `chain` is the way from the host bridge down to it. */
  pci({ chain, vendor, device, type, numa = 0, gen = 5, width = 16, genMax = gen, widthMax = width, slotGen = genMax, slotWidth = widthMax, files = {} }) {
    const real = `/sys/devices/${chain.join('/')}`;
    chain.slice(1, -1).forEach((bridge, i) => {
      const place = `/sys/devices/${chain.slice(0, i + 2).join('/')}`;
      this.attributes(place, { vendor: '0x1000', device: '0xc030', class: '0x060400', numa_node: numa, max_link_speed: speeds[slotGen], max_link_width: slotWidth });
      this.onBus(bridge, place);
    });
    const address = chain.at(-1);
    this.attributes(real, {
      vendor, device, class: type, numa_node: numa, current_link_speed: speeds[gen], current_link_width: width, max_link_speed: speeds[genMax],
      max_link_width: widthMax, local_cpulist: numa === 1 ? '56-111' : '0-55', ...files,
    });
    this.onBus(address, real);
    return real;
  }

  attributes(place, files) {
    for (const [name, value] of Object.entries(files)) this.write(`${place}/${name}`, value);
  }

  onBus(address, real) {
    try {
      this.link(`/sys/bus/pci/devices/${address}`, real);
    } catch (e) {
      if (e.code !== 'EEXIST') throw e;
    }
  }

  gpu(g) {
    return this.pci({ vendor: '0x10de', device: '0x2330', type: '0x030200', ...g });
  }

  /** An InfiniBand or RoCE adapter. */
  rdma({ name, chain, numa = 0, rate = '400 Gb/sec (4X NDR)', state = '4: ACTIVE', layer = 'InfiniBand', vendor = '0x15b3', device = '0x1021', ...more }) {
    const real = this.pci({ chain, vendor, device, type: '0x020700', numa, ...more });
    const place = `${real}/infiniband/${name}`;
    this.attributes(`${place}/ports/1`, { state, rate, link_layer: layer, phys_state: state.includes('ACTIVE') ? '5: LinkUp' : '3: Disabled', sm_lid: '0x1' });
    this.attributes(place, { node_guid: 'a088:c203:00ab:cdef', sys_image_guid: 'a088:c203:00ab:cdef', fw_ver: '28.39.1002', hca_type: 'MT4129' });
    this.link(`${place}/device`, real);
    this.link(`/sys/class/infiniband/${name}`, place);
  }
}

/** What the mock of NVML answers. Lines are "DEVICE FUNCTION VALUE", see mock/nvml.cpp. */
export class Scenario {
  constructor(gpus, lines = {}) {
    this.lines = { '- nvmlDeviceGetCount_v2': gpus, '- nvmlSystemGetDriverVersion': '550.54.15', '- nvmlSystemGetNVMLVersion': '12.550.54.15', '- nvmlSystemGetCudaDriverVersion_v2': 12040, ...lines };
  }

  set(lines) {
    Object.assign(this.lines, lines);
    return this;
  }

  write(path) {
    writeFileSync(path, `${Object.entries(this.lines).map(([name, value]) => `${name} ${value}`).join('\n')}\n`);
  }
}

const gib = 2 ** 30;

/** Answers for GPUs that are alike; `pci` has their addresses. */
export function gpusOf({ pci, name, gib: size, capability, power = 700, gen = 5, width = 16 }) {
  const [major, minor] = capability.split('.');
  const lines = {
    '* nvmlDeviceGetName': name,
    '* nvmlDeviceGetMemoryInfo_v2': `${size * gib} ${0.5 * gib} ${size * gib - gib} ${0.5 * gib}`,
    '* nvmlDeviceGetMemoryInfo': `${size * gib} ${size * gib - gib} ${gib}`,
    '* nvmlDeviceGetCudaComputeCapability': `${major} ${minor}`,
    '* nvmlDeviceGetMaxPcieLinkGeneration': gen,
    '* nvmlDeviceGetGpuMaxPcieLinkGeneration': gen,
    '* nvmlDeviceGetMaxPcieLinkWidth': width,
    '* nvmlDeviceGetCurrPcieLinkGeneration': 1, // idle
    '* nvmlDeviceGetCurrPcieLinkWidth': width,
    '* nvmlDeviceGetEnforcedPowerLimit': power * 1000,
    '* nvmlDeviceGetPowerManagementDefaultLimit': power * 1000,
    '* nvmlDeviceGetPowerManagementLimitConstraints': `200000 ${power * 1000}`,
    '* nvmlDeviceGetMigMode': '0 0',
    '* nvmlDeviceGetEccMode': '1 1',
    '* nvmlDeviceGetPersistenceMode': 1,
    '* nvmlDeviceGetP2PStatus': 0,
    '* nvmlDeviceGetSerial': '1652222000001',
    '* nvmlDeviceGetMaxClockInfo:1': 1980,
    '* nvmlDeviceGetMaxClockInfo:2': 2619,
    '* nvmlDeviceGetCurrentClocksEventReasons': '0x1',
  };
  pci.forEach((address, i) => {
    lines[`${i} nvmlDeviceGetUUID`] = `GPU-00000000-0000-4000-8000-00000000000${i}`;
    lines[`${i} nvmlDeviceGetPciInfo_v3`] = `0000${address.toUpperCase()}`;
    lines[`${i} nvmlDeviceGetMinorNumber`] = i;
  });
  return lines;
}

/** NVLinks of all GPUs to switches, or of some to each other: `peers` is {gpu: {other: links}}. */
export function nvlinks({ links, mbPerS, version, peers, pci }) {
  const lines = { '* field91': links, '* field164': mbPerS, '* nvmlDeviceGetNvLinkVersion': version };
  if (!peers) {
    for (let l = 0; l < links; l++) Object.assign(lines, { [`* field165:${l}`]: 1, [`* nvmlDeviceGetNvLinkState:${l}`]: 1, [`* nvmlDeviceGetNvLinkRemoteDeviceType:${l}`]: 2 });
    return lines;
  }
  for (const [gpu, others] of Object.entries(peers)) {
    let l = 0;
    for (const [other, count] of Object.entries(others))
      for (let i = 0; i < count; i++, l++)
        Object.assign(lines, {
          [`${gpu} field165:${l}`]: 1, [`${gpu} nvmlDeviceGetNvLinkState:${l}`]: 1, [`${gpu} nvmlDeviceGetNvLinkRemoteDeviceType:${l}`]: 0,
          [`${gpu} nvmlDeviceGetNvLinkRemotePciInfo_v2:${l}`]: `0000${pci[other].toUpperCase()}`,
        });
  }
  return lines;
}

/** A copy of the mock in which the named functions are not to be found. */
export function withoutSymbols(t, symbols) {
  const bytes = readFileSync(mockNvml);
  for (const symbol of symbols) {
    const at = bytes.indexOf(Buffer.from(`\0${symbol}\0`));
    if (at < 0) throw new Error(`${symbol} is not in the mock`);
    for (let i = at; (i = bytes.indexOf(Buffer.from(`\0${symbol}\0`), i)) >= 0; i++) bytes[i + 1] = 0x78;
  }
  const path = join(folder(t), 'libmock_nvml.so');
  writeFileSync(path, bytes);
  return path;
}

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
const isDocument = ajv.compile(JSON.parse(readFileSync(resolve(root, 'presets/schemas/topology.schema.json'))));

/** Runs the probe on a machine; a document that it prints is as its schema says: {status, json, text, stderr, seconds}. */
export function probe(t, { sysroot, scenario, library = mockNvml, words = [], env = {}, budget = 60 }) {
  const args = [];
  if (sysroot) args.push('--sysroot', sysroot.path);
  const vars = { PATH: process.env.PATH, ...env };
  if (scenario) {
    vars.MOCK_NVML = join(folder(t), 'scenario');
    scenario.write(vars.MOCK_NVML);
    // A busy machine is slow, too: only a test of slowness keeps the usual budget.
    args.push('--nvml-lib', library, '--budget', String(budget));
  }
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(program, [...args, ...words], { env: vars, encoding: 'utf8', timeout: 60_000 });
  const seconds = (performance.now() - start) / 1000;
  let json;
  try {
    json = JSON.parse(stdout);
  } catch {
    json = undefined;
  }
  if (json) assert(isDocument(json), ajv.errorsText(isDocument.errors));
  return { status, json, text: stdout, stderr, seconds };
}

export const codes = (run) => run.json.probe.warnings.map((w) => w.code);
