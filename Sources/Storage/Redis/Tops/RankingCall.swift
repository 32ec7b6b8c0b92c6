import Leaderboard
import RedisClient

/// A question with the ranking that it is about, as `lua/read.lua` takes it.
struct RankingCall: Sendable {
    let question: RankingQuestion
    let current: CurrentPeriod
    /// Whether the answer must be of the current period.
    let mustBeCurrent: Bool
    private let arguments: [String]

    /// The most entries of one answer. More would block Redis for too long.
    private static let countMax = 1000

    init(_ question: RankingQuestion, _ current: CurrentPeriod, mustBeCurrent: Bool) {
        self.question = question
        self.current = current
        self.mustBeCurrent = mustBeCurrent
        arguments = Self.arguments(question, order: current.board.rules.order)
    }

    var keyCount: Int { 4 }
    var argumentCount: Int { keyCount + 8 + arguments.count }

    func encode(to encoder: inout RESPEncoder) {
        let keys = current.keys
        encoder.append(keys.partition.meta)
        encoder.append(keys.ranking)
        encoder.append(keys.members)
        encoder.append(keys.levels)
        encoder.append(keys.formField)
        encoder.append(current.board.generation)
        encoder.append(keys.versionField)
        encoder.append(keys.periodField)
        encoder.append(mustBeCurrent ? current.stampedStart : "")
        encoder.append(current.span.lowerBound)
        encoder.append(current.span.upperBound)
        encoder.append(current.board.rules.ties.rawValue)
        for argument in arguments { encoder.append(argument) }
    }

    private static func arguments(_ question: RankingQuestion, order: BoardRules.Order) -> [String] {
        switch question {
        case .page(let limit, let cursor):
            let value = order.value(ofScore: cursor?.score ?? 0)
            return ["page", count(limit), String(value), cursor?.member ?? ""]
        case .pageFrom(let offset, let limit): return from(Int64(offset), limit)
        case .entry(let place): return from(place - 1, 1)
        case .around(let userID, let limit): return ["around", count(limit), userID]
        case .users(let users): return ["users"] + (users.isEmpty ? [""] : users.prefix(countMax))
        case .rank(let score): return ["rank", String(order.value(ofScore: score))]
        case .top(let millionths, let limit): return ["top", count(limit), String(millionths)]
        }
    }

    private static func from(_ place: Int64, _ limit: Int) -> [String] {
        ["from", count(limit), String(min(max(place, 0), ScoreBounds.max))]
    }

    private static func count(_ limit: Int) -> String { String(min(max(limit, 0), countMax)) }
}
