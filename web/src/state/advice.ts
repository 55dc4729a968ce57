// What is said of one plan beyond itself: what moves it, what would change it, how it scales, how to launch it.
import type { BottleneckResponse, Plan } from '../domain';
import { strategyRequest } from '../domain/strategy';
import { Asked } from './asked';
import { evaluation, type Question } from './question';

const asked = { bottleneck: new Asked<BottleneckResponse>('bottleneck') };
export const bottleneck = asked.bottleneck.known;

export function advise(question: Question, plan: Plan): void {
  void asked.bottleneck.ask(evaluation(question, strategyRequest(plan.strategy), plan.gpus));
}
