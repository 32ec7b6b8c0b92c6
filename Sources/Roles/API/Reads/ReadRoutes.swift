import Basics
import HTTPKit
import Leaderboard
import StrictJSON

/// The reads of rankings, from a request's target to the answer.
struct ReadRoutes: Sendable {
    /// Gets the answer; called on any thread.
    typealias Completion = @Sendable (Result<Representation, APIError>) -> Void

    let catalogue: any CatalogueSource
    let reads: RankingReads
    let heads: HeadCache

    // MARK: In front of Hummingbird

    /// `GET /leaderboard`: a page.
    ///
    /// - Parameter admit: throws unless the client may see a board.
    func page(
        _ uri: String, admit: (Board) throws(APIError) -> Void, _ completion: @escaping Completion
    ) throws(APIError) {
        let query = try LeaderboardQuery(uri: uri)
        let choice = try query.resolve(in: catalogue.current)
        try admit(choice.board)
        guard query.isHead(choice) else { return anyPage(query, choice, completion) }
        heads.head(of: choice.board, window: choice.window) { result in
            guard case .success(let head) = result else { return completion(.failure(.unavailable)) }
            if let page = head.page(limit: choice.limit, fields: query.fields) { return completion(.success(page)) }
            anyPage(query, choice, completion)
        }
    }

    private func anyPage(_ query: LeaderboardQuery, _ choice: RankingChoice, _ completion: @escaping Completion) {
        run(completion) { () throws(APIError) in
            let answer = try await reads.answer(query.question(choice), choice)
            try query.check(answer)
            return RankingJSON.page(
                answer, of: answer.ranking(of: choice.board, choice.window), entries: answer.entries[...],
                next: .some(answer.next),
                fields: query.fields)
        }
    }

    /// `GET /leaderboard/users/{user_id}`: a user's place, in one window or in all.
    ///
    /// - Parameters:
    ///   - segment: the user's id as it is in the path.
    ///   - admit: throws unless the client may see a board.
    func user(
        _ segment: Substring, _ uri: String, admit: (Board) throws(APIError) -> Void,
        _ completion: @escaping Completion
    ) throws(APIError) {
        var query = try RankingQuery(uri: uri, more: ["all_windows"])
        let user = PathText.userID(segment)
        if user == nil { query.refuse(FieldProblem(field: "user_id", reason: Names.userIDForm)) }
        let isForAll = query["all_windows"] == "true"
        if let text = query["all_windows"], text != "true", text != "false" {
            query.refuse(FieldProblem(field: "all_windows", reason: "must be true or false"))
        }
        if isForAll {
            for name in ["window", "period"] where query[name] != nil {
                query.refuse(FieldProblem(field: name, reason: "cannot be given together with all_windows"))
            }
        }
        let choice = try query.resolve(in: catalogue.current)
        try admit(choice.board)
        let question = RankingQuestion.users([user ?? ""])
        if isForAll { return run(completion) { () throws(APIError) in try await allWindows(question, choice.board) } }
        guard choice.period == RankingRequest.currentPeriod else {
            return run(completion) { () throws(APIError) in
                try Self.place(in: try await reads.answer(question, choice), choice)
            }
        }
        reads.current(question, board: choice.board, window: choice.window) { result in
            completion(
                result.mapError { _ in .unavailable }.flatMap { answer in
                    Result { () throws(APIError) in try Self.place(in: answer, choice) }
                })
        }
    }

    private static func place(in answer: RankingAnswer, _ choice: RankingChoice) throws(APIError) -> Representation {
        guard let place = answer.entries.first else { throw .unknownUser }
        return Representation {
            RankingJSON.write(place, of: answer, answer.ranking(of: choice.board, choice.window), to: &$0)
        }
    }

    /// A user's places in the current periods of all windows in which it has one.
    private func allWindows(_ question: RankingQuestion, _ board: Board) async throws(APIError) -> Representation {
        var places: [(place: PlacedEntry, answer: RankingAnswer, ranking: Ranking)] = []
        for window in board.windows {
            let answer = try await reads.answer(question, board: board, window: window)
            if let place = answer.entries.first { places.append((place, answer, answer.ranking(of: board, window))) }
        }
        guard !places.isEmpty else { throw .unknownUser }
        return Representation { json in
            json.beginObject()
            json.list("windows", places) { RankingJSON.write($0.place, of: $0.answer, $0.ranking, to: &$1) }
            json.endObject()
        }
    }

    /// Runs what may wait, off the event loop.
    private func run(
        _ completion: @escaping Completion, _ body: @escaping @Sendable () async throws(APIError) -> Representation
    ) {
        Task {
            do throws(APIError) {
                completion(.success(try await body()))
            } catch {
                completion(.failure(error))
            }
        }
    }
}
