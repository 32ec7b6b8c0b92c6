import Basics
import CLibPQ

/// A connection URL, parsed by libpq itself, so that both sides read it the same way.
struct ConnectionURL: Sendable, CustomStringConvertible, CustomReflectable {
    /// A sentence that says what is wrong, without any part of the URL that might be the password.
    struct Problem: Error {
        let message: String
    }

    /// The settings of the URL, by libpq's keyword (PostgreSQL 34.1.2).
    let options: [String: String]

    private static let form = "expected postgresql://user:password@host:5432/database"

    static func parse(_ url: String) -> Result<ConnectionURL, Problem> {
        // libpq would take anything else for its "key=value" form.
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            return .failure(Problem(message: "The Postgres URL has another scheme: \(form)."))
        }
        guard !url.utf8.contains(0) else {
            return .failure(Problem(message: "The Postgres URL holds a NUL character: \(form)."))
        }
        var complaint: UnsafeMutablePointer<CChar>?
        guard let list = PQconninfoParse(url, &complaint) else {
            let text = complaint.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(complaint)
            return .failure(Problem(message: "The Postgres URL cannot be read: \(withoutQuotes(text)): \(form)."))
        }
        defer { PQconninfoFree(list) }
        var options: [String: String] = [:]
        var entry = list
        while let keyword = entry.pointee.keyword {
            if let value = entry.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            entry += 1
        }
        return .success(ConnectionURL(options: options))
    }

    /// libpq's complaint up to its first quotation from the URL, which may be a piece of the password.
    private static func withoutQuotes(_ complaint: String) -> String {
        // `"="` and `"]"` are quoted too, as what libpq missed; those are its own words.
        let plain = complaint.replacing("\"=\"", with: "=").replacing("\"]\"", with: "]")
        let head = plain.prefix { $0 != "\"" }
        return String(head).withoutPadding
    }

    /// Shows only settings that never hold a secret.
    var description: String {
        let shown = ["host", "hostaddr", "port", "dbname", "user", "sslmode"]
        return shown.compactMap { key in options[key].map { "\(key)=\($0)" } }.joined(separator: " ")
    }

    var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
    /// Without white space, and without the colons that libpq puts before a quotation, at both ends.
    var withoutPadding: String { trimmed { $0.isWhitespace || $0 == ":" } }
}
