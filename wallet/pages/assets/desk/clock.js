// The time that signatures carry: the server's, as its answers tell it.
let ahead = 0;

export const seconds = () => Math.floor((Date.now() + ahead) / 1000);
export const offBySeconds = () => Math.round(ahead / 1000);

export function learn(answer) {
  const told = Date.parse(answer.headers.get("date") ?? "");
  // the header has whole seconds; less than two is no difference
  if (!Number.isNaN(told)) ahead = Math.abs(told - Date.now()) < 2000 ? 0 : told - Date.now();
}
