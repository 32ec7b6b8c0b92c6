import Access
import HTTPKit
import Leaderboard
import Logging
import Reporting

/// Answers as `GET /leaderboard` does, for routes of other roles.
package struct LeaderboardPages: Sendable {
    private let catalogue: any CatalogueSource
    private let reads: RankingReads

    /// - Parameters:
    ///   - reader: has the rankings of periods that are not archived.
    ///   - archive: has the others.
    ///   - catalogue: the current boards.
    ///   - boards: has the store's clock.
    package init(
        reader: any LeaderboardReader, archive: any Archive, catalogue: any CatalogueSource, boards: any BoardStore,
        logger: Logger
    ) {
        self.catalogue = catalogue
        reads = RankingReads(
            reader: reader, archive: archive, boards: boards, horizon: PeriodHorizon(),
            trouble: TroubleLog(
                warning: "The leaderboard cannot be read", notice: "The leaderboard can be read again", logger: logger))
    }

    /// Answers a request.
    ///
    /// - Throws: `APIError`.
    package func page(_ request: RouteRequest) async throws -> Reply {
        let query = try LeaderboardQuery(uri: request.uri)
        let choice = try query.resolve(in: catalogue.current)
        try await request.requireView(of: choice.board)
        let answer = try await reads.answer(query.question(choice), choice)
        try query.check(answer)
        return RankingJSON.page(
            answer, of: answer.ranking(of: choice.board, choice.window), entries: answer.entries[...],
            next: .some(answer.next), fields: query.fields
        ).reply(ifNoneMatch: request.values(of: "if-none-match"))
    }
}
