// Which room may see which: core/CMakeLists.txt names each room's needs, and a room sees those below them as well.
// What no CMake target can say stands in the tables here.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Rooms of core/ with all the rooms that each may include, itself among them. */
export function roomsOf(cmake) {
  const needs = new Map([['spec', ['base']]]);
  for (const [, name, rest] of cmake.matchAll(/^room\((\w+)([^)]*)\)/gm))
    needs.set(name, (rest.split(/\bNEEDS\b/)[1] ?? '').trim().split(/\s+/).filter(Boolean));
  return new Map([...needs.keys()].map((name) => [name, closure([name], needs)]));
}

function closure(names, needs) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const other of needs.get(name) ?? []) visit(other);
  };
  names.forEach(visit);
  return seen;
}

// Callers of the core: those that only call it, and tools that look inside, down from a room.
const callers = {
  wasm: { only: ['api', 'base'] },
  'native/cli': { only: ['api', 'json'] },
  'native/bench': { from: 'api' },
  'native/fit': { from: 'json' },
  'native/schemas': { from: 'json' },
  'native/topology-probe': { only: [] },
};

// Libraries and the one place that names them; the probe is a program of its own.
const libraries = [
  [/^nlohmann\//, 'core/json/node.h', 'native/topology-probe/json.h'],
  [/^tl\//, 'core/base/result.h'],
  [/^libfccp\//, 'core/measured/csv.cpp'],
  [/^rapidxml\//, 'core/captures/xml.cpp'],
  [/^emscripten/, 'wasm/'],
  [/^CLI\//, 'native/cli/', 'native/topology-probe/main.cpp'],
];

// The core is a pure function: no I/O, clock, threads, randomness or environment.
const impure =
  /^(fstream|iostream|istream|ostream|filesystem|chrono|ctime|thread|mutex|shared_mutex|atomic|future|condition_variable|random|unistd\.h|sys\/.*|time\.h)$/;
// What prints and reads a double in the C library weighs 12 kB in the page, and knows locales; base/decimal.h has its own.
const heavy = /\b(snprintf|sprintf|strtod|strtof|stod|stof|sscanf)\s*\(/;
// Their last bits differ between the C libraries of native and WebAssembly builds; base/math.h has its own.
const inexact = /\bstd::(pow|log|log2|log10|log1p|exp|exp2|expm1|sin|cos|tan|sinh|cosh|tanh|cbrt|hypot|erf|erfc|tgamma|lgamma)\s*\(/;

/** The arrows of one file that nothing allows, as sentences. `file` is relative to the repository. */
export function forbidden(file, text, rooms) {
  const problems = [];
  const [top, room] = file.split('/');
  const caller = callers[Object.keys(callers).find((c) => file.startsWith(`${c}/`))];
  const allowed = top === 'core' ? rooms.get(room) : caller && (rooms.get(caller.from) ?? new Set(caller.only));
  if (!allowed) return [`${file}: nothing says what '${room}' may see.`];
  text.split('\n').forEach((line, i) => {
    const at = `${file}:${i + 1}`;
    const [, bracket, target] = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line) ?? [];
    if (bracket === '"') {
      const other = target.split('/')[0];
      if (target.includes('..')) problems.push(`${at}: ${target} leaves its folder; name the room.`);
      else if (rooms.has(other) && !allowed.has(other)) problems.push(`${at}: ${target} lies in '${other}', which ${top}/${room} may not see.`);
    }
    if (bracket === '<') {
      for (const [library, ...places] of libraries)
        if (library.test(target) && !places.some((place) => file.startsWith(place)))
          problems.push(`${at}: <${target}> is named only in ${places.join(' and ')}.`);
      if (top === 'core' && impure.test(target)) problems.push(`${at}: <${target}> has no place in a pure core.`);
    }
    if (top === 'core' && heavy.test(line.replace(/\/\/.*/, ''))) problems.push(`${at}: use base/decimal.h.`);
    if (top === 'core' && inexact.test(line.replace(/\/\/.*/, ''))) problems.push(`${at}: use base/math.h, whose bits are the same everywhere.`);
  });
  return problems;
}

/** All files below folders with one of the endings; paths relative to `root`. */
export function filesBelow(root, folders, endings) {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((e) => e.isFile() && endings.some((ending) => e.name.endsWith(ending)))
    .map((e) => relative(root, join(e.parentPath ?? e.path, e.name)).split(sep).join('/'))
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}

export const read = (root, file) => readFileSync(join(root, file), 'utf8');
