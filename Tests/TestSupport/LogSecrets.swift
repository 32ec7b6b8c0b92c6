import Foundation
import Synchronization
import Testing

/// Looks for secrets in everything that the processes of the tests wrote to their logs.
///
/// `ScorecastProcess` calls it whenever one of its processes ends, so that the whole suite is the test.
public enum LogSecrets {
    private static let known = Mutex<Set<String>>([])

    /// Adds a text that no log may hold, such as a password that a test made up.
    public static func add(_ secret: String) { known.withLock { _ = $0.insert(secret) } }

    /// Records an issue for each secret that a log holds.
    ///
    /// - Parameters:
    ///   - log: the whole log.
    ///   - environment: the settings of the process, some of which are secrets.
    public static func check(_ log: String, environment: [String: String]) {
        for place in places(in: log, environment: environment) {
            Issue.record("A log holds a secret (\(place.kind)): …\(place.line)…")
        }
    }

    /// The secrets in a text: what each is, and its line without it.
    package static func places(in log: String, environment: [String: String]) -> [(kind: String, line: String)] {
        var secrets = known.withLock { $0.map { ("a secret of a test", $0) } }
        for (name, value) in environment { secrets += values(of: name, value).map { (name, $0) } }
        // Printed on purpose, for those who try the server without mail.
        let printsMail = environment["SCORECAST_MAIL_URL"] == "log:"
        var found: [(kind: String, line: String)] = []
        for line in log.split(separator: "\n") {
            for (kind, secret) in secrets where line.contains(secret) {
                found.append((kind, line.replacingOccurrences(of: secret, with: "***")))
            }
            for kind in credentials(in: line) where !(printsMail && kind == "scm_") { found.append((kind, "")) }
        }
        return found
    }

    /// The parts of a setting that are secret.
    private static func values(of name: String, _ value: String) -> [String] {
        if name.hasSuffix("_SECRET") { return [value] }
        if name.hasSuffix("_KEYS") {
            return value.split(separator: ",").compactMap {
                $0.split(separator: ":", maxSplits: 1).last.map(String.init)
            }
        }
        guard name.hasSuffix("_URL"), let password = URLComponents(string: value)?.password, password.count > 7 else {
            return []
        }
        return [password]
    }

    /// The credentials in a line that can be told by their form: keys, refresh tokens, tokens of mails, JSON Web Tokens
    /// and hashes of passwords.
    private static func credentials(in line: Substring) -> [String] {
        var found = ["sck_", "scr_", "scm_"].filter { prefix in
            line.ranges(of: prefix).contains { line[$0.upperBound...].prefix(while: isTokenLetter).count >= 32 }
        }
        let isToken = line.ranges(of: "eyJ").contains { start in
            let rest = line[start.upperBound...].drop(while: isTokenLetter)
            return rest.hasPrefix(".eyJ")
        }
        if isToken { found.append("a JSON Web Token") }
        if line.contains("$scrypt$") { found.append("the hash of a password") }
        return found
    }

    private static func isTokenLetter(_ letter: Character) -> Bool {
        letter.isASCII && (letter.isLetter || letter.isNumber || letter == "_" || letter == "-")
    }
}
