import Leaderboard

/// One run of operations against stores and against the model. It stops at the first difference.
struct BoardRun: Sendable {
    /// The first difference.
    struct Difference: Error, CustomStringConvertible {
        var step: Int
        var operation: Operation
        var text: String
        var description: String { "step \(step), \(operation): \(text)" }
    }

    let system: any BoardSystem
    var model = BoardModel()
    /// The store's time at the begin.
    private(set) var base: Int64 = 0
    /// The boards as they are now, by their places.
    private(set) var boards: [Int: Board] = [:]
    /// The boards as each node knows them.
    private var nodes: [[Int: Board]] = [[:], [:]]
    /// The next time at which a period begins, ends or is sealed; nil if it has to be computed again.
    private var boundary: Int64?

    /// A call may happen this much earlier than the clock shows: a server does not look at its clock for each command.
    private static let clockSlack: Int64 = 5
    /// If a boundary is as near as this, the run waits until it is over, so that the order of both is known.
    private static let boundaryNear: Int64 = 40

    init(system: any BoardSystem) {
        self.system = system
    }

    /// Performs the operations.
    ///
    /// - Throws: ``Difference``, or what the stores throw.
    mutating func perform(_ operations: [Operation]) async throws {
        base = try await system.now()
        for (step, operation) in operations.enumerated() {
            if let text = try await perform(operation) {
                throw Difference(step: step, operation: operation, text: text)
            }
        }
    }

    /// Performs one operation. Returns the difference, if there is one.
    private mutating func perform(_ operation: Operation) async throws -> String? {
        switch operation {
        case .update(let node, let places, let issuedAt, let items):
            return try await update(node: node, places, issuedAt: base + issuedAt, items)
        case .read(let board, let window, let time, let question):
            guard let (board, window) = find(board, window) else { return nil }
            return try await read(question, board, window, at: time.map { base + $0 })
        case .walk(let board, let window, let limit):
            guard let (board, window) = find(board, window) else { return nil }
            return try await walk(board, window, limit: limit)
        case .reset(let board, let window):
            guard let (board, chosen) = find(board, window ?? 0) else { return nil }
            let windows = window == nil ? board.windows : [chosen]
            return try await settle { [system] in
                try await system.reset(board, windows: windows)
            } check: { model, now, _ in
                model.reset(board, windows: windows, at: now)
                return nil
            }
        case .deleteUser(let board, let user):
            guard let board = boards[board] else { return nil }
            let userID = OperationGenerator.users[user]
            return try await settle { [system] in
                try await system.deleteUser(userID, of: board)
            } check: { model, now, found in
                let expected = model.delete(userID, of: board, at: now)
                return found == expected ? nil : "had a score: \(found), and not \(expected)"
            }
        case .change(let board, let change): return try await self.change(board, change)
        case .replace(let place, let form):
            // What is due is archived by the rules that it had.
            if let text = try await seal() { return text }
            try await put(form.board(place, base: base), at: place, emptying: true)
            return nil
        case .refresh(let node):
            nodes[node] = boards
            return nil
        case .seal: return try await seal()
        case .turn(let board, let window):
            guard let (board, window) = find(board, window) else { return nil }
            return try await turn(board, window)
        case .wait(let until): return try await wait(until: base + until)
        case .compare: return try await compare()
        }
    }

    // MARK: - Time

    /// Does something to the stores, and checks it with the model at the time at which it happened. If a boundary fell
    /// into that time, both sides of it are tried.
    mutating func settle<Answer: Sendable>(
        _ action: () async throws -> Answer, check: (inout BoardModel, Int64, Answer) -> String?
    ) async throws -> String? {
        let before = try await timeAwayFromBoundaries()
        let answer = try await action()
        let after = try await system.now()
        var times = [before]
        while let last = times.last, last < after {
            let next = model.nextBoundary(after: last)
            guard next <= after else { break }
            times.append(next)
        }
        let known = model.rankings.count
        var tries: [(model: BoardModel, text: String?)] = []
        if times.count == 1 {
            // The common case, without a copy of the model.
            let text = check(&model, before, answer)
            if model.rankings.count != known { boundary = nil }
            return text
        }
        for time in times {
            var copy = model
            let text = check(&copy, time, answer)
            tries.append((copy, text))
        }
        boundary = nil
        let fitting = tries.filter { $0.text == nil }
        guard let first = fitting.first else { return tries.first?.text }
        model = first.model
        if fitting.count > 1 { model.forgetVersions() }
        return nil
    }

