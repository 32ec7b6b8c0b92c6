import Basics
import WebSocket

/// Why a client's message, or the room that its connection asks for, is refused: the text of an `error` message.
package struct ClientMessageProblem: Error, Equatable, Sendable {
    /// A stable code.
    package var code: String
    /// A sentence for people. It repeats nothing of the input.
    package var message: String
    /// The code that closes a connection which has no room because of this.
    var closeCode = CloseCode.policy
    /// The label in the metric of refused connections.
    var reason = RefusalReason.input

    static let malformed = ClientMessageProblem(
        code: "invalid_message", message: "The message is not a JSON object with a type.")
    static let unknownType = ClientMessageProblem(
        code: "unknown_type", message: "Messages are join-room and leave-room.")
    static let binary = ClientMessageProblem(code: "invalid_message", message: "Messages are text.")
    static let unknownBoard = ClientMessageProblem(
        code: "unknown_board", message: "There is no such board.", closeCode: .notFound, reason: .board)
    static let unknownWindow = ClientMessageProblem(
        code: "unknown_window", message: "The board has no such window.", closeCode: .notFound, reason: .window)
    static let unauthorized = ClientMessageProblem(
        code: "unauthorized", message: "Unauthorized access. Invalid or missing authentication token",
        closeCode: .unauthorized, reason: .token)
    static let notNow = ClientMessageProblem(
        code: "unavailable", message: "The boards are not known yet.", closeCode: .tooBusy, reason: .catalogue)
    static let tooManyRooms = ClientMessageProblem(
        code: "too_many_rooms", message: "This connection follows too many rooms.")
    static let notJoined = ClientMessageProblem(
        code: "not_joined", message: "This connection does not follow that room.")

    static func about(_ problem: RoomProblem) -> ClientMessageProblem {
        switch problem {
        case .unknownBoard: .unknownBoard
        case .unknownWindow: .unknownWindow
        case .noCatalogue: .notNow
        case .invalid(let fields):
            ClientMessageProblem(
                code: "invalid_input", message: fields.map { "\($0.field) \($0.reason)" }.joined(separator: "; ") + ".",
                closeCode: .malformed)
        }
    }
}
