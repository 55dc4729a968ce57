// What stands between the question and the answer: faults, warnings, and a link that said something else.

import { retry } from '../../state/asking';
import { answer, bestSoFar, fault, linkNotice, message } from '../../state/store';
import { lazy } from '../../ui/lazy';

const OldLink = lazy(() => import('./old-link'));

export function Line({
  word,
  kind,
  text,
  action,
}: {
  word: string;
  kind: string;
  text: string;
  action?: { name: string; run(): void };
}) {
  return (
    <p class={`line ${kind}`}>
      <b>{word}</b> {text}{' '}
      {action && (
        <button type="button" class="link" onClick={action.run}>
          {action.name}
        </button>
      )}
    </p>
  );
}

export function Notices() {
  const response = (bestSoFar.value ?? answer.value?.response) || undefined;
  const dismiss = () => {
    message.value = '';
  };
  // That nothing fits is the headline already.
  const warnings = (response?.warnings ?? []).filter((w) => response?.best || !/'nearest'|'search'/.test(w));
  return (
    <div class="notices">
      {message.value && <Line word="Note" kind="warn" text={message.value} action={{ name: 'Close', run: dismiss }} />}
      {fault.value && <Line word="Fault" kind="bad" text={fault.value} action={{ name: 'Try again', run: retry }} />}
      {answer.value?.partial && !bestSoFar.value && (
        <Line
          word="Stopped"
          kind="warn"
          text="The search was stopped: this is the best of what it had looked at."
          action={{ name: 'Search all', run: retry }}
        />
      )}
      {warnings.map((w) => (
        <Line key={w} word="Warning" kind="warn" text={w} />
      ))}
      {linkNotice.value && <OldLink notice={linkNotice.value} />}
    </div>
  );
}
