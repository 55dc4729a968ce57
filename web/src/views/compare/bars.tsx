// A step and a worst rank as bars of their parts, on one scale for all plans, so that lengths compare by eye.
import { memoryParts } from '../../charts/memory';
import { timeParts } from '../../charts/steptime';
import type { Plan } from '../../domain';
import type { Compared } from '../../state/comparing';
import { gib, seconds } from '../../ui/format';

const width = 200;
const height = 14;

interface Part {
  label: string;
  fill: string;
  size: number;
}

function partsOf(plan: Plan, of: 'time' | 'memory'): Part[] {
  if (of === 'time') return timeParts(plan.time).parts.map((p) => ({ label: p.label, fill: p.fill, size: p.exposed }));
  const stage = plan.memory.stages[plan.memory.worst_stage ?? 0];
  return memoryParts.map((p) => ({ label: p.label, fill: p.fill, size: stage?.[p.key] ?? 0 }));
}

const sizeOf = (parts: readonly Part[]) => parts.reduce((sum, p) => sum + p.size, 0);

function Bar({ parts, most, label }: { parts: readonly Part[]; most: number; label: string }) {
  let x = 0;
  return (
    <svg
      class="chart stretch"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {parts.map((p) => {
        const from = x;
        const w = (p.size / most) * width;
        x += w;
        return <rect key={p.label} x={from} width={Math.max(w - 0.5, 0)} height={height} class={p.fill} />;
      })}
    </svg>
  );
}

export function Bars({ of, all }: { of: 'time' | 'memory'; all: readonly Compared[] }) {
  const parts = all.map(({ response }) => (response ? partsOf(response.plan, of) : []));
  const most = Math.max(...parts.map(sizeOf), 1e-9);
  const said = (size: number) => (of === 'time' ? `a step of ${seconds(size)} seconds` : `${gib(size)} GiB reserved`);
  return (
    <tr>
      <td />
      {parts.map((p, i) => (
        <td key={JSON.stringify(all[i]?.pin)}>
          {p.length > 0 && <Bar parts={p} most={most} label={said(sizeOf(p))} />}
        </td>
      ))}
    </tr>
  );
}
