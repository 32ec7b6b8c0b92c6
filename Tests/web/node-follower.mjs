// A program of a user of the library in Node, which node.test.mjs runs as a process of its own: what ends a process is
// seen only there. Arguments: the address, and `ws` or `own`, the WebSocket to use. It tells what it hears, one JSON
// object a line, and ends when its input does.

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
