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
    /// The time at the begin, in ms since 1970.
    let start: Int64
    /// The time that the clock of the stores shows.
    private(set) var now: Int64
    /// The boards as they are now, by their places.
    private(set) var boards: [Int: BoardCalendar] = [:]
    /// The boards as each node knows them.
    private var nodes: [[Int: BoardCalendar]] = [[:], [:]]
    /// The archives that were not compared yet.
    var newArchives: Set<Ranking> = []
    /// Takes the name of each outcome of an update.
    private let sees: @Sendable (String) -> Void

    /// - Parameters:
    ///   - start: the time that the clock of the stores shows, in ms since 1970.
    ///   - sees: takes the name of each outcome of an update.
    init(system: any BoardSystem, start: Int64, sees: @escaping @Sendable (String) -> Void = { _ in }) {
        self.system = system
        self.sees = sees
        self.start = start
        now = start
    }

    /// Performs the operations. Returns the first difference. An error of the stores is one, too.
    mutating func perform(_ operations: [Operation]) async -> Difference? {
        for (step, operation) in operations.enumerated() {
            let text: String?
            do { text = try await perform(operation) } catch { text = "\(error)" }
            if let text { return Difference(step: step, operation: operation, text: text) }
        }
        return nil
    }

    /// Performs one operation. Returns the difference, if there is one.
    private mutating func perform(_ operation: Operation) async throws -> String? {
        switch operation {
        case .update(let group): return try await update(group)
        case .together(let one, let other): return try await update(one, other)
        case .read(let board, let window, let time, let question):
            guard let (board, window) = find(board, window) else { return nil }
            return try await read(question, board, window, at: time.map { start + $0 })
        case .walk(let board, let window, let limit):
            guard let (board, window) = find(board, window) else { return nil }
            return try await walk(board, window, limit: limit)
        case .reset(let place, let window):
            guard let (calendar, chosen) = find(place, window ?? 0) else { return nil }
            let windows = window == nil ? calendar.board.windows : [chosen]
            try await system.reset(calendar.board, windows: windows)
            model.reset(calendar.board, windows: windows, at: now)
            return nil
        case .deleteUser(let place, let user):
            guard let board = boards[place]?.board else { return nil }
            let userID = OperationGenerator.users[user]
            let found = try await system.deleteUser(userID, of: board)
            let expected = model.delete(userID, of: board, at: now)
            return found == expected ? nil : "had a score: \(found), and not \(expected)"
        case .change(let place, let change):
            guard let board = changed(place, change) else { return nil }
            try await put(board, at: place, emptying: false)
            return nil
        case .replace(let place, let form):
            // What is due is archived by the rules that it had.
            if let text = try await seal() { return text }
            try await put(form.board(place, base: start), at: place, emptying: true)
            return nil
        case .refresh(let node):
            nodes[node] = boards
            return nil
        case .seal: return try await seal()
        case .turn(let place, let window):
            guard let (calendar, window) = find(place, window), !window.hasOnePeriod,
                let period = calendar.period(at: now, in: window.name)
            else { return nil }
            try await system.turn(calendar.board, window: window, to: period)
            model.turn(calendar.board, window: window.name, at: now)
            return nil
        case .clock(let time):
            now = start + time
            try await system.set(now)
            return nil
        case .skew(let node, let milliseconds):
            await system.skew(node, by: milliseconds)
            return nil
        case .compare: return try await compare()
        case .compareAll:
            newArchives = Set(model.archives.keys)
            return try await compare()
        }
    }

    // MARK: - Boards

    func find(_ board: Int, _ window: Int) -> (BoardCalendar, Window)? {
        boards[board].map { ($0, $0.board.windows[window % $0.board.windows.count]) }
    }

    private mutating func put(_ board: Board, at place: Int, emptying: Bool) async throws {
        let stored = try await system.put(board, emptying: emptying)
        model.put(stored, emptying: emptying, at: now)
        boards[place] = BoardCalendar(stored)
    }

    /// A board after a change; nil if it cannot be changed in this way.
    private func changed(_ place: Int, _ change: Operation.Change) -> Board? {
        guard var board = boards[place]?.board else { return nil }
        switch change {
        case .grace(let seconds): board.graceSeconds = seconds
        case .bounds(let least, let greatest):
            (board.rules.minScore, board.rules.maxScore) = (least, greatest)
        case .allowDecrease(let isAllowed): board.rules.allowDecrease = isAllowed
        case .top(let count): board.top = count
        case .seasonEnd(let index, let end):
            let index = index % board.windows.count
            // The end may move while the season is open.
            guard case .season(let first, let old) = board.windows[index].kind, old > now,
                start + end > max(first, now)
            else { return nil }
            board.windows[index] = Window(
                name: board.windows[index].name, kind: .season(startsAt: first, endsAt: start + end))
        case .newWindow(let form):
            guard board.windows.count < Window.countMax, board.window(form.name) == nil,
                let window = form.window(base: start)
            else { return nil }
            board.windows.append(window)
        }
        return board
    }

    // MARK: - Updates

    /// A group as the model and the stores take it.
    private struct Updates {
        var node: Int
        var targets: UpdateTargets
        var updates: [ModelUpdate]

        var sent: [ScoreUpdate] {
            updates.map { update in
                ScoreUpdate(
                    targets: targets, userID: update.userID, amount: update.amount,
                    submittedScore: update.submittedScore, action: "act", nonce: String(update.signature.suffix(16)),
                    signature: update.signature, issuedAt: update.issuedAt)
            }
        }

        /// Whether a node sends the group with one call, in one step.
        var isOneStep: Bool { updates.count <= 12 && (updates.count + 1) * targets.targets.count <= 96 }
    }

    /// Nil if the node would not send it.
    private func updates(_ group: Operation.Group) -> Updates? {
        let boards = group.boards.compactMap { nodes[group.node][$0] }
        guard boards.count == group.boards.count else { return nil }
        let issuedAt = start + group.issuedAt
        let targets = UpdateTargets(of: boards, issuedAt: issuedAt)
        guard !targets.targets.isEmpty, targets.targets.count <= UpdateTargets.countMax else { return nil }
        let updates = group.items.map { item in
            ModelUpdate(
                signature: Self.signature(item.id), userID: OperationGenerator.users[item.user], amount: item.amount,
                submittedScore: item.submittedScore, issuedAt: issuedAt, targets: targets)
        }
        return Updates(node: group.node, targets: targets, updates: updates)
    }

    private mutating func update(_ group: Operation.Group) async throws -> String? {
        guard let updates = updates(group) else { return nil }
        let answers = try await system.apply(updates.sent, node: updates.node)
        for answer in answers { sees(String(describing: answer).prefix { $0 != "(" }.description) }
        return Self.check(updates, answers, &model, at: now)
    }

    /// Sends two groups at once. The store may take either of them first.
    private mutating func update(_ one: Operation.Group, _ other: Operation.Group) async throws -> String? {
        guard one.node != other.node, let first = updates(one), let second = updates(other), first.isOneStep,
            second.isOneStep
        else {
            if let text = try await update(one) { return text }
            return try await update(other)
        }
        async let firstSent = system.apply(first.sent, node: first.node)
        async let secondSent = system.apply(second.sent, node: second.node)
        let (firstAnswers, secondAnswers) = try await (firstSent, secondSent)
        func check(_ model: inout BoardModel, isSwapped: Bool) -> String? {
            if isSwapped, let text = Self.check(second, secondAnswers, &model, at: now) { return text }
            if let text = Self.check(first, firstAnswers, &model, at: now) { return text }
            return isSwapped ? nil : Self.check(second, secondAnswers, &model, at: now)
        }
        if Set(one.boards).isDisjoint(with: other.boards) { return check(&model, isSwapped: false) }
        var (fitting, texts): ([BoardModel], [String]) = ([], [])
        for isSwapped in [false, true] {
            var copy = model
            if let text = check(&copy, isSwapped: isSwapped) { texts.append(text) } else { fitting.append(copy) }
        }
        guard let first = fitting.first else { return Self.either(texts) }
        model = first
        return fitting.count == 1 ? nil : try await choose(fitting, by: [one, other])
    }

    /// Takes the model that fits what can be read. Both orders of two groups can give the same answers, but other tops
    /// or versions.
    private mutating func choose(_ models: [BoardModel], by groups: [Operation.Group]) async throws -> String? {
        var texts: [String] = []
        for model in models {
            var run = self
            run.model = model
            guard let text = try await run.readBoards(of: groups) else {
                self = run
                return nil
            }
            texts.append(text)
        }
        return Self.either(texts)
    }

    private static func either(_ texts: [String]) -> String {
        texts.joined(separator: "; and if the second group came first: ")
    }

    /// Reads all that groups may have changed.
    private mutating func readBoards(of groups: [Operation.Group]) async throws -> String? {
        for group in groups {
            for calendar in group.boards.compactMap({ boards[$0] }) {
                for window in calendar.board.windows {
                    for time in [nil, start + group.issuedAt] {
                        let text = try await read(.page(limit: 1000, after: nil), calendar, window, at: time)
                        if let text { return text }
                    }
                }
            }
        }
        return nil
    }

    /// Does the same to the model, and compares the answers.
    private static func check(
        _ sent: Updates, _ answers: [ApplyOutcome], _ model: inout BoardModel, at now: Int64
    ) -> String? {
        guard answers.count == sent.updates.count else { return "\(answers.count) answers for \(sent.updates.count)" }
        var updates = sent.updates
        for index in updates.indices {
            if case .stale = answers[index] { updates[index].isCalledStale = true }
        }
        let outcomes = model.apply(updates, at: now)
        for (index, (outcome, answer)) in zip(outcomes, answers).enumerated() {
            guard let outcome, outcome.allows(answer, firstBoard: sent.targets.boardID) else {
                return "item \(index) is answered with \(answer), and not \(String(describing: outcome))"
            }
        }
        return nil
    }

    /// A text with the form of a signature, 43 characters.
    private static func signature(_ id: Int) -> String {
        let digits = String(id)
        return String(repeating: "s", count: 43 - digits.count) + digits
    }
}
