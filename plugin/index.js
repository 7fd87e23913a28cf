// Pulumi starts the native provider here: `plugins: providers: [{ name: openrouter, path: node_modules/pulumi-openrouter/plugin }]`.
const path = require("node:path");
const { loadProtocol, servePlugin } = require("../dist/provider/native/index.js");

servePlugin(loadProtocol(require), path.join(__dirname, ".."));
