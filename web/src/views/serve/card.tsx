// The answer in one look: the layout, its figures with intervals and what they mean, and which limit is missed.
import type { ServingPlan, ServingStrategy } from '../../domain';
import { textOf } from '../../state/question';
import { answer, changeOf, choosePlan, isCurrent, isWrong, served, shownPlan } from '../../state/serving';
import { setFields } from '../../state/store';
import { count, fixed, speed, usd } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { Interval } from '../../ui/interval';
import { labelOf } from '../../ui/labels';
import { Line } from '../train/notices';
import { Figure } from '../train/plan-card';

/** Milliseconds with the digits that tell plans apart. */
export const ms = (value: number): string => fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** A number format as it is written. */
export const formatName = (name: string): string => name.toUpperCase().replace('_BLOCK', ', blockwise');

/** A limit as one speaks of it. */
export const limitName = (name: string): string => labelOf(name).replace(/ at (most|least)$/, ' limit');

/** Degrees whose product is the number of GPUs, and those that are folded into it. */
function degrees(s: ServingStrategy) {
  const list = (...pairs: [string, number][]) => pairs.filter(([, value]) => value > 1);
  const product = list(['TP', s.tp], ['PP', s.pp], ['DP', s.dp], ['Replicas', s.replicas]);
  return { product: product.length > 0 ? product : ([['TP', 1]] as const), folded: list(['EP', s.ep]) };
}

function Expression({ plan }: { plan: ServingPlan }) {
  const { product, folded } = degrees(plan.strategy);
  return (
    <>
      {product.map(([name, value], i) => (
        <span key={name} class="deg">
          {i > 0 && <span class="dot">·</span>}
          <span class="ax">{name}</span> {value}{' '}
        </span>
      ))}
      <span class="eq">= {plan.gpus === 1 ? '1 GPU' : `${count(plan.gpus)} GPUs`}</span>{' '}
      {folded.map(([name, value]) => (
        <span key={name} class="folded">
          <span class="ax">{name}</span> {value}{' '}
        </span>
      ))}
    </>
  );
}

const detailsOf = ({ strategy: s }: ServingPlan) =>
  [
    `${formatName(s.precision)} weights`,
    `${formatName(s.kv_cache)} KV cache`,
    `at most ${count(s.max_num_seqs)} sequences and ${count(s.max_num_batched_tokens)} tokens a step`,
  ].join(' · ');

/** Whether a limit is kept, in a word. */
function Kept({ value, limit }: { value: number; limit: unknown }) {
  if (typeof limit !== 'number') return null;
  const isKept = value <= limit;
  return (
    <span class={isKept ? 'pill' : 'pill bad'}>
      <Icon name={isKept ? 'check' : 'cross'} />
      {`${isKept ? '≤' : '>'} ${ms(limit)} ms`}
    </span>
  );
}

function Range({ range, value, format }: { range: readonly number[]; value: number; format(n: number): string }) {
  const [low = value, high = value] = range;
  return (
    <>
      <Interval low={low} value={value} high={high} />
      <span>{`${format(low)}–${format(high)}`}</span>
    </>
  );
}

const tail = (p90: number | undefined, p99: number | undefined) =>
  p90 === undefined || p99 === undefined ? null : <span class="more">{`p90 ${ms(p90)} · p99 ${ms(p99)}`}</span>;

const times = (range: readonly number[], by: number) => range.map((v) => v * by);
/** What holds of a time holds of its inverse, the other way round. */
const inverse = ([low = 1, high = 1]: readonly number[], by: number) => [by / high, by / low];

function Figures({ plan }: { plan: ServingPlan }) {
  const { ttft_limit_ms, tpot_limit_ms } = served.value;
  const { confidence, usd_per_million_tokens: cost } = plan;
  const perGpu = plan.tokens_per_s_per_gpu / plan.tokens_per_s;
  return (
    <dl class="figures">
      <Figure name="Time to first token" value={ms(plan.ttft_ms)} unit="ms TTFT">
        <Kept value={plan.ttft_ms} limit={ttft_limit_ms} />
        <Range range={confidence.ttft_ms} value={plan.ttft_ms} format={ms} />
        {tail(plan.ttft_p90_ms, plan.ttft_p99_ms)}
      </Figure>
      <Figure name="Time per output token" value={ms(plan.tpot_ms)} unit="ms TPOT">
        <Kept value={plan.tpot_ms} limit={tpot_limit_ms} />
        <Range range={confidence.tpot_ms} value={plan.tpot_ms} format={ms} />
        {tail(plan.tpot_p90_ms, plan.tpot_p99_ms)}
      </Figure>
      <Figure name="Throughput" value={speed(plan.tokens_per_s_per_gpu)} unit="tok/s per GPU">
        <Range range={times(confidence.tokens_per_s, perGpu)} value={plan.tokens_per_s_per_gpu} format={speed} />
        <span class="more">{`${count(plan.tokens_per_s)} of all replicas`}</span>
      </Figure>
      <Figure name="For one user" value={fixed(plan.tokens_per_s_per_user, 1)} unit="tok/s">
        <Range
          range={inverse(confidence.tpot_ms, 1000)}
          value={plan.tokens_per_s_per_user}
          format={(n) => fixed(n, 1)}
        />
        <span class="more">{`${fixed(plan.request_s, 1)} s a request`}</span>
      </Figure>
      {cost === undefined ? (
        <Figure name="Cost" value="–" unit="no price listed">
          <span>Set a price under Money.</span>
        </Figure>
      ) : (
        <Figure name="Cost" value={usd(cost)} unit="per M tokens">
          <Range
            range={inverse(confidence.tokens_per_s, cost * plan.tokens_per_s)}
            value={cost}
            format={(n) => usd(n).slice(1)}
          />
          <span class="more">{`${usd(plan.usd_per_hour ?? 0)} an hour`}</span>
        </Figure>
      )}
      <Figure name="How sure" value={confidence.level.charAt(0).toUpperCase() + confidence.level.slice(1)} unit="">
        <span title={confidence.basis}>{`${count(confidence.runs)} measured runs`}</span>
      </Figure>
    </dl>
  );
}

