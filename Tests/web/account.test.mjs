import assert from "node:assert/strict";
import { test } from "node:test";

import { linkOf, missingIn, placeOf, problemsOf, requestOf, shownName } from "../../web/account-state.js";

const KNOWN = ["username", "password", "email", "name"];

test("a login by a name or an address, and a sign-up with what was filled in", () => {
    const password = " with spaces ";
    assert.deepEqual(requestOf("login", { username: " Ayo ", password }), { username: "Ayo", password });
    assert.deepEqual(requestOf("login", { username: "a@example.org", password }), { email: "a@example.org", password });
    const signup = { username: "Ayo", password, email: " ", name: "" };
    assert.deepEqual(requestOf("signup", signup), { username: "Ayo", password });
    assert.deepEqual(requestOf("signup", { ...signup, email: "a@example.org", name: "Ayọ̀" }),
        { username: "Ayo", password, email: "a@example.org", name: "Ayọ̀" });
    assert.deepEqual(requestOf("forgot", { email: " a@example.org" }), { email: "a@example.org" });
    assert.deepEqual(requestOf("reset", { password }), { password });
});

test("empty fields are named before anything is sent", () => {
    assert.deepEqual(Object.keys(missingIn("login", { username: " ", password: "" }).fields), ["username", "password"]);
    assert.equal(missingIn("signup", { username: "a", password: "b", email: "" }), null);
    assert.deepEqual(Object.keys(missingIn("forgot", {}).fields), ["email"]);
});

test("a problem is shown next to its field, or for the form", () => {
    const details = [{ field: "password", reason: "is too short" }, { field: "token", reason: "is required" }];
    assert.deepEqual(problemsOf("signup", { code: "invalid_input", details }, KNOWN),
        { fields: { password: "Is too short." }, message: "token is required." });
    assert.deepEqual(problemsOf("login", { details: [{ field: "email", reason: "is odd" }] }, ["username", "password"]),
        { fields: { username: "Is odd." }, message: "" });
    assert.deepEqual(problemsOf("signup", { code: "taken", status: 409 }, KNOWN).fields,
        { username: "This name is taken." });
    const words = (error, kind = "login") => problemsOf(kind, { message: "Hm.", ...error }, KNOWN).message;
    assert.match(words({ code: "invalid_credentials", status: 401 }), /not right/);
    assert.match(words({ code: "rate_limited", status: 429, retryAfterMs: 1500 }), /in 2 s/);
    assert.match(words({ code: "rate_limited", status: 429, retryAfterMs: 900_000 }), /in 15 min/);
    assert.match(words({ code: "rate_limited", status: 429 }), /later/);
    assert.match(words({ code: "unauthorized", status: 401 }, "reset"), /expired/);
    assert.match(words({ code: "forbidden", status: 403 }), /blocked/);
    assert.match(words({ code: "mail_not_configured", status: 503 }), /no mail/);
    assert.match(words({ code: "unavailable", status: 503 }), /moment/);
    assert.match(words({}), /cannot be reached/);
    assert.equal(words({ code: "odd", status: 418 }), "Hm.");
});

test("only the links of mails are followed", () => {
    assert.deepEqual(linkOf("#verify=scm_a-b_9"), { kind: "verify", token: "scm_a-b_9" });
    assert.deepEqual(linkOf("#reset=x"), { kind: "reset", token: "x" });
    for (const other of ["", "#", "#reset=", "#reset=a&b", "#top", "#reset=<b>", `#verify=${"a".repeat(129)}`]) {
        assert.equal(linkOf(other), null);
    }
});

test("a user has a name and a place", () => {
    assert.equal(shownName({ name: "Ayọ̀", username: "ayo", id: "usr_1" }), "Ayọ̀");
    assert.equal(shownName({ name: " ", username: "ayo", id: "usr_1" }), "ayo");
    assert.equal(shownName({ id: "usr_1" }), "usr_1");
    assert.deepEqual(placeOf("b", [{ rank: 1, user_id: "a", score: 9 }, { rank: 2, user_id: "b", score: 7 }]),
        { rank: 2, score: 7 });
    for (const entries of [[], undefined, "x", [null], [{ user_id: "b", rank: "1", score: 2 }]]) {
        assert.equal(placeOf("b", entries), null);
    }
});
