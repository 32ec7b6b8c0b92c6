import Administration
import ArgumentParser
import Settings

/// `scorecast dead-letters`
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Shows and settles rows that a table of Postgres refused.",
        discussion: """
            A row that a table refuses because of its content is put aside, and its partition goes on. Look at the \
            reason, correct the fault, and retry; or drop what can never be written. docs/operations.md says more \
            (Dead letters). Nodes may run meanwhile.

            Examples:
              scorecast dead-letters list
              scorecast dead-letters retry
              scorecast dead-letters drop --id 12
            """,
        subcommands: [DeadLettersList.self, DeadLettersRetry.self, DeadLettersDrop.self]
    )
}

/// The choice of letters, which all these commands share.
struct LetterOptions: ParsableArguments {
    @Option(help: "Only the letter with this number.")
    var id: Int64?

    @Option(help: "Only letters of this partition.")
    var partition: Int?

    @Flag(help: "Prints one JSON document.")
    var json = false

    /// Opens the desk for these letters.
    func desk() async throws -> DeadLetterDesk {
        let configuration = try await Shell.configuration(requiring: [.postgres])
        return DeadLetterDesk(configuration, .init(id: id, partition: partition))
    }
}

/// The parts that `retry` and `drop` share.
enum LetterSettling {
    /// Settles the letters after a question, prints what became of each, and ends with exit code 1 if one stays.
    ///
    /// - Parameter verb: what the question calls it, such as `Retry`.
    static func run(
        _ verb: String, _ options: LetterOptions, yes: Bool,
        _ settle: (DeadLetterDesk, (LetterReport) throws -> Void) async throws -> Void
    ) async throws {
        let desk = try await options.desk()
        let count = try await desk.count()
        if count > 0, !yes { try Shell.confirm("\(verb) \(count == 1 ? "1 dead letter" : "\(count) dead letters")?") }
        var list = JSONList(name: "dead_letters", isUsed: options.json)
        var isAnyLeft = false
        try await settle(desk) { report in
            isAnyLeft = isAnyLeft || report.stays
            list.add(report.json, or: report.text)
        }
        list.end(orIfEmpty: "There are no such dead letters.")
        if isAnyLeft { throw ExitCode.failure }
    }
}
