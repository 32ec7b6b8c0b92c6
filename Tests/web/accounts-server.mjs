// A server with the routes of accounts, for tests of their clients: it keeps everything in memory, and says what was
// asked of it. `node Tests/web/accounts-server.mjs PORT UPSTREAM SECRET` also serves web/, and hands everything else to
// a node at the port UPSTREAM. Without a SECRET, by which it signs its tokens, it has no accounts.

import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";
import { pathToFileURL } from "node:url";

const TYPES = {
    html: "text/html; charset=utf-8", css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8",
};
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const MESSAGES = {
    taken: [409, "This name is taken."], invalid_credentials: [401, "Wrong name or password."],
    unauthorized: [401, "A valid token is needed."], forbidden: [403, "This is not allowed."],
    invalid_input: [400, "Invalid input data or missing required fields."], not_found: [404, "There is no such route."],
    unavailable: [503, "Not at the moment."], rate_limited: [429, "Too many tries."],
    method_not_allowed: [405, "Not by this method."],
    mail_not_configured: [503, "This server sends no mail."],
};
const token = (prefix) => prefix + randomBytes(32).toString("base64url");

/** An answer that refuses; the code decides the status. */
export class Refusal extends Error {
    constructor(code, more = {}, headers = {}) {
        super(code);
        Object.assign(this, { code, more, headers });
    }
}

export class AccountsServer {
    /** The requests so far: `POST /auth/refresh`, with the body and the token. */
    requests = [];
    /** By `POST /auth/refresh`: called before the route; may throw, wait, or return "drop" to break the connection. */
    before = new Map();
    lifeSeconds = 900;
    hasAccounts = true;
    secret = "secret-of-the-tests-secret-of-the-tests";
    users = new Map();
    refreshTokens = new Map();
    sessions = new Map();
    #failures = new Map();
    #server = createServer((request, response) => this.#serve(request, response));

