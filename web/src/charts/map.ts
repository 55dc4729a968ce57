// Where it fits: the best of all cells that share two degrees.
import type { Cell } from '../domain';
import type { MapAxis } from '../state/page';

export interface MapCell {
  row: number;
  column: number;
  /** Best speed, tokens/s/GPU; undefined where nothing fits. */
  speed: number | undefined;
  /** By how much the nearest plan is over; undefined where nothing is legal. */
  over: number | undefined;
  /** 1 to 5, five for the best speeds. */
  level: number;
}

export interface FitMap {
  rows: number[];
  columns: number[];
  cells: Map<string, MapCell>;
  best: number;
}

export const cellKey = (row: number, column: number) => `${row} ${column}`;

const inOrder = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);

function merge(a: MapCell | undefined, c: Cell, row: number, column: number): MapCell {
  const speed = c.fits ? Math.max(c.tokens_per_s_per_gpu ?? 0, a?.speed ?? 0) : a?.speed;
  const over = c.fits ? a?.over : Math.min(c.over_gib ?? Number.POSITIVE_INFINITY, a?.over ?? Number.POSITIVE_INFINITY);
  return { row, column, speed, over, level: 0 };
}

export function fitMap(
  cells: readonly Cell[],
  gpus: number,
  [rowAxis, columnAxis]: readonly [MapAxis, MapAxis],
): FitMap {
  const merged = new Map<string, MapCell>();
  for (const cell of cells) {
    if (cell.gpus !== gpus) continue;
    const key = cellKey(cell[rowAxis], cell[columnAxis]);
    merged.set(key, merge(merged.get(key), cell, cell[rowAxis], cell[columnAxis]));
  }
  const best = Math.max(0, ...[...merged.values()].map((c) => c.speed ?? 0));
  // Steps of a tenth below the best: those are the differences that one acts on.
  for (const cell of merged.values())
    if (cell.speed) cell.level = Math.max(1, 5 - Math.floor((1 - cell.speed / best) * 10 + 0.5));
  return {
    rows: inOrder([...merged.values()].map((c) => c.row)),
    columns: inOrder([...merged.values()].map((c) => c.column)),
    cells: merged,
    best,
  };
}

/** Axes along which the cells differ. */
export const usedAxes = (cells: readonly Cell[], axes: readonly MapAxis[]) =>
  axes.filter((axis) => new Set(cells.map((c) => c[axis])).size > 1);
