// The question: five basics, what it should be best at, the folds, and what was taken as given.
import { useState } from 'preact/hooks';
import { objectives } from '../../state/page';
import { textOf } from '../../state/question';
import { answer, isFirstVisit, presets, question, setField } from '../../state/store';
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

function Objective() {
  const now = textOf(question.value.objective ?? 'throughput');
  const known: readonly string[] = objectives;
  const all = known.includes(now) ? known : [...known, now];
  return (
    <fieldset class="field tall">
      <legend>Best for</legend>
      <div class="seg">
        {all.map((o) => (
          <label key={o}>
            <input type="radio" name="objective" checked={o === now} onChange={() => setField('objective', o)} />
            {objectiveNames[o] ?? o}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The question as one sentence, for a phone and for paper. */
function Sentence() {
  const q = question.value;
  const model =
    findModel(presets.value, q.model)?.name ?? (typeof q.model === 'object' ? 'config.json' : textOf(q.model));
  const gpu = findGpu(presets.value, q.gpu);
  const machine = findSystem(presets.value, q.system)?.name ?? (gpu ? gpuName(gpu) : textOf(q.gpu));
  return (
    <span class="q">
      <b>{model}</b> on <b>{`${textOf(q.gpus)} × ${machine}`}</b>
      <br />
      {`${textOf(q.seq_length) || 'default'} tokens · batch ${textOf(q.gbs) || 'default'} · for ${(objectiveNames[textOf(q.objective ?? 'throughput')] ?? '').toLowerCase()}`}
    </span>
  );
}

const few = 2;

function Given() {
  const [isOpen, setOpen] = useState(false);
  const response = answer.value?.response;
  const confidence = response?.best?.confidence;
  if (!response) return null;
  const intervals = confidence
    ? [
        `Intervals: ${confidence.coverage_pct} % of comparable runs fall inside; ${confidence.basis}, ${count(confidence.runs)} runs.`,
      ]
    : [];
  const all = [...response.assumptions, ...intervals];
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

export function QuestionColumn() {
  const [isOpen, setOpen] = useState(false);
  const { seq_length, gbs } = question.value;
  const tokens =
    typeof seq_length === 'number' && typeof gbs === 'number' ? `${large(seq_length * gbs)} tokens a step` : '';
  const ruledOut = answer.value?.response.search.rejected as Record<string, number> | undefined;
  const batch = ruledOut?.batch ? `${count(ruledOut.batch)} ruled out` : '';
  return (
    <aside class={isOpen ? 'ask open' : 'ask'} aria-label="The question">
      <button class="summary" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Sentence />
        <span class="edit">{isOpen ? 'Done' : 'Edit'}</span>
      </button>
      <form aria-label="Model, cluster, workload and objective" onSubmit={(e) => e.preventDefault()}>
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
        <Objective />
        <Folds />
      </form>
      <Given />
      {isFirstVisit.value && (
        <div class="given first">
          <h2>Other questions</h2>
          <Examples most={4} />
        </div>
      )}
      <p class="given drop">Drop a config.json anywhere on the page, or paste one as the model.</p>
    </aside>
  );
}
