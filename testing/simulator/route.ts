/** The definition of an API route, and the helpers that parse its request. */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { Account, Key, ManagementKey, State } from "./account";
import { badRequest, forbidden } from "./errors";
import { applyChange, visibleToReads } from "./lag";

export interface ApiRequest {
  state: State;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** The parsed JSON or form; undefined without a body. */
  body: unknown;
  headers: IncomingHttpHeaders;
}

/** Identified by the bearer token: an inference key, or a management key or a token that acts as one. */
export type Caller = { account: Account } & (
  | { key: Key; managementKey?: never }
  | { key?: never; managementKey: ManagementKey }
);

export interface ApiResponse {
  status: number;
  body: unknown;
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Route {
  method: Method;
  /** Below `/api/v1`, with `:name` for a parameter. */
  path: string;
  needs: "management key" | "any key" | "nothing";
  /** The body is a form, not JSON. */
  takesForm?: boolean;
  /** Validates, changes the state and responds in one step, or throws an `ApiError` and changes nothing. */
  handle(request: ApiRequest, caller: Caller | undefined): ApiResponse;
}

export interface ManagementRequest extends ApiRequest {
  account: Account;
  /** The only workspace that the caller can access; null for all. */
  scope: string | null;
}

/** A route that requires a management key, as nearly all do. */
export function managementRoute(
  method: Method,
  path: string,
  handle: (request: ManagementRequest) => ApiResponse,
): Route {
  return {
    method,
    path,
    needs: "management key",
    handle: (request, caller) => {
      const { state } = request;
      const { account, managementKey } = caller as Caller;
      const scope = managementKey?.workspace_id ?? null;
      if (method === "GET") return handle({ ...request, account: visibleToReads(state, account), scope });
      if (managementKey?.read_only) throw forbidden("This management key does not have write access");
      return applyChange(state, account, state.switches.visibleAfterMs, () => handle({ ...request, account, scope }));
    },
  };
}

export const ok = (body: unknown): ApiResponse => ({ status: 200, body });
export const created = (body: unknown): ApiResponse => ({ status: 201, body });
export const deleted = (): ApiResponse => ok({ deleted: true });

/** Validates the body. */
export function parseBody<Shape extends z.ZodRawShape>({ state, body }: ApiRequest, schema: z.ZodObject<Shape>) {
  const isStrict = state.switches.unknownBodyFields === "rejected";
  return parse(isStrict ? z.strictObject(schema.shape) : schema, body);
}

/** Validates the query, which may only have the parameters of the schema. */
export function parseQuery<Shape extends z.ZodRawShape>({ query }: ApiRequest, schema: z.ZodObject<Shape>) {
  return parse(z.strictObject(schema.shape), query);
}

/** Throws an error like the API's: the path and zod's own message of each issue (`name: Invalid input: …`). */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => [...path.map(String), message].join(": "));
  throw badRequest(issues.join("; "));
}

/** An integer in a query. */
export const queryInteger = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, "Invalid input: expected number, received string")
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));

/** A boolean in a query. */
export const queryBoolean = z.enum(["true", "false"]).transform((value) => value === "true");

export const offset = queryInteger(0, Number.MAX_SAFE_INTEGER).default(0);
export const pageLimit = queryInteger(1, 100).default(50);

/** The parameters of a list with a total. */
export const paging = z.object({ offset, limit: pageLimit });

export function paginate<Row>(rows: readonly Row[], { offset, limit }: { offset: number; limit: number }): Row[] {
  return rows.slice(offset, offset + limit);
}
