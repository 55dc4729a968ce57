// One plan in detail: its step event by event, and every number as a formula.
import '../../ui/styles/plan.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Plan } from '../../domain';
import { advise, bottleneck } from '../../state/advice';
import { detail, timeline } from '../../state/detail';
import { answer, fault, problems, setView, shownPlan } from '../../state/store';
import { Headline } from '../train/plan-card';
import { ChangesPanel } from './changes';
import { Drawer } from './drawer';
import { MovesPanel } from './moves';
import { TimelinePanel } from './timeline';

function Head({ plan }: { plan: Plan }) {
  return (
    <section class="plan-card" data-testid="plan-card" aria-labelledby="plan-h">
      <p class="crumbs">
        <button type="button" class="link" onClick={() => setView('train')}>
          All plans
        </button>{' '}
        <kbd>Esc</kbd>
      </p>
      <Headline plan={plan} />
    </section>
  );
}

/** Where there is no plan to look at, and why that is said elsewhere. */
function Missing() {
  const isKnown = answer.value !== undefined || problems.value.length > 0 || fault.value !== '';
  if (!isKnown)
    return (
      <p role="status" class="u">
        Searching…
      </p>
    );
  return (
    <p role="status">
      There is no plan to look at.{' '}
      <button type="button" class="link" onClick={() => setView('train')}>
        Back to the question
      </button>
    </p>
  );
}

function Simulation() {
  const { response, error } = timeline.value;
  if (error) return <p class="line bad">{`The step cannot be simulated: ${error}`}</p>;
  if (response) return <TimelinePanel response={response} />;
  return (
    <p class="u" role="status">
      Simulating the step…
    </p>
  );
}

function Advice() {
  const { response, error } = bottleneck.value;
  if (error) return <p class="line bad">{`What would change the plan cannot be said: ${error}`}</p>;
  if (!response) return null;
  return (
    <div class="row halves">
      <ChangesPanel response={response} />
      <MovesPanel response={response} />
    </div>
  );
}

/** `children` stand above the plan: what is to be said of the link and the answer. */
export default function PlanView({ children }: { children: ComponentChildren }) {
  const plan = shownPlan.value;
  const question = answer.value?.question;
  useEffect(() => {
    document.title = `${plan?.summary ?? 'Plan'} · Shardplan`;
    if (!plan || !question) return;
    detail(question, plan);
    advise(question, plan);
  }, [plan, question]);
  return (
    <div class="frame detail">
      <main class="answer" id="answer" tabIndex={-1}>
        {children}
        {plan ? (
          <>
            <Head plan={plan} />
            <Simulation />
            <Advice />
          </>
        ) : (
          <Missing />
        )}
      </main>
      {plan && <Drawer />}
    </div>
  );
}
