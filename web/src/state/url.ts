// #p=<version>.<base64url of raw deflate of JSON>, and back. The version stands outside the compression.
import { type PageState, readPage } from './page';
import { currentVersion, upgrade } from './upgrades';

/** Far more than a page with a pasted config.json takes. */
const mostCharacters = 100_000;
const mostBytes = 1_000_000;

const damaged = 'This link is damaged: it could not be read. The page shows its first question instead.';
const tooLarge = 'This link is too large to be one of ours. The page shows its first question instead.';
const newer = 'This link was made by a newer Shardplan than this one. The page shows its first question instead.';

export type Decoded = { state: PageState } | { error: string };

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > most) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

const through = (bytes: Uint8Array<ArrayBuffer>, transform: CompressionStream | DecompressionStream) =>
  new Blob([bytes]).stream().pipeThrough(transform);

export async function encode(state: PageState): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(state));
  const packed = await collect(through(json, new CompressionStream('deflate-raw')), mostBytes);
  return `#p=${currentVersion}.${toBase64Url(packed ?? new Uint8Array())}`;
}

/** undefined for a fragment that is none of ours, such as an empty one. */
export async function decode(fragment: string): Promise<Decoded | undefined> {
  if (!fragment.startsWith('#p=')) return undefined;
  if (fragment.length > mostCharacters) return { error: tooLarge };
  const match = /^#p=(\d{1,6})\.([\w-]+)$/.exec(fragment);
  if (!match) return { error: damaged };
  const version = Number(match[1]);
  if (version > currentVersion) return { error: newer };
  try {
    const bytes = await collect(
      through(fromBase64Url(match[2] ?? ''), new DecompressionStream('deflate-raw')),
      mostBytes,
    );
    if (!bytes) return { error: tooLarge };
    const state = readPage(upgrade(version, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))));
    return state ? { state } : { error: damaged };
  } catch {
    return { error: damaged };
  }
}
