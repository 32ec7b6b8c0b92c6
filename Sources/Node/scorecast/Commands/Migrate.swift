import Administration
import ArgumentParser
import Settings

/// `scorecast migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database up to date.",
        discussion: """
            Applies the missing migrations one at a time, under a lock. It is safe to run it several times, even at \
            the same time. Run it before nodes of a new version start.

            Example:
              SCORECAST_POSTGRES_URL=postgresql://scorecast@db/scorecast scorecast migrate
            """
    )

    func run() async throws {
        let configuration = try await Shell.configuration(requiring: [.postgres])
        let applied = try await Database.migrate(configuration)
        print(applied.isEmpty ? "The database is up to date." : "Applied: \(applied.joined(separator: ", ")).")
    }
}
