// Loaded into every process of the demo through NODE_OPTIONS: a connection to another machine is refused before it
// begins, and written to the file $STRAYED.
const { appendFileSync } = require("node:fs");
const net = require("node:net");

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" && options !== null ? (options.path ? "" : options.host) : args[1];
  if (host && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) {
    appendFileSync(process.env.STRAYED, `${host}\n`);
    throw new Error(`a connection to ${host} was about to be made`);
  }
  return connect.apply(this, args);
};
