import Foundation
import LocalServers
import RedisClient
import Storage
import TestSupport
import Testing

/// The settings of Redis on which the promise depends. The table in docs/durability.md has the same rows.
@Suite(.timeLimit(.minutes(2))) struct RedisSettingsTests {
    /// A change of safe settings, when updates are answered, and what is found.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answers: RedisSettings.Answers
        let change: @Sendable (inout RedisSettings) -> Void
        let found: [RedisSettings.Severity]
        /// A part of the first finding.
        let text: String

        init(
            _ name: String, _ answers: RedisSettings.Answers, _ found: [RedisSettings.Severity], _ text: String = "",
            change: @escaping @Sendable (inout RedisSettings) -> Void
        ) {
            testDescription = "\(name), \(answers)"
            (self.answers, self.found, self.text, self.change) = (answers, found, text, change)
        }
    }

    private static var safe: RedisSettings {
        var settings = RedisSettings()
        settings.maxmemoryPolicy = "noeviction"
        settings.appendOnly = true
        settings.appendfsync = "always"
        settings.pausesFsync = false
        settings.loadsTruncated = true
        settings.minReplicas = 0
        return settings
    }

    static let rows: [Row] = [
        Row("as deploy/redis.conf, but always", .applied, []) { _ in },
        Row("an evicting policy", .applied, [.refusal], "CONFIG SET maxmemory-policy noeviction") {
            $0.maxmemoryPolicy = "allkeys-lru"
        },
        Row("an evicting policy", .persisted, [.refusal]) { $0.maxmemoryPolicy = "volatile-ttl" },
        Row("an evicting policy", .never, [.refusal]) { $0.maxmemoryPolicy = "allkeys-random" },
        Row("a policy that is not told", .persisted, [.warning]) { $0.maxmemoryPolicy = nil },
        Row("no append-only file", .applied, [.warning], "CONFIG SET appendonly yes") { $0.appendOnly = false },
        Row("no append-only file", .never, [.warning]) { $0.appendOnly = false },
        Row("no append-only file", .persisted, [.note], "rebuilt") { $0.appendOnly = false },
        Row("an append-only file that is not told", .persisted, [.warning]) { $0.appendOnly = nil },
        Row("everysec", .applied, [.note], "two seconds") { $0.appendfsync = "everysec" },
        Row("everysec", .persisted, []) { $0.appendfsync = "everysec" },
        Row("everysec", .never, []) { $0.appendfsync = "everysec" },
        Row("no fsync", .applied, [.note], "30 seconds") { $0.appendfsync = "no" },
        Row("no fsync", .persisted, []) { $0.appendfsync = "no" },
        Row("no fsync in a rewrite", .applied, [.note], "no-appendfsync-on-rewrite") { $0.pausesFsync = true },
        Row("no fsync in a rewrite", .persisted, []) { $0.pausesFsync = true },
        Row("a cut file is not loaded", .applied, [.warning], "aof-load-truncated yes") { $0.loadsTruncated = false },
        Row("a cut file is not loaded", .persisted, [.warning]) { $0.loadsTruncated = false },
        Row("replicas are wanted", .applied, [.note], "min-replicas-to-write is 2") { $0.minReplicas = 2 },
        Row("several", .applied, [.refusal, .warning, .note]) {
            ($0.maxmemoryPolicy, $0.loadsTruncated, $0.minReplicas) = ("allkeys-lfu", false, 1)
        },
    ]

    @Test(arguments: rows)
    func findings(_ row: Row) {
        var settings = Self.safe
        row.change(&settings)
        let found = settings.findings(for: row.answers)
        #expect(found.map(\.severity) == row.found)
        if !row.text.isEmpty { #expect(found.first?.text.contains(row.text) == true, "\(found)") }
    }

    @Test func nothingToldIsWorthTwoWarnings() {
        #expect(RedisSettings().findings(for: .applied).map(\.severity) == [.warning, .warning])
    }

    @Test func theyAreReadFromARealRedis() async throws {
        try await withPrivateRedis(extraArguments: ["--min-replicas-to-write", "0", "--maxmemory", "100mb"]) { server in
            try await withFixture(url: server.url, isOpen: false) { fixture in
                let redis = fixture.redis
                var expected = Self.safe
                expected.appendfsync = "everysec"
                let config = try await redis.command(["CONFIG", "GET"] + RedisSettings.names)
                #expect(RedisSettings(config: config) == expected)
                let info = RedisSettings(info: try await redis.command(["INFO"] + RedisSettings.sections))
                #expect(info.maxmemoryPolicy == "noeviction" && info.appendOnly == true && info.appendfsync == nil)
                try await redis.command("CONFIG", "SET", "appendonly", "no")
                try await redis.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
                let changed = RedisSettings(info: try await redis.command(["INFO"] + RedisSettings.sections))
                #expect(changed.maxmemoryPolicy == "volatile-lru" && changed.appendOnly == false)
            }
        }
    }

    /// The file that is shipped passes the check that nodes make.
    @Test func theShippedFile() async throws {
        let file = Checkout.root.appending(path: "deploy/redis.conf").path
        try await withPrivateRedis(extraArguments: ["--include", file]) { server in
            try await withFixture(url: server.url, isOpen: false) { fixture in
                let reply = try await fixture.redis.command(["CONFIG", "GET"] + RedisSettings.names)
                let settings = RedisSettings(config: reply)
                #expect(settings.findings(for: .persisted) == [])
                #expect(settings.findings(for: .applied).map(\.severity) == [.note], "everysec")
                let memory = try await fixture.redis.command("CONFIG", "GET", "maxmemory").array?.last?.string
                #expect(memory == "805306368")
            }
        }
    }
}
