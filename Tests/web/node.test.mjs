// The library in Node, with the package `ws` and with Node's own WebSocket, on real sockets and as a process of its
// own: an error without a handler ends a process.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";

import { delta, score, snapshot } from "./world.mjs";
import { webSocketPackage } from "./ws-package.mjs";

const LIMIT_MS = 20_000;
const { WebSocketServer } = webSocketPackage();
const program = new URL("node-follower.mjs", import.meta.url).pathname;
// Node has a WebSocket of its own from 20.10 on, behind a flag until 22.
const [major] = process.versions.node.split(".").map(Number);
const kinds = major < 20 ? ["ws"] : ["ws", "own"];
const flags = typeof globalThis.WebSocket === "function" || major < 20 ? [] : ["--experimental-websocket"];

/** A follower in a process of its own, and all its output. */
class Program {
    facts = [];
    errors = "";
    #process;
    #rest = "";

    constructor(t, kind, port) {
        const node = [...(kind === "own" ? flags : []), program, `http://127.0.0.1:${port}`, kind];
        this.#process = spawn(process.execPath, node, { stdio: ["pipe", "pipe", "pipe"] });
        this.#process.stdout.on("data", (data) => {
            const lines = (this.#rest + data).split("\n");
            this.#rest = lines.pop();
            this.facts.push(...lines.map((line) => JSON.parse(line)));
        });
        this.#process.stderr.on("data", (data) => { this.errors += data; });
        t.after(() => this.#process.kill("SIGKILL"));
    }

