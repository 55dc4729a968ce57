// Adds up the JUnit reports of a folder. The last line is "N passed, N failed"; the exit status says whether all passed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });

// Test cases lie at any depth of suites.
function testcases(node) {
  if (Array.isArray(node)) return node.flatMap(testcases);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => (name === 'testcase' ? [child].flat() : testcases(child)));
}

function outcome(testcase) {
  if ('failure' in testcase || 'error' in testcase || testcase.status === 'fail') return 'failed';
  return 'skipped' in testcase || testcase.status === 'disabled' ? 'skipped' : 'passed';
}

/** Outcomes of one report, {passed, failed, skipped} of names. */
export function count(xml) {
  const found = { passed: [], failed: [], skipped: [] };
  for (const testcase of testcases(parser.parse(xml))) found[outcome(testcase)].push(testcase.name);
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  console.log('');
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.xml')).sort()) {
    const found = count(readFileSync(join(folder, file), 'utf8'));
    for (const kind of Object.keys(sum)) sum[kind] += found[kind].length;
    const skipped = found.skipped.length ? `, ${found.skipped.length} skipped` : '';
    console.log(`${file.replace('.xml', '').padEnd(24)} ${found.passed.length} passed, ${found.failed.length} failed${skipped}`);
    for (const name of found.failed) console.log(`  FAILED ${name}`);
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}
