import Administration
import ArgumentParser

/// `scorecast dead-letters drop`
struct DeadLettersDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Gives rows up that can never be written. The ledger gets correcting rows.",
        discussion: """
            For an update that the ledger refused, such as an action id that counted twice, the ledger gets a row of \
            the kind 'correction', so that it adds up to the scores. A score that only Redis has is not dropped: \
            correct the fault and retry, or delete the score first. Settled letters move to the table settled_letters.

            Examples:
              scorecast dead-letters drop --id 12
            """
    )

    @OptionGroup var options: LetterOptions

    @Flag(help: "Does not ask.")
    var yes = false

    func run() async throws {
        try await LetterSettling.run("Drop", options, yes: yes) { desk, report in try await desk.drop(report) }
    }
}
