/** The log of requests. It contains no credential, because tests print and compare it. */

export interface LoggedRequest {
  at: Date;
  method: string;
  /** Below `/api/v1`, without the query: `/keys/02413c…`. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Parsed; undefined without a body. */
  body: unknown;
  /** The kind of key in the request. */
  authorization: "management" | "inference" | "unknown" | "none";
  /** Name of the caller's account. */
  account: string | undefined;
  /** Undefined until the response is sent, and permanently if the connection is dropped instead. */
  status: number | undefined;
}

/** A full key; masked labels such as `sk-or-v1-0e6...1c96` don't match. */
const KEY = /sk-or-[A-Za-z0-9-]*[A-Za-z0-9]{16,}/g;
const SECRET_FIELDS = new Set(["api_key", "subject_token"]);

/** Replaces keys anywhere in the value: everything that looks like one, and the caller's own. */
export function redact<Value>(value: Value, bearer: string | undefined): Value {
  const redactString = (string: string) => {
    const withoutBearer = bearer ? string.replaceAll(bearer, "[secret]") : string;
    return withoutBearer.replace(KEY, "[secret]");
  };
  const redactAny = (each: unknown): unknown => {
    if (typeof each === "string") return redactString(each);
    if (Array.isArray(each)) return each.map(redactAny);
    if (typeof each !== "object" || each === null) return each;
    const entries = Object.entries(each).map(([name, field]) =>
      SECRET_FIELDS.has(name) ? [name, "[secret]"] : [redactString(name), redactAny(field)],
    );
    return Object.fromEntries(entries);
  };
  return redactAny(value) as Value;
}
