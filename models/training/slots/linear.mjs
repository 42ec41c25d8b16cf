// Linear models: logistic regression, and chains of tags (a conditional random field), by Adagrad over shuffled examples with an L2 penalty.
import { scoresOf } from "../../../dist/app/analysis/learned/findings-model.js";
import { packWeights } from "../../../dist/app/analysis/learned/weights.js";

/** A weight below this says nothing. */
const LEAST = 0.3;

/** @returns {classes, bias, weights} of examples `{features, label}` */
export function trainHead(examples, settings) {
  const classes = [...new Set(examples.map(({ label }) => label))].sort();
  const table = tableOf(examples.map(({ features }) => features), classes, settings);
  const K = classes.length;
  for (let pass = 0; pass < settings.passes; pass++) for (const at of shuffled(examples.length, pass)) {
    const { label } = examples[at];
    const scores = table.scores(at);
    const chances = softmax(scores);
    const slope = Float64Array.from(chances, (chance, k) => chance - (classes[k] === label ? 1 : 0));
    table.learn(at, slope);
  }
  return { classes, ...table.weights() };
}

/** @returns {classes, bias, weights, moves} of examples `{features: per word, tags}` */
export function trainChain(examples, settings) {
  const classes = [...new Set(examples.flatMap(({ tags }) => tags))].sort();
  const K = classes.length;
  const starts = [];
  let total = 0;
  for (const { tags } of examples) { starts.push(total); total += tags.length; }
  const table = tableOf(examples.flatMap(({ features }) => features), classes, settings);
  const moves = new Float64Array((K + 1) * K), movesSpread = new Float64Array((K + 1) * K).fill(1);
  for (let pass = 0; pass < settings.passes; pass++) for (const at of shuffled(examples.length, pass)) {
    const { tags } = examples[at], n = tags.length;
    if (n === 0) continue;
    const first = starts[at], gold = tags.map((tag) => classes.indexOf(tag));
    const scores = tags.map((_, word) => table.scores(first + word));
    // forward and backward sums in logarithms
    const alpha = [scores[0].map((score, k) => score + moves[K * K + k])], beta = new Array(n);
    for (let word = 1; word < n; word++) alpha.push(scores[word].map((score, k) => score + logSum(alpha[word - 1].map((sum, j) => sum + moves[j * K + k]))));
    beta[n - 1] = new Array(K).fill(0);
    for (let word = n - 2; word >= 0; word--) beta[word] = Array.from({ length: K }, (_, j) => logSum(scores[word + 1].map((score, k) => score + moves[j * K + k] + beta[word + 1][k])));
    const all = logSum(alpha[n - 1]);
    const slopes = new Float64Array((K + 1) * K);
    for (let k = 0; k < K; k++) slopes[K * K + k] += Math.exp(alpha[0][k] + beta[0][k] - all) - (gold[0] === k ? 1 : 0);
    for (let word = 1; word < n; word++) for (let j = 0; j < K; j++) for (let k = 0; k < K; k++) slopes[j * K + k] += Math.exp(alpha[word - 1][j] + moves[j * K + k] + scores[word][k] + beta[word][k] - all) - (gold[word - 1] === j && gold[word] === k ? 1 : 0);
    for (let word = 0; word < n; word++) table.learn(first + word, Float64Array.from({ length: K }, (_, k) => Math.exp(alpha[word][k] + beta[word][k] - all) - (gold[word] === k ? 1 : 0)));
    for (let one = 0; one < slopes.length; one++) if (slopes[one] !== 0) { movesSpread[one] += slopes[one] ** 2; moves[one] -= (0.1 * slopes[one]) / Math.sqrt(movesSpread[one]); }
  }
  return { classes, ...table.weights(), moves: Array.from({ length: K + 1 }, (_, j) => [...moves.subarray(j * K, (j + 1) * K)]) };
}

/** Features that fewer examples have are left out. */
const SEEN = 4;

/** Weights of features by class. */
function tableOf(rows, classes, { l2 }) {
  const K = classes.length;
  const count = new Map();
  for (const features of rows) for (const feature of features) count.set(feature, (count.get(feature) ?? 0) + 1);
  const indexOf = new Map([...count].filter(([, times]) => times >= SEEN).map(([name], at) => [name, at]));
  const N = indexOf.size;
  const values = new Float64Array((N + 1) * K), spread = new Float64Array((N + 1) * K).fill(1e-2);
  const made = rows.map((features) => Int32Array.from([...features.flatMap((feature) => indexOf.get(feature) ?? []), N])); // the last one is always there
  const decay = l2 / rows.length;
  return {
    scores(row) {
      const sums = new Array(K).fill(0);
      for (const at of made[row]) for (let k = 0; k < K; k++) sums[k] += values[at * K + k];
      return sums;
    },
    learn(row, slope) {
      for (const at of made[row]) for (let k = 0; k < K; k++) {
        const place = at * K + k, by = slope[k] + (at === N ? 0 : decay * values[place]);
        spread[place] += by * by;
        values[place] -= (0.1 * by) / Math.sqrt(spread[place]);
      }
    },
    weights: () => ({ bias: [...values.subarray(N * K)], weights: Object.fromEntries([...indexOf].map(([name, at]) => [name, [...values.subarray(at * K, at * K + K)]])) }),
  };
}

/** Without what all classes share, to two digits, without what is too small to tell; packed as in the file. */
export function shortened({ classes, bias, weights, moves }) {
  const round = (value) => Math.round(value * 100) / 100 + 0;
  const rows = Object.entries(weights).map(([name, row]) => { const mean = row.reduce((sum, one) => sum + one, 0) / row.length; return [name, row.map((one) => round(one - mean))]; }).filter(([, row]) => row.some((one) => Math.abs(one) >= LEAST));
  return { classes, bias: bias.map(round), weights: packWeights(Object.fromEntries(rows)), ...(moves === undefined ? {} : { moves: moves.map((row) => row.map(round)) }) };
}

/** @returns the likeliest class */
export function predict(head, features) {
  const scores = scoresOf(head, features);
  return head.classes[scores.indexOf(Math.max(...scores))];
}

function softmax(scores) {
  const most = Math.max(...scores), raised = scores.map((score) => Math.exp(score - most)), sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}

function logSum(values) {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, one) => sum + Math.exp(one - most), 0));
}

/** The same order on every machine. */
function shuffled(length, seed) {
  let state = (seed * 7919 + 1) >>> 0;
  const order = Array.from({ length }, (_, at) => at);
  for (let at = length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
