// The measured runs that a plan's intervals rest on, as filters of all of them. Small: the first plan shows the way there.

export const quantities = ['step_time', 'memory'] as const;
export type Quantity = (typeof quantities)[number];

export type Facet = 'source' | 'architecture' | 'gpu' | 'precision' | 'kind';

/** Values to look at; a facet without any lets all through. */
export type Only = { readonly [F in Facet]?: readonly string[] | undefined };

/** The runs behind what the core calls the basis of a plan's intervals. */
const bases: Readonly<Record<string, Only>> = {
  'held-out runs of dense models on Megatron stacks': { kind: ['dense, Megatron stack', 'SimuMax B200, dense'] },
  'held-out runs of models with experts on Megatron stacks': { kind: ['MoE, Megatron stack', 'SimuMax B200, MoE'] },
  'held-out runs of llm-foundry': { kind: ['FSDP (llm-foundry)'] },
  'held-out runs of Megatron and Megatron-DeepSpeed of 2021 to 2023': {
    kind: ['Megatron 2021-23', 'vTrain, one node', 'vTrain, 64-512 GPUs'],
  },
  'held-out runs of nanotron': { kind: ['nanotron'] },
  'published fine-tuning runs on Ampere GPUs, none of which took part in the fit': {
    kind: ['fine-tuning, LoRA', 'fine-tuning, QLoRA', 'fine-tuning, full'],
  },
  'whole sources held out: a stack that the fit never saw': {},
  'no training run on this accelerator: whole GPU generations held out': {},
};

/** undefined for a basis that is not among the carried runs, such as someone's own. */
export const runsBehind = (basis: string): Only | undefined => bases[basis];
