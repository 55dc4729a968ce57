import { bestSoFar, isStopped, problems, searching } from '../../state/store';

/** What question the answer belongs to, where that is not the one that stands in the fields. */
export function Standing() {
  if (bestSoFar.value) return <span class="standing">best so far</span>;
  if (problems.value.length > 0) return <span class="standing warn">kept: the last good answer</span>;
  if (isStopped.value) return <span class="standing warn">stopped: the answer before</span>;
  if (searching.value) return <span class="standing">the answer before</span>;
  return null;
}
