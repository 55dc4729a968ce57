// What `shardplan help` prints, made from the registry.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { native, operations, program } from '../core.js';

const all = operations(native);
const run = (...words) => {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: 'utf8' });
  return { stdout, stderr, status };
};
const flat = (text) => text.replace(/\s+/g, ' ');

test('help, --help and nothing list the operations by kind', () => {
  const { stdout, status } = run('help');
  assert.equal(status, 0);
  for (const { name, kind, help } of all) {
    assert(flat(stdout).includes(` ${name} ${help}`), name);
    assert(stdout.includes(`\n${kind}\n`), `${name} is listed under nothing`);
  }
  assert.doesNotMatch(stdout, /recommend\.range/);
  for (const words of [['--help'], ['-h'], []]) assert.deepEqual(run(...words), run('help'));
});

test('help of a name that nothing has says which was meant', () => {
  const { stderr, status } = run('help', 'recommnd');
  assert.equal(status, 2);
  assert.match(stderr, /Did you mean 'recommend'/);
});

for (const { name, help, request_schema, example } of all) {
  describe(`help of ${name}`, () => {
    const { stdout, status } = run(name, '--help');
    test('is that of `help OPERATION`', () => {
      assert.equal(status, 0);
      assert.equal(run('help', name).stdout, stdout);
      assert(flat(stdout).includes(help));
    });

    test('has every field', () => {
      const fields = request_schema.$defs[request_schema.$ref.replace('#/$defs/', '')].properties;
      for (const field of Object.keys(fields)) assert(stdout.includes(`--${field.replaceAll('_', '-')}`), field);
    });

    test('has an example that runs', () => {
      const command = stdout.slice(stdout.indexOf('\nExample\n') + 9).trim();
      const env = { ...process.env, PATH: `${dirname(program)}:${process.env.PATH}` };
      const reply = spawnSync('bash', ['-c', `${command} --json`], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
      assert.equal(reply.status, 0, reply.stderr);
      assert.equal(reply.stdout.trim(), native(name, JSON.stringify(example)).json);
    });
  });
}
