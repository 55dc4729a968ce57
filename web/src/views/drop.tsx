// Files dropped anywhere on the page.
import { useEffect, useState } from 'preact/hooks';
import { readConfigText } from '../state/config';
import { page, setView } from '../state/store';

/** A JSON is a model; anything else is taken for measured runs, and judged where those are. */
async function take(files: readonly File[]) {
  const [first] = files;
  const text = (await first?.text()) ?? '';
  if (text.trimStart().startsWith('{')) return readConfigText(text);
  const { addFiles, isOwnShown } = await import('../state/runs');
  await addFiles(files);
  isOwnShown.value = true;
  if (page.value.view !== 'trust') setView('calibrate');
}

export function DropZone() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = async (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      setOver(false);
      await take(files);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver ? <div class="dropping">Drop the config.json of a model, or measured runs</div> : null;
}
