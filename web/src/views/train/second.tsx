// What stands below the first look, and comes after it.
import { ParetoPanel } from './pareto';
import { RankingPanel } from './ranking';

export default function Second() {
  return (
    <div class="row two">
      <ParetoPanel />
      <RankingPanel />
    </div>
  );
}
