/** Money as every command prints it. */

/** `$25`, `$1,234.50`, `-$3`, `<$0.01` for less than a cent. @param digits Maximum decimals: 2 for amounts, more for prices. */
export function formatUsd(amount: number, digits = 2): string {
  if (amount < 0) return `-${formatUsd(-amount, digits)}`;
  const smallest = 10 ** -digits;
  if (amount > 0 && amount < smallest) return `<$${smallest.toFixed(digits)}`;
  const isWhole = Math.abs(amount - Math.round(amount)) < smallest / 2;
  const format = { minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: isWhole ? 0 : digits };
  return `$${amount.toLocaleString("en-US", format)}`;
}

/** By limit reset. */
export const INTERVALS: Readonly<Record<string, string>> = { daily: "a day", weekly: "a week", monthly: "a month" };

/** `$25 a month`, `$25 once` without a reset, or `none`. */
export function formatBudget(limit: number | null, reset: string | null): string {
  if (limit === null) return "none";
  return `${formatUsd(limit)} ${reset === null ? "once" : (INTERVALS[reset] ?? reset)}`;
}

/** Without errors of binary arithmetic: 0.3 instead of 0.30000000000000004. */
export function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}

export function roundedOrNull(amount: number | null): number | null {
  return amount === null ? null : rounded(amount);
}
