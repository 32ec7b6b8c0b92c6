import StrictJSON

/// Why a WebSocket is closed (RFC 6455, 7.4, and its registry).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The code on the wire.
    package var rawValue: UInt16

    /// A code.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A frame that breaks the protocol.
    package static let protocolError = CloseCode(rawValue: 1002)
    /// A text message that is not UTF-8.
    package static let invalidPayload = CloseCode(rawValue: 1007)
    /// The client does something that it may not.
    package static let policy = CloseCode(rawValue: 1008)
    /// A message over the limit.
    package static let tooBig = CloseCode(rawValue: 1009)
    /// The server cannot go on, through no fault of the client.
    package static let internalError = CloseCode(rawValue: 1011)
    /// The node has more to do than it can: come back later.
    package static let tooBusy = CloseCode(rawValue: 1013)
    /// The board is private, and the token missing, bad or over: come back with another one.
    package static let unauthorized = CloseCode(rawValue: 4401)
    /// The request is malformed: it has to be mended. From 4400 on, codes say that there is no use in coming back.
    package static let malformed = CloseCode(rawValue: 4400)
    /// There is no such board or window.
    package static let notFound = CloseCode(rawValue: 4404)
    /// The server restarts: come back later.
    package static let restart = CloseCode(rawValue: 1012)

    /// Whether a peer may send this code in a close frame: the registered ones and those for libraries and
    /// applications.
    package var mayBeSent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
