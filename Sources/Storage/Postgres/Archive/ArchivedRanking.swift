import Leaderboard
import PostgresClient

/// An archived ranking, read within one transaction.
struct ArchivedRanking {
    private let connection: PostgresConnection
    private let key: [PostgresValue]
    private let epoch: String
    private let version: Int64
    private let at: Int64
    private let total: Int64
    private let rules: (order: BoardRules.Order, ties: BoardRules.Ties)

    /// The digits of a place before the user id, in the member of a cursor: as many as Redis' tie keys have.
    private static let placeDigits = 16

    /// Finds the archive of a ranking; nil if there is none.
    init?(_ ranking: Ranking, on connection: PostgresConnection) throws {
        key = PostgresArchive.key(ranking)
        self.connection = connection
        let row = try connection.query(
            """
            SELECT epoch, version, entries, sort_order, ties,
                floor(extract(epoch FROM now()) * 1000)::bigint AS at
            FROM archived_periods
            WHERE \(PostgresArchive.isRanking) AND archived_at IS NOT NULL AND expired_at IS NULL
            """, key
        ).first
        guard let row else { return nil }
        epoch = try row.string("epoch")
        version = try row.int("version")
        at = try row.int("at")
        total = try row.int("entries")
        guard let order = BoardRules.Order(rawValue: try row.string("sort_order")),
            let ties = BoardRules.Ties(rawValue: try row.string("ties"))
        else { throw StoreError(.corrupt, "the archive of \(ranking) has an unknown order or rule for ties") }
        rules = (order, ties)
    }

    /// Answers a question.
    func answer(_ question: RankingQuestion, period: Period) throws -> RankingAnswer {
        var answer = RankingAnswer(epoch: epoch, version: version, at: at, period: period, total: total)
        switch question {
        case .page(let limit, let cursor):
            try page(after: try cursor.map(place(after:)) ?? 0, limit: limit, into: &answer)
        case .pageFrom(let offset, let limit):
            try page(after: Int64(offset), limit: limit, into: &answer)
        case .around(let userID, let limit):
            if let place = try entries("user_id = $4", [.text(userID)]).first?.place {
                let first = max(1, min(place - Int64((limit - 1) / 2), total - Int64(limit) + 1))
                answer.entries = try entries(after: first - 1, limit: limit)
            }
        case .users(let users):
            answer.entries = try entries("user_id = ANY ($4::text[])", [.textArray(users)])
        case .rank(let score):
            answer.rank = try rank(ofNewcomer: score)
        case .entry(let place):
            answer.entries = try entries("place = $4", [.int(place)])
        case .top(let millionths, let limit):
            let count = (total * millionths + 999_999) / 1_000_000
            answer.rank = count
            answer.last = try entries("place = $4", [.int(count)]).first
            answer.entries = try entries(after: 0, limit: min(limit, Int(count)))
        }
        return answer
    }

    private func page(after place: Int64, limit: Int, into answer: inout RankingAnswer) throws {
        answer.entries = try entries(after: place, limit: limit)
        if let last = answer.entries.last, last.place < total { answer.next = last.after }
    }

    /// The cursor after an entry, with its place instead of the tie key that it had in Redis.
    private static func cursor(after entry: LeaderboardEntry, place: Int64) -> LeaderboardCursor {
        let digits = String(place)
        let zeros = String(repeating: "0", count: max(0, placeDigits - digits.count))
        return LeaderboardCursor(score: entry.score, member: zeros + digits + entry.userID)
    }

    /// The place of the entry that a cursor names. The cursor may be from before the period was archived, so only its
    /// user and score count. If the user is not there with this score, the place is before all entries of that score.
    private func place(after cursor: LeaderboardCursor) throws -> Int64 {
        let user = String(decoding: cursor.member.utf8.dropFirst(Self.placeDigits), as: UTF8.self)
        let entry = try entries("user_id = $4 AND score = $5", [.text(user), .int(cursor.score)]).first
        return try entry?.place ?? count(better: cursor.score, orEqual: false)
    }

    // MARK: Ranks

    private func rank(ofNewcomer score: Int64) throws -> Int64 {
        switch rules.ties {
        case .first: return try count(better: score, orEqual: true) + 1
        case .last, .shared: return try count(better: score, orEqual: false) + 1
        case .dense:
            // The last of the better ones has the rank before the newcomer's.
            let better = try count(better: score, orEqual: false)
            return try (entries("place = $4", [.int(better)]).first?.entry.rank ?? 0) + 1
        }
    }

    /// Returns how many entries have a better score, found by halving the list: there is no index on scores.
    private func count(better score: Int64, orEqual: Bool) throws -> Int64 {
        let sign = (rules.order == .descending ? ">" : "<") + (orEqual ? "=" : "")
        let row = try connection.query(
            """
            WITH RECURSIVE search (low, high) AS (
                SELECT 0::bigint, $4::bigint
                UNION ALL
                SELECT CASE WHEN entry.score \(sign) $5 THEN entry.place ELSE low END,
                    CASE WHEN entry.score \(sign) $5 THEN high ELSE entry.place - 1 END
                FROM search CROSS JOIN LATERAL (
                    SELECT place, score FROM archived_entries
                    WHERE \(PostgresArchive.isRanking) AND place = (low + high + 1) / 2) AS entry
                WHERE low < high)
            SELECT max(low) AS count FROM search
            """, key + [.int(total), .int(score)]
        ).first
        return try row?.int("count") ?? 0
    }

    // MARK: Entries

    private func entries(after place: Int64, limit: Int) throws -> [PlacedEntry] {
        try entries("place > $4 AND place <= $5", [.int(place), .int(place + Int64(limit))])
    }

    private func entries(_ condition: String, _ values: [PostgresValue]) throws -> [PlacedEntry] {
        try connection.query(
            """
            SELECT place, rank, better, user_id, score, floor(extract(epoch FROM updated_at) * 1000)::bigint AS updated
            FROM archived_entries WHERE \(PostgresArchive.isRanking) AND \(condition) ORDER BY place
            """, key + values
        ).rows.map { row in
            let entry = LeaderboardEntry(
                rank: try row.int("rank"), userID: try row.string("user_id"), score: try row.int("score"))
            let place = try row.int("place")
            return PlacedEntry(
                entry: entry, place: place, better: try row.int("better"), updatedAt: try row.int("updated"),
                after: Self.cursor(after: entry, place: place))
        }
    }
}
