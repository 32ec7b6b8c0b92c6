import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// `/challenges`: users have challenges generated, join them, and send progress. Completions are in
/// `ChallengeCompletionRoute`.
package struct ChallengeRoutes: PlayRoutes {
    private let challenges: any ChallengeStore
    private let live: any LiveSender
    private let idempotency: Idempotency?
    private let gate: StoreGate
    private let trouble: LiveTrouble
    private let wake: @Sendable () -> Void
    private let now: @Sendable () -> Int64

    /// The list's name in its cursors.
    private static let list = "challenges"

    /// - Parameters:
    ///   - live: tells rooms of progress.
    ///   - idempotency: takes `Idempotency-Key`.
    ///   - wake: is called when there is a challenge to generate.
    ///   - logger: is told when the stores cannot be reached.
    ///   - now: in µs since 1970.
    package init(
        challenges: any ChallengeStore, live: any LiveSender, idempotency: Idempotency?, logger: Logger,
        wake: @escaping @Sendable () -> Void, now: @escaping @Sendable () -> Int64 = WallClock.microseconds
    ) {
        self.challenges = challenges
        self.live = live
        self.idempotency = idempotency
        gate = StoreGate("Challenges", logger: logger)
        trouble = LiveTrouble(logger: logger)
        self.wake = wake
        self.now = now
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        let access = RouteAccess.users(.playWrite)
        table.add(.post, "/challenges/generate", access, idempotency: idempotency) { try await generate($0) }
        table.add(.get, "/challenges", access) { try await list($0) }
        table.add(.get, "/challenges/{id}", access) { try await get($0) }
        table.add(.post, "/challenges/{id}/join", access, idempotency: idempotency) { try await join($0) }
        table.add(.post, "/challenges/{id}/progress", access, idempotency: idempotency) { try await progress($0) }
        table.add(.post, "/challenges/{id}/hint", access, idempotency: idempotency) { try await hint($0) }
    }

    private func generate(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let wanted = try ChallengeRequest(try await request.json(upTo: ChallengeRequest.bodyBytesMax))
        let draft = ChallengeDraft(
            id: ChallengeID.random(), ownerID: user, taskID: wanted.taskID, difficulty: wanted.difficulty)
        switch try await gate.run({ () throws(StoreError) in try await challenges.add(draft) }) {
        case .added: break
        case .unknownTask: throw APIError(.unknownTask)
        case .taskClosed: throw APIError(.taskClosed)
        case .tooMany: throw APIError(.tooMany, message: "There are too many challenges. Complete some first.")
        }
        wake()
        return Self.placeholder(draft.id, .accepted)
    }

    private static func placeholder(_ id: String, _ status: HTTPResponseStatus) -> Reply {
        .json(status) { json in
            json.beginObject()
            json.key("challenge")
            ChallengeJSON.writePlaceholder(id, to: &json)
            json.endObject()
        }
    }

    private static func whole(_ seen: SeenChallenge) -> Reply {
        .json { json in
            json.beginObject()
            json.key("challenge")
            ChallengeJSON.write(seen, .whole, to: &json)
            json.endObject()
        }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let page = try ListQuery(uri: request.uri, list: Self.list, values: 2, more: ["status"])
        var problems: [FieldProblem] = []
        let status = page["status"].flatMap { ChallengeStatus(rawValue: $0) }
        if page["status"] != nil, status == nil {
            problems.append(FieldProblem(field: "status", reason: "must be generating, ready or completed"))
        }
        let after = page.after.flatMap { Self.place($0) }
        if page.after != nil, after == nil { problems.append(ListQuery.cursorProblem) }
        guard problems.isEmpty else { throw APIError.invalidInput(problems) }
        let search = ChallengeSearch(userID: user, status: status, after: after, limit: page.limit + 1)
        let found = try await gate.run { () throws(StoreError) in try await challenges.challenges(search) }
        return ListPage(found, for: page, of: Self.list) { [String($0.member?.joinedAt ?? 0), $0.challenge.id] }
            .reply("challenges") { ChallengeJSON.write($0, .summary, to: &$1) }
    }

    private static func place(_ values: [String]) -> ChallengeSearch.Place? {
        guard values.count == 2, let joinedAt = Int64(values[0]), ChallengeID.isValid(values[1]),
            (0...(Timestamp.range.upperBound * 1000)).contains(joinedAt)
        else { return nil }
        return ChallengeSearch.Place(joinedAt: joinedAt, id: values[1])
    }

    private func get(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.challenge(of: request)
        let seen = try await seen(id, by: user)
        return seen.challenge.status == .generating ? Self.placeholder(id, .accepted) : Self.whole(seen)
    }

    private func join(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.challenge(of: request)
        try Self.check(try await gate.run { () throws(StoreError) in try await challenges.join(id, as: user) })
        let seen = try await seen(id, by: user)
        return seen.challenge.status == .generating ? Self.placeholder(id, .ok) : Self.whole(seen)
    }

    private func progress(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.challenge(of: request)
        let sent = try ProgressRequest(try await request.json(upTo: ProgressRequest.bodyBytesMax))
        let progress = RoomProgress(userID: user, progress: sent.progress, state: sent.state, stamp: now())
        let outcome = try await gate.run { () throws(StoreError) in try await challenges.update(progress, in: id) }
        try Self.check(outcome)
        if outcome == .done(isNew: true) {
            await trouble.run { () throws(StoreError) in try await live.send(progress, to: id) }
        }
        return .json { json in
            json.beginObject()
            json.member("status", "success")
            json.member("challenge", id)
            json.member("user_id", user)
            json.member("progress", sent.progress)
            json.key("state")
            if let state = sent.state { json.encoded(state) } else { json.null() }
            json.endObject()
        }
    }

    private func hint(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try Self.challenge(of: request)
        switch try await gate.run({ () throws(StoreError) in try await challenges.takeHint(of: id, as: user) }) {
        case .taken(let taken):
            return .json { json in
                json.beginObject()
                json.member("status", "success")
                json.key("hint")
                json.beginObject()
                ChallengeJSON.writeMembers(of: taken.hint, at: taken.index, to: &json)
                json.endObject()
                json.member("hints_left", taken.left)
                json.member("coins", taken.coins)
                json.endObject()
            }
        case .noMore: throw APIError(.noMoreHints)
        case .insufficientFunds: throw APIError(.insufficientFunds)
        case .refused(let outcome):
            try Self.check(outcome)
            throw APIError.unavailable
        }
    }

    private func seen(_ id: String, by user: String) async throws(APIError) -> SeenChallenge {
        guard let seen = try await gate.run({ () throws(StoreError) in try await challenges.challenge(id, for: user) })
        else { throw APIError(.unknownChallenge) }
        return seen
    }

    private static func check(_ outcome: ChallengeActOutcome) throws(APIError) {
        if let code = outcome.refusal { throw APIError(code) }
    }

    /// The id of the path, and the bearer. A challenge that cannot exist is not there.
    static func challenge(of request: RouteRequest) throws -> (id: String, user: String) {
        let user = try request.bearer().subject
        guard let id = PercentEncoding.decodedSegment(Substring(request.parameter("id")).utf8), ChallengeID.isValid(id)
        else { throw APIError(.unknownChallenge) }
        return (id, user)
    }
}

extension ChallengeActOutcome {
    /// The error that clients get; nil if it is done.
    var refusal: ErrorCode? {
        switch self {
        case .done: nil
        case .unknown: .unknownChallenge
        case .generating: .challengeNotReady
        case .tooMany: .tooMany
        }
    }
}
