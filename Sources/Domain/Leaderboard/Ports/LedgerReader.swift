/// Tells how far the ledger has come.
public protocol LedgerReader: Sendable {
    /// How far the ledger has come in each partition; partitions without an entry have no history.
    func positions() async throws(StoreError) -> [Int: LedgerPosition]
}
