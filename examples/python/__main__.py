"""An inference key with a budget, and a guardrail that is assigned to it."""

import pulumi
import pulumi_openrouter as openrouter

workspace = openrouter.get_workspace(slug="default")

ci = openrouter.InferenceKey(
    "ci",
    limit=25,
    limit_reset="monthly",
    workspace_id=workspace.id,
)

safe = openrouter.Guardrail(
    "safe",
    limit_usd=5,  # for each assigned key
    reset_interval="daily",
    allowed_models=["openai/gpt-4o-mini"],
    workspace_id=workspace.id,
)

openrouter.GuardrailAssignments("safe", guardrail_id=safe.id, key_hashes=[ci.id])

pulumi.export("key", ci.key)  # a secret
