// The whole state of the page that a link carries. What a link holds is read with these schemas and with nothing else.
import * as v from 'valibot';
import { quantities } from '../domain/evidence';
import type { JsonObject } from '../domain/json';

const name = v.pipe(v.string(), v.maxLength(64));
const word = v.pipe(v.string(), v.maxLength(40));
const figure = v.pipe(v.number(), v.finite());
const jsonObject = v.custom<JsonObject>((x) => x !== null && typeof x === 'object' && !Array.isArray(x));

const views = ['train', 'serve', 'plan', 'compare', 'trust', 'calibrate', 'reference'] as const;
export const mostPins = 8;
export const mapAxes = ['tp', 'pp', 'cp', 'ep'] as const;
export const objectives = ['throughput', 'cost', 'memory', 'efficiency'] as const;

const Figures = v.object({
  step_time_s: figure,
  peak_gib: figure,
  tokens_per_s_per_gpu: figure,
  mfu: figure,
  usd_per_million_tokens: v.optional(figure),
});

/** What the page showed when the link was made. */
const Shown = v.object({ planner: word, strategy: jsonObject, gpus: figure, isBest: v.boolean(), figures: Figures });

const picked = v.optional(v.pipe(v.array(name), v.maxLength(99), v.readonly()));

/** What is looked at of the measured runs: a quantity, those that pass, and one of them. */
const Trust = v.object({
  of: v.optional(v.picklist(quantities)),
  only: v.optional(v.object({ source: picked, architecture: picked, gpu: picked, precision: picked, kind: picked })),
  run: v.optional(name),
  words: v.optional(name),
});

/** Of one plan: which number is explained, and which stretch of its step is shown, in seconds. */
const Detail = v.object({ explain: v.optional(name), from: v.optional(figure), to: v.optional(figure) });

const request = v.pipe(
  v.record(name, v.unknown()),
  v.transform((r) => r as JsonObject),
);

/** A plan that is kept for comparison, with the question that it answers. */
const Pin = v.object({ request, strategy: jsonObject, gpus: figure });

/** How a model is to be served; the plan, by its summary, where it is not the best one. */
const Serving = v.object({ request, plan: v.optional(v.pipe(v.string(), v.maxLength(200))) });

const PageSchema = v.object({
  view: v.optional(v.picklist(views), 'train'),
  request,
  /** The chosen plan; the best one where absent. */
  plan: v.optional(v.object({ strategy: jsonObject, gpus: figure })),
  map: v.optional(v.strictTuple([v.picklist(mapAxes), v.picklist(mapAxes)])),
  chart: v.optional(v.picklist(['cost', 'memory'])),
  trust: v.optional(Trust),
  detail: v.optional(Detail),
  serve: v.optional(Serving),
  pins: v.optional(v.pipe(v.array(Pin), v.maxLength(mostPins), v.readonly())),
  shown: v.optional(Shown),
});

export type PageState = v.InferOutput<typeof PageSchema>;
export type DetailState = v.InferOutput<typeof Detail>;
export type ServeState = v.InferOutput<typeof Serving>;
export type PinState = v.InferOutput<typeof Pin>;
export type TrustState = v.InferOutput<typeof Trust>;
export type View = (typeof views)[number];
export type MapAxis = (typeof mapAxes)[number];
export type ShownPlan = v.InferOutput<typeof Shown>;

export function readPage(value: unknown): PageState | undefined {
  const result = v.safeParse(PageSchema, value);
  return result.success ? result.output : undefined;
}

export const firstPage: PageState = {
  view: 'train',
  request: {
    model: 'llama-3.1-70b',
    gpu: 'h100-sxm-80',
    gpus: 64,
    seq_length: 8192,
    gbs: 128,
    objective: 'throughput',
  },
};
