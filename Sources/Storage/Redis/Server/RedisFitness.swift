import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

/// Checks each new connection to Redis before a node uses it, and keeps the last result. It checks that scores are safe
/// in this Redis, that the node has the rights that it needs, and that the keys belong to its own deployment.
///
/// Every connection is checked, because a different server may be behind the address than a moment ago.
public final class RedisFitness: Sendable {
    /// The reason why a Redis is not used.
    public struct Refusal: Sendable, Hashable {
        /// The reason in a few words, for `/readyz`.
        public let reason: String
        /// The explanation for the log: what is wrong, and what to do.
        public let explanation: String
        /// Whether this refusal at a node's start means a wrong configuration, so that the node should not start.
        public let endsStart: Bool
    }

    /// The current result of the checks.
    public struct Report: Sendable, Hashable {
        /// Why the last connection that was checked is not used; nil if it is used.
        public var refusal: Refusal?
        /// Warnings for an operator about a Redis that is used.
        public var warnings: [String] = []
        /// Whether any connection has ever passed.
        public var wasFit = false

        /// Creates a report without any result.
        public init() {}
    }

    private struct Guarded {
        var report = Report()
        var deployment: String?
        /// Whether Redis returned its settings at the last check. A node without the right does not ask again,
        /// which would fill Redis' log of refusals.
        var tellsSettings = true
        /// Whether the server was a primary when the last connection was made.
        var wasPrimary = false
        var followers: [AsyncStream<Report>.Continuation] = []
    }

    private let space: KeySpace
    private let place: String
    private let writes: Bool
    private let guarded = NIOLockedValueBox(Guarded())

    /// - Parameters:
    ///   - configuration: the address of Redis, and the prefix of keys.
    ///   - writes: whether the node takes updates or carries them to the ledger. Such a node compares deployments; see
    ///     `deploymentIs(_:)`.
    public init(configuration: RedisConfiguration, writes: Bool) {
        space = KeySpace(configuration)
        place = "\(configuration)"
        self.writes = writes
    }

    /// Whether `deploymentIs(_:)` has to be called before a connection is made.
    public var needsDeployment: Bool { writes }

    /// Sets the id of the deployment that this node belongs to, as the database has it. No connection may be made
    /// before.
    public func deploymentIs(_ id: String) {
        guarded.withLockedValue { $0.deployment = id }
    }

    /// The current result of the checks.
    public var report: Report { guarded.withLockedValue { $0.report } }

    /// Returns the current result, followed by each change. A slow reader gets the latest only.
    public func reports() -> AsyncStream<Report> {
        let (stream, continuation) = AsyncStream.makeStream(of: Report.self, bufferingPolicy: .bufferingNewest(1))
        guarded.withLockedValue { guarded in
            continuation.yield(guarded.report)
            guarded.followers.append(continuation)
        }
        return stream
    }

    // MARK: - Questions

    /// Returns the questions for connections that run scripts. The deployment comes last, since it is the only one that
    /// may write.
    @Sendable public func questions() -> [RedisQuestion] {
        [role, rights, policy] + (writes ? [deployment(isLast: true)] : [])
    }

    /// Returns the questions for a node's other connections, which must belong to the same deployment.
    @Sendable public func identityQuestions() -> [RedisQuestion] {
        writes ? [deployment(isLast: false)] : []
    }

    /// Asks again on connections that are in use. If an answer is a refusal, all connections are given up.
    public func askAgain(_ redis: RedisClient) async {
        let tellsSettings = guarded.withLockedValue { $0.tellsSettings }
        for question in [roleSince, rights] + (tellsSettings ? [policy] : [])
            + (writes ? [deployment(isLast: true)] : [])
        {
            var next: RedisQuestion? = question
            while let asked = next {
                next = nil
                // A question without an answer is asked again when its connection has been made again.
                guard let reply = await Self.reply(to: asked, redis) else { return }
                switch asked.judge(reply) {
                case .good: break
                case .ask(let more): next = more
                case .refuse(let error):
                    redis.peers.giveUp(error)
                    return
                }
            }
        }
    }

    private static func reply(to question: RedisQuestion, _ redis: RedisClient) async -> RESPValue? {
        do {
            return try await redis.pipeline([question.arguments]).first
        } catch {
            return nil
        }
    }

