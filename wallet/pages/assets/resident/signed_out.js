// Whoever signed out leaves nothing behind.
import { dropPage } from "./installing.js";
import { forget } from "./store.js";

await forget();
await dropPage();
document.documentElement.dataset.forgotten = "yes";
