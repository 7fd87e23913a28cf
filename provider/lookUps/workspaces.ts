import { oldestFirst } from "../api/workspaces";
import { chosen, lookUpOf, only, text, workspacesOf } from "./lookUp";

export const getWorkspace = lookUpOf({
  args: { slug: text.optional(), name: text.optional() },
  async run(account, { slug, name }) {
    const choice = chosen("a workspace", { slug, name });
    const all = await workspacesOf(account);
    const found = all.filter((workspace) => (slug === undefined ? workspace.name : workspace.slug) === choice.value);
    return only(choice, found, ({ id }) => id);
  },
});

export const getWorkspaces = lookUpOf({
  args: {},
  run: async (account) => ({ workspaces: oldestFirst(await workspacesOf(account)) }),
});
