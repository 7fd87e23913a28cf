// Loaded before a program: runs it against Pulumi's mocks and prints what it registered.
const pulumi = require("@pulumi/pulumi");

const registered = [];
pulumi.runtime.setMocks(
  {
    newResource({ type, name, id, inputs }) {
      registered.push({ type, name, id, inputs });
      const secret = type.endsWith(":InferenceKey") ? { key: "sk-or-v1-mock" } : {};
      return { id: id || `${name}-id`, state: { ...inputs, ...secret } };
    },
    call: ({ inputs }) => inputs,
  },
  "shop",
  "prod",
  false,
);
process.on("exit", () => console.log(JSON.stringify(registered)));
