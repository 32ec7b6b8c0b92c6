import Basics
import HTTPKit
import Leaderboard
import Players
import StrictJSON
import WebSocket

/// Why a client's message, or the room that its connection asks for, is refused: the text of an `error` message.
package struct ClientMessageProblem: Error, Equatable, Sendable {
    /// The code by which clients tell it apart.
    package let code: ErrorCode
    /// A sentence for people. It repeats nothing of the input.
    package let message: String
    /// How a connection ends that this leaves without any room.
    let closeCode: CloseCode
    /// For the metric of connections that come to nothing.
    let reason: RefusalReason

    /// - Parameter message: in place of the code's sentence.
    init(
        _ code: ErrorCode, message: String? = nil, closeCode: CloseCode = .policy, reason: RefusalReason = .input
    ) {
        self.code = code
        self.message = message ?? code.message
        self.closeCode = closeCode
        self.reason = reason
    }

    static let malformed = ClientMessageProblem(.invalidMessage)
    static let binary = ClientMessageProblem(.invalidMessage, message: "Messages are text.")
    static let unknownType = ClientMessageProblem(.unknownType)
    static let unknownBoard = ClientMessageProblem(.unknownBoard, closeCode: .notFound, reason: .board)
    static let unknownWindow = ClientMessageProblem(.unknownWindow, closeCode: .notFound, reason: .window)
    static let unauthorized = ClientMessageProblem(.unauthorized, closeCode: .unauthorized, reason: .token)
    static let forbidden = ClientMessageProblem(.forbidden, closeCode: .unauthorized, reason: .scope)
    static let notNow = ClientMessageProblem(
        .unavailable, message: "The boards are not known yet.", closeCode: .tooBusy, reason: .catalogue)
    static let tooManyRooms = ClientMessageProblem(.tooManyRooms)
    static let notJoined = ClientMessageProblem(.notJoined)
    static let noPlay = ClientMessageProblem(
        .unavailable, message: "No node serves challenges now. Try again later.", closeCode: .tooBusy)
    static let noOwnRank = ClientMessageProblem(
        .unavailable, message: "This node cannot tell you of your own rank.", closeCode: .tooBusy)
    static let challengeID = invalid("challenge", "must be 22 of A-Z a-z 0-9 _ -")
    static let progress = invalid("progress", "must be 0 to 100")
    static let state = invalid("state", RoomProgress.stateForm)

    private static func invalid(_ field: String, _ reason: String) -> ClientMessageProblem {
        ClientMessageProblem(.invalidInput, message: "\(field) \(reason).", closeCode: .malformed)
    }

    /// A play node has refused it.
    static func refused(code: String, message: String) -> ClientMessageProblem {
        ClientMessageProblem(ErrorCode(rawValue: code) ?? .internalError, message: message)
    }

    static func about(_ problem: RankingProblem) -> ClientMessageProblem {
        switch problem {
        case .unknownBoard: .unknownBoard
        case .unknownWindow: .unknownWindow
        case .noCatalogue: .notNow
        case .invalid(let fields):
            ClientMessageProblem(
                .invalidInput, message: fields.map { "\($0.field) \($0.reason)" }.joined(separator: "; ") + ".",
                closeCode: .malformed)
        }
    }
}
