// Weights of the linear models by feature, packed: the 88,000 rows of the shipped models kept 54 MB of the process as arrays of numbers, so 15. Pure.
import { z } from "zod";

/** A row of numbers for each feature. They have two digits, so hundredths hold them exactly. */
export interface Weights {
  /** where the row of a feature begins in `hundredths` */
  starts: ReadonlyMap<string, number>;
  hundredths: Int16Array;
  /** numbers in each row; 0 when there is none */
  width: number;
}

/** What is in a file: features in the order of their rows, and row behind row in base64, each number in two bytes, the low one first, as processors of PCs hold it. */
export interface PackedWeights {
  features: readonly string[];
  hundredths: string;
}

/** Names are looked at where they stand: so many, copied by a schema, keep 7 MB of the process. */
const featuresSchema = z.custom<readonly string[]>((value) => Array.isArray(value) && value.every((one) => typeof one === "string"), "expected names");

const hundredthsSchema = z.string().transform((text, context) => {
  const bytes = new Uint8Array(Buffer.from(text, "base64")); // what is not base64 is passed over, and bytes are missing then
  const isWhole = text.length % 4 === 0 && bytes.length === Buffer.byteLength(text, "base64") && bytes.length % 2 === 0;
  if (!isWhole) context.addIssue("expected base64 of numbers of two bytes");
  return isWhole ? new Int16Array(bytes.buffer) : z.NEVER;
});

/** Packed weights, ready for looking up. */
export const weightsSchema = z
  .strictObject({ features: featuresSchema, hundredths: hundredthsSchema })
  .transform(({ features, hundredths }): Weights => {
    const width = hundredths.length / Math.max(1, features.length);
    const starts = new Map<string, number>();
    features.forEach((feature, row) => starts.set(feature, row * width)); // pairs, as `entries()` makes them, keep 8 MB of the process
    return { starts, hundredths, width };
  })
  .refine(({ starts, hundredths, width }) => Number.isInteger(width) && starts.size * width === hundredths.length, "expected each feature once, and rows of one length");

/** @throws RangeError when rows are not of one length, or hold anything but numbers of two digits from -327.68 to 327.67 */
export function packWeights(rows: Readonly<Record<string, readonly number[]>>): PackedWeights {
  const width = Object.values(rows)[0]?.length;
  const hundredths = Object.entries(rows).flatMap(([feature, weights]) => {
    if (weights.length !== width) throw new RangeError(`${feature} has ${weights.length} weights, the first feature has ${width}`);
    return weights.map((weight) => hundredthsOf(weight, feature));
  });
  return { features: Object.keys(rows), hundredths: Buffer.from(Int16Array.from(hundredths).buffer).toString("base64") };
}

function hundredthsOf(weight: number, feature: string): number {
  const whole = Math.round(weight * 100);
  if (whole / 100 !== weight || whole < -32_768 || whole > 32_767) throw new RangeError(`${feature} weighs ${weight}; expected a number of two digits from -327.68 to 327.67`);
  return whole;
}
