/** An account of odd objects for `adopt`. */
import type { Simulator } from "../../../testing/simulator/index";

export const PASTED_KEY = "sk-or-v1-0123456789abcdef0123456789abcdef";

/** Names that clash, that no identifier can have, or that have a meaning in a program. */
export const ODD_NAMES = [
  "ci",
  "ci",
  "CI",
  "c.i",
  "ci 2",
  "new",
  "key",
  "2024",
  "🔑",
  "🚀",
  "Größe",
  "生产密钥",
  "budgets/prod/a-name-that-is-much-longer-than-any-that-fits-into-a-line-of-the-program",
  "x".repeat(200),
  "</script>",
  `it's`,
  `say "hi"`,
  `'both' "ways" it's`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a plain string
  "back`tick${process.exit(1)}",
  "*/ process.exit(1) /*",
  "back\\slash\\",
  "turned \u202earound\u2028line",
  "constructor",
  "__proto__",
  `a masked sk-or-v1-0e6...1c96`,
];

/** Names that no program can declare, and why. */
export const UNDECLARABLE = {
  "two\nlines": "name: must not contain control characters",
  [`pasted ${PASTED_KEY}`]: "name: must not contain a key",
};

export interface OddAccount {
  /** The workspace besides the default one. */
  workspaceId: string;
  /** The guardrail with every setting. */
  full: string;
  /** A key that has it. */
  guarded: string;
}

const EMPTY_OR_SHORT = {
  ...{ allowed_models: [], allowed_providers: [], content_filters: [] },
  content_filter_builtins: [{ slug: "email", action: "flag" }],
};

export function fillOddly({ dashboard, account }: Simulator): OddAccount {
  const key = (name: string, fields: object = {}) => dashboard.createKey({ name, ...fields }).key.hash;
  const odd = ODD_NAMES.map((name) => key(name));
  for (const name of Object.keys(UNDECLARABLE)) key(name);
  const { id: workspaceId } = dashboard.addWorkspace({ name: "Team A", slug: "team-a" });
  const ada = dashboard.addMember({ email: "ada@example.com" }, [workspaceId]);

  key("disabled", { disabled: true });
  key("expired", { expires_at: new Date("2024-02-29T23:59:59.500Z") });
  const guarded = key("full", {
    workspace_id: workspaceId,
    creator_user_id: ada.id,
    limit: 0.000001,
    limit_reset: "weekly",
    include_byok_in_limit: true,
    expires_at: new Date("2099-01-01T00:00:00Z"),
  });
  const full = dashboard.createGuardrail({
    name: "full",
    workspace_id: workspaceId,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a plain string
    description: 'two\nlines of "text" and `${code}`',
    limit_usd: 12.5,
    reset_interval: "daily",
    allowed_models: ["openai/gpt-4o-mini", "deepseek/deepseek-r1-0528:free"],
    ignored_models: ["openai/o3"],
    allowed_providers: Array.from({ length: 20 }, (_, index) => `provider-${index}`),
    ignored_providers: ["azure"],
    allowed_data_regions: ["europe"],
    content_filter_builtins: [
      { slug: "email", action: "redact" },
      { slug: "regex-prompt-injection", action: "block", scan_scope: "user_only" },
    ],
    content_filters: [{ pattern: "sk-or-v1-[0-9a-f]{64}", action: "redact", label: '[it\'s a "key"]' }],
    enforce_zdr_anthropic: true,
    enforce_zdr_openai: false,
    enable_paid_model_training: false,
    include_byok_in_budgets: true,
  }).id;
  dashboard.assign(full, { keys: [guarded], members: [ada.id] });

  const ci = dashboard.createGuardrail({ name: "ci", ...EMPTY_OR_SHORT }).id;
  dashboard.assign(ci, { keys: odd, members: [ada.id] });
  const [workspace] = account.workspaces;
  const defaultName = `Workspace ${workspace?.id} Default`;
  dashboard.createGuardrail({
    id: workspace?.default_guardrail_id,
    name: defaultName,
    limit_usd: 5,
    reset_interval: "daily",
  });
  return { workspaceId, full, guarded };
}
