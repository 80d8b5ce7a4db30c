// A sign-in provider on loopback: told its clients and accounts on the first line of its input,
// says its address on the first line of its output, and ends when its input does.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

const input = createInterface({ input: process.stdin });
input.once("close", () => process.exit(0));
const [line] = await new Promise((told) => input.once("line", (...lines) => told(lines)));
const { clients, accounts } = JSON.parse(line);

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "one" }] },
  claims: {
    openid: ["sub", "acr", "amr"],
    profile: ["name"],
    identity: ["document_type", "document_number", "phone_number"],
  },
  scopes: ["openid", "profile", "identity"],
  acrValues: ["urn:example:mfa"],
  cookies: { keys: ["a key of a test"] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) =>
    accounts[sub] && { accountId: sub, claims: () => ({ sub, ...accounts[sub] }) },
  // nobody is asked for consent: whoever signs in grants what was asked for
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile identity");
    await grant.save();
    return grant;
  },
});

const callback = provider.callback();

// POST /interaction/<uid>?account=<sub>&amr=<words>&acr=<word> signs in, ?error=<word> does not
async function interact(request, response, asked) {
  const error = asked.searchParams.get("error");
  const result = error
    ? { error }
    : {
        login: {
          accountId: asked.searchParams.get("account"),
          amr: asked.searchParams.get("amr")?.split(" "),
          acr: asked.searchParams.get("acr") ?? undefined,
        },
      };
  await provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: false,
  });
}

// for whoever comes with a browser: a button for each account, every factor shown
function show(response) {
  const strong = "amr=pwd+otp&acr=urn%3Aexample%3Amfa";
  const forms = Object.keys(accounts).map(
    (sub) => `<form method="post" action="?account=${sub}&${strong}"><button>${sub}</button></form>`,
  );
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Provider</title>${forms.join("")}`);
}

server.on("request", (request, response) => {
  const asked = new URL(request.url, issuer);
  if (asked.pathname.startsWith("/interaction/")) {
    if (request.method !== "POST") {
      show(response);
      return;
    }
    interact(request, response, asked).catch((fault) => {
      response.statusCode = 500;
      response.end(String(fault));
    });
    return;
  }
  callback(request, response);
});

console.log(issuer);
