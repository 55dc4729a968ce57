// The answer in one look: the strategy as an expression, its figures with intervals, and why.
import type { ComponentChildren } from 'preact';
import type { Plan } from '../../domain';
import { runsBehind } from '../../domain/evidence';
import { degrees, details } from '../../domain/strategy';
import {
  answer,
  bestSoFar,
  canPin,
  chosenKey,
  explainNumber,
  isBestShown,
  isPinned,
  page,
  ranked,
  setTrust,
  setView,
  shownPlan,
  step,
  togglePin,
} from '../../state/store';
import { focusField } from '../../ui/field';
import { capacity, count, fixed, gib, percent, probability, seconds, speed, usd } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { Interval } from '../../ui/interval';
import { lazy } from '../../ui/lazy';
import { Standing } from './standing';

const NothingFits = lazy<{ plan: Plan | undefined }>(() => import('./nothing-fits'));

function Expression({ plan }: { plan: Plan }) {
  const { product, folded } = degrees(plan.strategy);
  return (
    <>
      {product.map((d, i) => (
        <span key={d.name} class="deg">
          {i > 0 && <span class="dot">·</span>}
          <span class="ax">{d.name}</span> {d.value}{' '}
        </span>
      ))}
      <span class="eq">= {count(plan.gpus)} GPUs</span>{' '}
      {folded.map((d) => (
        <span key={d.name} class="folded">
          <span class="ax">{d.name}</span> {d.value}{' '}
        </span>
      ))}
    </>
  );
}

interface FigureProps {
  name: string;
  /** What explains the number. */
  id?: string;
  value: string;
  unit: ComponentChildren;
  children: ComponentChildren;
}

/** A number that opens into its formula. */
function Explained({ id, name, value }: { id: string; name: string; value: string }) {
  return (
    <button type="button" class="opens" aria-label={`${name}, ${value}: explain`} onClick={() => explainNumber(id)}>
      {value}
    </button>
  );
}

export function Figure({ name, id, value, unit, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="v">
        {id ? <Explained id={id} name={name} value={value} /> : value} <span class="u">{unit}</span>
      </dd>
      <dd class="i">{children}</dd>
    </div>
  );
}

/** What holds of the step time holds of everything that is worked out from it. */
function Range({
  plan,
  value,
  isInverse,
  format,
}: {
  plan: Plan;
  value: number;
  isInverse: boolean;
  format(n: number): string;
}) {
  const [low = 1, high = 1] = plan.confidence.step_time_s.map((s) => s / plan.time.step_time_s);
  const [a, b] = isInverse ? [value / high, value / low] : [value * low, value * high];
  return (
    <>
      <Interval low={a} value={value} high={b} />
      <span>{`${format(a)}–${format(b)}`}</span>
    </>
  );
}

function Fit({ plan }: { plan: Plan }) {
  const risk = plan.confidence.oom_probability;
  if (!plan.fits)
    return (
      <span class="pill bad">
        <Icon name="cross" />
        Does not fit
      </span>
    );
  if (risk >= 0.1)
    return (
      <span class="pill warn">
        <Icon name="warning" />
        May not fit
      </span>
    );
  return (
    <span class="pill">
      <Icon name="check" />
      Fits
    </span>
  );
}

function Cost({ plan }: { plan: Plan }) {
  const cost = plan.usd_per_million_tokens;
  if (cost === undefined)
    return (
      <Figure name="Cost" value="–" unit="no price listed">
        <button type="button" class="link" onClick={() => focusField('usd_per_gpu_hour')}>
          Set a price
        </button>
      </Figure>
    );
  return (
    <Figure name="Cost" id="usd_per_million_tokens" value={usd(cost)} unit="per M tokens">
      <Range plan={plan} value={cost} isInverse={false} format={(n) => usd(n).slice(1)} />
    </Figure>
  );
}

/** What the intervals rest on, and the way there. */
function Evidence({ confidence }: { confidence: Plan['confidence'] }) {
  const text = `${count(confidence.runs)} runs, median error ${fixed(confidence.median_error_pct, 1)} %`;
  const only = runsBehind(confidence.basis);
  if (!only) return <span title={confidence.basis}>{text}</span>;
  return (
    <button type="button" class="link" title={confidence.basis} onClick={() => setTrust({ only })}>
      {text}
    </button>
  );
}

