/** Amounts as every command prints them. */

/** `$25`, `$1,234.50`, `<$0.01`, `-$3`: what is less than a cent is not nothing. @param digits Decimals at most: 2 for amounts, more for prices. */
export function formatUsd(amount: number, digits = 2): string {
  if (amount < 0) return `-${formatUsd(-amount, digits)}`;
  const smallest = 10 ** -digits;
  if (amount > 0 && amount < smallest) return `<$${smallest.toFixed(digits)}`;
  const isWhole = Math.abs(amount - Math.round(amount)) < smallest / 2;
  const format = { minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: isWhole ? 0 : digits };
  return `$${amount.toLocaleString("en-US", format)}`;
}

/** `$25/month`, or `none`. */
export function formatBudget(limit: number | null, reset: string | null): string {
  if (limit === null) return "none";
  const every: Record<string, string> = { daily: "day", weekly: "week", monthly: "month" };
  return reset === null ? formatUsd(limit) : `${formatUsd(limit)}/${every[reset] ?? reset}`;
}

/** An amount without what binary arithmetic adds to it: 0.3 instead of 0.30000000000000004. */
export function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}
