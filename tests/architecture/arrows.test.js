import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root } from '../core.js';
import { filesBelow, forbidden, read, roomsOf } from './arrows.js';

const rooms = roomsOf(read(root, 'core/CMakeLists.txt'));

test('every include goes down', () => {
  const files = filesBelow(root, ['core', 'wasm', 'native'], ['.h', '.cpp']);
  assert(files.length > 80);
  assert.deepEqual(files.flatMap((file) => forbidden(file, read(root, file), rooms)), []);
});

test('the rooms are those of the picture', () => {
  assert.deepEqual([...rooms.get('catalog')].sort(), ['base', 'catalog', 'spec']);
  assert(!rooms.get('estimate').has('search'));
  assert(!rooms.get('search').has('json'));
  assert(rooms.get('api').has('search'));
});

// The test itself can fail.
for (const [file, line, reason] of [
  ['core/catalog/names.cpp', '#include "json/document.h"', /'json', which core\/catalog may not see/],
  ['core/estimate/step.cpp', '#include "search/space.h"', /'search', which core\/estimate may not see/],
  ['core/base/text.cpp', '#include "spec/model.h"', /'spec', which core\/base may not see/],
  ['core/api/plan.cpp', '#include <nlohmann/json.hpp>', /named only in core\/json\/node.h/],
  ['core/api/plan.cpp', '#include <emscripten/bind.h>', /named only in wasm\//],
  ['core/search/search.cpp', '#include <thread>', /no place in a pure core/],
  ['core/estimate/step.cpp', '  return std::pow(x, 0.5);', /base\/math.h/],
  ['core/api/plan.cpp', '  std::snprintf(text, sizeof text, "%g", x);', /base\/decimal.h/],
  ['wasm/binding.cpp', '#include "search/space.h"', /'search', which wasm/],
  ['native/bench/main.cpp', '#include "search/space.h"', null],
  ['native/cli/main.cpp', '#include "../core/base/text.h"', /leaves its folder/],
  ['core/attic/x.cpp', '', /nothing says what 'attic'/],
  ['core/estimate/step.cpp', '  // std::pow(x, 2) would do', null],
]) {
  test(`${file} with ${line || 'nothing'} is ${reason ? 'refused' : 'allowed'}`, () => {
    const problems = forbidden(file, line, rooms);
    if (reason) assert.match(problems.join('\n'), reason);
    else assert.deepEqual(problems, []);
  });
}
