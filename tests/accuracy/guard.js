// What is worse in one table of errors than in another.

const tolerance = 0.1; // of the median
const smallest = 0.05; // per cent: less than that is no difference

/** Sentences, one for each kind of run and quantity that got worse or disappeared. */
export function worsened(accepted, current) {
  const problems = [];
  for (const [kind, quantities] of Object.entries(accepted))
    for (const [quantity, before] of Object.entries(quantities)) {
      const now = current[kind]?.[quantity];
      if (!now) problems.push(`${kind}: no ${quantity} is predicted any more.`);
      else if (now.runs < before.runs)
        problems.push(`${kind}: ${quantity} of ${now.runs} runs is predicted, of ${before.runs} before.`);
      else if (now.median_abs_pct > before.median_abs_pct * (1 + tolerance) + smallest)
        problems.push(`${kind}: the median error of ${quantity} rose from ${before.median_abs_pct} % to ${now.median_abs_pct} %.`);
    }
  return problems;
}
