/// An attempt that was refused as suspicious: what an auditor wants to know of it.
public struct Suspicion: Hashable, Sendable {
    /// Why, as in the metric `scorecast_suspicious_total`: `velocity`, `bad_signature`, …
    public var reason: String
    /// The user whose score was to change; a user id in form.
    @ByteExact public var userID: String
    /// When it was refused, in ms since 1970 by the node's clock.
    public var at: Int64
    /// The action, where its id was genuine; nil where not.
    public var action: SuspiciousAction?
    /// What came as action id, where that was not genuine: see `presentable`.
    public var presented: String?

    /// An attempt with a genuine action id that was refused for what it would have done.
    public init(reason: String, userID: String, at: Int64, action: SuspiciousAction) {
        self.reason = reason
        self.userID = userID
        self.at = at
        self.action = action
    }

    /// An attempt whose action id was forged, altered, made for another user, or came at another time.
    public init(reason: String, userID: String, at: Int64, presented: String) {
        self.reason = reason
        self.userID = userID
        self.at = at
        self.presented = Self.presentable(presented)
    }

    /// The most that is kept of what came as action id, in bytes: any genuine one has less.
    public static let presentedBytesMax = 300

    /// Text of anybody's making as it can be kept and shown anywhere: cut, and what is not printable ASCII as `?`.
    public static func presentable(_ text: String) -> String {
        let bytes = text.utf8.prefix(presentedBytesMax).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
