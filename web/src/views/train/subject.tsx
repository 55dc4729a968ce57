// The two fields that name things: the model, and the GPU or the system that holds it.
import { useId, useRef, useState } from 'preact/hooks';
import { configError, readConfigText } from '../../state/config';
import { textOf } from '../../state/question';
import { form, presets, setFields } from '../../state/store';
import { Combobox } from '../../ui/combobox';
import { isWrong, Problems } from '../../ui/field';
import { labelOf } from '../../ui/labels';
import { findGpu, findModel, findSystem, gpuName, gpuNote, gpuOptions, modelNote, modelOptions } from './options';

function configName(config: object): string {
  const { architectures, model_type } = config as { architectures?: unknown; model_type?: unknown };
  const name = Array.isArray(architectures) ? architectures[0] : model_type;
  return `config.json${typeof name === 'string' ? `: ${name}` : ''}`;
}

export function ModelField() {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const value = form.value.question.value.model;
  const model = findModel(presets.value, value);
  const isConfig = typeof value === 'object' && value !== null;
  const text = isConfig ? configName(value) : model && model.id === value ? model.name : textOf(value);
  const wrong = !isOpen && (isWrong(['model']) || configError.value !== '');
  return (
    <div class="field tall">
      <div class="lab">
        <label for={id}>{labelOf('model')}</label>
        <button type="button" class="link" onClick={() => file.current?.click()}>
          config.json…
        </button>
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          class="sr"
          tabIndex={-1}
          aria-hidden="true"
          onChange={async (e) => {
            const [chosen] = e.currentTarget.files ?? [];
            if (chosen) readConfigText(await chosen.text());
            e.currentTarget.value = '';
          }}
        />
      </div>
      <Combobox
        id={id}
        name="model"
        text={text}
        options={presets.value ? modelOptions(presets.value) : []}
        isWrong={wrong}
        describedBy={wrong ? `${id}e` : `${id}h`}
        onText={(typed) => {
          const isJson = typed.trimStart().startsWith('{');
          if (isJson) readConfigText(typed);
          else setFields({ model: typed.trim() || undefined }, 'model');
          return isJson;
        }}
        onPick={(o) => setFields({ model: o.value }, 'model')}
        onOpen={setOpen}
      />
      <p class="hint" id={`${id}h`}>
        {model ? modelNote(model) : isConfig ? 'your own model' : '\u00a0'}
      </p>
      {configError.value && !isOpen && (
        <p class="err" role="alert" data-testid="error">
          {configError.value}
        </p>
      )}
      <Problems id={`${id}e`} names={['model']} isQuiet={isOpen} />
    </div>
  );
}

export function GpuField() {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { gpu, system } = form.value.question.value;
  const node = findSystem(presets.value, system);
  const accelerator = findGpu(presets.value, gpu ?? node?.accelerator);
  const names = ['gpu', 'system'];
  const wrong = !isOpen && isWrong(names);
  const text =
    system !== undefined
      ? textOf(node?.id === system ? (node.name ?? system) : system)
      : textOf(accelerator && accelerator.id === gpu ? gpuName(accelerator) : gpu);
  const choose = (typed: string) => {
    // One field for both: a name that only a system has is a system.
    const isSystem = !findGpu(presets.value, typed) && findSystem(presets.value, typed);
    setFields({ gpu: isSystem ? undefined : typed || undefined, system: isSystem ? typed : undefined }, 'gpu');
  };
  return (
    <div class="field tall">
      <div class="lab">
        <label for={id}>GPU or system</label>
      </div>
      <Combobox
        id={id}
        name="gpu"
        text={text}
        options={presets.value ? gpuOptions(presets.value) : []}
        isWrong={wrong}
        describedBy={wrong ? `${id}e` : `${id}h`}
        onText={(typed) => {
          choose(typed.trim());
          return false;
        }}
        onPick={(o) => choose(o.value)}
        onOpen={setOpen}
      />
      <p class="hint" id={`${id}h`}>
        {accelerator ? gpuNote(accelerator, node) : '\u00a0'}
      </p>
      <Problems id={`${id}e`} names={names} isQuiet={isOpen} />
    </div>
  );
}
