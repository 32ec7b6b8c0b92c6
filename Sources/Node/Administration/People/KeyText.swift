import Basics
import StrictJSON

/// A node's answers about API keys, as text for people. Pure.
public enum KeyText {
    /// A table of `GET /api-keys`; nil if the text is something else.
    public static func list(_ json: String) -> String? {
        TextTable.list(
            json, "api_keys", columns: ["id", "name", "role", "created_by", "created_at", "expires_at", "scopes"],
            empty: "There are no API keys.")
    }

    /// The key in the answer to its making, and a sentence about it; nil if the text is something else.
    public static func made(_ json: String) -> (key: String, note: String)? {
        guard let answer = TextTable.value(json), let key = answer["key"]?.string, let id = answer["id"]?.string else {
            return nil
        }
        let end = answer["expires_at"]?.string.map { "until \($0.onOneLine)" } ?? "until it is revoked"
        return (
            key,
            "Made the key \(id.onOneLine), role \(TextTable.cell(answer["role"])), valid \(end). It is shown only now."
        )
    }

    /// The body of a request for a key.
    ///
    /// - Parameter scopes: each perhaps several with commas between them; none for all of the role.
    public static func body(name: String, role: String, scopes: [String], expiresAt: String?) -> [UInt8] {
        var object = JSONObject()
        object["name"] = .string(name)
        object["role"] = .string(role)
        let names = scopes.flatMap { $0.split(separator: ",").map { $0.trimmed() } }
        if !names.isEmpty { object["scopes"] = .array(names.map { .string($0) }) }
        if let expiresAt { object["expires_at"] = .string(expiresAt) }
        return UserText.encoded(object)
    }

    /// The time after a lifetime that begins now, as requests have it.
    public static func end(afterMilliseconds lifetime: Int64) -> String {
        Timestamp.text(milliseconds: WallClock.milliseconds() + lifetime)
    }

    /// Whether a word can be the id of a key: 16 hexadecimal digits. The text of a key cannot.
    public static func isID(_ word: String) -> Bool {
        word.utf8.count == 16 && word.utf8.allSatisfy { Hexadecimal.value(ofDigit: $0) != nil }
    }
}
