import WebSocket

/// Why the gateway ended a connection; the metric's label.
enum EndReason: String, CaseIterable {
    case token, board
    case frameRate = "frame_rate"
    case joinRate = "join_rate"
    case addressMessageRate = "address_message_rate"
    case nodeMessageRate = "node_message_rate"

    /// The code that the connection is closed with.
    var closeCode: CloseCode {
        switch self {
        case .token: .unauthorized
        case .board: .notFound
        case .frameRate, .joinRate, .addressMessageRate: .policy
        case .nodeMessageRate: .tooBusy
        }
    }
}
