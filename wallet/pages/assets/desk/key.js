// The terminal's key: made here, never exportable, used through WebCrypto alone.
import { framed, utf8 } from "./bytes.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

export const makeKey = () => crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);

// r and s, 32 bytes each: what the server takes and WebCrypto gives.
export async function sign(key, bytes) {
  return new Uint8Array(await crypto.subtle.sign(SIGNING, key, bytes));
}

export async function publicJwk(key) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y };
}

export async function enrolmentProof(pair, token) {
  const der = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const domain = utf8("fusion-wallet terminal enrolment v1");
  return sign(pair.privateKey, framed([domain, utf8(token), der]));
}
