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

/// The action of a suspicious attempt.
public struct SuspiciousAction: Hashable, Sendable {
    /// The board that it would have counted on.
    public var board: String
    /// The action's id in the catalogue.
    public var action: String
    /// What it would have brought.
    public var points: Int64
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature.
    public var signature: String

    /// Gathers the facts of an action.
    public init(board: String, action: String, points: Int64, nonce: String, signature: String) {
        self.board = board
        self.action = action
        self.points = points
        self.nonce = nonce
        self.signature = signature
    }
}

/// All attempts of one user within one minute for one reason.
public struct SuspicionSummary: Hashable, Sendable {
    /// The minute's start, in ms since 1970.
    public let minute: Int64
    /// The first attempt.
    public let first: Suspicion
    /// When the last one was, in ms since 1970.
    public private(set) var lastAt: Int64
    /// How many there were.
    public private(set) var attempts: Int64
    /// The most points that one of them would have brought; nil where none is known.
    public private(set) var pointsMax: Int64?

    private static let minuteMilliseconds: Int64 = 60_000

    /// One attempt.
    public init(_ suspicion: Suspicion) {
        minute = Self.minute(of: suspicion)
        first = suspicion
        lastAt = suspicion.at
        attempts = 1
        pointsMax = suspicion.action?.points
    }

    /// The start of an attempt's minute, in ms since 1970.
    public static func minute(of suspicion: Suspicion) -> Int64 {
        suspicion.at - suspicion.at % minuteMilliseconds
    }

    /// Adds later attempts of the same user, minute and reason.
    public mutating func merge(_ later: SuspicionSummary) {
        lastAt = max(lastAt, later.lastAt)
        attempts += later.attempts
        if let points = later.pointsMax { pointsMax = max(pointsMax ?? points, points) }
    }
}

/// Keeps what was refused as suspicious, for auditors.
public protocol SuspicionStore: Sendable {
    /// Adds attempts to those that are kept of the same user, minute and reason, of other nodes too; all or none.
    ///
    /// After an error they may have been added; adding them again can then count them twice, which an audit can bear
    /// better than losing them.
    ///
    /// - Parameter summaries: no two of the same user, minute and reason.
    func add(_ summaries: [SuspicionSummary]) async throws(StoreError)
}
