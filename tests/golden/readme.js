// What README.md shows of the program's output, made anew: `$ shardplan ...` in fenced blocks, and the table of errors.
import { spawnSync } from 'node:child_process';
import { native, program, root } from '../core.js';

const pct = (x) => x.toFixed(1);
const counted = (n) => n.toLocaleString('en-US');

function errorTable() {
  const { summary, groups, feasibility: f } = JSON.parse(native('accuracy', '{}').json);
  const cells = (e) =>
    e.n > 0 ? [counted(e.n), `${pct(e.median_abs_pct)} / ${pct(e.p90_abs_pct)}`, `${e.interval_coverage_pct.toFixed(0)}`] : ['', '', ''];
  const row = (name, { step_time, memory }) => `| ${[name, ...cells(step_time), ...cells(memory)].join(' | ')} |`;
  return [
    '| kind of run | runs | step time | inside | runs | memory | inside |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...groups.filter((g) => g.by === 'kind').map((g) => row(g.name, g)),
    row('**all**', summary),
    '',
    `Fits or runs out of memory: ${pct(f.fit_accuracy_pct)} % of ${counted(f.runs)} runs right; of those that ran out of memory ` +
      `${pct(f.false_fits_pct)} % were said to fit, of those that ran ${pct(f.false_ooms_pct)} % were said not to.`,
  ].join('\n');
}

// The lines that a shell would print for "shardplan ... [| head -n N]".
function outputOf(command) {
  const [, args, lines] = /^shardplan (.*?)(?: \| head -n (\d+))?$/.exec(command);
  const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
  const run = spawnSync(program, words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`README.md: ${command} ends with status ${run.status}: ${run.stderr}`);
  return run.stdout.trimEnd().split('\n').slice(0, lines ? Number(lines) : undefined).map((line) => line.trimEnd()).join('\n');
}

/** README.md with all outputs as they are today. */
export function refreshed(text) {
  return text
    .replace(/^```console\n\$ (shardplan .*)\n[^]*?^```$/gm, (_, command) => `\`\`\`console\n$ ${command}\n${outputOf(command)}\n\`\`\``)
    .replace(/(<!-- errors: [^>]*-->\n)[^]*?(\n<!-- \/errors -->)/, (_, begin, end) => begin + errorTable() + end);
}
