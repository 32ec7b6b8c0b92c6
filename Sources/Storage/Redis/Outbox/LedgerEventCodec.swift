import Leaderboard

/// The encoding of an event in the outbox. It has two texts: the facts that are known before, and the outcome that the
/// script finds.
///
/// Event of an update, each on a line of its own (none of them can contain a line break): `2`, user, action, nonce,
/// signature, points, submitted score or `-`, issue time in ms. Event of an administrator or the calendar: `act`, the
/// kind, user or an empty line, signature, and for `seal` the version, the order and the ties of the board.
///
/// Outcome: the time in ms, and then a line for each ranking: `<board> <window> <period> <score> <rank> <1 if the score
/// changed, else 0>`, or the first three words for one that was sealed, emptied or left out.
///
/// The version before wrote updates of one ranking: `1`, board, window, period, user, action, nonce, signature, points,
/// submitted score or `-`, issue time; and as the outcome score, rank and time in ms on one line.
package enum LedgerEventCodec {
    private static let version = "2"
    private static let versionBefore = "1"
    private static let act = "act"
    private static let lineCount = 8
    private static let actLineCount = 4

    /// The event of an update.
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

    /// The event of an administrator or the calendar.
    ///
    /// - Parameter userID: the user; nil if it concerns all.
    package static func event(_ kind: LedgerEvent.Kind, userID: String? = nil, signature: String) -> String {
        [act, kind.rawValue, userID ?? "", signature].joined(separator: "\n")
    }

    /// Returns the event of an outbox entry, or nil if it is malformed.
    package static func decode(seq: Int64, event: String, outcome: String) -> LedgerEvent? {
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.first == Substring(versionBefore) { return before(seq: seq, lines, outcome) }
        let said = outcome.split(separator: "\n")
        guard let appliedAt = said.first.flatMap({ Int64($0) }) else { return nil }
        guard let outcomes = outcomes(said.dropFirst()) else { return nil }
        if lines.first == Substring(act) { return self.act(seq: seq, lines, appliedAt: appliedAt, outcomes) }
        guard lines.first == Substring(version), lines.count == lineCount, !outcomes.isEmpty,
            let points = Int64(lines[5]), let issuedAt = Int64(lines[7])
        else { return nil }
        let submitted = Int64(lines[6])
        guard submitted != nil || lines[6] == "-" else { return nil }
        return LedgerEvent(
            seq: seq, userID: String(lines[1]), action: String(lines[2]), nonce: String(lines[3]),
            signature: String(lines[4]), points: points, submittedScore: submitted, issuedAt: issuedAt,
            appliedAt: appliedAt, outcomes: outcomes)
    }

    private static func act(
        seq: Int64, _ lines: [Substring], appliedAt: Int64, _ outcomes: [RankingOutcome]
    ) -> LedgerEvent? {
        guard lines.count >= actLineCount, let kind = LedgerEvent.Kind(rawValue: String(lines[1])), kind != .update
        else { return nil }
        var event = LedgerEvent(
            kind: kind, seq: seq, userID: String(lines[2]), signature: String(lines[3]), issuedAt: appliedAt,
            appliedAt: appliedAt, outcomes: outcomes)
        guard kind == .seal else { return lines.count == actLineCount ? event : nil }
        guard lines.count == actLineCount + 1, let seal = seal(lines[actLineCount]) else { return nil }
        event.seal = seal
        return event
    }

    private static func seal(_ line: Substring) -> SealFacts? {
        let words = line.split(separator: " ").map { String($0) }
        guard words.count == 3, let version = Int64(words[0]), let order = BoardRules.Order(rawValue: words[1]),
            let ties = BoardRules.Ties(rawValue: words[2])
        else { return nil }
        return SealFacts(version: version, order: order, ties: ties)
    }

    private static func outcomes(_ lines: ArraySlice<Substring>) -> [RankingOutcome]? {
        var outcomes: [RankingOutcome] = []
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count == 3 || words.count == 6 else { return nil }
            var place: RankingOutcome.Place?
            if words.count == 6 {
                guard let score = Int64(words[3]), let rank = Int64(words[4]) else { return nil }
                place = RankingOutcome.Place(score: score, rank: rank, isChanged: words[5] == "1")
            }
            outcomes.append(
                RankingOutcome(
                    ranking: Ranking(board: String(words[0]), window: String(words[1]), period: String(words[2])),
                    place: place))
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
