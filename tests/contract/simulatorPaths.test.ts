/** How the simulator matches paths. */
import { matchPath } from "../../testing/simulator/paths";

test.each([
  ["/keys", "/keys", {}],
  ["/keys", "/keys/", {}],
  ["/keys/:hash", "/keys/abc", { hash: "abc" }],
  ["/models/:author/:slug/endpoints", "/models/deepseek/r1%3Afree/endpoints", { author: "deepseek", slug: "r1:free" }],
])("matches %s with %s", (pattern, path, params) => {
  expect(matchPath(pattern, path)).toEqual(params);
});

test.each([
  ["/keys", "/key"],
  ["/keys", "/keys/abc"],
  ["/keys/:hash", "/keys"],
  ["/keys/:hash", "/keys//"],
  ["/keys/:hash", "/keys/a/b"],
  ["/keys/:hash", "/keys/%zz"],
])("doesn't match %s with %s", (pattern, path) => {
  expect(matchPath(pattern, path)).toBeUndefined();
});
