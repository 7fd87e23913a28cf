// The same resources without this package: `pulumi.dynamic.Resource`, and one call per operation. An assignment has no
// endpoint, so it is read from the list of its guardrail's assignments.
const pulumi = require("@pulumi/pulumi");

async function call(method, path, body) {
  const response = await fetch(`${process.env.OPENROUTER_BASE_URL}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${process.env.OPENROUTER_MANAGEMENT_KEY}`,
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${method} ${path} returned status ${response.status}`);
  return response.json();
}

/** Names of the inputs that differ, without `__provider`, which the engine compares. */
function changedInputs(olds, news) {
  return Object.keys(news).filter((name) => name !== "__provider" && news[name] !== olds[name]);
}

const keyFields = ({ name, limit, limitReset }) => ({ name, limit, limit_reset: limitReset });
const keyInputs = ({ name, limit, limit_reset }) => ({ name, limit, limitReset: limit_reset });

const keys = {
  diff: async (_hash, olds, news) => ({ changes: changedInputs(olds, news).length > 0 }),
  async create(inputs) {
    const { key, data } = await call("POST", "/keys", keyFields(inputs));
    return { id: data.hash, outs: { ...keyInputs(data), key } };
  },
  async read(hash, { key }) {
    const found = await call("GET", `/keys/${hash}`);
    return found ? { id: hash, props: { ...keyInputs(found.data), key } } : { id: "" };
  },
  async update(hash, olds, news) {
    const { data } = await call("PATCH", `/keys/${hash}`, keyFields(news));
    return { outs: { ...keyInputs(data), key: olds.key } };
  },
  async delete(hash) {
    await call("DELETE", `/keys/${hash}`);
  },
};

const guardrailFields = ({ name, limitUsd, resetInterval }) => ({
  name,
  limit_usd: limitUsd,
  reset_interval: resetInterval,
});
const guardrailInputs = ({ name, limit_usd, reset_interval }) => ({
  name,
  limitUsd: limit_usd,
  resetInterval: reset_interval,
});

const guardrails = {
  diff: async (_id, olds, news) => ({ changes: changedInputs(olds, news).length > 0 }),
  async create(inputs) {
    const { data } = await call("POST", "/guardrails", guardrailFields(inputs));
    return { id: data.id, outs: guardrailInputs(data) };
  },
  async read(id) {
    const found = await call("GET", `/guardrails/${id}`);
    return found ? { id, props: guardrailInputs(found.data) } : { id: "" };
  },
  async update(id, _olds, news) {
    const { data } = await call("PATCH", `/guardrails/${id}`, guardrailFields(news));
    return { outs: guardrailInputs(data) };
  },
  async delete(id) {
    await call("DELETE", `/guardrails/${id}`);
  },
};

const PAGE = 100;

const assignments = {
  diff: async (_id, olds, news) => {
    const replaces = changedInputs(olds, news);
    return { changes: replaces.length > 0, replaces };
  },
  async create({ guardrailId, keyHash }) {
    await call("POST", `/guardrails/${guardrailId}/assignments/keys`, { key_hashes: [keyHash] });
    return { id: `${guardrailId}/${keyHash}`, outs: { guardrailId, keyHash } };
  },
  async read(id, { guardrailId, keyHash }) {
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const page = await call("GET", `/guardrails/${guardrailId}/assignments/keys?limit=${PAGE}&offset=${offset}`);
      if (page?.data.some(({ key_hash }) => key_hash === keyHash)) return { id, props: { guardrailId, keyHash } };
      total = page?.total_count ?? 0;
    }
    return { id: "" };
  },
  async delete(_id, { guardrailId, keyHash }) {
    await call("POST", `/guardrails/${guardrailId}/assignments/keys/remove`, { key_hashes: [keyHash] });
  },
};

const named = (name, args) => ({ name: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`, ...args });

exports.InferenceKey = class extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(keys, name, { key: undefined, ...named(name, args) }, { additionalSecretOutputs: ["key"] });
  }
};

exports.Guardrail = class extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(guardrails, name, named(name, args));
  }
};

exports.GuardrailKeyAssignment = class extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(assignments, name, args);
  }
};
