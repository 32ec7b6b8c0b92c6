import Basics
import Leaderboard

/// Makes random operations. Equal seeds give equal sequences.
struct OperationGenerator {
    /// The time at which a run begins, in ms since 1970: some hours before something rare in a calendar.
    let start: Int64
    private var random: SplitMix64
    private let boardCount: Int
    private var nextID = 0
    /// The clock of the stores at this point of the sequence, in ms since the begin.
    private var clock: Int64 = 0
    /// The last groups of updates. An action id names its user, its action and its time, so a retry repeats them.
    private var recent: [Operation.Group] = []
    private static let recentMax = 20

    /// The users. Two of them are the same letter in different bytes.
    static let users = (0..<14).map { "user-\($0)" } + ["\u{e9}", "e\u{301}", "a b", "100,000"]
    private static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    private static let starts: [Int64] = [
        1_792_872_000_000,  // 2026-10-24T20:00Z, before summer time ends in Berlin
        1_798_747_200_000,  // 2026-12-31T20:00Z, in the ISO week 53
        1_804_989_600_000,  // 2027-03-14T02:00Z, before summer time begins in New York
        1_806_746_400_000,  // 2027-04-03T10:00Z, before summer time ends on Lord Howe Island
        1_835_380_800_000,  // 2028-02-28T20:00Z, before a leap day
    ]

    init(seed: UInt64, boardCount: Int = 6) {
        random = SplitMix64(seed: seed)
        self.boardCount = boardCount
        start = Self.starts[Int(seed % UInt64(Self.starts.count))]
    }

    /// A sequence with about so many operations. An operation is one update of a group, one read with all of its pages,
    /// or one act. The sequence begins with all boards.
    mutating func operations(count: Int) -> [Operation] {
        var operations = (0..<boardCount).map { Operation.replace(board: $0, form()) } + [.refresh(node: 0)]
        var made = 0
        while made < count {
            if chance(18) { operations.append(.clock(at: nextTime())) }
            let next = operation()
            made += next.size
            operations.append(next)
        }
        return operations + [.seal, .compareAll]
    }

    private mutating func operation() -> Operation {
        let board = number(boardCount)
        switch number(1000) {
        case ..<370: return .update(group())
        case ..<430:
            let first = group()
            // The same action ids at two nodes count once.
            let second = chance(4) ? retry(of: first) : group()
            return .together(first, second)
        case ..<800: return .read(board: board, window: number(4), at: chance(3) ? issueTime() : nil, question())
        case ..<840: return .walk(board: board, window: number(4), limit: 1 + number(8))
        case ..<850: return .reset(board: board, window: chance(2) ? number(4) : nil)
        case ..<870: return .deleteUser(board: board, user: number(Self.users.count))
        case ..<895: return .change(board: board, change())
        case ..<898: return .replace(board: board, form())
        case ..<938: return .refresh(node: number(2))
        case ..<943: return .skew(node: number(2), by: chance(3) ? 0 : Int64(number(1_200_000)) - 600_000)
        case ..<965: return .seal
        case ..<998: return .turn(board: board, window: number(4))
        default: return .compare
        }
    }

    // MARK: - Time

    /// The next time of the clock: mostly a moment later, sometimes next to the begin or the end of a period or of a
    /// grace, sometimes much later, and sometimes earlier.
    private mutating func nextTime() -> Int64 {
        switch number(200) {
        case ..<90: clock += Int64(1 + number(900))
        case ..<135: clock += Int64(1 + number(15_000))
        case ..<165: clock = edge()
        case ..<176: clock += Int64(15_000 + number(120_000))
        case ..<182: clock += Int64(number(2_400_000))
        case ..<185: clock += Int64(number(18_000_000))
        case 185: clock += Int64(number(3 * 86_400_000))
        case 186: clock += chance(4) ? Int64(number(40)) * 86_400_000 : 0
        case ..<196: clock -= Int64(number(chance(3) ? 90_000 : 2_000))
        default: clock -= Int64(number(chance(3) ? 3_600_000 : 600_000))
        }
        return clock
    }

    /// The first or the last ms of a period, or of a grace after it. A run begins at a full hour.
    private mutating func edge() -> Int64 {
        let length: Int64 = pick([60_000, 60_000, 900_000, 900_000, 1_800_000, 3_600_000])
        let past = ((clock % length) + length) % length
        let end = clock - past + length
        return end + (chance(3) ? Int64(graceSeconds()) * 1000 : 0) - Int64(number(2))
    }

    /// Mostly now, sometimes late or early, by up to two hours.
    private mutating func issueTime() -> Int64 {
        switch number(20) {
        case 0: clock - Int64(number(7_200_000))
        case 1: clock - Int64(number(600_000))
        case 2, 3: clock - Int64(number(90_000))
        case 4, 5: clock + Int64(number(60_000))
        default: clock - Int64(number(3_000))
        }
    }

    // MARK: - Updates

    private mutating func group() -> Operation.Group {
        if !recent.isEmpty, chance(8) { return retry(of: pick(recent)) }
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
        let group = Operation.Group(node: number(2), boards: boards, issuedAt: issueTime(), items: items)
        recent.append(group)
        if recent.count > Self.recentMax { recent.removeFirst() }
        return group
    }

    /// Repeats some updates of a group, perhaps with another `new_score`.
    private mutating func retry(of group: Operation.Group) -> Operation.Group {
        var group = group
        group.node = number(2)
        group.items = (0..<1 + number(4)).map { _ in
            var item = pick(group.items)
            if chance(6) { item.submittedScore = 8 }
            return item
        }
        return group
    }

    private mutating func amount() -> Int64 {
        switch number(40) {
        case 0: ScoreBounds.max
        case 1: ScoreBounds.min
        case 2: ScoreBounds.max - 1
        default: Int64(number(13)) - 4
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

    // MARK: - Boards

    private mutating func change() -> Operation.Change {
        switch number(6) {
        case 0: .grace(seconds: graceSeconds())
        case 1: .bounds(chance(2) ? nil : -Int64(number(40)), chance(2) ? nil : Int64(number(200)))
        case 2: .allowDecrease(chance(2))
        case 3: .top(1 + number(12))
        case 4: .seasonEnd(window: number(4), at: clock + Int64(number(60_000)))
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

    private mutating func graceSeconds() -> Int { pick([0, 1, 3, 20, 660, 5_400]) }

    /// - Parameter place: windows at places that differ by less than 7 have different names.
    private mutating func window(_ place: Int) -> WindowForm {
        switch place % 7 {
        case 0: return .fixed("all")
        case 1: return .fixed(chance(2) ? "hourly" : "daily")
        case 2: return .cron(name: "minute", "* * * * *")
        case 3: return .cron(name: "quarter", "*/15 * * * *")
        case 4:
            let start = clock + Int64(number(30_000)) - 10_000
            let length = chance(8) ? 1 + number(7_200_000) : 1 + number(20_000)
            return .season(name: "season-\(number(3))", startsAt: start, endsAt: start + Int64(length))
        case 5: return .cron(name: "night", "30 1,2 * * *")
        default: return .fixed(pick(["weekly", "monthly", "yearly"]))
        }
    }

    /// The names of all windows that boards can have.
    static let windowNames =
        ["all", "hourly", "daily", "weekly", "monthly", "yearly", "minute", "quarter", "night"]
        + (0..<3).map { "season-\($0)" }

    private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private mutating func chance(_ one: Int) -> Bool { number(one) == 0 }
    private mutating func pick<T>(_ values: [T]) -> T { values[number(values.count)] }
}
