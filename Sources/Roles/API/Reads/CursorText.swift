import Basics
import Leaderboard

/// Cursors as clients carry them: hexadecimal of the ranking, the score and the member, with spaces between them.
/// Opaque to clients; nothing in it is secret.
package enum CursorText {
    /// The longest name of a period: that of a season.
    private static let periodBytesMax = 32
    private static let charactersMax =
        2 * (Names.idBytesMax + 2 * periodBytesMax + 20 + 16 + Names.userIDBytesMax + 4)

    /// The text of a cursor in a ranking.
    package static func encode(_ cursor: LeaderboardCursor, of ranking: Ranking) -> String {
        let text = "\(ranking.board) \(ranking.window) \(ranking.period) \(cursor.score) \(cursor.member)"
        return Hexadecimal.text(text.utf8)
    }

    /// The ranking and the cursor of a text; nil if it is not one.
    package static func decode(_ text: some StringProtocol) -> (ranking: Ranking, cursor: LeaderboardCursor)? {
        guard text.utf8.count <= charactersMax, let bytes = Hexadecimal.bytes(text),
            let plain = String(validating: bytes, as: UTF8.self)
        else { return nil }
        // By bytes, since a space and a combining mark after it are one character. The member may hold spaces.
        let parts = plain.utf8.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }), let score = Int64(parts[3]),
            ScoreBounds.range.contains(score)
        else { return nil }
        return (
            Ranking(board: parts[0], window: parts[1], period: parts[2]),
            LeaderboardCursor(score: score, member: parts[4])
        )
    }
}
