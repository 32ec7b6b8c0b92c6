/// An attempt that was refused as suspicious, with the facts that an auditor needs.
public struct Suspicion: Hashable, Sendable {
    /// The reason, as in the metric `scorecast_suspicious_total`: `velocity`, `bad_signature`, …
    public var reason: String
    /// The user whose score was to change; a well-formed user id.
    @ByteExact public var userID: String
    /// When it was refused, in ms since 1970 by the node's clock.
    public var at: Int64
    /// The action, if its action id was genuine.
    public var action: SuspiciousAction?
    /// The text that was sent as action id, if it was not genuine; see `presentable`.
    public var presented: String?

    /// Creates the suspicion of an attempt with a genuine action id that was refused for its effect.
    public init(reason: String, userID: String, at: Int64, action: SuspiciousAction) {
        self.reason = reason
        self.userID = userID
        self.at = at
        self.action = action
    }

    /// Creates the suspicion of an attempt whose action id was forged, altered, made for another user, or out of its
    /// time.
    public init(reason: String, userID: String, at: Int64, presented: String) {
        self.reason = reason
        self.userID = userID
        self.at = at
        self.presented = Self.presentable(presented)
    }

    /// The most bytes that are kept of the text sent as action id. A genuine one is shorter.
    public static let presentedBytesMax = 300

    /// Returns untrusted text in a form that can be kept and shown anywhere: cut to the limit, and with `?` for each
    /// byte that is not printable ASCII.
    public static func presentable(_ text: String) -> String {
        let bytes = text.utf8.prefix(presentedBytesMax).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
