// Charts and tables as files. A saved picture stands alone: what the page's styles say is written into it.
import { csv, type Table } from './table';

const properties = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'paint-order',
  'shape-rendering',
];

const fileName = (title: string, end: string) =>
  `shardplan-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${end}`;

function download(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A copy that looks the same without the page's styles. */
function plainCopy<T extends Element>(original: T): T {
  const copy = original.cloneNode(true) as T;
  const originals = [original, ...original.querySelectorAll('*')];
  for (const [i, element] of [copy, ...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(originals[i] ?? original);
    for (const name of properties) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
  }
  return copy;
}

function standAlone(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const { width, height } = svg.getBoundingClientRect();
  const copy = plainCopy(svg);
  for (const pattern of document.querySelectorAll('#patterns pattern')) copy.append(plainCopy(pattern));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(paper);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

async function png(text: string, width: number, height: number): Promise<Blob | undefined> {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
}

export async function saveImage(svg: SVGSVGElement, kind: 'svg' | 'png', title: string): Promise<void> {
  const { text, width, height } = standAlone(svg);
  const blob = kind === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : await png(text, width, height);
  if (blob) download(blob, fileName(title, kind));
}

export function saveText(text: string, name: string): void {
  download(new Blob([text], { type: 'text/plain' }), name);
}

export function saveTable(table: Table, title: string): void {
  download(new Blob([csv(table)], { type: 'text/csv' }), fileName(title, 'csv'));
}
