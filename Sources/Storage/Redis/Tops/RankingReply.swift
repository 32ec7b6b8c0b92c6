import Leaderboard
import RedisClient

/// A reply of `lua/read.lua`.
enum RankingReply {
    /// The answer.
    case answer(RankingAnswer)
    /// Another period is current: that of this time, in ms since 1970.
    case moved(Int64)
    /// The period is current, and its window has not been turned over to it.
    case notTurned

    init(_ result: Result<RESPValue, RedisError>, to call: RankingCall) throws(StoreError) {
        let reply = try ScriptReply.value(result, of: Scripts.read, board: call.current.board)
        if ScriptReply.says(reply, "turn") {
            self = .notTurned
        } else if let bytes = reply.bytes {
            let words = bytes.split(separator: UInt8(ascii: " "))
            guard words.count == 2, words[0].elementsEqual("moved".utf8), let time = Int64(decimal: words[1]) else {
                throw ScriptReply.malformed(Scripts.read, reply)
            }
            self = .moved(time)
        } else if let answer = Self.answer(reply, to: call) {
            self = .answer(answer)
        } else {
            throw ScriptReply.malformed(Scripts.read, reply)
        }
    }

    private static func answer(_ reply: RESPValue, to call: RankingCall) -> RankingAnswer? {
        guard let parts = reply.array, parts.count == 6, let epoch = parts[0].string, let version = parts[1].int64,
            let at = parts[2].int64, let total = parts[3].int64, let rank = parts[4].int64, let list = parts[5].array
        else { return nil }
        var runs: [Run] = []
        runs.reserveCapacity(list.count)
        for part in list {
            guard let run = Run(part, rules: call.current.board.rules) else { return nil }
            runs.append(run)
        }
        var answer = RankingAnswer(
            epoch: epoch, version: version, at: at, period: call.current.period, total: total)
        switch call.question {
        case .page(let limit, _), .pageFrom(_, let limit):
            answer.entries = runs.first?.entries ?? []
            if answer.entries.count == limit, let last = answer.entries.last, last.place < total {
                answer.next = last.after
            }
        case .around, .entry: answer.entries = runs.first?.entries ?? []
        case .users:
            // A user that the request names twice counts once.
            for entry in runs.flatMap(\.entries).sorted(by: { $0.place < $1.place })
            where answer.entries.last?.place != entry.place {
                answer.entries.append(entry)
            }
        case .rank: answer.rank = rank
        case .top:
            answer.rank = rank
            answer.last = runs.last?.entries.last
            answer.entries = runs.count > 1 ? runs[0].entries : []
        }
        return answer
    }
}

/// Consecutive entries of a ranking.
private struct Run {
    var entries: [PlacedEntry] = []

    /// Nil if the reply is malformed.
    init?(_ reply: RESPValue, rules: BoardRules) {
        guard let parts = reply.array, parts.count == 5, let first = parts[0].int64, var better = parts[1].int64,
            let levels = parts[2].int64, let list = parts[3].array, let held = parts[4].array,
            list.count == 2 * held.count
        else { return nil }
        let firstRank =
            switch rules.ties {
            case .first, .last: first + 1
            case .shared: better + 1
            case .dense: levels + 1
            }
        var ranks = RankCounter(ties: rules.ties, firstPlace: first + 1, firstRank: firstRank)
        entries.reserveCapacity(held.count)
        for index in held.indices {
            guard let member = list[2 * index].string, let user = TopCodec.user(ofMember: member),
                let value = list[2 * index + 1].int64, ScoreBounds.range.contains(value)
            else { return nil }
            let score = rules.order.score(ofValue: value)
            if let last = entries.last, last.entry.score != score { better = last.place }
            entries.append(
                PlacedEntry(
                    entry: LeaderboardEntry(rank: ranks.next(score: score), userID: user, score: score),
                    place: first + Int64(index) + 1, better: better, updatedAt: Self.time(held[index]),
                    after: LeaderboardCursor(score: score, member: member)))
        }
    }

    /// The time at the end of a place in the hash of members; nil if it has none.
    private static func time(_ held: RESPValue) -> Int64? {
        guard let bytes = held.bytes, let space = bytes.lastIndex(of: UInt8(ascii: " ")) else { return nil }
        return Int64(decimal: bytes[(space + 1)...])
    }
}
