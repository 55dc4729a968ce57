import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component whose code is fetched when it is first drawn. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [Known, setKnown] = useState<ComponentType<P> | undefined>(() => loaded);
    useEffect(() => {
      if (Known) return;
      void load().then((module) => {
        loaded = module.default;
        setKnown(() => loaded);
      });
    }, []);
    return Known ? <Known {...props} /> : null;
  };
}
