import Keys
import Logging
import NodeTestSupport
import Signing
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Refreshing key sets, with a clock that the tests move.
@Suite("Refreshing a key set", .timeLimit(.minutes(1)))
struct KeySetSourceTests {
    private let clock = ManualClock()
    private let metrics = PrometheusMetrics(includesProcess: false)
    private let log = CapturedLog()
    private let one = SigningKey("one")
    private let two = SigningKey("two")

    /// Runs a source until the body returns. The body can get everything that the source has passed on.
    private func withSource(
        _ reader: ScriptedReader, _ body: (KeySetSource, @escaping @Sendable () -> [[String?]]) async throws -> Void
    ) async throws {
        let given = Given()
        let logger = Logger(label: "test") { [log] in JSONLogHandler(label: $0, sink: log.sink) }
        let source = KeySetSource(reader: reader, clock: clock, logger: logger, metrics: metrics) { given.add($0) }
        let run = Task { try await source.run() }
        do {
            try await body(source) { given.ids }
        } catch {
            run.cancel()
            throw error
        }
        run.cancel()
        try await run.value
    }

    private final class Given: Sendable {
        private let sets = Mutex<[[String?]]>([])
        var ids: [[String?]] { sets.withLock { $0 } }
        func add(_ set: KeySet) { sets.withLock { $0.append(set.keys.map(\.id)) } }
    }

    /// Waits until the source has done its work and sleeps again.
    private func settled(after sleeps: Int) async throws {
        try await eventually("the source waits again") { clock.sleeps > sleeps }
    }

    private func expectRefreshes(
        _ outcome: String, _ count: Int, location: SourceLocation = #_sourceLocation
    ) {
        let line = #"scorecast_jwks_refreshes_total{outcome="\#(outcome)"} \#(count)"#
        #expect(metrics.render().contains(line), "\(metrics.render())", sourceLocation: location)
    }

    @Test("loads at the start and every few minutes, and reports only changed keys")
    func regular() async throws {
        let reader = ScriptedReader(keySetDocument(one))
        try await withSource(reader) { source, given in
            try await eventually { given() == [["one"]] }
            #expect(source.isLoaded)
            try await clock.advance(by: .seconds(331))
            try await eventually { reader.reads == 2 }
            reader.set(keySetDocument(two, one))
            try await clock.advance(by: .seconds(331))
            try await eventually { given() == [["one"], ["two", "one"]] }
            reader.set(keySetDocument(two))
            try await clock.advance(by: .seconds(331))
            try await eventually { given().last == ["two"] }
            expectRefreshes("changed", 3)
            expectRefreshes("unchanged", 1)
            expectRefreshes("unreachable", 0)
        }
    }

    @Test("keeps the keys while the source is unavailable, and tries again with growing waits")
    func outage() async throws {
        let reader = ScriptedReader(keySetDocument(one))
        try await withSource(reader) { source, given in
            try await eventually { given().count == 1 }
            reader.fail()
            try await clock.advance(by: .seconds(331))
            // In half a minute of failures there are attempts at 1, 3, 7, 15 and 31 seconds at the latest, and at most
            // twice as many.
            for _ in 0..<62 { try await clock.advance(by: .milliseconds(500)) }
            try await eventually { (5...12).contains(reader.reads) }
            #expect(source.isLoaded)
            #expect(given() == [["one"]])
            #expect(log.texts.contains { $0.contains("stay in force") && $0.contains("It is away.") })
            // 362 seconds have passed. The last measurement was at most a quarter of a minute ago.
            #expect((346...362).contains { metrics.render().contains("scorecast_jwks_age_seconds \($0)") })

            reader.set(keySetDocument(one, two))
            try await clock.advance(by: .seconds(60))
            try await eventually { given().last == ["one", "two"] }
            try await eventually { metrics.render().contains("scorecast_jwks_age_seconds 0") }
        }
    }

