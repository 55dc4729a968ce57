// A link is a promise: what an old version wrote is brought up one version at a time. Fixtures of every version stand in
// fixtures/ and are never deleted.
//
// Changes of the format:
//   1  The first: view, request, plan, map, chart, shown. Later also trust and detail, which older pages
//      pass over.

export const currentVersion = 1;

/** upgraders[n] turns a state of version n into one of version n + 1. */
export type Upgraders = { readonly [from: number]: (state: unknown) => unknown };

const upgraders: Upgraders = {};

export function upgrade(from: number, state: unknown, to = currentVersion, ladder: Upgraders = upgraders): unknown {
  let upgraded = state;
  for (let version = from; version < to; ++version) {
    const step = ladder[version];
    if (!step) throw new Error(`There is no way from version ${version}.`);
    upgraded = step(upgraded);
  }
  return upgraded;
}
