import Basics
import HTTPKit
import Leaderboard

/// The query of a read: the ranking, and parameters of the route's own. One error names all problems of it.
package struct RankingQuery: Sendable {
    /// The ranking, and how many entries of it.
    package var ranking: RankingRequest
    /// The further members of entries.
    package private(set) var fields: EntryFields = []
    private let values: QueryString
    private var problems: [FieldProblem] = []

    /// Longer queries are refused: far more than the longest cursor needs.
    private static let bytesMax = 8 * 1024

    /// Reads the query of a URI.
    ///
    /// - Parameters:
    ///   - uri: the target of the request.
    ///   - more: the parameters that the route has in addition to those of all reads.
    /// - Throws: `invalid_input` if it is not a query. `resolve` checks the values.
    package init(uri: String, more: Set<String> = []) throws(APIError) {
        let query: QueryString
        do throws(FieldProblem) {
            query = try QueryString(
                uri: uri, known: RankingRequest.parameters.union(more).union(["fields"]), bytesMax: Self.bytesMax)
        } catch {
            throw .invalidInput([error])
        }
        values = query
        ranking = RankingRequest { query[$0] }
        do throws(FieldProblem) { fields = try EntryFields(query["fields"]) } catch { refuse(error) }
    }

    /// The value of a parameter; nil if it is not there.
    package subscript(name: String) -> String? { values[name] }

    /// Notes what is wrong with a parameter.
    package mutating func refuse(_ problem: FieldProblem) { problems.append(problem) }

    /// Reads a parameter that is a whole number within bounds; nil if it is not there, or is refused.
    package mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let text = values[name] else { return nil }
        if let number = Self.integer(text), range.contains(number) { return number }
        refuse(FieldProblem(field: name, reason: "must be \(range.lowerBound) to \(range.upperBound)"))
        return nil
    }

    /// The number; nil unless the text is digits, with a minus before them at most.
    private static func integer(_ text: String) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        return Int64(text)
    }

    /// Notes that a parameter is missing, unless it was refused.
    package mutating func require(_ name: String) {
        if values[name] == nil { refuse(FieldProblem(field: name, reason: "is required")) }
    }

    /// Finds the board and the window, or throws all problems of the query.
    ///
    /// - Parameters:
    ///   - catalogue: the current catalogue; nil if it was not read yet.
    ///   - limits: how many entries may be asked for.
    package func resolve(in catalogue: Catalogue?, limits: ClosedRange<Int> = 1...1000) throws(APIError)
        -> RankingChoice
    {
        let terms = RankingTerms(limits: limits, boardForm: "must be a board's id", isCurrentOnly: false)
        do throws(RankingProblem) {
            return try ranking.resolve(by: terms, others: problems) { id throws(RankingProblem) in
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
        case .unknownWindow: self = .unknownWindow
        case .noCatalogue: self = .unavailable
        }
    }
}
