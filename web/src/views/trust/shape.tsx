// The marks of the charts, drawn for the legend. A colour is the name of a token; the class of that name fills with it.
const paths = {
  circle: 'M1.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z',
  square: 'M2 2h6v6H2z',
  diamond: 'M5 1L8 5L5 9L2 5z',
  'triangle-up': 'M5 1.5L9 8.5H1z',
  'triangle-down': 'M5 8.5L9 1.5H1z',
  cross: 'M4 1.5h2V4h2.5v2H6v2.5H4V6H1.5V4H4z',
} as const;

export function Shape({ shape, color }: { shape: keyof typeof paths; color: string }) {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <path d={paths[shape]} class={`shape ${color}`} />
    </svg>
  );
}
