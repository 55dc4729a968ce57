// A titled part of the answer, with its table and its exports beside the title.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Table } from '../export/table';

interface Props {
  title: string;
  note: string;
  testId?: string;
  /** The same facts as rows: shown instead of the picture, and exported as CSV. */
  table?: Table | undefined;
  /** Whether the picture may be saved as one. */
  hasImage?: boolean;
  tools?: ComponentChildren;
  children: ComponentChildren;
}

/** More rows than these come when they are asked for. */
const firstRows = 200;

function DataTable({ table }: { table: Table }) {
  const [isWhole, setWhole] = useState(false);
  const rows = isWhole ? table.rows : table.rows.slice(0, firstRows);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={table.caption}>
      <table class="data">
        <caption class="sr">{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((c, i) => (
              <th key={c} scope="col" class={i > 0 ? 'num' : ''}>
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, i) =>
                i === 0 ? (
                  <th key={table.columns[i]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={table.columns[i]} class="num">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < table.rows.length && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {`All ${table.rows.length} rows`}
        </button>
      )}
    </section>
  );
}

type Kind = 'svg' | 'png' | 'csv';

function Export({ title, kinds, onSave }: { title: string; kinds: readonly Kind[]; onSave(kind: Kind): void }) {
  return (
    <select
      class="pick"
      aria-label={`Export ${title}`}
      value=""
      onChange={(e) => {
        onSave(e.currentTarget.value as Kind);
        e.currentTarget.value = '';
      }}
    >
      <option value="" hidden>
        Export
      </option>
      {kinds.map((k) => (
        <option key={k} value={k}>
          {k.toUpperCase()}
        </option>
      ))}
    </select>
  );
}

export function Panel({ title, note, testId, table, hasImage = false, tools, children }: Props) {
  const [isTable, setTable] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  // Saving is rare, so its code comes when it is asked for.
  const save = async (kind: Kind) => {
    const svg = body.current?.querySelector('svg');
    const { saveImage, saveTable } = await import('../export/save');
    if (kind === 'csv' && table) saveTable(table, title);
    else if (svg && kind !== 'csv') await saveImage(svg, kind, title);
  };
  return (
    <figure class="panel" data-testid={testId}>
      <figcaption class="ph">
        <h2>{title}</h2>
        <span class="note">{note}</span>
        <span class="right">
          {tools}
          {table && (
            <Export title={title} kinds={hasImage && !isTable ? ['svg', 'png', 'csv'] : ['csv']} onSave={save} />
          )}
          {table && hasImage && (
            <button type="button" class="pick" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
              {isTable ? 'Chart' : 'Table'}
            </button>
          )}
        </span>
      </figcaption>
      <div ref={body} class="pb">
        {isTable && table ? <DataTable table={table} /> : children}
      </div>
    </figure>
  );
}

export function Legend({ items }: { items: readonly { label: string; fill: string }[] }) {
  return (
    <ul class="legend">
      {items.map((i) => (
        <li key={i.label}>
          <svg width="9" height="9" aria-hidden="true">
            <rect width="9" height="9" rx="1" class={i.fill} />
          </svg>
          {i.label}
        </li>
      ))}
    </ul>
  );
}
