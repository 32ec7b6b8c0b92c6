import Foundation
import Leaderboard
import RedisClient
import Storage
import Testing

/// The names of keys and channels. No two deployments share a name.
struct KeySpaceTests {
    private func keys(_ prefix: String, _ database: Int) -> BoardKeys {
        BoardKeys(
            Ranking(board: "global"), partition: Partitioning().partition(of: .global),
            in: KeySpace(prefix: prefix, database: database))
    }

    @Test func databaseZeroWithoutPrefix() {
        let keys = keys("", 0)
        #expect(keys.partition.meta == "{sc14}:meta")
        #expect(keys.partition.outbox == "{sc14}:outbox")
        #expect(keys.partition.receipts(issuedAt: 1_790_000_000_999) == "{sc14}:receipts:1790000000")
        #expect(keys.partition.ratePrefix == "{sc14}:rate:")
        #expect(keys.ranking == "{sc14}:ranking:global:all:all" && keys.members == "{sc14}:members:global:all:all")
        #expect(keys.levels == "{sc14}:levels:global:all:all" && keys.name == "global:all:all")
        #expect(keys.open == "{sc14}:open" && keys.seals == "{sc14}:seals")
        #expect(keys.channel == "{sc14}:top:global:all")
        #expect(KeySpace(prefix: "", database: 0).deployment == "{sc00}:deployment")
    }

    @Test func withAPrefixAllBeginWithIt() {
        let keys = keys("game1:", 0)
        let names = [
            keys.partition.meta, keys.partition.outbox, keys.partition.receipts(issuedAt: 1),
            keys.partition.ratePrefix, keys.open, keys.seals, keys.ranking, keys.members, keys.levels, keys.channel,
        ]
        #expect(names.allSatisfy { $0.hasPrefix("game1:{sc14}:") }, "\(names)")
        #expect(KeySpace(prefix: "game1:", database: 0).deployment == "game1:{sc00}:deployment")
    }

    @Test(
        "Redis' databases part keys, and not channels",
        arguments: [
            ("", 0, "{sc14}:"), ("db3:", 3, "db3:{sc14}:"), ("game:", 0, "game:{sc14}:"),
            ("game:", 3, "game:db3:{sc14}:"),
            ("", 3, "db3:{sc14}:"), ("db3:", 4, "db3:db4:{sc14}:"),
        ])
    func channels(prefix: String, database: Int, begins: String) {
        #expect(keys(prefix, database).channel == begins + "top:global:all")
        #expect(keys(prefix, database).partition.meta == prefix + "{sc14}:meta")
    }

    @Test func thePrefixThatTheDatabaseLeadsTo() throws {
        for (path, prefix) in [("", ""), ("/0", ""), ("/1", "db1:"), ("/15", "db15:")] {
            var configuration = try RedisConfiguration(url: "redis://h\(path)")
            configuration.setKeyPrefix(nil)
            #expect(configuration.keyPrefix == prefix)
            configuration.setKeyPrefix("x:")
            #expect(configuration.keyPrefix == "x:" && configuration.problems().isEmpty)
        }
    }

    // MARK: - Rights

    @Test func everyCommandOfAScriptIsFound() throws {
        for script in Scripts.all where script != Scripts.rights {
            let called = RedisRights.calls(in: script.source)
            // Every call of Redis in a script has the form that `RedisRights` searches for.
            let code = script.source.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
            let places = code.replacing("pcall(", with: "").matches(of: /call\(/).count
            #expect(places == code.matches(of: /call\('[A-Z]+'/).count, "\(script.name)")
            #expect(!called.isEmpty, "\(script.name)")
        }
        #expect(
            RedisRights.calls(in: Scripts.apply.source).isSuperset(of: ["XADD", "ZADD", "HSET", "PUBLISH", "TIME"]))
        #expect(Set(RedisRights.commands(writes: false)).isSubset(of: RedisRights.commands(writes: true)))
        #expect(!RedisRights.commands(writes: false).contains { $0.hasPrefix("ZADD") })
    }

    @Test func whatToTellWhoeverLacksRights() {
        let text = RedisRights.explanation(lacking: ["ZADD", "PUBLISH", "ZADD"])
        #expect(text.contains("ACL SETUSER <user> +publish +zadd"))
    }
}
