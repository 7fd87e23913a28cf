// Loaded into every process of the demo through NODE_OPTIONS: refuses a connection to any host but loopback, and appends
// the host to the file $REFUSED_HOSTS.
const { appendFileSync } = require("node:fs");
const net = require("node:net");

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" && options !== null ? (options.path ? "" : options.host) : args[1];
  if (host && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) {
    appendFileSync(process.env.REFUSED_HOSTS, `${host}\n`);
    throw new Error(`refused a connection to ${host}`);
  }
  return connect.apply(this, args);
};
