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
        /// Limits of the promise that follow from the settings of a Redis that is used.
        public var notes: [String] = []
        /// Whether any connection has ever passed.
        public var wasFit = false

        /// Creates a report without any result.
        public init() {}
    }

    private struct Guarded {
        var report = Report()
        var deployment: String?
        /// The id that the first usable Redis had, while the database has not told the own one.
        var believedDeployment: String?
        /// How Redis told its settings at the last check. A node without any right to read them does not ask again,
        /// which would fill Redis' log of refusals.
        var settingsAnswer = SettingsAnswer.config
        /// Whether the server was a primary when the last connection was made.
        var wasPrimary = false
        var followers: [AsyncStream<Report>.Continuation] = []
    }

    private enum SettingsAnswer: Hashable { case config, info, none }

    private let space: KeySpace
    private let place: String
    private let writes: Bool
    private let answers: RedisSettings.Answers
    private let guarded = NIOLockedValueBox(Guarded())

    /// - Parameters:
    ///   - configuration: the address of Redis, and the prefix of keys.
    ///   - writes: whether the node takes updates or carries them to the ledger. Such a node compares deployments; see
    ///     `deploymentIs(_:)`.
    ///   - answers: when the node answers updates.
    public init(configuration: RedisConfiguration, writes: Bool, answers: RedisSettings.Answers = .never) {
        space = KeySpace(configuration)
        place = "\(configuration)"
        self.writes = writes
        self.answers = answers
    }

    /// Whether the node compares deployments.
    public var needsDeployment: Bool { writes }

    /// Sets the id of the deployment that this node belongs to, as the database has it. Connections that are made
    /// before believe the id that Redis has, and are refused if it has none; call `askAgain(_:)` afterwards.
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
        [role, rights, settings] + (writes ? [deployment(isLast: true)] : [])
    }

    /// Returns the questions for a node's other connections, which must belong to the same deployment.
    @Sendable public func identityQuestions() -> [RedisQuestion] {
        writes ? [deployment(isLast: false)] : []
    }

    /// Asks again on connections that are in use. If an answer is a refusal, all connections are given up.
    public func askAgain(_ redis: RedisClient) async {
        for question in [roleSince, rights] + settingsAgain + (writes ? [deployment(isLast: true)] : []) {
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

    private var settings: RedisQuestion {
        RedisQuestion("CONFIG GET", ["CONFIG", "GET"] + RedisSettings.names) { [self] reply in
            guard reply.error == nil else { return .ask(settingsInInfo) }
            return judge(RedisSettings(config: reply), .config)
        }
    }

    private var settingsInInfo: RedisQuestion {
        RedisQuestion("INFO", ["INFO"] + RedisSettings.sections) { [self] reply in
            judge(RedisSettings(info: reply), reply.error == nil ? .info : .none)
        }
    }

    private var settingsAgain: [RedisQuestion] {
        switch guarded.withLockedValue({ $0.settingsAnswer }) {
        case .config: [settings]
        case .info: [settingsInInfo]
        case .none: []
        }
    }

    private func judge(_ settings: RedisSettings, _ answer: SettingsAnswer) -> RedisQuestion.Verdict {
        guarded.withLockedValue { $0.settingsAnswer = answer }
        let findings = settings.findings(for: answers)
        if let refusal = findings.first(where: { $0.severity == .refusal }) {
            return refuse(
                Refusal(
                    reason: "its maxmemory-policy is not noeviction", explanation: refusal.text, endsStart: true))
        }
        update { report in
            report.warnings = findings.filter { $0.severity == .warning }.map(\.text)
            report.notes = findings.filter { $0.severity == .note }.map(\.text)
            if !writes { (report.refusal, report.wasFit) = (nil, true) }
        }
        return .good
    }

    /// Uses `MGET` instead of `GET`, because the scripts need that right anyway.
    ///
    /// - Parameter isLast: whether the checks of a connection are complete after this one.
    private func deployment(isLast: Bool) -> RedisQuestion {
        let id = guarded.withLockedValue { $0.deployment }
        let key = space.deployment
        return RedisQuestion("the deployment's id", ["MGET", key]) { [self] reply in
            guard let values = reply.array, values.count == 1 else { return noAnswer(reply) }
            if let found = values[0].string { return judge(found: found, own: id ?? believed(found), isLast: isLast) }
            guard let id else {
                let reason = "it belongs to no deployment yet, and Postgres, which has the id, cannot be reached"
                return .refuse(RedisError(.handshakeFailed, reason))
            }
            // There is no id yet: Redis is new or was emptied. The first deployment to write its id owns it.
            return .ask(
                RedisQuestion("the deployment's id", ["SET", key, id, "NX", "GET"]) { [self] reply in
                    if reply.error != nil { return noAnswer(reply) }
                    return judge(found: reply.string ?? id, own: id, isLast: isLast)
                })
        }
    }

    // MARK: - Verdicts

    /// Returns the id to believe while the database has not told it: the first one that was found.
    private func believed(_ found: String) -> String {
        guarded.withLockedValue { guarded in
            let believed = guarded.believedDeployment ?? found
            guarded.believedDeployment = believed
            return believed
        }
    }

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
