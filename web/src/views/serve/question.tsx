// The question: what to serve on what, to how many, how fast it has to be, and what an expert may set beside that.
import { textOf } from '../../state/question';
import { answer, describeLoad, served, shownPlan } from '../../state/serving';
import { presets, setFields } from '../../state/store';
import { ChoiceField, SwitchField, TextField } from '../../ui/field';
import { fixed } from '../../ui/format';
import { Fold, Others, presetOptions } from '../train/folds';
import { Column, Objective, Sentence } from '../train/question';
import { Slider } from '../train/slider';
import { GpuField, ModelField } from '../train/subject';

const objectives = ['throughput', 'cost', 'latency', 'smallest'];
const objectiveNames = { throughput: 'Speed', cost: 'Cost', latency: 'Latency', smallest: 'Size' };

const groups = {
  limits: ['request_limit_s', 'least_tokens_per_s'],
  layout: ['tp', 'pp', 'dp', 'ep', 'replicas', 'disaggregated'],
  numerics: ['precision', 'kv_cache'],
  engine: ['engine', 'memory_share', 'prefix_cache_hit_rate'],
  drafts: ['speculative', 'speculative_tokens', 'acceptance_rate', 'draft_model'],
  adapters: ['lora_adapters', 'lora_rank'],
  network: ['network', 'nic_gb_per_s', 'nic_is_measured', 'gpus_per_node', 'scaleup_domain', 'memory_gib'],
  money: ['usd_per_gpu_hour'],
} as const;
const basics = [
  ...['model', 'gpu', 'system', 'gpus', 'users', 'requests_per_s', 'input_tokens', 'output_tokens'],
  ...['ttft_limit_ms', 'tpot_limit_ms', 'objective'],
];
const grouped: readonly string[] = [...basics, ...Object.values(groups).flat()];

const engines = [
  { value: 'vllm', label: 'vLLM' },
  { value: 'sglang', label: 'SGLang' },
  { value: 'trtllm', label: 'TensorRT-LLM' },
];

/** How many ask: so many at once, or so many in a second. */
function Load() {
  const { requests_per_s } = served.value;
  const plan = shownPlan.value;
  const isRate = requests_per_s !== undefined;
  const swap = () =>
    setFields(
      isRate
        ? { requests_per_s: undefined, users: Math.max(1, Math.round(plan?.concurrency ?? 1)) }
        : { users: undefined, requests_per_s: Number((plan?.requests_per_s ?? 1).toPrecision(2)) },
      'load',
    );
  const note = !plan
    ? ''
    : isRate
      ? `${fixed(plan.concurrency, 0)} in the system`
      : `${fixed(plan.requests_per_s, 1)} requests/s`;
  return (
    <>
      <TextField key={isRate} name={isRate ? 'requests_per_s' : 'users'} unit={isRate ? '/s' : 'users'}>
        <Slider
          name={isRate ? 'requests_per_s' : 'users'}
          unit={isRate ? 'requests per second' : 'users'}
          note={note}
        />
      </TextField>
      <button type="button" class="link small" onClick={swap}>
        {isRate ? 'State users at once' : 'State requests per second'}
      </button>
    </>
  );
}

function Folds() {
  return (
    <div class="folds">
      <Fold title="Limits" names={groups.limits} silent="TTFT and TPOT alone">
        <TextField name="request_limit_s" unit="s" placeholder="none" />
        <TextField name="least_tokens_per_s" unit="tok/s" placeholder="none" />
      </Fold>
      <Fold title="Layout" names={groups.layout} silent="all that are legal">
        <div class="pairs">
          {['tp', 'pp', 'dp', 'ep', 'replicas'].map((name) => (
            <TextField key={name} name={name} placeholder="all" />
          ))}
        </div>
        <SwitchField name="disaggregated" />
      </Fold>
      <Fold title="Numerics" names={groups.numerics} silent="as published">
        <ChoiceField name="precision" silent="as published" />
        <ChoiceField name="kv_cache" />
      </Fold>
      <Fold title="Engine" names={groups.engine} silent="vLLM, no shared prefixes">
        <ChoiceField name="engine" options={engines} />
        <TextField name="prefix_cache_hit_rate" placeholder="0" />
        <TextField name="memory_share" placeholder="as engine" />
      </Fold>
      <Fold title="Drafts" names={groups.drafts} silent="no speculative decoding">
        <ChoiceField name="speculative" silent="none" />
        <TextField name="speculative_tokens" />
        <TextField name="acceptance_rate" />
        <TextField name="draft_model" />
      </Fold>
      <Fold title="Adapters" names={groups.adapters} silent="no LoRA">
        <TextField name="lora_adapters" placeholder="0" />
        <TextField name="lora_rank" />
      </Fold>
      <Fold title="Network" names={groups.network} silent="as the GPU’s best system">
        <ChoiceField name="network" options={presetOptions(presets.value?.networks)} />
        <TextField name="nic_gb_per_s" unit="GB/s" />
        <SwitchField name="nic_is_measured" />
        <TextField name="gpus_per_node" />
        <TextField name="scaleup_domain" />
        <TextField name="memory_gib" unit="GiB" placeholder="as preset" />
      </Fold>
      <Fold title="Money" names={groups.money} silent="median of listed prices">
        <TextField name="usd_per_gpu_hour" unit="$/h" />
      </Fold>
      <Others grouped={grouped} />
    </div>
  );
}

export function QuestionColumn() {
  const q = served.value;
  const limits = [
    q.ttft_limit_ms !== undefined && `TTFT ≤ ${textOf(q.ttft_limit_ms)} ms`,
    q.tpot_limit_ms !== undefined && `TPOT ≤ ${textOf(q.tpot_limit_ms)} ms`,
  ];
  const load = `${describeLoad(q)}, ${textOf(q.input_tokens)} in, ${textOf(q.output_tokens)} out`;
  const rest = [load, ...limits].filter(Boolean).join(' · ');
  return (
    <Column label="Model, GPUs, load, limits and objective" sentence={<Sentence rest={rest} />} grounds={answer.value}>
      <ModelField />
      <GpuField />
      <TextField name="gpus" unit="GPUs">
        <Slider name="gpus" unit="GPUs" />
      </TextField>
      <Load />
      <TextField name="input_tokens" unit="tokens">
        <Slider name="input_tokens" unit="tokens" />
      </TextField>
      <TextField name="output_tokens" unit="tokens">
        <Slider name="output_tokens" unit="tokens" />
      </TextField>
      <TextField name="ttft_limit_ms" unit="ms" placeholder="none" />
      <TextField name="tpot_limit_ms" unit="ms" placeholder="none" />
      <Objective known={objectives} names={objectiveNames} />
      <Folds />
    </Column>
  );
}
