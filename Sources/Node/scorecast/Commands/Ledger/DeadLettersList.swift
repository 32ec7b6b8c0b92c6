import Administration
import ArgumentParser

/// `scorecast dead-letters list`
struct DeadLettersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the dead letters, oldest first.",
        discussion: """
            Examples:
              scorecast dead-letters list --partition 14
              scorecast dead-letters list --json
            """
    )

    @OptionGroup var options: LetterOptions

    func run() async throws {
        var list = JSONList(name: "dead_letters", isUsed: options.json)
        try await options.desk().list { list.add($0.json, or: $0.text) }
        list.end(orIfEmpty: "There are no such dead letters.")
    }
}
