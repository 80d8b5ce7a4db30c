// Calls of the interface: one door for reading, one for what changes something.
import { learn } from "./clock.js";
import { asked, NoAnswer, Refused } from "./refused.js";
import { signedHeaders } from "./signing.js";

const JSON_TYPE = "application/json";
const PATIENCE = 30_000;

export class Calls {
  #terminal;
  #access;

  constructor(terminal, access) {
    this.#terminal = terminal;
    this.#access = access;
  }

  // Throws Refused, or NoAnswer.
  async read(target) {
    return this.#twice(async (token) => {
      const headers = { authorization: `Bearer ${token}`, accept: JSON_TYPE };
      return asked(target, { headers, signal: AbortSignal.timeout(PATIENCE) });
    });
  }

  async send({ target, body, key }) {
    return this.#twice(async (token) => {
      const request = { method: "POST", target, body, token, idempotencyKey: key };
      const headers = await signedHeaders(this.#terminal, request);
      if (body) headers["content-type"] = JSON_TYPE;
      const signal = AbortSignal.timeout(PATIENCE);
      return asked(target, { method: "POST", headers, body: body || undefined, signal });
    });
  }

  // A token may end between two clocks: one that is refused is replaced once.
  async #twice(ask) {
    for (const last of [false, true]) {
      const answer = await ask(await this.#access.token());
      learn(answer);
      // what lies between may answer without JSON
      const told = await answer.json().catch(() => null);
      if (answer.ok && told) return told;
      if (answer.ok) throw new NoAnswer("cut short");
      if (told?.code !== "TOKEN_INVALID" || last) throw new Refused(answer, told);
      this.#access.forget();
    }
  }
}