function Definitions() {
  return (
    <p class="hint defined">
      <b>TTFT</b> from a request’s arrival to its first token, queue included · <b>TPOT</b> from token to token of one
      request after the first · <b>Throughput</b> output tokens of all requests per second, over the GPUs in use · means
      over requests; intervals hold 80 % of measured runs
    </p>
  );
}

const limitWords = (name: string) => {
  const limit = served.value[name];
  return limit === undefined ? limitName(name) : `${limitName(name)} of ${textOf(limit)}${unitOf(name)}`;
};
const unitOf = (name: string) => (name.endsWith('_ms') ? ' ms' : name.endsWith('_limit_s') ? ' s' : '');

function Changes({ changes, then }: { changes: readonly string[]; then: string }) {
  if (changes.length === 0) return <p class="hint">No single change is known that mends it.</p>;
  return (
    <p class="line">
      {`${then} after:`}{' '}
      {changes.map((text) => {
        const [name, value] = changeOf(text);
        const said = typeof value === 'number' ? `${textOf(value)}${unitOf(name)}` : formatName(value);
        return (
          <button key={text} type="button" class="btn" onClick={() => setFields({ [name]: value }, text)}>
            {`${labelOf(name)} ${said}`}
          </button>
        );
      })}
    </p>
  );
}

function Missed({ plan }: { plan: ServingPlan | undefined }) {
  const { limit_missed = '', missed_by_pct, warnings = [], smallest_change = [] } = answer.value ?? {};
  const by = missed_by_pct === undefined ? '' : ` by ${fixed(missed_by_pct, missed_by_pct < 10 ? 1 : 0)} %`;
  return (
    <>
      <h1 class="verdict" id="serve-h">
        {plan ? (
          <>
            <span class="bad">No plan keeps the limits.</span> The nearest, <b>{plan.summary}</b>, misses the{' '}
            <b>{limitWords(limit_missed)}</b>
            {by}.
          </>
        ) : (
          <>
            <span class="bad">Nothing fits.</span> {warnings[0]}
          </>
        )}
      </h1>
      <Changes changes={smallest_change} then={plan ? 'A plan keeps them' : 'The model fits'} />
    </>
  );
}

function Rank({ plan }: { plan: ServingPlan }) {
  const plans = answer.value?.plans ?? [];
  const go = (by: number) => {
    const next = plans[plan.rank - 1 + by];
    if (next) choosePlan(next);
  };
  return (
    <div class="actions">
      <Standing />
      <span class="u">{`plan ${plan.rank} of ${plans.length}`}</span>
      <button type="button" class="btn" disabled={plan.rank === 1} onClick={() => go(-1)}>
        Previous
      </button>
      <button type="button" class="btn" disabled={plan.rank >= plans.length} onClick={() => go(1)}>
        Next
      </button>
    </div>
  );
}

/** What question the answer belongs to, where that is not the one that stands in the fields. */
function Standing() {
  if (isWrong.value) return <span class="standing warn">kept: the last good answer</span>;
  return isCurrent.value ? null : <span class="standing late">the answer before</span>;
}

export function PlanCard() {
  const plan = shownPlan.value;
  const response = answer.value;
  if (!response)
    return <section class="plan-card waiting" data-testid="serve-card" aria-busy={!isWrong.value} aria-label="Plan" />;
  return (
    <section class="plan-card" data-testid="serve-card" aria-labelledby="serve-h" aria-busy={!isCurrent.value}>
      {response.best && plan ? (
        <div class="plan">
          <h1 class="strategy" id="serve-h">
            <Expression plan={plan} />
          </h1>
          <Rank plan={plan} />
        </div>
      ) : (
        <>
          <Missed plan={plan} />
          <Standing />
        </>
      )}
      {plan && (
        <>
          <p class="sub">{detailsOf(plan)}</p>
          <Figures plan={plan} />
          <Definitions />
        </>
      )}
      {plan && response.warnings.map((w) => <Line key={w} word="Warning" kind="warn" text={w} />)}
    </section>
  );
}
