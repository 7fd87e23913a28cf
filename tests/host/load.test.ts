/** What a provider process loads: `check` and `diff`, all that an `up` without changes calls, need no HTTP client. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const SCRIPT = `
  const { provider } = require("pulumi-openrouter/dynamic");
  const loaded = () => Object.keys(require.cache).some((file) => file.includes("/node_modules/undici/"));
  const { check, diff, read } = provider("InferenceKey");
  const news = { name: "ci", limit: 5 };
  (async () => {
    const { inputs } = await check({}, news);
    await diff("0".repeat(64), { ...inputs, key: "", label: "", createdAt: "", __v: "1" }, inputs);
    const before = loaded();
    read("0".repeat(64), {}).catch(() => undefined);
    while (!loaded()) await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(before, loaded());
    process.exit();
  })();
`;

test("an HTTP client is loaded by the first call, and not by check and diff", () => {
  const env = {
    PATH: process.env.PATH,
    OPENROUTER_BASE_URL: "http://127.0.0.1:1",
    OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test",
  };
  const output = execFileSync(process.execPath, ["-e", SCRIPT], {
    env,
    cwd: join(__dirname, "../.."),
    encoding: "utf8",
  });
  expect(output.trim()).toBe("false true");
});
