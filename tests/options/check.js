// Reads the options out of what 'launch', 'slurm' and 'rlhf' emit, and says which of them the frameworks do not have. What they have is in
// known/: names only, each file with the version and the place where they were read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const known = (name) => JSON.parse(readFileSync(join(import.meta.dirname, 'known', `${name}.json`)));
const lists = Object.fromEntries(
  ['accelerate', 'deepspeed', 'environment', 'megatron', 'slurm', 'torchrun', 'torchtitan', 'torchtitan-sources', 'trl', 'vllm'].map((n) => [n, known(n)]),
);
const nccl = new Set(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../presets/nccl/variables.json'))).variables.map((v) => v.name),
);

/** The words of a shell command; backslashes at line ends join lines. */
export function words(command) {
  const found = [];
  for (const [word] of command.replaceAll('\\\n', ' ').matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g))
    found.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
  return found;
}

// Takes options from the front of `tokens` as `list` knows them, and returns their problems. Ends at the first word that is none.
function options(tokens, list, what) {
  const flags = new Set(list.flags ?? []);
  const values = new Set(list.values ?? []);
  const problems = [];
  while (tokens.length > 0 && tokens[0].startsWith('-')) {
    const [name, inline] = tokens.shift().split('=');
    if (values.has(name)) {
      if (inline !== undefined) continue;
      if (tokens.length === 0 || /^-[-a-z]/.test(tokens[0])) problems.push(`${what}: ${name} has no value`);
      const value = tokens.shift();
      const choices = list.choices?.[name];
      if (choices && !choices.includes(value)) problems.push(`${what}: ${name} does not take ${value}`);
      if (name === '--recompute-modules') {
        for (const module of [value, ...rest(tokens)])
          if (!list.recompute_modules.includes(module)) problems.push(`${what}: no module is called ${module}`);
      }
    } else if (!flags.has(name)) problems.push(`${what}: there is no ${name}`);
  }
  return problems;
}

function rest(tokens) {
  const taken = [];
  while (tokens.length > 0 && !tokens[0].startsWith('-')) taken.push(tokens.shift());
  return taken;
}

// TRL's options are fields of its configurations; each takes a value, some a list of them.
function ofTrl(program, tokens) {
  const { common, programs, lists: long, choices } = lists.trl;
  if (!programs[program]) return [`trl: there is no ${program}`];
  const own = new Set(program === 'vllm-serve' ? programs[program] : [...common, ...programs[program]]);
  const problems = [];
  while (tokens.length > 0) {
    const option = tokens.shift();
    const name = option.replace(/^--/, '');
    const values = [];
    while (tokens.length > 0 && !tokens[0].startsWith('--')) values.push(tokens.shift());
    if (!option.startsWith('--') || !own.has(name)) problems.push(`trl: there is no ${option}`);
    if (values.length === 0) problems.push(`trl: ${option} has no value`);
    if (values.length > 1 && !long.includes(name)) problems.push(`trl: ${option} takes one value`);
    if (choices[name] && !values.every((v) => choices[name].includes(v))) problems.push(`trl: ${option} does not take ${values}`);
  }
  return problems;
}

// What a launcher of Accelerate takes before TRL's own options.
function ofLauncher(tokens) {
  const taken = [];
  while (lists.accelerate.values.includes(tokens[0])) taken.push(...tokens.splice(0, 2));
  return options(taken, lists.accelerate, 'accelerate');
}

