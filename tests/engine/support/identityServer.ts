import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Simulator } from "../../../sdk/testing";

export interface IdentityServer {
  url: string;
  /** Exchanges that were asked for. */
  exchanges: URLSearchParams[];
  close(): void;
}

/** In front of a simulator: exchanges one subject token, and takes the access token in place of the management key. */
export async function startIdentityServer(
  { url, managementKey }: Simulator,
  trusted: { policyId: string; subjectToken: string; accessToken: string },
): Promise<IdentityServer> {
  const exchanges: URLSearchParams[] = [];
  function exchange(form: URLSearchParams): [number, object] {
    exchanges.push(form);
    const isTrusted =
      form.get("federation_policy_id") === trusted.policyId && form.get("subject_token") === trusted.subjectToken;
    if (!isTrusted) return [400, { error: "invalid_grant", error_description: "The subject token was rejected" }];
    return [200, { access_token: trusted.accessToken, expires_in: 900, scope: "management", token_type: "Bearer" }];
  }

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/oauth/token") {
      const [status, json] = exchange(new URLSearchParams(body));
      response.writeHead(status).end(JSON.stringify(json));
      return;
    }
    const isAuthorized = request.headers.authorization === `Bearer ${trusted.accessToken}`;
    const answer = await fetch(`${url}${request.url}`, {
      method: request.method ?? "GET",
      headers: {
        authorization: `Bearer ${isAuthorized ? managementKey : "unknown"}`,
        "content-type": request.headers["content-type"] ?? "application/json",
      },
      ...(body ? { body } : {}),
    });
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
