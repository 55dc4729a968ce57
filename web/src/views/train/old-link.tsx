// A link whose figures are not this planner's: its own first, then what differs.
import type { Strategy } from '../../domain';
import { degrees } from '../../domain/strategy';
import type { Difference, FigureName } from '../../state/link';
import { choose, type LinkNotice, linkNotice, plannerVersion } from '../../state/store';
import { change, gib, percent, seconds, speed, usd } from '../../ui/format';

const figures: Readonly<Record<FigureName, { name: string; text(n: number): string }>> = {
  step_time_s: { name: 'Step', text: (n) => `${seconds(n)} s` },
  peak_gib: { name: 'Memory, worst rank', text: (n) => `${gib(n)} GiB` },
  tokens_per_s_per_gpu: { name: 'Speed', text: (n) => `${speed(n)} tok/s per GPU` },
  mfu: { name: 'MFU', text: (n) => `${percent(n)} %` },
  usd_per_million_tokens: { name: 'Cost', text: (n) => `${usd(n)} per M tokens` },
};

function strategyText(strategy: object): string {
  const { product, folded } = degrees(strategy as Strategy);
  return [...product, ...folded].map((d) => `${d.name} ${d.value}`).join(' · ');
}

function DifferenceRow({ d, then, now }: { d: Difference; then: string; now: string }) {
  const { name, text } = figures[d.name];
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="num">
        <span class="sr">{then} </span>
        {text(d.before)}
      </td>
      <td class="num">
        <span class="sr">{now} </span>
        {d.after === undefined ? 'not given' : text(d.after)}
      </td>
      <td class="num">{d.after === undefined ? '' : change(d.before, d.after)}</td>
    </tr>
  );
}

export default function OldLink({ notice }: { notice: LinkNotice }) {
  const { shown, differences, bestNow, planNow } = notice;
  const then = `core ${shown.planner}`;
  const isSame = shown.planner === plannerVersion.value;
  const now = isSame ? 'this build' : `core ${plannerVersion.value}`;
  const close = () => {
    linkNotice.value = undefined;
  };
  return (
    <section class="notice" aria-labelledby="link-h">
      <h2 id="link-h">This link was made by {isSame ? `another build of ${then}` : then}</h2>
      <p>
        {`It answered ${strategyText(shown.strategy)} on ${shown.gpus} GPUs. `}
        {differences.length > 0 ? `For the same plan ${now} says:` : 'The figures of that plan are unchanged.'}
      </p>
      {differences.length > 0 && (
        <table class="kv">
          <thead>
            <tr>
              <td />
              <th scope="col" class="num">
                then
              </th>
              <th scope="col" class="num">
                now
              </th>
              <th scope="col" class="num">
                change
              </th>
            </tr>
          </thead>
          <tbody>
            {differences.map((d) => (
              <DifferenceRow key={d.name} d={d} then={then} now={now} />
            ))}
          </tbody>
        </table>
      )}
      <p class="between">
        <span>
          {bestNow
            ? `The best plan is now ${strategyText(bestNow.strategy)}.`
            : shown.isBest
              ? 'It is still the best plan.'
              : ''}
        </span>
        <span>
          {bestNow && (
            <button type="button" class="link" onClick={() => choose(planNow)}>
              Show the link’s plan
            </button>
          )}
          <button type="button" class="btn" onClick={close}>
            Go on with {now}
          </button>
        </span>
      </p>
    </section>
  );
}
