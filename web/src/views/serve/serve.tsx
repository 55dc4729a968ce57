// How to serve a model within limits on latency: the question, the plan, and what it gives up for others.
import '../../ui/styles/swatch.css';
import '../../ui/styles/serve.css';
import { useEffect, useState } from 'preact/hooks';
import { askServing, fault, openServing, served, shownPlan } from '../../state/serving';
import { message, presets } from '../../state/store';
import { fixed } from '../../ui/format';
import { Line } from '../train/notices';
import { findModel } from '../train/options';
import { PlanCard } from './card';
import { Panels } from './panels';
import { QuestionColumn } from './question';

const settleMs = 800;

/** Says the headline to a screen reader, once the answer has come to rest. */
function Announcement() {
  const plan = shownPlan.value;
  const [text, setText] = useState('');
  useEffect(() => {
    if (!plan) return;
    const sentence = `${plan.summary}: ${fixed(plan.tpot_ms, 1)} milliseconds per token, ${fixed(plan.tokens_per_s_per_gpu, 0)} tokens per second and GPU.`;
    const timer = setTimeout(() => setText(sentence), settleMs);
    return () => clearTimeout(timer);
  }, [plan]);
  return (
    <p class="sr" role="status">
      {text}
    </p>
  );
}

function Notices() {
  const dismiss = () => {
    message.value = '';
  };
  return (
    <div class="notices">
      {message.value && <Line word="Note" kind="warn" text={message.value} action={{ name: 'Close', run: dismiss }} />}
      {fault.value && <Line word="Fault" kind="bad" text={fault.value} />}
    </div>
  );
}

export default function ServeView() {
  const question = served.value;
  const { model } = question;
  const name = findModel(presets.value, model)?.name ?? (typeof model === 'string' ? model : 'config.json');
  useEffect(openServing, []);
  useEffect(() => {
    if (model !== undefined) document.title = `Serving ${name} · Shardplan`;
  }, [name]);
  useEffect(() => {
    if (Object.keys(question).length > 0) void askServing(question);
  }, [question]);
  return (
    <div class="frame">
      <QuestionColumn />
      <main class="answer serve" id="answer" tabIndex={-1}>
        <Announcement />
        <Notices />
        <PlanCard />
        <Panels />
      </main>
    </div>
  );
}
