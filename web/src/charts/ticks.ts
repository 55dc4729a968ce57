/** Round numbers from 0 to at most `high`, about `wanted` of them. */
export function ticks(high: number, wanted: number): number[] {
  if (!(high > 0)) return [0];
  const rough = high / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
