/** What a route of the API is, and how it reads what it was sent. */
import { z } from "zod";
import type { Account, Key, ManagementKey, State } from "./account";
import { badRequest, forbidden } from "./errors";
import { changing, visible } from "./lag";

export interface Request {
  state: State;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** The parsed JSON or form; undefined when there was none. */
  body: unknown;
}

/** Who asks, by the bearer token: an inference key, or a management key or what acts as one. */
export type Caller = { account: Account } & (
  | { key: Key; managementKey?: never }
  | { key?: never; managementKey: ManagementKey }
);

export interface Answer {
  status: number;
  body: unknown;
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Route {
  method: Method;
  /** Below `/api/v1`, with `:name` for a parameter. */
  path: string;
  needs: "management key" | "any key" | "nothing";
  /** Its body is a form, not JSON. */
  takesForm?: boolean;
  /** Checks, changes the state and answers in one step, or throws an `ApiError` and changes nothing. */
  handle(request: Request, caller: Caller | undefined): Answer;
}

export interface ManagedRequest extends Request {
  account: Account;
  /** The only workspace that the caller may see, if there is one. */
  scope: string | null;
}

/** A route for management keys, as nearly all are. */
export function managed(method: Method, path: string, handle: (request: ManagedRequest) => Answer): Route {
  return {
    method,
    path,
    needs: "management key",
    handle: (request, caller) => {
      const { state } = request;
      const { account, managementKey } = caller as Caller;
      const scope = managementKey?.workspace_id ?? null;
      if (method === "GET") return handle({ ...request, account: visible(state, account), scope });
      if (managementKey?.read_only) throw forbidden("This management key does not have write access");
      return changing(state, account, state.switches.visibleAfterMs, () => handle({ ...request, account, scope }));
    },
  };
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const deleted = (): Answer => ok({ deleted: true });

/** The body, if it is what the schema asks for. */
export function readBody<Shape extends z.ZodRawShape>(
  request: Request,
  schema: z.ZodObject<Shape>,
): z.output<z.ZodObject<Shape>> {
  const strict = request.state.switches.unknownBodyFields === "refused";
  return check(strict ? z.strictObject(schema.shape) : schema, request.body);
}

/** The query, if it has only what the schema names. */
export function readQuery<Shape extends z.ZodRawShape>(
  request: Request,
  schema: z.ZodObject<Shape>,
): z.output<z.ZodObject<Shape>> {
  const strict = request.state.switches.unknownQuery === "refused";
  return check(strict ? z.strictObject(schema.shape) : schema, request.query);
}

/** Throws the API's form of a refusal: the path and zod's own text of each issue (`name: Invalid input: …`). */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => [...path.map(String), message].join(": "));
  throw badRequest(issues.join("; "));
}

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, "Invalid input: expected number, received string")
    .transform(Number)
    .pipe(z.number().int().min(least).max(most));

export const offset = wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0);
export const pageLimit = wholeNumber(1, 100).default(50);
/** Booleans of a query are words. */
export const word = z.enum(["true", "false"]).transform((value) => value === "true");

/** The parameters of a list that tells its total. */
export const paging = z.object({ offset, limit: pageLimit });

export function page<Row>(rows: readonly Row[], { offset, limit }: { offset: number; limit: number }): Row[] {
  return rows.slice(offset, offset + limit);
}
