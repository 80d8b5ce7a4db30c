// A problem that the server answered.
export class Refused extends Error {
  constructor(answer, told) {
    super(told?.code ?? `status ${answer.status}`);
    this.status = answer.status;
    this.code = told?.code ?? (answer.status < 500 ? `HTTP ${answer.status}` : "INTERNAL");
    this.told = told ?? {};
    this.wait = Number(answer.headers.get("retry-after")) || 0;
  }

  // Whether nothing was or will be done: only then may the number of an intent be given up.
  get definite() {
    const undecided = ["IDEMPOTENCY_IN_PROGRESS", "REQUEST_TIMEOUT"];
    return this.status < 500 && !undecided.includes(this.code);
  }
}

// No answer came: whether the server did anything is not known.
export class NoAnswer extends Error {}

// fetch, with whatever keeps an answer away told apart from a fault of ours.
export async function asked(target, options) {
  try {
    return await fetch(target, { credentials: "omit", ...options });
  } catch (cause) {
    throw new NoAnswer("no answer", { cause });
  }
}
