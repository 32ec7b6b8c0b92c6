import Leaderboard

/// The encoding of an event in the outbox. It has two texts: the facts that the API node knows, and the outcome that
/// the script finds.
///
/// Event: `1`, board, window, period, user, action, nonce, signature, points, submitted score or `-`, issue time in ms,
/// each on a line of its own (none of them can contain a line break). Outcome: score, rank, and the time in ms,
/// separated by spaces.
package enum LedgerEventCodec {
    private static let version = "1"
    private static let lineCount = 11

    package static func event(of update: ScoreUpdate) -> String {
        var text = ""
        text.reserveCapacity(224)
        text += version
        for field in [
            update.ranking.board, update.ranking.window, update.ranking.period, update.userID, update.action,
            update.nonce,
            update.signature,
        ] {
            text += "\n"
            text += field
        }
        text += "\n"
        text += String(update.amount)
        text += "\n"
        text += update.submittedScore.map { String($0) } ?? "-"
        text += "\n"
        text += String(update.issuedAt)
        return text
    }

    /// Returns the event of an outbox entry, or nil if it is malformed.
    package static func decode(seq: Int64, event: String, outcome: String) -> LedgerEvent? {
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        let parts = outcome.split(separator: " ")
        guard lines.count == lineCount, lines[0] == version, parts.count == 3,
            let points = Int64(lines[8]), let issuedAt = Int64(lines[10]),
            let score = Int64(parts[0]), let rank = Int64(parts[1]), let appliedAt = Int64(parts[2])
        else { return nil }
        let submitted = Int64(lines[9])
        guard submitted != nil || lines[9] == "-" else { return nil }
        return LedgerEvent(
            seq: seq,
            ranking: Ranking(board: String(lines[1]), window: String(lines[2]), period: String(lines[3])),
            userID: String(lines[4]), action: String(lines[5]), nonce: String(lines[6]), signature: String(lines[7]),
            points: points, submittedScore: submitted, score: score, rank: rank, issuedAt: issuedAt,
            appliedAt: appliedAt)
    }
}