/** Problems of one command line. */
export function ofCommand(command) {
  const tokens = words(command);
  const program = tokens.shift();
  if (program === 'torchrun') {
    const problems = [];
    if (tokens.includes('-m')) {
      const module = tokens.splice(tokens.indexOf('-m'));
      problems.push(...options(module.slice(2), lists.torchtitan, 'torchtitan'));
    }
    problems.push(...options(tokens, lists.torchrun, 'torchrun'));
    const script = tokens.shift();
    if (script === 'pretrain_gpt.py') problems.push(...options(tokens, lists.megatron, 'megatron'));
    return problems;
  }
  if (program === 'deepspeed') {
    const problems = options(tokens, lists.deepspeed, 'deepspeed');
    const { script_flags: flags, script_values: values } = lists.deepspeed;
    tokens.splice(0, tokens.findIndex((t) => flags.includes(t)));
    return [...problems, ...options(tokens, { flags, values }, 'deepspeed, script')];
  }
  if (program === 'accelerate') {
    tokens.shift();
    const problems = ofLauncher(tokens);
    return lists.trl.programs[tokens[0]] ? [...problems, ...ofTrl(tokens.shift(), tokens)] : [...problems, ...options(tokens, lists.accelerate, 'accelerate')];
  }
  if (program === 'trl') {
    const name = tokens.shift();
    if (tokens[0] === '--accelerate_config') tokens.splice(0, 2);
    return [...ofLauncher(tokens), ...ofTrl(name, tokens)];
  }
  if (program === 'vllm') return options(tokens.slice(2), lists.vllm, 'vllm');
  return [`an unknown program: ${program}`];
}

const byPath = (tree, path = '') =>
  Object.entries(tree).flatMap(([key, value]) => {
    const inside = path ? `${path}.${key}` : key;
    return value && typeof value === 'object' && !Array.isArray(value) ? [[path, key], ...byPath(value, inside)] : [[path, key]];
  });

function ofTree(tree, config, what) {
  return byPath(tree)
    .filter(([path, key]) => !(config[path] ?? []).includes(key) && !config[path ? `${path}.${key}` : key])
    .map(([path, key]) => `${what}: there is no ${path ? `${path}.` : ''}${key}`);
}

const scalar = (text) => (text === 'true' ? true : text === 'false' ? false : text.replace(/^"(.*)"$/, '$1'));

/** As far as our own files go: two levels of YAML, sections of TOML. */
export function yaml(text) {
  const tree = {};
  let section = tree;
  for (const line of text.split('\n').filter(Boolean)) {
    const [, indent, key, value] = /^( *)(\w+):(?: (.*))?$/.exec(line);
    if (indent === '') section = tree;
    if (value === undefined) section = tree[key] = {};
    else section[key] = scalar(value);
  }
  return tree;
}

export function toml(text) {
  const sections = {};
  let section = {};
  for (const line of text.split('\n').filter(Boolean)) {
    const head = /^\[(.*)\]$/.exec(line);
    if (head) section = sections[head[1]] = {};
    else {
      const [, key, value] = /^(\w+) = (.+)$/.exec(line);
      section[key] = value.startsWith('[') ? JSON.parse(value) : scalar(value);
    }
  }
  return sections;
}

function ofToml(text) {
  const { config, flavors, converters, schedules } = lists.torchtitan;
  const sections = toml(text);
  const problems = [];
  for (const [name, values] of Object.entries(sections))
    for (const key of Object.keys(values))
      if (!config[name]?.includes(key)) problems.push(`torchtitan: there is no ${name}.${key}`);
  const { model, parallelism } = sections;
  if (!flavors[model.name]?.includes(model.flavor)) problems.push(`torchtitan: no model ${model.name} ${model.flavor}`);
  for (const c of model.converters ?? []) if (!converters.includes(c)) problems.push(`torchtitan: no converter ${c}`);
  const schedule = parallelism.pipeline_parallel_schedule;
  if (schedule && !schedules.includes(schedule)) problems.push(`torchtitan: no schedule ${schedule}`);
  return problems;
}

