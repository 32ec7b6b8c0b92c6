import Leaderboard

/// The encoding of an event in the outbox. It has two texts: the facts that are known before, and the outcome that the
/// script finds.
///
/// Event of an update, each on a line of its own (none of them can contain a line break): `2`, user, action, nonce,
/// signature, points, submitted score or `-`, issue time in ms, and then a line `<board> <window> <period>` for each
/// ranking. Outcome: the time in ms, and then a line for each ranking: `<score> <rank> <1 if the score changed, else
/// 0>`, or `-` if it was sealed.
///
/// Event of an administrator or the calendar: `act`, the kind, user or an empty line, signature, and the lines of the
/// rankings. Outcome: the time in ms, and for `delete` a line for each ranking as above.
///
/// The version before wrote updates of one ranking: `1`, board, window, period, user, action, nonce, signature, points,
/// submitted score or `-`, issue time; and as the outcome score, rank and time in ms on one line.
package enum LedgerEventCodec {
    private static let version = "2"
    private static let versionBefore = "1"
    private static let act = "act"

    /// The event of an update without the lines of its rankings, which the script adds.
    package static func event(of update: ScoreUpdate) -> String {
        var text = ""
        text.reserveCapacity(224)
        text += version
        for field in [update.userID, update.action, update.nonce, update.signature] {
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

    /// The event of an act of an administrator or the calendar.
    ///
    /// - Parameters:
    ///   - userID: the user; nil if it concerns all.
    ///   - rankings: the rankings; the script may add others.
    package static func event(
        _ kind: LedgerEvent.Kind, userID: String? = nil, signature: String, rankings: [Ranking] = []
    ) -> String {
        var lines = [act, kind.rawValue, userID ?? "", signature]
        lines += rankings.map { "\($0.board) \($0.window) \($0.period)" }
        return lines.joined(separator: "\n")
    }

    /// Returns the event of an outbox entry, or nil if it is malformed.
    package static func decode(seq: Int64, event: String, outcome: String) -> LedgerEvent? {
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.first == Substring(versionBefore) { return before(seq: seq, lines, outcome) }
        let said = outcome.split(separator: "\n", omittingEmptySubsequences: false)
        guard let appliedAt = said.first.flatMap({ Int64($0) }) else { return nil }
        if lines.first == Substring(act) { return self.act(seq: seq, lines, appliedAt: appliedAt, said.dropFirst()) }
        guard lines.first == Substring(version) else { return nil }
        guard lines.count >= 9, let points = Int64(lines[5]), let issuedAt = Int64(lines[7]),
            said.count == lines.count - 7, let outcomes = outcomes(lines.dropFirst(8), said.dropFirst())
        else { return nil }
        let submitted = Int64(lines[6])
        guard submitted != nil || lines[6] == "-" else { return nil }
        return LedgerEvent(
            seq: seq, userID: String(lines[1]), action: String(lines[2]), nonce: String(lines[3]),
            signature: String(lines[4]), points: points, submittedScore: submitted, issuedAt: issuedAt,
            appliedAt: appliedAt, outcomes: outcomes)
    }

    private static func act(
        seq: Int64, _ lines: [Substring], appliedAt: Int64, _ said: ArraySlice<Substring>
    ) -> LedgerEvent? {
        guard lines.count >= 4, let kind = LedgerEvent.Kind(rawValue: String(lines[1])), kind != .update,
            let outcomes = outcomes(lines.dropFirst(4), said)
        else { return nil }
        return LedgerEvent(
            kind: kind, seq: seq, userID: String(lines[2]), signature: String(lines[3]), issuedAt: appliedAt,
            appliedAt: appliedAt, outcomes: outcomes)
    }

    private static func outcomes(_ rankings: ArraySlice<Substring>, _ said: ArraySlice<Substring>) -> [RankingOutcome]?
    {
        var outcomes: [RankingOutcome] = []
        var place = said.startIndex
        for line in rankings {
            let names = line.split(separator: " ")
            guard names.count == 3 else { return nil }
            let ranking = Ranking(board: String(names[0]), window: String(names[1]), period: String(names[2]))
            var found: RankingOutcome.Place?
            if place < said.endIndex, said[place] != "-" {
                let words = said[place].split(separator: " ")
                guard words.count == 3, let score = Int64(words[0]), let rank = Int64(words[1]) else { return nil }
                found = RankingOutcome.Place(score: score, rank: rank, isChanged: words[2] == "1")
            }
            place += 1
            outcomes.append(RankingOutcome(ranking: ranking, place: found))
        }
        return outcomes
    }

    private static func before(seq: Int64, _ lines: [Substring], _ outcome: String) -> LedgerEvent? {
        let parts = outcome.split(separator: " ")
        guard lines.count == 11, parts.count == 3, let points = Int64(lines[8]), let issuedAt = Int64(lines[10]),
            let score = Int64(parts[0]), let rank = Int64(parts[1]), let appliedAt = Int64(parts[2])
        else { return nil }
        let submitted = Int64(lines[9])
        guard submitted != nil || lines[9] == "-" else { return nil }
        let ranking = Ranking(board: String(lines[1]), window: String(lines[2]), period: String(lines[3]))
        return LedgerEvent(
            seq: seq, userID: String(lines[4]), action: String(lines[5]), nonce: String(lines[6]),
            signature: String(lines[7]), points: points, submittedScore: submitted, issuedAt: issuedAt,
            appliedAt: appliedAt,
            outcomes: [
                RankingOutcome(
                    ranking: ranking, place: RankingOutcome.Place(score: score, rank: rank, isChanged: true))
            ])
    }
}
