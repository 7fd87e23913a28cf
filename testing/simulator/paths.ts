/** The parameters of a path that fits the pattern (`/keys/:hash`), decoded; undefined if it doesn't fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split("/");
  const segments = withoutTrailingSlash(path).split("/");
  if (segments.length !== expected.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of expected.entries()) {
    const segment = segments[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== segment) return undefined;
    } else {
      const value = decoded(segment);
      if (!value) return undefined;
      params[name.slice(1)] = value;
    }
  }
  return params;
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A malformed escape is in no path of the API.
    return undefined;
  }
}
