/// Why the gateway ended a connection; the metric's label.
enum EndReason: String, CaseIterable {
    case token, board
    case frameRate = "frame_rate"
    case joinRate = "join_rate"
    case addressMessageRate = "address_message_rate"
    case nodeMessageRate = "node_message_rate"

    /// What the client is told.
    var closeCode: CloseCode {
        switch self {
        case .token: .unauthorized
        case .board: .notFound
        case .frameRate, .joinRate, .addressMessageRate: .policy
        case .nodeMessageRate: .tooBusy
        }
    }
}
