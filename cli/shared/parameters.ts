/** How the values of options are read. Commander says which option a refused one was for. */
import { InvalidArgumentError } from "commander";

/** A number in plain digits, such as 12 or 0.5. */
export function number(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("It must be a number such as 12 or 0.5.");
  return Number(text);
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
  };
}

/** Words separated by commas; the option may be repeated. */
export function words(text: string, before: string[] = []): string[] {
  const more = text.split(",").map((word) => word.trim());
  if (more.includes("")) throw new InvalidArgumentError("It has to be words separated by commas.");
  return [...before, ...more];
}
