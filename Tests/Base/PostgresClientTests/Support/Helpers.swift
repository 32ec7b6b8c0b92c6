import Dispatch
import PostgresClient
import Synchronization
import Testing

/// A name that no other test uses.
func fresh(_ prefix: String) -> String {
    prefix + "_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
}

/// The ``PostgresError`` that `body` throws; fails the test if it throws none.
func postgresError<Value>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async throws -> PostgresError {
    let error = await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// A gate at which bodies wait, to keep connections of a pool busy.
final class Gate: Sendable {
    private let opened = DispatchSemaphore(value: 0)
    private let entries = Tally()

    /// The number of bodies that have reached the gate so far.
    var entered: Int { entries.value }

    /// Blocks a body until the gate is opened, for a minute at most.
    func pass() {
        entries.up()
        _ = opened.wait(timeout: .now() + 60)
    }

    /// Lets `count` bodies pass.
    func open(_ count: Int = 1) {
        for _ in 0..<count { opened.signal() }
    }
}

/// A counter that tasks share.
final class Tally: Sendable {
    private let count = Atomic<Int>(0)
    private let highest = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    /// The highest value so far.
    var most: Int { highest.load(ordering: .acquiring) }

    func up() {
        highest.max(count.add(1, ordering: .acquiringAndReleasing).newValue, ordering: .acquiringAndReleasing)
    }

    func down() {
        count.subtract(1, ordering: .acquiringAndReleasing)
    }
}
