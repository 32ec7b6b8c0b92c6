/// Tells whether updates can be written now.
public protocol WriteReadiness: Sendable {
    /// Why no update can be written now; nil when all partitions take updates.
    func whyNotWritable() async -> String?
}
