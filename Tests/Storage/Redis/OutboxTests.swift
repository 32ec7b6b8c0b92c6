import Leaderboard
import RedisClient
import Storage
import TestSupport
import Testing

/// The outboxes as the persister reads them.
@Suite(.timeLimit(.minutes(1)))
struct OutboxTests {
    /// Returns one board for each partition.
    private func boards(_ fixture: RedisFixture) -> [Board] {
        fixture.partitioning.all.map { partition in
            let number = (0...).lazy.first { number in
                let board = Board(id: "p\(partition)-\(number)-\(fixture.board.id)")
                return fixture.partitioning.partition(of: board) == partition
            }
            return Board(id: "p\(partition)-\(number ?? 0)-\(fixture.board.id)")
        }
    }

    private func add(_ fixture: RedisFixture, _ board: Board, _ count: Int, from first: Int = 1) async throws {
        for number in first..<first + count {
            var update = fixture.update("u\(number)", Int64(number), "\(board.id)-\(number)")
            update.targets = UpdateTargets(of: board, issuedAt: update.issuedAt)
            _ = try await fixture.store().outcome(of: update)
        }
    }

    @Test("The size is that of all outboxes, and grows with their entries; the memory is that of Redis' setting")
    func size() async throws {
        try await withPrivateRedis { server in
            try await withFixture(on: server, partitions: 2) { fixture in
                #expect(try await fixture.outbox.measure() == OutboxSize(bytes: 0, memoryBytesMax: nil))
                try await fixture.redis.command(["CONFIG", "SET", "maxmemory", "64mb"])
                let boards = boards(fixture)
                try await add(fixture, boards[0], 1)
                let one = try await fixture.outbox.measure()
                #expect(one.bytes > 0 && one.memoryBytesMax == 67_108_864)
                try await add(fixture, boards[1], 1)
                let two = try await fixture.outbox.measure()
                #expect(two.bytes == 2 * one.bytes)
                try await add(fixture, boards[0], 1_000, from: 2)
                let many = try await fixture.outbox.measure()
                #expect(many.bytes > two.bytes + 100_000 && many.bytes < two.bytes + 500_000, "\(many)")
            }
        }
    }

    @Test func readsInOrderFromPositions() async throws {
        try await withFixture(partitions: 3) { fixture in
            let boards = boards(fixture)
            try await add(fixture, boards[0], 5)
            try await add(fixture, boards[2], 3)
            let epochs = try await fixture.outbox.states().map(\.epoch)
            let batches = try await fixture.outbox.read(after: [0: 0, 1: 0, 2: 0], limit: 100, waitMilliseconds: 10)
                .sorted { $0.partition < $1.partition }
            #expect(batches.map(\.partition) == [0, 2])
            #expect(batches.map(\.epoch) == [epochs[0], epochs[2]])
            #expect(batches[0].events.map(\.seq) == [1, 2, 3, 4, 5])
            #expect(batches[0].events.map(\.ranking.board) == Array(repeating: boards[0].id, count: 5))
            #expect(batches[1].events.map(\.userID) == ["u1", "u2", "u3"])

            // The limit applies to each partition.
            let some = try await fixture.outbox.read(after: [0: 1, 2: 2], limit: 2, waitMilliseconds: 10)
                .sorted { $0.partition < $1.partition }
            #expect(some.map { $0.events.map(\.seq) } == [[2, 3], [3]])
            let one = try await fixture.outbox.read(after: [0: 4], limit: 100, waitMilliseconds: 10)
            #expect(one.map { $0.events.map(\.seq) } == [[5]])
            #expect(try await fixture.outbox.read(after: [:], limit: 100, waitMilliseconds: 10).isEmpty)
        }
    }

