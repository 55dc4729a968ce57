import { useEffect, useState } from 'preact/hooks';
import type { Plan } from '../../domain';
import { textOf } from '../../state/question';
import { presets, question, shownPlan } from '../../state/store';
import { seconds } from '../../ui/format';
import { lazy } from '../../ui/lazy';
import { Ledger } from './ledger';
import { Notices } from './notices';
import { findModel } from './options';
import { PlanCard } from './plan-card';
import { QuestionColumn } from './question';

const Panels = lazy<{ plan: Plan }>(() => import('./panels'));

const settleMs = 800;

/** The question in the title, so that tabs and bookmarks tell themselves apart. */
function useTitle() {
  const { model, gpus } = question.value;
  const name = findModel(presets.value, model)?.name ?? (typeof model === 'string' ? model : 'config.json');
  useEffect(() => {
    document.title = `${name} on ${textOf(gpus)} GPUs · Shardplan`;
  }, [name, gpus]);
}

/** Says the headline to a screen reader, once the answer has come to rest. */
function Announcement() {
  useTitle();
  const plan = shownPlan.value;
  const [text, setText] = useState('');
  useEffect(() => {
    if (!plan) return;
    const sentence = plan.fits
      ? `${plan.summary}: ${seconds(plan.time.step_time_s)} seconds a step.`
      : `No plan fits. The nearest: ${plan.summary}.`;
    const timer = setTimeout(() => setText(sentence), settleMs);
    return () => clearTimeout(timer);
  }, [plan]);
  return (
    <p class="sr" role="status">
      {text}
    </p>
  );
}

export function TrainView() {
  const plan = shownPlan.value;
  return (
    <div class="frame">
      <QuestionColumn />
      <main class="answer" id="answer" tabIndex={-1}>
        <Announcement />
        <Notices />
        <PlanCard />
        {plan && <Panels plan={plan} />}
        <Ledger />
      </main>
    </div>
  );
}
