// The interface, asked with the session's cookie and the proof that this page carries.
export class Refused extends Error {
  constructor(status, code, retryAfter) {
    super(code);
    Object.assign(this, { status, code, retryAfter });
  }
}

class Unreachable extends Error {}

const proof = () => document.querySelector("input[name=csrf]")?.value ?? "";

async function asked(path, given) {
  try {
    return await fetch(path, given);
  } catch {
    throw new Unreachable(path);
  }
}

export async function send(method, path, body) {
  const answer = await asked(path, {
    method,
    headers: {
      accept: "application/json",
      "x-csrf-token": proof(),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    body: body && JSON.stringify(body),
  });
  if (answer.redirected) throw new Refused(401, "TOKEN_INVALID", 0); // to where one signs in
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Refused(answer.status, told.code ?? "", Number(answer.headers.get("retry-after")) || 0);
}

export const isOffline = (fault) => fault instanceof Unreachable;

export const isSignedOut = (fault) => fault instanceof Refused && fault.status === 401;
