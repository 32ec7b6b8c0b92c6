import Basics
import Leaderboard
import Listener
import Reporting
import StrictJSON

/// Cursors as clients carry them: hexadecimal of the score, a space, and the member. Opaque to clients; nothing in it
/// is secret.
package enum CursorText {
    private static let charactersMax = 2 * (20 + 1 + 16 + Names.userIDBytesMax)

    package static func encode(_ cursor: LeaderboardCursor) -> String {
        Hexadecimal.text("\(cursor.score) \(cursor.member)".utf8)
    }

    package static func decode(_ text: some StringProtocol) -> LeaderboardCursor? {
        guard text.utf8.count <= charactersMax, let bytes = Hexadecimal.bytes(text),
            let plain = String(validating: bytes, as: UTF8.self), let space = plain.firstIndex(of: " "),
            let score = Int64(plain[..<space]), ScoreBounds.range.contains(score)
        else { return nil }
        let member = String(plain[plain.index(after: space)...])
        return member.isEmpty ? nil : LeaderboardCursor(score: score, member: member)
    }
}
