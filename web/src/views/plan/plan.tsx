// One plan in detail: its step event by event, and every number as a formula.
import '../../ui/styles/swatch.css';
import '../../ui/styles/plan.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Plan } from '../../domain';
import { advise, askScaling, bottleneck, launch, reportOf, scalesAtOnce, scaling, slurm } from '../../state/advice';
import { detail, timeline } from '../../state/detail';
import type { Question } from '../../state/question';
import { answer, fault, problems, setView, shownPlan } from '../../state/store';
import { Headline } from '../train/plan-card';
import { ChangesPanel } from './changes';
import { Drawer } from './drawer';
import { LaunchPanel } from './launch';
import { MovesPanel } from './moves';
import { ScalingPanel } from './scaling';
import { TimelinePanel } from './timeline';
import { WhyNotPanel } from './why-not';

/** Everything about the plan as one text, to be sent or printed. */
function Report({ question, plan }: { question: Question; plan: Plan }) {
  const [error, setError] = useState('');
  const save = async () => {
    try {
      const [text, { saveText }] = await Promise.all([reportOf(question, plan), import('../../export/save')]);
      saveText(text, 'shardplan-report.md');
      setError('');
    } catch (e) {
      setError((e as Error).message);
    }
  };
  return (
    <>
      <button type="button" class="link" onClick={save}>
        Save a report
      </button>
      <button type="button" class="link" onClick={() => print()}>
        Print
      </button>
      {error && <span class="bad">{error}</span>}
    </>
  );
}

function Head({ plan, question }: { plan: Plan; question: Question }) {
  return (
    <section class="plan-card" data-testid="plan-card" aria-labelledby="plan-h">
      <p class="crumbs">
        <button type="button" class="link" onClick={() => setView('train')}>
          All plans
        </button>{' '}
        <kbd>Esc</kbd>
        <span class="right">
          <Report question={question} plan={plan} />
        </span>
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

function Scaling({ question, plan }: { question: Question; plan: Plan }) {
  const { response, error } = scaling.value;
  const [isAsked, setAsked] = useState(false);
  if (error) return <p class="line bad">{`How it scales cannot be said: ${error}`}</p>;
  if (response) return <ScalingPanel response={response} />;
  if (scalesAtOnce(plan)) return null;
  const ask = () => {
    setAsked(true);
    askScaling(question, plan);
  };
  return (
    <p class="line">
      <button type="button" class="btn" disabled={isAsked} onClick={ask}>
        {isAsked ? 'Searching five sizes…' : 'How does it scale?'}
      </button>
    </p>
  );
}

function Launch() {
  const { response, error } = launch.value;
  if (error) return <p class="line bad">{`No launch command can be written: ${error}`}</p>;
  return response ? <LaunchPanel response={response} job={slurm.value.response} /> : null;
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
        {plan && question ? (
          <>
            <Head plan={plan} question={question} />
            <Simulation />
            <Advice />
            <Launch />
            <div class="row halves">
              <WhyNotPanel question={question} plan={plan} />
              <Scaling question={question} plan={plan} />
            </div>
          </>
        ) : (
          <Missing />
        )}
      </main>
      {plan && <Drawer />}
    </div>
  );
}