function ofRecipe(text) {
  const { config, recipes, activation_checkpoint: policies } = lists['torchtitan-sources'];
  const problems = [];
  for (const [, section, key] of text.replaceAll(/^( +)p\./gm, '$1config.parallelism.').matchAll(/^ +config\.(?:(\w+)\.)?(\w+) = /gm))
    if (!config[section ? `config.${section}` : 'config']?.includes(key)) problems.push(`torchtitan's sources: there is no ${section}.${key}`);
  const [, model, recipe] = /torchtitan\.models\.(\w+)\.config_registry import (\w+)/.exec(text);
  if (!recipes[model]?.includes(recipe)) problems.push(`torchtitan's sources: no recipe ${model}.${recipe}`);
  for (const [, policy] of text.matchAll(/activation_checkpoint import (\w+)/g))
    if (!policies.includes(policy)) problems.push(`torchtitan's sources: no policy ${policy}`);
  return problems;
}

function ofPython(text) {
  const { python } = lists.torchrun;
  const problems = [];
  for (const [name, keywords] of Object.entries(python))
    for (const [, inside] of text.matchAll(new RegExp(`\\b${name}\\(((?:[^()]|\\([^()]*\\))*)\\)`, 'g')))
      for (const [, keyword] of inside.replaceAll(/\([^()]*\)/g, '').matchAll(/(\w+)=/g))
        if (!keywords.includes(keyword)) problems.push(`PyTorch: ${name} takes no ${keyword}`);
  const options = /options = dict\(([^]*?)\n {4}\)/.exec(text)[1];
  for (const [, keyword] of options.matchAll(/^ {8}(\w+)=/gm))
    if (!python.fully_shard.includes(keyword)) problems.push(`PyTorch: fully_shard takes no ${keyword}`);
  return problems;
}

/** Problems of a configuration file. */
export function ofFile({ name, text }) {
  if (name === 'ds_config.json') return ofTree(JSON.parse(text), lists.deepspeed.config, 'ds_config.json');
  if (name === 'accelerate.yaml') {
    const tree = yaml(text);
    const problems = ofTree(tree, lists.accelerate.config, name);
    if (!lists.accelerate.distributed_type.includes(tree.distributed_type)) problems.push(`${name}: no type ${tree.distributed_type}`);
    return problems;
  }
  if (name === 'megatron_args.txt') return options(words(text), lists.megatron, 'megatron');
  if (name === 'torchtitan.toml') return ofToml(text);
  if (name === 'shardplan_recipe.py') return ofRecipe(text);
  if (name === 'shard.py') return ofPython(text);
  if (name.endsWith('.sbatch')) return ofBatch(text);
  return ['hostfile', 'dry_run.py'].includes(name) ? [] : [`an unknown file: ${name}`];
}

export function ofVariable({ name }) {
  const plugin = /^NCCL_(FASTRAK|GPUDIRECTTCPX)_/.test(name);
  return plugin || nccl.has(name) || lists.environment.names.includes(name) || lists.trl.environment.includes(name) ? [] : [`there is no variable ${name}`];
}

/** Problems of a batch script: its directives, srun's options, what srun starts, what is exported. */
export function ofBatch(text) {
  const problems = [];
  for (const [, option] of text.matchAll(/^#SBATCH --([\w-]+)/gm))
    if (!lists.slurm.sbatch.includes(option)) problems.push(`sbatch: there is no --${option}`);
  const start = text.slice(text.indexOf('\nsrun ') + 6);
  const tokens = words(start);
  while (tokens[0].startsWith('--')) {
    const [option, inline] = tokens.shift().slice(2).split('=');
    if (!lists.slurm.srun.includes(option)) problems.push(`srun: there is no --${option}`);
    if (inline === undefined) tokens.shift();
  }
  const inner = tokens[0] === 'bash' ? tokens[2].replace(/^.*?; exec /, '') : start.slice(start.indexOf(tokens[0]));
  problems.push(...ofCommand(inner));
  for (const [, name] of text.matchAll(/^export (\w+)=/gm)) problems.push(...ofVariable({ name }));
  return problems;
}

export function ofArtefact(artefact) {
  const commands = [artefact.command, ...(artefact.node_commands ?? [])].filter(Boolean);
  return [
    ...commands.flatMap(ofCommand),
    ...(artefact.files ?? []).flatMap(ofFile),
    ...(artefact.environment ?? []).flatMap(ofVariable),
  ];
}
