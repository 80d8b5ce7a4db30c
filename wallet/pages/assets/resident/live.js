// What happens to the code, pushed while the page is looked at, else asked for.
const ASK_EVERY = 5_000;

export function live({ seen, news, time, keys, reached, over }) {
  let source = null;
  let asking = 0;

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

  function close() {
    source?.close();
    source = null;
    clearInterval(asking);
    asking = 0;
  }

  function open() {
    close();
    source = new EventSource(`/code/events?seen=${seen}`);
    source.addEventListener("open", () => reached(true));
    source.addEventListener("news", (event) => tell(event.data));
    source.addEventListener("time", (event) => time(Number(event.data)));
    source.addEventListener("keys", (event) => keys(event.data));
    source.addEventListener("over", end);
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return reached(false);
      // there is no room for another connection, or nobody is signed in; asking tells which
      source = null;
      asking ||= setInterval(ask, ASK_EVERY);
      ask();
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") open();
    else close();
  });
  addEventListener("pagehide", close);
  open();
}
