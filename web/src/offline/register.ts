// The service worker keeps the whole site; a new version waits until someone asks for it, so that nothing changes under them.
import { signal } from '@preact/signals';

export const isOffline = signal(false);
export const hasUpdate = signal(false);

let waiting: ServiceWorker | null = null;

function watch(registration: ServiceWorkerRegistration) {
  const look = () => {
    waiting = registration.waiting;
    hasUpdate.value = waiting !== null && navigator.serviceWorker.controller !== null;
    isOffline.value = registration.active !== null;
  };
  look();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
  registration.installing?.addEventListener('statechange', look);
}

export function registerOffline(): void {
  if (!import.meta.env.PROD || import.meta.env.MODE === 'single' || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('./sw.js').then(watch, () => {
    // Some browsers and settings refuse one; the page works online.
  });
}

export function update(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage({ type: 'SKIP_WAITING' });
}
