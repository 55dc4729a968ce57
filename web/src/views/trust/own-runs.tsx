// A CSV of one's own, judged as the carried runs are.
import { useId, useRef } from 'preact/hooks';
import { own, ownTable } from '../../state/judging';
import { addFiles, changeText, isOwnShown, isTable, removeText, runsTexts } from '../../state/runs';
import { setView } from '../../state/store';
import { count } from '../../ui/format';

const columns = 'model,gpu,gpus,seq,gbs,mbs,tp,pp,step_time_s';

function Choice() {
  const n = own.value.response?.summary.predicted;
  const choices = [
    { isOwn: false, name: 'Carried' },
    { isOwn: true, name: `Yours${n === undefined ? '' : `, ${count(n)}`}` },
  ];
  return (
    <fieldset class="field">
      <legend class="sr">Runs to show</legend>
      <div class="seg">
        {choices.map(({ isOwn, name }) => (
          <label key={name}>
            <input
              type="radio"
              name="whose"
              checked={isOwnShown.value === isOwn}
              onChange={() => {
                isOwnShown.value = isOwn;
              }}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function FileLink() {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="link" onClick={() => file.current?.click()}>
        Choose a file…
      </button>
      <input
        ref={file}
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        class="sr"
        tabIndex={-1}
        aria-hidden="true"
        data-testid="own-runs-file"
        onChange={(e) => {
          const files = [...(e.currentTarget.files ?? [])];
          e.currentTarget.value = '';
          void addFiles(files).then(() => {
            isOwnShown.value = ownTable.value !== undefined;
          });
        }}
      />
    </>
  );
}

export function OwnRuns() {
  const id = useId();
  const shown = ownTable.value ?? runsTexts.value[0];
  const { problems, response } = own.value;
  return (
    <div class="own">
      <div class="lab">
        <label for={id}>Your own runs</label>
        <FileLink />
      </div>
      <textarea
        id={id}
        class="mono"
        rows={4}
        spellcheck={false}
        placeholder={columns}
        aria-describedby={`${id}h`}
        aria-invalid={problems.length > 0}
        value={shown?.text ?? ''}
        onInput={(e) => {
          const { value } = e.currentTarget;
          if (shown) changeText(shown.id, { text: value });
          isOwnShown.value = isTable(value);
        }}
      />
      <p class="hint" id={`${id}h`}>
        Paste or drop a CSV with columns such as these. It stays in this browser.
      </p>
      {problems.map((p) => (
        <p key={p.error} class="err" role="alert" data-testid="error">{`${p.error} ${p.hint ?? ''}`}</p>
      ))}
      {response && <Choice />}
      {response && (
        <p class="between">
          <button type="button" class="link" onClick={() => setView('calibrate')}>
            Calibrate with these
          </button>
          <button
            type="button"
            class="link"
            onClick={() => {
              isOwnShown.value = false;
              if (ownTable.value) removeText(ownTable.value.id);
            }}
          >
            Take out
          </button>
        </p>
      )}
    </div>
  );
}
