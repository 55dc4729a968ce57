// One's own runs on the left, what they say of one's own machines on the right.
import '../../ui/styles/calibrate.css';
import { useEffect } from 'preact/hooks';
import { calibrate, calibrationLabel } from '../../state/calibrating';
import { runsTexts } from '../../state/runs';
import { Inputs } from './inputs';
import { Outcome } from './outcome';

const pauseMs = 400;

export default function CalibrateView() {
  const texts = runsTexts.value;
  const name = calibrationLabel.value;
  useEffect(() => {
    document.title = 'Calibrate to your own runs · Shardplan';
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void calibrate(texts, name), pauseMs);
    return () => clearTimeout(timer);
  }, [texts, name]);
  return (
    <main class="answer calibrate" id="answer" tabIndex={-1}>
      <header>
        <h1 class="title">Calibrate to your own runs</h1>
        <p class="lede">
          A few of your own step times fit at most six physical constants to your machines and software. Three runs
          already help; six let the rates of GEMMs, hosts and links move on their own. Nothing leaves this browser.
        </p>
      </header>
      <div class="row halves">
        <Inputs />
        <Outcome />
      </div>
    </main>
  );
}
