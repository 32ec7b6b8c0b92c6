import Basics
import HTTPKit
import Leaderboard

/// The query of `GET /leaderboard`.
package struct LeaderboardQuery: Sendable {
    /// The ranking, and how many entries of it.
    package let ranking: RankingRequest
    /// Where the page begins; nil for the first page.
    package let cursor: LeaderboardCursor?
    private let problems: [FieldProblem]

    package static let terms = RankingTerms(limits: 1...1000, boardForm: "must be a board's id", windowsAreForm: true)
    private static let parameters = RankingRequest.parameters.union(["period", "cursor"])
    /// Longer queries are refused: far more than the longest cursor needs.
    private static let bytesMax = 8 * 1024

    /// Reads the query of a URI.
    ///
    /// - Throws: `invalid_input` if it is not a query. Whether its values are right is only seen by `resolve`.
    package init(uri: String) throws(APIError) {
        let query: QueryString
        do throws(FieldProblem) {
            query = try QueryString(uri: uri, known: Self.parameters, bytesMax: Self.bytesMax)
        } catch {
            throw .invalidInput([error])
        }
        ranking = RankingRequest { query[$0] }
        let text = query["cursor"]
        cursor = text.flatMap { CursorText.decode($0) }
        problems =
            text == nil || cursor != nil
            ? [] : [FieldProblem(field: "cursor", reason: "must be a cursor of an earlier page")]
    }

    /// Finds the ranking, or says everything that is wrong with the query.
    ///
    /// - Parameter catalogue: the catalogue of the moment; nil if it was not read yet.
    package func resolve(in catalogue: Catalogue?) throws(APIError) -> RankingChoice {
        do throws(RankingProblem) {
            return try ranking.resolve(by: Self.terms, others: problems) { id throws(RankingProblem) in
                guard let catalogue else { throw .noCatalogue }
                return catalogue.boards[id]
            }
        } catch {
            throw APIError(error)
        }
    }
}

extension APIError {
    /// Why there is no such ranking.
    fileprivate init(_ problem: RankingProblem) {
        switch problem {
        case .invalid(let problems): self = .invalidInput(problems)
        case .unknownBoard: self = .unknownBoard
        case .unknownWindow: self.init(.unknownWindow)
        case .noCatalogue: self = .unavailable
        }
    }
}
