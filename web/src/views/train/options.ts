// Presets as options of the search fields, and what the page says under them.
import type { Accelerator, ModelSummary, System } from '../../domain';
import type { Json } from '../../domain/json';
import type { Presets } from '../../state/store';
import type { Option } from '../../ui/combobox';
import { capacity, fixed, large } from '../../ui/format';

const words = (...parts: (string | readonly string[] | undefined)[]) =>
  parts.flat().filter(Boolean).join(' ').toLowerCase();

/** 70.6 B as someone may type it: 70b, 71b, 70.6b. */
function sizeWords(parameters: number): string[] {
  const billions = parameters / 1e9;
  return [Math.floor(billions), Math.round(billions), Math.round(billions * 10) / 10].map((b) => `${b}b`);
}

const experts = (m: ModelSummary) => (m.num_experts ? `, ${large(m.parameters_active)} active` : '');

export function modelOptions(presets: Presets): Option[] {
  return presets.models.map((m) => ({
    value: m.id,
    label: m.name,
    note: `${large(m.parameters_total)}${experts(m)}`,
    words: words(m.id, m.name, m.hf_id, m.family, m.aliases, sizeWords(m.parameters_total)),
  }));
}

const marketed = (a: Accelerator) => a.name.replace(/^(NVIDIA|AMD|Intel|Google|AWS) /, '');

export function gpuOptions(presets: Presets): Option[] {
  const gpus = presets.accelerators.map((a) => ({
    value: a.id,
    label: marketed(a),
    note: `${capacity(a.memory_gib)} GiB`,
    words: words(a.id, a.name, a.aliases, a.architecture),
  }));
  const systems = presets.systems.map((s) => ({
    value: s.id,
    label: s.name ?? s.id,
    note: s.kind,
    words: words(s.id, s.name, s.aliases, s.accelerator, s.kind),
  }));
  return [...gpus, ...systems];
}

const folded = (text: string) => text.toLowerCase();
const isCalled = (item: { id: string; name?: string; hf_id?: string; aliases?: string[] }, text: string) =>
  [item.id, item.name, item.hf_id, ...(item.aliases ?? [])].some((n) => n !== undefined && folded(n) === folded(text));

export const findModel = (presets: Presets | undefined, text: Json | undefined): ModelSummary | undefined =>
  typeof text === 'string' ? presets?.models.find((m) => isCalled(m, text)) : undefined;

export const findGpu = (presets: Presets | undefined, text: Json | undefined): Accelerator | undefined =>
  typeof text === 'string' ? presets?.accelerators.find((a) => isCalled(a, text)) : undefined;

export const findSystem = (presets: Presets | undefined, text: Json | undefined): System | undefined =>
  typeof text === 'string' ? presets?.systems.find((s) => isCalled(s, text)) : undefined;

export const gpuName = marketed;

export function modelNote(m: ModelSummary): string {
  const isGrouped = m.num_key_value_heads !== m.num_attention_heads;
  const heads = isGrouped
    ? `heads ${m.num_attention_heads}/${m.num_key_value_heads}`
    : `${m.num_attention_heads} heads`;
  if (!m.num_experts) return `${large(m.parameters_total)} parameters · ${m.num_hidden_layers} layers · ${heads}`;
  return `${large(m.parameters_total)}${experts(m)} · ${m.num_hidden_layers} layers · ${m.num_experts} experts`;
}

export function gpuNote(a: Accelerator, system: System | undefined): string {
  const peak = a.peak_dense_tflops;
  const rate = peak.bf16
    ? `${fixed(peak.bf16, 0)} TFLOP/s BF16`
    : peak.fp16
      ? `${fixed(peak.fp16, 0)} TFLOP/s FP16`
      : '';
  const node = system ? `${system.gpus_per_node} per node` : '';
  return [rate, `${capacity(a.memory_gib)} GiB`, node].filter(Boolean).join(' · ');
}
