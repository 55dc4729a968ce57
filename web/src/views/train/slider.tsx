// A slider that shows beforehand where it leads: tokens/s/GPU if only this number changed.
import { useId, useState } from 'preact/hooks';
import { scentHeight, scentShape, scentText, scentWidth } from '../../charts/scent';
import { scentBase } from '../../state/scales';
import { form, setField } from '../../state/store';
import { count } from '../../ui/format';
import { labelOf } from '../../ui/labels';

const indexOf = (values: readonly number[], now: number) => {
  const above = values.findIndex((v) => v >= now);
  return above < 0 ? values.length - 1 : above;
};

export function Slider({ name, unit, note }: { name: string; unit: string; note?: string }) {
  const hintId = useId();
  const [dragged, setDragged] = useState<readonly number[]>();
  const { question, scents, scales, tell = scentText } = form.value;
  const now = question.value[name];
  const isNumber = typeof now === 'number' && Number.isInteger(now) && now >= 1;
  const scale = scales.find((s) => s.name === name);
  // The scale stays as it is while someone drags.
  const values = dragged ?? (isNumber && scale ? scale.values(now) : []);
  const scent = scents.value[name];
  const known = scent?.base === scentBase(question.value, name) ? scent : undefined;
  const last = Math.max(values.length - 1, 1);
  const shape =
    known &&
    scentShape(
      known.values.map((v) => indexOf(values, v) / last),
      known.speeds,
    );
  const text = [known && tell(known.values, known.speeds, count), note].filter(Boolean).join(' · ');
  return (
    <>
      <div class="scent">
        <svg viewBox={`0 0 ${scentWidth} ${scentHeight}`} preserveAspectRatio="none" aria-hidden="true">
          {shape && <path d={shape.area} class="sparkfill" />}
          {shape?.hatched.map(([a, b]) => (
            <g key={a}>
              <rect x={a} width={b - a} height={scentHeight} class="plain" />
              <rect x={a} width={b - a} height={scentHeight} fill="url(#hatch)" />
            </g>
          ))}
          {shape && <path d={shape.line} class="spark" vector-effect="non-scaling-stroke" />}
          {!shape && (
            <path d={`M0 ${scentHeight - 2}H${scentWidth}`} class="spark faint" vector-effect="non-scaling-stroke" />
          )}
        </svg>
        <input
          type="range"
          aria-label={labelOf(name)}
          aria-describedby={hintId}
          aria-valuetext={isNumber ? `${count(now)} ${unit}` : undefined}
          min={0}
          max={values.length - 1}
          step={1}
          disabled={!isNumber}
          value={isNumber ? indexOf(values, now) : 0}
          onInput={(e) => {
            const value = values[Number(e.currentTarget.value)];
            if (!dragged) setDragged(values);
            if (value !== undefined) setField(name, value);
          }}
          onChange={() => setDragged(undefined)}
        />
      </div>
      <p class="hint" id={hintId}>
        {text || '\u00a0'}
      </p>
    </>
  );
}
