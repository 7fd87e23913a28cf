// Keeps each object in a file in $WORLD, and logs each operation in $WORLD/log, one JSON line each for begin and end.
const fs = require("node:fs");
const path = require("node:path");

const world = process.env.WORLD;
const file = (id) => path.join(world, `${id}.json`);
const log = (entry) => fs.appendFileSync(path.join(world, "log"), `${JSON.stringify(entry)}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let account;

async function act(op, id, { name, delay, fail }, work) {
  log({ op, name, id, at: "begin", account });
  if (delay) await sleep(delay);
  if (fail === op) throw new Error(`${op} of ${name} failed as asked`);
  const result = work();
  log({ op, name, id, at: "end", account });
  return result;
}

function save(id, inputs) {
  const outs = { ...inputs, token: `token-of-${inputs.name}` };
  fs.writeFileSync(file(id), JSON.stringify(outs));
  if (inputs.partial) {
    const error = new Error("half done");
    throw Object.assign(error, { id, properties: outs, reasons: ["the second half failed"] });
  }
  return outs;
}

module.exports = {
  configure({ config }) {
    account = process.env.ACCOUNT ?? config.get("generic:account");
  },
  async check(_, news) {
    const failures = news.bad ? [{ property: "bad", reason: "is bad" }] : [];
    return { inputs: news, failures };
  },
  async diff(_, olds, news) {
    const replaces = ["name", "on"].filter((key) => olds[key] !== news[key]);
    return { replaces, deleteBeforeReplace: Boolean(news.deleteFirst) };
  },
  create(inputs) {
    const id = `${inputs.name}-${fs.readdirSync(world).length}`;
    return act("create", id, inputs, () => ({ id, outs: save(id, inputs) }));
  },
  update(id, _, news) {
    return act("update", id, news, () => ({ outs: save(id, news) }));
  },
  delete(id, outs) {
    return act("delete", id, outs, () => fs.rmSync(file(id), { force: true }));
  },
  async read(id) {
    if (!fs.existsSync(file(id))) return { id: "" };
    const props = JSON.parse(fs.readFileSync(file(id), "utf8"));
    const { token, ...inputs } = props;
    return { id, props, inputs };
  },
};
