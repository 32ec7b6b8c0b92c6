import Basics
import HTTPKit
import Leaderboard
import Logging
import Players
import Reporting

/// Answers what members of challenge rooms ask through their sockets.
package struct ChallengeRooms: RoomCalls {
    private let challenges: any ChallengeStore
    private let live: any LiveSender
    private let trouble: TroubleLog
    private let liveTrouble: LiveTrouble

    /// The most members whose progress a socket gets when it joins.
    private static let progressMax = 100

    /// - Parameters:
    ///   - live: tells rooms of progress.
    ///   - logger: is told when the stores cannot be reached.
    package init(challenges: any ChallengeStore, live: any LiveSender, logger: Logger) {
        self.challenges = challenges
        self.live = live
        trouble = TroubleLog(
            warning: "The calls of challenge rooms cannot be answered",
            notice: "The calls of challenge rooms are answered again", logger: logger)
        liveTrouble = LiveTrouble(logger: logger)
    }

    /// See `RoomCalls`.
    package func answer(_ call: RoomCall) async -> RoomAnswer {
        guard ChallengeID.isValid(call.challenge) else { return .refusal(.unknownChallenge) }
        do throws(StoreError) {
            let answer = try await work(call)
            trouble.recordSuccess()
            return answer
        } catch {
            trouble.recordFailure(error)
            return .unavailable
        }
    }

    private func work(_ call: RoomCall) async throws(StoreError) -> RoomAnswer {
        switch call.act {
        case .join:
            let outcome = try await challenges.join(call.challenge, as: call.userID)
            if let code = outcome.refusal { return .refusal(code) }
            return .done(try await challenges.latest(in: call.challenge, limit: Self.progressMax))
        case .progress(let progress): return try await update(progress, of: call)
        case .hint:
            switch try await challenges.takeHint(of: call.challenge, as: call.userID) {
            case .taken(let taken): return .message(ChallengeMessages.hint(taken, of: call.challenge))
            case .noMore: return .refusal(.noMoreHints)
            case .insufficientFunds: return .refusal(.insufficientFunds)
            case .refused(let outcome): return outcome.refusal.map { .refusal($0) } ?? .unavailable
            }
        }
    }

    /// The gateway has checked the form. What would not fit into the tables is refused all the same.
    private func update(_ progress: RoomProgress, of call: RoomCall) async throws(StoreError) -> RoomAnswer {
        let state = progress.state?.utf8.count ?? 0
        guard ProgressRequest.values.contains(Int64(progress.progress)), state <= ProgressRequest.stateBytesMax,
            ByteExact(progress.userID) == ByteExact(call.userID)
        else { return .refusal(.invalidInput) }
        let outcome = try await challenges.update(progress, in: call.challenge)
        if let code = outcome.refusal { return .refusal(code) }
        if outcome == .done(isNew: true) {
            await liveTrouble.run { () throws(StoreError) in try await live.send(progress, to: call.challenge) }
        }
        return .done([])
    }
}

extension RoomAnswer {
    /// A refusal with the sentence of its code.
    static func refusal(_ code: ErrorCode) -> RoomAnswer { .refused(code: code.rawValue, message: code.message) }
}
