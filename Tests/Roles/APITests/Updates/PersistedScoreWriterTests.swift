import API
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import TestSupport
import Testing

/// Which outcomes wait for the ledger, and what ends the wait.
@Suite(.timeLimit(.minutes(1))) struct PersistedScoreWriterTests {
    private static let receipt = Receipt(score: 5, rank: 1)

    /// Stores whose answers the test sets.
    private final class Stores: ScoreWriter, Outbox, LedgerReader {
        struct State {
            var outcome: Result<ApplyOutcome, StoreError> = .success(.applied(PersistedScoreWriterTests.receipt))
            var found: Result<FoundReceipt?, StoreError> = .success(nil)
            var run = "r1"
            var states: Result<[PartitionState], StoreError> = .success([])
            var positions: Result<[Int: LedgerPosition], StoreError> = .success([:])
            var looks = 0
        }
        let state = NIOLockedValueBox(State())

        func apply(
            _ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void
        ) { completion(state.withLockedValue { $0.outcome }) }

        func receipt(
            for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
        ) { completion(state.withLockedValue { $0.found }) }

        func snapshot(at positions: [Int: Int64]) async throws(StoreError) -> PartitionSnapshot {
            let (run, states) = state.withLockedValue { ($0.run, $0.states) }
            return PartitionSnapshot(run: run, states: try states.get())
        }

        func positions() async throws(StoreError) -> [Int: LedgerPosition] {
            try state.withLockedValue { state in
                state.looks += 1
                return state.positions
            }.get()
        }

        private static let unused = StoreError(.corrupt, "not used here")
        func states() async throws(StoreError) -> [PartitionState] { throw Self.unused }
        func open(partition: Int, seq: Int64, run: String) async throws(StoreError) -> String { throw Self.unused }
        func verify(partition: Int, epoch: String, seq: Int64, run: String) async throws(StoreError) -> Bool {
            throw Self.unused
        }
        func rewriteFile(run: String, isAsked: Bool, mayAsk: Bool) async throws(StoreError) -> FileRewriting {
            throw Self.unused
        }
        func noteRewritten(partition: Int, run: String) async throws(StoreError) { throw Self.unused }
        func close(partition: Int, epoch: String?) async throws(StoreError) -> Bool { throw Self.unused }
        func read(
            after positions: [Int: Int64], limit: Int, waitMilliseconds: Int
        ) async throws(StoreError) -> [OutboxBatch] { throw Self.unused }
        func signatures(at positions: [Int: Int64]) async throws(StoreError) -> [Int: String] { throw Self.unused }
        func trim(partition: Int, through seq: Int64) async throws(StoreError) { throw Self.unused }

        /// Redis is another process now, and both partitions have these numbers.
        ///
        /// - Parameter verified: the process that a persister has verified.
        func restart(outbox: [Int64], verified: String = "r2") {
            state.withLockedValue { state in
                state.run = "r2"
                state.states = .success(outbox.map { PartitionState(epoch: "e", seq: $0, run: verified) })
            }
        }

        /// Both partitions have these numbers in Redis, and these in the ledger.
        func set(outbox: [Int64], ledger: [Int64]) {
            state.withLockedValue { state in
                state.states = .success(outbox.map { PartitionState(epoch: "e", seq: $0, run: "r1") })
                state.positions = .success(
                    Dictionary(
                        uniqueKeysWithValues: ledger.enumerated().map {
                            ($0, LedgerPosition(epoch: "e", seq: $1, signature: ""))
                        }))
            }
        }
    }

    /// The answers to callers, in the order of the calls.
    private final class Told: Sendable {
        private let words = NIOLockedValueBox<[String]>([])
        var all: [String] { words.withLockedValue { $0 } }
        func add<Success>(_ result: Result<Success, StoreError>) {
            let word =
                switch result {
                case .success: "told"
                case .failure(let error): "\(error.kind)"
                }
            words.withLockedValue { $0.append(word) }
        }
    }

    private let stores = Stores()
    private let told = Told()

    private func makeWriter() -> PersistedScoreWriter {
        PersistedScoreWriter(writer: stores, outbox: stores, ledger: stores, partitioning: Partitioning(count: 2))
    }

    /// A board of a partition.
    private func board(in partition: Int) throws -> Board {
        let boards = (0..<100).map { Board(id: "b\($0)") }
        return try #require(boards.first { Partitioning(count: 2).partition(of: $0) == partition })
    }

    private func apply(to writer: PersistedScoreWriter, partition: Int = 0) throws {
        let board = try board(in: partition)
        let update = ScoreUpdate(
            targets: UpdateTargets(of: board, issuedAt: 0), userID: "u", amount: 1, submittedScore: nil, action: "a",
            nonce: "n", signature: "s", issuedAt: 0)
        writer.apply(update) { [told] in told.add($0) }
    }

    /// Runs a writer as a service until the body has ended. It has looked at Redis before, if it could.
    private func run(_ writer: PersistedScoreWriter, _ body: () async throws -> Void) async throws {
        _ = await writer.learn()
        let running = Task { try await writer.run() }
        defer { running.cancel() }
        try await body()
    }

    @Test("Only what counted waits for the ledger; every other outcome is told at once")
    func whichWait() throws {
        let rows: [(outcome: Result<ApplyOutcome, StoreError>, told: [String])] = [
            (.success(.applied(Self.receipt)), []),
            (.success(.replayed(Self.receipt)), []),
            (.success(.actionIDReused), ["told"]),
            (.success(.rateLimited(retryAfterMilliseconds: 1)), ["told"]),
            (.success(.velocityExceeded), ["told"]),
            (.success(.outOfBounds), ["told"]),
            (.success(.decreaseRefused), ["told"]),
            (.success(.sealed), ["told"]),
            (.success(.formChanged(board: "b")), ["told"]),
            (.success(.closed), ["told"]),
            (.success(.stale(at: 0, forgottenSecond: 0)), ["told"]),
            (.failure(StoreError(.closed, "")), ["closed"]),
        ]
        for (outcome, expected) in rows {
            let test = Self()
            test.stores.state.withLockedValue { $0.outcome = outcome }
            // Nobody watches the ledger yet, so what waits is not told.
            try test.apply(to: test.makeWriter())
            #expect(test.told.all == expected, "\(outcome)")
        }
    }

    @Test("A receipt waits for the ledger, its absence and an error do not")
    func receipts() throws {
        let query = ReceiptQuery(signature: "s", submittedScore: nil, issuedAt: 0, board: nil)
        let rows: [(found: Result<FoundReceipt?, StoreError>, told: [String])] = [
            (.success(FoundReceipt(receipt: Self.receipt, partition: 1)), []),
            (.success(nil), ["told"]),
            (.failure(StoreError(.unavailable, "")), ["unavailable"]),
        ]
        for (found, expected) in rows {
            let test = Self()
            test.stores.state.withLockedValue { $0.found = found }
            test.makeWriter().receipt(for: query) { [told = test.told] in told.add($0) }
            #expect(test.told.all == expected, "\(found)")
        }
    }

    @Test("An update of an earlier epoch is not told: its number may name another one by now")
    func rebuiltMeanwhile() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [7, 9])
        try await run(writer) {
            try apply(to: writer)
            try await eventually("it is told") { told.all == ["told"] }
            stores.state.withLockedValue { state in
                state.states = .success([
                    PartitionState(epoch: "e2", seq: 6, run: "r1"), PartitionState(epoch: "e", seq: 9, run: "r1"),
                ])
            }
            try apply(to: writer)
            try await eventually("it is refused") { told.all == ["told", "unavailable"] }
            // The epoch is known now.
            try apply(to: writer)
            try await eventually("it is told") { told.all == ["told", "unavailable", "told"] }
            try apply(to: writer, partition: 1)
            try await eventually("the other partition has the same epoch") {
                told.all.last == "told" && told.all.count == 4
            }
        }
    }

    /// Such a Redis may lack the update, and the ledger may be past all that it has left.
    @Test("An update is not told if Redis has started again since, verified or not", arguments: ["r1", "r2"])
    func startedAgain(verified: String) async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [7, 9])
        try await run(writer) {
            try apply(to: writer)
            try await eventually("it is told") { told.all == ["told"] }
            stores.restart(outbox: [6, 9], verified: verified)
            try apply(to: writer)
            try await eventually("it is refused") { told.all == ["told", "unavailable"] }
            // The process is known now. It counts once it was compared with the ledger.
            try apply(to: writer)
            let last = verified == "r2" ? "told" : "unavailable"
            try await eventually("the next one") { told.all == ["told", "unavailable", last] }
        }
    }

    /// The ledger then has other events under the numbers that were waited for.
    @Test("An update is not told if Redis starts again while it waits for the ledger")
    func startsAgainMeanwhile() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [6, 9])
        try await run(writer) {
            try apply(to: writer)
            try await eventually("it waits") { stores.state.withLockedValue { $0.looks } > 1 }
            stores.restart(outbox: [7, 9])
            stores.state.withLockedValue { state in
                state.positions = .success([0: LedgerPosition(epoch: "e", seq: 7, signature: "other")])
            }
            try await eventually("it is refused") { told.all == ["unavailable"] }
        }
    }

    @Test("A position that comes while an update waits must be of the update's epoch")
    func anotherEpoch() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [6, 9])
        @Sendable func move(to epoch: String) -> Int {
            stores.state.withLockedValue { state in
                state.positions = .success([0: LedgerPosition(epoch: epoch, seq: 7, signature: "")])
                return state.looks
            }
        }
        try await run(writer) {
            try apply(to: writer)
            try await eventually("it waits") { stores.state.withLockedValue { $0.looks } > 1 }
            let looks = move(to: "e2")
            try await eventually("the ledger is looked at again and again") {
                stores.state.withLockedValue { $0.looks } > looks + 3
            }
            #expect(told.all == [])
            _ = move(to: "e")
            try await eventually("it is told") { told.all == ["told"] }
        }
    }

    @Test("What Redis has lost is not waited for, so that others need not wait for it")
    func lostMeanwhile() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [6, 9])
        try await run(writer) {
            try apply(to: writer)
            try await eventually("it waits") { stores.state.withLockedValue { $0.looks } > 1 }
            stores.restart(outbox: [6, 9])
            try await eventually("it is refused", timeout: .seconds(4)) { told.all == ["unavailable"] }
        }
    }

    @Test("Without an earlier look at Redis, the first updates are not told, and the next ones are")
    func firstLook() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [7, 9])
        try apply(to: writer)
        let running = Task { try await writer.run() }
        defer { running.cancel() }
        try await eventually("it is refused") { told.all == ["unavailable"] }
        try apply(to: writer)
        try await eventually("it is told") { told.all == ["unavailable", "told"] }
    }

    @Test("An update is told when the ledger has all that its partition held, whatever the others hold")
    func waits() async throws {
        let writer = makeWriter()
        stores.set(outbox: [7, 9], ledger: [6, 0])
        try await run(writer) {
            try apply(to: writer)
            try await eventually("the ledger is looked at again and again") {
                stores.state.withLockedValue { $0.looks } > 3
            }
            #expect(told.all == [])
            stores.set(outbox: [7, 9], ledger: [7, 0])
            try await eventually("it is told") { told.all == ["told"] }
        }
    }

    @Test("Updates of several partitions that wait together are told together")
    func groups() async throws {
        let writer = makeWriter()
        stores.set(outbox: [3, 4], ledger: [3, 3])
        #expect(await writer.learn())
        for partition in [0, 1, 0] { try apply(to: writer, partition: partition) }
        try await run(writer) {
            try await eventually("the ledger is looked at again and again") {
                stores.state.withLockedValue { $0.looks } > 3
            }
            #expect(told.all == [])
            stores.set(outbox: [3, 4], ledger: [3, 5])
            try await eventually("all are told") { told.all == ["told", "told", "told"] }
        }
    }

    @Test("If it is not known how far Redis or the ledger is, those who wait get the error")
    func errors() async throws {
        for isOutbox in [true, false] {
            let test = Self()
            let writer = test.makeWriter()
            test.stores.set(outbox: [1, 1], ledger: [0, 0])
            test.stores.state.withLockedValue { state in
                let error = StoreError(.unavailable, "away")
                if isOutbox { state.states = .failure(error) } else { state.positions = .failure(error) }
            }
            try await test.run(writer) {
                try test.apply(to: writer)
                try await eventually("the error is told") { test.told.all == ["unavailable"] }
            }
        }
    }

    @Test("More updates than may wait at once are refused")
    func bound() throws {
        let writer = makeWriter()
        for _ in 0..<20_000 { try apply(to: writer) }
        #expect(told.all == [])
        try apply(to: writer)
        #expect(told.all == ["unavailable"])
    }

    @Test("A caller that waits at the end is still told, and none waits after it")
    func end() async throws {
        let writer = makeWriter()
        stores.set(outbox: [1, 1], ledger: [1, 1])
        #expect(await writer.learn())
        let running = Task {
            try await ServiceGroup(services: [writer], logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
                .run()
        }
        try apply(to: writer)
        try await eventually("it is told") { told.all == ["told"] }
        running.cancel()
        _ = try? await running.value
        try apply(to: writer)
        try await eventually("it is refused") { told.all == ["told", "unavailable"] }
    }
}
