// Real questions to start from.
import type { JsonObject } from '../domain/json';
import { firstPage } from '../state/page';
import { setQuestion } from '../state/store';

const examples: readonly { text: string; note: string; request: JsonObject }[] = [
  {
    text: 'Llama 3.1 70B on 64 H100',
    note: 'the first answer',
    request: firstPage.request,
  },
  {
    text: 'Llama 3.1 405B on 16,384 H100',
    note: 'Meta’s own cluster',
    request: {
      model: 'llama-3.1-405b',
      gpu: 'h100-sxm-80',
      gpus: 16384,
      seq_length: 8192,
      gbs: 2048,
      objective: 'throughput',
    },
  },
  {
    text: 'DeepSeek-V3 on 2,048 H800',
    note: 'experts over many nodes',
    request: {
      model: 'deepseek-v3',
      gpu: 'h800-sxm-80',
      gpus: 2048,
      seq_length: 4096,
      gbs: 15360,
      objective: 'throughput',
    },
  },
  {
    text: 'Llama 3.1 8B at 131,072 tokens',
    note: 'long context, CP',
    request: {
      model: 'llama-3.1-8b',
      gpu: 'h100-sxm-80',
      gpus: 32,
      seq_length: 131072,
      gbs: 32,
      objective: 'throughput',
    },
  },
  {
    text: 'Qwen3 30B-A3B on 64 H200, FSDP2',
    note: 'torchtitan',
    request: {
      model: 'qwen3-30b-a3b',
      gpu: 'h200-sxm-141',
      gpus: 64,
      seq_length: 4096,
      gbs: 512,
      stack: 'torchtitan',
      objective: 'cost',
    },
  },
  {
    text: 'Llama 3.1 405B on 72 GB200, FP8',
    note: 'one NVL72 rack',
    request: {
      model: 'llama-3.1-405b',
      system: 'gb200-nvl72',
      gpus: 72,
      seq_length: 8192,
      gbs: 144,
      precision: 'fp8',
      objective: 'throughput',
    },
  },
  {
    text: 'Llama 3.1 70B on 8 H100',
    note: 'what would have to change',
    request: {
      model: 'llama-3.1-70b',
      gpu: 'h100-sxm-80',
      gpus: 8,
      seq_length: 8192,
      gbs: 128,
      objective: 'throughput',
    },
  },
];

/** `most`: how many, without the one that the page opens with. */
export function Examples({ onPick, most }: { onPick?: () => void; most?: number }) {
  return (
    <ul class="examples">
      {(most ? examples.slice(1, most + 1) : examples).map(({ text, note, request }) => (
        <li key={text}>
          <button
            type="button"
            onClick={() => {
              setQuestion(request);
              onPick?.();
            }}
          >
            {text} <span class="u">{note}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
