import Basics

/// Decides when to connect, when to wait and for how long, and when to give up. Pure: clock and dice are arguments.
package struct ConnectionPlan: Sendable {
    /// The next step.
    package enum Step: Equatable, Sendable {
        /// Begin an attempt.
        case connect
        /// Wait for this time, then call ``ConnectionPlan/waited()``.
        case wait(Duration)
        /// The end: by an error, or because the caller asked for it.
        case end(ScoreboardError?)
        /// Nothing: the event came too late to matter.
        case nothing
    }

    private enum Phase {
        /// Not begun. `start` leads to `connecting`.
        case idle
        /// An attempt is in progress. Leads to `open`, and by its loss to `waiting` or `ended`.
        case connecting
        /// Connected. The loss leads to `waiting`, or to `ended` if it is for good.
        case open
        /// The pause before the next attempt. Its end leads to `connecting`.
        case waiting
        /// Over. Final; `stop` leads here from every phase.
        case ended
    }

    /// After close code 1013 (a busy server) the bound has this many more doublings than after a plain loss.
    private static let doublingsWhenBusy = 3

    private let backoff: Backoff
    private let askedWaitMax: Duration
    private let provenAfter: Duration
    /// Whether the next connection may have another token.
    private let getsFreshTokens: Bool
    private var phase = Phase.idle
    /// Attempts and short-lived connections in a row.
    private var failures = 0

    /// A plan with the waits of a configuration.
    package init(_ configuration: ScoreboardConfiguration) {
        backoff = Backoff(base: configuration.backoffBase, cap: configuration.backoffCap, least: .milliseconds(10))
        askedWaitMax = configuration.askedWaitMax
        provenAfter = configuration.provenAfter
        getsFreshTokens = configuration.token.changes
    }

    /// Whether it is over.
    package var isEnded: Bool { phase == .ended }

    /// Begins. Once only; later calls do nothing.
    package mutating func start() -> Step {
        guard phase == .idle else { return .nothing }
        phase = .connecting
        return .connect
    }

    /// The handshake is done.
    ///
    /// - Returns: false if the connection is not wanted any more.
    package mutating func opened() -> Bool {
        guard phase == .connecting else { return false }
        phase = .open
        return true
    }

    /// The attempt failed, or the connection ended.
    ///
    /// - Parameters:
    ///   - heardFor: from the end of the handshake to the last frame. If that is long enough, the server works, and the
    ///     waits start over. A shorter connection counts as a failure; otherwise a server that accepts and drops
    ///     connections would be asked in a tight loop.
    ///   - gotTop: whether a top came on the connection, which shows that its token was good at first.
    ///   - complaint: the code of the last error message, if there was one.
    ///   - draw: a random number from 0 to 1.
    package mutating func lost(
        _ loss: ScoreboardLoss, heardFor: Duration = .zero, gotTop: Bool = false, complaint: String? = nil, draw: Double
    ) -> Step {
        guard phase == .connecting || phase == .open else { return .nothing }
        let tokenRanOut = loss.isUnauthorized && getsFreshTokens && (gotTop || heardFor >= provenAfter)
        if !tokenRanOut, let error = Self.end(after: loss, complaint: complaint) {
            phase = .ended
            return .end(error)
        }
        if phase == .open, heardFor >= provenAfter { failures = 0 }
        failures += 1
        phase = .waiting
        return .wait(wait(after: loss, draw: draw))
    }

    /// The wait is over.
    package mutating func waited() -> Step {
        guard phase == .waiting else { return .nothing }
        phase = .connecting
        return .connect
    }

    /// It ends, because the caller asked for it or because it cannot continue.
    package mutating func stop(_ error: ScoreboardError? = nil) -> Step {
        guard phase != .ended else { return .nothing }
        phase = .ended
        return .end(error)
    }

    /// Whether a loss is final.
    private static func end(after loss: ScoreboardLoss, complaint: String?) -> ScoreboardError? {
        switch loss {
        case .refused(let refusal):
            // Request timeout, too early, too many requests: the same request can succeed later.
            let passes = [408, 425, 429].contains(refusal.status)
            return (400..<500).contains(refusal.status) && !passes ? .refused(refusal) : nil
        case .closed(let code?, let reason) where code >= 4400:
            return .closed(code, reason: reason, serverCode: complaint)
        default:
            return nil
        }
    }

    private func wait(after loss: ScoreboardLoss, draw: Double) -> Duration {
        switch loss {
        case .askedToReconnect(let asked):
            // The server spreads its clients. One that asks again and again gets the backoff as well.
            let least = failures > 1 ? backoff.wait(failures: failures - 1, draw: draw) : backoff.least
            return max(least, min(asked, askedWaitMax))
        case .refused(let refusal):
            guard let asked = refusal.retryAfter else { return backoff.wait(failures: failures, draw: draw) }
            // All clients got the same number, so it is the shortest wait, and the jitter is added.
            return min(asked, askedWaitMax) + backoff.wait(failures: failures, draw: draw)
        case .closed(code: 1013, reason: _):
            return backoff.wait(failures: failures + Self.doublingsWhenBusy, draw: draw)
        default:
            return backoff.wait(failures: failures, draw: draw)
        }
    }
}

extension ScoreboardLoss {
    /// Whether the server refused the token.
    var isUnauthorized: Bool {
        if case .closed(code: 4401, reason: _) = self { true } else { false }
    }
}
