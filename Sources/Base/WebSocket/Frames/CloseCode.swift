/// Why a WebSocket is closed (RFC 6455, 7.4, and its registry).
///
/// NIO's `WebSocketErrorCode` is not used: it does not know the codes of applications, and would be all that is needed
/// of `NIOWebSocket`.
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The code as it is sent.
    public var rawValue: UInt16

    /// A code.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A frame breaks the protocol.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// A text message is not UTF-8.
    public static let invalidPayload = CloseCode(rawValue: 1007)
    /// The client does something that it may not.
    public static let policy = CloseCode(rawValue: 1008)
    /// A message is over the limit.
    public static let tooBig = CloseCode(rawValue: 1009)
    /// The server cannot continue, through no fault of the client.
    public static let internalError = CloseCode(rawValue: 1011)
    /// The server restarts: come back later.
    public static let restart = CloseCode(rawValue: 1012)
    /// The node has more to do than it can: come back later.
    public static let tooBusy = CloseCode(rawValue: 1013)

    /// Whether a peer may send this code in a close frame: registered codes, and codes of libraries and applications.
    public var mayBeSent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
