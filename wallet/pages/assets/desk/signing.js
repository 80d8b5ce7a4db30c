// Signs a request as RFC 9421 wants it (docs/settlement.md, openapi: Signature-Input).
import { base64, random, sha256, utf8 } from "./bytes.js";
import { seconds } from "./clock.js";
import { sign } from "./key.js";

const COVERED = ["@method", "@target-uri", "content-digest", "authorization", "idempotency-key"];
const QUOTED = COVERED.map((name) => `"${name}"`).join(" ");

export async function signedHeaders(terminal, { method, target, body, token, idempotencyKey }) {
  const digest = `sha-256=:${base64(await sha256(utf8(body)))}:`;
  const authorization = `Bearer ${token}`;
  const values = [method, location.origin + target, digest, authorization, idempotencyKey];
  const parameters =
    `(${QUOTED});created=${seconds()};keyid="${terminal.id}";alg="ecdsa-p256-sha256"` +
    `;nonce="${random(18)}";tag="fusion-wallet"`;
  const lines = COVERED.map((name, place) => `"${name}": ${values[place]}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join("\n");
  const signature = await sign(terminal.key, utf8(base));
  return {
    authorization,
    "content-digest": digest,
    "idempotency-key": idempotencyKey,
    signature: `fusion=:${base64(signature)}:`,
    "signature-input": `fusion=${parameters}`,
  };
}
