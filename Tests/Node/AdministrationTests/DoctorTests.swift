import Administration
import Storage
import Testing

/// The conclusions of `scorecast doctor` from facts. Pure; the end-to-end tests use real stores.
@Suite("The doctor's judgement") struct DoctorTests {
    private static let rightClock = ClockReading(before: 1_000, after: 1_002, theirs: 1_001)
    private static let safe = settings(policy: "noeviction", appendOnly: true)

    private static func settings(policy: String?, appendOnly: Bool?) -> RedisSettings {
        var settings = RedisSettings()
        (settings.maxmemoryPolicy, settings.appendOnly) = (policy, appendOnly)
        return settings
    }

    @Test(
        "the verdict on a clock uses the certain part of the difference",
        arguments: [
            (0, 2, 1, Finding.Verdict.good), (0, 2, 900, .good), (0, 2, -900, .good), (0, 2, 5_000, .doubtful),
            (0, 2, -5_000, .doubtful), (0, 2, 31_000, .bad), (0, 2, -31_000, .bad),
            // The reply took so long that nothing is certain.
            (0, 60_000, 0, .good), (0, 60_000, 60_000, .good),
        ] as [(Int64, Int64, Int64, Finding.Verdict)])
    func clock(_ before: Int64, _ after: Int64, _ theirs: Int64, _ verdict: Finding.Verdict) {
        let reading = ClockReading(before: before, after: after, theirs: theirs)
        #expect(reading.finding("clock", skew: 30_000).verdict == verdict)
    }

    private static func redis(
        version: String? = "7.0.15", role: String? = "master", settings: RedisSettings = safe,
        answers: RedisSettings.Answers = .applied, refused: [String]? = []
    ) -> [Finding] {
        RedisFacts(
            address: "redis://127.0.0.1:6379/0", version: version, role: role, settings: settings, answers: answers,
            clock: rightClock, refusedCommands: refused
        ).findings(skew: 30_000)
    }

    @Test("a correct Redis has good findings only")
    func goodRedis() {
        #expect(Self.redis().map(\.verdict) == [.good, .good, .good, .good])
        #expect(!Self.redis(version: nil, role: nil).contains { $0.verdict == .bad })
    }

    @Test("an old Redis, a replica, an evicting one, and one whose ACL refuses commands are bad")
    func badRedis() {
        func bad(_ findings: [Finding]) -> [String] { findings.filter { $0.verdict == .bad }.map(\.subject) }
        #expect(bad(Self.redis(version: "6.2.14")) == ["Redis"])
        #expect(bad(Self.redis(role: "slave")) == ["Redis role"])
        let evicting = Self.redis(settings: Self.settings(policy: "allkeys-lru", appendOnly: true))
        #expect(bad(evicting) == ["Redis settings"])
        #expect(evicting.contains { $0.text.contains("CONFIG SET maxmemory-policy noeviction") })
        let refused = Self.redis(refused: ["publish {sc00}:doctor m"])
        #expect(bad(refused) == ["Redis rights"])
        #expect(refused.last?.text.contains("publish") == true)
    }

    @Test("facts that Redis does not return are worth a look, and not a fault")
    func silentRedis() {
        let silent = Self.redis(settings: RedisSettings(), refused: nil)
        #expect(silent.filter { $0.verdict == .doubtful }.count == 3)
        #expect(!silent.contains { $0.verdict == .bad })
    }

    @Test("limits of the promise are told, and a missing append-only file names the docs")
    func promise() {
        var everySecond = Self.safe
        everySecond.appendfsync = "everysec"
        let told = Self.redis(settings: everySecond).filter { $0.subject == "Redis settings" }
        #expect(told.map(\.verdict) == [.good, .good] && told.last?.text.contains("everysec") == true)
        #expect(Self.redis(settings: everySecond, answers: .persisted).count == 4)
        let off = Self.settings(policy: "noeviction", appendOnly: false)
        let doubtful = Self.redis(settings: off).filter { $0.verdict == .doubtful }
        #expect(doubtful.map(\.subject) == ["Redis settings"])
        #expect(doubtful.first?.text.contains("docs/durability.md#") == true)
        #expect(!Self.redis(settings: off, answers: .persisted).contains { $0.verdict == .doubtful })
    }

    @Test("missing migrations say what to run, and other faults of Postgres are reported with them")
    func postgres() {
        var facts = PostgresFacts(
            version: 150_004, encoding: "UTF8", user: "scorecast", isReadOnly: false, clock: Self.rightClock)
        #expect(facts.findings(skew: 30_000).allSatisfy { $0.verdict == .good })
        #expect(facts.findings(skew: 30_000).first?.text.hasPrefix("15.4") == true)
        facts.pendingMigrations = ["suspicions"]
        facts.encoding = "SQL_ASCII"
        facts.isReadOnly = true
        let bad = facts.findings(skew: 30_000).filter { $0.verdict == .bad }
        #expect(bad.map(\.subject) == ["Postgres encoding", "Postgres role", "Postgres tables"])
        #expect(bad.last?.text.contains("scorecast migrate") == true)
        facts.version = 120_000
        #expect(facts.findings(skew: 30_000).first?.verdict == .bad)
    }

    @Test("a Redis with another deployment's data is bad, and the finding says what a node says")
    func deployment() {
        let place = "redis://127.0.0.1:6379/0"
        let space = KeySpace(prefix: "", database: 0)
        let used = RedisDeployment.used(id: "a1", place: place, space: space)
        let conflict = used.findings(own: "b2")
        #expect(conflict.map(\.verdict) == [.bad])
        let words = DeploymentText.conflict(place: place, space: space, found: "a1", own: "b2")
        #expect(conflict.first?.text == words + ".")
        #expect(used.findings(own: "a1").map(\.verdict) == [.good])
        #expect(used.findings(own: nil).map(\.verdict) == [.doubtful])
        #expect(RedisDeployment.unused.findings(own: "a1").map(\.verdict) == [.good])
        #expect(RedisDeployment.unknown("NOPERM").findings(own: "a1").map(\.verdict) == [.doubtful])
        #expect(RedisDeployment.notAsked.findings(own: "a1").isEmpty)
    }

    @Test("a finding is one line, and keeps quotes")
    func quotes() {
        let finding = Finding.bad("Postgres", "server at \"127.0.0.1\", a\\b\u{1b}[2J\nnext")
        #expect(finding.description.hasSuffix(#"server at "127.0.0.1", a\b\u001b[2J\nnext"#), "\(finding)")
    }

    @Test("missing rights are named")
    func rights() {
        let facts = PostgresFacts(
            version: 150_004, encoding: "UTF8", user: "app", isReadOnly: false, clock: Self.rightClock,
            missingRights: ["INSERT on scores"])
        #expect(facts.findings(skew: 30_000).last?.verdict == .bad)
        #expect(facts.findings(skew: 30_000).last?.text.contains("INSERT on scores") == true)
    }
}
