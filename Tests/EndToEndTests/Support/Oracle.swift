import Synchronization
import TestSupport

/// One update that a client wants to have counted.
struct Update: Sendable {
    var user: String
    var action: String
    var id: String

    /// The points of the action.
    var points: Int64 { Cluster.points[action] ?? 0 }

    /// The body of the request.
    var body: String { Self.body(user: user, id: id) }

    static func body(user: String, id: String, newScore: Int64? = nil) -> String {
        #"{"user_id":"\#(user)","action_id":"\#(id)"\#(newScore.map { #","new_score":\#($0)"# } ?? "")}"#
    }
}

/// Records the answers that clients got. The stores must hold exactly that.
final class Oracle: Sendable {
    /// The content of an acknowledgement.
    private struct Acknowledgement {
        var update: Update
        var newScore: Int64
        var rank: Int64
    }

    private struct State {
        var byID: [String: Acknowledgement] = [:]
        var ids: [String] = []
        /// The ids whose answer said that they counted now.
        var applied: Set<String> = []
        var violations: [String] = []
        var unavailable = 0
        var brokenConnections = 0
        var replays = 0
    }

    private let state = Mutex(State())

    private static let members: Set = ["status", "message", "success", "new_score", "rank", "board", "replayed"]

    /// Records a 200.
    ///
    /// - Parameter replay: whether it must be a replay; nil if an earlier attempt may have counted without the client
    ///   knowing.
    func acknowledge(_ update: Update, _ answer: TinyHTTP.Response, replay: Bool?) {
        guard let body = try? answer.json, body.names == Self.members, body["status"] == "success",
            body["message"] == "Score updated successfully", body["success"] == true, body["board"] == "global",
            case .bool(let replayed)? = body["replayed"], let newScore = body["new_score"]?.integer,
            let rank = body["rank"]?.integer, rank >= 1
        else { return violation("200 of another form: \(answer.text)") }
        let new = Acknowledgement(update: update, newScore: newScore, rank: rank)
        if let replay, replay != replayed { violation("replayed must be \(replay): \(answer.text)") }
        state.withLock { state in
            if replayed {
                state.replays += 1
            } else if !state.applied.insert(update.id).inserted {
                state.violations.append("applied twice: \(update.id)")
            }
            if let first = state.byID[update.id] {
                if first.newScore != new.newScore || first.rank != new.rank {
                    state.violations.append("another receipt than at first, \(first) and \(new)")
                }
            } else {
                state.byID[update.id] = new
                state.ids.append(update.id)
            }
        }
    }

    /// Records something that must not happen. The first thousand are kept.
    func violation(_ text: String) {
        state.withLock { if $0.violations.count < 1000 { $0.violations.append(text) } }
    }

    /// Records a 503.
    func wasUnavailable() { state.withLock { $0.unavailable += 1 } }

    /// Records a request without an answer.
    func connectionBroke() { state.withLock { $0.brokenConnections += 1 } }

    /// Returns an update that was acknowledged before.
    func earlier() -> Update? {
        state.withLock { state in state.ids.randomElement().flatMap { state.byID[$0]?.update } }
    }

    var violations: [String] { state.withLock { $0.violations } }
    /// The number of different acknowledged updates.
    var count: Int { state.withLock { $0.ids.count } }
    /// The number of 503s.
    var unavailable: Int { state.withLock { $0.unavailable } }
    /// The number of requests without an answer.
    var brokenConnections: Int { state.withLock { $0.brokenConnections } }
    /// The number of answers that were replays.
    var replays: Int { state.withLock { $0.replays } }

    /// The signatures of all acknowledged action ids, in byte order.
    var signatures: [String] {
        state.withLock { $0.ids.map { String($0.split(separator: ".").last ?? "") } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The score that every user must have.
    var scores: [String: Int64] {
        state.withLock { state in
            state.byID.values.reduce(into: [:]) { $0[$1.update.user, default: 0] += $1.update.points }
        }
    }

    /// Returns the users whose receipts do not follow from each other. In the order of their scores, each receipt must
    /// be the previous one plus the points of its own action.
    func brokenChains() -> [String] {
        let receipts = state.withLock { Dictionary(grouping: $0.byID.values, by: \.update.user) }
        return receipts.compactMap { user, receipts in
            var score: Int64 = 0
            let follows = receipts.sorted { $0.newScore < $1.newScore }.allSatisfy { receipt in
                score += receipt.update.points
                return receipt.newScore == score
            }
            return follows ? nil : user
        }
    }
}
