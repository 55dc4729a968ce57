// What is said of one plan beyond itself: what moves it, what would change it, how it scales, how to launch it.
import type {
  BottleneckResponse,
  LaunchResponse,
  Plan,
  ScalingResponse,
  SlurmResponse,
  WhyNotResponse,
} from '../domain';
import { strategyRequest } from '../domain/strategy';
import { Asked } from './asked';
import { inPlanner, planner } from './planner';
import { evaluation, type Question } from './question';

const asked = {
  bottleneck: new Asked<BottleneckResponse>(inPlanner('bottleneck')),
  launch: new Asked<LaunchResponse>(inPlanner('launch')),
  slurm: new Asked<SlurmResponse>(inPlanner('slurm')),
  scaling: new Asked<ScalingResponse>(inPlanner('scaling')),
  whyNot: new Asked<WhyNotResponse>(inPlanner('why-not')),
};
export const bottleneck = asked.bottleneck.known;
export const launch = asked.launch.known;
export const slurm = asked.slurm.known;
export const scaling = asked.scaling.known;
export const whyNot = asked.whyNot.known;

const ofPlan = (question: Question, plan: Plan) => evaluation(question, strategyRequest(plan.strategy), plan.gpus);

/** Larger clusters are searched at five sizes when somebody asks for it. */
const mostAtOnce = 512;
export const scalesAtOnce = (plan: Plan) => plan.gpus <= mostAtOnce;

export function advise(question: Question, plan: Plan): void {
  const request = ofPlan(question, plan);
  void asked.launch.ask(request);
  void asked.slurm.ask(request);
  void asked.bottleneck.ask(request);
  asked.whyNot.clear();
  asked.scaling.clear();
  if (scalesAtOnce(plan)) askScaling(question, plan);
}

/** From a quarter of the plan's GPUs, where its own axes leave replicas to give up, to four times as many. */
export function askScaling(question: Question, plan: Plan): void {
  const { gpus: _, dp = 1, ...request } = ofPlan(question, plan);
  const sizes = [1 / 4, 1 / 2, 1, 2, 4]
    .filter((f) => Number.isInteger(Number(dp) * f) && plan.gpus * f >= Math.min(plan.gpus, 8))
    .map((f) => plan.gpus * f);
  void asked.scaling.ask({ ...request, sizes });
}

/** Why a plan, in words or as a pasted command, is behind the best one. */
export function askWhyNot(question: Question, plan: Plan, text: string): void {
  void asked.whyNot.ask({ ...evaluation(question, {}, plan.gpus), text });
}

export const reportOf = async (question: Question, plan: Plan): Promise<string> =>
  ((await planner().call('report', ofPlan(question, plan))) as { markdown: string }).markdown;
