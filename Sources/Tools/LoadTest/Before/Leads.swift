import Basics

/// Gives the users of a run their lead before the traffic, through the public API: many updates in one request, each
/// with an action id that pins its points.
struct Leads: Sendable {
    /// Updates in one request; the API takes up to 500.
    private static let batchMax = 250
    /// The time for nodes to take one batch. They follow the catalogue within half a second.
    private static let patience = Duration.seconds(10)

    let client: NodeClient
    let credentials: LoadCredentials
    let updates: Scenario.Updates
    /// Of an administrator, who may update for others.
    let token: String

    /// Gives each user these points.
    ///
    /// - Throws: ``LoadError`` if a user does not get them.
    func give(_ lead: Int64, to users: [String]) async throws {
        for (turn, first) in stride(from: 0, to: users.count, by: Self.batchMax).enumerated() {
            try await give(lead, to: users[first..<min(first + Self.batchMax, users.count)], turn)
        }
    }

    private func give(_ lead: Int64, to users: ArraySlice<String>, _ turn: Int) async throws {
        let action = StartingLine.action(for: updates.action)
        var waiting = try users.map { user in
            NodeClient.Lead(user: user, actionID: try credentials.actionID(user, action, lead), points: lead)
        }
        let deadline = ContinuousClock.now + Self.patience
        var attempts = 0
        while !waiting.isEmpty {
            let outcomes = await client.lead(turn + attempts, waiting, token: token)
            attempts += 1
            var last: NodeClient.Outcome?
            var left: [NodeClient.Lead] = []
            for (item, outcome) in zip(waiting, outcomes) {
                switch outcome {
                case .accepted(let receipt):
                    guard receipt.newScore == lead else {
                        throw LoadError("\(item.user) has the score \(receipt.newScore) after its lead of \(lead).")
                    }
                // The same action ids are sent again, which is safe.
                case .unknown, .refused(404, _):
                    left.append(item)
                    last = outcome
                case .refused: throw refusal(outcome, lead)
                }
            }
            waiting = left
            guard let last else { continue }
            if ContinuousClock.now > deadline { throw refusal(last, lead) }
            try await Task.sleep(for: RetryWait.backoff.wait(failures: min(attempts, 3)))
        }
    }

    private func refusal(_ outcome: NodeClient.Outcome, _ lead: Int64) -> LoadError {
        let hint = Hint.beforeTraffic(outcome.text, clocks: client.clocks.difference, gain: lead)
        return LoadError(
            "The users cannot be given their lead of \(lead) points over the board's top: \(outcome.text). \(hint)")
    }
}
