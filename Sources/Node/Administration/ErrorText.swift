import PostgresClient
import RedisClient

/// Texts of errors of the stores for the terminal: sentences that say what to do, without the place in the source.
public enum ErrorText {
    /// Returns the text of an error of Redis or Postgres; nil for any other error.
    public static func text(of error: any Error) -> String? {
        switch error {
        case let error as PostgresError: postgresText(error)
        case let error as RedisError: sentences([error.explanation, "See SCORECAST_REDIS_URL."])
        default: nil
        }
    }

    private static func postgresText(_ error: PostgresError) -> String {
        var advice: String?
        if error.kind == .connection {
            advice =
                "See SCORECAST_POSTGRES_URL: Postgres has to run there, and the role and the database have to exist "
                + "(CREATE DATABASE scorecast)."
        }
        return sentences([error.message, error.detail, error.hint, advice])
    }

    /// Joins texts, each with a full stop at its end.
    private static func sentences(_ texts: [String?]) -> String {
        texts.compactMap { $0 }.filter { !$0.isEmpty }
            .map { $0.last.map { ".!?".contains($0) } == true ? $0 : $0 + "." }
            .joined(separator: " ")
    }
}
