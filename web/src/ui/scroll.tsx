import type { ComponentChildren } from 'preact';

/** A wide table scrolls by itself, and the keyboard reaches what scrolls. */
export function ScrollX({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scroll-x" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
