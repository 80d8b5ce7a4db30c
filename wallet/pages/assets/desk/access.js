// Tokens by private_key_jwt (RFC 7523), renewed before they end.
import { base64url, random, utf8 } from "./bytes.js";
import { learn, seconds } from "./clock.js";
import { sign } from "./key.js";
import { asked, Refused } from "./refused.js";

const PATH = "/oauth/token";
const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const RENEW_BEFORE = 60;

export class Access {
  #terminal;
  #token = "";
  #until = 0;
  #asking = null;

  constructor(terminal) {
    this.#terminal = terminal;
  }

  // Throws Refused when the server gives none, NoAnswer when it cannot be reached.
  async token() {
    if (seconds() < this.#until - RENEW_BEFORE) return this.#token;
    this.#asking ??= this.#renew().finally(() => (this.#asking = null));
    await this.#asking;
    return this.#token;
  }

  forget() {
    this.#until = 0;
  }

  async #renew() {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: TYPE,
      client_assertion: await this.#assertion(),
      scope: this.#terminal.scope,
    });
    const answer = await asked(PATH, { method: "POST", body: form });
    learn(answer);
    const told = await answer.json().catch(() => null);
    if (!answer.ok || !told) throw new Refused(answer, told);
    this.#token = told.access_token;
    this.#until = seconds() + told.expires_in;
  }

  async #assertion() {
    const now = seconds();
    const claims = {
      iss: this.#terminal.id,
      sub: this.#terminal.id,
      aud: location.origin + PATH,
      iat: now,
      exp: now + 120,
      jti: random(18),
    };
    const parts = [{ alg: "ES256", typ: "JWT" }, claims];
    const text = parts.map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
    return `${text}.${base64url(await sign(this.#terminal.key, utf8(text)))}`;
  }
}
