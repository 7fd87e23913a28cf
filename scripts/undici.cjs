// What provider/api/transport.ts uses of undici, for the bundle. Its index would load fetch, WebSocket, mocks and caches as
// well; the first line is what the index does with it.
Object.assign(require("undici/lib/dispatcher/dispatcher").prototype, require("undici/lib/api"));

exports.Agent = require("undici/lib/dispatcher/agent");
exports.EnvHttpProxyAgent = require("undici/lib/dispatcher/env-http-proxy-agent");
