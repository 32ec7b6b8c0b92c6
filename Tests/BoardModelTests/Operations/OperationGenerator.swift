import Basics
import Leaderboard

/// Makes random operations. Equal seeds give equal sequences.
struct OperationGenerator {
    private var random: SplitMix64
    private let boardCount: Int
    private var nextID = 0
    /// The last groups of updates. An action id names its user, its action and its time, so a retry repeats them.
    private var recent: [(boards: [Int], issuedAt: Int64, items: [Operation.Item])] = []
    private static let recentMax = 20

    /// The users. Two of them are the same letter in different bytes.
    static let users = (0..<14).map { "user-\($0)" } + ["\u{e9}", "e\u{301}", "a b", "100,000"]
    private static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]

    init(seed: UInt64, boardCount: Int = 6) {
        random = SplitMix64(seed: seed)
        self.boardCount = boardCount
    }

    /// A sequence with about so many operations; each update of a group counts as one. It begins with all boards.
    ///
    /// - Parameter seconds: how long the run lasts, so that periods end while it runs.
    mutating func operations(count: Int, seconds: Int64) -> [Operation] {
        var operations = (0..<boardCount).map { Operation.replace(board: $0, form()) } + [.refresh(node: 0)]
        var (made, waits): (Int, Int64) = (0, 0)
        while made < count {
            // Spread over the time, and not faster.
            if Int64(made) * seconds * 4 / Int64(count) > waits {
                waits += 1
                operations.append(.wait(until: waits * 250))
            }
            let next = operation()
            if case .update(_, _, _, let items) = next { made += items.count } else { made += 1 }
            operations.append(next)
        }
        return operations + [.seal, .compare]
    }

    private mutating func operation() -> Operation {
        let board = number(boardCount)
        switch number(1000) {
        case ..<430: return update()
        case ..<800: return .read(board: board, window: number(4), at: chance(3) ? issueTime() : nil, question())
        case ..<850: return .walk(board: board, window: number(4), limit: 1 + number(5))
        case ..<860: return .reset(board: board, window: chance(2) ? number(4) : nil)
        case ..<880: return .deleteUser(board: board, user: number(Self.users.count))
        case ..<905: return .change(board: board, change())
        case ..<908: return .replace(board: board, form())
        case ..<950: return .refresh(node: number(2))
        case ..<970: return .seal
        case ..<998: return .turn(board: board, window: number(4))
        default: return .compare
        }
    }

    private mutating func update() -> Operation {
        if !recent.isEmpty, chance(8) { return retry() }
        // Boards of one group have places that are all even, or all odd.
        let first = number(boardCount)
        var boards = [first]
        while chance(3), boards.count < 3 {
            let other = first % 2 + 2 * number(boardCount / 2)
            if !boards.contains(other) { boards.append(other) }
        }
        var items: [Operation.Item] = []
        for _ in 0..<1 + number(12) {
            if !items.isEmpty, chance(20) {
                items.append(pick(items))
                continue
            }
            items.append(
                Operation.Item(
                    id: nextID, user: number(Self.users.count), amount: amount(), submittedScore: chance(30) ? 7 : nil))
            nextID += 1
        }
        let issuedAt = issueTime()
        recent.append((boards, issuedAt, items))
        if recent.count > Self.recentMax { recent.removeFirst() }
        return .update(node: number(2), boards: boards, issuedAt: issuedAt, items)
    }

    /// Repeats some updates of a group, perhaps with another `new_score`.
    private mutating func retry() -> Operation {
        let group = pick(recent)
        let items = (0..<1 + number(4)).map { _ in
            var item = pick(group.items)
            if chance(6) { item.submittedScore = 8 }
            return item
        }
        return .update(node: number(2), boards: group.boards, issuedAt: group.issuedAt, items)
    }

    private mutating func amount() -> Int64 {
        switch number(40) {
        case 0: ScoreBounds.max
        case 1: ScoreBounds.min
        case 2: ScoreBounds.max - 1
        default: Int64(number(13)) - 4
        }
    }

    /// Mostly now, sometimes late or early, up to two hours.
    private mutating func issueTime() -> Int64 {
        switch number(10) {
        case 0: -Int64(number(7_200_000))
        case 1: -Int64(number(90_000))
        case 2: Int64(number(60_000))
        default: Int64(number(3_000))
        }
    }

    private mutating func question() -> RankingQuestion {
        let limit = 1 + number(7)
        switch number(7) {
        case 0: return .page(limit: limit, after: nil)
        case 1: return .pageFrom(offset: number(20), limit: limit)
        case 2: return .around(userID: Self.users[number(Self.users.count)], limit: limit)
        case 3: return .users((0..<limit).map { _ in Self.users[number(Self.users.count)] })
        case 4: return .rank(score: amount())
        case 5: return .entry(place: Int64(1 + number(20)))
        default: return .top(millionths: Int64(1 + number(1_000_000)), limit: limit)
        }
    }

    private mutating func change() -> Operation.Change {
        switch number(6) {
        case 0: .grace(seconds: graceSeconds())
        case 1: .bounds(chance(2) ? nil : -Int64(number(40)), chance(2) ? nil : Int64(number(200)))
        case 2: .allowDecrease(chance(2))
        case 3: .top(1 + number(12))
        case 4: .seasonEnd(window: number(4), at: Int64(number(60_000)))
        default: .newWindow(window(number(30)))
        }
    }

    private mutating func form() -> BoardForm {
        let rules = BoardRules(
            operator: pick(BoardRules.Operator.allCases), order: pick(BoardRules.Order.allCases),
            ties: pick(BoardRules.Ties.allCases), allowDecrease: chance(2))
        let first = number(30)
        let windows = (0..<1 + number(4)).map { window(first + $0) }
        return BoardForm(
            rules: rules, windows: windows, timeZone: pick(Self.zones), graceSeconds: graceSeconds(),
            top: 1 + number(12))
    }

    /// Some graces end within the run, and some periods before it are open, or sealed already.
    private mutating func graceSeconds() -> Int { pick([0, 1, 3, 20, 660, 5_400]) }

    /// - Parameter place: windows at places that differ by less than 6 have different names.
    private mutating func window(_ place: Int) -> WindowForm {
        switch place % 6 {
        case 0: return .fixed("all")
        case 1: return .fixed(chance(2) ? "hourly" : "daily")
        case 2: return .cron(name: "minute", "* * * * *")
        case 3: return .cron(name: "quarter", "*/15 * * * *")
        case 4:
            let start = Int64(number(30_000)) - 10_000
            return .season(name: "season-\(number(3))", startsAt: start, endsAt: start + 1 + Int64(number(20_000)))
        default: return .fixed(pick(["weekly", "monthly", "yearly"]))
        }
    }

    private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private mutating func chance(_ one: Int) -> Bool { number(one) == 0 }
    private mutating func pick<T>(_ values: [T]) -> T { values[number(values.count)] }
}
