/** `pulumi-openrouter generation`: the cost, tokens and latency of one request. */
import type { Command } from "commander";
import { AuthenticationError } from "../../provider/errors";
import { openWithEitherKey } from "../shared/account";
import { CREDENTIALS_HELP } from "../shared/environment";
import { newCommand, type Terminal } from "../shared/terminal";
import { readGeneration } from "./read";
import { generationText } from "./report";

interface GenerationOptions {
  inferenceKey?: boolean;
  json?: boolean;
}

export function generationCommand(terminal: Terminal): Command {
  return newCommand("generation", terminal)
    .summary("show the cost, tokens and latency of one request")
    .description("Shows one request to a model: its cost, tokens, latency, finish reason and provider.")
    .argument("<id>", "id of the request: gen-…, in the response to it")
    .option("--inference-key", "use the key in OPENROUTER_API_KEY instead of the management key")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((id: string, options: GenerationOptions) => generation(terminal, id, options));
}

const HELP = `
A new request can take some seconds to appear. Tokens are those that the
provider counted. The latency is that of the whole request.
${CREDENTIALS_HELP}
With --inference-key, OPENROUTER_API_KEY comes from the same places. It may see
only its own requests.

Exit code: 0, 2 if the request could not be read.

Example:
  pulumi-openrouter generation gen-1773835200-Ab12Cd34Ef56Gh78Ij90`;

async function generation(terminal: Terminal, id: string, { inferenceKey, json }: GenerationOptions): Promise<void> {
  const account = openWithEitherKey(terminal, inferenceKey);
  const found = await readGeneration(account, id).catch((error: unknown) => {
    throw inferenceKey ? error : withOtherKey(error);
  });
  if (json) terminal.json("generation", found);
  else terminal.out(generationText(found));
}

/** No source says whether this endpoint accepts a management key. */
function withOtherKey(error: unknown): unknown {
  if (!(error instanceof AuthenticationError)) return error;
  const { operation, status, apiMessage } = error;
  const advice = "use a valid management key, or with --inference-key the key that sent the request";
  return new AuthenticationError(operation, status, apiMessage, advice);
}