function Figures({ plan }: { plan: Plan }) {
  const { memory, confidence } = plan;
  const [lowGib = 0, highGib = 0] = confidence.peak_gib;
  const step = plan.time.step_time_s;
  return (
    <dl class="figures">
      <Figure
        name="Memory, worst rank"
        id="peak_bytes"
        value={gib(memory.peak_gib)}
        unit={`of ${capacity(memory.capacity_gib)} GiB`}
      >
        <Fit plan={plan} />
        <span>{`${gib(lowGib)}–${gib(highGib)} · OOM ${probability(confidence.oom_probability)}`}</span>
      </Figure>
      <Figure name="Speed" id="tokens_per_s_per_gpu" value={speed(plan.tokens_per_s_per_gpu)} unit="tok/s per GPU">
        <Range plan={plan} value={plan.tokens_per_s_per_gpu} isInverse format={speed} />
      </Figure>
      <Figure name="Step" id="step_time_s" value={seconds(step)} unit="s">
        <Range plan={plan} value={step} isInverse={false} format={seconds} />
      </Figure>
      <Figure name="MFU" id="mfu" value={percent(plan.mfu)} unit={`% · ${fixed(plan.tflops_per_gpu, 0)} TFLOP/s`}>
        <Range plan={plan} value={plan.mfu} isInverse format={percent} />
      </Figure>
      <Cost plan={plan} />
      <div>
        <dt>How sure</dt>
        <dd class="v">{confidence.level.charAt(0).toUpperCase() + confidence.level.slice(1)}</dd>
        <dd class="i">
          <Evidence confidence={confidence} />
        </dd>
      </div>
    </dl>
  );
}

function Why({ plan }: { plan: Plan }) {
  const response = bestSoFar.value ?? answer.value?.response;
  const isBest = isBestShown.value || plan.rank === 1;
  const text = isBest ? (response?.why ?? []).join(' ') : plan.difference;
  return (
    <div class="why">
      <h2>{isBest ? 'Why' : 'Why not first'}</h2>
      <p>{text || (plan.rank ? '\u00a0' : 'Not among the plans that the ranking keeps.')}</p>
    </div>
  );
}

/** Where the shown plan stands, and the way to its neighbours. */
function Rank({ plan }: { plan: Plan }) {
  const total = ranked.value.length;
  return (
    <div class="actions">
      <Standing />
      <span class="u">{plan.rank ? `plan ${plan.rank} of ${total}` : 'beside the ranking'}</span>
      {page.value.view !== 'plan' && (
        <button type="button" class="btn" onClick={() => setView('plan')}>
          Explain and timeline <kbd>E</kbd>
        </button>
      )}
      <button
        type="button"
        class="btn"
        aria-pressed={isPinned.value}
        disabled={!isPinned.value && !canPin.value}
        onClick={togglePin}
      >
        {isPinned.value ? 'Pinned' : 'Pin'} <kbd>P</kbd>
      </button>
      <button type="button" class="btn" onClick={() => step(-1)} disabled={plan.rank === 1}>
        Previous <kbd>K</kbd>
      </button>
      <button type="button" class="btn" onClick={() => step(1)} disabled={plan.rank === total}>
        Next <kbd>J</kbd>
      </button>
    </div>
  );
}

/** The plan as an expression, what else it is made of, and its figures. */
export function Headline({ plan }: { plan: Plan }) {
  return (
    <>
      <div class="plan">
        <h1 class="strategy" id="plan-h">
          <Expression plan={plan} />
        </h1>
        <Rank plan={plan} />
      </div>
      <p class="sub">{details(plan.strategy).join(' · ')}</p>
      <Figures plan={plan} />
    </>
  );
}

export function PlanCard() {
  const plan = shownPlan.value;
  const response = bestSoFar.value ?? answer.value?.response;
  if (!response)
    return <section class="plan-card waiting" data-testid="plan-card" aria-busy="true" aria-label="Plan" />;
  if (!plan || (!response.best && !chosenKey.value)) return <NothingFits plan={plan} />;
  return (
    <section class="plan-card" data-testid="plan-card" aria-labelledby="plan-h">
      <Headline plan={plan} />
      <Why plan={plan} />
    </section>
  );
}
