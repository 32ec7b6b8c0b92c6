import Basics

/// Why a ``RankingRequest`` finds no ranking.
public enum RankingProblem: Error, Equatable, Sendable {
    /// The request is malformed.
    case invalid([FieldProblem])
    /// There is no such board.
    case unknownBoard
    /// The board has no such window.
    case unknownWindow
    /// It is not known yet which boards there are.
    case noCatalogue
}
