// The decisions about accounts, apart from the page: what its forms ask for, what the answers mean for them, and what a
// link from a mail wants. No DOM, no requests.

/** What a form sends, by its kind. A login takes a name or an address in one field. */
export function requestOf(kind, { username = "", password = "", email = "", name = "" }) {
    const [user, address, shown] = [username.trim(), email.trim(), name.trim()];
    switch (kind) {
    case "login": return user.includes("@") ? { email: user, password } : { username: user, password };
    case "signup": return {
        username: user, password, ...(address !== "" && { email: address }), ...(shown !== "" && { name: shown }),
    };
    case "forgot": return { email: address };
    default: return { password };
    }
}

const NEEDED = {
    login: ["username", "password"], signup: ["username", "password"], forgot: ["email"], reset: ["password"],
};

/** The problems that need no server: `{fields, message}`, by the names of the fields. Null if there are none. */
export function missingIn(kind, values) {
    const missing = NEEDED[kind].filter((name) => (values[name] ?? "").trim() === "");
    if (missing.length === 0) return null;
    return { fields: Object.fromEntries(missing.map((name) => [name, "Fill this in."])), message: "" };
}

/**
 * What an answer means for a form: the sentence for each of its fields (`known`) that is at fault, and one for all that
 * has no field.
 */
export function problemsOf(kind, error, known) {
    const { code = null, status = null, retryAfterMs = null, details = [] } = error;
    if (code === "taken" && known.includes("username")) {
        return { fields: { username: "This name is taken." }, message: "" };
    }
    if (details.length > 0) {
        // The field of a login takes both.
        const place = (field) => field === "email" && !known.includes(field) ? "username" : field;
        const [own, other] = [[], []];
        for (const { field, reason } of details) {
            (known.includes(place(field)) ? own : other).push([place(field), reason]);
        }
        return {
            fields: Object.fromEntries(own.reverse().map(([field, reason]) => [field, sentence(reason)])),
            message: other.map(([field, reason]) => `${field} ${reason}.`).join(" "),
        };
    }
    return { fields: {}, message: wordsFor(kind, code, status, retryAfterMs, error.message) };
}

function wordsFor(kind, code, status, retryAfterMs, message) {
    switch (code) {
    case "invalid_credentials": return "The name or the password is not right.";
    case "forbidden": return kind === "login" ? "This account is blocked." : "This is not allowed.";
    case "unauthorized": return "This link has expired, or was used already.";
    case "rate_limited": return `Too many attempts. Try again ${waitText(retryAfterMs)}.`;
    case "mail_not_configured": return "This server sends no mail. Ask the people who run it for a new password.";
    default: break;
    }
    if (status === null) return "The server cannot be reached. Check the network and try again.";
    return status >= 500 ? "The server cannot do this at the moment. Try again soon." : message;
}

/** A wait in words; null if nobody knows how long. */
function waitText(ms) {
    if (ms === null) return "later";
    const seconds = Math.max(1, Math.ceil(ms / 1000));
    if (seconds < 60) return `in ${seconds} s`;
    return `in ${Math.ceil(seconds / 60)} min`;
}

const sentence = (reason) => `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;

/** What a link from a mail wants: `{kind, token}`, or null if the fragment of the address is not one of those. */
export function linkOf(fragment) {
    const found = /^#(verify|reset)=([\w-]{1,128})$/.exec(fragment);
    return found && { kind: found[1], token: found[2] };
}

/** The name by which a user is shown. */
export function shownName({ name, username, id }) {
    const isText = (value) => typeof value === "string" && value.trim() !== "";
    return [name, username].find(isText) ?? id;
}

/** The user's own entry among those of an answer or of the top; null if there is none. */
export function placeOf(userID, entries) {
    const entry = Array.isArray(entries) ? entries.find((it) => it?.user_id === userID) : undefined;
    const isPlace = Number.isFinite(entry?.rank) && Number.isFinite(entry?.score);
    return isPlace ? { rank: entry.rank, score: entry.score } : null;
}