    async listen(port = 0) {
        await new Promise((done) => this.#server.listen(port, "127.0.0.1", done));
        this.base = `http://127.0.0.1:${this.#server.address().port}`;
        return this;
    }

    close() {
        this.#server.closeAllConnections();
        return new Promise((done) => this.#server.close(done));
    }

    count(route) { return this.requests.filter((it) => it.route === route).length; }

    /** Serves the page too, and hands the rest to a node. */
    proxy(port) {
        this.upstream = port;
        this.#server.on("upgrade", (request, socket, head) => {
            const lines = [`${request.method} ${request.url} HTTP/1.1`];
            for (let i = 0; i < request.rawHeaders.length; i += 2) {
                // The node checks that a page comes from its own address.
                const [name, value] = request.rawHeaders.slice(i, i + 2);
                const isOwn = /^(host|origin)$/i.test(name);
                lines.push(`${name}: ${isOwn ? value.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`) : value}`);
            }
            const other = connect(port, "127.0.0.1", () => {
                other.write(`${lines.join("\r\n")}\r\n\r\n`);
                other.write(head);
                socket.pipe(other).pipe(socket);
            });
            for (const end of [other, socket]) end.on("error", () => { other.destroy(); socket.destroy(); });
        });
    }

    async #serve(request, response) {
        const { pathname } = new URL(request.url, "http://here");
        const route = `${request.method} ${pathname.replace(/^\/api(?=\/)/, "")}`;
        const routes = this.hasAccounts ? this.#routes : {};
        const isOtherMethod = Object.keys(routes).some((it) => it.split(" ")[1] === route.split(" ")[1]);
        const handler = routes[route]
            ?? (isOtherMethod ? () => { throw new Refusal("method_not_allowed"); } : undefined);
        if (handler === undefined && this.upstream !== undefined) return await this.#pass(request, response, pathname);
        let text = "";
        for await (const piece of request) text += piece;
        const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? null;
        const entry = { route, body: text === "" ? null : JSON.parse(text), token: bearer };
        this.requests.push(entry);
        try {
            if (await this.before.get(route)?.(entry) === "drop") return response.destroy();
            if (handler === undefined) throw new Refusal("not_found");
            const [status, answer] = await handler(entry);
            this.#answer(response, status, answer);
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            const [status, message] = MESSAGES[error.code];
            const body = { status: "error", code: error.code, message, ...error.more };
            this.#answer(response, status, body, error.headers);
        }
    }

    #answer(response, status, body, headers = {}) {
        response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers });
        response.end(body === undefined ? "" : JSON.stringify(body));
    }

    async #pass(request, response, pathname) {
        const name = pathname === "/" ? "index.html" : pathname.slice(1);
        const type = TYPES[name.split(".").at(-1)];
        if (type !== undefined && /^[\w/-]+\.\w+$/.test(name)) {
            const file = await readFile(new URL(`../../web/${name}`, import.meta.url)).catch(() => null);
            response.writeHead(file ? 200 : 404, { "Content-Type": type, "Content-Security-Policy": CSP });
            return response.end(file ?? "");
        }
        const { method, url, headers } = request;
        const onward = ask({ port: this.upstream, method, path: url, headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.on("error", () => response.destroy());
        request.pipe(onward);
    }

    // MARK: Routes

    #routes = {
        "GET /.well-known/jwks.json": () => [200, { keys: [] }],
        "POST /auth/register": ({ body }) => {
            const problems = [];
            if (!/^[A-Za-z0-9_.-]{3,32}$/.test(body.username ?? "")) {
                problems.push({ field: "username", reason: "must be 3 to 32 characters of A-Z a-z 0-9 _ . -" });
            }
            const { length } = [...body.password ?? ""];
            if (length < 10 || length > 256) {
                problems.push({ field: "password", reason: "must be 10 to 256 characters" });
            } else if (body.password === "1234567890") {
                problems.push({ field: "password", reason: "is one of the most common passwords" });
            }
            if (problems.length > 0) throw new Refusal("invalid_input", { details: problems });
            const key = body.username.toLowerCase();
            if (this.users.has(key)) throw new Refusal("taken");
            const user = {
                id: `usr_${randomBytes(16).toString("base64url")}`, username: body.username, password: body.password,
                email: body.email ?? null, name: body.name ?? body.username, isBanned: false,
            };
            this.users.set(key, user);
            return [201, this.#begin(user)];
        },
        "POST /auth/login": ({ body }) => {
            const name = (body.username ?? body.email ?? "").toLowerCase();
            if ((this.#failures.get(name) ?? 0) >= 5) throw new Refusal("rate_limited", {}, { "Retry-After": "2" });
            const user = [...this.users.values()].find((it) =>
                it.username.toLowerCase() === body.username?.toLowerCase()
                || (body.email !== undefined && it.email === body.email));
            if (user?.password !== body.password) {
                this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
                throw new Refusal("invalid_credentials");
            }
            if (user.isBanned) throw new Refusal("forbidden");
            this.#failures.delete(name);
            return [200, this.#begin(user)];
        },
        "POST /auth/refresh": ({ body }) => {
            const known = this.refreshTokens.get(body.refresh_token);
            if (known === undefined || this.sessions.get(known.sid).isOver) throw new Refusal("unauthorized");
            const session = this.sessions.get(known.sid);
            if (known.isUsed) {
                session.isOver = true;
                throw new Refusal("unauthorized");
            }
            if (session.user.isBanned) throw new Refusal("forbidden");
            known.isUsed = true;
            return [200, this.#pair(known.sid)];
        },
        "POST /auth/logout": (entry) => {
            this.#session(entry).isOver = true;
            return [204];
        },
        "POST /auth/logout-all": (entry) => {
            const { user } = this.#session(entry);
            for (const session of this.sessions.values()) if (session.user === user) session.isOver = true;
            return [204];
        },
        "POST /auth/verify": ({ body }) => {
            if (body.token !== "scm_good") throw new Refusal("unauthorized");
            return [204];
        },
        "POST /auth/reset-request": () => [202],
        "POST /auth/reset": ({ body }) => {
            if (body.token !== "scm_good") throw new Refusal("unauthorized");
            if (body.password.length < 10) {
                const details = [{ field: "password", reason: "must be 10 to 256 characters" }];
                throw new Refusal("invalid_input", { details });
            }
            return [204];
        },
        "GET /users/me": (entry) => [200, this.#view(this.#session(entry).user)],
    };

    #begin(user) {
        const sid = randomBytes(16).toString("base64url");
        this.sessions.set(sid, { user, isOver: false });
        return { user: this.#view(user), ...this.#pair(sid) };
    }

    #view({ id, username, name, email }) {
        return {
            id, name, username, email, email_verified: false, avatar_url: null, created_at: "2026-11-27T10:00:00.000Z",
            role: "player", country: null, job: null, time_zone: null, preferences: {}, coins: 0, tokens: 0,
        };
    }

    #pair(sid) {
        const refresh = token("scr_");
        this.refreshTokens.set(refresh, { sid, isUsed: false });
        const now = Math.floor(Date.now() / 1000);
        const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
        const claims = { sub: this.sessions.get(sid).user.id, iss: "scorecast", role: "player", sid, iat: now };
        const jti = randomBytes(8).toString("hex");
        const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...claims, exp: now + this.lifeSeconds, jti })}`;
        const signature = createHmac("sha256", this.secret).update(text).digest("base64url");
        return { access_token: `${text}.${signature}`, refresh_token: refresh, expires_in: this.lifeSeconds };
    }

    #session({ token: access }) {
        const claims = JSON.parse(Buffer.from(access?.split(".")[1] ?? "", "base64url").toString() || "null");
        const session = this.sessions.get(claims?.sid);
        const isGood = session !== undefined && !session.isOver && claims.exp * 1000 > Date.now();
        if (!isGood) throw new Refusal("unauthorized");
        return session;
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    const [port, upstream, secret] = process.argv.slice(2);
    const server = new AccountsServer();
    if (secret === undefined) server.hasAccounts = false;
    else server.secret = secret;
    server.proxy(Number(upstream));
    await server.listen(Number(port));
}
