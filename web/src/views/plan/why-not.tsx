// Why another plan is not the best one: asked in words, or with a pasted command.
import { useState } from 'preact/hooks';
import type { Plan, WhyNotResponse } from '../../domain';
import { strategyRequest } from '../../domain/strategy';
import { askWhyNot, whyNot } from '../../state/advice';
import type { Question } from '../../state/question';
import { chooseChanged } from '../../state/store';
import { Panel } from '../../ui/panel';

/** In place of the shown one, of which nothing stays. */
function choose(shown: Plan, strategy: WhyNotResponse['strategy']): void {
  const none = Object.keys(strategyRequest(shown.strategy)).map((name) => [name, null]);
  chooseChanged({ ...Object.fromEntries(none), ...strategyRequest(strategy) });
}

function Verdict({ plan, response }: { plan: Plan; response: WhyNotResponse }) {
  return (
    <div role="status" data-testid="why-not-answer">
      {response.findings.map((f) => (
        <p key={f} class="line">
          {f}
        </p>
      ))}
      {response.plan && (
        <button type="button" class="link" onClick={() => choose(plan, response.strategy)}>
          Show that plan
        </button>
      )}
    </div>
  );
}

export function WhyNotPanel({ question, plan }: { question: Question; plan: Plan }) {
  const [text, setText] = useState('');
  const { response, error } = whyNot.value;
  return (
    <Panel title="Why not another one?" note="which rule or cost keeps a plan behind the best" testId="why-not">
      <form
        class="why-not"
        onSubmit={(e) => {
          e.preventDefault();
          if (text.trim()) askWhyNot(question, plan, text);
        }}
      >
        <label class="sr" for="why-not-text">
          A plan in words, or a launch command
        </label>
        <textarea
          id="why-not-text"
          class="mono"
          rows={2}
          spellcheck={false}
          placeholder="tp8 pp4 mbs2, or paste a Megatron-LM, torchtitan or DeepSpeed command"
          value={text}
          onInput={(e) => setText(e.currentTarget.value)}
        />
        <button type="submit" class="btn">
          Ask
        </button>
      </form>
      {error && <p class="line bad">{error}</p>}
      {response && <Verdict plan={plan} response={response} />}
    </Panel>
  );
}
