/** What may cut off clients of a key that stays. */
import { budgetChange, isHidden } from "./budgetChanges";
import type { Found } from "./callouts";
import type { KeyRow } from "./compare";
import { atMost, Hidden } from "./exposure";
import { exposureInWords } from "./money";
import { changes } from "./rows";
import { compose, own, quoted, type Sentence } from "./sentence";
import { falls } from "./totals";

export function outages(row: KeyRow): Found[] {
  const { before, after, exposure } = row;
  if (!before || !after) return [];
  const found: Found[] = [];
  if (changes(row, "disabled") && after.disabled !== undefined) found.push(["disable", disabling(after.disabled)]);
  const [from, to] = [before.expiresAt, after.expiresAt];
  if (changes(row, "expiresAt") && to !== undefined && isEarlier(from, to)) {
    found.push(["expire", compose`expires earlier, ${expiry(from)} → ${expiry(to)}.`]);
  }
  if (after.disabled === true) return found;
  const isLimit = changes(row, "limit", "limitReset");
  if (isLimit && isHidden(after.budget)) {
    found.push(["lower", compose`limit changed, and may be lower: ${budgetChange(before.budget, after.budget)}.`]);
  } else if (falls(exposure)) {
    const [was, is] = [exposure.before, exposure.after].map((each) => exposureInWords(each));
    const own_ = isLimit && falls({ before: atMost(before.budget), after: atMost(after.budget) });
    const words = own_
      ? compose`limit lowered, ${budgetChange(before.budget, after.budget)}.`
      : own(`it may spend less, at most ${was} → ${is}.`);
    if (own_ || row.moved) found.push(["lower", words]);
  }
  return found;
}

function disabling(disabled: boolean | Hidden): Sentence {
  return own(
    disabled instanceof Hidden ? `may be disabled (${disabled.why}).` : "disabled; requests with it are refused.",
  );
}

function isEarlier(from: string | Hidden | undefined, to: string | Hidden): boolean {
  if (from === undefined || from instanceof Hidden || to instanceof Hidden) return true;
  return Date.parse(to) < Date.parse(from);
}

function expiry(timestamp: string | Hidden | undefined): Sentence {
  if (timestamp instanceof Hidden) return own(timestamp.why);
  return timestamp === undefined ? own("never") : quoted(timestamp);
}
