import { envelope } from "../../cli/shared/envelope";
import manifest from "../../package.json";

test("says which command of which release printed the data", () => {
  expect(envelope("keys", { keys: [] })).toEqual({
    tool: "pulumi-openrouter",
    version: manifest.version,
    command: "keys",
    schemaVersion: 1,
    data: { keys: [] },
  });
});