    @Test(
        "keeps the keys if the document is not a key set",
        arguments: [
            "<html>captive portal</html>", #"{"keys":[]}"#,
            #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"nWGxne_9WmC6"}]}"#,
        ])
    func refused(_ document: String) async throws {
        let reader = ScriptedReader(keySetDocument(one))
        try await withSource(reader) { _, given in
            try await eventually { given().count == 1 }
            reader.set(document)
            try await clock.advance(by: .seconds(331))
            try await eventually { log.texts.contains { $0.contains("stay in force") } }
            #expect(given() == [["one"]])
            #expect(!log.texts.contains { $0.contains("nWGxne") || $0.contains("captive") })
            expectRefreshes("refused", 1)
        }
    }

    @Test("starts without a key set if the source is unavailable, and gets it when the source is back")
    func awayAtTheStart() async throws {
        let reader = ScriptedReader("")
        reader.fail()
        try await withSource(reader) { source, given in
            try await eventually { reader.reads == 1 }
            #expect(!source.isLoaded)
            reader.set(keySetDocument(one))
            try await clock.advance(by: .seconds(1))
            try await eventually { given() == [["one"]] && source.isLoaded }
        }
    }

    @Test("fetches for unknown keys, once a minute at most, however many tokens come")
    func unknownKeys() async throws {
        let reader = ScriptedReader(keySetDocument(one))
        try await withSource(reader) { source, given in
            try await eventually { given().count == 1 }
            try await settled(after: 0)
            reader.set(keySetDocument(one, two))
            for _ in 0..<1_000 { source.noteUnknownKey() }
            try await eventually { given().last == ["one", "two"] }
            #expect(reader.reads == 2)

            var sleeps = clock.sleeps
            for second in 1..<60 {
                for _ in 0..<100 { source.noteUnknownKey() }
                if second == 1 { try await settled(after: sleeps) }
                sleeps = clock.sleeps
                try await clock.advance(by: .seconds(1))
                #expect(reader.reads == 2)
            }
            try await clock.advance(by: .seconds(1))
            try await eventually { reader.reads == 3 }
            for _ in 0..<70 { try await clock.advance(by: .seconds(1)) }
            #expect(reader.reads == 3)
        }
    }

    @Test("does not let unknown keys shorten the waits of an outage")
    func unknownKeysInAnOutage() async throws {
        let reader = ScriptedReader(keySetDocument(one))
        reader.fail()
        try await withSource(reader) { source, _ in
            try await eventually { reader.reads == 1 }
            for seconds in [1, 2, 4, 8, 16, 32, 60] {
                let reads = reader.reads
                try await clock.advance(by: .seconds(seconds))
                try await eventually { reader.reads > reads }
            }
            let (reads, sleeps) = (reader.reads, clock.sleeps)
            for _ in 0..<100 { source.noteUnknownKey() }
            try await settled(after: sleeps)
            try await clock.advance(by: .seconds(20))
            #expect(reader.reads == reads)
        }
    }

    @Test("fetches on request")
    func asked() async throws {
        let reader = ScriptedReader(keySetDocument(one))
        try await withSource(reader) { source, given in
            try await eventually { given().count == 1 }
            try await settled(after: 0)
            reader.set(keySetDocument(two))
            source.refreshSoon()
            try await eventually { given() == [["one"], ["two"]] }
            source.refreshSoon()
            try await eventually { reader.reads == 3 }
        }
    }

    @Test("reads files, and reports what is wrong with them")
    func files() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("keys.json", keySetDocument(one))
        #expect(try await KeySet(try await KeySetFile(path: path).read()).keys.map(\.id) == ["one"])
        let large = try folder.file("large.json", String(repeating: " ", count: KeySet.bytesMax + 1))
        for path in [large, folder.path("missing.json"), "/dev/zero"] {
            let error = await #expect(throws: KeySetUnreachable.self) { try await KeySetFile(path: path).read() }
            #expect(error?.description.contains("The file") == true)
        }
    }
}
