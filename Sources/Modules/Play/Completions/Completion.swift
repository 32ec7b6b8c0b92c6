import Awards
import NIOCore
import StrictJSON

/// Finishes completions that are stored: waits for the points, the badges and the streak, and keeps the answer, so that
/// all who ask again get the same.
///
/// Nothing is lost if a node dies in between. The transaction of the completion holds the award, which a worker sends;
/// whoever asks next goes on from there.
package struct Completion: Sendable {
    private let desk: any AwardDesk
    private let gamification: any GamificationReader
    private let patience: Duration

    /// - Parameters:
    ///   - desk: settles the award.
    ///   - gamification: tells what the followers made of it.
    ///   - patience: after this long the answer is what is known by then.
    package init(
        desk: any AwardDesk, gamification: any GamificationReader, patience: Duration = .seconds(2)
    ) {
        self.desk = desk
        self.gamification = gamification
        self.patience = patience
    }

    /// The answer to a completion.
    ///
    /// - Parameters:
    ///   - record: the completion.
    ///   - members: writes the members that tell what was completed.
    ///   - keep: stores a final answer unless there is one, and returns the one that is there; nil if the thing is gone
    ///     by now.
    /// - Returns: a JSON object. Final ones differ in `replayed` alone.
    package func answer(
        to record: CompletionRecord, writing members: (inout JSONWriter<ByteBuffer>) -> Void,
        keeping keep: (String) async throws -> String?
    ) async throws -> String {
        if let outcome = record.outcome { return Self.text(of: outcome, isReplay: record.isReplay) }
        let result = await result(of: record)
        let own = Self.outcome(record.earned, result, members)
        guard !result.isPending else { return Self.text(of: own, isReplay: record.isReplay) }
        return Self.text(of: try await keep(own) ?? own, isReplay: record.isReplay)
    }

    private func result(of record: CompletionRecord) async -> CompletionResult {
        let start = ContinuousClock.now
        var result = CompletionResult()
        var awardID = record.earned.awardID
        if let id = record.earned.awardID {
            switch await desk.settle(id, within: patience) {
            case .pending: return result
            case .applied(let score, let rank): (result.score, result.rank) = (score, rank)
            // No event comes of it, so there is none to wait for.
            case .refused: awardID = nil
            }
        }
        let left = max(.zero, patience - start.duration(to: .now))
        result.standing = await gamification.standing(of: record.userID, afterAward: awardID, within: left)
        return result
    }

    // MARK: The text

    /// The answer without `replayed`.
    static func outcome(
        _ earned: Earned, _ result: CompletionResult, _ members: (inout JSONWriter<ByteBuffer>) -> Void
    ) -> String {
        var body = ByteBuffer()
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            json.member("status", "success")
            members(&json)
            json.member("coins_earned", earned.coins)
            json.member("coins", earned.coinsAfter)
            json.member("points_earned", earned.points)
            json.member("capped", earned.isCapped)
            json.member("new_score", orNull: result.score)
            json.member("rank", orNull: result.rank)
            write(result.standing, to: &json)
            json.member("pending", result.isPending)
            json.endObject()
        }
        return String(buffer: body)
    }

    private static func write(_ standing: CompletionStanding?, to json: inout JSONWriter<ByteBuffer>) {
        json.key("badges")
        if let standing {
            json.beginArray()
            for badge in standing.badges {
                json.beginObject()
                json.member("id", badge.id)
                json.member("name", badge.name)
                json.endObject()
            }
            json.endArray()
        } else {
            json.null()
        }
        json.key("streak")
        guard let streak = standing?.streak else { return json.null() }
        json.beginObject()
        json.member("days", streak.days)
        json.member("longest", streak.longest)
        json.member("freezes", streak.freezes)
        json.member("at_risk", streak.isAtRisk)
        json.endObject()
    }

    /// An answer with `replayed` as its last member.
    static func text(of outcome: String, isReplay: Bool) -> String {
        outcome.dropLast() + #","replayed":\#(isReplay)}"#
    }
}

/// What is known of a completion beside what its transaction stored.
struct CompletionResult: Sendable, Equatable {
    /// The score and the rank after it; nil if nothing was awarded, or not yet.
    var score: Int64?
    var rank: Int64?
    /// Nil while the followers have not come that far.
    var standing: CompletionStanding?

    /// Whether a part is not known yet. The followers come last.
    var isPending: Bool { standing == nil }
}
