// What stands below the headline, and comes right after it.
import type { Plan } from '../../domain';
import { FitMapPanel } from './fit-map';
import { MemoryPanel } from './memory';
import { ParetoPanel } from './pareto';
import { RankingPanel } from './ranking';
import { StepTimePanel } from './step-time';

export default function Panels({ plan }: { plan: Plan }) {
  return (
    <>
      <div class="row three">
        <MemoryPanel memory={plan.memory} />
        <StepTimePanel plan={plan} />
        <FitMapPanel gpus={plan.gpus} />
      </div>
      {plan.fits && (
        <div class="row two">
          <ParetoPanel />
          <RankingPanel />
        </div>
      )}
    </>
  );
}