    /// Waits, if a boundary is near, until it is over. Returns the time.
    private mutating func timeAwayFromBoundaries() async throws -> Int64 {
        while true {
            let now = try await system.now() - Self.clockSlack
            let next = boundary ?? model.nextBoundary(after: now)
            boundary = next
            if next > now + Self.boundaryNear { return now }
            if next <= now { boundary = nil } else { try await system.pause() }
        }
    }

    private func wait(until time: Int64) async throws -> String? {
        while try await system.now() < time { try await system.pause() }
        return nil
    }

    // MARK: - Boards

    func find(_ board: Int, _ window: Int) -> (Board, Window)? {
        boards[board].map { ($0, $0.windows[window % $0.windows.count]) }
    }

    private mutating func put(_ board: Board, at place: Int, emptying: Bool) async throws {
        let now = try await timeAwayFromBoundaries()
        let stored = try await system.put(board, emptying: emptying)
        model.put(stored, emptying: emptying, at: now)
        boards[place] = stored
        boundary = nil
    }

    private mutating func change(_ place: Int, _ change: Operation.Change) async throws -> String? {
        guard var board = boards[place] else { return nil }
        switch change {
        case .grace(let seconds): board.graceSeconds = seconds
        case .bounds(let least, let greatest):
            (board.rules.minScore, board.rules.maxScore) = (least, greatest)
        case .allowDecrease(let isAllowed): board.rules.allowDecrease = isAllowed
        case .top(let count): board.top = count
        case .seasonEnd(let index, let end):
            let index = index % board.windows.count
            let now = try await system.now()
            // The end may move while the season is open.
            guard case .season(let start, let old) = board.windows[index].kind, old > now + 100,
                base + end > max(start, now + 100)
            else { return nil }
            board.windows[index] = Window(
                name: board.windows[index].name, kind: .season(startsAt: start, endsAt: base + end))
            try await put(board, at: place, emptying: false)
            model.moveEnd(of: board, window: board.windows[index])
            return nil
        case .newWindow(let form):
            guard board.windows.count < Window.countMax, board.window(form.name) == nil,
                let window = form.window(base: base)
            else { return nil }
            board.windows.append(window)
        }
        try await put(board, at: place, emptying: false)
        return nil
    }

    // MARK: - Updates

    private mutating func update(
        node: Int, _ places: [Int], issuedAt: Int64, _ items: [Operation.Item]
    ) async throws -> String? {
        let boards = places.compactMap { nodes[node][$0] }
        guard boards.count == places.count else { return nil }
        let targets = UpdateTargets(of: boards.map { BoardCalendar($0) }, issuedAt: issuedAt)
        guard !targets.targets.isEmpty, targets.targets.count <= UpdateTargets.countMax else { return nil }
        let updates = items.map { item in
            ModelUpdate(
                signature: Self.signature(item.id), userID: OperationGenerator.users[item.user], amount: item.amount,
                submittedScore: item.submittedScore, issuedAt: issuedAt, boards: boards)
        }
        let sent = updates.map { update in
            ScoreUpdate(
                targets: targets, userID: update.userID, amount: update.amount, submittedScore: update.submittedScore,
                action: "act", nonce: String(update.signature.suffix(16)), signature: update.signature,
                issuedAt: issuedAt)
        }
        return try await settle { [system] in
            try await system.apply(sent, node: node)
        } check: { model, now, answers in
            guard answers.count == updates.count else { return "\(answers.count) answers for \(updates.count)" }
            let outcomes = model.apply(updates, at: now)
            for (index, (outcome, answer)) in zip(outcomes, answers).enumerated() {
                guard let outcome, outcome.allows(answer, firstBoard: boards[0].id) else {
                    return "item \(index) is answered with \(answer), and not \(String(describing: outcome))"
                }
            }
            return nil
        }
    }

    /// A text with the form of a signature, 43 characters.
    private static func signature(_ id: Int) -> String {
        let digits = String(id)
        return String(repeating: "s", count: 43 - digits.count) + digits
    }
}
