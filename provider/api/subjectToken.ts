/**
 * The sources of the token that proves which CI job or pod this is, in order: the file of an explicit `Provider`, the
 * variables, the file of the stack configuration, GitHub Actions. Read for each exchange: such tokens live for minutes.
 */
import { readFile } from "node:fs/promises";
import { InvalidResponseError, InvalidSettingError, PreconditionError } from "../errors";
import { isLoopback } from "../loopback";
import { Secret } from "../secret";
import { clean } from "../text";
import type { Api } from "./call";
import { patientSend } from "./patientSend";

export interface SubjectToken {
  token: Secret;
  /** The source, for errors. */
  origin: string;
}

/** The settings of an explicit `Provider` or of the stack configuration. */
export interface SubjectTokenSettings {
  explicit: boolean;
  subjectTokenFile?: string;
  /** For GitHub Actions, which issues a token for any audience that is asked for. */
  subjectTokenAudience?: string;
}

export const TOKEN_VARIABLE = "OPENROUTER_SUBJECT_TOKEN";
export const TOKEN_FILE_VARIABLE = "OPENROUTER_SUBJECT_TOKEN_FILE";
export const AUDIENCE_VARIABLE = "OPENROUTER_SUBJECT_TOKEN_AUDIENCE";

/** Set by GitHub for each job that has the permission. */
const GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
const GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const GITHUB_PERMISSION = "give the GitHub Actions job `permissions: id-token: write`";

/** @throws InvalidSettingError without a source or without a token in it, RequestError when GitHub issues none. */
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
    "there is a federation policy and no token to exchange",
    `set ${TOKEN_VARIABLE} or ${TOKEN_FILE_VARIABLE}, or ${GITHUB_PERMISSION}`,
  );
}

async function fromFile(path: string): Promise<SubjectToken> {
  const origin = `the file "${clean(path)}"`;
  const text = await readFile(path, "utf8").catch(({ code }: NodeJS.ErrnoException) => {
    throw new InvalidSettingError(`${origin}, of the token to exchange, can't be read (${code})`, "check its path");
  });
  return checked(text.trim(), origin);
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
  // The text of a response is not shown: it may hold the token.
  const { status, text } = await patientSend(
    api,
    {
      operation,
      method: "GET",
      url,
      headers: { accept: "application/json", authorization: `Bearer ${requestToken.reveal()}` },
    },
    () => "no token",
  );
  if (status !== 200) throw new PreconditionError(operation, `GitHub issued none (${status})`, GITHUB_PERMISSION);
  const value = tokenIn(text);
  if (value === undefined) throw new InvalidResponseError(operation, status, "it holds no token", "");
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

/** Three parts in base64url: the content of another file or variable must not leave this machine. */
function checked(text: string, origin: string): SubjectToken {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return { token: new Secret(text), origin };
  throw new InvalidSettingError(`${origin} does not hold a JWT`, "a subject token has three parts, joined by dots");
}
