// Where no plan fits: how near the nearest comes, and the smallest changes after which one does.
import type { Change, Plan } from '../../domain';
import type { JsonObject } from '../../domain/json';
import { details } from '../../domain/strategy';
import { answer, setFields } from '../../state/store';
import { capacity, gib, seconds } from '../../ui/format';
import { Standing } from './standing';

/** Fields that a change makes stale: another GPU has another memory, another size other sizes to compare. */
function consequences(change: JsonObject): { [name: string]: undefined } {
  return {
    ...('gpu' in change && { system: undefined, memory_gib: undefined, memory: undefined }),
    ...('gpus' in change && { gpu_counts: undefined }),
  };
}

function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="hint">No single change makes it fit.</p>;
  return (
    <table class="kv">
      <thead>
        <tr>
          <th scope="col">smallest change</th>
          <th scope="col">best plan then</th>
          <th scope="col" class="num">
            peak GiB
          </th>
          <th scope="col" class="num">
            step s
          </th>
          <th scope="col">
            <span class="sr">action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map((c) => (
          <tr key={c.change}>
            <th scope="row">{c.change}</th>
            <td>{c.summary}</td>
            <td class="num">{gib(c.peak_gib)}</td>
            <td class="num">{seconds(c.step_time_s)}</td>
            <td class="num">
              <button
                type="button"
                class="link"
                onClick={() =>
                  setFields({ ...consequences(c.request as JsonObject), ...(c.request as JsonObject) }, c.change)
                }
              >
                Ask this
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export default function NothingFits({ plan }: { plan: Plan | undefined }) {
  const response = answer.value?.response;
  return (
    <section class="plan-card" data-testid="plan-card" aria-labelledby="plan-h">
      <h1 id="plan-h" class="verdict">
        <span class="bad">No plan fits.</span>{' '}
        {plan ? (
          <>
            The nearest, {plan.summary}, needs <b>{gib(plan.memory.peak_gib)} GiB</b> of the{' '}
            {capacity(plan.memory.usable_gib)} that may be used: <b>{gib(plan.over_gib ?? 0)} over</b>.
          </>
        ) : (
          'No combination of the axes is legal; the reasons stand below.'
        )}
      </h1>
      {plan && (
        <p class="sub">
          {details(plan.strategy).join(' · ')} <Standing />
        </p>
      )}
      <Changes changes={response?.smallest_change ?? []} />
    </section>
  );
}
