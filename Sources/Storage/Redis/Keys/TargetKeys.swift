import Leaderboard
import RedisClient

/// The keys and arguments of `lua/apply.lua` for the targets of updates. Made once for each list of targets, since they
/// are the same for all updates on them.
final class TargetKeys: Sendable {
    /// The targets.
    let targets: UpdateTargets
    /// The partition of their boards.
    let partition: PartitionKeys
    /// The keys of all targets, in the order of the script.
    let keys: [String]
    /// The arguments of all targets.
    let arguments: [String]
    /// The beginnings of the keys of the limits that each board has on its own.
    private let boardLimits: [BoardLimitKeys]
    private let velocityCount: Int

    /// The keys of the limits of one board, without the user.
    private struct BoardLimitKeys: Sendable {
        /// The key of the rate limit.
        let rate: String
        /// The key of the velocity limit; nil if the board has none, since its amounts are not gains.
        let velocity: String?
    }

    init(_ targets: UpdateTargets, partitioning: Partitioning, in space: KeySpace) {
        self.targets = targets
        let partition = PartitionKeys(partition: partitioning.partition(of: targets.boards[0]), in: space)
        self.partition = partition
        var (keys, arguments): ([String], [String]) = ([partition.meta, partition.outbox, partition.tag + ":open"], [])
        for target in targets.targets {
            let board = targets.boards[target.board]
            let window = "\(board.id):\(target.ranking.window)"
            let name = "\(window):\(target.ranking.period)"
            keys += ["\(partition.tag):ranking:\(name)", "\(partition.tag):members:\(name)"]
            if board.rules.ties == .dense { keys.append("\(partition.tag):levels:\(name)") }
            arguments += Self.arguments(of: target, board, channel: "\(partition.channelTag):top:\(window)")
        }
        self.keys = keys
        self.arguments = arguments
        let boardLimits = targets.boards.map { board in
            BoardLimitKeys(
                rate: "\(partition.ratePrefix)\(board.id):",
                velocity: board.rules.hasGains ? "\(partition.tag):velocity:\(board.id):" : nil)
        }
        self.boardLimits = boardLimits
        velocityCount = boardLimits.count { $0.velocity != nil }
    }

    /// The two texts of a target.
    private static func arguments(of target: UpdateTarget, _ board: Board, channel: String) -> [String] {
        let (ranking, rules) = (target.ranking, board.rules)
        let name = "\(ranking.board):\(ranking.window)"
        var facts = [
            "version:\(name)", "form:\(board.id)", String(board.generation),
            rules.letters + (target.isOnlyPeriod ? "o" : "p"),
            rules.minScore.map { String(max($0, ScoreBounds.min)) } ?? "-",
            rules.maxScore.map { String(min($0, ScoreBounds.max)) } ?? "-", String(board.top), channel,
        ]
        if let end = target.period.endsAt, let cut = target.cut {
            facts += [String(target.period.startsAt ?? 0), String(end), String(cut)]
        }
        return ["\(ranking.board) \(ranking.window) \(ranking.period)", facts.joined(separator: " ")]
    }

    /// Calls `body` with each limit of an update and its key: those of boards once for each board.
    func forEachLimit(_ limits: [UpdateLimit], of update: ScoreUpdate, _ body: (UpdateLimit, _ key: String) -> Void) {
        for limit in limits {
            switch limit {
            case .rate: for board in boardLimits { body(limit, board.rate + update.userID) }
            case .velocity:
                for board in boardLimits {
                    if let velocity = board.velocity { body(limit, velocity + update.userID) }
                }
            case .cooldown: body(limit, "\(partition.tag):cooldown:\(update.action):\(update.userID)")
            case .daily(_, let day):
                body(limit, partition.daily(action: update.action, day: day, userID: update.userID))
            }
        }
    }

    /// The number of limits that `forEachLimit` finds.
    func count(of limits: [UpdateLimit]) -> Int {
        limits.reduce(0) { count, limit in
            switch limit {
            case .rate: count + boardLimits.count
            case .velocity: count + velocityCount
            case .cooldown, .daily: count + 1
            }
        }
    }
}

extension BoardRules {
    /// Whether an amount is what a user gains, so that a limit on gains makes sense.
    fileprivate var hasGains: Bool { self.operator == .increment || self.operator == .decrement }

    /// The rules for `lua/apply.lua`: letters for the operator, the order, the ties, and whether scores may get worse.
    fileprivate var letters: String {
        let letterOfTies =
            switch ties {
            case .first: "f"
            case .last: "l"
            case .shared: "s"
            case .dense: "n"
            }
        let letterOfWorsening = allowDecrease ? "y" : "n"
        return "\(self.operator.rawValue.prefix(1))\(order.rawValue.prefix(1))\(letterOfTies)\(letterOfWorsening)"
    }
}