    /** Waits until it has printed an event, after the first `from` events. Fails if the process ends first. */
    async tells(what, holds, from = 0) {
        const end = Date.now() + LIMIT_MS;
        while (!this.facts.slice(from).some(holds)) {
            assert.equal(this.#process.exitCode, null, `it has ended: ${this.errors}`);
            assert.ok(Date.now() < end, `not within ${LIMIT_MS} ms: ${what}; ${JSON.stringify(this.facts.slice(-5))}`);
            await new Promise((done) => setTimeout(done, 10));
        }
    }

    says(text) { this.#process.stdin.write(text); }

    /** Ends it, and checks that it ends without an error. */
    async ends() {
        this.#process.stdin.end();
        const [code] = this.#process.exitCode === null ? await once(this.#process, "exit") : [this.#process.exitCode];
        assert.equal(code, 0, this.errors);
        assert.doesNotMatch(this.errors, /error/i);
    }
}

/**
 * A gateway: it refuses every client with `refuse` (`{status, body}`), or sends a snapshot, and then the given
 * messages.
 */
class Gateway {
    refuse = null;
    handshakes = 0;
    #http;
    #sockets;

    async listen(port = 0) {
        this.#http = createServer((request, response) => this.#answer(response));
        this.#sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "scorecast.v1" });
        this.#http.on("upgrade", (request, socket, head) => {
            this.handshakes += 1;
            if (this.refuse === null) {
                this.#sockets.handleUpgrade(request, socket, head, (open) => {
                    if (!request.url.includes("resume=")) open.send(JSON.stringify(snapshot(5, [["a", 3]])));
                });
                return;
            }
            const { status, body } = this.refuse;
            const text = JSON.stringify(body);
            socket.end(`HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n`
                + `Connection: close\r\n\r\n${text}`);
        });
        this.#http.listen(port, "127.0.0.1");
        await once(this.#http, "listening");
        return this.#http.address().port;
    }

    #answer(response) {
        const { status, body } = this.refuse ?? { status: 200, body: {} };
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    }

    say(message) {
        for (const socket of this.#sockets.clients) socket.send(JSON.stringify(message));
    }

    ping() {
        for (const socket of this.#sockets.clients) socket.ping();
    }

    /** Ends like a killed process: without a close frame. */
    async die() {
        for (const socket of this.#sockets.clients) socket.terminate();
        this.#http.closeAllConnections();
        this.#http.close();
        await once(this.#http, "close");
    }
}

async function freePort() {
    const gateway = new Gateway();
    const port = await gateway.listen();
    await gateway.die();
    return port;
}

for (const kind of kinds) {
    test(`${kind}: a server that is not there is waited for, and found when it comes`, async (t) => {
        const port = await freePort();
        const follower = new Program(t, kind, port);
        for (const count of [1, 2, 3, 4]) {
            const isLoss = ({ phase }) => phase === "waiting";
            await follower.tells(`loss ${count}`, () => follower.facts.filter(isLoss).length >= count);
        }
        const losses = follower.facts.filter(({ phase }) => phase === "waiting");
        assert.ok(losses.every(({ reason }) => reason === "unreachable"));
        const gateway = new Gateway();
        await gateway.listen(port);
        t.after(() => gateway.die());
        await follower.tells("the top", ({ version }) => version === 5);
        await follower.ends();
    });

    test(`${kind}: a server that is killed and started again is found again, and goes on from the state`, async (t) => {
        const first = new Gateway();
        const port = await first.listen();
        const follower = new Program(t, kind, port);
        await follower.tells("the top", ({ version }) => version === 5);
        first.ping();
        first.say({ type: "stale", since: 1 });
        await follower.tells("stale", ({ phase }) => phase === "stale");
        first.say({ type: "current" });
        await follower.tells("live", ({ phase }) => phase === "live");
        await first.die();
        await follower.tells("the loss", ({ reason }) => reason === "closed");
        const seen = follower.facts.length;
        await follower.tells("a failed attempt", ({ reason }) => reason === "unreachable", seen);
        const second = new Gateway();
        await second.listen(port);
        t.after(() => second.die());
        await follower.tells("live again", ({ phase }) => phase === "live", seen);
        second.say(delta(5, 6, score("a", 1, 9)));
        await follower.tells("a delta", ({ version }) => version === 6);
        await follower.ends();
    });

    for (const status of [401, 403, 404, 503]) {
        test(`${kind}: a handshake that is refused with ${status} is told and tried again`, async (t) => {
            const gateway = new Gateway();
            gateway.refuse = { status, body: { status: "error", code: `code_${status}`, message: "Because." } };
            const port = await gateway.listen();
            t.after(() => gateway.die());
            const follower = new Program(t, kind, port);
            await follower.tells("why", ({ refusal }) => refusal?.status === status);
            const { refusal } = follower.facts.find((fact) => fact.refusal);
            assert.deepEqual(refusal, { status, code: `code_${status}`, message: "Because." });
            assert.ok(gateway.handshakes >= 3);
            gateway.refuse = null;
            await follower.tells("the top", ({ version }) => version === 5);
            await follower.ends();
        });
    }

    test(`${kind}: a connection that is closed while it is made, and a server that never answers`, async (t) => {
        // It takes the connection and the request, and does not answer.
        const mute = createServer(() => {});
        mute.on("upgrade", () => {});
        mute.listen(0, "127.0.0.1");
        await once(mute, "listening");
        t.after(() => mute.closeAllConnections());
        t.after(() => mute.close());
        const { port } = mute.address();
        const follower = new Program(t, kind, port);
        const closed = new Program(t, kind, port);
        await once(mute, "upgrade");
        closed.says("close");
        await closed.tells("the end", ({ phase }) => phase === "ended");
        await closed.ends();
        await follower.tells("the loss", ({ reason }) => reason === "timed_out");
        const isNext = ({ phase, reason }) => phase === "connecting" && reason === "timed_out";
        await follower.tells("the next attempt", isNext);
        await follower.ends();
    });

    test(`${kind}: an answer that is no HTTP, frames that are none, and messages that are none`, async (t) => {
        const noise = createServer();
        noise.on("connection", (socket) => socket.end("SSH-2.0-x\r\n"));
        noise.listen(0, "127.0.0.1");
        await once(noise, "listening");
        t.after(() => noise.close());
        const lost = new Program(t, kind, noise.address().port);
        await lost.tells("the loss", ({ phase }) => phase === "waiting");
        await lost.ends();

        const gateway = new Gateway();
        const port = await gateway.listen();
        t.after(() => gateway.die());
        const follower = new Program(t, kind, port);
        await follower.tells("the top", ({ version }) => version === 5);
        gateway.say([]);
        await follower.tells("the loss", ({ reason }) => reason === "broken");
        await follower.tells("live again", ({ phase, reason }) => phase === "live" && reason === undefined);
        await follower.ends();
    });
}

test("the port of a test is one where nobody listens", async () => {
    const socket = connect(await freePort(), "127.0.0.1");
    const [error] = await once(socket, "error");
    assert.equal(error.code, "ECONNREFUSED");
});
