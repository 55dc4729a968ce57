// How to launch the plan: what to type and which files to write, by framework.
import { useState } from 'preact/hooks';
import type { Artefact, LaunchResponse, SlurmResponse } from '../../domain';
import { answer } from '../../state/store';
import { Code } from '../../ui/code';
import { Panel } from '../../ui/panel';

const names: Readonly<Record<string, string>> = {
  torchrun: 'torchrun',
  deepspeed: 'DeepSpeed',
  accelerate: 'Accelerate',
  megatron: 'Megatron-LM',
  fsdp: 'FSDP2',
  torchtitan: 'torchtitan',
  vllm: 'vLLM',
};

const slurm = 'slurm';

/** The plan's own software, else the first that takes the plan as it is. */
function first(all: readonly Artefact[]): string {
  const stack = answer.value?.question.stack;
  const own = all.find((a) => typeof stack === 'string' && stack.startsWith(a.framework));
  const takes = (a: Artefact) => !a.problems?.length;
  const usual = all.find((a) => a.framework === 'megatron' && takes(a));
  return (own ?? usual ?? all.find(takes) ?? all[0])?.framework ?? slurm;
}

function Body({ of }: { of: Artefact }) {
  const environment = (of.environment ?? []).map((e) => `# ${e.reason}\nexport ${e.name}=${e.value}`).join('\n');
  return (
    <>
      {of.problems?.map((p) => (
        <p key={p} class="line bad">
          {p}
        </p>
      ))}
      {environment && <Code name="environment" text={environment} />}
      {of.command && <Code name={of.version ?? of.framework} text={of.command} />}
      {of.files?.map((f) => (
        <Code key={f.name} name={f.name} text={f.text} isFile />
      ))}
      {of.notes?.map((n) => (
        <p key={n} class="line u">
          {n}
        </p>
      ))}
    </>
  );
}

export function LaunchPanel({ response, job }: { response: LaunchResponse; job: SlurmResponse | undefined }) {
  const [chosen, setChosen] = useState<string>();
  const all = response.artefacts;
  const tabs = [...all.map((a) => a.framework), ...(job ? [slurm] : [])];
  const shown = chosen && tabs.includes(chosen) ? chosen : first(all);
  const artefact = all.find((a) => a.framework === shown);
  return (
    <Panel title="Launch" note="options that the named versions accept" testId="launch-output">
      <fieldset class="choices">
        <legend class="sr">Framework</legend>
        {tabs.map((t) => (
          <button key={t} type="button" aria-pressed={t === shown} onClick={() => setChosen(t)}>
            {names[t] ?? 'SLURM'}
            {all.find((a) => a.framework === t)?.problems?.length ? <span class="u"> differs</span> : ''}
          </button>
        ))}
      </fieldset>
      {artefact ? <Body of={artefact} /> : job && <Code name="shardplan.sbatch" text={job.script} isFile />}
    </Panel>
  );
}
