import Leaderboard
import RedisClient

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
    private static let lineBreak = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")

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

    /// Returns the event of an outbox entry, or nil if it is malformed. It works on bytes, since the persister decodes
    /// every event, and splitting text costs several times more.
    package static func decode(seq: Int64, event: [UInt8], outcome: [UInt8]) -> LedgerEvent? {
        let lines = event.split(separator: lineBreak, omittingEmptySubsequences: false)
        guard let form = lines.first else { return nil }
        if form.elementsEqual(versionBefore.utf8) { return before(seq: seq, lines, outcome) }
        let said = outcome.split(separator: lineBreak)
        guard let appliedAt = said.first.flatMap({ Int64(decimal: $0) }) else { return nil }
        guard let outcomes = outcomes(said.dropFirst()) else { return nil }
        if form.elementsEqual(act.utf8) { return self.act(seq: seq, lines, appliedAt: appliedAt, outcomes) }
        guard form.elementsEqual(version.utf8), lines.count == lineCount, !outcomes.isEmpty,
            let amounts = Amounts(lines[5...])
        else { return nil }
        return LedgerEvent(
            seq: seq, userID: text(lines[1]), action: text(lines[2]), nonce: text(lines[3]), signature: text(lines[4]),
            points: amounts.points, submittedScore: amounts.submitted, issuedAt: amounts.issuedAt,
            appliedAt: appliedAt, outcomes: outcomes)
    }

    /// The last three lines of an update.
    private struct Amounts {
        let points: Int64
        let submitted: Int64?
        let issuedAt: Int64

        init?(_ lines: ArraySlice<ArraySlice<UInt8>>) {
            let start = lines.startIndex
            guard lines.count == 3, let points = Int64(decimal: lines[start]),
                let issuedAt = Int64(decimal: lines[start + 2])
            else { return nil }
            submitted = Int64(decimal: lines[start + 1])
            guard submitted != nil || lines[start + 1].elementsEqual("-".utf8) else { return nil }
            (self.points, self.issuedAt) = (points, issuedAt)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func act(
        seq: Int64, _ lines: [ArraySlice<UInt8>], appliedAt: Int64, _ outcomes: [RankingOutcome]
    ) -> LedgerEvent? {
        guard lines.count >= actLineCount, let kind = LedgerEvent.Kind(rawValue: text(lines[1])), kind != .update
        else { return nil }
        var event = LedgerEvent(
            kind: kind, seq: seq, userID: text(lines[2]), signature: text(lines[3]), issuedAt: appliedAt,
            appliedAt: appliedAt, outcomes: outcomes)
        guard kind == .seal else { return lines.count == actLineCount ? event : nil }
        guard lines.count == actLineCount + 1, let seal = seal(lines[actLineCount]) else { return nil }
        event.seal = seal
        return event
    }

    private static func seal(_ line: ArraySlice<UInt8>) -> SealFacts? {
        let words = line.split(separator: space)
        guard words.count == 3, let version = Int64(decimal: words[0]),
            let order = BoardRules.Order(rawValue: text(words[1])),
            let ties = BoardRules.Ties(rawValue: text(words[2]))
        else { return nil }
        return SealFacts(version: version, order: order, ties: ties)
    }

    private static func outcomes(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [RankingOutcome]? {
        var outcomes: [RankingOutcome] = []
        outcomes.reserveCapacity(lines.count)
        for line in lines {
            let words = line.split(separator: space)
            guard words.count == 3 || words.count == 6 else { return nil }
            var place: RankingOutcome.Place?
            if words.count == 6 {
                guard let score = Int64(decimal: words[3]), let rank = Int64(decimal: words[4]) else { return nil }
                place = RankingOutcome.Place(score: score, rank: rank, isChanged: words[5].elementsEqual("1".utf8))
            }
            outcomes.append(
                RankingOutcome(
                    ranking: Ranking(board: text(words[0]), window: text(words[1]), period: text(words[2])),
                    place: place))
        }
        return outcomes
    }

    private static func before(seq: Int64, _ lines: [ArraySlice<UInt8>], _ outcome: [UInt8]) -> LedgerEvent? {
        let parts = outcome.split(separator: space)
        guard lines.count == 11, parts.count == 3, let amounts = Amounts(lines[8...]),
            let score = Int64(decimal: parts[0]), let rank = Int64(decimal: parts[1]),
            let appliedAt = Int64(decimal: parts[2])
        else { return nil }
        let ranking = Ranking(board: text(lines[1]), window: text(lines[2]), period: text(lines[3]))
        return LedgerEvent(
            seq: seq, userID: text(lines[4]), action: text(lines[5]), nonce: text(lines[6]), signature: text(lines[7]),
            points: amounts.points, submittedScore: amounts.submitted, issuedAt: amounts.issuedAt,
            appliedAt: appliedAt,
            outcomes: [
                RankingOutcome(
                    ranking: ranking, place: RankingOutcome.Place(score: score, rank: rank, isChanged: true))
            ])
    }
}
