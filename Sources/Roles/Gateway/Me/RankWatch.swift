import Leaderboard
import Players

/// One user's own rank in the current ranking of a window: when to read it, and what to tell. Pure; times are ms of any
/// one clock that does not go back.
///
/// A move of the user is told at once. Moves of others that change the rank are told at most every 5 s, and who passed
/// the user at most once a second, the latest.
package struct RankWatch {
    /// The least time between two messages about moves of others.
    package static let rankInterval: Int64 = 5000
    /// The least time between two messages that somebody passed.
    package static let passedInterval: Int64 = 1000

    /// What to tell.
    package enum Message: Equatable, Sendable {
        case rank(Standing)
        case passed(by: ByteExact, rank: Int64)
    }

    /// A rank as it is told.
    package struct Standing: Equatable, Sendable {
        package let period: String
        package let rank: Int64
        package let score: Int64
        package let total: Int64

        package init(period: String, rank: Int64, score: Int64, total: Int64) {
            self.period = period
            self.rank = rank
            self.score = score
            self.total = total
        }
    }

    /// What a read found.
    package struct Reading: Sendable {
        package let period: String
        package let total: Int64
        /// The user's entry; nil if it has no score.
        package let entry: PlacedEntry?

        package init(period: String, total: Int64, entry: PlacedEntry?) {
            self.period = period
            self.total = total
            self.entry = entry
        }
    }

    /// The state when a read began.
    package struct Mark: Sendable {
        fileprivate let ownMoves: UInt64
        fileprivate let isOwn: Bool
        fileprivate let passedBy: ByteExact?
    }

    private let userID: ByteExact
    /// The user's place; nil while it is not known, or if the user has no score.
    private var place: LeaderboardCursor?
    private var period: String?
    /// What the client knows; nil before the first read, and if the user had no score.
    private var told: Standing?
    private var isBegun = false
    private var ownMoves: UInt64 = 0
    private var needsRead = true
    private var hasOwnMove = false
    private var isMoved = false
    private var passedBy: ByteExact?
    private var nextRank = Int64.min
    private var nextPassed = Int64.min
    private var notBefore = Int64.min

    /// Nothing is known yet.
    package init(userID: String) {
        self.userID = ByteExact(userID)
    }

    /// A user has moved.
    package mutating func take(_ move: ScoreMove, period: String, rules: BoardRules) {
        if period != self.period {
            self.period = period
            place = nil
            needsRead = true
        }
        if move.userID.utf8.elementsEqual(userID.wrappedValue.utf8) {
            place = move.after
            ownMoves += 1
            hasOwnMove = true
            return
        }
        guard let place else { return }
        let wasAbove = move.before.map { rules.stands($0, above: place) } ?? false
        let wasBelow = move.before.map { rules.stands(place, above: $0) } ?? true
        let isAbove = rules.stands(move.after, above: place)
        // With dense ranks, users above count as often as they have different scores.
        if wasAbove != isAbove || (rules.ties == .dense && (wasAbove || isAbove)) { isMoved = true }
        if wasBelow, isAbove { passedBy = ByteExact(move.userID) }
    }

    /// The ranking may have changed in ways that nobody told: it has to be read.
    package mutating func readAgain() { needsRead = true }

    /// The current period is this one.
    package mutating func take(period: String) {
        if let known = self.period, known != period { needsRead = true }
    }

    /// Whether the rank has to be read now.
    package func isDue(at now: Int64) -> Bool {
        guard now >= notBefore else { return false }
        return needsRead || hasOwnMove || (isMoved && now >= nextRank) || (passedBy != nil && now >= nextPassed)
    }

    /// A read begins.
    package mutating func beginRead() -> Mark {
        let mark = Mark(ownMoves: ownMoves, isOwn: hasOwnMove || needsRead, passedBy: passedBy)
        needsRead = false
        hasOwnMove = false
        return mark
    }

    /// A read has failed. It is repeated after a second.
    package mutating func failRead(_ mark: Mark, at now: Int64) {
        needsRead = needsRead || mark.isOwn
        notBefore = now + 1000
    }

    /// A read has ended.
    ///
    /// - Returns: what to tell the client, in this order.
    package mutating func endRead(_ mark: Mark, _ reading: Reading, at now: Int64) -> [Message] {
        // A move that came since is newer than what was read.
        if ownMoves == mark.ownMoves {
            place = reading.entry?.after
            period = reading.period
        }
        defer { isBegun = true }
        guard let entry = reading.entry?.entry else {
            (told, isMoved, passedBy) = (nil, false, nil)
            return []
        }
        let standing = Standing(
            period: reading.period, rank: entry.rank, score: entry.score, total: reading.total)
        var messages: [Message] = []
        let isNews =
            told.map { $0.period != standing.period || $0.rank != standing.rank || $0.score != standing.score } ?? true
        let isFirst = !isBegun && mark.ownMoves == 0
        if isFirst {
            told = standing
            isMoved = false
        } else if isNews, mark.isOwn || now >= nextRank {
            told = standing
            messages.append(.rank(standing))
            nextRank = now + Self.rankInterval
            isMoved = false
        } else {
            isMoved = isNews
        }
        if let by = mark.passedBy, now >= nextPassed {
            messages.append(.passed(by: by, rank: standing.rank))
            nextPassed = now + Self.passedInterval
            if passedBy == by { passedBy = nil }
        }
        return messages
    }
}

extension BoardRules {
    /// Whether one place stands above another one: by the score, and if ranks are not shared also by when it was
    /// reached.
    func stands(_ place: LeaderboardCursor, above other: LeaderboardCursor) -> Bool {
        if place.score != other.score { return order.isBetter(place.score, than: other.score) }
        guard ties == .first || ties == .last else { return false }
        return other.member.utf8.lexicographicallyPrecedes(place.member.utf8)
    }
}
