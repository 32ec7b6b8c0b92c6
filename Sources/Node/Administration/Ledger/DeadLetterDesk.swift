import PostgresClient
import Settings
import Storage

/// The work of `scorecast dead-letters`.
public struct DeadLetterDesk: Sendable {
    /// Which letters a command is about.
    public struct Choice: Sendable {
        /// The one letter; nil for all.
        public var id: Int64?
        /// The letters of one partition; nil for all.
        public var partition: Int?

        /// Makes a choice.
        public init(id: Int64?, partition: Int?) {
            self.id = id
            self.partition = partition
        }
    }

    private let configuration: NodeConfiguration
    private let choice: Choice

    /// Letters that are in memory at the same time.
    private static let pageLetters = 200

    /// - Parameter configuration: has the address of a migrated database.
    public init(_ configuration: NodeConfiguration, _ choice: Choice) {
        self.configuration = configuration
        self.choice = choice
    }

    /// Returns how many letters there are.
    public func count() async throws -> Int {
        try await Database.withPool(configuration) { pool in
            try await PostgresDeadLetters(pool: pool).count(id: choice.id, partition: choice.partition)
        }
    }

    /// Calls `body` with each letter, in the order of their numbers.
    public func list(_ body: (LetterReport) throws -> Void) async throws {
        try await Database.withPool(configuration) { pool in
            try await visit(PostgresDeadLetters(pool: pool)) { letter in
                try body(
                    LetterReport(json: DeadLetterText.json(letter), text: DeadLetterText.text(letter), stays: true))
            }
        }
    }

    /// Writes the letters again to the tables that refused them, in the order of their numbers, and calls `body` after
    /// each. A letter that is refused again stays.
    public func retry(_ body: (LetterReport) throws -> Void) async throws { try await settle(by: .retry, body) }

    /// Gives the letters up, in the order of their numbers, and calls `body` after each.
    public func drop(_ body: (LetterReport) throws -> Void) async throws { try await settle(by: .drop, body) }

    private func settle(by command: LetterCommand, _ body: (LetterReport) throws -> Void) async throws {
        try await Database.withPool(configuration) { pool in
            let store = PostgresDeadLetters(pool: pool)
            try await visit(store) { letter in
                let settlement = try await store.settle(letter.id, by: command)
                var stays = false
                if case .refused = settlement { stays = true }
                try body(
                    LetterReport(
                        json: DeadLetterText.json(letter, settlement), text: DeadLetterText.text(letter, settlement),
                        stays: stays))
            }
        }
    }

    private func visit(_ store: PostgresDeadLetters, _ body: (KeptLetter) async throws -> Void) async throws {
        var last: Int64 = 0
        while true {
            let page = try await store.list(
                id: choice.id, partition: choice.partition, after: last, limit: Self.pageLetters)
            for letter in page { try await body(letter) }
            guard page.count == Self.pageLetters, let end = page.last else { return }
            last = end.id
        }
    }
}
