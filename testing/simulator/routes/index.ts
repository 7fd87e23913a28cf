import type { Route } from "../route";
import { accountRoutes } from "./account";
import { analyticsRoutes } from "./analytics";
import { assignmentRoutes } from "./assignments";
import { generationRoutes } from "./generations";
import { guardrailRoutes } from "./guardrails";
import { keyRoutes } from "./keys";
import { modelRoutes } from "./models";
import { oauthRoutes } from "./oauth";
import { presetRoutes } from "./presets";
import { providerRoutes } from "./providers";
import { workspaceRoutes } from "./workspaces";

export const routes: readonly Route[] = [
  ...keyRoutes,
  ...guardrailRoutes,
  ...assignmentRoutes,
  ...workspaceRoutes,
  ...modelRoutes,
  ...accountRoutes,
  ...analyticsRoutes,
  ...providerRoutes,
  ...presetRoutes,
  ...oauthRoutes,
  ...generationRoutes,
];
