import Administration
import ArgumentParser

/// `scorecast dead-letters retry`
struct DeadLettersRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Writes the rows again to the tables that refused them.",
        discussion: """
            A score is written only if no later score, reset or deletion replaced it. A letter whose row is refused \
            again stays, and the command exits with 1. Settled letters move to the table settled_letters.

            Examples:
              scorecast dead-letters retry
              scorecast dead-letters retry --id 12 --yes
            """
    )

    @OptionGroup var options: LetterOptions

    @Flag(help: "Does not ask.")
    var yes = false

    func run() async throws {
        try await LetterSettling.run("Retry", options, yes: yes) { desk, report in try await desk.retry(report) }
    }
}
