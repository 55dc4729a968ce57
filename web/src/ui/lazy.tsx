import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component whose code is fetched when it is first drawn; until then `waiting` holds its place. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, waiting?: ComponentType) {
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
    const Waiting = waiting;
    return Known ? <Known {...props} /> : Waiting ? <Waiting /> : null;
  };
}
