// The role `accounts`: registration, sessions, profiles, API keys. Its outside is docs/accounts.md.

import Access

/// The role `accounts` of a node: its routes.
public struct AccountsRole: Sendable {
    /// A role without routes yet.
    public init() {}
}
