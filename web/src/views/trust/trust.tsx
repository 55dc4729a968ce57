// How far to trust the numbers: the measured runs beside their predictions, with the worst misses in view.
import '../../ui/styles/trust.css';
import { useEffect } from 'preact/hooks';
import { everyRun, judgeCarried, judged, judgeOwn, ownTable } from '../../state/judging';
import { isOwnShown } from '../../state/runs';
import { question } from '../../state/store';
import { count } from '../../ui/format';
import { FeasibilityPanel } from './feasibility';
import { FiltersColumn } from './filters';
import { GroupsPanel } from './groups';
import { Headline } from './headline';
import { ParityPanel } from './parity';
import { EveryRunPanel } from './runs';
import { SkippedPanel } from './skipped';
import { WorstPanel } from './worst';

const pauseMs = 300;

/** Asks for what is shown: the carried runs at once, one's own when the typing pauses. */
function useJudging() {
  const text = ownTable.value?.text ?? '';
  const { calibration } = question.value;
  useEffect(() => {
    document.title = 'How far to trust the numbers · Shardplan';
    judgeCarried();
  }, []);
  useEffect(() => {
    if (text === '') isOwnShown.value = false;
    const timer = setTimeout(() => judgeOwn(text, calibration), pauseMs);
    return () => clearTimeout(timer);
  }, [text, calibration]);
}

function Waiting() {
  const { isWorking, problems } = judged.value;
  return (
    <div class="waiting" role="status">
      {isWorking && <p>Predicting every measured run in this browser, which takes a few seconds.</p>}
      {!isOwnShown.value && problems.map((p) => <p key={p.error} class="err">{`${p.error} ${p.hint ?? ''}`}</p>)}
    </div>
  );
}

export default function TrustView() {
  useJudging();
  const { response } = judged.value;
  return (
    <div class="frame">
      <FiltersColumn />
      <main class="answer trust" id="answer" tabIndex={-1}>
        <Headline />
        {response ? (
          <>
            <div class="row sides">
              <ParityPanel />
              <div class="side">
                <GroupsPanel />
                <WorstPanel />
                <FeasibilityPanel response={response} />
              </div>
            </div>
            <EveryRunPanel />
            <SkippedPanel skipped={response.skipped} />
          </>
        ) : (
          <Waiting />
        )}
        <p class="sr" role="status">
          {response ? `${count(everyRun.value.length)} measured runs are shown.` : ''}
        </p>
      </main>
    </div>
  );
}
