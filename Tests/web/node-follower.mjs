// A program that uses the library in Node. node.test.mjs runs it as a process of its own, since only that shows which
// errors end a process. Arguments: the address, and `ws` or `own`, the WebSocket to use. It prints each event as a JSON
// object on one line, and ends with its input.

import { follow } from "../../web/scorecast.js";
import { webSocketPackage } from "./ws-package.mjs";

const [url, kind] = process.argv.slice(2);
const say = (fact) => console.log(JSON.stringify(fact));
const follower = follow({
    url, ...(kind === "ws" ? { WebSocket: webSocketPackage() } : {}),
    onState: ({ version }) => say({ version }),
    onStatus: ({ phase, loss }) => say({ phase, reason: loss?.reason, refusal: loss?.refusal }),
    onError: ({ kind, final, message }) => say({ error: kind, final, message }),
});
process.stdin.on("data", (text) => `${text}`.includes("close") && follower.close());
process.stdin.on("end", () => process.exit(0));
