import ScorecastClient

/// After the traffic: waits until everything agrees with what clients were told, and says what does not.
struct Settling {
    /// A board of more entries is not read to its end: ten million.
    private static let pagesMax = 10_000
    private static let pause = Duration.milliseconds(100)

    let client: NodeClient
    let scenario: Scenario
    /// Of an administrator, for boards that are not public.
    let token: String

    // MARK: Scores

    /// Reads the scores of the run's users until they are what the oracle says, or the time is over and each node was asked.
    ///
    /// - Returns: what differs at last.
    func scores(_ oracle: Oracle, until clock: RunClock) async -> Differences {
        var turn = 0
        while true {
            var differences: Differences
            do {
                let (scores, twice) = try await readScores(turn, prefix: oracle.prefix)
                differences = oracle.compare(scores)
                differences.add(twice)
            } catch {
                differences = Differences()
                differences.add("the board cannot be read: \(error)")
            }
            turn += 1
            guard differences.count > 0, goesOn(turn, until: clock) else { return differences }
            try? await Task.sleep(for: Self.pause * min(turn, 10))
        }
    }

    /// The scores of the run's users by number, from all pages of the ranking, and the users that are there twice.
    private func readScores(
        _ turn: Int, prefix: String
    ) async throws -> (scores: [Int: Int64], twice: Differences) {
        var scores: [Int: Int64] = [:]
        var twice = Differences()
        var cursor: String?
        for _ in 0..<Self.pagesMax {
            let page = try await client.page(turn, board: scenario.board, limit: 1000, cursor: cursor, token: token)
            for entry in page.entries where entry.userID.hasPrefix(prefix) {
                guard let number = Int(entry.userID.dropFirst(prefix.count)) else { continue }
                if let before = scores.updateValue(entry.score, forKey: number) {
                    twice.add("\(entry.userID) is on the board twice, with \(before) and \(entry.score)")
                }
            }
            cursor = page.next
            if cursor == nil { return (scores, twice) }
        }
        throw LoadError("the board has over \(Self.pagesMax * 1000) entries")
    }

    /// Whether to try again after so many tries: a node that hangs can take all the time that others would need.
    private func goesOn(_ turn: Int, until clock: RunClock) -> Bool {
        turn < client.urls.count || ContinuousClock.now + Self.pause < clock.settleDeadline
    }

    // MARK: Watchers

    /// Waits until all watchers show the top that the API says, or the time is over and each node was asked.
    ///
    /// - Returns: what differs at last, and how long it took where nothing does.
    func convergence(
        of watchers: Watchers, until clock: RunClock
    ) async -> (differences: Differences, time: Duration?) {
        let start = ContinuousClock.now
        var turn = 0
        while true {
            var differences: Differences
            do {
                let page = try await top(turn)
                watchers.read(page)
                differences = watchers.differences(from: page)
            } catch {
                differences = Differences()
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
