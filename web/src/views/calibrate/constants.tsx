import type { CalibrateResponse } from '../../domain';
import { fixed } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ScrollX } from '../../ui/scroll';

type Constant = CalibrateResponse['constants'][number];

const width = 140;
const height = 12;

/** Where a value lies between its bounds, on a logarithmic track with a mark at 1. */
function Track({ constant }: { constant: Constant }) {
  const { value, low, high } = constant;
  const x = (v: number) => (Math.log(Math.min(Math.max(v, low), high) / low) / Math.log(high / low)) * (width - 6) + 3;
  const y = height / 2;
  return (
    <svg width={width} height={height} aria-hidden="true">
      <path d={`M3 ${y}H${width - 3}M3 3V9M${width - 3} 3V9M${x(1)} 1V11`} class="wb" />
      <path d={`M${x(1)} ${y}H${x(value)}`} class="wl" />
      <circle cx={x(value)} cy={y} r="3" class="wd" />
    </svg>
  );
}

const nameOf = (name: string) => name.replaceAll('_', ' ').replace('gemm', 'GEMM');

export function Constants({ constants }: { constants: readonly Constant[] }) {
  return (
    <Panel title="Constants" note="multipliers; 1 is as the public runs have it">
      <ScrollX label="Fitted constants">
        <table class="data constants">
          <thead>
            <tr>
              <th scope="col">constant</th>
              <th scope="col" class="num">
                value
              </th>
              <th scope="col" class="num">
                from
              </th>
              <td />
              <th scope="col">to</th>
              <th scope="col">stands for</th>
            </tr>
          </thead>
          <tbody>
            {constants.map((c) => (
              <tr key={c.name}>
                <th scope="row">{nameOf(c.name)}</th>
                <td class="num">{c.value === 1 ? <span class="u">1</span> : <b>{fixed(c.value, 3)}</b>}</td>
                <td class="num u">{c.low}</td>
                <td>
                  <Track constant={c} />
                </td>
                <td class="u">{c.high}</td>
                <td class="u">{c.absorbs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}
