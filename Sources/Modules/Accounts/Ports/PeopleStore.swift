import Leaderboard
import Signing

/// Accounts as administrators and their owners see them. Logins and passwords are not a part of it.
package protocol PeopleStore: Sendable {
    /// An account; nil if there is none with this id.
    func person(_ userID: String) async throws(StoreError) -> Person?
    /// A page of accounts, in the order of their usernames.
    func people(_ search: PeopleSearch) async throws(StoreError) -> [Person]
    /// Bans, unbans, or gives a role. The sessions of the account end in the same transaction.
    func perform(_ act: PersonAct, on userID: String) async throws(StoreError) -> PersonActOutcome
}
