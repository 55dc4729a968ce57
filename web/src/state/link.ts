// What a link said when it was made, against what this planner says now.
import type { Plan } from '../domain';
import { strategyKey, strategyRequest } from '../domain/strategy';
import type { ShownPlan } from './page';

const figureNames = ['step_time_s', 'peak_gib', 'tokens_per_s_per_gpu', 'mfu', 'usd_per_million_tokens'] as const;
export type FigureName = (typeof figureNames)[number];

function figuresOf(plan: Plan): ShownPlan['figures'] {
  const usd = plan.usd_per_million_tokens;
  return {
    step_time_s: plan.time.step_time_s,
    peak_gib: plan.memory.peak_gib,
    tokens_per_s_per_gpu: plan.tokens_per_s_per_gpu,
    mfu: plan.mfu,
    ...(usd !== undefined && { usd_per_million_tokens: usd }),
  };
}

export const shownOf = (plan: Plan, isBest: boolean, planner: string): ShownPlan => ({
  planner,
  strategy: strategyRequest(plan.strategy),
  gpus: plan.gpus,
  isBest,
  figures: figuresOf(plan),
});

export interface Difference {
  name: FigureName;
  before: number;
  /** undefined where this planner does not give it. */
  after: number | undefined;
}

/** Figures that differ at all: responses are the same bytes for the same question, so any difference is the planner's. */
export function differences(shown: ShownPlan['figures'], plan: Plan | undefined): Difference[] {
  const now = plan && figuresOf(plan);
  return figureNames
    .map((name) => ({ name, before: shown[name], after: now?.[name] }))
    .filter((d): d is Difference => d.before !== undefined && d.before !== d.after);
}

export const isSamePlan = (shown: ShownPlan, plan: Plan) =>
  plan.gpus === shown.gpus && strategyKey(plan.strategy) === strategyKey(shown.strategy);
