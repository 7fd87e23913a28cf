/**
 * Sources of the token that identifies the CI job or pod, in order: the file of an explicit `Provider`, the variables,
 * the file of the stack configuration, GitHub Actions. Read for each exchange, because such tokens live for minutes.
 */
import { readFile } from "node:fs/promises";
import { InvalidResponseError, InvalidSettingError, PreconditionError } from "../errors";
import { isLoopback } from "../loopback";
import { Secret } from "../secret";
import { clean } from "../text";
import type { Api } from "./call";
import { sendWithRetries } from "./sendWithRetries";

export interface SubjectToken {
  token: Secret;
  /** The source, for errors. */
  origin: string;
}

/** The settings of an explicit `Provider` or of the stack configuration. */
export interface SubjectTokenSettings {
  explicit: boolean;
  subjectTokenFile?: string;
  /** For GitHub Actions, which issues a token for any requested audience. */
  subjectTokenAudience?: string;
}

export const TOKEN_VARIABLE = "OPENROUTER_SUBJECT_TOKEN";
export const TOKEN_FILE_VARIABLE = "OPENROUTER_SUBJECT_TOKEN_FILE";
export const AUDIENCE_VARIABLE = "OPENROUTER_SUBJECT_TOKEN_AUDIENCE";

/** Set by GitHub for each job that has the permission. */
const GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
const GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const GITHUB_PERMISSION = "give the GitHub Actions job `permissions: id-token: write`";

/** @throws InvalidSettingError if there is no source or no token in it, RequestError if GitHub issues none */
export async function subjectToken(
  api: Api,
  { explicit, subjectTokenFile, subjectTokenAudience }: SubjectTokenSettings,
  environment: NodeJS.ProcessEnv,
): Promise<SubjectToken> {
  if (explicit && subjectTokenFile) return fromFile(subjectTokenFile);
  const variable = environment[TOKEN_VARIABLE]?.trim();
  if (variable) return checked(variable, TOKEN_VARIABLE);
  const file = environment[TOKEN_FILE_VARIABLE] || subjectTokenFile;
  if (file) return fromFile(file);
  const requestUrl = environment[GITHUB_URL];
  const requestToken = environment[GITHUB_TOKEN];
  if (requestUrl && requestToken) {
    const audience = (explicit && subjectTokenAudience) || environment[AUDIENCE_VARIABLE] || subjectTokenAudience;
    return fromGitHub(api, requestUrl, new Secret(requestToken), audience);
  }
  throw new InvalidSettingError(
    "a federation policy is set, but no token to exchange",
    `set ${TOKEN_VARIABLE} or ${TOKEN_FILE_VARIABLE}, or ${GITHUB_PERMISSION}`,
  );
}

async function fromFile(path: string): Promise<SubjectToken> {
  const origin = `the file "${clean(path)}"`;
  const content = await readFile(path, "utf8").catch(({ code }: NodeJS.ErrnoException) => {
    throw new InvalidSettingError(`can't read ${origin} with the token to exchange (${code})`, "check its path");
  });
  return checked(content.trim(), origin);
}

async function fromGitHub(
  api: Api,
  requestUrl: string,
  requestToken: Secret,
  audience: string | undefined,
): Promise<SubjectToken> {
  const url = trusted(requestUrl);
  if (audience) url.searchParams.set("audience", audience);
  const operation = "get a token from GitHub Actions";
  // The body is not shown: it may contain the token.
  const { status, text } = await sendWithRetries(
    api,
    {
      operation,
      method: "GET",
      url,
      headers: { accept: "application/json", authorization: `Bearer ${requestToken.reveal()}` },
    },
    () => "no token",
  );
  if (status !== 200) throw new PreconditionError(operation, `GitHub did not issue one (${status})`, GITHUB_PERMISSION);
  const value = tokenIn(text);
  if (value === undefined) throw new InvalidResponseError(operation, status, "no token in it");
  return checked(value, "GitHub Actions");
}

function trusted(requestUrl: string): URL {
  const url = URL.canParse(requestUrl) ? new URL(requestUrl) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url))) return url;
  throw new InvalidSettingError(`${GITHUB_URL} is not an https URL`, "leave it as GitHub Actions sets it");
}

function tokenIn(text: string): string | undefined {
  try {
    const { value } = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Rejects everything but a JWT: the content of a different file or variable must not be sent. */
function checked(token: string, origin: string): SubjectToken {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return { token: new Secret(token), origin };
  throw new InvalidSettingError(`${origin} does not contain a JWT`, "set it to a token of three parts, joined by dots");
}
