import { signal } from '@preact/signals';
import { form } from '../state/store';

// What the page calls the fields of a request. A field without an entry is called by its own name.
const labels: Readonly<Record<string, string>> = {
  model: 'Model',
  gpu: 'GPU',
  system: 'System',
  gpus: 'GPUs',
  gpus_per_node: 'GPUs per node',
  scaleup_domain: 'GPUs on one switch',
  network: 'Fabric',
  nic_gb_per_s: 'GB/s per GPU',
  nic_is_measured: 'GB/s is measured',
  memory_gib: 'GiB per GPU',
  memory: 'GB per GPU, as marketed',
  usd_per_gpu_hour: '$ per GPU-hour',
  headroom_gib: 'Keep free',
  seq_length: 'Sequence length',
  gbs: 'Global batch',
  batch_size: 'Batch size',
  precision: 'Precision',
  precisions: 'Compare precisions',
  optimizer: 'Optimizer',
  gradient_bytes: 'Gradient bytes',
  mtp_layers: 'MTP layers',
  training: 'Training',
  method: 'Method',
  lora_rank: 'Rank of adapters',
  lora_targets: 'Adapted linears',
  base_precision: 'Frozen weights in',
  lora_dropout: 'Dropout before adapters',
  optimizer_in_backward: 'Optimizer in backward',
  expert_imbalance: 'Busiest experts’ load',
  stack: 'Stack',
  cuda_graphs: 'CUDA graphs',
  tp_comm_overlap: 'TP overlap',
  tp: 'TP',
  pp: 'PP',
  vpp: 'VPP',
  dp: 'DP',
  cp: 'CP',
  ep: 'EP',
  etp: 'ETP',
  mbs: 'Micro-batch',
  sharding: 'Sharding',
  shard_size: 'HSDP group',
  schedule: 'Schedule',
  recompute: 'Recompute',
  cp_comm: 'CP moves keys and values by',
  sp: 'Sequence parallel',
  tp_across_domains: 'TP may leave the switch',
  optimizer_offload: 'Optimizer on the host',
  gpu_counts: 'Cluster sizes',
  objective: 'Best for',
  calibration: 'Calibration',
  top: 'Plans to list',
};

export const labelOf = (name: string): string => form.value.labels?.[name] ?? labels[name] ?? name;

const words = signal<Readonly<Record<string, string>>>({});

/** What a field means, in the core's words; they come after the first plan. */
export const wordsOf = (name: string): string | undefined => (form.value.words ?? words.value)[name];

export async function loadWords(): Promise<void> {
  words.value = (await import('../domain/words.generated')).requestWords;
}
