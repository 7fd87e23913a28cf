/** What the simulator was asked. The log holds no credential: it's made to be printed and compared in tests. */

export interface LoggedRequest {
  at: Date;
  method: string;
  /** Below `/api/v1`, without the query: `/keys/02413c…`. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Parsed; undefined without a body. */
  body: unknown;
  /** What kind of key it carried. */
  authorization: "management" | "inference" | "unknown" | "none";
  /** Name of the caller's account. */
  account: string | undefined;
  /** Undefined until it's answered, and for good when the connection is dropped instead. */
  status: number | undefined;
}

/** A key in full; masked labels such as `sk-or-v1-0e6...1c96` may stay. */
const KEY = /sk-or-[A-Za-z0-9-]*[A-Za-z0-9]{16,}/g;
const SECRET_FIELDS = new Set(["api_key", "subject_token"]);

/** The value without keys, wherever in it they stand: those that look like one, and the caller's own. */
export function withoutSecrets<Value>(value: Value, bearer: string | undefined): Value {
  const cleanText = (text: string) => {
    const withoutBearer = bearer ? text.replaceAll(bearer, "[secret]") : text;
    return withoutBearer.replace(KEY, "[secret]");
  };
  const clean = (each: unknown): unknown => {
    if (typeof each === "string") return cleanText(each);
    if (Array.isArray(each)) return each.map(clean);
    if (typeof each !== "object" || each === null) return each;
    const entries = Object.entries(each).map(([name, field]) =>
      SECRET_FIELDS.has(name) ? [name, "[secret]"] : [cleanText(name), clean(field)],
    );
    return Object.fromEntries(entries);
  };
  return clean(value) as Value;
}
