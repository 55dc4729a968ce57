import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

/** Width of an element, kept as it changes. */
export function useWidth(ref: RefObject<HTMLElement | null>, first: number): number {
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.round(element.clientWidth) || first);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=range], [type=checkbox], [type=radio]), select, textarea');

/** Keys that act on the whole page, unless someone types. */
export function useKeys(keys: { [key: string]: (event: KeyboardEvent) => void }): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) && event.key !== 'Escape') return;
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [keys]);
}

/** Scrolls the list around an element until it shows, and the page not at all. */
export function reveal(element: HTMLElement): void {
  const list = element.closest<HTMLElement>('.scroll, .options');
  if (!list) return;
  const head = list.querySelector('thead')?.offsetHeight ?? 0;
  const top = element.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (top < head) list.scrollTop += top - head;
  else if (top + element.offsetHeight > list.clientHeight)
    list.scrollTop += top + element.offsetHeight - list.clientHeight;
}
