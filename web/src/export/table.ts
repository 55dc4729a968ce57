export interface Table {
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

const cell = (value: string | number) => {
  const text = String(value);
  // A leading = + - @ would be a formula to a spreadsheet; numbers are meant as such.
  const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csv = ({ columns, rows }: Table): string =>
  `${[columns, ...rows].map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;
