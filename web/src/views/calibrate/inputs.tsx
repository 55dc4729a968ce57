import { useId, useRef } from 'preact/hooks';
import type { DescribeResponse } from '../../domain';
import { calibrationLabel, likelyPlan, textProblems } from '../../state/calibrating';
import { planner } from '../../state/planner';
import { addFiles, addText, changeText, isTable, type RunsText, removeText, runsTexts } from '../../state/runs';

function Problems({ textId }: { textId: number }) {
  const own = textProblems.value.filter((p) => p.textId === textId);
  return (
    <>
      {own.map((p) => (
        <p key={p.error} class="err" role="alert" data-testid="error">{`${p.error} ${p.hint ?? ''}`}</p>
      ))}
    </>
  );
}

/** What ran, as the fields of `evaluate`: a log of training seldom says so itself. */
function PlanField({ text }: { text: RunsText }) {
  const id = useId();
  return (
    <div class="ran">
      <div class="lab">
        <label for={id}>What ran, as JSON</label>
        <button
          type="button"
          class="link"
          onClick={() => changeText(text.id, { plan: JSON.stringify(likelyPlan(text.text), null, 1) })}
        >
          Take the plan shown in Train
        </button>
      </div>
      <textarea
        id={id}
        class="mono"
        rows={Math.min(Math.max(text.plan.split('\n').length, 3), 12)}
        spellcheck={false}
        value={text.plan}
        onInput={(e) => changeText(text.id, { plan: e.currentTarget.value })}
      />
      <p class="hint">The log of a run, or the output of nccl-tests: these fields say on which machines, and what.</p>
    </div>
  );
}

const placeholder = 'model,gpu,gpus,precision,seq,gbs,mbs,tp,pp,vpp,stack,step_time_s';

/** A log is given the shown plan to begin with. */
function setText(text: RunsText, value: string) {
  const isLog = value.trim() !== '' && !isTable(value);
  const plan = isLog && text.plan === '' ? JSON.stringify(likelyPlan(value), null, 1) : text.plan;
  changeText(text.id, { text: value, plan });
}

function TextField({ text, index }: { text: RunsText; index: number }) {
  const id = useId();
  const isLog = text.text.trim() !== '' && !isTable(text.text);
  const isOnly = runsTexts.value.length === 1;
  return (
    <div class="runs-text">
      <div class="lab">
        <label for={id}>{isOnly ? 'Runs' : `Runs ${index + 1}`}</label>
        {text.name && <span class="u">{text.name}</span>}
        {(!isOnly || text.text !== '') && (
          <button type="button" class="link" onClick={() => removeText(text.id)}>
            {isOnly ? 'Clear' : 'Take out'}
          </button>
        )}
      </div>
      <textarea
        id={id}
        class="mono"
        rows={isOnly ? 9 : 5}
        spellcheck={false}
        placeholder={placeholder}
        aria-invalid={textProblems.value.some((p) => p.textId === text.id)}
        value={text.text}
        onInput={(e) => setText(text, e.currentTarget.value)}
      />
      <Problems textId={text.id} />
      {isLog && <PlanField text={text} />}
    </div>
  );
}

async function showExample() {
  const { operations } = (await planner().call('describe', { operation: 'calibrate' })) as DescribeResponse;
  const example = operations[0]?.example as { runs?: string; name?: string } | undefined;
  const [first] = runsTexts.value;
  if (!example?.runs || !first) return;
  changeText(first.id, { text: example.runs, name: '' });
  calibrationLabel.value = example.name ?? '';
}

function Tools() {
  const file = useRef<HTMLInputElement>(null);
  const isEmpty = runsTexts.value.every((t) => t.text.trim() === '');
  return (
    <p class="tools-line">
      <button type="button" class="btn" onClick={() => file.current?.click()}>
        Choose files…
      </button>
      <input
        ref={file}
        type="file"
        multiple
        class="sr"
        tabIndex={-1}
        aria-hidden="true"
        data-testid="calibrate-file"
        onChange={(e) => {
          const files = [...(e.currentTarget.files ?? [])];
          e.currentTarget.value = '';
          void addFiles(files);
        }}
      />
      {isEmpty ? (
        <button type="button" class="link" onClick={showExample}>
          Show an example
        </button>
      ) : (
        <button type="button" class="link" onClick={addText}>
          Add another run
        </button>
      )}
    </p>
  );
}

export function Inputs() {
  const nameId = useId();
  return (
    <form class="inputs" aria-label="Your own runs" onSubmit={(e) => e.preventDefault()}>
      <p class="hint">
        A CSV of runs; lines of a log of torchtitan, Megatron-LM, nanotron or DeepSpeed; or the output of nccl-tests.
        Paste it, choose files, or drop them anywhere.
      </p>
      {runsTexts.value.map((t, i) => (
        <TextField key={t.id} text={t} index={i} />
      ))}
      <Problems textId={0} />
      <Tools />
      <div class="field">
        <div class="lab">
          <label for={nameId}>Name of the calibration</label>
          <div class="in">
            <input
              id={nameId}
              maxLength={40}
              autocomplete="off"
              spellcheck={false}
              placeholder="my runs"
              value={calibrationLabel.value}
              onInput={(e) => {
                calibrationLabel.value = e.currentTarget.value;
              }}
            />
          </div>
        </div>
      </div>
    </form>
  );
}
