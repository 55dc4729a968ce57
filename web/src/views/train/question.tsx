// The question: five basics, what it should be best at, the folds, and what was taken as given.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { objectives } from '../../state/page';
import { textOf } from '../../state/question';
import { answer, form, isFirstVisit, presets, question, setField } from '../../state/store';
import { TextField } from '../../ui/field';
import { count, large } from '../../ui/format';
import { Examples } from '../examples';
import { Folds } from './folds';
import { findGpu, findModel, findSystem, gpuName } from './options';
import { Slider } from './slider';
import { GpuField, ModelField } from './subject';

const objectiveNames: Readonly<Record<string, string>> = {
  throughput: 'Speed',
  cost: 'Cost',
  memory: 'Memory',
  efficiency: 'MFU',
  latency: 'Step time',
};

/** What the plan should be best at. */
export function Objective({ known, names }: { known: readonly string[]; names: Readonly<Record<string, string>> }) {
  const now = textOf(form.value.question.value.objective ?? 'throughput');
  const all = known.includes(now) ? known : [...known, now];
  return (
    <fieldset class="field tall">
      <legend>Best for</legend>
      <div class="seg">
        {all.map((o) => (
          <label key={o}>
            <input type="radio" name="objective" checked={o === now} onChange={() => setField('objective', o)} />
            {names[o] ?? o}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The question as one sentence, for a phone and for paper. */
export function Sentence({ rest }: { rest: string }) {
  const q = form.value.question.value;
  const model =
    findModel(presets.value, q.model)?.name ?? (typeof q.model === 'object' ? 'config.json' : textOf(q.model));
  const gpu = findGpu(presets.value, q.gpu);
  const machine = findSystem(presets.value, q.system)?.name ?? (gpu ? gpuName(gpu) : textOf(q.gpu));
  return (
    <>
      <b>{model}</b> on <b>{`${textOf(q.gpus)} × ${machine}`}</b>
      <br />
      {rest}
    </>
  );
}

const few = 2;

interface Grounds {
  assumptions: readonly string[];
  best?: { confidence: { coverage_pct: number; basis: string; runs: number } };
}

function Given({ assumptions, best }: Grounds) {
  const [isOpen, setOpen] = useState(false);
  const { coverage_pct, basis, runs } = best?.confidence ?? {};
  const intervals = best
    ? [`Intervals: ${coverage_pct} % of comparable runs fall inside; ${basis}, ${count(runs ?? 0)} runs.`]
    : [];
  const all = [...assumptions, ...intervals];
  return (
    <div class="given">
      <h2>Taken as given</h2>
      <ul class={isOpen ? '' : 'few'}>
        {all.map((a) => (
          <li key={a}>{a}</li>
        ))}
      </ul>
      {all.length > few && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${all.length - few} more`}
        </button>
      )}
    </div>
  );
}

interface ColumnProps {
  label: string;
  /** The question in short. */
  sentence: ComponentChildren;
  grounds: Grounds | undefined;
  children: ComponentChildren;
}

/** Fields of a question, folded into a sentence on a phone, and what the answer took as given. */
export function Column({ label, sentence, grounds, children }: ColumnProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <aside class={isOpen ? 'ask open' : 'ask'} aria-label="The question">
      <button class="summary" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="q">{sentence}</span>
        <span class="edit">{isOpen ? 'Done' : 'Edit'}</span>
      </button>
      <form aria-label={label} onSubmit={(e) => e.preventDefault()}>
        {children}
      </form>
      {grounds && <Given {...grounds} />}
      {isFirstVisit.value && form.value.question === question && (
        <div class="given first">
          <h2>Other questions</h2>
          <Examples most={4} />
        </div>
      )}
      <p class="given drop">Drop a config.json anywhere on the page, or paste one as the model.</p>
    </aside>
  );
}

export function QuestionColumn() {
  const { seq_length, gbs, objective = 'throughput' } = question.value;
  const rest = `${textOf(seq_length) || 'default'} tokens · batch ${textOf(gbs) || 'default'} · for ${(objectiveNames[textOf(objective)] ?? '').toLowerCase()}`;
  const tokens =
    typeof seq_length === 'number' && typeof gbs === 'number' ? `${large(seq_length * gbs)} tokens a step` : '';
  const ruledOut = answer.value?.response.search.rejected as Record<string, number> | undefined;
  const batch = ruledOut?.batch ? `${count(ruledOut.batch)} ruled out` : '';
  return (
    <Column
      label="Model, cluster, workload and objective"
      sentence={<Sentence rest={rest} />}
      grounds={answer.value?.response}
    >
      <ModelField />
      <GpuField />
      <TextField name="gpus" unit="GPUs">
        <Slider name="gpus" unit="GPUs" />
      </TextField>
      <TextField name="seq_length" unit="tokens">
        <Slider name="seq_length" unit="tokens" />
      </TextField>
      <TextField name="gbs" unit="seqs">
        <Slider name="gbs" unit="sequences" note={[tokens, batch].filter(Boolean).join(' · ')} />
      </TextField>
      <Objective known={objectives} names={objectiveNames} />
      <Folds />
    </Column>
  );
}
