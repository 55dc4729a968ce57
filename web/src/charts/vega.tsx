// The only file that loads Vega. Under the page's policy nothing may be evaluated from text, hence the interpreter.
import { useEffect, useRef } from 'preact/hooks';
import type { View } from 'vega';
import embed from 'vega-embed';
import { expressionInterpreter } from 'vega-interpreter';
import type { TopLevelSpec } from 'vega-lite';

type Data = { readonly [name: string]: readonly object[] };

export interface ChartProps {
  spec: TopLevelSpec;
  data: Data;
  label: string;
  onPick(datum: object): void;
}

async function draw(element: HTMLElement, spec: TopLevelSpec, data: Data): Promise<View> {
  const datasets = Object.fromEntries(Object.entries(data).map(([name, rows]) => [name, [...rows]]));
  const { view } = await embed(
    element,
    { ...spec, datasets },
    {
      ast: true,
      expr: expressionInterpreter,
      renderer: 'svg',
      defaultStyle: false,
      actions: false,
      // Layers that have no rows yet are no news.
      logLevel: 1,
      tooltip: { disableDefaultStyle: true },
    },
  );
  return view;
}

function update(view: View, data: Data) {
  for (const [name, rows] of Object.entries(data)) view.data(name, [...rows]);
  void view.runAsync();
}

export default function Chart({ spec, data, label, onPick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<View>(undefined);
  const latest = useRef({ data, onPick });
  latest.current = { data, onPick };
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let isGone = false;
    draw(element, spec, latest.current.data).then((drawn) => {
      if (isGone) return drawn.finalize();
      view.current = drawn;
      drawn.addEventListener('click', (_, item) => item?.datum && latest.current.onPick(item.datum as object));
      update(drawn, latest.current.data);
    });
    // Vega watches the window alone; the panel also changes when a column goes.
    const observer = new ResizeObserver(() => dispatchEvent(new Event('resize')));
    observer.observe(element);
    return () => {
      isGone = true;
      observer.disconnect();
      view.current?.finalize();
      view.current = undefined;
    };
  }, [spec]);
  useEffect(() => {
    if (view.current) update(view.current, data);
  }, [data]);
  // Vega writes roles of its own into the element it gets.
  return (
    <div class="vega" role="img" aria-label={label}>
      <div aria-hidden="true" ref={box} />
    </div>
  );
}
