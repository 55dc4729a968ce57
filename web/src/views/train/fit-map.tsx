import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { cellKey, type FitMap, fitMap, type MapCell, usedAxes } from '../../charts/map';
import type { Cell } from '../../domain';
import type { Table } from '../../export/table';
import { chooseBestOf } from '../../state/asking';
import { type MapAxis, mapAxes } from '../../state/page';
import { answer, bestSoFar, page, setMap, shownPlan } from '../../state/store';
import { fixed, speed } from '../../ui/format';
import { Panel } from '../../ui/panel';

const axisNames: Record<MapAxis, string> = { tp: 'TP', pp: 'PP', cp: 'CP', ep: 'EP' };
const axisWords: Record<MapAxis, string> = {
  tp: 'GPUs per tensor',
  pp: 'stages',
  cp: 'GPUs per sequence',
  ep: 'GPUs per set of experts',
};

/** Two axes along which the plans differ, unless someone chose. */
function axesOf(cells: readonly Cell[]): [MapAxis, MapAxis] {
  const chosen = page.value.map;
  if (chosen) return chosen;
  const [first, second] = usedAxes(cells, mapAxes);
  if (first && second) return [first, second];
  return first && first !== 'tp' ? ['tp', first] : ['tp', 'pp'];
}

const pairs = mapAxes.flatMap((a, i) => mapAxes.slice(i + 1).map((b): [MapAxis, MapAxis] => [a, b]));

function AxesSelect({ axes }: { axes: [MapAxis, MapAxis] }) {
  const text = (pair: readonly [MapAxis, MapAxis]) => pair.map((a) => axisNames[a]).join(' × ');
  return (
    <select
      class="pick"
      aria-label="Axes of the map"
      value={text(axes)}
      onChange={(e) => {
        const pair = pairs.find((p) => text(p) === e.currentTarget.value);
        if (pair) setMap(pair);
      }}
    >
      {pairs.map((p) => (
        <option key={text(p)}>{text(p)}</option>
      ))}
    </select>
  );
}

const over = (g: number) => fixed(g, g >= 100 ? 0 : 1);

function textOf(cell: MapCell | undefined): string {
  if (!cell || (cell.speed === undefined && !Number.isFinite(cell.over ?? Number.NaN))) return '·';
  return cell.speed !== undefined ? speed(cell.speed) : `+${over(cell.over ?? 0)}`;
}

function wordsOf(cell: MapCell | undefined): string {
  if (cell?.speed !== undefined) return `${speed(cell.speed)} tokens per second per GPU`;
  if (cell?.over !== undefined) return `does not fit, +${over(cell.over)} GiB`;
  return 'no legal plan';
}

interface BodyProps {
  map: FitMap;
  axes: [MapAxis, MapAxis];
}

function CellView({ map, axes, row, column }: BodyProps & { row: number; column: number }) {
  const cell = map.cells.get(cellKey(row, column));
  const strategy = shownPlan.value?.strategy;
  const isShown = strategy?.[axes[0]] === row && strategy?.[axes[1]] === column;
  const label = `${axisNames[axes[0]]} ${row}, ${axisNames[axes[1]]} ${column}: ${wordsOf(cell)}`;
  const isOpen = cell?.speed !== undefined;
  return (
    <td class={isOpen ? `m${cell.level}` : 'cannot'}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={isShown}
        disabled={!isOpen}
        onClick={() => void chooseBestOf({ [axes[0]]: [row], [axes[1]]: [column] })}
      >
        {textOf(cell)}
      </button>
    </td>
  );
}

/** Arrows walk over the cells, as on any grid. */
function walk(box: RefObject<HTMLTableElement | null>, event: KeyboardEvent) {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const cell = (event.target as HTMLElement).closest('td');
  const row = cell?.parentElement as HTMLTableRowElement | null | undefined;
  const body = box.current?.tBodies[0];
  if (!by || !cell || !row || !body) return;
  event.preventDefault();
  let [r, c] = [row.sectionRowIndex, cell.cellIndex];
  for (;;) {
    r += by[0] ?? 0;
    c += by[1] ?? 0;
    const next = body.rows[r]?.cells[c];
    if (next?.tagName !== 'TD') return;
    const button = next.querySelector('button');
    if (button && !button.disabled) return button.focus();
  }
}

function Grid({ map, axes }: BodyProps) {
  const box = useRef<HTMLTableElement>(null);
  return (
    <div class="scroll-x">
      <table class="map" ref={box} onKeyDown={(e) => walk(box, e)}>
        <caption class="sr">
          Best speed for each {axisNames[axes[0]]} and {axisNames[axes[1]]}, tokens per second per GPU
        </caption>
        <thead>
          <tr>
            <td class="corner">
              <span>{axisNames[axes[0]]}</span>
            </td>
            <th class="over" scope="colgroup" colSpan={map.columns.length}>
              {axisNames[axes[1]]}, {axisWords[axes[1]]}
            </th>
          </tr>
          <tr>
            <td />
            {map.columns.map((c) => (
              <th key={c} scope="col">
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.rows.map((r) => (
            <tr key={r}>
              <th scope="row">{r}</th>
              {map.columns.map((c) => (
                <CellView key={c} map={map} axes={axes} row={r} column={c} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function tableOf(map: FitMap, axes: [MapAxis, MapAxis]): Table {
  return {
    caption: `Best tokens/s/GPU by ${axisNames[axes[0]]} and ${axisNames[axes[1]]}`,
    columns: [axisNames[axes[0]], axisNames[axes[1]], 'tok/s/GPU', 'GiB over'],
    rows: [...map.cells.values()].map((c) => [
      c.row,
      c.column,
      c.speed ?? '',
      c.speed === undefined ? (c.over ?? '') : '',
    ]),
  };
}

export function FitMapPanel({ gpus }: { gpus: number }) {
  const response = bestSoFar.value ?? answer.value?.response;
  const cells = response?.map ?? [];
  const axes = axesOf(cells);
  const map = fitMap(cells, gpus, axes);
  return (
    <Panel
      title="Where it fits"
      note="best tok/s per GPU"
      table={tableOf(map, axes)}
      tools={<AxesSelect axes={axes} />}
    >
      <Grid map={map} axes={axes} />
      <p class="hint">
        Each cell: its best plan over all else. Hatched: nothing fits, by how many GiB; a dot: nothing is legal.
      </p>
    </Panel>
  );
}
