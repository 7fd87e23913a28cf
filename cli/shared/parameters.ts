/** How the values of options are parsed. Commander adds the name of the option to these errors. */
import { InvalidArgumentError } from "commander";

/** A number in plain digits, such as 12 or 0.5. */
export function number(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("It must be a number such as 12 or 0.5.");
  return Number(text);
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A number of days, such as 30d. */
export function days(text: string): number {
  const [, count] = /^(\d{1,4})d$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError("It must be a number of days such as 30d.");
  return Number(count);
}

/** Words separated by commas, after those of the same option before. */
export function appendWords(text: string, before: readonly string[] = []): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) throw new InvalidArgumentError("It must be words separated by commas.");
  return [...before, ...words];
}
