import Accounts
import Node
import PostgresClient
import Settings
import Storage

/// The account of the first administrator, which `scorecast up` makes for itself.
public enum FirstAdmin {
    /// The name with which the administrator logs in.
    public static let username = "admin"

    /// Makes the account, unless there is an administrator, or the name is taken.
    ///
    /// - Parameter password: gives the password. It is only asked if the account is to be made.
    /// - Returns: whether it was made.
    public static func add(
        _ configuration: NodeConfiguration, password: () throws -> String
    ) async throws -> Bool {
        try await Database.withPool(configuration) { pool in
            let store = PostgresFirstAdmin(pool: pool)
            guard try await !store.exists(), let username = Username(username) else { return false }
            let hash = try await PasswordHasher(threads: 1).hash(try password())
            return try await store.add(userID: UserID.random(), username: username, hash: hash)
        }
    }
}