    @Test func waitsForTheFirst() async throws {
        try await withFixture(partitions: 2) { fixture in
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try await fixture.outbox.read(after: [0: 0, 1: 0], limit: 10, waitMilliseconds: 100).isEmpty)
            #expect(clock.now - start >= .milliseconds(90))

            // An event that arrives during the wait ends it, well before the client's own timeout of two seconds.
            let boards = boards(fixture)
            async let batches = fixture.outbox.read(after: [0: 0, 1: 0], limit: 10, waitMilliseconds: 1500)
            try await add(fixture, boards[1], 1)
            #expect(try await batches.map { $0.events.map(\.seq) } == [[1]])
        }
    }

    @Test("Events up to the number are dropped, and no others")
    func trims() async throws {
        try await withFixture { fixture in
            for number in 1...10 { try await fixture.add("u1", 1, "s\(number)") }
            try await fixture.outbox.trim(partition: 0, through: 0)
            #expect(try await fixture.events().count == 10)
            try await fixture.outbox.trim(partition: 0, through: 4)
            #expect(try await fixture.events().map(\.seq) == Array(5...10))
            try await fixture.outbox.trim(partition: 0, through: 4)
            try await fixture.outbox.trim(partition: 0, through: 2)
            #expect(try await fixture.events().map(\.seq) == Array(5...10))
            // Trimmed events leave a gap for a reader that had not read them. The ledger refuses the events after it.
            let batches = try await fixture.outbox.read(after: [0: 2], limit: 2, waitMilliseconds: 10)
            #expect(batches.map { $0.events.map(\.seq) } == [[5, 6]])
            try await fixture.outbox.trim(partition: 0, through: 10)
            #expect(try await fixture.events().isEmpty)
            // An empty stream continues with the next number.
            try await fixture.add("u1", 1, "s11")
            #expect(try await fixture.events().map(\.seq) == [11])
            try await fixture.outbox.trim(partition: 0, through: 1_234_567_890_123_456)
            #expect(try await fixture.events().isEmpty)
        }
    }

    @Test("The signature of a single event, if it is still there, tells one history from another")
    func signatures() async throws {
        try await withFixture(partitions: 3) { fixture in
            let boards = boards(fixture)
            try await add(fixture, boards[0], 5)
            try await add(fixture, boards[2], 3)
            let outbox = fixture.outbox
            #expect(
                try await outbox.signatures(at: [0: 5, 1: 1, 2: 1]) == [0: "\(boards[0].id)-5", 2: "\(boards[2].id)-1"])
            #expect(try await outbox.signatures(at: [0: 6, 2: 0]) == [:])
            try await outbox.trim(partition: 0, through: 4)
            #expect(try await outbox.signatures(at: [0: 4]) == [:])
            #expect(try await outbox.signatures(at: [0: 5]) == [0: "\(boards[0].id)-5"])
            #expect(try await outbox.signatures(at: [:]) == [:])
        }
    }

    /// The events of a closed partition are held back.
    @Test func closedPartitionsWait() async throws {
        try await withFixture(partitions: 2) { fixture in
            let boards = boards(fixture)
            for board in boards { try await add(fixture, board, 2) }
            try await fixture.outbox.close(partition: 0)
            let batches = try await fixture.outbox.read(after: [0: 0, 1: 0], limit: 10, waitMilliseconds: 10)
            #expect(batches.map(\.partition) == [1])
            try await fixture.rebuilt(partition: 0)
            let epoch = try await fixture.outbox.open(partition: 0, seq: 0)
            let again = try await fixture.outbox.read(after: [0: 0], limit: 10, waitMilliseconds: 10)
            #expect(again.map(\.epoch) == [epoch])
            #expect(again.map { $0.events.map(\.seq) } == [[1, 2]])
        }
    }

    @Test(arguments: [
        ["x", "y"], ["e", "1"], ["e", "nonsense", "o", "1 2 3"],
        ["o", "1 2 3", "e", "1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2"],
        ["e", "1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2", "o", "1 2"],
        ["e", "1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2", "o", "1 2 3", "x", "y"],
    ])
    func corruptEntries(_ fields: [String]) async throws {
        try await withFixture { fixture in
            try await fixture.add("u1", 5, "s1")
            try await fixture.redis.command(["XADD", fixture.keys.partition.outbox, "2-0"] + fields)
            // The events before the unreadable one are returned, together with its error.
            let batches = try await fixture.outbox.read(after: [0: 0], limit: 10, waitMilliseconds: 10)
            #expect(batches.map { $0.events.map(\.seq) } == [[1]])
            #expect(batches.first?.trouble?.kind == .corrupt)
        }
    }

    @Test("Keys of a wrong type are errors")
    func unreadableStates() async throws {
        try await withFixture(partitions: 2) { fixture in
            try await fixture.redis.command("SET", "{sc01}:meta", "x")
            await #expect(throws: StoreError.self) { try await fixture.outbox.states() }
            await #expect(throws: StoreError.self) { try await fixture.outbox.close(partition: 1) }
            await #expect(throws: StoreError.self) { try await fixture.outbox.open(partition: 1, seq: 0) }
            try await fixture.redis.command("SET", "{sc01}:outbox", "x")
            await #expect(throws: StoreError.self) {
                try await fixture.outbox.read(after: [0: 0, 1: 0], limit: 10, waitMilliseconds: 10)
            }
            await #expect(throws: StoreError.self) { try await fixture.outbox.trim(partition: 1, through: 1) }
        }
    }
}
