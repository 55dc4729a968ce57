// A text to be taken elsewhere: shown whole, copied, or saved as the file that it is.
import { useState } from 'preact/hooks';

interface Props {
  /** Name of the file, or of what the text is. */
  name: string;
  text: string;
  /** Whether it is a file, which can be saved. */
  isFile?: boolean;
}

export function Code({ name, text, isFile = false }: Props) {
  const [said, setSaid] = useState('');
  const say = (words: string) => {
    setSaid(words);
    setTimeout(() => setSaid(''), 2000);
  };
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied'),
      () => say('The browser refused; select the text'),
    );
  const save = async () => {
    const { saveText } = await import('../export/save');
    saveText(text, name);
  };
  return (
    <div class="code">
      <p class="between">
        <span class="mono u">{name}</span>
        <span>
          <span class="u" role="status">
            {said}
          </span>{' '}
          <button type="button" class="pick" aria-label={`Copy ${name}`} onClick={copy}>
            Copy
          </button>
          {isFile && (
            <button type="button" class="pick" aria-label={`Save ${name}`} onClick={save}>
              Save
            </button>
          )}
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
