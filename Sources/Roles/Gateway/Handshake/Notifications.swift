import Basics
import HTTPKit
import Leaderboard

/// The parameter `notifications` of a handshake.
enum Notifications {
    private static let name = "notifications"

    /// Whether a client asks for its user's notifications.
    ///
    /// - Throws: `invalid` for another value than `true`.
    static func areWanted(uri: String) throws(RankingProblem) -> Bool {
        let query: QueryString
        do throws(FieldProblem) {
            query = try QueryString(uri: uri, known: [name])
        } catch {
            throw .invalid([error])
        }
        guard let value = query[name] else { return false }
        guard value == "true" else { throw .invalid([FieldProblem(field: name, reason: "must be true")]) }
        return true
    }
}
