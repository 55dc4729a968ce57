// What an expert may set beside the basics. A closed fold says what stands in it; what differs from the silent default is bold.
import type { ComponentChildren } from 'preact';
import { valueName } from '../../domain/strategy';
import { fieldOf } from '../../state/neighbours';
import { calibrationName, textOf } from '../../state/question';
import { form, presets, setField, setView } from '../../state/store';
import { ChoiceField, ManyField, Problems, SwitchField, TextField } from '../../ui/field';
import { labelOf } from '../../ui/labels';

const groups = {
  axes: [
    ...['tp', 'pp', 'vpp', 'dp', 'cp', 'ep', 'etp', 'mbs', 'shard_size'],
    ...['sp', 'sharding', 'schedule', 'cp_comm', 'tp_across_domains', 'gpu_counts'],
  ],
  memory: ['headroom_gib', 'memory_gib', 'recompute', 'optimizer_offload'],
  numerics: ['precision', 'precisions', 'optimizer', 'gradient_bytes', 'mtp_layers'],
  network: ['network', 'nic_gb_per_s', 'nic_is_measured', 'gpus_per_node', 'scaleup_domain'],
  money: ['usd_per_gpu_hour'],
  tuning: ['method', 'lora_rank', 'lora_targets', 'base_precision', 'lora_dropout', 'optimizer_in_backward'],
  software: ['stack', 'cuda_graphs', 'tp_comm_overlap'],
  calibration: ['calibration'],
} as const;

const basics = ['model', 'gpu', 'system', 'gpus', 'seq_length', 'gbs', 'objective'];
const grouped: readonly string[] = [...basics, ...Object.values(groups).flat()];

function summaryOf(name: string): string {
  const value = form.value.question.value[name];
  if (name === 'calibration') return calibrationName(form.value.question.value) ?? textOf(value);
  if (value === true) return labelOf(name);
  if (value === false) return `${labelOf(name)}: no`;
  const text = [value].flat().map((v) => (typeof v === 'string' ? valueName(v) : textOf(v)));
  return `${labelOf(name)} ${text.join(', ')}`;
}

interface FoldProps {
  title: string;
  names: readonly string[];
  silent: string;
  children: ComponentChildren;
}

export function Fold({ title, names, silent, children }: FoldProps) {
  const set = names.filter((n) => form.value.question.value[n] !== undefined);
  const isWrong = form.value.problems.value.some((p) => names.includes(fieldOf(p)));
  return (
    <details open={isWrong || undefined}>
      <summary>
        <span>{title}</span>
        <span class="v">{set.length > 0 ? <b>{set.map(summaryOf).join(' · ')}</b> : silent}</span>
      </summary>
      <div class="fold">{children}</div>
    </details>
  );
}

export const presetOptions = (items: readonly { id: string; name?: string }[] | undefined) =>
  (items ?? []).map((i) => ({ value: i.id, label: i.name ?? i.id }));

function Axes() {
  return (
    <Fold title="Axes" names={groups.axes} silent="all that are legal">
      <p class="hint">Values to allow, such as 4, 8. Empty allows all.</p>
      <div class="pairs">
        {['tp', 'pp', 'vpp', 'dp', 'cp', 'ep', 'etp', 'mbs'].map((name) => (
          <TextField key={name} name={name} placeholder="all" />
        ))}
      </div>
      <ManyField name="sharding" />
      <ManyField name="schedule" />
      <ManyField name="cp_comm" />
      <ChoiceField name="sp" silent="both" />
      <TextField name="shard_size" placeholder="all" />
      <TextField name="gpu_counts" placeholder="as asked" />
      <SwitchField name="tp_across_domains" />
    </Fold>
  );
}

function CalibrationFold() {
  const isSet = form.value.question.value.calibration !== undefined;
  return (
    <Fold title="Calibration" names={groups.calibration} silent="public runs only">
      <p class="between">
        <button type="button" class="link" onClick={() => setView('calibrate')}>
          {isSet ? 'See what it rests on' : 'Fit it to your own runs'}
        </button>
        {isSet && (
          <button type="button" class="link" onClick={() => setField('calibration', undefined)}>
            Drop it
          </button>
        )}
      </p>
      <Problems id="calibration-problems" names={groups.calibration} />
    </Fold>
  );
}

/** Fields that a link may carry and that have no control here. */
export function Others({ grouped }: { grouped: readonly string[] }) {
  const names = Object.keys(form.value.question.value).filter((n) => !grouped.includes(n));
  const lost = form.value.problems.value.filter((p) => !grouped.includes(fieldOf(p)) && !names.includes(fieldOf(p)));
  if (names.length === 0 && lost.length === 0) return null;
  return (
    <div class="others">
      {names.map((name) => (
        <div key={name}>
          <p class="between">
            <span>
              {labelOf(name)} <b>{textOf(form.value.question.value[name]).slice(0, 60)}</b>
            </span>
            <button type="button" class="link" onClick={() => setField(name, undefined)}>
              Leave out
            </button>
          </p>
          <Problems id={`other-${name}`} names={[name]} />
        </div>
      ))}
      {lost.length > 0 && <Problems id="other-lost" names={lost.map(fieldOf)} />}
    </div>
  );
}

export function Folds() {
  return (
    <div class="folds">
      <Axes />
      <Fold title="Memory" names={groups.memory} silent="5 % kept free">
        <TextField name="headroom_gib" unit="GiB" />
        <TextField name="memory_gib" unit="GiB" placeholder="as preset" />
        <ManyField name="recompute" />
        <SwitchField name="optimizer_offload" />
      </Fold>
      <Fold title="Numerics" names={groups.numerics} silent="BF16 · AdamW">
        <ChoiceField name="precision" />
        <ChoiceField name="optimizer" />
        <TextField name="gradient_bytes" unit="bytes" placeholder="as stack" />
        <TextField name="mtp_layers" placeholder="as model" />
        <ManyField name="precisions" />
      </Fold>
      <Fold title="Fine-tuning" names={groups.tuning} silent="all weights train">
        <ChoiceField name="method" />
        <ChoiceField name="base_precision" />
        <TextField name="lora_rank" />
        <TextField name="lora_targets" placeholder="all linears" />
        <SwitchField name="lora_dropout" />
        <SwitchField name="optimizer_in_backward" />
      </Fold>
      <Fold title="Network" names={groups.network} silent="as the GPU’s best system">
        <ChoiceField name="network" options={presetOptions(presets.value?.networks)} />
        <TextField name="nic_gb_per_s" unit="GB/s" />
        <SwitchField name="nic_is_measured" />
        <TextField name="gpus_per_node" />
        <TextField name="scaleup_domain" />
      </Fold>
      <Fold title="Money" names={groups.money} silent="median of listed prices">
        <TextField name="usd_per_gpu_hour" unit="$/h" />
      </Fold>
      <Fold title="Software" names={groups.software} silent="Megatron-Bridge">
        <ChoiceField name="stack" options={presetOptions(presets.value?.stacks)} />
        <ChoiceField name="cuda_graphs" />
        <ChoiceField name="tp_comm_overlap" />
      </Fold>
      <CalibrationFold />
      <Others grouped={grouped} />
    </div>
  );
}
