// Asks whether this server has accounts: then the route of the login refuses a GET with 405. This is a worker, since a
// browser writes an error into the console of a page for each such answer, and a server without accounts is no error.

const LIMIT_MS = 5_000;
const options = { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(LIMIT_MS) };
const answer = await fetch("/auth/login", options).catch(() => null);
postMessage(answer?.status === 405);
