// What happens to the code, pushed while the page is looked at, else asked for.
const ASK_EVERY = 5_000;
// the server says the time every fifteen seconds
const SILENT_MS = 40_000;

export function live({ seen, news, time, keys, reached, over }) {
  let source = null;
  let asking = 0;
  let silent = 0;

  function tell(html) {
    const told = new DOMParser().parseFromString(html, "text/html").querySelector("[data-news]");
    if (!told || told.dataset.news === seen) return;
    seen = told.dataset.news;
    news(told);
  }

  async function ask() {
    try {
      const answer = await fetch(`/code/news?seen=${seen}`);
      reached(true);
      if (answer.redirected) return end();
      if (answer.status === 200) tell(await answer.text());
      const accepted = await fetch("/code/keys");
      if (accepted.ok) keys(await accepted.text());
    } catch {
      reached(false);
    }
  }

  function end() {
    close();
    over();
  }

  // A stream may be cut without a word, while a phone sleeps; some networks let none through.
  function listen(next) {
    clearTimeout(silent);
    silent = setTimeout(next, SILENT_MS);
  }

  function askInstead() {
    close();
    asking = setInterval(ask, ASK_EVERY);
    ask();
  }

  function close() {
    clearTimeout(silent);
    source?.close();
    source = null;
    clearInterval(asking);
    asking = 0;
  }

  function open() {
    close();
    source = new EventSource(`/code/events?seen=${seen}`);
    listen(askInstead);
    source.addEventListener("open", () => {
      listen(askInstead);
      reached(true);
    });
    source.addEventListener("news", (event) => tell(event.data));
    source.addEventListener("time", (event) => {
      listen(open);
      time(Number(event.data));
    });
    source.addEventListener("keys", (event) => keys(event.data));
    source.addEventListener("over", end);
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) {
        clearTimeout(silent); // the browser tries again by itself
        return reached(false);
      }
      // there is no room for another connection, or nobody is signed in; asking tells which
      askInstead();
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") open();
    else close();
  });
  addEventListener("pagehide", close);
  open();
}
