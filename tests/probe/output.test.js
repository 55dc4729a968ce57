// Options and the other things that the probe prints.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import { native, program as planner } from '../core.js';
import { hgxAddress, hgxH100, mi300x } from './hosts.js';
import { folder, probe, program } from './machine.js';

const run = (...words) => spawnSync(program, words, { encoding: 'utf8' });

test('--help names every option, --version the version', () => {
  const { stdout, status } = run('--help');
  assert.equal(status, 0);
  for (const option of ['pretty', 'redact', 'nccl-xml', 'slurm', 'sysroot', 'nvml-lib', 'record', 'measure', 'dry-run', 'budget'])
    assert(stdout.includes(`--${option}`), option);
  assert.match(stdout, /Exit status/);
  assert.match(run('--version').stdout, /^topology-probe \d+\.\d+/);
});

test('a wrong option has status 2', () => {
  assert.equal(run('--pritty').status, 2);
  assert.equal(run('--sysroot', '/no/such/folder').status, 2);
  assert.equal(run('--slurm', '--nccl-xml').status, 2);
});

test('--redact leaves no name, serial number or address, and the same document', (t) => {
  const host = hgxH100(t);
  const open = probe(t, host);
  const closed = probe(t, { ...host, words: ['--redact'], env: { SLURM_NODEID: '3', SLURM_TOPOLOGY_ADDR: 's0.leaf3.node-07' } });
  const secrets = ['node-07', '1652222000001', 'a088:c203', 'GPU-0000', '0f1e2d3c', 'leaf3'];
  for (const secret of secrets) assert(!closed.text.includes(secret), secret);
  for (const secret of secrets.slice(0, 5)) assert(open.text.includes(secret), `${secret} was there`);
  assert.equal(closed.json.probe.redacted, true);
  assert.deepEqual(closed.json.links, open.json.links);
  assert.equal(new Set(closed.json.gpus.map((g) => g.uuid)).size, 8, 'ids still tell GPUs apart');
});

test('--pretty indents and changes nothing', (t) => {
  const host = hgxH100(t);
  const pretty = probe(t, { ...host, words: ['--pretty'] });
  assert.match(pretty.text, /^\{\n {2}"format"/);
  assert.deepEqual(pretty.json, probe(t, host).json);
});

test('--record has every call with its answer', (t) => {
  const file = join(folder(t), 'calls');
  probe(t, { ...hgxH100(t), words: ['--record', file] });
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  assert.match(lines[0], /^nvmlInit_v2 /);
  const name = lines.find((l) => l.startsWith('nvmlDeviceGetName device=0 '));
  assert(Buffer.from(/bytes=([0-9a-f]+)/.exec(name)[1], 'hex').toString().startsWith('NVIDIA H100 80GB HBM3\0'));
});

test('--nccl-xml: GPUs and adapters below their switches', (t) => {
  const { text } = probe(t, { ...hgxH100(t), words: ['--nccl-xml'] });
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', isArray: (name) => ['cpu', 'pci', 'nvlink'].includes(name) });
  const { system } = parser.parse(text);
  assert.equal(system.version, '1');
  assert.deepEqual(system.cpu.map((c) => c.numaid), ['0', '1']);
  assert.equal(system.cpu[0].affinity, '00ffffff,ffffffff');
  const [first] = system.cpu[0].pci;
  assert.equal(first.class, '0x060400');
  assert.deepEqual(first.pci.map((d) => ('gpu' in d ? `gpu${d.gpu.dev}` : d.nic.net.name)), ['gpu0', 'gpu1', 'mlx5_0', 'mlx5_1']);
  assert.deepEqual(first.pci[0].gpu.nvlink.map((l) => [l.count, l.tclass]), [['18', '0x068000']]);
  assert.equal(first.pci[0].busid, hgxAddress(0));
  assert.equal(first.pci[0].link_speed, '32.0 GT/s PCIe');
  assert.equal(first.pci[2].nic.net.speed, '400000');
});

test('--nccl-xml of AMD has xGMI links', (t) => {
  const { text } = probe(t, { ...mi300x(t), words: ['--nccl-xml'] });
  assert.equal(text.match(/<xgmi /g).length, 56);
});

test('--slurm: gres.conf with links', (t) => {
  const { text } = probe(t, { ...hgxH100(t), words: ['--slurm'] });
  assert(text.includes('NodeName=node-07 Name=gpu Type=nvidia_h100_80gb_hbm3 File=/dev/nvidia2 Cores=0-55 Links=18,18,-1,18,18,18,18,18'));
  assert(text.includes('Gres=gpu:nvidia_h100_80gb_hbm3:8'));
});

const planned = existsSync(planner) && native('describe', '{"operation": "topology"}').json;
const cannot = !planned ? 'the planner is not built' : !planned.includes('pcie_width_max') && 'the planner is older than the document';
test('the planner reads the document', { skip: cannot }, (t) => {
  for (const host of [hgxH100(t), mi300x(t)]) {
    const { text, json } = probe(t, host);
    const reply = native('topology', `{"document": ${text}}`);
    assert.equal(reply.kind, 0, reply.json);
    const read = JSON.parse(reply.json);
    assert.equal(read.gpus.length, 8);
    assert.deepEqual(read.links.map((l) => l.gb_per_s), json.links.map((l) => l.gb_per_s));
  }
});
