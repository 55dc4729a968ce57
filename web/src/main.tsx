import { effect } from '@preact/signals';
import { render } from 'preact';
import { spawner } from '#spawn';
import { Planner } from './engine/planner';
import { registerOffline } from './offline/register';
import { openLink, startAsking } from './state/asking';
import { keep, onLink, open } from './state/browser';
import { setPlanner } from './state/planner';
import { answer, canUndo, isFirstVisit, linkState, message, theme } from './state/store';
import './ui/styles/index.css';
import { loadWords } from './ui/labels';
import { App } from './views/app';

const cores = navigator.hardwareConcurrency || 2;
const planner = new Planner(spawner, { most: Math.min(Math.max(cores, 2), 4) });
setPlanner(planner);

declare global {
  interface Window {
    /** The planner for programs: the same operations as the command line's. */
    shardplan: Pick<Planner, 'call'>;
  }
}
window.shardplan = { call: (operation, request, options) => planner.call(operation, request, options) };

effect(() => {
  if (theme.value) document.documentElement.dataset.theme = theme.value;
});

async function start() {
  const opened = await open();
  isFirstVisit.value = opened.from === 'nothing';
  message.value = opened.error ?? '';
  if (opened.state) openLink(opened.state);
  startAsking();
  // The address holds what is shown once something is, and what was typed in any case.
  effect(() => {
    const state = linkState();
    if (answer.value || canUndo.value) keep(state);
  });
  onLink((link) => {
    if ('error' in link) message.value = link.error;
    else openLink(link.state);
  });
  const box = document.getElementById('page');
  if (box) render(<App />, box);
  registerOffline();
  void loadWords();
}

void start();
