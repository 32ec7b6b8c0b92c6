/// Reads how far the ledger has come.
public protocol LedgerReader: Sendable {
    /// Returns the ledger's position in each partition. A partition without an entry has no history.
    func positions() async throws(StoreError) -> [Int: LedgerPosition]
}
