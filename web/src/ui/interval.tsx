// An interval on one scale for the whole page, so that widths compare by eye.
const width = 56;
const height = 9;
/** Half of the track: a quarter more or less than the estimate. */
const reach = 0.25;

export function Interval({ low, value, high }: { low: number; value: number; high: number }) {
  const x = (v: number) => {
    const share = Math.min(Math.max((v / value - 1) / reach, -1), 1);
    return ((share + 1) * width) / 2;
  };
  const [a, b] = [x(low), x(high)];
  const y = height / 2;
  const end = (at: number, isCut: boolean) => (isCut ? '' : `M${at} 2V7`);
  return (
    <svg width={width} height={height} aria-hidden="true">
      <path d={`M0 ${y}H${width}M${width / 2} 0.5V8.5`} class="wb" />
      <path d={`M${a} ${y}H${b}${end(a, low < value * (1 - reach))}${end(b, high > value * (1 + reach))}`} class="wl" />
      <circle cx={width / 2} cy={y} r="2.5" class="wd" />
    </svg>
  );
}
