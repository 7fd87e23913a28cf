/** Arithmetic on measurements. */

export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("median: no values");
  return (low + high) / 2;
}

/** The smallest value that is at least as large as a share of all values: 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const found = ascending(values)[Math.ceil(values.length * share) - 1];
  if (found === undefined) throw new Error("percentile: no values");
  return found;
}

/**
 * The exponent of the power law that fits the points best; 1 is proportional growth. Points with `y` = 0 are ignored, because
 * zero has no logarithm. Undefined with fewer than two points.
 */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number | undefined {
  const logs = points.filter(([, y]) => y > 0).map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  if (logs.length < 2) return undefined;
  const meanX = mean(logs.map(([x]) => x));
  const meanY = mean(logs.map(([, y]) => y));
  const covariance = mean(logs.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(logs.map(([x]) => (x - meanX) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
