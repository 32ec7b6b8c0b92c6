import Basics

/// Why there is no such room.
package enum RoomProblem: Error, Equatable {
    /// The request is malformed.
    case invalid([FieldProblem])
    /// There is no such board.
    case unknownBoard
    /// The board has no such window.
    case unknownWindow
    /// The boards are not known yet.
    case noCatalogue
}
