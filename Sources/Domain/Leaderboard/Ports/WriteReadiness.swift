/// Reports whether updates can be written now.
public protocol WriteReadiness: Sendable {
    /// Returns why no update can be written now, or nil if all partitions accept updates.
    func whyNotWritable() async -> String?
}
