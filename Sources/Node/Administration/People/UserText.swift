import Basics
import StrictJSON

/// A node's answers about users, as text for people. Pure.
public enum UserText {
    /// A table of `GET /users`; nil if the text is something else.
    public static func list(_ json: String) -> String? {
        TextTable.list(
            json, "users", columns: ["id", "username", "name", "role", "email", "created_at", "banned_at"],
            empty: "There are no such users.")
    }

    /// A sentence about one user, such as the one after a ban; nil if the text is something else.
    ///
    /// - Parameter verb: what was done, such as `Banned`.
    public static func done(_ verb: String, _ json: String) -> String? {
        guard let user = TextTable.value(json), let id = user["id"]?.string, let name = user["username"]?.string
        else { return nil }
        return "\(verb) \(name.onOneLine) (\(id.onOneLine)), role \(TextTable.cell(user["role"]))."
    }

    /// The id of the user with a username in `GET /users`, without case; nil if it is not there.
    public static func id(of username: String, in json: String) -> String? {
        let users = TextTable.value(json)?["users"]?.array ?? []
        return users.first { $0["username"]?.string?.lowercased() == username.lowercased() }?["id"]?.string
    }

    /// Whether a word is the id of an account, and not a username, which is never that long.
    public static func isID(_ word: String) -> Bool {
        word.hasPrefix("usr_") && word.utf8.count == 26 && word.utf8.allSatisfy { $0.isIDByte }
    }

    /// The reason and the remedy of a refusal.
    public static func refusal(status: Int, body: String) -> String {
        RefusalText.text(status: status, body: body) { status, code in
            switch (status, code) {
            case (_, "taken"): "'scorecast users list --query NAME' shows who has it."
            case (_, "unknown_user"): "'scorecast users list' shows the users."
            case (403, _):
                "Users and keys are managed with a token of the role admin: scorecast token --sub ops --role admin."
            case (404, _): "There are no users at this address. Is it a node with the role accounts?"
            default: nil
            }
        }
    }

    /// The body of a registration.
    public static func registration(username: String, password: String, email: String?, name: String?) -> [UInt8] {
        body([("username", username), ("password", password), ("email", email), ("name", name)])
    }

    /// A JSON object of those members that have a value.
    public static func body(_ members: [(name: String, value: String?)]) -> [UInt8] {
        var object = JSONObject()
        for (name, value) in members { if let value { object[name] = .string(value) } }
        return encoded(object)
    }

    /// The parts of the answer to a registration: the user as JSON, the user's id, and the token that ends the session;
    /// nil if the text is something else.
    public static func registered(_ json: String) -> (user: String, id: String, token: String)? {
        guard let answer = TextTable.value(json), let user = answer["user"]?.object, let id = user["id"]?.string,
            let token = answer["access_token"]?.string
        else { return nil }
        return (String(decoding: encoded(user), as: UTF8.self), id, token)
    }

    static func encoded(_ object: JSONObject) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { $0.value(.object(object)) }
        return bytes
    }
}
