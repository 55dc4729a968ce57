import type { ComponentChildren, FunctionComponent } from 'preact';
import type { View } from '../state/page';
import { page } from '../state/store';
import { lazy } from '../ui/lazy';
import { Bar } from './bar';
import { DropZone } from './drop';
import { Keys } from './keys';
import { Notices } from './train/notices';
import { TrainView } from './train/train';

/** Hatching, drawn once and referred to by every chart. */
function Patterns() {
  const hatch = (id: string, line: string, ground?: string) => (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      {ground && <rect width="5" height="5" class={ground} />}
      <path d="M0 0V5" class={line} />
    </pattern>
  );
  return (
    <svg width="0" height="0" class="sr" aria-hidden="true" id="patterns">
      <defs>
        {hatch('hatch', 'hatchfaint')}
        {hatch('hatch-idle', 'hatchline', 'idle')}
        {hatch('hatch-bad', 'hatchbad')}
      </defs>
    </svg>
  );
}

const PlanView = lazy<{ children: ComponentChildren }>(() => import('./plan/plan'));

/** The first view is there at once; the others come when they are opened. */
const views: Readonly<Record<View, FunctionComponent>> = {
  train: TrainView,
  plan: () => (
    <PlanView>
      <Notices />
    </PlanView>
  ),
  serve: lazy(() => import('./serve/serve')),
  compare: lazy(() => import('./compare/compare')),
  trust: lazy(() => import('./trust/trust')),
  calibrate: lazy(() => import('./calibrate/calibrate')),
  reference: lazy(() => import('./reference/reference')),
};

export function App() {
  const Shown = views[page.value.view];
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('answer')?.focus()}>
        Skip to the answer
      </button>
      <Patterns />
      <Bar />
      <Shown />
      <DropZone />
      <Keys />
    </>
  );
}
