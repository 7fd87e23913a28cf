/** The body of a post to the webhook. Pure. */
import { pluralize } from "../shared/counts";
import { envelope } from "../shared/envelope";
import { printedJson } from "../shared/output";
import type { Alert } from "./conditions";

export const FORMATS = ["json", "slack"] as const;
export type Format = (typeof FORMATS)[number];

/** Receivers cut or reject longer messages. The generic JSON has all alerts. */
const MAX_LINES = 20;

/** ASCII JSON without credentials and control characters, whatever a key is named. */
export function messageBody(format: Format, title: string, alerts: readonly Alert[]): string {
  const text = messageText(title, alerts);
  const body = format === "slack" ? { text: slackText(text) } : envelope("alert", { title, text, alerts });
  return printedJson(body, []);
}

function messageText(title: string, alerts: readonly Alert[]): string {
  const lines = alerts.slice(0, MAX_LINES).map(({ text }) => `• ${text}`);
  const more = alerts.length - lines.length;
  return [
    `${title}: ${pluralize(alerts.length, "new alert")}`,
    ...lines,
    ...(more > 0 ? [`• and ${more} more; run pulumi-openrouter alert to see all`] : []),
  ].join("\n");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Where a receiver detects links and mentions in plain text: `https://`, `evil.example`, `@here`, `[text](link)`. */
const DETECTED = /:(?=\/)|\.(?=\p{L})|[@#~](?=[\p{L}\p{N}])|\](?=\()/gu;

/**
 * Escaped as Slack requires, so that no name is a mention or a link. A zero-width space breaks links and mentions that
 * the receiver would detect without markup; they look the same.
 */
export function slackText(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? "").replace(DETECTED, "$&\u200b");
}
