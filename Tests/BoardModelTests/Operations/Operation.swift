import Leaderboard

/// One step of a run: something that is done to the model and to the stores. Times are relative to the begin of the
/// run, in ms, and boards and windows are places in lists, so that a sequence from which steps were removed is still a
/// sequence.
enum Operation: Hashable, Sendable {
    /// Updates by one node.
    case update(Group)
    /// Updates by two nodes at once.
    case together(Group, Group)
    /// Asks a question about the current period, or about the one in which a time lies.
    case read(board: Int, window: Int, at: Int64?, RankingQuestion)
    /// Reads the current period page by page.
    case walk(board: Int, window: Int, limit: Int)
    /// Empties the current periods of a board's windows, or of one of them.
    case reset(board: Int, window: Int?)
    /// Deletes a user's scores.
    case deleteUser(board: Int, user: Int)
    /// Changes a board in a way that leaves its scores.
    case change(board: Int, Change)
    /// Gives a board another form, which empties it.
    case replace(board: Int, BoardForm)
    /// Lets a node learn of all boards.
    case refresh(node: Int)
    /// Seals all periods that are due, and archives them.
    case seal
    /// Turns a window to the period that runs now.
    case turn(board: Int, window: Int)
    /// Sets the clock of the stores, also back.
    case clock(at: Int64)
    /// Sets how far the clock of a node is ahead of the store's, in ms.
    case skew(node: Int, by: Int64)
    /// Compares all rankings and tops, and the archives that are new.
    case compare
    /// Compares everything.
    case compareAll

    /// Updates by one node, on the same boards and with the same issue time, one after the other.
    struct Group: Hashable, Sendable {
        var node: Int
        var boards: [Int]
        var issuedAt: Int64
        var items: [Item]

        /// The group without one of its updates, or without one of its boards.
        var smaller: [Group] {
            func without<T>(_ list: [T]) -> [[T]] {
                list.count < 2 ? [] : list.indices.reversed().map { Array(list[..<$0] + list[($0 + 1)...]) }
            }
            return without(items).map { Group(node: node, boards: boards, issuedAt: issuedAt, items: $0) }
                + without(boards).map { Group(node: node, boards: $0, issuedAt: issuedAt, items: items) }
        }
    }

    /// The number of updates, reads and acts.
    var size: Int {
        switch self {
        case .update(let group): group.items.count
        case .together(let one, let other): one.items.count + other.items.count
        default: 1
        }
    }

    /// Smaller operations in its place, to look for the smallest one that shows a fault.
    var smaller: [Operation] {
        switch self {
        case .update(let group): group.smaller.map { .update($0) }
        case .together(let one, let other):
            [.update(one), .update(other)] + one.smaller.map { .together($0, other) }
                + other.smaller.map { .together(one, $0) }
        default: []
        }
    }

    /// One update of a group.
    struct Item: Hashable, Sendable {
        /// The number of the action id. The same one again is a retry.
        var id: Int
        var user: Int
        var amount: Int64
        var submittedScore: Int64?
    }

    /// A change that leaves a board's form as it is.
    enum Change: Hashable, Sendable {
        case grace(seconds: Int)
        case bounds(Int64?, Int64?)
        case allowDecrease(Bool)
        case top(Int)
        /// Another end of the season that is at this place in the windows.
        case seasonEnd(window: Int, at: Int64)
        case newWindow(WindowForm)
    }
}

/// A window, with times relative to the begin of the run.
enum WindowForm: Hashable, Sendable {
    case fixed(String)
    case cron(name: String, String)
    case season(name: String, startsAt: Int64, endsAt: Int64)

    func window(base: Int64) -> Window? {
        switch self {
        case .fixed(let name): Window.fixed(name)
        case .cron(let name, let text): (try? CronSchedule(text)).map { Window(name: name, kind: .cron($0)) }
        case .season(let name, let start, let end):
            Window(name: name, kind: .season(startsAt: base + start, endsAt: base + end))
        }
    }

    var name: String {
        switch self {
        case .fixed(let name), .cron(let name, _), .season(let name, _, _): name
        }
    }
}

/// The members of a board that operations choose.
struct BoardForm: Hashable, Sendable {
    var rules: BoardRules
    var windows: [WindowForm]
    var timeZone: String
    var graceSeconds: Int
    var top: Int

    func board(_ index: Int, base: Int64) -> Board {
        Board(
            id: "board-\(index)", group: "group-\(index % 2)", rules: rules,
            windows: windows.compactMap { $0.window(base: base) }, timeZone: timeZone, graceSeconds: graceSeconds,
            top: top)
    }
}
