// Memory by stage as rectangles. The parts are the response's; here they only get places.
import type { Memory, StageMemory } from '../domain';

export const memoryParts = [
  { key: 'parameters_gib', label: 'weights', fill: 'weights' },
  { key: 'gradients_gib', label: 'gradients', fill: 'grads' },
  { key: 'optimizer_gib', label: 'optimizer', fill: 'optim' },
  { key: 'activations_gib', label: 'activations', fill: 'acts' },
  { key: 'buffers_gib', label: 'buffers', fill: 'comm' },
  { key: 'overhead_gib', label: 'overhead', fill: 'over' },
] as const satisfies readonly { key: keyof StageMemory; label: string; fill: string }[];

interface Bar {
  stage: StageMemory;
  y: number;
  height: number;
  isWorst: boolean;
  /** Many stages share the height; then only some are named. */
  isNamed: boolean;
  parts: { fill: string; x: number; width: number }[];
  end: number;
}

export interface MemoryLayout {
  left: number;
  capacityX: number;
  usableX: number;
  /** Right end of the scale. */
  right: number;
  bottom: number;
  scale: number;
  bars: Bar[];
}

const gap = 0.8;
const leastNamed = 13;

export function stageName(stage: number, stages: number): string {
  if (stages === 1) return 'all';
  if (stage === 0) return 'embed 0';
  return stage === stages - 1 ? `head ${stage}` : String(stage);
}

/** Below bars that go past the capacity, its name needs a place. */
const roomForName = 34;

export function memoryLayout(
  memory: Memory,
  width: number,
  height: number,
  left: number,
  marginRight: number,
): MemoryLayout {
  const most = Math.max(memory.capacity_gib, memory.peak_gib);
  const scale = (width - left - marginRight) / most;
  const n = memory.stages.length;
  const room = memory.peak_gib > memory.capacity_gib ? height - roomForName : height;
  const pitch = Math.min(36, room / Math.max(n, 1));
  const thickness = pitch >= leastNamed ? Math.min(pitch - 5, 24) : Math.max(pitch - 1, pitch * 0.6);
  const every = Math.ceil(leastNamed / pitch);
  const bars = memory.stages.map((stage, i) => {
    let x = left;
    const parts = memoryParts.map(({ key, fill }) => {
      const size = stage[key] * scale;
      const part = { fill, x, width: Math.max(size - gap, 0) };
      x += size;
      return part;
    });
    const isWorst = stage.stage === memory.worst_stage;
    // The worst is always named; its close neighbours give way.
    const isNear = Math.abs(i - memory.worst_stage) < every && !isWorst;
    return {
      stage,
      y: i * pitch,
      height: thickness,
      isWorst,
      isNamed: isWorst || (i % every === 0 && !isNear),
      parts,
      end: x,
    };
  });
  const at = (gib: number) => left + gib * scale;
  return {
    left,
    capacityX: at(memory.capacity_gib),
    usableX: at(memory.usable_gib),
    right: at(most),
    bottom: n * pitch,
    scale,
    bars,
  };
}
