import { createRequire } from "node:module";

/** The package `ws`: from npm if it is there, else as Debian and Ubuntu install it (`node-ws`). */
export function webSocketPackage() {
    const require = createRequire(import.meta.url);
    try {
        return require("ws");
    } catch {
        return require("/usr/share/nodejs/ws");
    }
}
