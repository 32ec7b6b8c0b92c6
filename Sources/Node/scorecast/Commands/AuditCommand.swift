import Administration
import ArgumentParser
import Node
import Settings

/// `scorecast audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Compares Redis with Postgres, and the scores with the ledger, while nodes run.",
        discussion: """
            Reads all rankings in Redis, the table scores and the whole ledger. It lists every difference, and every \
            increment that people do not make: too large, too fast, too regular (docs/operations.md). It stops nothing \
            and changes nothing. An update on its way to Postgres is not a difference.

            Exits with 0 if everything agrees, and with 1 if there is a difference, or something could not be \
            compared. Irregular increments do not change the exit code.

            Examples:
              scorecast audit
              scorecast audit --board race --json
              scorecast audit --record
            """
    )

    @Option(help: "The board's id. Default: all boards.")
    var board: String?

    @Flag(help: "Prints one JSON document.")
    var json = false

    @Flag(help: "Writes the findings to the tables audits and audit_findings, as the scheduled audits do.")
    var record = false

    func run() async throws {
        let configuration = try await Shell.configuration(requiring: [.redis, .postgres])
        do {
            let found = try await AuditRun(configuration).run(
                board: board, recordedBy: record ? "scorecast audit" : nil)
            print(json ? found.json : found.lines)
            guard found.isClean else { throw ExitCode.failure }
        } catch let refusal as AuditRun.Refusal {
            Shell.note(refusal.description)
            throw ExitCode.failure
        }
    }
}
