import { type TimePart, timeParts } from '../../charts/steptime';
import type { Plan } from '../../domain';
import type { Table } from '../../export/table';
import { setView } from '../../state/store';
import { fixed, partSeconds, percent, seconds } from '../../ui/format';
import { Panel } from '../../ui/panel';

const barWidth = 400;
const barHeight = 24;

function Swatch({ fill }: { fill: string }) {
  return (
    <svg width="9" height="9" aria-hidden="true">
      <rect width="9" height="9" rx="1" class={fill} />
      {fill === 'bubble' && <path d="M0 9L9 0M-2 2L2 -2M7 11L11 7" class="hatchline" />}
    </svg>
  );
}

function Bar({ parts, label }: { parts: readonly TimePart[]; label: string }) {
  let x = 0;
  return (
    <svg
      class="chart stretch"
      viewBox={`0 0 ${barWidth} ${barHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {parts.map((p) => {
        const from = x;
        x += p.share * barWidth;
        const width = Math.max(p.share * barWidth - 0.8, 0.2);
        return (
          <g key={p.label}>
            <rect x={from} width={width} height={barHeight} class={p.fill} />
            {p.fill === 'bubble' && <rect x={from} width={width} height={barHeight} fill="url(#hatch-idle)" />}
          </g>
        );
      })}
    </svg>
  );
}

function tableOf(parts: readonly TimePart[]): Table {
  return {
    caption: 'Step time by part, seconds',
    columns: ['part', 'exposed s', 'share %', 'total s'],
    rows: parts.map((p) => [
      p.label,
      fixed(p.exposed, 4),
      fixed(100 * p.share, 2),
      p.total === undefined ? '' : fixed(p.total, 4),
    ]),
  };
}

export function StepTimePanel({ plan }: { plan: Plan }) {
  const { parts, absent } = timeParts(plan.time);
  const step = plan.time.step_time_s;
  const largest = [...parts].sort((a, b) => b.share - a.share)[0];
  const label = `A step of ${seconds(step)} seconds by part${largest ? `; ${largest.label} takes most, ${percent(largest.share)} percent` : ''}. The table below has the numbers.`;
  return (
    <Panel
      title="Step time"
      note="longest stage, exposed parts"
      table={tableOf(parts)}
      tools={
        <button type="button" class="pick" onClick={() => setView('plan')}>
          Timeline
        </button>
      }
    >
      <Bar parts={parts} label={label} />
      <table class="parts">
        <thead>
          <tr>
            <th scope="col">part</th>
            <th scope="col" class="num">
              exposed s
            </th>
            <th scope="col" class="num">
              share
            </th>
            <th scope="col" class="num">
              total s
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((p) => (
            <tr key={p.label}>
              <th scope="row">
                <Swatch fill={p.fill} />
                {p.label}
              </th>
              <td class="num">{partSeconds(p.exposed, step)}</td>
              <td class="num">{percent(p.share)} %</td>
              <td class="num u">{p.total === undefined ? '' : partSeconds(p.total, step)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {absent.length > 0 && <p class="hint">None, or less than 0.01 %: {absent.join(', ')}.</p>}
    </Panel>
  );
}
