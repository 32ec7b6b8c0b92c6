import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

/// What a node asks each new connection to Redis before it uses it, and what came of it last: whether scores are safe
/// in this Redis, whether the node has the rights that it needs, and whether the keys are those of its own deployment.
///
/// It is asked on each connection, since behind the address may be another server than a moment ago.
public final class RedisFitness: Sendable {
    /// Why a Redis is not used.
    public struct Refusal: Sendable, Hashable {
        /// In a few words, for `/readyz`.
        public let reason: String
        /// For the log: what is wrong, and what to do.
        public let explanation: String
        /// Whether a node that meets this at its start is set up wrongly, so that it should not start.
        public let endsStart: Bool
    }

    /// What is known now.
    public struct Report: Sendable, Hashable {
        /// Why the last connection that was judged is not used; nil when it is.
        public var refusal: Refusal?
        /// What an operator should know of a Redis that is used.
        public var warnings: [String] = []
        /// Whether a connection has ever been fit for use.
        public var wasFit = false

        /// Nothing is known yet.
        public init() {}
    }

    private struct Guarded {
        var report = Report()
        var deployment: String?
        /// Whether Redis told its settings when it was asked last. Who has no right to them is not asked again and
        /// again, which would fill Redis' log of refusals.
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
    ///   - configuration: where Redis is, and the prefix of keys.
    ///   - writes: whether the node takes updates or carries them over. Such a node compares deployments, see
    ///     `deploymentIs(_:)`.
    public init(configuration: RedisConfiguration, writes: Bool) {
        space = KeySpace(configuration)
        place = "\(configuration)"
        self.writes = writes
    }

    /// Whether `deploymentIs(_:)` has to be called before a connection is made.
    public var needsDeployment: Bool { writes }

    /// The deployment that this node belongs to, as the database has it. Until it is known no connection may be made.
    public func deploymentIs(_ id: String) {
        guarded.withLockedValue { $0.deployment = id }
    }

    /// What is known now.
    public var report: Report { guarded.withLockedValue { $0.report } }

    /// What is known now, then each change; a slow reader gets the latest.
    public func reports() -> AsyncStream<Report> {
        let (stream, continuation) = AsyncStream.makeStream(of: Report.self, bufferingPolicy: .bufferingNewest(1))
        guarded.withLockedValue { guarded in
            continuation.yield(guarded.report)
            guarded.followers.append(continuation)
        }
        return stream
    }

    // MARK: - Questions

    /// For connections that run scripts. The deployment comes last: it is the one question that may write.
    @Sendable public func questions() -> [RedisQuestion] {
        [role, rights, policy] + (writes ? [deployment(isLast: true)] : [])
    }

    /// For the other connections of a node: they must belong to the same deployment.
    @Sendable public func identityQuestions() -> [RedisQuestion] {
        writes ? [deployment(isLast: false)] : []
    }

    /// Asks again over connections that are in use. Where the answer is a refusal, all of them are given up.
    public func askAgain(_ redis: RedisClient) async {
        let tellsSettings = guarded.withLockedValue { $0.tellsSettings }
        for question in [roleSince, rights] + (tellsSettings ? [policy] : [])
            + (writes ? [deployment(isLast: true)] : [])
        {
            var next: RedisQuestion? = question
            while let asked = next {
                next = nil
                // One that gets no answer is asked again when its connection is made again.
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

    /// Nodes that write take no replica in the first place (`RedisConfiguration.requiresPrimary`). The others may.
    private var role: RedisQuestion {
        RedisQuestion("HELLO", ["HELLO"]) { [guarded] reply in
            let isPrimary = RedisServerFacts(hello: reply).role == "master"
            guarded.withLockedValue { $0.wasPrimary = isPrimary }
            return .good
        }
    }

    /// A primary that has become a replica lives on, and so do connections to it; a node that only reads would not
    /// learn of it from any reply, while the old primary may be cut off from the new one.
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
                // Any other one comes of a server that does not know ACLs as Redis does; its replies will tell.
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

    /// `MGET` and not `GET`, which needs no other right than the scripts do.
    ///
    /// - Parameter isLast: whether all that a Redis must be is known after it.
    private func deployment(isLast: Bool) -> RedisQuestion {
        let id = guarded.withLockedValue { $0.deployment } ?? ""
        let key = space.deployment
        return RedisQuestion("the deployment's id", ["MGET", key]) { [self] reply in
            guard let values = reply.array, values.count == 1 else { return noAnswer(reply) }
            if let found = values[0].string { return judge(found: found, own: id, isLast: isLast) }
            // None yet: a new Redis, or one that was emptied. Whoever is first has it.
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
                .handshakeFailed, "Redis does not tell which deployment its keys belong to: \(reply)",
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
