/** `pulumi-openrouter alert`: checks conditions for cron and CI, and posts each crossing to a webhook once. */
import type { Command } from "commander";
import { messageOf } from "../../provider/errors";
import { readStates } from "../audit/read";
import { openAccount } from "../shared/account";
import { pluralize } from "../shared/counts";
import { CREDENTIALS_HELP } from "../shared/environment";
import { reportUnreadable } from "../shared/inventory";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import type { Alert } from "./conditions";
import { type Delivery, deliver } from "./deliver";
import { messageBody } from "./message";
import { type AlertOptions, settingsFrom, withAlertOptions } from "./options";
import { type Checked, compare, POSTED_FILE, readPosted, scopeOf } from "./posted";
import { type Alerts, readAlerts } from "./read";
import { type Webhook, webhookFrom } from "./webhook";

export function alertCommand(terminal: Terminal): Command {
  // Before files of variables are added.
  const environment = terminal.env;
  const command = newCommand("alert", terminal)
    .summary("check conditions for cron and CI, and post to a webhook")
    .description("Checks conditions of the account, and posts each to a webhook when it begins to hold.");
  return withAlertOptions(command)
    .addHelpText("after", HELP)
    .action((options: AlertOptions) => alert(terminal, environment, options));
}

const HELP = `
Without --webhook-variable nothing is posted. The URL must be https, or http on
loopback. It is read only from the environment.

An alert is posted once, and again only after its condition was false. Disabled
and expired keys don't count. Drift is a missing object or a different
assignment of a guardrail; settings are not compared.
${CREDENTIALS_HELP}

Exit code: 0, 1 if a condition holds, 2 if a part could not be read or posted.

Examples:
  pulumi-openrouter alert --balance-below 20 --key-over 80
  pulumi-openrouter alert --config alerts.yaml --dry-run`;

async function alert(terminal: Terminal, environment: NodeJS.ProcessEnv, options: AlertOptions): Promise<void> {
  const { conditions, stack, state = [], cwd, ...settings } = settingsFrom(options);
  const webhook = webhookOf(terminal, environment, settings["webhook-variable"], options.dryRun);
  const withDrift = stack !== undefined || state.length > 0;
  const states = withDrift ? await readStates(terminal, state, { stack, cwd }) : [];
  const found = await readAlerts(openAccount(terminal), conditions, states);
  const checked: Checked = { ...found, conditions, withDrift };
  const file = settings["posted-file"] || POSTED_FILE;
  const bodyOf = (alerts: readonly Alert[]) =>
    messageBody(settings.format ?? "json", settings.title ?? "OpenRouter", alerts);
  const delivery = webhook && { webhook, file, scope: scopeOf(webhook.url, terminal.env), bodyOf };
  const posted = delivery && !options.dryRun ? await postedOrFailure(delivery, checked) : undefined;
  report(terminal, found, posted, options);
  if (options.dryRun) terminal.out(dryRunText(bodyOf, checked, delivery));
}

/** A dry run sends nothing, so it works without the URL. */
function webhookOf(
  terminal: Terminal,
  environment: NodeJS.ProcessEnv,
  variable: string | undefined,
  dryRun = false,
): Webhook | undefined {
  if (variable === undefined || (dryRun && !environment[variable])) return undefined;
  return webhookFrom(environment, variable, terminal);
}

type Posted = { alerts: readonly Alert[] } | { failure: string };

/** The alerts are printed even if they could not be posted. */
async function postedOrFailure(delivery: Delivery, checked: Checked): Promise<Posted> {
  try {
    return { alerts: await deliver(delivery, checked) };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

function report(terminal: Terminal, found: Alerts, posted: Posted | undefined, { json, dryRun }: AlertOptions): void {
  const count = posted && "alerts" in posted ? posted.alerts.length : 0;
  if (json) terminal.json("alert", { ...found, posted: count });
  else if (!dryRun && found.alerts.length === 0 && found.undecided.length === 0) terminal.out("No condition holds.");
  for (const { text } of found.alerts) terminal.err(`${text}.`);
  if (posted && "alerts" in posted && found.alerts.length > 0) terminal.err(postedText(found.alerts, posted.alerts));
  if (found.alerts.length > 0) terminal.exitCode(EXIT.finding);
  reportUnreadable(terminal, found);
  if (!posted || "alerts" in posted) return;
  terminal.err(posted.failure);
  terminal.exitCode(EXIT.failure);
}

function postedText(alerts: readonly Alert[], posted: readonly Alert[]): string {
  const before = alerts.length - posted.length;
  if (posted.length === 0) return before === 1 ? "It was posted before." : "All were posted before.";
  return `Posted ${pluralize(posted.length, "alert")}${before > 0 ? `; ${before} posted before` : ""}.`;
}

function dryRunText(bodyOf: Delivery["bodyOf"], checked: Checked, delivery: Delivery | undefined): string {
  const before = delivery ? (readPosted(delivery.file)[delivery.scope] ?? []) : [];
  const { fresh } = compare(before, checked);
  return fresh.length > 0 ? bodyOf(fresh) : "Nothing to post.";
}
