import ScorecastClient

/// After the traffic: waits until everything agrees with the answers to clients, and reports differences.
struct Settling {
    /// A board with more than ten million entries is not read to its end.
    private static let pagesMax = 10_000
    private static let pause = Duration.milliseconds(100)

    let client: NodeClient
    let scenario: Scenario
    /// The token of an administrator, for boards that are not public.
    let token: String

    // MARK: Scores

    /// Reads the scores of the run's users until they agree with the oracle, or the time is over and each node was
    /// asked.
    ///
    /// - Returns: the last differences, and the part of the board that was read, in words.
    func scores(_ oracle: Oracle, until clock: RunClock) async -> (differences: Differences, read: String) {
        var turn = 0
        var read = ""
        while true {
            var differences = Differences()
            do {
                let (reading, total) = try await readScores(turn, oracle)
                differences = oracle.compare(reading.scores)
                differences.add(reading.faults)
                read = ", \(reading.entries) of \(max(total, Int64(reading.entries))) entries read"
            } catch {
                differences.add("the board cannot be read: \(error)")
            }
            turn += 1
            guard differences.count > 0, goesOn(turn, until: clock) else { return (differences, read) }
            try? await Task.sleep(for: Self.pause * min(turn, 10))
        }
    }

    private func readScores(_ turn: Int, _ oracle: Oracle) async throws -> (reading: BoardReading, total: Int64) {
        var reading = BoardReading(oracle)
        var cursor: String?
        for _ in 0..<Self.pagesMax {
            let page = try await client.page(turn, board: scenario.board, limit: 1000, cursor: cursor, token: token)
            cursor = page.next
            if reading.read(page.entries, isLast: cursor == nil) { return (reading, page.total) }
        }
        throw LoadError("the board has over \(Self.pagesMax * 1000) entries")
    }

    /// Whether to try again after `tries` attempts: a node that hangs can take all the time that others would need.
    private func goesOn(_ turn: Int, until clock: RunClock) -> Bool {
        turn < client.urls.count || ContinuousClock.now + Self.pause < clock.settleDeadline
    }

    // MARK: Watchers

    /// Waits until all watchers show the top of the API, or the time is over and each node was asked.
    ///
    /// - Returns: the last differences, and if there are none, the time until they were gone.
    func convergence(
        of watchers: Watchers, until clock: RunClock
    ) async -> (differences: Differences, time: Duration?) {
        let start = ContinuousClock.now
        var turn = 0
        while true {
            var differences = Differences()
            do {
                let before = watchers.states
                let page = try await top(turn)
                watchers.read(page)
                differences = watchers.differences(from: page, before: before)
            } catch {
                differences.add("the top cannot be read: \(error)")
            }
            if differences.count == 0 { return (differences, ContinuousClock.now - start) }
            turn += 1
            guard goesOn(turn, until: clock) else { return (differences, nil) }
            try? await Task.sleep(for: turn < 10 ? .milliseconds(10) : Self.pause)
        }
    }

    /// The top that watchers must show.
    func top(_ turn: Int) async throws -> NodeClient.Page {
        try await client.page(turn, board: scenario.board, limit: scenario.watchers.limit, token: token)
    }
}