    /// Nodes that write never use a replica (`RedisConfiguration.requiresPrimary`). Other nodes may.
    private var role: RedisQuestion {
        RedisQuestion("HELLO", ["HELLO"]) { [guarded] reply in
            let isPrimary = RedisServerFacts(hello: reply).role == "master"
            guarded.withLockedValue { $0.wasPrimary = isPrimary }
            return .good
        }
    }

    /// A primary that becomes a replica keeps its connections. A node that only reads would not notice it from any
    /// reply, and the old primary may be cut off from the new one.
    private var roleSince: RedisQuestion {
        RedisQuestion("HELLO", ["HELLO"]) { [guarded] reply in
            let isReplica = RedisServerFacts(hello: reply).role == "replica"
            guard isReplica, guarded.withLockedValue({ $0.wasPrimary }) else { return .good }
            return .refuse(RedisError(.server, "this Redis has become a replica"))
        }
    }

    private var rights: RedisQuestion {
        let arguments =
            ["EVALSHA", Scripts.rights.sha1, "1", space.deployment, space.anyChannel]
            + RedisRights.commands(writes: writes)
        return RedisQuestion("the check of rights", arguments) { [self] reply in
            let explanation: String
            if let error = reply.error {
                // Any other error comes from a server without ACLs like those of Redis. Its later replies will show.
                guard error.code == "NOPERM" else { return .good }
                explanation = RedisRights.explanation(refusal: error)
            } else {
                let lacking = reply.array?.compactMap(\.string) ?? []
                guard !lacking.isEmpty else { return .good }
                explanation = RedisRights.explanation(lacking: lacking)
            }
            return refuse(
                Refusal(reason: "the Redis user lacks rights", explanation: explanation, endsStart: false))
        }
    }

    private var policy: RedisQuestion {
        RedisQuestion("CONFIG GET", ["CONFIG", "GET"] + RedisPolicy.settings) { [self] reply in
            guarded.withLockedValue { $0.tellsSettings = reply.error == nil }
            let policy = RedisPolicy(reply: reply)
            if let refusal = policy.refusal {
                return refuse(
                    Refusal(
                        reason: "its maxmemory-policy is not noeviction", explanation: refusal, endsStart: true))
            }
            update { report in
                report.warnings = policy.warnings
                if !writes { (report.refusal, report.wasFit) = (nil, true) }
            }
            return .good
        }
    }

    /// Uses `MGET` instead of `GET`, because the scripts need that right anyway.
    ///
    /// - Parameter isLast: whether the checks of a connection are complete after this one.
    private func deployment(isLast: Bool) -> RedisQuestion {
        let id = guarded.withLockedValue { $0.deployment } ?? ""
        let key = space.deployment
        return RedisQuestion("the deployment's id", ["MGET", key]) { [self] reply in
            guard let values = reply.array, values.count == 1 else { return noAnswer(reply) }
            if let found = values[0].string { return judge(found: found, own: id, isLast: isLast) }
            // There is no id yet: Redis is new or was emptied. The first deployment to write its id owns it.
            return .ask(
                RedisQuestion("the deployment's id", ["SET", key, id, "NX", "GET"]) { [self] reply in
                    if reply.error != nil { return noAnswer(reply) }
                    return judge(found: reply.string ?? id, own: id, isLast: isLast)
                })
        }
    }

    // MARK: - Verdicts

    private func judge(found: String, own: String, isLast: Bool) -> RedisQuestion.Verdict {
        guard found == own else {
            return refuse(
                Refusal(
                    reason: "it holds the data of another deployment",
                    explanation: DeploymentText.conflict(place: place, space: space, found: found, own: own),
                    endsStart: true))
        }
        if isLast { update { ($0.refusal, $0.wasFit) = (nil, true) } }
        return .good
    }

    private func noAnswer(_ reply: RESPValue) -> RedisQuestion.Verdict {
        .refuse(
            RedisError(
                .handshakeFailed, "Redis does not report which deployment its keys belong to: \(reply)",
                serverCode: reply.error?.code))
    }

    private func refuse(_ refusal: Refusal) -> RedisQuestion.Verdict {
        update { $0.refusal = refusal }
        return .refuse(RedisError(.handshakeFailed, refusal.reason))
    }

    private func update(_ change: (inout Report) -> Void) {
        guarded.withLockedValue { guarded in
            let before = guarded.report
            change(&guarded.report)
            guard guarded.report != before else { return }
            for follower in guarded.followers { follower.yield(guarded.report) }
        }
    }
}
